# SPDX-License-Identifier: Apache-2.0
"""A change of power is killed before each durable step: the line and the fresh key are both there, or neither (D35)."""

from datetime import timedelta

import pytest

import homes
from beholden.catalogue import PowerSays
from fault import kills
from integration.world import CATALOGUE, REGISTRAR, World


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A home in which one change of power was written, so that the next one is sealed to it."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))

            def tell():
                from beholden.gate.actions.empowering import find

                world.returns()
                world.published()
                child = world.children()[0]
                person = find(child.upn, child.born, by=REGISTRAR, at=world.at)
                change(person, world, PowerSays.HOLDS, "birth-entry")
                return person, world

            person, world = kills.answer(tell)
        yield home, person, world


def change(person, world, says=PowerSays.ENDED, evidence="discharge"):
    from beholden.gate.actions.empowering import change_power
    from beholden.people.power import Line
    from beholden.people.queries import holder

    world.at += timedelta(hours=1)
    made = Line(holder("1234567", "adult-1", ""), says, evidence, world.at)
    return change_power(person, made, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def looked_at(person):
    """Return how many lines there are, how many proof ids came before, and what fsck finds."""
    from beholden.fsck.powers import check_powers
    from beholden.people.queries import written
    from beholden.register.actions import seeds_of

    (seed,) = seeds_of([person], by=REGISTRAR, at=None)
    return len(written(person)), len(seed.former), [one.code for one in check_powers(CATALOGUE)]


def test_a_change_of_power_that_is_killed_happened_whole_or_not_at_all(stage):
    home, person, world = stage
    for struck in kills.each_kill(home, lambda: change(person, world)):
        lines, former, findings = kills.answer(lambda: looked_at(person))
        assert lines == former == (2 if struck.last else 1), struck.name
        assert findings == [], struck.name
        kills.answer(lambda: change(person, world))
        assert kills.answer(lambda: looked_at(person)) == (lines + 1, former + 1, [])


def test_two_registrars_at_once_write_two_lines_or_one_is_refused(stage):
    """Neither is lost, and there are as many keys as lines whatever happens."""
    home, person, world = stage
    for met in kills.each_meeting(home, lambda: change(person, world), lambda: change(person, world)):
        assert {met.first, met.second} <= {0, kills.REFUSED}
        lines, former, findings = kills.answer(lambda: looked_at(person))
        assert lines == former == 1 + [met.first, met.second].count(0)
        assert findings == []
