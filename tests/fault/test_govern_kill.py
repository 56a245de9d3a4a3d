# SPDX-License-Identifier: Apache-2.0
"""Setting and announcing a catalogue is killed before each durable step, its disk fails, and two processes meet. D41.

Afterwards every catalogue that the log names is kept, on a disk that forgot what was never flushed; run again, each
thing is said once; and of two at once that cannot both hold, one is refused.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest

import homes
from beholden.home import Home, here
from fault import kills
from integration.world import BEGAN, CATALOGUE, REGISTRAR
from rulebooks import with_limits

LOOSER = with_limits(objection_window_days=14)
LONGER = with_limits(objection_window_days=42)
FEWER = with_limits(letter_tries=3)
DUE = BEGAN + timedelta(days=29)


def in_force(catalogue, at=BEGAN):
    from beholden.gate.actions.governing import set_catalogue

    return set_catalogue(catalogue, by=REGISTRAR, at=at)


def announce(catalogue, at=BEGAN):
    from beholden.gate.actions.governing import announce_catalogue

    return announce_catalogue(catalogue, by=REGISTRAR, at=at)


@dataclass(frozen=True)
class Stage:
    """A home, the act that is struck in it, and the kinds of entries that the log holds when it is done."""

    home: Home
    work: object
    ends: tuple[str, ...]


@pytest.fixture(scope="module")
def stages(base_home):
    from beholden.settings import found

    kills.ready()
    with ExitStack() as stack:
        empty = stack.enter_context(homes.fresh(base_home))
        ruled = stack.enter_context(homes.duplicate(empty))
        with found.acting_as(ruled, "keeper"):
            kills.answer(lambda: in_force(CATALOGUE))
        told = stack.enter_context(homes.duplicate(ruled))
        with found.acting_as(told, "keeper"):
            kills.answer(lambda: announce(LOOSER))
        yield {
            "first": Stage(empty, lambda: in_force(CATALOGUE), ("catalogue",)),
            "tighter": Stage(ruled, lambda: in_force(LONGER), ("catalogue", "catalogue")),
            "announced": Stage(ruled, lambda: announce(LOOSER), ("catalogue", "announced")),
            "looser": Stage(told, lambda: in_force(LOOSER, DUE), ("catalogue", "announced", "catalogue")),
        }


def kinds():
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries

    return tuple(parse(raw, log="events").kind for raw in entries("events"))


def findings(home):
    from beholden.fsck.governed import check_catalogues
    from beholden.fsck.rules import Weight

    return [one for one in check_catalogues(home, CATALOGUE) if one.weight is Weight.FINDING]


def again(struck, stage):
    assert findings(struck.home) == []
    with struck.platter.turning():
        stage.work()
    assert kinds() == stage.ends
    assert findings(struck.home) == []


@pytest.mark.parametrize("which", ["first", "tighter", "announced", "looser"])
def test_governing_killed_at_each_step(stages, which):
    stage = stages[which]
    for struck in kills.each_kill(stage.home, stage.work):
        kills.answer(lambda struck=struck: again(struck, stage))


@pytest.mark.parametrize("which", ["tighter", "announced"])
def test_governing_on_a_failing_disk_at_each_step(stages, which):
    """The process gets an error, nothing is named that is not kept, and it goes on when it is tried again."""
    stage = stages[which]

    def between():
        assert findings(here()) == []

    for struck in kills.each_failure(stage.home, stage.work, between):
        assert kills.answer(kinds) == stage.ends
        assert kills.answer(lambda struck=struck: findings(struck.home)) == []


def test_two_catalogues_at_once_of_which_each_is_looser_than_the_other(stages):
    """The second waits, is held against the first, and is refused: it never loosens what was just tightened."""
    home = stages["tighter"].home
    for met in kills.each_meeting(home, lambda: in_force(LONGER), lambda: in_force(FEWER)):
        assert (met.first, met.second) == (0, kills.REFUSED)
        assert kills.answer(kinds) == ("catalogue", "catalogue")
        assert kills.answer(lambda met=met: findings(met.home)) == []
