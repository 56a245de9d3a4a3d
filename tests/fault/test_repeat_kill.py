# SPDX-License-Identifier: Apache-2.0
"""Beginning the next run of a use is killed before each durable step: it is begun whole, once, or not yet (D6, D11, D26)."""

from datetime import timedelta

import pytest

import homes
from fault import kills
from integration.repeated import YEAR, first_run

LATER = timedelta(hours=1)


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A home in which a yearly study left once, and the next run is due."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def play():
                world, _ = first_run(tmp_path_factory.mktemp("town"), home)
                world.pass_to(world.at + YEAR)
                world.returned(2027)
                return world

            world = kills.answer(play)
        yield home, world


def stands(world):
    """Say whether the run is begun: its state, its paper, its step and its day to answer go together, or none does."""
    from beholden.fsck.rules import Weight
    from beholden.fsck.said import check_tellings, check_uses
    from beholden.uses.models import Use
    from beholden.uses.papers import filed

    use = Use.objects.get(pk=world.use)
    begun, states = len(filed(use, "run")), [one.state for one in use.steps.order_by("pk")]
    assert begun in {0, 1}
    assert states.count("published") == 1 + begun
    assert use.state == ("published" if begun else "in_use")
    assert (use.answer_by is None) == bool(begun)
    assert [one.sentence for one in check_tellings() if one.weight is Weight.FINDING] == []
    assert [one.sentence for one in check_uses() if one.weight is Weight.FINDING] == []
    return bool(begun)


def test_a_run_that_is_killed_at_each_step_is_begun_once(stage):
    home, world = stage
    met = []

    def begin(later=timedelta(0)):
        from beholden.gate.actions.repeating import run_again
        from integration.world import REGISTRAR

        return run_again(world.use, catalogue=world.catalogue, by=REGISTRAR, at=world.at + later)

    def once_more(struck):
        from beholden.ledger.entries import parse
        from beholden.ledger.queries import entries

        before = stands(world)
        with struck.platter.turning():
            assert begin(LATER) == 2
        assert stands(world)
        said = [parse(raw, log="events").body for raw in entries("events")]
        assert [getattr(one, "paper", "") for one in said].count("run") == 1
        return before

    for struck in kills.each_kill(home, begin):
        met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert sorted(set(met)) == [False, True]
    assert met == sorted(met), "once it is begun, it stays begun"
