# SPDX-License-Identifier: Apache-2.0
"""Receipt numbers and the seal of a *leave in*: what they bind, and that nothing can be moved from one to another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.choices.numbers import LeaveIn, Said, number, receipt
from beholden.choices.rules import Answer, typed_number
from beholden.kinds import PersonId
from beholden.people.signs import SIGNS

KEY = bytes(range(32))
CHILD = PersonId(UUID(int=1))
AT = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
SAID = Said("adult", "use", "U-2026-0001", ((CHILD, Answer.KEEP_OUT),), "")
ROW = LeaveIn(CHILD, "adult", "use", "U-2026-0001", AT, "ab" * 32, "cd" * 32, UUID(int=7))


def test_the_same_press_has_the_same_number_and_every_other_another():
    first = number(KEY, SAID, press="p", turn=0)
    assert first == number(KEY, SAID, press="p", turn=0)
    others = [
        number(KEY, SAID, press="q", turn=0),
        number(KEY, SAID, press="p", turn=1),
        number(bytes(32), SAID, press="p", turn=0),
        *(
            number(KEY, replace(SAID, **changed), press="p", turn=0)
            for changed in (
                {"adult": "other"},
                {"scope": "all"},
                {"target": "U-2026-0002"},
                {"answers": ((CHILD, Answer.LEAVE_IN),)},
                {"answers": ((PersonId(UUID(int=2)), Answer.KEEP_OUT),)},
                {"undoes": "ef" * 32},
            )
        ),
    ]
    assert len({first, *others}) == 1 + len(others)


@given(st.text(max_size=40))
def test_a_number_is_eight_of_our_signs_in_fours(press):
    made = number(KEY, SAID, press=press, turn=0)
    assert [len(part) for part in made.split(" ")] == [4, 4]
    assert set(made) <= set(SIGNS) | {" "}
    assert typed_number(made) == made


def test_every_sign_comes_at_every_place():
    """Eight thousand numbers, fixed: each sign at each place 400 times, give or take five standard deviations."""
    made = [number(KEY, SAID, press=str(n), turn=0).replace(" ", "") for n in range(8_000)]
    for place in range(8):
        for sign in SIGNS:
            assert abs(sum(one[place] == sign for one in made) - 400) < 5 * 19.5


def test_another_adult_s_same_number_is_another_digest():
    assert receipt(KEY, "adult", "4F7K 3KQX") != receipt(KEY, "other", "4F7K 3KQX")
    assert receipt(KEY, "adult", "4F7K 3KQX") != receipt(bytes(32), "adult", "4F7K 3KQX")
    assert len(receipt(KEY, "adult", "4F7K 3KQX")) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"person": UUID(int=2)},
        {"adult": "other"},
        {"scope": "all"},
        {"target": "U-2026-0002"},
        {"at": AT - timedelta(microseconds=1)},
        {"receipt": "ab" * 31 + "00"},
        {"undoes": ""},
        {"letter": UUID(int=8)},
    ],
)
def test_a_seal_fits_one_row_only(changed):
    seal = ROW.seal(KEY)
    assert ROW.is_ours(KEY, seal)
    assert not replace(ROW, **changed).is_ours(KEY, seal)
    assert not ROW.is_ours(bytes(32), seal)


@pytest.mark.parametrize("seal", [b"", bytes(32), b"x"])
def test_no_seal_is_no_seal_of_ours(seal):
    assert not ROW.is_ours(KEY, seal)


def test_the_same_moment_in_another_zone_is_the_same_row():
    elsewhere = replace(ROW, at=AT.astimezone(timezone(timedelta(hours=2))))
    assert elsewhere.is_ours(KEY, ROW.seal(KEY))
