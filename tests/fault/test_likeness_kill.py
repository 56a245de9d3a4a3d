# SPDX-License-Identifier: Apache-2.0
"""Whoever brings the index up to date is killed before each durable step, once; and so is whoever writes people. D21.

Asked again, it says what the vault says, whatever was left behind; and where only a few changed, nobody else was read
again for it.
"""

import pytest

import homes
from fault import kills
from integration.test_index_follows import (
    NEW,
    PUPILS,
    enter,
    everybody,
    fresh_look,
    look_through,
    pieces,
    reseal,
)
from integration.world import World


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A home with an index of the people in it."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def begun():
                World(tmp_path_factory.mktemp("town"), pupils=PUPILS).returns()
                look_through()

            kills.answer(begun)
        yield home


def changed():
    """One is somebody else now, and one is new: two are as many as may change in a home of so few."""
    one, *_ = everybody()
    reseal(one, **NEW)
    enter(**NEW, birth_date="2011-04-30", upn="Z100000000001")


def test_an_index_that_is_brought_up_to_date_and_killed_at_each_step_is_the_old_or_the_new_one(stage):
    with homes.copied(stage) as home:
        kills.answer(changed)
        first = pieces(home)
        with homes.copied(home) as other:
            wanted, _ = kills.answer(lambda: fresh_look(other))
        named = set()
        for struck in kills.each_kill(home, look_through):

            def once_more(index=struck.home):
                said, _ = look_through()
                assert said == wanted
                assert len(list(index.index.iterdir())) == 2, (
                    "what was left behind is gone: a folder, and its name"
                )
                assert first < pieces(index), "nobody else was read again"

            named.add((struck.home.index / "current").read_bytes()[:60])
            kills.answer(once_more)
        assert len(named) > 1


def test_people_that_are_written_and_killed_at_each_step_are_noted_with_what_was_written(stage):
    for struck in kills.each_kill(stage, changed):

        def once_more(home=struck.home):
            said, _ = look_through()
            assert said == fresh_look(home)[0]

        kills.answer(once_more)


def test_an_index_that_is_made_and_killed_at_each_step_is_made_again(stage):
    with homes.copied(stage) as home:
        (home.index / "current").unlink()
        wanted = kills.answer(look_through)
        (home.index / "current").unlink()
        for struck in kills.each_kill(home, look_through):

            def once_more(home=struck.home):
                assert look_through() == wanted
                assert len(list(home.index.iterdir())) == 2

            kills.answer(once_more)
