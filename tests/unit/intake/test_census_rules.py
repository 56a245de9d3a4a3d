# SPDX-License-Identifier: Apache-2.0
"""Every rule over pupils, each broken by a return that is sound but for it (D1, D5)."""

import io

import numpy as np
import pytest

from beholden.intake import census_codes, census_rules, checking, columns, pupils, school_census
from beholden.intake.census_header import expected_by_catalogue
from beholden.intake.findings import Severity
from beholden.intake.numbers import upn_check_letter
from census_builder import addresses, element, free_meals, line_of, message, needs, record, sessions, upn


def lettered(body: str) -> str:
    return upn_check_letter(body) + body


def suspension(start):
    return element("TermlyExclusion", Category="SUSP", ExclusionStartDate=start)


@pytest.fixture
def findings(tmp_path):
    def read(*records, off_roll=()):
        sent = message(*records, off_roll=off_roll)
        (tmp_path / "return.xml").write_bytes(sent)
        return sent, school_census.read(tmp_path / "return.xml")

    return read


ERROR, QUERY = Severity.ERROR, Severity.QUERY
GONE = "PupilNoLongerOnRoll"

BREACHES = [
    ("1500", ERROR, {"UPN": None}, "<PupilIdentifiers>"),
    ("1500", ERROR, {"UPN": "  "}, "<UPN>"),
    ("1510", ERROR, {"UPN": "A001400120001"}, "<UPN>"),
    ("1510", ERROR, {"UPN": "too short"}, "<UPN>"),
    ("1510", ERROR, {"FormerUPN": "A001400120001"}, "<FormerUPN>"),
    ("1530", ERROR, {"UPN": lettered("999400120001")}, "<UPN>"),
    ("1540", ERROR, {"UPN": "A0014X0120001"}, "<UPN>"),
    ("1550", ERROR, {"UPN": "A00140012000S"}, "<UPN>"),
    ("1570", QUERY, {"DOB": "2011-05-10", "NCyearActual": "10"}, "<PupilIdentifiers>"),
    ("1575", ERROR, {"UniqueLearnerNumber": "9276308687"}, "<UniqueLearnerNumber>"),
    ("1575", ERROR, {"UniqueLearnerNumber": "0276308686"}, "<UniqueLearnerNumber>"),
    ("1741", ERROR, {"ServiceChild": "Q"}, "<ServiceChild>"),
    ("1871", ERROR, {"PLAA": "Q"}, "<PLAA>"),
    ("1880", ERROR, {"EntryDate": None}, "<PupilStatus>"),
    ("1880", ERROR, {"EntryDate": "2026-01-16"}, "<EntryDate>"),
    ("1880", ERROR, {"EntryDate": "yesterday"}, "<EntryDate>"),
    ("2400", ERROR, {"SessionsPossible": "-1"}, "<SessionsPossible>"),
    ("sessions.missing", QUERY, {"SessionsPossible": None}, "<PupilOnRoll>"),
    ("surname.missing", ERROR, {"Surname": None}, "<PupilIdentifiers>"),
    ("forename.missing", ERROR, {"Forename": ""}, "<Forename>"),
    ("surname.control_character", ERROR, {"Surname": "Exa\nmple"}, "<Surname>"),
    ("forename.control_character", ERROR, {"Forename": "A\u0085da"}, "<Forename>"),
    ("middle_names.control_character", ERROR, {"MiddleNames": "B\u202ec"}, "<MiddleNames>"),
    ("preferred_surname.control_character", ERROR, {"PreferredSurname": "a\tb"}, "<PreferredSurname>"),
    ("surname.length", ERROR, {"Surname": "n" * 101}, "<Surname>"),
    ("birth_date.missing", ERROR, {"DOB": None}, "<PupilIdentifiers>"),
    ("birth_date.form", ERROR, {"DOB": "10/05/2014"}, "<DOB>"),
    ("birth_date.after", ERROR, {"DOB": "2026-02-01"}, "<DOB>"),
    ("birth_date.age", QUERY, {"DOB": "2024-05-10"}, "<DOB>"),
    ("leaving_date.on_roll", ERROR, {"LeavingDate": "2025-12-01"}, "<LeavingDate>"),
    ("sex.missing", ERROR, {"Sex": None}, "<PupilIdentifiers>"),
    ("enrol_status.missing", ERROR, {"EnrolStatus": None}, "<PupilStatus>"),
    ("nc_year.missing", ERROR, {"NCyearActual": None}, "<PupilStatus>"),
    ("sex.code", ERROR, {"Sex": "Q"}, "<Sex>"),
    ("ethnicity.code", ERROR, {"Ethnicity": "QQQQ"}, "<Ethnicity>"),
    ("language.code", ERROR, {"Language": "QQQ"}, "<Language>"),
    ("enrol_status.code", ERROR, {"EnrolStatus": "Q"}, "<EnrolStatus>"),
    ("boarder.code", ERROR, {"Boarder": "Q"}, "<Boarder>"),
    ("nc_year.code", ERROR, {"NCyearActual": "15"}, "<NCyearActual>"),
    ("young_carer.code", ERROR, {"YoungCarer": "Q"}, "<YoungCarer>"),
    ("sen_provision.code", ERROR, {"SENprovision": "A"}, "<SENprovision>"),
    ("yssa.code", ERROR, {"YSSA": "maybe"}, "<YSSA>"),
    ("part_time.form", ERROR, {"PartTime": "half"}, "<PartTime>"),
]

