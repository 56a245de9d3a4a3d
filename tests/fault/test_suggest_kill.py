# SPDX-License-Identifier: Apache-2.0
"""Looking the register through for two records of one child, and asking of one pair, killed before each step (D32).

All that was found is there, or nothing; a pair is asked of once, or still suggested; nobody is restricted in between.
"""

import pytest

import homes
from fault import kills
from integration.test_suggested_records import ask, renumbered, restricted, suggest, suggested
from integration.world import World


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A register with one child under two numbers, and an index of it."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def begun():
                world = World(tmp_path_factory.mktemp("town"), pupils=30)
                world.returns()
                world.published()
                renumbered(world)
                return world

            world = kills.answer(begun)
        yield home, world


def test_a_look_through_killed_at_each_step_keeps_all_or_nothing(stage):
    home, world = stage
    with homes.copied(home):
        whole = kills.answer(lambda: suggest(world))
    assert whole

    def once_more():
        before = len(suggested(world))
        assert before in {0, whole}
        assert suggest(world) == whole - before
        assert len(suggested(world)) == whole
        assert restricted(world) == frozenset()

    for _ in kills.each_kill(home, lambda: suggest(world)):
        kills.answer(once_more)


def test_a_pair_that_is_asked_of_killed_at_each_step_waits_once(stage):
    home, world = stage
    with homes.copied(home) as found:
        kills.answer(lambda: suggest(world))
        number = kills.answer(lambda: suggested(world)[0].number)

        def once_more():
            from beholden.redress import desk
            from integration.world import REGISTRAR

            if number in {one.number for one in suggested(world)}:
                assert restricted(world) == frozenset()
                ask(world, number)
            assert len(desk.questions(by=REGISTRAR, at=world.at)) == 1
            assert len(restricted(world)) == 2

        for _ in kills.each_kill(found, lambda: ask(world, number)):
            kills.answer(once_more)
