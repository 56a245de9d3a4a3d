# SPDX-License-Identifier: Apache-2.0
"""An order that compels is carried out for real, under seal, and opened by its day or by the regulator (D22, D37)."""

import hashlib
import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest

import homes
from beholden.gate.orders import Issuer, NamedChild, Shown
from beholden.home import here, postgres
from beholden.kinds import Actor, Role
from beholden.ledger import handovers
from beholden.ledger.sealing import countersign, second_message
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from fault import kills
from integration import sealing
from integration.sealing import (
    COURT_IDENTITY,
    OUTSIDE,
    OUTSIDE_SEED,
    REGULATOR_SEED,
    carried_out,
    for_regulator,
    power_changes,
    prepared,
    signed,
)
from integration.world import CATALOGUE, REGISTRAR, SECOND

CLOCK = Actor("clock", Role.KEEPER)

ITS_OWN = {
    *("public.gate_compulsion", "public.gate_setfile", "sets/compelled-*.set"),
    *("sets/tags-*.set", "sets/tags-*.crown"),
    *("released/*.age", "regulator/*.age", "public.ledger_outbox", "signer/handovers"),
    *(
        "ledger/handovers/checkpoint",
        "ledger/handovers/tile/0/000.p/2",
        "ledger/handovers/tile/entries/000.p/2",
    ),
}
"""What an order that was carried out has changed in a home, and nothing else has."""

NOTICE = {"shown": Shown.STATUTORY_NOTICE, "issuer": Issuer.PUBLIC_OFFICER, "purpose": "statutory-notice"}
HOME = {"items": ("address_lines", "postcode")}
REFUSED = {
    # what is shown: in which world, the refusal, and what the order says
    "a letter": ("ready", "gate.only_asked", lambda _: {"shown": Shown.LETTER}),
    "what serves immigration control": (
        "ready",
        "gate.order_serves",
        lambda _: {"serves": "immigration-enforcement"},
    ),
    "for every month": ("ready", "gate.order_recurring", lambda _: {"recurring": True}),
    "a notice for a whole school": (
        "ready",
        "gate.order_whole_school",
        lambda _: NOTICE | {"whole_school": True},
    ),
    "a school in disguise": ("ready", "gate.order_whole_school", lambda world: NOTICE | everybody(world)),
    "a notice for an address": ("ready", "gate.order_who", lambda _: NOTICE | HOME),
    "an order for the homes of a whole school": (
        "ready",
        "gate.order_who_many",
        lambda _: {"whole_school": True, **HOME},
    ),
    "an order for the homes of a school in disguise": (
        "ready",
        "gate.order_whole_school",
        lambda world: HOME | everybody(world),
    ),
    "a child who is not here": (
        "ready",
        "gate.order_child",
        lambda world: {"children": (NamedChild("Z999999999999", world.children()[0].born),)},
    ),
    "a recipient without keys": ("ready", "gate.order_recipient", lambda _: {"recipient": "panel-a"}),
    "a recipient who is not enrolled": (
        "ready",
        "people.organisation_unknown",
        lambda _: {"recipient": "nobody"},
    ),
    "a paper that was carried out": ("sealed", "gate.order_twice", lambda _: {}),
}


def everybody(world):
    return {"children": tuple(NamedChild(child.upn, child.born) for child in world.children())}


@pytest.fixture(scope="module")
def played(base_home, tmp_path_factory):
    """A register with keys, a court, a regulator and somebody outside; and the same with one order carried out."""
    from beholden.settings import found

    with ExitStack() as stack:

        def after(earlier, work):
            home = stack.enter_context(homes.duplicate(earlier) if earlier else homes.fresh(base_home))
            with found.acting_as(home, "keeper"):
                return home, kills.answer(work)

        ready, world = after(None, lambda: sealing.ready(tmp_path_factory.mktemp("town"), 30))
        sealed, name = after(ready, lambda: carried_out(world))
        yield {"ready": ready, "sealed": sealed, "world": world, "name": name}


