# SPDX-License-Identifier: Apache-2.0
"""A court names twenty children by name: found by printed rules, looked at blind by two, handed over sealed. D21, D22, D32."""

import json
import re
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest

import homes
from beholden.gate.orders import NamedChild, SoughtChild
from beholden.home import postgres
from beholden.kinds import Actor, Role
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from fault import kills
from integration import sealing
from integration.sealing import COURT_IDENTITY, for_regulator, order, signed
from integration.test_compulsion import ITS_OWN, account_of, checked, person_of, the_log, whole
from integration.world import CATALOGUE, REGISTRAR, SECOND, World

THIRD = Actor("registrar-3", Role.REGISTRAR, "keeper")
CLOCK = Actor("clock", Role.KEEPER)
STRANGER, NEVER_ENTERED, SLIP = 4, 5, 6
"""Places in the paper: nobody's name; a twin whom no school ever entered; a child with a slip in two fields."""
LISTED = (0, 1, 20, None, 30, 5, *range(6, 20))
"""Whom the paper means at each place, by place in the town. Both twins of one family, one of another's."""
ITEMS = ("forename", "surname", "postcode")


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def named(child):
    return SoughtChild(child.forename, child.surname, child.born, child.address.postcode)


def twenty(world):
    """The twenty children as the court's paper has them; of most it knows no postcode."""
    children = world.children()
    paper = [
        replace(named(children[of]), postcode="") if of is not None else SoughtChild("Zebedee", "Quillfeather", children[3].born)
        for of in LISTED
    ]
    twin = named(children[30])
    paper[NEVER_ENTERED - 1] = replace(twin, given_name=children[31].forename)
    slip = named(children[5])
    letters = slip.surname
    paper[SLIP - 1] = replace(slip, surname=letters[0] + letters[2] + letters[1] + letters[3:])
    return tuple(paper)


def meant(world):
    """Who is meant at each place of the paper, and is held: by place."""
    return {
        place: person_of(world, of)
        for place, of in enumerate(LISTED, start=1)
        if of is not None and place != NEVER_ENTERED
    }


def by_name(world, **changed):
    return order(world, **({"children": twenty(world), "items": ITEMS} | changed))


def by_number(world, **changed):
    children = world.children()
    held = [children[of] for place, of in enumerate(LISTED, start=1) if of is not None and place != NEVER_ENTERED]
    named = tuple(NamedChild(child.upn, child.born) for child in held)
    return order(world, **({"children": named, "items": ITEMS} | changed))


def find(world, asked=None, *, by=REGISTRAR):
    from beholden.gate.actions import searching

    return searching.find(asked or by_name(world), catalogue=CATALOGUE, by=by, at=world.at)


def waits_for(name, by):
    from beholden.gate.searches import waiting

    return waiting(name, by=by)


def look(world, name, by, says=None):
    """Let one registrar look at whatever waits. Rightly, as somebody does who can tell, or as is said for a place."""
    from beholden.gate.actions.searching import say

    right = meant(world)
    for number, pair in waits_for(name, by):
        truth = Opinion.SAME if right.get(pair.place) == pair.person else Opinion.DIFFERENT
        say(name, number, (says or {}).get(pair.place, truth), by=by, at=world.at)


def searched(world, **changed):
    """Find, and let two look."""
    name = find(world, by_name(world, **changed))
    for by in (REGISTRAR, SECOND):
        look(world, name, by)
    return name


