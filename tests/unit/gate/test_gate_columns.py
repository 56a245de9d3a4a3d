# SPDX-License-Identifier: Apache-2.0
"""What a cube is counted from: shares of half days, as a naive twin has them. D24, D33."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from beholden.catalogue import Share
from beholden.gate.columns import share_of
from beholden.intake.pupils import SESSION
from beholden.kinds import ItemId

MISSED = Share("missed", "Half days missed", ItemId("details"), ("I", "O"), ItemId("possible"))

details = st.none() | st.lists(
    st.fixed_dictionaries(
        {"code": st.sampled_from(["I", "O", "/", "X", None]), "sessions": st.none() | st.integers(0, 90)}
    ),
    max_size=4,
)
people = st.lists(st.tuples(details, st.none() | st.integers(0, 90), st.booleans()), max_size=12)


def naive(its, possible, kept):
    """Say it one child at a time."""
    if its is None or not possible or not kept:
        return None
    away = sum(one["sessions"] or 0 for one in its if one["code"] in MISSED.codes)
    return None if away > possible else 100 * away / possible


@given(people)
def test_a_share_is_what_its_naive_twin_says(found):
    its, possible, kept = (list(one) for one in zip(*found, strict=True)) if found else ([], [], [])
    rows = pa.table({"details": pa.array(its, pa.list_(SESSION)), "possible": pa.array(possible, pa.int32())})
    made = share_of(MISSED, rows, pa.array(kept, pa.bool_()))
    assert made.to_pylist() == [naive(*one) for one in found]
