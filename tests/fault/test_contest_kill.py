# SPDX-License-Identifier: Apache-2.0
"""A match is contested, told, decided and counted, killed before each durable step on the way (D21, D31, D32).

Whatever was killed: what is written down is frozen, the recipient is told it once, a decision is whole or not there,
and everything that `fsck` compares agrees at every moment.
"""

import copy
from datetime import timedelta

import pytest

import homes
from fault import kills
from integration.matched import MATCHING, matched


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A released match with one day of messages behind it."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def begun():
                held = matched(tmp_path_factory.mktemp("town"))
                held.close_day()
                return held

            held = kills.answer(begun)
        yield home, held


def check(home):
    from beholden.fsck.contests import check_contests, check_months
    from beholden.fsck.redress import check_days, check_messages
    from beholden.fsck.rules import Weight

    parts = (check_contests(), check_months(), check_days(), check_messages(home))
    assert [one.code for part in parts for one in part if one.weight is Weight.FINDING] == []


def frozen(held):
    from beholden.contests.queries import frozen as frozen_of

    return frozen_of(held.world.use)


def contested(held):
    held = copy.deepcopy(held)
    held.contest()
    held.close_day(carry=False)


def on_after_contest(held):
    """Do what a person and the clock do after a crash, and return what the messages say."""
    from beholden.ledger.actions import sequence
    from beholden.redress.queries import last_closed

    held = copy.deepcopy(held)
    held.contest()
    if last_closed() < held.world.at.date():
        held.close_day()
    sequence(at=held.world.at + timedelta(days=1))
    return held


def words(home, held):
    return [ask.do for _, message in held.read(home) for ask in message.asks]


def test_a_contest_killed_at_each_step_is_frozen_and_told_once(stage):
    home, held = stage

    def once_more(lent):
        check(lent)
        after = on_after_contest(held)
        assert frozen(after).waiting == {held.letters[0][1]}
        assert words(lent, after) == ["pause"]
        check(lent)

    for struck in kills.each_kill(home, lambda: contested(held)):
        kills.answer(lambda struck=struck: once_more(struck.home))


def test_a_decision_killed_at_each_step_is_whole_or_not_there(stage):
    """Two contested the same match: both are answered, or both wait."""
    home, held = stage
    with homes.copied(home) as two:

        def said():
            held.contest()
            return held.by_post(reference=held.reference())

        number = kills.answer(said)

        def once_more(lent):
            from beholden.contests.queries import labels, waiting

            check(lent)
            left = waiting()
            assert len(left) in {0, 2}
            if left:
                held.decide(number)
            assert [one.answer for one in labels()] == ["different"]
            assert frozen(held).reversed == {held.letters[0][1]}
            after = copy.deepcopy(held)
            after.close_day()
            assert words(lent, after) == ["undo"]
            check(lent)

        for struck in kills.each_kill(two, lambda: held.decide(number)):
            kills.answer(lambda struck=struck: once_more(struck.home))


def test_a_month_killed_at_each_step_is_said_once(stage):
    home, held = stage
    with homes.copied(home) as begun:
        kills.answer(held.contest)

        def close():
            copy.deepcopy(held).close_month()

        def once_more(lent):
            from beholden.contests.queries import held_months

            check(lent)
            close()
            months = [one.month for one in held_months()]
            assert len(months) == len(set(months)) > 0
            check(lent)

        for struck in kills.each_kill(begun, close):
            kills.answer(lambda struck=struck: once_more(struck.home))


def test_the_rules_of_the_worlds_match_lists():
    assert "match" in MATCHING.purposes["public-interest-study"].exits
