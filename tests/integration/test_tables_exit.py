# SPDX-License-Identifier: Apache-2.0
"""Tables as a way out: one census frozen, said in the log, asked by whoever likes, withdrawn. D18, D20, D24.

One world is played for the module; each test looks at what came of it, or goes on from a copy.
"""

import json
from dataclasses import dataclass

import pytest

from beholden.hatch import verbs
from beholden.ledger.entries import parse
from beholden.refusals import Refusal
from beholden.tables import shelf
from integration.world import CATALOGUE, REGISTRAR, World

CENSUS = "SC/SPR/2026"
NAME = "pupils-sc-spr-2026"
BY_SEX = {"about": "pupils", "ask": "count", "by": ["sex"]}


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def begun(folder, pupils=240):
    from beholden.gate.actions.governing import set_catalogue

    world = World(folder, pupils=pupils)
    set_catalogue(CATALOGUE, by=REGISTRAR, at=world.at)
    world.returns()
    return world


def freeze(world, catalogue=CATALOGUE):
    from beholden.gate.actions.freezing import freeze as frozen

    return frozen("pupils", CENSUS, catalogue=catalogue, by=REGISTRAR, at=world.at)


@dataclass
class Asked:
    """The keeper's end of the hatch, asked without a socket."""

    world: World

    def __post_init__(self):
        from beholden.hatch.table import keeper

        self.keeper = keeper(CATALOGUE, since=self.world.at)

    def verb(self, verb, question):
        does = self.keeper.verbs[verb.name][1]
        return does(question, catalogue=CATALOGUE, at=self.world.at)

    def ask(self, question, asker="a"):
        given = self.verb(verbs.TABLES_ASK, shelf.Ask(json.dumps(question), asker))
        return json.loads(given.document)


def kinds():
    from beholden.ledger.queries import entries

    return [parse(raw, log="events").kind for raw in entries("events")]


@pytest.fixture
def world(keeper_home, tmp_path):
    return begun(tmp_path)


def test_a_census_is_frozen_logged_asked_and_withdrawn(world):
    assert freeze(world) == NAME
    assert kinds()[-1] == "table"
    asked = Asked(world)
    made = asked.ask(BY_SEX)
    print(made)
    assert made["release"] == NAME
    true = len(world.children())
    assert abs(sum(cell.get("value", 0) for cell in made["cells"]) - true) < 25
    shown = asked.verb(verbs.TABLES_SHELF, verbs.Nothing())
    (pupils,) = shown.sets
    assert [one.name for one in pupils.releases] == [NAME]
    assert pupils.releases[0].entry is not None
    lines = asked.verb(verbs.TABLES_LOG, verbs.Nothing()).lines
    assert [line.often for line in lines] == [1]
