# SPDX-License-Identifier: Apache-2.0
"""A mandate is ours, whole and in time, or it is refused. D13, D36."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.kinds import PersonId
from beholden.people.mandate import LASTS, Mandate, check, grant
from beholden.refusals import Refusal

KEY = bytes(range(32))
UNTIL = datetime(2026, 3, 19, 12, tzinfo=UTC)
MANDATE = Mandate(UUID(int=7), "ab" * 32, (PersonId(UUID(int=1)), PersonId(UUID(int=2))), UNTIL)
TOKEN = grant(MANDATE, key=KEY)


def test_what_was_granted_is_read_back_whole():
    assert check(TOKEN, key=KEY, at=UNTIL) == MANDATE


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="ascii"))
def test_no_changed_sign_is_accepted(place, sign):
    changed = TOKEN[:place] + sign + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(Refusal) as no:
            check(changed, key=KEY, at=UNTIL)
        assert no.value.code == "people.mandate"


@pytest.mark.parametrize("cut", range(0, len(TOKEN), 7))
def test_no_cut_token_is_accepted(cut):
    with pytest.raises(Refusal):
        check(TOKEN[:cut], key=KEY, at=UNTIL)


def test_another_key_and_another_day_are_refused():
    with pytest.raises(Refusal):
        check(TOKEN, key=bytes(32), at=UNTIL)
    with pytest.raises(Refusal):
        check(TOKEN, key=KEY, at=UNTIL + timedelta(seconds=1))


def test_two_mandates_for_the_same_are_two():
    """What is said twice under one mandate is said once; under two, twice."""
    other = Mandate(MANDATE.letter, MANDATE.adult, MANDATE.children, MANDATE.until)
    assert other.once != MANDATE.once
    assert grant(other, key=KEY) != TOKEN


def test_a_mandate_lives_no_longer_than_a_sitting():
    assert timedelta(minutes=15) == LASTS


def test_a_mandate_can_lose_children_and_never_win_one():
    first, second = MANDATE.children
    stranger = PersonId(UUID(int=9))
    assert MANDATE.narrowed((second,)).children == (second,)
    assert MANDATE.narrowed((stranger, first)).children == (first,)
    assert MANDATE.narrowed(()).children == ()
    assert MANDATE.narrowed((first,)).once == MANDATE.once
