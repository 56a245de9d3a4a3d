# SPDX-License-Identifier: Apache-2.0
"""What a letter's code looks like, and when it is locked. D6, D48."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.notices.rules import (
    REACHES,
    Delivered,
    check_code_length,
    check_unlocked,
    code_from,
    replaces,
    strictest,
    typed,
)
from beholden.people.signs import SIGNS, in_fours
from beholden.people.tries import Tries, after_a_miss
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


QUARTER = timedelta(minutes=15)


def missed(count, at=NOON):
    tries = Tries(0, None)
    for _ in range(count):
        tries = after_a_miss(tries, most=5, wait=QUARTER, at=at)
    return tries


def locked(tries, at):
    with pytest.raises(Refusal) as no:
        check_unlocked(tries, most=5, at=at)
    return no.value


def test_five_wrong_birth_dates_lock_the_code_for_a_quarter_of_an_hour_and_no_longer():
    check_unlocked(missed(4), most=5, at=NOON)
    tries = missed(5)
    no = locked(tries, NOON + QUARTER - timedelta(seconds=1))
    assert no.code == "notices.too_many_tries"
    assert "Wait 1 minutes" in no.sentence
    check_unlocked(tries, most=5, at=NOON + QUARTER)


def test_each_lock_is_twice_as_long_and_the_fourth_is_for_good():
    for locks, minutes in ((1, 15), (2, 30), (3, 60)):
        assert missed(5 * locks).locked_until == NOON + timedelta(minutes=minutes)
        assert f"Wait {minutes} minutes" in locked(missed(5 * locks), NOON).sentence
    check_unlocked(missed(19), most=5, at=NOON)
    assert locked(missed(20), NOON + timedelta(days=400)).code == "notices.ring_us"


@given(st.integers(0, 40), st.integers(1, 9))
def test_whoever_guesses_without_end_gets_four_times_the_tries_and_no_more(extra, most):
    """However long the guesser waits each time."""
    tries, at, made = Tries(0, None), NOON, 0
    for _ in range(4 * most + extra):
        try:
            check_unlocked(tries, most=most, at=at)
        except Refusal as no:
            assert no.code == "notices.ring_us"
            break
        tries, made = after_a_miss(tries, most=most, wait=QUARTER, at=at), made + 1
        at += timedelta(days=1)
    assert made == 4 * most


HELD = (Delivered.NOTHING_YET, Delivered.HANDED_OVER, Delivered.POSTED, Delivered.RETURNED)


@given(st.lists(st.sampled_from(HELD), max_size=8))
def test_a_letter_reaches_by_the_first_word_since_it_last_came_back(words):
    """Never by a later repetition, so that nobody's time to answer is moved by saying it again (D6)."""
    held, since = Delivered.NOTHING_YET, None
    for day, said in enumerate(words):
        if replaces(said, held):
            held, since = said, day
    back = max((day for day, said in enumerate(words) if said is Delivered.RETURNED), default=-1)
    carried = [day for day, said in enumerate(words) if said in REACHES and day > back]
    assert (held in REACHES) == bool(carried)
    if carried:
        assert since == carried[0]


def test_of_several_words_in_one_report_returned_counts():
    assert strictest([Delivered.HANDED_OVER, Delivered.RETURNED, Delivered.POSTED]) is Delivered.RETURNED
    assert strictest([]) is Delivered.NOTHING_YET


def test_a_catalogue_that_asks_for_longer_codes_is_refused_before_a_letter_is_written():
    """D41: the limit is read, and not only printed."""
    check_code_length(12)
    with pytest.raises(Refusal, match=r"^notices\.code_short:"):
        check_code_length(13)
