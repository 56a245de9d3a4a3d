# SPDX-License-Identifier: Apache-2.0
"""What families' standing answers mean for one use. D11, D12, D14."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.choices.rules import Answer, Choice, Question, Scope, objectors, scope_of, standing
from beholden.kinds import PersonId, UseRef
from beholden.refusals import Refusal

CHILD = PersonId(UUID(int=1))
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
USE = UseRef("U-2026-0001")
QUESTION = Question(USE, "public-interest-study", refusable=True)
KEEP = Choice(CHILD, "adult-1", Scope.USE, USE, Answer.KEEP_OUT, NOON)


def later(choice, **changes):
    return replace(choice, at=choice.at + timedelta(hours=1), **changes)


def test_an_objection_to_this_use_keeps_the_child_out():
    assert objectors([KEEP], QUESTION, at=NOON) == {CHILD}


def test_an_objection_to_another_use_does_not():
    assert not objectors([replace(KEEP, target="U-2026-0002")], QUESTION, at=NOON)


@pytest.mark.parametrize(("scope", "target"), [(Scope.PURPOSE, "public-interest-study"), (Scope.ALL, "")])
def test_a_wider_objection_covers_uses_nobody_had_thought_of(scope, target):
    """One standing *no to all I may refuse, now and later* (D11)."""
    wide = replace(KEEP, scope=scope, target=target)
    assert objectors([wide], replace(QUESTION, use=UseRef("U-2031-0999")), at=NOON) == {CHILD}


def test_leave_in_for_one_use_never_undoes_keep_out_of_everything():
    wide = replace(KEEP, scope=Scope.ALL, target="")
    narrow = later(KEEP, answer=Answer.LEAVE_IN)
    assert objectors([wide, narrow], QUESTION, at=narrow.at) == {CHILD}


def test_between_two_adults_the_safer_answer_stands_whoever_spoke_last():
    other = later(KEEP, adult="adult-2", answer=Answer.LEAVE_IN)
    for order in permutations([KEEP, other]):
        assert objectors(order, QUESTION, at=other.at) == {CHILD}


def test_the_same_adult_may_change_her_mind_until_the_day():
    back = later(KEEP, answer=Answer.LEAVE_IN)
    assert not objectors([KEEP, back], QUESTION, at=back.at)
    assert objectors([KEEP, back], QUESTION, at=NOON) == {CHILD}


def test_what_the_law_requires_cannot_be_refused_and_the_answer_is_kept_for_what_can():
    assert not objectors([KEEP], replace(QUESTION, refusable=False), at=NOON)


choices = st.builds(
    Choice,
    person=st.sampled_from([PersonId(UUID(int=n)) for n in (1, 2, 3)]),
    adult=st.sampled_from(["a", "b"]),
    scope=st.just(Scope.USE),
    target=st.just(USE),
    answer=st.sampled_from(Answer),
    at=st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours)),
)


@given(st.lists(choices, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_read_never_matters(said, shuffle):
    mixed = list(said)
    shuffle.shuffle(mixed)
    assert objectors(said, QUESTION, at=NOON + timedelta(days=1)) == objectors(mixed, QUESTION, at=NOON + timedelta(days=1))


@given(st.lists(choices, max_size=8), choices)
def test_one_more_keep_out_never_lets_a_child_in(said, extra):
    keep = replace(extra, answer=Answer.KEEP_OUT, at=NOON + timedelta(hours=6))
    at = NOON + timedelta(days=1)
    assert objectors(said, QUESTION, at=at) <= objectors([*said, keep], QUESTION, at=at)


@given(st.lists(choices, max_size=8))
def test_an_answer_of_tomorrow_does_not_count_today(said):
    assert all(choice.at <= NOON for choice in standing(said, at=NOON))


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
