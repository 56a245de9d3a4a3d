# SPDX-License-Identifier: Apache-2.0
"""The gate's set expression and its naive twin must agree on every world. D6, D11, D18."""

from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.catalogue import Flag, load
from beholden.gate.expression import weigh
from beholden.gate.rules import World, flags_of, naive, untold_in
from beholden.kinds import PersonId
from beholden.refusals import Refusal

PEOPLE = [PersonId(UUID(int=n * 0x0101_0101_0101_0101_0101)) for n in range(1, 25)]
EXITS = load().exits

members = st.frozensets(st.sampled_from(PEOPLE))


@st.composite
def worlds(draw):
    scope = tuple(sorted(draw(members)))
    return World(scope, {flag: draw(members) for flag in Flag})


def column(people):
    return pa.array(sorted(one.bytes for one in people), type=pa.binary(16))


@settings(max_examples=60)
@given(world=worlds(), exit_name=st.sampled_from(sorted(EXITS)), law=st.sampled_from(["", "dea-2017"]))
def test_the_expression_says_what_the_naive_twin_says(world, exit_name, law):
    """Who is released, and how many bear each combination of reasons, at every exit, under a named authority or none."""
    removes = EXITS[exit_name].removes_for(law)
    released, combinations = naive(world, removes)
    found = weigh(
        column(world.scope), {flag: column(listed) for flag, listed in world.lists.items()}, removes
    )
    assert found.released.to_pylist() == sorted(one.bytes for one in released)
    assert dict(found.combinations) == combinations


@given(world=worlds(), exit_name=st.sampled_from(sorted(EXITS)))
def test_a_named_authority_lets_in_nobody_but_those_who_were_not_told(world, exit_name):
    """D6: who is in under it, and was out without it, bears *not told* and no other reason that takes out there."""
    way = EXITS[exit_name]
    without, _ = naive(world, way.removes)
    under, combinations = naive(world, way.removes_for("dea-2017"))
    assert without <= under
    assert all(flags_of(one, world) & set(way.removes) == {Flag.NOT_TOLD} for one in under - without)
    if Flag.NOT_TOLD in way.removes:
        assert untold_in(combinations, way.removes_for("dea-2017")) == len(under - without)


@pytest.mark.parametrize("gone", list(Flag))
def test_a_reason_that_cannot_be_computed_refuses_everybody(gone):
    """A missing list is never *no reason* (ARCHITECTURE section 4: fail closed)."""
    world = World((PEOPLE[0],), {flag: frozenset(PEOPLE) for flag in Flag if flag is not gone})
    with pytest.raises(Refusal) as one:
        naive(world, ())
    with pytest.raises(Refusal) as other:
        weigh(column(world.scope), {flag: column(PEOPLE) for flag in Flag if flag is not gone}, ())
    assert one.value.code == other.value.code == "gate.flag_missing"


def test_an_empty_identifier_in_a_list_refuses_everybody():
    """`NOT IN` with one NULL makes the flag NULL for everyone; that must never read as *not flagged*."""
    lists = {flag: column(PEOPLE) for flag in Flag}
    lists[Flag.OBJECTED] = pa.array([None], type=pa.binary(16))
    with pytest.raises(Refusal) as no:
        weigh(column(PEOPLE), lists, (Flag.OBJECTED,))
    assert no.value.code == "gate.flag_unknown"
