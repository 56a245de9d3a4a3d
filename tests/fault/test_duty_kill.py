# SPDX-License-Identifier: Apache-2.0
"""A duty return is killed before each durable step: nothing leaves before its entry is published (D18, D27)."""

import pytest

import homes
from fault import kills
from integration.test_duty_return import played
from integration.world import CATALOGUE, REGISTRAR


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A home in which a duty return was decided, and a second officer agreed."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def tell():
                world = played(tmp_path_factory.mktemp("town"))
                world.told()
                return world.decided(), world

            decision, world = kills.answer(tell)
        yield home, decision, world


def test_a_kill_at_any_step_leaves_logged_and_not_released_at_worst(stage):
    home, decision, world = stage

    def send():
        from beholden.gate.actions.releasing import release_use

        release_use(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)

    def said():
        from beholden.ledger.entries import parse
        from beholden.ledger.queries import entries

        bodies = [parse(raw, log="handovers").body for raw in entries("handovers")]
        return sum(body.kind == "duty" for body in bodies)

    def faults():
        from beholden.fsck.handed import check_handovers
        from beholden.fsck.rules import Weight
        from beholden.home import here
        from beholden.uses.held import held_uses

        found = check_handovers(here(), {one.ref: one for one in held_uses()})
        return [one.code for one in found if one.weight is Weight.FINDING]

    def found_and_finished(struck):
        before = said(), faults()
        with struck.platter.turning():
            send()
        return (*before, said())

    met = []
    for struck in kills.each_kill(home, send):
        gone = len(list(struck.home.released.glob("*.age")))
        before, wrong, after = kills.answer(lambda struck=struck: found_and_finished(struck))
        assert gone <= before, struck.name
        assert wrong == [], struck.name
        assert after == 1, struck.name
        assert len(list(struck.home.released.glob("*.age"))) == 1, struck.name
        met.append((before, gone))
    assert met == sorted(met), "what was logged or gone is never so no longer"
    assert set(met) == {(0, 0), (1, 0), (1, 1)}
