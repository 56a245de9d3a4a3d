# SPDX-License-Identifier: Apache-2.0
"""Whose yes counts: the one pass over everything says what a lawyer would say of one child. D11, D12, D14."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from beholden.choices.consent.standing import (
    Giver,
    No,
    Terms,
    Yes,
    agreed,
    earliest,
    ends_on,
    stands,
)
from beholden.kinds import PersonId

T0 = datetime(2027, 5, 1, 12, tzinfo=UTC)
CHILDREN = [PersonId(UUID(int=number)) for number in range(1, 4)]
ADULTS = ["a" * 64, "b" * 64]
TERMS = Terms("1" * 64, date(2027, 5, 1), date(2027, 5, 20), timedelta(days=15))

moments = st.integers(-3, 25).map(lambda days: T0 + timedelta(days=days))
places = st.integers(1, 40)
yeses = st.builds(
    Yes,
    st.sampled_from(CHILDREN),
    st.sampled_from(ADULTS),
    st.sampled_from(list(Giver)),
    st.sampled_from(["1" * 64, "1" * 64, "2" * 64]),
    moments,
    places,
)
noes = st.builds(No, st.sampled_from(CHILDREN), st.sampled_from(ADULTS), moments, places)
deciders = st.dictionaries(st.sampled_from(CHILDREN), moments)
worlds = st.tuples(
    st.lists(yeses, max_size=6), st.lists(noes, max_size=4), deciders, moments, st.just(TERMS)
).filter(lambda world: len({one.place for one in world[0] + world[1]}) == len(world[0] + world[1]))


def naive(child, said, kept_out, deciding, at, terms):
    """The slow and obvious version, for one child: is there a yes that nothing speaks against?"""
    for yes in said:
        if yes.person != child:
            continue
        not_yet = yes.at > at
        other_words = yes.asked != terms.asked
        not_in_these_days = at.date() < terms.first_on or at.date() > terms.last_on
        too_old = at >= yes.at + terms.most
        taken_back = False
        for no in kept_out:
            if no.person == child and no.adult == yes.adult:
                taken_back = taken_back or not no.at < yes.at or not no.place < yes.place
        by_now_decides_alone = child in deciding and deciding[child] <= at
        decided_alone_then = child in deciding and deciding[child] <= yes.at
        may_give = decided_alone_then if yes.giver is Giver.SELF else not by_now_decides_alone
        if may_give and not (not_yet or other_words or not_in_these_days or too_old or taken_back):
            return True
    return False


@settings(max_examples=400)
@given(world=worlds)
def test_the_one_pass_says_what_the_naive_twin_says(world):
    said, kept_out, deciding, at, terms = world
    found = agreed(said, kept_out, terms, deciding=deciding, at=at)
    assert found == {one for one in CHILDREN if naive(one, said, kept_out, deciding, at, terms)}


@settings(max_examples=200)
@given(world=worlds, no=noes)
def test_a_no_more_never_lets_anybody_in(world, no):
    """D11: whatever is added to the noes only takes out."""
    said, kept_out, deciding, at, terms = world
    before = agreed(said, kept_out, terms, deciding=deciding, at=at)
    assert agreed(said, [*kept_out, no], terms, deciding=deciding, at=at) <= before


@settings(max_examples=200)
@given(world=worlds)
def test_without_a_yes_nobody_agreed(world):
    """Silence is no (UK GDPR Art 4(11))."""
    _, kept_out, deciding, at, terms = world
    assert agreed([], kept_out, terms, deciding=deciding, at=at) == frozenset()


@settings(max_examples=200)
@given(world=worlds, since=moments)
def test_an_adult_s_yes_is_over_once_the_child_decides(world, since):
    """D14: from the moment on at which a child decides alone, only her own yes of after that moment counts."""
    said, kept_out, _, at, terms = world
    assume(since <= at)
    deciding = dict.fromkeys(CHILDREN, since)
    own = [one for one in said if one.giver is Giver.SELF and one.at >= since]
    assert agreed(said, kept_out, terms, deciding=deciding, at=at) == agreed(
        own, kept_out, terms, deciding=deciding, at=at
    )


@given(one=deciders, other=deciders)
def test_who_decides_does_so_from_the_earlier_moment(one, other):
    found = earliest(one, other)
    assert found.keys() == one.keys() | other.keys()
    for person, since in found.items():
        assert since == min(held[person] for held in (one, other) if person in held)


@given(
    said=moments,
    last=st.integers(0, 40).map(lambda days: TERMS.last_on + timedelta(days=days)),
    hour=st.integers(0, 23),
)
def test_a_yes_is_over_when_the_day_that_is_shown_is_over_and_not_before_it_began(said, last, hour):
    """D12: the day on the page of a yes is the last one of the rule that the gate asks."""
    yes = Yes(CHILDREN[0], ADULTS[0], Giver.GUARDIAN, "1" * 64, said, 1)
    terms = Terms("1" * 64, said.date(), last, timedelta(days=15))
    assume(last >= said.date())

    def holds(on):
        return stands(
            yes, (), terms, decides_since=None, at=datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
        )

    shown = ends_on(said, terms)
    assert not holds(shown + timedelta(days=1))
    if shown - timedelta(days=1) > said.date():
        assert holds(shown - timedelta(days=1))