@pytest.fixture
def ready(played):
    with homes.copied(played["ready"]) as home:
        yield home


@pytest.fixture
def sealed(played):
    with homes.copied(played["sealed"]) as home:
        yield home


@pytest.fixture
def world(played):
    return copy(played["world"])


@pytest.fixture
def name(played):
    return played["name"]


def the_log():
    from beholden.gate.check import public_log

    return public_log()


def person_of(world, place):
    from beholden.register.actions import with_number_and_birth

    child = world.children()[place]
    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
    return person


def account_of(world, place):
    from beholden.gate.actions.proving import bundle

    return verify(bundle(person_of(world, place), by=REGISTRAR, at=world.at))


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == code
    return no.value


class TestCarriedOut:
    def test_the_court_gets_the_named_children_and_the_log_says_next_to_nothing(self, sealed, world, name):
        """The parcel has two rows; the entry a band. Parcel and list are those that were committed."""
        from beholden.gate.models import Compulsion
        from beholden.gate.parcel import unpack

        held = Compulsion.objects.get(pk=name)
        (file,) = sealed.released.iterdir()
        parcel = unpack(file.read_bytes(), identity=str(COURT_IDENTITY))
        assert parcel.rows.column_names == ["tag", "named", "nc_year", "sessions_possible"]
        assert sorted(parcel.rows["named"].to_pylist()) == [1, 2]
        assert len(parcel.padding) + len(parcel.tags) == 64
        assert hashlib.sha256(file.read_bytes()).hexdigest() == held.details["payload"]
        entry = the_log().entries[-1].decode()
        hidden = (
            name,
            "court-7",
            "nc_year",
            "court-order",
            "missing_child",
            held.details["payload"],
            "ORDER-1",
        )
        assert not any(word in entry for word in hidden)
        (seal,) = the_log().read.seals.values()
        assert (seal.body.band, seal.body.power, seal.body.seq) == (64, "court_order", 1)

    def test_nobody_is_told_whether_it_was_their_child(self, sealed, world):
        """The two named children's families and another read the same account (D22)."""
        accounts = [account_of(world, place) for place in (0, 1, 2)]
        assert [(one.listed, one.present, one.absent, one.sealed) for one in accounts] == [
            (1, (), (), (1,))
        ] * 3
        assert len({one.sentences()[1:3] for one in accounts}) == 1

    def test_it_leaves_nothing_behind_that_anybody_could_be_shown(self, played):
        """Two worlds, one with a seal: every table and every file of the home says the same, but for those named here.

        Its own table, its lists, its entry on the way to the log; the parcel, the letter box, its list; and of the logs
        the sealed entry itself alone (D22).
        """
        found, handed = [], []
        for stage in ("ready", "sealed"):
            with homes.copied(played[stage]) as home:
                found.append(whole(home))
                handed.append([raw for raw in the_log().entries if b'"kind":"sealed"' not in raw])
        before, after = found
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        assert {re.sub(r"(?<=[/-])[0-9a-f]{16,24}(?=\.)", "*", name) for name in changed} == ITS_OWN
        assert handed[0] == handed[1]

    @pytest.mark.parametrize("paper", REFUSED)
    def test_what_is_refused_leaves_nothing_behind_at_all(self, played, paper):
        """D22: no row, no file, no entry says that somebody asked: not one byte of the home is another one."""
        stage, code, changes = REFUSED[paper]
        with homes.copied(played[stage]) as home:
            world = copy(played["world"])
            before = whole(home)
            assert len(before) > 80
            refused(code, prepared, world, **changes(world))
            assert whole(home) == before

    def test_the_regulator_was_told_before_and_can_check_it(self, sealed, world, name):
        """D37: details, salt, report and the whole list, locked to its key, in its own folder of the home."""
        from beholden.gate.regulator import examine

        told = for_regulator(name)
        assert examine(told, the_log().read).body.seq == 1
        assert told.report["officers"] == ["registrar", "registrar-2"]
        assert told.report["children"] == 2
        assert told.report["reference"] == "ORDER-1"
        spoiled = replace(told, report={**told.report, "children": 1})
        refused("gate.for_regulator", examine, spoiled, the_log().read)
        refused("gate.for_regulator", examine, replace(told, tags=bytes(range(16)) * 1), the_log().read)

    def test_fsck_finds_nothing_wrong_and_what_was_not_told(self, sealed, world, name):
        """A regulator's file that is gone, and a parcel that left under no entry, are the worst that can be found."""
        assert checked(sealed) == []
        (file,) = sealed.regulator.iterdir()
        file.write_bytes(b"")
        assert {one.code for one in checked(sealed)} == {"fsck.regulator_untold"}


