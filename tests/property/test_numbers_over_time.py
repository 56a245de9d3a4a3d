# SPDX-License-Identifier: Apache-2.0
"""A made-up number is of one child, one recipient and one run; of a study over time, of every run of that one use. D15, D19."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import homes
from beholden.gate.pseudonyms import pseudonyms
from beholden.home import Home, keys
from beholden.kinds import UseRef
from beholden.uses.rules.repeating import named_apart, named_for


@pytest.fixture(scope="module", autouse=True)
def home():
    """A home that holds the one key from which made-up numbers are made."""
    folder = homes.new_folder()
    lent = Home(folder / "home")
    lent.keys.mkdir(parents=True, mode=0o700)
    keys.create(lent, "pseudonyms")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEHOLDEN_HOME", str(lent.root))
        yield
    shutil.rmtree(folder)


USES = tuple(map(UseRef, ("U-2026-0001", "U-2026-0002", "U-2026-0011")))
ROWS = st.tuples(
    st.sampled_from(USES),
    st.sampled_from(("northford", "northford-ltd")),
    st.integers(1, 12),
    st.sampled_from(tuple(number.to_bytes(16) for number in (0, 1, 2**64, 2**128 - 1))),
)
"""One row that leaves: of which use, to whom, in which run, and of which child."""


def number(row, made_for):
    (made,) = pseudonyms(row[1], made_for, [row[3]])
    return made


@given(left=ROWS, right=ROWS, studies=st.sets(st.sampled_from(USES)))
def test_a_child_has_one_number_in_every_run_of_a_study_over_time_and_anywhere_else_in_one_run_alone(
    left, right, studies
):
    """Two rows are joined only if they are of one child, one recipient and one use; and there of one run, or followed."""
    made = [number(row, named_for(row[0], row[2], over_time=row[0] in studies)) for row in (left, right)]
    (use, recipient, run, child), (other, *rest) = left, right
    joined = (use, recipient, child) == (other, rest[0], rest[2]) and (use in studies or run == rest[1])
    assert (made[0] == made[1]) is joined


@given(left=ROWS, right=ROWS, over_time=st.booleans())
def test_a_child_who_is_followed_no_further_has_a_number_that_no_other_run_has(left, right, over_time):
    """D35: also not the run before, nor its own of the time when it was still followed."""
    apart = number(left, named_apart(left[0], left[2]))
    assert (apart == number(right, named_apart(right[0], right[2]))) is (left == right)
    followed = number(right, named_for(right[0], right[2], over_time=over_time))
    assert (apart == followed) is (left == right and not over_time and right[2] > 1)
