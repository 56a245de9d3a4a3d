# SPDX-License-Identifier: Apache-2.0
"""Who of one column stands in another, held against Python's own sets. D18."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from beholden.gate import ids

# Few first halves and few second halves, so that many ids share one; the highest and lowest among them.
halves = st.sampled_from([0, 1, 2, 2**63 - 1, 2**63, 2**64 - 1])
columns = st.lists(st.builds(lambda a, b: a.to_bytes(8) + b.to_bytes(8), halves, halves), max_size=30)


def column(content):
    return pa.array(content, type=pa.binary(16))


@given(people=columns, among=columns)
def test_listed_says_what_a_set_says(people, among):
    """Also where first halves are alike, in any order, with repeats, and when the work is done in slices."""
    whole = ids.SLICE
    try:
        ids.SLICE = 7
        found = ids.listed(column(people), column(among)).tolist()
    finally:
        ids.SLICE = whole
    assert found == [one in set(among) for one in people]


@given(
    people=st.sets(
        st.sampled_from([a.to_bytes(8) + b.to_bytes(8) for a in (0, 1, 2**64 - 1) for b in range(9)]),
        min_size=9,
    ),
    among=columns,
)
def test_few_are_looked_for_among_many(people, among):
    """The other way round, for a short list and people in order: the same answer, also where first halves are alike."""
    few = among[: len(people) // ids.SPARSE - 1]
    found = ids.listed(column(sorted(people)), column(few)).tolist()
    assert found == [one in set(few) for one in sorted(people)]


@given(people=columns, start=st.integers(0, 30))
def test_a_column_is_put_in_the_order_of_its_bytes(people, start):
    """Also a slice of a longer column, whose first byte is not the buffer's first."""
    some = column(people).slice(start)
    assert ids.ordered(some).to_pylist() == sorted(people[start:])
    assert ids.packed(some) == b"".join(sorted(people[start:]))
