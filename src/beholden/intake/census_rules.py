# SPDX-License-Identifier: Apache-2.0
"""The rules over the pupils of a School Census return, as data. Nothing is read or said here; `checking` does that.

A rule is a number, a severity, an expression that is true for the rows that break it, where in the record to look,
and two sentences. Numbers of digits are the Department's own (domain notes 1.6, each with its source); where its
number is not known to us the rule has a name of ours. No rule sees a lawful refusal: it is a code in the lists.
Texts are columns of their item's name, values of `<item>_value` (see `pupils`).
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow.compute as pc

from beholden.intake.census_codes import SECTOR_SUPPORT, Codes
from beholden.intake.columns import PARTS, PUPIL
from beholden.intake.findings import Severity
from beholden.intake.pupils import UNREADABLE, Window
from beholden.kinds import ItemId

_CORRECT = "Correct it in your system and send the return again."
_ASK = "Check the record. If it is right, leave it as it is; if not, correct it and send the return again."
_LONGEST = 100
_BOARDS = ("B", "6", "7")

Expression: TypeAlias = Any
"""A pyarrow expression; the library has no types."""

field = pc.field


@dataclass(frozen=True, slots=True, eq=False)  # an expression compared makes another expression
class Rule:
    """What may not be. `at` is the path of the element in the record.

    Where that element can stand several times, `nth` is the column that says which one is meant (-1: none), and
    `leaf` what to look for inside it.
    """

    number: str
    severity: Severity
    fails: Expression
    at: str
    sentence: str
    what_to_do: str = _CORRECT
    nth: str = ""
    leaf: str = ""


def rules(*, codes: Codes, window: Window) -> tuple[Rule, ...]:
    """Return every rule for a return that speaks about these days."""
    return (
        *_pupil_numbers(),
        *_learner_numbers(),
        *_names(),
        *_dates(window),
        *_answers(codes),
        *_free_meals(),
        *_attendance(window),
    )


def _error(number: str, fails: Expression, at: str, sentence: str, what_to_do: str = _CORRECT) -> Rule:
    return Rule(number, Severity.ERROR, fails, at, sentence, what_to_do)


def _query(number: str, fails: Expression, at: str, sentence: str, what_to_do: str = _ASK) -> Rule:
    return Rule(number, Severity.QUERY, fails, at, sentence, what_to_do)


def _part(number: str, nth: str, part: str, leaf: str, sentence: str) -> Rule:
    """Return an error about one of several things, for which a column says which is the first that is wrong."""
    at = f"{PARTS[part].path}/{PARTS[part].row}"
    return Rule(number, Severity.ERROR, field(nth) >= 0, at, sentence, nth=nth, leaf=leaf)


def _given(name: str) -> Expression:
    return field(name).is_valid()


def _unread(name: str) -> Expression:
    """Say that a text was sent which is no value of its kind."""
    return _given(name) & field(f"{name}_value").is_null()


def _pupil_numbers() -> tuple[Rule, ...]:
    upn = PUPIL["upn"]
    return (
        _error("1500", field("upn").is_null(), upn, "The pupil number (UPN) is missing."),
        _error(
            "1510", field("upn_letter"), upn, "The pupil number (UPN) does not agree with its check letter."
        ),
        _error(
            "1510",
            field("former_upn_wrong"),
            PUPIL["former_upn"],
            "The former pupil number is not one that could have been given.",
        ),
        _error(
            "1520",
            field("upn_again"),
            upn,
            "This pupil number (UPN) already stands with an earlier pupil of this return.",
            "Find out whose number it is, correct the other record and send the return again.",
        ),
        _error(
            "1530",
            field("upn_authority"),
            upn,
            "Characters 2 to 4 of the pupil number are no authority's code.",
        ),
        _error(
            "1540", field("upn_digits"), upn, "Characters 5 to 12 of the pupil number are not all digits."
        ),
        _error(
            "1550",
            field("upn_last"),
            upn,
            "Character 13 of the pupil number is neither a digit nor a letter other than I, O and S.",
        ),
    )


def _learner_numbers() -> tuple[Rule, ...]:
    from_age = 14  # rule 1570: on census day
    return (
        _query(
            "1570",
            field("on_roll") & _given("age") & (field("age") >= from_age) & field("uln").is_null(),
            "PupilIdentifiers",
            "The learner number (ULN) of a pupil aged 14 or over is missing.",
        ),
        _error(
            "1575",
            field("uln_wrong"),
            PUPIL["uln"],
            "The learner number (ULN) is not one that was ever given.",
        ),
    )


def _names() -> tuple[Rule, ...]:
    labels = {
        "surname": "surname",
        "forename": "forename",
        "middle_names": "middle names",
        "preferred_surname": "preferred surname",
    }
    made = [
        _error(f"{name}.missing", field(name).is_null(), PUPIL[name], f"The {labels[name]} is missing.")
        for name in ("surname", "forename")
    ]
    for name, label in labels.items():
        unreadable = _given(name) & pc.match_substring_regex(field(name), UNREADABLE)
        too_long = _given(name) & (pc.utf8_length(field(name)) > _LONGEST)
        made += [
            _error(
                f"{name}.control_character",
                unreadable,
                PUPIL[name],
                f"The {label} holds a control character or a line break.",
                "Type it again in your system, without pasting, and send the return again.",
            ),
            _error(
                f"{name}.length", too_long, PUPIL[name], f"The {label} is longer than {_LONGEST} characters."
            ),
        ]
    made.append(
        _error(
            "address.control_character",
            field("address_unreadable"),
            PARTS["addresses"].path,
            "The address holds a control character or a line break.",
            "Type it again in your system, without pasting, and send the return again.",
        )
    )
    form = r"\A[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\z"
    made.append(
        _query(
            "postcode.form",
            _given("postcode") & ~pc.match_substring_regex(field("postcode"), form),
            f"{PARTS['addresses'].path}/{PARTS['addresses'].row}/PostCode",
            "The postcode is not written as a postcode is.",
        )
    )
    return tuple(made)


def _dates(window: Window) -> tuple[Rule, ...]:
    born, entered, left = (field(f"{name}_value") for name in ("birth_date", "entry_date", "leaving_date"))
    youngest, oldest = 2, 19
    day = pc.scalar(window.day)
    return (
        _error(
            "birth_date.missing",
            field("birth_date").is_null(),
            PUPIL["birth_date"],
            "The birth date is missing.",
        ),
        _error("birth_date.form", _unread("birth_date"), PUPIL["birth_date"], "The birth date is no day."),
        _error(
            "birth_date.after",
            born.is_valid() & (born > day),
            PUPIL["birth_date"],
            "The birth date lies after census day.",
        ),
        _query(
            "birth_date.age",
            born.is_valid() & (born <= day) & ((field("age") < youngest) | (field("age") > oldest)),
            PUPIL["birth_date"],
            f"By the birth date the pupil is younger than {youngest} or older than {oldest}.",
        ),
        _error(
            "1880",
            entered.is_null() | (entered > day),
            PUPIL["entry_date"],
            "The entry date is missing, is no day, or lies after census day.",
        ),
        _error(
            "1920",
            ~field("on_roll")
            & (left.is_null() | (left >= day) | (entered.is_valid() & left.is_valid() & (left < entered))),
            PUPIL["leaving_date"],
            "The leaving date of a pupil who left is missing, is no day, lies before the entry date, "
            "or does not lie before census day.",
        ),
        _error(
            "leaving_date.on_roll",
            field("on_roll") & _given("leaving_date") & (left.is_null() | (left < day)),
            PUPIL["leaving_date"],
            "A pupil on roll has a leaving date that is no day or lies before census day.",
        ),
    )


def _answers(codes: Codes) -> tuple[Rule, ...]:
    needed = {"sex": "sex", "enrol_status": "enrolment status", "nc_year": "year group"}
    coded = {
        "sex": ("sex.code", "sex"),
        "ethnicity": ("ethnicity.code", "ethnicity"),
        "language": ("language.code", "language"),
        "enrol_status": ("enrol_status.code", "enrolment status"),
        "boarder": ("boarder.code", "boarding"),
        "nc_year": ("nc_year.code", "year group"),
        "service_child": ("1741", "service child"),
        "previously_looked_after": ("1871", "previously looked after (PLAA)"),
        "young_carer": ("young_carer.code", "young carer"),
        "sen_provision": ("sen_provision.code", "special educational needs provision"),
        "sector_support": ("yssa.code", "youth support services (YSSA)"),
    }
    made = [
        _error(
            f"{name}.missing",
            field("on_roll") & field(name).is_null(),
            PUPIL[name],
            f"The {label} is missing.",
        )
        for name, label in needed.items()
    ]
    for name, (number, label) in coded.items():
        known = SECTOR_SUPPORT if name == "sector_support" else codes[ItemId(name)]
        made.append(
            _error(
                number,
                _given(name) & ~field(name).isin(sorted(known)),
                PUPIL[name],
                f"The code for {label} is not in the census's list for this year.",
            )
        )
    made.append(
        _error(
            "part_time.form", _unread("part_time"), PUPIL["part_time"], "Part-time is neither true nor false."
        )
    )
    made.append(
        _part(
            "sen_need.code",
            "need_unknown",
            "needs",
            "SENtype",
            "A type of special educational need is unknown.",
        )
    )
    return tuple(made)


def _free_meals() -> tuple[Rule, ...]:
    return (
        _part(
            "fsm.start", "fsm_start_missing", "fsm", "FSMstartDate", "A free meals period starts on no day."
        ),
        _part(
            "1762", "fsm_start_late", "fsm", "FSMstartDate", "A free meals period starts after census day."
        ),
        _part(
            "fsm.end",
            "fsm_end_wrong",
            "fsm",
            "FSMendDate",
            "A free meals period ends on no day, or before it starts.",
        ),
    )


def _attendance(window: Window) -> tuple[Rule, ...]:
    possible = PUPIL["sessions_possible"]
    compulsory = _given("age") & (field("age") >= 5) & (field("age") <= 15)  # noqa: PLR2004  rule 2470
    day_pupil = field("boarder").is_null() | ~field("boarder").isin(_BOARDS)
    was_here = field("entry_date_value").is_valid() & (field("entry_date_value") <= pc.scalar(window.until))
    unread = _unread("sessions_possible")
    total = field("sessions_possible_value")
    return (
        _error("2400", field("on_roll") & unread, possible, "The sessions possible are no whole number."),
        _error("2500", ~field("on_roll") & unread, possible, "The sessions possible are no whole number."),
        _query(
            "sessions.missing",
            field("on_roll") & compulsory & day_pupil & was_here & field("sessions_possible").is_null(),
            possible,
            "A pupil of compulsory school age, on roll last term, has no sessions possible.",
        ),
        _part(
            "sessions.code",
            "session_code_unknown",
            "sessions",
            "AttendanceReason",
            "An attendance code is unknown.",
        ),
        _part(
            "sessions.count",
            "session_count_wrong",
            "sessions",
            "AbsenceSessions",
            "The sessions with an attendance code are no whole number.",
        ),
        _query(
            "sessions.sum",
            total.is_valid() & (field("sessions_counted") > total),
            possible,
            "More sessions are counted by code than were possible.",
        ),
        _part(
            "2290",
            "suspension_outside",
            "suspensions",
            "ExclusionStartDate",
            "A suspension or exclusion starts on no day, or outside the term that this return is about.",
        ),
        _query(
            "2485",
            field("suspended") & ~field("suspension_marked"),
            f"{PARTS['suspensions'].path}/{PARTS['suspensions'].row}",
            "A suspension or exclusion is recorded, and no session is marked E.",
        ),
    )