def test_no_door_may_read_what_is_sealed():
    """Not even how many there are; that, everybody counts in the public log."""
    from beholden.settings.grants import GRANTS

    (mine,) = [one for one in GRANTS if one.table == "public.gate_compulsion"]
    assert mine.doors == ()


def whole(home):
    """Every table with its rows, names and numbers too, and every file with its content, by what it is called."""
    found = {}
    with postgres.connected(home, "cluster") as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'vault')"
        ).fetchall()
        for schema, table in tables:
            found[f"{schema}.{table}"] = connection.execute(
                f"select count(*), md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) "
                f'from {schema}."{table}" t'
            ).fetchone()
    for path in home.root.rglob("*"):
        name = path.relative_to(home.root).as_posix()
        if path.is_file() and not name.startswith("postgres/") and name != "database":
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def everything_in(folder):
    return sorted(path.name for path in folder.iterdir())


def checked(home):
    from beholden.fsck.tables import check_tables

    return list(check_tables(home, CATALOGUE))


class TestWhoSigns:
    def test_two_officers_and_not_one_twice(self, ready, world):
        from beholden.gate.actions import carrying

        name = prepared(world)
        refused("gate.same_officer", carrying.agree, name, by=REGISTRAR, at=world.at)
        refused("gate.role", carrying.agree, name, by=OUTSIDE, at=world.at)
        refused(
            "gate.compulsion_state",
            carrying.carry_out,
            name,
            catalogue=CATALOGUE,
            by=REGISTRAR,
            at=world.at,
        )
        assert not list(ready.released.iterdir())

    def test_the_signature_from_outside_is_by_an_own_key_over_the_very_entry(self, ready, world):
        """A flag is no signature; nor is one by another key, over something else, or by somebody inside (D22)."""
        from beholden.gate.actions import carrying
        from beholden.gate.check import origin
        from beholden.gate.models import Compulsion
        from beholden.gate.seals import sealed_entry, to_sign
        from beholden.people import actions as people

        name = prepared(world)
        refused("gate.compulsion_state", to_sign, name)
        before = second_message(sealed_entry(Compulsion.objects.get(pk=name)), origin("handovers"))
        early = countersign(before, seed=OUTSIDE_SEED)
        refused("gate.compulsion_state", carrying.sign, name, early, by=OUTSIDE, at=world.at)
        carrying.agree(name, by=SECOND, at=world.at)
        refused("gate.second_signature", carrying.sign, name, early, by=OUTSIDE, at=world.at)
        other = countersign(to_sign(name), seed=REGULATOR_SEED)
        refused("gate.second_signature", carrying.sign, name, other, by=OUTSIDE, at=world.at)
        said = countersign(to_sign(name), seed=OUTSIDE_SEED)
        for place, inside in enumerate(("keeper", "court-7", "regulator")):
            somebody = people.appoint(f"inside-{place}", Role.INDEPENDENT, inside, by=REGISTRAR, at=world.at)
            refused("gate.not_outside", carrying.sign, name, said, by=somebody, at=world.at)
        refused("gate.role", carrying.sign, name, said, by=SECOND, at=world.at)
        carrying.sign(name, said, by=OUTSIDE, at=world.at)
        assert not list(ready.released.iterdir())

    @pytest.mark.parametrize(
        "reference", ["ORDER-1", "order-1 ", "\r\nOrder-1\r\n", "\N{FULLWIDTH LATIN CAPITAL LETTER O}RDER-1"]
    )
    @pytest.mark.parametrize("at_once", [False, True], ids=["later", "at once"])
    def test_one_paper_compels_one_handover(self, sealed, world, monkeypatch, reference, at_once):
        """Recurring in disguise: the same paper is refused, however its number is typed, and nothing stays built."""
        from beholden.gate.actions import compelling

        if at_once:  # two runs with one paper: neither knew of the other when it began
            monkeypatch.setattr(compelling, "check_new_paper", lambda digest: None)
        before = everything_in(sealed.quarantine), everything_in(sealed.sets)
        refused("gate.order_twice", prepared, world, reference=reference)
        assert (everything_in(sealed.quarantine), everything_in(sealed.sets)) == before
        assert before[0] == []

    def test_another_number_is_another_paper_and_what_was_called_off_is_prepared_anew(self, sealed, world):
        from beholden.gate.actions import carrying

        name = prepared(world, reference="ORDER 1")
        (parcel,) = sealed.quarantine.iterdir()
        carrying.call_off(name, by=REGISTRAR, at=world.at)
        assert not parcel.exists()
        assert prepared(world, reference="ORDER 1") != name
        assert len(everything_in(sealed.quarantine)) == 1


