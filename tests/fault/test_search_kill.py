# SPDX-License-Identifier: Apache-2.0
"""A search for the children of an order is killed before each durable step: begun and not compared at worst. D22, D36.

After every kill, and again after the run that makes good: no key is of no search, what is sealed opens, a search stands
here before anybody was compared, and no log and no list has changed.
"""

import pytest

from beholden.kinds import Actor, Role
from beholden.linkage.sampling import Opinion
from fault import kills
from fault.stages import points
from integration import sealing
from integration.world import CATALOGUE, REGISTRAR, SECOND

CLOCK = Actor("clock", Role.KEEPER)


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Three points: a court's paper on the desk, found, and looked at by both."""
    with points(base_home) as after:
        desk, world = after(None, lambda: sealing.ready(tmp_path_factory.mktemp("town"), 20))
        found, name = after(desk, lambda: find(world))
        looked, _ = after(found, lambda: [look(world, name, by) for by in (REGISTRAR, SECOND)])
        yield {"desk": desk, "found": found, "looked": looked, "world": world, "name": name}


def paper(world):
    return sealing.order(world, children=tuple(map(sealing.by_name, world.children()[:2])))


def find(world):
    from beholden.gate.actions.searching import find as does

    names = [does(paper(world), catalogue=CATALOGUE, by=by, at=world.at).name for by in (REGISTRAR, SECOND)]
    return names[-1]


def look(world, name, by):
    from beholden.gate.actions.searching import say
    from beholden.gate.searches import waiting

    for number, _ in waiting(name, by=by):
        say(name, number, Opinion.SAME, by=by, at=world.at)


def seen(home):
    """Check what must hold at every moment; return how far each search is, and how much of each is said."""
    from beholden.fsck.rules import Weight
    from beholden.fsck.tables import check_tables
    from beholden.gate.models import Search
    from beholden.gate.searches import opened, searches
    from beholden.ledger.models import Outbox

    found = [one.code for one in check_tables(home, CATALOGUE) if one.weight is Weight.FINDING]
    assert found == []
    rows = {row.pk: row for row in Search.objects.all()}
    keys = {
        path.name.removeprefix("search.") for path in home.keys.glob("search.*") if path.suffix != ".part"
    }
    assert keys <= rows.keys()
    assert {name for name, row in rows.items() if row.sought is not None and row.ended_at is None} <= keys
    states = [(one.name, one.state) for one in searches(by=REGISTRAR)]
    said = [len(opened(rows[name]).said) if state in {"waits", "looked at"} else 0 for name, state in states]
    return [state for _, state in states], said, Outbox.objects.count()


def made_good(struck, again, expected):
    """Say where a killed run stood; run it again on a disk that forgot what was never flushed; look again."""
    before = seen(struck.home)
    with struck.platter.turning():
        again()
    states, said, outbox = seen(struck.home)
    assert (states, said) == expected, struck.name
    assert outbox == before[2], struck.name
    return before[:2]


def each(home, does, expected, again=None):
    met = []
    for struck in kills.each_kill(home, does):
        met.append(kills.answer(lambda struck=struck: made_good(struck, again or does, expected)))
    return met


def test_finding_killed_at_each_step(stages):
    """None, begun, and found: it is written down before anybody is compared, and run again it goes on."""
    world = stages["world"]
    met = [states for states, _ in each(stages["desk"], lambda: find(world), (["waits"], [0]))]
    assert met == sorted(met, key=[[], ["begun"], ["waits"]].index)
    assert [] in met
    assert ["begun"] in met


def test_saying_killed_at_each_step(stages):
    """A word is there or not, and once."""
    world, name = stages["world"], stages["name"]
    pairs = 2
    met = each(stages["found"], lambda: look(world, name, REGISTRAR), (["waits"], [pairs]))
    said = [counts[0] for _, counts in met]
    assert said == sorted(said)
    assert {0, 1} <= set(said)


def test_ending_killed_at_each_step(stages):
    """Over before its key is destroyed; the keeper's process makes good what was killed between."""
    from beholden.gate.actions.searching import end, end_due

    world, name = stages["world"], stages["name"]

    def again():
        end_due(by=CLOCK, at=world.at)
        end(name, by=REGISTRAR, at=world.at)

    met = each(stages["looked"], lambda: end(name, by=REGISTRAR, at=world.at), (["over"], [0]), again)
    assert {states[0] for states, _ in met} == {"looked at", "over"}


def of_a_search(name):
    return "search" in name or name.startswith("commit")


def test_two_registrars_who_find_at_once_find_once(stages):
    """One search, one key; what one of them sealed is not written over by the other."""
    world = stages["world"]
    does = (lambda: find(world), lambda: find(world))
    for met in kills.each_meeting(stages["desk"], *does, among=of_a_search):
        assert (met.first, met.second) == (0, 0), met.step
        assert kills.answer(lambda met=met: seen(met.home)[:2]) == (["waits"], [0]), met.step


def test_a_search_that_is_ended_while_it_is_found_stays_ended(stages):
    """Nothing is kept of it, and the keeper's process destroys a key that came after the end."""
    from beholden.gate.actions.searching import end, end_due

    world = stages["world"]

    def end_it():
        from beholden.gate.models import Search

        for row in Search.objects.all():
            end(row.pk, by=SECOND, at=world.at)

    def tidied(home):
        end_due(by=CLOCK, at=world.at)
        states, *_ = seen(home)
        return states, list(home.keys.glob("search.*")) == []

    ended = 0
    for met in kills.each_meeting(stages["desk"], lambda: find(world), end_it, among=of_a_search):
        assert met.first in {0, kills.REFUSED}, met.step
        assert met.second == 0, met.step
        states, is_tidy = kills.answer(lambda met=met: tidied(met.home))
        assert states in (["over"], ["waits"]), met.step
        assert is_tidy == (states == ["over"]), met.step
        ended += states == ["over"]
    assert ended > 1


def test_two_registrars_who_say_at_once_are_both_heard(stages):
    world, name = stages["world"], stages["name"]
    for met in kills.each_meeting(
        stages["found"],
        lambda: look(world, name, REGISTRAR),
        lambda: look(world, name, SECOND),
        among=of_a_search,
    ):
        assert (met.first, met.second) == (0, 0), met.step
        assert kills.answer(lambda met=met: seen(met.home)[:2]) == (["looked at"], [4]), met.step
