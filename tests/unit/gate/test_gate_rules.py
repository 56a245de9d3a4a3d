# SPDX-License-Identifier: Apache-2.0
"""What a registrar and the public may count of a decision. D6, D9, D13, D26."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.catalogue import Flag
from beholden.gate.rules import check_told_floor, waterfall
from beholden.refusals import Refusal

ALL = tuple(Flag)
combination = st.frozensets(st.sampled_from(ALL))


@given(st.dictionaries(combination, st.integers(0, 500)))
def test_the_steps_always_add_up(combinations):
    steps = waterfall(combinations, ALL, smallest=10)
    assert steps.scope - steps.families_said_no - steps.other_reasons == steps.released
    assert steps.released == combinations.get(frozenset(), 0)


@given(st.dictionaries(combination, st.integers(0, 500)))
def test_a_no_of_a_few_families_is_never_a_step_of_its_own(combinations):
    """Nor is *kept safe* at any size: it has no step at all (ux.md, picture 2)."""
    steps = waterfall(combinations, ALL, smallest=10)
    assert steps.families_said_no == 0 or steps.families_said_no >= 10


def test_a_hidden_child_is_among_the_other_reasons():
    steps = waterfall(
        {frozenset({Flag.HIDDEN}): 12, frozenset({Flag.OBJECTED}): 20, frozenset(): 100}, ALL, smallest=10
    )
    assert (steps.families_said_no, steps.other_reasons, steps.released) == (20, 12, 100)


def test_too_few_told_stops_the_use_for_everybody():
    check_told_floor(80, 100, floor_percent=80)
    with pytest.raises(Refusal) as no:
        check_told_floor(79, 100, floor_percent=80)
    assert no.value.code == "gate.too_few_told"