class TestWhatIsRefused:
    def test_a_child_who_is_not_exactly_one(self, ready, world):
        child = sealing.order(world).children[0]
        for children in (
            (replace(child, born=date(2010, 1, 1)),),
            (replace(child, number="Z999999999999"),),
        ):
            no = refused("gate.order_child", prepared, world, children=children)
            assert child.number not in str(no)

    def test_a_child_who_is_kept_safe(self, ready, world):
        """D35: also when the flag comes after it was logged."""
        from beholden.gate.actions import carrying
        from beholden.people.actions import flag

        name = prepared(world)
        signed(world, name)
        flag(person_of(world, 0), "hidden", by=REGISTRAR, at=world.at)
        with_rules = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
        refused("gate.order_safety", carrying.carry_out, name, **with_rules)
        assert not list(ready.released.iterdir())
        assert not the_log().read.seals
        refused("gate.order_safety", prepared, world, reference="ORDER-2")
        assert prepared(world, reference="ORDER-3", knows_of_safety=True)

    def test_without_a_regulator_nothing_is_sealed(self, base_home):
        from beholden.people.queries import regulator

        with homes.clone(base_home):
            refused("people.no_regulator", regulator)

    def test_too_late_after_it_was_logged(self, ready, world):
        from beholden.gate.actions import carrying

        name = prepared(world)
        signed(world, name)
        (file,) = ready.quarantine.iterdir()
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(FileNotFoundError):
            carrying.carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        file.write_bytes(content)
        later = world.at + timedelta(hours=25)
        refused("gate.compulsion_old", carrying.carry_out, name, catalogue=CATALOGUE, by=REGISTRAR, at=later)
        carrying.call_off(name, by=REGISTRAR, at=later)
        assert not list(ready.released.iterdir())
        assert not list(ready.quarantine.iterdir())


