# SPDX-License-Identifier: Apache-2.0
"""A yes, and its taking back, are killed before each durable step; then the family presses again. D11, D13, D14.

A kill leaves no number shown without its answer, and never a yes that was taken back and shown as taken back.
"""

import pytest

import homes
from fault import kills
from integration.test_consents import CATALOGUE, people, say_no, say_yes
from integration.world import World


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A town whose families are asked for a yes."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        world = World(tmp_path_factory.mktemp("town"), pupils=20, catalogue=CATALOGUE)
        with found.acting_as(home, "keeper"):
            world.returns()
            world.published()
            world.told()
        yield home, world


def standing(world):
    """Who agreed by what stands now, and how many answers there are."""
    from beholden.choices.models import Answered
    from beholden.choices.queries import agreeing, asked_by, objecting
    from beholden.choices.rules import Question
    from integration.test_consents import WAIT

    question = Question(world.use, "public-interest-study", refusable=True)
    yes = agreeing(asked_by(world.use), (question,), most=100 * WAIT, deciding={}, at=world.at)
    return yes - objecting(question, wait=WAIT, at=world.at), Answered.objects.count()


def check(home):
    """No number was shown without its answer, and every answer is whole."""
    from beholden.fsck.counted import check_numbers
    from beholden.fsck.said import check_answers

    assert [*check_numbers(home), *check_answers(CATALOGUE)] == []


def test_a_yes_killed_at_each_step(prepared):
    """Pressed again, it is one yes with one number."""
    home, world = prepared

    def yes():
        letter = world.open(world.letters()[0])
        return say_yes(world, letter, people(letter)[0], press="one")

    def again(struck):
        check(struck.home)
        given = yes()
        assert yes() == given
        assert [len(found) if n == 0 else found for n, found in enumerate(standing(world))] == [1, 1]
        check(struck.home)

    for struck in kills.each_kill(home, yes):
        kills.answer(lambda struck=struck: again(struck))


def test_a_yes_taken_back_and_killed_at_each_step(prepared):
    """Pressed again, it is one no; whoever saw its number is out."""
    from beholden.settings import found

    home, world = prepared
    with homes.duplicate(home) as agreed:
        with found.acting_as(agreed, "keeper"):
            kills.answer(lambda: say_yes(world, world.open(world.letters()[0])) and None)

        def no():
            letter = world.open(world.letters()[0])
            return say_no(world, letter, press="two")

        def again(struck):
            check(struck.home)
            given = no()
            assert no() == given
            assert standing(world)[0] == frozenset()
            check(struck.home)

        for struck in kills.each_kill(agreed, no):
            kills.answer(lambda struck=struck: again(struck))
