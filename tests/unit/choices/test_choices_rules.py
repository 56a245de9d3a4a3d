# SPDX-License-Identifier: Apache-2.0
"""What families' standing answers mean for one use. D11, D12, D14; notes/ux.md 8.1."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.choices.rules import (
    Answer,
    Choice,
    Question,
    Scope,
    counts_from,
    last_moment,
    objectors,
    scope_of,
    standing,
    typed_number,
)
from beholden.kinds import PersonId, UseRef
from beholden.people.signs import SIGNS
from beholden.refusals import Refusal

CHILD = PersonId(UUID(int=1))
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
WAIT = timedelta(days=7)
SOON, LATER = NOON + timedelta(hours=1), NOON + timedelta(days=30)
USE = UseRef("U-2026-0001")
QUESTION = Question(USE, "public-interest-study", refusable=True)
KEEP = Choice(CHILD, "adult-1", Scope.USE, USE, Answer.KEEP_OUT, NOON, "number-1")
LEAVE = replace(KEEP, answer=Answer.LEAVE_IN, at=SOON, receipt="number-2")
BACK = replace(LEAVE, undoes="number-1")
"""The same adult leaves the child in, an hour later: without the number of the no, and with it."""


def out(*said, at=LATER, question=QUESTION):
    return objectors(said, question, wait=WAIT, at=at) == {CHILD}


def test_an_objection_to_this_use_keeps_the_child_out():
    assert out(KEEP, at=NOON)


def test_an_objection_to_another_use_does_not():
    assert not out(replace(KEEP, target="U-2026-0002"))


@pytest.mark.parametrize(("scope", "target"), [(Scope.PURPOSE, "public-interest-study"), (Scope.ALL, "")])
def test_a_wider_objection_covers_uses_nobody_had_thought_of(scope, target):
    """One standing *no to all I may refuse, now and later* (D11)."""
    wide = replace(KEEP, scope=scope, target=target)
    assert out(wide, question=replace(QUESTION, use=UseRef("U-2031-0999")))


def test_an_objection_to_another_purpose_does_not():
    assert not out(replace(KEEP, scope=Scope.PURPOSE, target="press"))


@pytest.mark.parametrize("leave", [LEAVE, BACK])
@pytest.mark.parametrize(("scope", "target"), [(Scope.PURPOSE, "public-interest-study"), (Scope.ALL, "")])
def test_leave_in_for_one_use_never_undoes_a_wider_keep_out(leave, scope, target):
    assert out(replace(KEEP, scope=scope, target=target), leave)


@pytest.mark.parametrize("leave", [LEAVE, BACK])
def test_between_two_adults_the_safer_answer_stands_whoever_spoke_last(leave):
    for order in permutations([KEEP, replace(leave, adult="adult-2")]):
        assert out(*order)


def test_a_no_is_undone_by_its_number_and_only_after_some_days():
    """Nobody can be made to undo a no today (notes/ux.md 8.1)."""
    assert counts_from(BACK, wait=WAIT) == SOON + WAIT
    for order in permutations([KEEP, BACK]):
        assert out(*order, at=SOON)
        assert out(*order, at=SOON + WAIT - timedelta(microseconds=1))
        assert not out(*order, at=SOON + WAIT)


def test_without_its_number_a_no_stands_for_ever():
    """The school's system can open the letter it carried; it has no number."""
    for wrong in (LEAVE, replace(LEAVE, undoes="number-3"), replace(LEAVE, undoes="number-2")):
        assert out(KEEP, wrong, at=NOON + timedelta(days=3_000))


def test_no_number_is_not_the_number_of_a_no_without_one():
    assert out(replace(KEEP, receipt=""), LEAVE)


def test_a_second_no_is_undone_by_its_own_number_only():
    """Whoever opens a letter may say no again and is given a number for it: that number opens nothing of the first."""
    again = replace(KEEP, at=SOON, receipt="number-9")
    assert out(KEEP, again, replace(LEAVE, at=SOON, undoes="number-9"))
    assert out(KEEP, again, BACK)
    assert not out(KEEP, again, BACK, replace(BACK, undoes="number-9", receipt="number-8"))


def test_a_no_after_a_no_was_taken_back_counts_at_once():
    once_more = replace(KEEP, at=SOON + timedelta(minutes=1), receipt="number-5")
    for at in (once_more.at, SOON + WAIT, LATER):
        assert out(KEEP, BACK, once_more, at=at)


@pytest.mark.parametrize("late", [timedelta(seconds=1), timedelta(days=4_000)])
def test_a_no_counts_whatever_clock_it_was_written_by(late):
    """A door's clock may run ahead of the gate's; that costs nobody a no."""
    assert out(replace(KEEP, at=LATER + late))


def test_a_leave_in_of_tomorrow_does_nothing_today():
    assert out(KEEP, replace(BACK, at=LATER - WAIT + timedelta(seconds=1)))
    assert standing([replace(LEAVE, at=LATER + WAIT)], wait=WAIT, at=LATER) == ()