class TestNamesAndAddresses:
    """D18, D22, D35: what a court orders about who a child is and where it lives, and nothing beside it."""

    def test_the_court_gets_the_names_and_homes_that_it_named_and_nothing_else_is_opened(self, ready, world):
        """As the vault holds them today, beside a fact of the return; the log and the regulator's file as ever."""
        from beholden.gate.parcel import unpack

        asked = ("surname", "postcode", "nc_year", "address_lines")
        name = carried_out(world, items=asked)
        (file,) = ready.released.iterdir()
        parcel = unpack(file.read_bytes(), identity=str(COURT_IDENTITY))
        assert parcel.rows.column_names == ["tag", "named", *asked]
        for row in parcel.rows.to_pylist():
            child = world.children()[row["named"] - 1]
            assert (row["surname"], row["postcode"]) == (child.surname, child.address.postcode)
            assert child.address.street in row["address_lines"]
        told = for_regulator(name)
        assert told.report["items"] == list(asked)
        assert checked(ready) == []
        said = b"".join(the_log().entries) + json.dumps(told.report).encode()
        for child in world.children()[:2]:
            assert child.address.postcode.encode() not in said
            assert child.surname.encode() not in said

    def test_an_address_alone_is_an_order_too(self, ready, world):
        from beholden.gate.parcel import unpack

        carried_out(world, **HOME)
        (file,) = ready.released.iterdir()
        rows = unpack(file.read_bytes(), identity=str(COURT_IDENTITY)).rows
        assert rows.column_names == ["tag", "named", *HOME["items"]]
        assert None not in rows["postcode"].to_pylist()

    @pytest.mark.parametrize(
        "line",
        [
            ("restricted", "protective-order", ("address",)),
            ("ended", "discharge", ()),
        ],
        ids=["kept from one adult", "everything ended for one"],
    )
    def test_an_address_that_is_kept_from_somebody_waits_for_a_court_that_knows(self, ready, world, line):
        """Also when that comes after it was prepared; and a name is not an address."""
        from beholden.gate.actions import carrying
        from beholden.gate.actions.deciding import snapshot_registry

        name = prepared(world, **HOME)
        signed(world, name)
        power_changes(world, 0, *line)
        with_rules = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
        no = refused("gate.order_safety", carrying.carry_out, name, **with_rules)
        assert world.children()[0].upn not in str(no)
        world.at += timedelta(hours=1)
        snapshot_registry(by=REGISTRAR, at=world.at)
        refused("gate.order_safety", prepared, world, reference="ORDER-2", **HOME)
        assert prepared(world, reference="ORDER-3", items=("surname", "nc_year"))
        assert prepared(world, reference="ORDER-4", knows_of_safety=True, **HOME)

    def test_what_was_taken_from_an_adult_and_is_no_address_stops_nothing(self, ready, world):
        from beholden.gate.actions.deciding import snapshot_registry

        power_changes(world, 0, "restricted", "court-order", ("contact", "numbers"))
        world.at += timedelta(hours=1)
        snapshot_registry(by=REGISTRAR, at=world.at)
        assert prepared(world, **HOME)

    def test_a_child_who_is_kept_safe_is_named_to_no_court_that_does_not_know(self, ready, world):
        from beholden.people.actions import flag

        flag(person_of(world, 1), "severed", by=REGISTRAR, at=world.at)
        refused("gate.order_safety", prepared, world, items=("surname",))
        assert prepared(world, items=("surname",), knows_of_safety=True)


