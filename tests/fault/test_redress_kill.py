# SPDX-License-Identifier: Apache-2.0
"""A correction and a severance are pushed to a recipient and killed before each durable step on the way (D31, D35).

Nothing that was committed is lost: whatever was killed, the next run says it, once. Nothing can be fetched before the
signed log holds its day. Everything that `fsck` compares agrees at every moment.
"""

import copy
import random
from datetime import timedelta
from os import environ

import pytest

import homes
from fault import kills
from integration.redressed import released

RIGHT = "11"


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A released study with one day of messages behind it, so that the next follows another."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):

            def begun():
                held = released(tmp_path_factory.mktemp("town"))
                held.close_day()
                return held

            held = kills.answer(begun)
        yield home, held


def wrong_and_severed(held):
    """Two children of the list: one whose value is wrong, one that is severed."""
    return held.people[2], held.people[5]


def push(held, *, carry=False):
    """Put one value right, sever another child, let the day end, and have its entry wait for the sequencer.

    Carrying it into the log is killed apart, so that no step is killed twice.
    """
    held = copy.deepcopy(held)
    wrong, severed = wrong_and_severed(held)
    held.correct(wrong, RIGHT)
    held.flag(severed, "severed")
    held.close_day(carry=carry)


def push_on(held):
    """Do what a person and the clock do after a crash: what is not written down again, and the day that is not closed."""
    from beholden.ledger.actions import sequence
    from beholden.people.queries import flagged
    from beholden.redress.queries import last_closed
    from beholden.register.queries import corrections_of

    held = copy.deepcopy(held)
    wrong, severed = wrong_and_severed(held)
    if not corrections_of(wrong, "nc_year"):
        held.correct(wrong, RIGHT)
    if severed not in flagged("severed", at=held.world.at):
        held.flag(severed, "severed")
    if last_closed() < held.world.at.date():
        held.close_day()
    sequence(at=held.world.at + timedelta(days=1))
    return held


def check(home):
    """Everything of this room agrees, and nothing may be fetched whose day the log does not hold."""
    from beholden.fsck.redress import check_days, check_messages
    from beholden.fsck.rules import Weight
    from beholden.ledger.queries import spoken
    from beholden.redress.queries import waiting_for

    said = {row.says.day for row in spoken("events", "redress") if row.index is not None}
    assert {one.day for one in waiting_for("northford")} <= said
    found = [one.code for one in (*check_days(), *check_messages(home)) if one.weight is Weight.FINDING]
    assert found == []


def asked(home, held):
    """What all messages together ask, sorted."""
    messages = [message for _, message in held.read(home)]
    return sorted((ask.do, ask.item, ask.value) for message in messages for ask in message.asks)


def once_more(home, held):
    check(home)
    held = push_on(held)
    check(home)
    assert asked(home, held) == [("correct", "nc_year", RIGHT), ("delete", None, None)]


def test_a_push_killed_at_each_step_is_made_good_and_made_once(stage):
    home, held = stage
    for struck in kills.each_kill(home, lambda: push(held)):
        kills.answer(lambda struck=struck: once_more(struck.home, held))


def test_carrying_a_push_into_the_log_killed_at_each_step(stage):
    """D31: the day is said once, and until the signed log holds it nothing of it can be fetched."""
    from beholden.ledger.actions import sequence

    home, held = stage
    with homes.copied(home) as pushed:
        kills.answer(lambda: push(held))
        day = held.world.at + timedelta(days=1)

        def fetched(struck):
            before = len(held.read(struck.home))
            with struck.platter.turning():
                once_more(struck.home, held)
            return before

        met = [
            kills.answer(lambda struck=struck: fetched(struck))
            for struck in kills.each_kill(pushed, lambda: sequence(at=day))
        ]
    assert met == sorted(met)
    assert set(met) == {1, 2}


def test_a_signature_killed_at_each_step_is_kept_once_or_not_yet(stage):
    """D31: what a recipient signed for is signed for, or is still asked of it."""
    home, held = stage

    def sign():
        from beholden.home import here

        held.sign(*held.read(here())[0])

    def after(lent):
        from beholden.redress.queries import counted

        check(lent)
        before = counted()
        if before == (1, 0):
            sign()
        assert counted() == (1, 1)
        check(lent)
        return before[1]

    met = [kills.answer(lambda struck=struck: after(struck.home)) for struck in kills.each_kill(home, sign)]
    assert met == sorted(met)
    assert met[-1] == 1


def test_two_processes_close_a_day_at_once(stage):
    """One message a day and one entry a day, whoever comes first."""
    home, held = stage

    def both():
        copy.deepcopy(held).close_day()

    def told(lent):
        from beholden.redress.queries import counted

        check(lent)
        return counted()

    for met in kills.each_meeting(home, both, both, among=lambda name: name in {"commit", "insert"}):
        assert {met.first, met.second} <= {0, kills.REFUSED}
        assert kills.answer(lambda met=met: told(met.home)) == (2, 0)


@pytest.mark.long
def test_pushes_killed_at_random(stage):
    """At least 200 kills at random steps of the whole way, each made good, then killed again on the way there."""
    home, held = stage
    wanted, seed = int(environ.get("BEHOLDEN_KILLS", "200")), random.getrandbits(32)
    print(f"seed {seed}")
    draw, done = random.Random(seed), 0
    while done < wanted:
        with homes.copied(home) as lent:
            struck, _, _ = kills.kill_before(lent, draw.randint(1, 50), lambda: push(held, carry=True))
            done += not struck.last
            while not struck.last:
                kills.answer(lambda lent=lent: check(lent))
                struck, _, _ = kills.kill_before(lent, draw.randint(1, 50), lambda: push_on(held))
                done += not struck.last
            kills.answer(lambda lent=lent: once_more(lent, held))
    print(f"{done} kills")