def test_the_newest_leave_in_stands_where_there_is_no_no():
    newer = replace(LEAVE, at=SOON + timedelta(hours=1))
    assert standing([newer, LEAVE], wait=WAIT, at=LATER) == (newer,)
    assert standing([KEEP, BACK], wait=WAIT, at=LATER) == (BACK,)
    assert standing([KEEP, BACK], wait=WAIT, at=SOON) == (KEEP,)


def test_of_two_noes_the_newer_is_the_one_that_stands():
    newer = replace(KEEP, at=SOON, receipt="number-9")
    for order in permutations([KEEP, newer]):
        assert standing(order, wait=WAIT, at=LATER) == (newer,)


def test_what_the_law_requires_cannot_be_refused_and_the_answer_is_kept_for_what_can():
    assert not out(KEEP, question=replace(QUESTION, refusable=False))


choices = st.builds(
    Choice,
    person=st.sampled_from([PersonId(UUID(int=n)) for n in (1, 2, 3)]),
    adult=st.sampled_from(["a", "b"]),
    scope=st.just(Scope.USE),
    target=st.just(USE),
    answer=st.sampled_from(Answer),
    at=st.integers(0, 20).map(lambda days: NOON + timedelta(days=days)),
    receipt=st.sampled_from(["r1", "r2", "r3"]),
    undoes=st.sampled_from(["", "r1", "r2", "r3"]),
)
moments = st.integers(0, 40).map(lambda days: NOON + timedelta(days=days))


@given(st.lists(choices, max_size=8), st.randoms(use_true_random=False), moments)
def test_the_order_in_which_rows_are_read_never_matters(said, shuffle, at):
    mixed = list(said)
    shuffle.shuffle(mixed)
    assert objectors(said, QUESTION, wait=WAIT, at=at) == objectors(mixed, QUESTION, wait=WAIT, at=at)


@given(st.lists(choices, max_size=8), choices, moments)
def test_one_more_keep_out_never_lets_a_child_in(said, extra, at):
    keep = replace(extra, answer=Answer.KEEP_OUT, receipt="new")
    before = objectors(said, QUESTION, wait=WAIT, at=at)
    assert before | {keep.person} == objectors([*said, keep], QUESTION, wait=WAIT, at=at)


@given(st.lists(choices, max_size=8), choices, moments)
def test_a_leave_in_without_a_number_changes_nobody(said, extra, at):
    """So a page may take it and answer politely, and nothing leaks (D13)."""
    leave = replace(extra, answer=Answer.LEAVE_IN, undoes="")
    before = objectors(said, QUESTION, wait=WAIT, at=at)
    assert objectors([*said, leave], QUESTION, wait=WAIT, at=at) == before


@given(st.lists(choices, max_size=8), moments, st.integers(0, 9), st.integers(0, 9))
def test_a_longer_wait_never_lets_a_child_in_earlier(said, at, days, more):
    """So *more* is the tighter way of this limit (D41)."""
    short = objectors(said, QUESTION, wait=timedelta(days=days), at=at)
    assert short <= objectors(said, QUESTION, wait=timedelta(days=days + more), at=at)


@given(st.lists(choices, max_size=8), moments)
def test_the_rule_says_what_its_naive_twin_says(said, at):
    """Slow and obvious: a no stands unless a leave in, a week old, of the same adult for the same child, names it."""
    assert objectors(said, QUESTION, wait=WAIT, at=at) == {
        no.person
        for no in said
        if no.answer is Answer.KEEP_OUT
        and not any(
            yes.answer is Answer.LEAVE_IN
            and (yes.person, yes.adult) == (no.person, no.adult)
            and yes.undoes == no.receipt
            and at - yes.at >= WAIT
            for yes in said
        )
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"use": None, "purpose": None, "everything": False},
        {"use": USE, "purpose": "press", "everything": False},
        {"use": USE, "purpose": None, "everything": True},
        {"use": UseRef(""), "purpose": None, "everything": False},
    ],
)
def test_an_answer_has_exactly_one_reach(wrong):
    with pytest.raises(Refusal) as no:
        scope_of(wrong["use"], wrong["purpose"], everything=wrong["everything"])
    assert no.value.code == "choices.scope"


@given(
    st.lists(st.sampled_from(SIGNS), min_size=8, max_size=8),
    st.sampled_from(["", " ", "-", "\u2013", "\u00a0"]),
)
def test_a_number_is_read_however_it_is_typed(signs, between):
    shown = f"{''.join(signs[:4])} {''.join(signs[4:])}"
    assert typed_number(f" {between.join(signs).lower()} ") == shown
    assert typed_number(shown) == shown


@given(st.text(max_size=12).filter(lambda text: sum(sign.upper() in SIGNS for sign in text) != 8))
def test_what_is_no_number_is_an_unknown_number(text):
    with pytest.raises(Refusal) as no:
        typed_number(text)
    assert no.value.code == "choices.number_unknown"


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2027, 3, 19), datetime(2027, 3, 19, 23, 59, 59, tzinfo=UTC)),
        (date(2027, 6, 19), datetime(2027, 6, 19, 22, 59, 59, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_who_reads_a_day_may_use_all_of_it(day, moment):
    """D6: to the last second by the clock on the families' wall, in summer and on the day that clocks change."""
    assert last_moment(day, ZoneInfo("Europe/London")).astimezone(UTC) == moment