class TestWhenPowerChanges:
    """D28, D35: a key ends with each change of power, and no order's list may prove absent who is in it."""

    @staticmethod
    def opened(world):
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        world.at += timedelta(days=90)
        open_due(by=CLOCK, at=world.at)
        sequence(at=world.at)

    def test_after_it_left_the_family_still_proves_that_its_child_is_in(self, sealed, world, name):
        """The registry, the list and the family's file go by the key of that day, whatever came after it."""
        power_changes(world, 0)
        assert checked(sealed) == []
        self.opened(world)
        assert [account_of(world, place).present for place in (0, 1, 2)] == [(1,), (1,), ()]
        assert checked(sealed) == []

    def test_before_it_is_prepared_it_waits_for_a_registry_with_the_new_key(self, ready, world):
        from beholden.gate.actions.deciding import snapshot_registry

        power_changes(world, 0)
        refused("gate.order_child", prepared, world)
        assert not list(ready.quarantine.iterdir())
        world.at += timedelta(hours=1)
        snapshot_registry(by=REGISTRAR, at=world.at)
        carried_out(world)
        self.opened(world)
        assert [account_of(world, place).present for place in (0, 1, 2)] == [(1,), (1,), ()]
        assert checked(ready) == []

    @pytest.mark.parametrize("is_logged", [False, True])
    def test_between_preparing_and_leaving_it_stops(self, ready, world, is_logged):
        """Nothing leaves under a key of which somebody else has a file; anew, it goes under the child's own."""
        from beholden.gate.actions import carrying
        from beholden.gate.actions.deciding import snapshot_registry

        name = prepared(world)
        signed(world, name)
        with_rules = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
        if is_logged:
            (file,) = ready.quarantine.iterdir()
            content = file.read_bytes()
            file.unlink()
            with pytest.raises(FileNotFoundError):
                carrying.carry_out(name, **with_rules)
            file.write_bytes(content)
        power_changes(world, 1)
        refused("gate.compulsion_key", carrying.carry_out, name, **with_rules)
        assert not list(ready.released.iterdir())
        carrying.call_off(name, by=REGISTRAR, at=world.at)
        snapshot_registry(by=REGISTRAR, at=world.at)
        carried_out(world)
        self.opened(world)
        last = 2 if is_logged else 1
        assert [last in account_of(world, place).present for place in (0, 1, 2)] == [True, True, False]
        assert checked(ready) == []

    def test_a_child_who_is_in_the_register_no_more_stops_it(self, ready, world):
        """Of whom nothing is known it is not known either that the key is still the child's own."""
        from beholden.gate.actions import carrying, compelling

        name = prepared(world)
        signed(world, name)
        first = compelling._named(sealing.order(world), by=REGISTRAR, at=world.at)[0]
        with postgres.connected(ready, "cluster") as connection:
            connection.execute("delete from vault.lookup where person_id = %s", [first])
            connection.execute("delete from vault.person where id = %s", [first])
        refused(
            "gate.compulsion_key", carrying.carry_out, name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at
        )
        assert not list(ready.released.iterdir())


