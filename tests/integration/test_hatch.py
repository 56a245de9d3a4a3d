# SPDX-License-Identifier: Apache-2.0
"""The hatch between doors and keeper (D36): a closed list, refusals as refusals, and silence where anything breaks."""

import socket
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from beholden.catalogue import load
from beholden.hatch import wire
from beholden.hatch.answering import Keeper, awake
from beholden.hatch.asking import ask
from beholden.hatch.place import socket_file
from beholden.hatch.verbs import AWAKE, Nothing, Verb
from beholden.refusals import Refusal

SINCE = datetime(2026, 3, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Word:
    said: str


ECHO = Verb("test.echo", Word, Word)
BREAKS = Verb("test.breaks", Word, Word)
LIES = Verb("test.lies", Word, Word)
UNKNOWN = Verb("test.unknown", Word, Word)


def _echo(asked: Word, *, catalogue, at) -> Word:
    if asked.said == "no":
        raise Refusal("test.no", "No.", next_step="Ask for less.", authority="D18")
    return Word(f"{asked.said} {at:%Y}")


def _breaks(asked: Word, *, catalogue, at) -> Word:
    raise RuntimeError(f"a sentence with {asked.said} in it")


def _lies(asked: Word, *, catalogue, at) -> Nothing:
    return Nothing()


@pytest.fixture
def hatch(keeper_home):
    from beholden.hatch.keeping import open_hatch

    done = {
        verb.name: (verb, does)
        for verb, does in (awake(SINCE), (ECHO, _echo), (BREAKS, _breaks), (LIES, _lies))
    }
    with open_hatch(keeper_home, Keeper(done, load(), SINCE)) as path:
        yield path


def test_a_question_is_answered(hatch):
    assert ask(AWAKE, Nothing()).since == SINCE
    assert ask(ECHO, Word("Łucja")).said.startswith("Łucja 20")


def test_a_refusal_comes_back_as_one(hatch):
    with pytest.raises(Refusal) as no:
        ask(ECHO, Word("no"))
    assert (no.value.code, no.value.next_step, no.value.authority) == ("test.no", "Ask for less.", "D18")


@pytest.mark.parametrize("verb", [BREAKS, LIES])
def test_what_breaks_is_silent_and_says_nothing_of_the_question(hatch, verb, caplog):
    """Neither the door nor our own log learns what the question named (D36)."""
    with pytest.raises(Refusal) as no:
        ask(verb, Word("Maya"))
    assert no.value.code == "hatch.silent"
    assert "Maya" not in "".join(record.getMessage() for record in caplog.records)
    assert ask(ECHO, Word("still here")).said.startswith("still here")


def test_what_is_not_in_the_list_cannot_be_asked(hatch):
    with pytest.raises(Refusal) as no:
        ask(UNKNOWN, Word("anything"))
    assert no.value.code == "hatch.question"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"verb":"test.echo"}',
        b'{"verb":"test.echo","question":{}}',
        b'{"verb":"test.echo","question":{"said":7}}',
        b'{"verb":7,"question":{"said":"x"}}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_question_is_refused(hatch, raw):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(hatch))
        wire.send(connection, raw, limit=1_000)
        assert b"hatch.question" in wire.receive(connection, limit=10_000)


def test_no_keeper_is_silent(keeper_home):
    with pytest.raises(Refusal) as no:
        ask(AWAKE, Nothing())
    assert no.value.code == "hatch.silent"


def test_the_socket_is_closed_to_others(hatch, keeper_home):
    """D36: no other user of the machine may ask."""
    assert stat.S_IMODE(hatch.stat().st_mode) == 0o600
    assert stat.S_IMODE(hatch.parent.stat().st_mode) == 0o700
    assert hatch == socket_file(keeper_home)


def test_a_home_has_one_keeper(hatch, keeper_home):
    from beholden.hatch.keeping import open_hatch

    with (
        pytest.raises(Refusal) as no,
        open_hatch(keeper_home, Keeper({}, load(), SINCE)),
    ):
        pass
    assert no.value.code == "hatch.taken"
    assert ask(AWAKE, Nothing()).since == SINCE


def test_the_chores_close_each_day_once(keeper_home):
    """D13: a day without answers is committed too, and a day that was missed is not left out."""
    from beholden.choices.models import Day
    from beholden.hatch.chores import close_days

    close_days(SINCE)
    close_days(SINCE)
    close_days(SINCE + timedelta(days=3))
    days = list(Day.objects.order_by("day").values_list("day", flat=True))
    assert days == [SINCE.date() + timedelta(days=past) for past in (-1, 0, 1, 2)]


def test_every_chore_can_be_done_again_and_again_in_a_played_home(keeper_home, tmp_path):
    """D13, D25, D27: a round of chores says what it has to say once, and a use that nears its end is marked."""
    from beholden.hatch.chores import CHORES
    from beholden.ledger.queries import waiting
    from beholden.uses.queries import asked
    from beholden.uses.rules import State
    from integration.world import CATALOGUE, World

    world = World(tmp_path)
    world.returns()
    world.published()
    world.told()
    world.released()
    for at in (world.at, world.at + timedelta(minutes=1)):
        for chore in CHORES:
            chore(at)
    assert waiting("events") == 0
    assert asked(world.use).state in {State.RELEASED, State.IN_USE}
    near = world.at + timedelta(days=366 - CATALOGUE.limits.expiring_days)
    for chore in CHORES:
        chore(near)
    assert asked(world.use).state is State.EXPIRING