def prepared(world, asked=None):
    from beholden.gate.actions.compelling import prepare

    return prepare(asked or by_name(world), catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def carried(world, asked):
    """Take an order from its paper all the way out."""
    from beholden.gate.actions.carrying import carry_out

    name = prepared(world, asked)
    signed(world, name)
    carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    return name


def standing():
    from beholden.gate.searches import searches

    return searches(by=REGISTRAR)


def parcel_of(home):
    from beholden.gate.parcel import unpack

    (file,) = home.released.iterdir()
    return unpack(file.read_bytes(), identity=str(COURT_IDENTITY))


@pytest.fixture(scope="module")
def played(base_home, tmp_path_factory):
    """A register with keys, a court, a regulator, somebody outside, and three registrars; nobody was looked for yet."""
    from beholden.settings import found

    with ExitStack() as stack:

        def begin():
            from beholden.gate.actions.deciding import snapshot_registry
            from beholden.people.actions import appoint

            world = World(tmp_path_factory.mktemp("town"))
            world.returns()
            world.published()
            sealing.enrolled(world)
            appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
            snapshot_registry(by=REGISTRAR, at=world.at)
            return world

        home = stack.enter_context(homes.fresh(base_home))
        with found.acting_as(home, "keeper"):
            world = kills.answer(begin)
        yield home, world


@pytest.fixture
def home(played):
    with homes.copied(played[0]) as lent:
        yield lent


@pytest.fixture
def world(played):
    return copy(played[1])


class TestTwenty:
    def test_the_seed_case_from_the_paper_to_the_opening(self, home, world):
        """Who was accepted is right, twins too; a stranger, and a twin whom nobody entered, are reported as not found."""
        from beholden.gate.actions.searching import end_due
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        search = searched(world)
        (one,) = standing()
        assert (one.name, one.state, one.named) == (search, "looked at", 20)
        assert (one.not_found, one.differing) == ((STRANGER, NEVER_ENTERED), ())
        assert checked(home) == []
        name = carried(world, by_name(world))
        parcel = parcel_of(home)
        assert parcel.rows.column_names == ["tag", "named", *ITEMS]
        children = world.children()
        got = {row["named"]: (row["forename"], row["surname"]) for row in parcel.rows.to_pylist()}
        assert got == {
            place: (children[of].forename, children[of].surname)
            for place, of in enumerate(LISTED, start=1)
            if place not in {STRANGER, NEVER_ENTERED}
        }
        assert len(parcel.padding) + len(parcel.tags) == 64
        assert [account_of(world, place).sealed for place in (0, 21, 30, 40)] == [(1,)] * 4
        assert checked(home) == []
        assert end_due(by=CLOCK, at=world.at) == 0
        world.at += timedelta(days=90)
        open_due(by=CLOCK, at=world.at)
        sequence(at=world.at)
        assert end_due(by=CLOCK, at=world.at) == 1
        assert not list(home.keys.glob("search.*"))
        assert [account_of(world, place).present for place in (0, 1, 20, 5, 21, 30)] == [(1,)] * 4 + [()] * 2
        assert standing()[0].state == "over"
        assert checked(home) == []
        assert for_regulator(name).report["by_name"] == {
            "found": 18,
            "looked": ["registrar", "registrar-2"],
            "named": 20,
            "not_found": [STRANGER, NEVER_ENTERED],
            "searches": 1,
        }

    def test_until_it_opens_the_public_reads_what_it_reads_of_an_order_by_numbers(self, played):
        """Two worlds, one order each, of one band: every public file is the same, but for what is random (D22)."""
        seen = []
        for asked in (by_number, by_name):
            with homes.copied(played[0]) as home:
                world = copy(played[1])
                if asked is by_name:
                    searched(world)
                carried(world, asked(world))
                seen.append(public(home))
        assert seen[0] == seen[1]
        assert len(seen[0]) > 5

    def test_it_leaves_nothing_behind_that_anybody_could_be_shown(self, played):
        """Every table and every file of the home says what it said before any search, but for those named here (D22).

        Beside what an order by numbers leaves: its own table, its key, and the index of who is alike, which follows from
        the vault. No journal, no log, no count, no look.
        """
        found = []
        for does in (lambda _: None, searched, lambda world: (searched(world), carried(world, by_name(world)))):
            with homes.copied(played[0]) as home:
                does(copy(played[1]))
                found.append(whole(home))
        before, looked_for, left = found
        assert changed(before, looked_for) == SEARCHED
        assert changed(before, left) == SEARCHED | ITS_OWN

    def test_what_is_kept_of_a_search_names_nobody(self, home, world):
        """No name, birth date or postcode of the paper lies in a table or a file, found or not; nor who was found."""
        searched(world)
        with postgres.connected(home, "owner") as connection:
            rows = str(connection.execute("select * from gate_search").fetchall())
            (blob,) = connection.execute("select sought from gate_search").fetchone()
        held = b"".join(path.read_bytes() for folder in (home.keys, home.index) for path in every(folder)) + blob
        for child in twenty(world):
            for told in (child.surname, child.surname.lower(), child.born.isoformat(), child.postcode):
                assert not told or told not in rows
                assert not told or told.encode() not in held
        for person in meant(world).values():
            assert str(person) not in rows
            assert person.bytes not in blob

    def test_no_door_may_read_that_anybody_is_looked_for(self):
        from beholden.settings.grants import GRANTS

        (mine,) = [one for one in GRANTS if one.table == "public.gate_search"]
        assert mine.doors == ()


SEARCHED = {"public.gate_search", "keys/search.*", "index/current", "index/*"}


def every(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def changed(before, after):
    """Return what was changed, added or taken away, with one star for what is random in a name."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    starred = {re.sub(r"(?<=[/.-])[0-9a-f]{16,32}(?=\\.|$)", "*", name) for name in names}
    return {re.sub(r"^index/[0-9a-f]{16}/.*", "index/*", name) for name in starred}


RANDOM = {"commitment", "regulator_commitment", "second"}


def public(home):
    """Every public file by its name and size, and each entry but for what is random in it."""
    files = {path.relative_to(home.ledger).as_posix(): path.stat().st_size for path in every(home.ledger)}
    with postgres.connected(home, "owner") as connection:
        log = the_log()
        assert connection is not None
    said = [
        {**entry, "body": {name: value for name, value in entry["body"].items() if name not in RANDOM}}
        for entry in map(json.loads, log.entries)
    ]
    return {**files, "entries": said}
