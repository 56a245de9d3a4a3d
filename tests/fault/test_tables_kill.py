# SPDX-License-Identifier: Apache-2.0
"""Freezing and withdrawing tables is killed before each durable step, its disk fails, and two freeze at once. D24.

Afterwards nothing answers that the log has not said, nothing that was withdrawn answers, no second cube of one moment
stands, and run again it comes to its end.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

import homes
from beholden.home import Home, here
from beholden.refusals import Refusal
from beholden.tables.cubes import CubeRefused
from fault import kills
from integration.test_tables_exit import CENSUS, NAME, begun
from integration.world import CATALOGUE, REGISTRAR, World

BY_SEX = b'{"about": "pupils", "ask": "count", "by": ["sex"]}'


@dataclass(frozen=True)
class Stage:
    """A home, its world, the act that is struck in it, and the kinds that the log ends with when it is done."""

    home: Home
    world: World
    work: object
    ends: tuple[str, ...]


def freeze(world):
    from beholden.gate.actions.freezing import freeze as frozen

    return frozen("pupils", CENSUS, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def withdraw(world):
    from beholden.gate.actions.freezing import withdraw as withdrawn

    withdrawn(NAME, "A school sent the wrong file.", by=REGISTRAR, at=world.at)


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    from beholden.settings import found

    kills.ready()
    with ExitStack() as stack:
        empty = stack.enter_context(homes.fresh(base_home))
        with found.acting_as(empty, "keeper"):
            world = kills.answer(lambda: begun(tmp_path_factory.mktemp("town"), 60))
        frozen = stack.enter_context(homes.duplicate(empty))
        with found.acting_as(frozen, "keeper"):
            kills.answer(lambda: freeze(world))
        yield {
            "freeze": Stage(empty, world, lambda: freeze(world), ("table",)),
            "withdraw": Stage(frozen, world, lambda: withdraw(world), ("table", "table_withdrawn")),
        }


def said():
    """Return what the log says of tables, in order."""
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries

    kinds = (parse(raw, log="events").kind for raw in entries("events"))
    return tuple(kind for kind in kinds if kind.startswith("table"))


def answers(world):
    """Say whether a question is answered."""
    from beholden.gate.actions.answering import answer
    from beholden.gate.counter import Counter

    try:
        return answer(BY_SEX, "a", Counter(), catalogue=CATALOGUE, by=REGISTRAR, at=world.at) is not None
    except Refusal:
        return False


def findings(home):
    from beholden.fsck.cubes import check_cubes
    from beholden.fsck.files import check_files, check_keys
    from beholden.fsck.rules import Weight

    parts = (check_cubes(home), check_files(home), check_keys(home))
    return [
        one
        for part in parts
        for one in part
        if one.weight is Weight.FINDING and one.code != "fsck.cube_stands"
    ]


def is_safe(home, stage):
    """What must hold wherever it stopped: what answers was said, and is not withdrawn, in the log or in its row."""
    from beholden.gate import shelves

    assert findings(home) == []
    standing = [one for one in shelves.held() if not one.withdrawn]
    assert len(standing) <= 1
    if answers(stage.world):
        assert standing
        assert said()[-1:] == ("table",)


def again(struck, stage):
    is_safe(struck.home, stage)
    with struck.platter.turning():
        try:
            stage.work()
        except CubeRefused as no:  # the run that was killed had come so far that nothing is left to do
            assert no.code == "tables.stands_already"
    assert said() == stage.ends
    assert findings(struck.home) == []
    assert answers(stage.world) == (stage.ends == ("table",))


@pytest.mark.parametrize("which", ["freeze", "withdraw"])
def test_tables_killed_at_each_step(stages, which):
    stage = stages[which]
    for struck in kills.each_kill(stage.home, stage.work):
        kills.answer(lambda struck=struck: again(struck, stage))


@pytest.mark.parametrize("which", ["freeze", "withdraw"])
def test_tables_on_a_failing_disk_at_each_step(stages, which):
    """The process gets an error, nothing answers that should not, and it goes on when it is tried again."""
    stage = stages[which]

    def work():
        try:
            stage.work()
        except CubeRefused as no:
            if no.code != "tables.stands_already" or said() != stage.ends:
                raise

    def ours(name):
        return name.split()[0] in {"insert", "update", "commit"} or any(
            part in name for part in ("tables/", "keys/")
        )

    for struck in kills.each_failure(stage.home, work, lambda: is_safe(here(), stage), among=ours):
        assert kills.answer(said) == stage.ends
        assert kills.answer(lambda struck=struck: findings(struck.home)) == []


def test_two_freeze_one_census_at_once(stages):
    """The second waits and is refused: two cubes of one moment would tell who came between."""
    stage = stages["freeze"]
    for met in kills.each_meeting(stage.home, stage.work, stage.work):
        assert sorted((met.first, met.second)) == [0, kills.REFUSED]
        assert kills.answer(said) == ("table",)
        assert kills.answer(lambda met=met: findings(met.home)) == []
