# SPDX-License-Identifier: Apache-2.0
"""A replay is killed before each durable step: at most one word stands in the log, and the next run ends it (D27, D28)."""

import pytest

import homes
from fault import kills
from integration.replayed import audit, enrolled, said, with_copy
from integration.world import World


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A home in which a handover was delivered and an auditor appointed; the recipient's copy."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def tell():
                world = World(tmp_path_factory.mktemp("town"))
                world.returns()
                world.published()
                world.told()
                disclosure = world.released()
                enrolled(world)
                return world, disclosure, with_copy(world, home, disclosure)

            held = kills.answer(tell)
        yield home, *held


def test_a_kill_at_any_step_leaves_one_word_at_most_and_never_another(stage):
    home, world, disclosure, copy = stage

    def replay():
        audit(world, disclosure, copy)

    def waiting():
        from beholden.ledger.queries import spoken

        return sum(1 for _ in spoken("handovers", "replayed"))

    def found_and_finished(struck):
        before = said(), waiting()
        with struck.platter.turning():
            replay()
        return (*before, said(), waiting())

    met = []
    for struck in kills.each_kill(home, replay):
        logged, boxed, after, rows = kills.answer(lambda struck=struck: found_and_finished(struck))
        assert logged in ({}, {1: [True]}), struck.name
        assert len(logged) <= boxed, struck.name
        assert (after, rows) == ({1: [True]}, 1), struck.name
        met.append((boxed, len(logged)))
    assert met == sorted(met), "a word that was there is never gone again"
    assert set(met) == {(0, 0), (1, 0), (1, 1)}
