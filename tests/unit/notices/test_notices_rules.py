# SPDX-License-Identifier: Apache-2.0
"""What a letter's code looks like, and when it is locked. D6, D48."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.notices.rules import (
    SIGNS,
    Tries,
    after_a_miss,
    check_unlocked,
    code_from,
    in_fours,
    typed,
)
from beholden.refusals import Refusal

codes = st.lists(st.integers(0, 19), min_size=11, max_size=11).map(code_from)
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


@given(codes, st.sampled_from([" ", "-", "", "\u2013"]))
def test_a_code_is_read_as_it_is_printed_in_any_spacing_and_any_case(code, between):
    assert typed(in_fours(code)) == code
    assert typed(between.join(code.lower())) == code


@given(codes, st.integers(0, 11), st.sampled_from(SIGNS))
def test_any_one_slip_is_told_apart_from_an_unknown_code(code, place, sign):
    slipped = code[:place] + sign + code[place + 1 :]
    if slipped == code:
        return
    with pytest.raises(Refusal) as no:
        typed(slipped)
    assert no.value.code == "notices.code_mistyped"


@given(st.text(max_size=40))
def test_whatever_is_typed_the_answer_is_a_code_or_a_refusal_without_what_was_typed(text):
    try:
        assert len(typed(text)) == 12
    except Refusal as no:
        assert no.code == "notices.code_mistyped"
        assert len(text) < 5 or text not in str(no)


def test_five_wrong_birth_dates_lock_the_code_for_a_quarter_of_an_hour_and_no_longer():
    tries = Tries(0, None)
    for _ in range(4):
        tries = after_a_miss(tries, most=5, wait=timedelta(minutes=15), at=NOON)
        check_unlocked(tries, at=NOON)
    tries = after_a_miss(tries, most=5, wait=timedelta(minutes=15), at=NOON)
    with pytest.raises(Refusal) as no:
        check_unlocked(tries, at=NOON + timedelta(minutes=14, seconds=59))
    assert no.value.code == "notices.too_many_tries"
    check_unlocked(tries, at=NOON + timedelta(minutes=15))