class TestOpening:
    def test_it_opens_on_its_day_and_not_before(self, sealed, world, name):
        """The keeper's process does it; from then on each family can check it like any other."""
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        day = timedelta(days=90)
        assert open_due(by=CLOCK, at=world.at + day - timedelta(days=1)) == 0
        assert open_due(by=CLOCK, at=world.at + day) == 1
        assert open_due(by=CLOCK, at=world.at + day) == 0
        world.at += day
        sequence(at=world.at)
        assert [account_of(world, place).present for place in (0, 1, 2)] == [(1,), (1,), ()]
        assert account_of(world, 2).absent == (1,)
        assert "The keeper reports nothing yet: treat as delivered." in " ".join(
            account_of(world, 0).sentences()
        )

    def test_what_was_called_off_opens_too_and_says_so(self, ready, world):
        from beholden.gate.actions import carrying
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        name = prepared(world)
        signed(world, name)
        (file,) = ready.quarantine.iterdir()
        file.unlink()
        with pytest.raises(FileNotFoundError):
            carrying.carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        carrying.call_off(name, by=REGISTRAR, at=world.at)
        world.at += timedelta(days=90)
        assert open_due(by=CLOCK, at=world.at) == 1
        sequence(at=world.at)
        assert "withdrawn before delivery" in " ".join(account_of(world, 0).sentences())

    def test_called_off_after_it_was_opened_the_log_says_that_it_was_withdrawn(self, ready, world):
        """Logged and never released, opened early by its regulator: silence would count as delivered. Said once."""
        from beholden.gate.actions import carrying
        from beholden.gate.actions.unsealing import take
        from beholden.gate.regulator import opening, print_word

        name = prepared(world)
        signed(world, name)
        (file,) = ready.quarantine.iterdir()
        file.unlink()
        with pytest.raises(FileNotFoundError):
            carrying.carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        word = opening(for_regulator(name), the_log().read, REGULATOR_SEED)
        take(print_word(word), by=REGISTRAR, at=world.at)
        assert "treat as delivered" in " ".join(account_of(world, 0).sentences())
        for _ in range(2):
            carrying.call_off(name, by=REGISTRAR, at=world.at)
        assert "withdrawn before delivery" in " ".join(account_of(world, 0).sentences())
        assert [one.body.outcome for one in the_log().read.outcomes.values()] == ["withdrawn"]
        assert checked(ready) == []

    @pytest.mark.parametrize("is_open", [False, True])
    def test_what_may_have_left_is_not_called_off(self, sealed, world, name, is_open):
        """D25: neither before it opens nor after; no word of the log takes a delivery back."""
        from beholden.gate.actions import carrying
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        if is_open:
            world.at += timedelta(days=90)
            open_due(by=CLOCK, at=world.at)
            sequence(at=world.at)
        refused("gate.may_have_left", carrying.call_off, name, by=REGISTRAR, at=world.at)
        assert the_log().read.outcomes == {}
        assert checked(sealed) == []

    def test_the_regulators_word_that_it_has_seen(self, sealed, world, name):
        """Countersigned with the regulator's own key; taken twice, said once; anybody else's is refused (D37)."""
        from beholden.gate.actions.unsealing import take
        from beholden.gate.regulator import print_word, seen

        word = seen(for_regulator(name), the_log().read, REGULATOR_SEED)
        false = replace(
            word, regulator=replace(word.regulator, key=bytes.fromhex(sealing.public(OUTSIDE_SEED)))
        )
        refused("ledger.not_proven", take, print_word(false), by=REGISTRAR, at=world.at)
        for _ in range(2):
            take(print_word(word), by=REGISTRAR, at=world.at)
        assert the_log().read.seals[1].seen_at == world.at
        assert the_log().read.size == 3

    def test_the_regulator_opens_what_the_keeper_does_not(self, sealed, world, name):
        """Without the keeper's database or clock, from its file and its copy of the log; and before the day, too."""
        from beholden.gate.actions.unsealing import open_due, take
        from beholden.gate.regulator import opening, print_word

        word = opening(for_regulator(name), the_log().read, REGULATOR_SEED)
        refused("gate.for_regulator", opening, for_regulator(name), the_log().read, OUTSIDE_SEED)
        take(print_word(word), by=REGISTRAR, at=world.at)
        assert account_of(world, 0).present == (1,)
        assert open_due(by=CLOCK, at=world.at + timedelta(days=90)) == 0

    @pytest.mark.parametrize(("command", "kind"), [("seen", "seen"), ("open", "unsealed")])
    def test_the_regulators_commands_need_no_database(self, sealed, world, name, tmp_path, command, kind):
        """A process of its own, without Django and without a home, on a copy of the log (D37)."""
        (tmp_path / "identity").write_text(str(sealing.REGULATOR_IDENTITY))
        (tmp_path / "key").write_text(REGULATOR_SEED.hex())
        (file,) = sealed.regulator.iterdir()
        asked = {
            "--identity": tmp_path / "identity",
            "--log": sealed.ledger / "handovers",
            "--key": the_log().vkey,
            "--signing-key": tmp_path / "key",
            "--out": tmp_path / "out",
        }
        words = [str(word) for pair in asked.items() for word in pair]
        environment = {name: value for name, value in os.environ.items() if "BEHOLDEN" not in name}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [sys.executable, "-m", "beholden.cli", "regulator", command, str(file), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == {"handover": 1, "says": kind, "children": 2}
        assert json.loads((tmp_path / "out").read_bytes())["kind"] == kind

    def test_the_recipient_can_recompute_it_once_it_is_open(self, sealed, world, name, tmp_path):
        from beholden.cli.recipients import check_parcel
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        (file,) = sealed.released.iterdir()
        (tmp_path / "identity").write_text(str(COURT_IDENTITY))
        (tmp_path / "key").write_text(sealing.COURT_SEED.hex())
        given = {
            "identity": tmp_path / "identity",
            "log": sealed.ledger / "handovers",
            "key": the_log().vkey,
            "signing_key": tmp_path / "key",
            "out": tmp_path / "out",
        }
        refused("recipient.mismatch", check_parcel, file, **given)
        world.at += timedelta(days=90)
        open_due(by=CLOCK, at=world.at)
        sequence(at=world.at)
        assert check_parcel(file, **given) == {
            "id": name,
            "rows": 2,
            "list": 64,
            "agrees": True,
        }
        self.confirmed(sealed, world, name, tmp_path / "out")

    @staticmethod
    def confirmed(home, world, name, word):
        """The log takes the recipient's word, once, and each family reads of it; another's word it does not take."""
        from beholden.gate.actions.proving import confirm
        from beholden.ledger.confirmation import Word
        from beholden.ledger.vocabulary.handovers import Recomputed

        said = Recomputed.from_json(json.loads(word.read_bytes())["recomputed"])
        false = replace(said, key=bytes.fromhex(sealing.public(OUTSIDE_SEED)))
        refused("gate.confirmation", confirm, name, false, by=REGISTRAR, at=world.at)
        for _ in range(2):
            assert confirm(name, said, by=REGISTRAR, at=world.at) is Word.AGREES
        (outcome,) = the_log().read.outcomes.values()
        assert (outcome.body.outcome, outcome.body.recomputed) == ("delivered", said)
        (one,) = account_of(world, 0).handovers
        assert (one.outcome, one.word) == ("delivered", Word.AGREES)
        assert checked(home) == []

    def test_before_it_opens_no_word_of_its_recipient_is_taken(self, sealed, world, name):
        """D22: an outcome would tell of it."""
        from beholden.gate.actions.proving import confirm
        from beholden.ledger.vocabulary.handovers import Recomputed

        said = Recomputed(bytes.fromhex(sealing.public(sealing.COURT_SEED)), 64, bytes(32), bytes(64))
        refused("gate.unlogged", confirm, name, said, by=REGISTRAR, at=world.at)
        assert the_log().read.outcomes == {}


@pytest.mark.parametrize("is_changed", [False, True], ids=["same key", "key changed"])
def test_once_it_is_open_a_trace_and_a_file_that_got_out_lead_to_it_and_before_to_nothing(
    sealed, world, tmp_path, is_changed
):
    """D22, D31, D34: while it is sealed no registrar's look tells of it; then the child's row is traced to the court."""
    from pyarrow import csv

    from beholden.gate.actions.tracing import whose
    from beholden.gate.actions.unsealing import open_due
    from beholden.gate.parcel import unpack
    from beholden.ledger.actions import sequence
    from beholden.redress.desk import Child, trace

    (file,) = sealed.released.iterdir()
    whole, rows = tmp_path / "whole", tmp_path / "rows.csv"
    whole.write_bytes(file.read_bytes())
    sheet = unpack(file.read_bytes(), identity=str(COURT_IDENTITY)).rows
    tags = [tag.hex() for tag in sheet["tag"].to_pylist()]
    csv.write_csv(sheet.select(["nc_year"]).append_column("row", [tags]), rows)
    if is_changed:
        power_changes(world, 0)

    def traced(place, item="nc_year"):
        child = world.children()[place]
        got = trace(
            Child(child.upn, child.born), item, catalogue=CATALOGUE, by=REGISTRAR, at=world.at
        ).places.handovers
        return [(one.use, one.recipient, one.with_item) for one in got]

    def leaked():
        found = [whose(path, by=REGISTRAR, at=world.at) for path in (whole, rows)]
        return [
            (one.use, one.recipient, one.how, one.rows, one.filling, one.of) for some in found for one in some
        ]

    assert (traced(0), traced(2), leaked()) == ([], [], [])
    world.at += timedelta(days=90)
    open_due(by=CLOCK, at=world.at)
    sequence(at=world.at)
    assert traced(0) == [(None, "court-7", True)]
    assert traced(0, "sex") == [(None, "court-7", False)]
    assert traced(2) == []
    assert leaked() == [(None, "court-7", "parcel", 2, 0, 2), (None, "court-7", "tags", 2, 0, 2)]


def test_the_log_reads_whole_with_a_seal(sealed):
    log = the_log()
    assert handovers.read(log.note, log.entries, vkey=log.vkey).seals[1].opened is None
    assert here() == sealed