EARLY = {"TermlyExclusion": suspension("2024-10-07"), "SessionDetails": sessions(("E", 2))}
PARTS = [
    (
        "1762",
        ERROR,
        {"FSMeligibility": free_meals(("2025-09-03", ""), ("2026-02-02", ""))},
        "<FSMstartDate>2026",
    ),
    ("fsm.start", ERROR, {"FSMeligibility": free_meals(("soon", ""))}, "<FSMstartDate>"),
    ("fsm.end", ERROR, {"FSMeligibility": free_meals(("2025-09-03", "2025-09-02"))}, "<FSMendDate>"),
    ("fsm.end", ERROR, {"FSMeligibility": free_meals(("2025-09-03", "never"))}, "<FSMendDate>"),
    ("sessions.code", ERROR, {"SessionDetails": sessions(("I", 4), ("H", 3))}, "<AttendanceReason>H"),
    ("sessions.count", ERROR, {"SessionDetails": sessions(("I", 4), ("L", "x"))}, "<AbsenceSessions>x"),
    ("sessions.sum", QUERY, {"SessionDetails": sessions(("I", 141), ("#", 9))}, "<SessionsPossible>"),
    ("2290", ERROR, EARLY, "<ExclusionStartDate>"),
    ("2485", QUERY, {"TermlyExclusion": suspension("2025-10-07")}, "<TermlyExclusion>"),
    ("sen_need.code", ERROR, {"SENneeds": needs(("1", "MLD"), ("2", "QQ"))}, "<SENtype>QQ"),
    (
        "address.control_character",
        ERROR,
        {"Addresses": addresses(({"Street": "A\nb"}, "ZZ3 2NU"))},
        "<Addresses>",
    ),
    ("postcode.form", QUERY, {"Addresses": addresses(({}, "here"))}, "<PostCode>"),
]


@pytest.mark.parametrize(
    ("rule", "severity", "broken", "where", "inside"),
    [*((*breach, False) for breach in BREACHES), *((*part, True) for part in PARTS)],
    ids=[breach[0] for breach in (*BREACHES, *PARTS)],
)
def test_a_return_that_breaks_one_rule_breaks_only_it(findings, rule, severity, broken, where, inside):
    second = record(2, inside=broken) if inside else record(2, **broken)
    sent, reading = findings(record(1), second, record(3))
    (found,) = reading.findings.listed
    assert (found.rule, found.severity) == (rule, severity)
    starts = line_of(sent, "<PupilOnRoll>", nth=2)
    within = "\n".join(sent.decode().split("\n")[starts - 1 :])
    assert found.line == starts + within[: within.index(where)].count("\n")
    assert found.place.startswith("pupil 2 on roll")
    assert reading.accepted == (severity is QUERY)
    assert reading.counted == 3


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("1920", {"LeavingDate": None}),
        ("1920", {"LeavingDate": "2026-01-15"}),
        ("1920", {"LeavingDate": "2023-09-04"}),
        ("1920", {"LeavingDate": "gone"}),
        ("2500", {"SessionsPossible": "many"}),
        ("1500", {"UPN": None}),
    ],
)
def test_those_who_left_are_judged_too(findings, rule, broken):
    _, reading = findings(record(1), off_roll=(record(2, name=GONE), record(3, name=GONE, **broken)))
    (found,) = reading.findings.listed
    assert (found.rule, found.severity) == (rule, ERROR)
    assert found.place.startswith("pupil 2 no longer on roll")
    assert not reading.accepted


