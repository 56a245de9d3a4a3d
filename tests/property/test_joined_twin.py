# SPDX-License-Identifier: Apache-2.0
"""Which records are one child: argued against a twin that walks from record to record, line by line (D14)."""

from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from beholden.kinds import PersonId
from beholden.register.joined import Decided, Joined

RECORDS = [PersonId(UUID(int=number)) for number in range(1, 8)]
records = st.sampled_from(RECORDS)
lines = st.lists(
    st.tuples(records, records, st.booleans())
    .filter(lambda line: line[0] != line[1])
    .map(lambda line: Decided(*line)),
    max_size=14,
)


def walked(decided, start):
    """Return every record that can be reached over pairs whose last line says that they are one child."""
    reached, wanted = set(), [start]
    while wanted:
        one = wanted.pop()
        if one in reached:
            continue
        reached.add(one)
        for other in RECORDS:
            about = [line.same for line in decided if {line.one, line.other} == {one, other}]
            if about and about[-1]:
                wanted.append(other)
    return reached


@given(lines, st.lists(records, max_size=4))
def test_spread_is_what_can_be_reached(decided, people):
    expected = set().union(*(walked(decided, one) for one in people))
    assert Joined.of(decided).spread(people) == expected


@given(lines, st.lists(records, unique=True))
def test_apart_keeps_the_first_of_every_child_and_loses_no_child(decided, people):
    kept = Joined.of(decided).apart(people)
    children = [frozenset(walked(decided, one)) for one in kept]
    assert len(set(children)) == len(children)
    assert set(children) == {frozenset(walked(decided, one)) for one in people}
    assert list(kept) == [one for one in people if one in kept]
    assert all(
        people.index(one) <= people.index(other)
        for one in kept
        for other in people
        if other in walked(decided, one)
    )


def test_it_does_not_matter_in_which_order_pairs_are_decided():
    first, second, third, fourth = RECORDS[:4]
    pairs = [Decided(first, second, True), Decided(third, fourth, True), Decided(second, third, True)]
    for order in permutations(pairs):
        assert Joined.of(order).spread([fourth]) == set(RECORDS[:4])
    taken_back = [*pairs, Decided(third, second, False)]
    assert Joined.of(taken_back).spread([fourth]) == {third, fourth}
