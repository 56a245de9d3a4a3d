# SPDX-License-Identifier: Apache-2.0
"""A made-up number is of one child, one recipient and one run; of a study over time, of every run of that one use. D15, D19."""

import shutil
from collections import defaultdict
from itertools import product

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
PEOPLE = tuple(number.to_bytes(16) for number in (0, 1, 2**64, 2**128 - 1))
ROWS = tuple(product(USES, ("northford", "northford-ltd"), range(1, 13), PEOPLE))
"""Every row that leaves: of which use, to whom, in which run, and of which child."""


def number(row, made_for):
    (made,) = pseudonyms(row[1], made_for, [row[3]])
    return made


def grouped(names, means):
    """Say which rows have one name, and what each name is to stand for, both as sets of rows."""
    found, wanted = defaultdict(set), defaultdict(set)
    for row, name, meant in zip(ROWS, names, means, strict=True):
        found[name].add(row)
        wanted[meant].add(row)
    return set(map(frozenset, found.values())), set(map(frozenset, wanted.values()))


@given(studies=st.sets(st.sampled_from(USES)))
def test_a_child_has_one_number_in_every_run_of_a_study_over_time_and_anywhere_else_in_one_run_alone(studies):
    """Two rows are joined only if they are of one child, one recipient and one use; and there of one run, or followed."""
    names = [number(row, named_for(row[0], row[2], over_time=row[0] in studies)) for row in ROWS]
    means = [(use, to, child, None if use in studies else run) for use, to, run, child in ROWS]
    found, wanted = grouped(names, means)
    assert found == wanted


@given(studies=st.sets(st.sampled_from(USES)))
def test_a_child_who_is_followed_no_further_has_a_number_that_no_other_run_has(studies):
    """D35: also not the number that it had in this study while it was still followed."""
    apart = [number(row, named_apart(row[0], row[2])) for row in ROWS]
    found, wanted = grouped(apart, ROWS)
    assert found == wanted
    followed = {number(row, named_for(row[0], row[2], over_time=True)) for row in ROWS if row[0] in studies}
    assert not followed & set(apart)
