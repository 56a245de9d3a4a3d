# SPDX-License-Identifier: Apache-2.0
"""Opening an incident and taking it on is killed before each durable step: public and whole, or not there. D34.

With it the recipient's breach, in the same transaction: never the one without the other.
"""

import copy

import pytest

import homes
from fault import kills
from integration.redressed import released
from integration.world import CATALOGUE, REGISTRAR


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A released study, and nothing that went wrong yet."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            held = kills.answer(lambda: released(tmp_path_factory.mktemp("town"), pupils=20))
        yield home, held


def open_it(held):
    from beholden.redress.actions.incidents import open_incident
    from beholden.redress.incidents import Exposed

    held = copy.deepcopy(held)
    exposed = Exposed(
        "A file was left on a train.",
        held.world.at,
        held.world.use,
        held.disclosure,
        frozenset(held.people[:5]),
    )
    open_incident(exposed, breach=True, catalogue=CATALOGUE, by=REGISTRAR, at=held.world.at)


def seen(held):
    """What the public and the registrar see: state, whom it is about, where the use stands; and what fsck finds."""
    from beholden.fsck.redress import check_incidents
    from beholden.fsck.rules import Weight
    from beholden.redress.incidents import incidents, people_of
    from beholden.uses.queries import asked

    assert [one.code for one in check_incidents() if one.weight is Weight.FINDING] == []
    found = incidents(at=held.world.at)
    about = [people_of(one.ref, by=REGISTRAR) for one in found]
    assert about == [tuple(sorted(held.people[:5]))] * len(found)
    return [one.state for one in found], asked(held.world.use).state.value


NOTHING = ([], "released")
OPENED = (["opened"], "breached")


def test_opening_with_a_breach_killed_at_each_step(stage):
    """D25, D34: both or neither, and opened again it is there once."""
    from beholden.ledger.actions import sequence

    home, held = stage

    def made_good(struck):
        before = seen(held)
        with struck.platter.turning():
            if before == NOTHING:
                open_it(held)
            sequence(at=held.world.at)
        assert seen(held) == OPENED
        return before

    met = [
        kills.answer(lambda struck=struck: made_good(struck))
        for struck in kills.each_kill(home, lambda: open_it(held))
    ]
    assert met == [NOTHING] * (len(met) - 1) + [OPENED]
    assert len(met) > 4


def test_each_next_step_killed_is_taken_or_not(stage):
    """UK GDPR Art 33: that the regulator was told stands with its entry, or does not stand."""
    from beholden.redress.incidents import incidents

    home, held = stage

    def tell():
        from beholden.redress.actions.incidents import move_on

        (one,) = incidents(at=held.world.at)
        move_on(one.ref, "regulator_told", by=REGISTRAR, at=held.world.at)

    def made_good(struck):
        (before,), _ = seen(held)
        with struck.platter.turning():
            if before == "opened":
                tell()
        assert seen(held) == (["regulator_told"], "breached")
        return before

    with homes.copied(home) as opened:
        kills.answer(lambda: open_it(held))
        met = [
            kills.answer(lambda struck=struck: made_good(struck)) for struck in kills.each_kill(opened, tell)
        ]
    assert met == ["opened"] * (len(met) - 1) + ["regulator_told"]