def test_a_number_twice_is_found_across_both_lists(findings):
    sent, reading = findings(record(1), record(2), off_roll=(record(3, name=GONE, UPN=upn(1)),))
    (found,) = reading.findings.listed
    assert found.rule == "1520"
    assert found.line == line_of(sent, upn(1), nth=2)
    assert found.place == "pupil 1 no longer on roll, year 7"


@pytest.mark.parametrize(
    "answers",
    [
        {"Ethnicity": "REFU"},
        {"Ethnicity": "NOBT"},
        {"Language": "REF"},
        {"Language": "NOT"},
        {"ServiceChild": "R"},
        {"ServiceChild": "U"},
        {"YSSA": "SNR"},
        {"YSSA": "UNS"},
        {"PLAA": "R"},
        {"Ethnicity": "REFU", "Language": "REF", "ServiceChild": "R", "YSSA": "SNR"},
    ],
)
def test_a_refused_answer_is_a_value_and_no_finding(findings, answers):
    """D1: a refused answer is a lawful answer."""
    _, reading = findings(record(1, **answers))
    assert reading.findings.counts == {}
    assert reading.accepted
    kept = {"Ethnicity": "ethnicity", "Language": "language", "ServiceChild": "service_child"}
    row = reading.pupils.to_pylist()[0]
    assert all(row[kept[name]] == answer for name, answer in answers.items() if name in kept)


@pytest.mark.parametrize(
    "name", ["Ethnicity", "Language", "ServiceChild", "PLAA", "YoungCarer", "SENprovision"]
)
def test_an_answer_that_nobody_gave_is_missing_and_no_finding(findings, name):
    _, reading = findings(record(1, **{name: None}))
    assert reading.accepted
    assert reading.findings.counts == {}


@pytest.mark.parametrize(
    "name", ["Ó Néill", "O'Neil-Ślązak", "Nguyễn Thị", "محمد علی", "ณัฐ", "李", "Te\u200dst", "Mc Donald"]
)
def test_names_of_every_origin_pass(findings, name):
    _, reading = findings(record(1, Surname=name, Forename=name))
    assert reading.accepted
    assert reading.pupils["surname"].to_pylist() == [name]


def test_codes_given_by_the_caller_are_the_codes(tmp_path):
    (tmp_path / "return.xml").write_bytes(message(record(1)))
    codes = {census_codes.CODED[0]: frozenset({"M"})}
    assert census_codes.CODED[0] == "sex"
    reading = school_census.read(tmp_path / "return.xml", codes=codes)
    assert dict(reading.findings.counts) == {"sex.code": 1}


def test_very_many_breaches_are_counted_and_a_thousand_listed(findings):
    """D5: one rare fault is still listed among thousands of common ones."""
    records = [record(place, Sex="Q") for place in range(1, 1_500)]
    _, reading = findings(*records, record(2_000, Boarder="Q"))
    assert dict(reading.findings.counts) == {"sex.code": 1_499, "boarder.code": 1}
    assert reading.findings.errors == 1_500
    assert len(reading.findings.listed) == 1_000
    assert sum(one.rule == "boarder.code" for one in reading.findings.listed) == 1


def test_no_rule_is_without_answer_on_a_record_of_nothing():
    """What is neither yes nor no counts as a breach; so each rule has to have an answer, come what may."""
    (census,) = expected_by_catalogue()
    codes = census_codes.complete(None)
    sent = message("<PupilOnRoll/>", off_roll=("<PupilNoLongerOnRoll/>",))
    tables = columns.slow(io.BytesIO(sent), counted=(1, 1))
    judged = pupils.make(tables, on_roll=1, lines=np.array([1, 1]), window=census.window, codes=codes).judged
    rules = census_rules.rules(codes=codes, window=census.window)
    for rule, rows in zip(rules, checking._breaches(judged, rules), strict=True):
        assert len(rows) == judged.filter(rule.fails).num_rows, (
            rule.number
        )  # a filter drops what has no answer
