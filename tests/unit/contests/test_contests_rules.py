# SPDX-License-Identifier: Apache-2.0
"""What decides how a contested match stands, who may decide it, and what binds each line. D21."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from beholden.contests.rules import (
    ANSWERS,
    REASONS,
    Found,
    Reason,
    Said,
    Stands,
    Verdict,
    bound,
    bound_found,
    check_reviewer,
    check_verdict,
    decide_by,
    stands,
)
from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
SAID = Said("U-2027-0001", PersonId(UUID(int=1)), "a" * 64, "", "stranger", date(2027, 3, 15), AT, "letter")
FOUND = Found("wrong", "school", "b" * 32, AT, "registrar-3")
SALT = bytes(32)


@pytest.mark.parametrize(
    ("verdicts", "found"),
    [
        ((None,), Stands.OPEN),
        ((Verdict.RIGHT,), Stands.UPHELD),
        ((Verdict.WRONG,), Stands.REVERSED),
        ((Verdict.CANNOT_TELL,), Stands.REVERSED),
        ((Verdict.RIGHT, None), Stands.OPEN),
        ((Verdict.WRONG, None), Stands.REVERSED),
        ((Verdict.RIGHT, Verdict.WRONG), Stands.REVERSED),
        ((Verdict.RIGHT, Verdict.RIGHT), Stands.UPHELD),
    ],
)
def test_wrong_once_is_wrong_and_what_waits_is_open(verdicts, found):
    assert {stands(order) for order in permutations(verdicts)} == {found}


def test_cannot_tell_is_no_answer_about_the_pair():
    """It counts as wrong for the family, and in no rate: people's answers are measured as what they are."""
    assert set(ANSWERS) == set(Verdict)
    assert (ANSWERS[Verdict.RIGHT], ANSWERS[Verdict.CANNOT_TELL]) == ("same", "cannot_say")


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("reason", Reason)
def test_who_can_tell_says_by_what_and_who_cannot_has_nothing(verdict, reason):
    fits = (reason is Reason.NOTHING) == (verdict is Verdict.CANNOT_TELL)
    assert fits is (reason in REASONS[verdict])
    if fits:
        check_verdict(verdict, reason)
    else:
        with pytest.raises(Refusal, match=r"^contests\.reason:"):
            check_verdict(verdict, reason)


def test_nobody_judges_their_own_and_only_a_registrar_judges():
    third = Actor("registrar-3", Role.REGISTRAR, "keeper")
    check_reviewer(third, {"registrar", "registrar-2"})
    with pytest.raises(Refusal, match=r"^contests\.own_match:"):
        check_reviewer(third, {"registrar-3"})
    with pytest.raises(Refusal, match=r"^contests\.role:"):
        check_reviewer(replace(third, role=Role.REVIEWER), set())


def test_the_last_day_is_so_many_days_on():
    assert decide_by(date(2027, 2, 20), days=14) == date(2027, 3, 6)


def other(value):
    match value:
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case UUID():
            return PersonId(UUID(int=value.int + 1))
        case _:
            return f"{value}x"


@pytest.mark.parametrize("name", [one.name for one in fields(Said)])
def test_every_part_of_a_contest_is_bound(name):
    assert bound(replace(SAID, **{name: other(getattr(SAID, name))}), SALT) != bound(SAID, SALT)


@pytest.mark.parametrize("name", [one.name for one in fields(Found)])
def test_every_part_of_a_decision_is_bound_and_its_contest_too(name):
    said = bound(SAID, SALT)
    changed = replace(FOUND, **{name: other(getattr(FOUND, name))})
    assert bound_found(changed, said, SALT) != bound_found(FOUND, said, SALT)
    assert bound_found(FOUND, bytes(32), SALT) != bound_found(FOUND, said, SALT)
    assert bound_found(FOUND, said, bytes(31) + b"\1") != bound_found(FOUND, said, SALT)


def test_two_zones_of_one_moment_are_one():
    elsewhere = replace(SAID, at=AT.astimezone(tz=None))
    assert bound(elsewhere, SALT) == bound(SAID, SALT)
