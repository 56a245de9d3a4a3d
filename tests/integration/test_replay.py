# SPDX-License-Identifier: Apache-2.0
"""An auditor makes a handover again, row by row: the one lie that no family's file finds is found here (D27, D28)."""

import hashlib
import json
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import homes
from beholden.home import postgres
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.uses.rules import Mark, Says
from integration.replayed import AUDITOR, AUDITOR_SEED, account, audit, enrolled, said, with_copy
from integration.world import RECIPIENT, REGISTRAR, SEED, World, copy_of


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@dataclass
class Decided:
    """A home in which a use was told and decided: one family kept out, and power over one of its children changed."""

    home: object
    world: World
    decision: int
    out: list = field(default_factory=list)

    def released(self):
        from beholden.gate.actions import releasing

        world = self.world
        return releasing.release_use(
            world.use, self.decision, catalogue=world.catalogue, by=REGISTRAR, at=world.at
        )


@pytest.fixture(scope="module")
def told(base_home, tmp_path_factory):
    from beholden.register.actions import renew_proof
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))
            world.returns()
            world.published()
            world.told()
            out = world.keep_out(world.letters()[0])
            renew_proof(out[0], by=REGISTRAR, at=world.at)
            decision = world.decided()
            enrolled(world)
        yield Decided(home, world, decision, out)


@pytest.fixture
def home(told):
    with copy_of(told) as home:
        yield home


def test_an_honest_handover_is_equal_and_every_file_counts_it(told, home):
    """A goes up in the file of a child who is not in the list; asked twice, the log says it once."""
    world, disclosure = told.world, told.released()
    copy = with_copy(world, home, disclosure)
    made = audit(world, disclosure, copy)
    assert (made.agrees, made.found.rows, dict(made.found.faults)) == (True, copy.num_rows, {})
    again = audit(world, disclosure, copy.slice(1))
    assert (again.agrees, again.found) == (True, None)
    assert said() == {1: [True]}
    held = account(told.out[0], world)
    assert held.audited == (1,)
    assert "recipients confirmed 1 of these lists, auditors replayed 1." in " ".join(held.sentences())


def test_it_is_equal_still_when_much_has_changed_since(told, home):
    """Rows are read as they were held when it was built; a value put right, a new return, a new key change nothing."""
    from beholden.register.actions import accept, renew_proof

    world, disclosure = told.world, told.released()
    copy = with_copy(world, home, disclosure)
    world.at += timedelta(days=1)
    people = {child.person for letter in world.letters() for child in world.open(letter).children}
    right, renewed = sorted(people - {*told.out})[:2]
    corrected(world, right)
    renew_proof(renewed, by=REGISTRAR, at=world.at)
    again = world.folder / "again.xml"
    again.write_text(
        re.sub(
            r"<SessionsPossible>(\d)", r"<SessionsPossible>1\1", world.files[0].read_text(encoding="utf-8")
        )
    )
    taken = accept(again, catalogue=world.catalogue, by=world.sender(world.files[0]), at=world.at)
    assert taken.status == "accepted"
    assert audit(world, disclosure, copy).agrees


def test_it_is_equal_also_where_others_began_before_and_ended_after(told, home):
    """Each action's time is that of its begin: what a slow one commits after the list was built was not read for it."""
    from beholden.register.actions import accept

    world, disclosure = told.world, told.released()
    copy = with_copy(world, home, disclosure)
    people = {child.person for letter in world.letters() for child in world.open(letter).children}
    corrected(world, min(people - {*told.out}))
    again = world.folder / "meanwhile.xml"
    again.write_text(
        re.sub(
            r"<SessionsPossible>(\d)", r"<SessionsPossible>1\1", world.files[0].read_text(encoding="utf-8")
        )
    )
    taken = accept(again, catalogue=world.catalogue, by=world.sender(world.files[0]), at=world.at)
    assert taken.status == "accepted"
    made = audit(world, disclosure, copy)
    assert (made.agrees, dict(made.found.faults)) == (True, {})


def test_what_was_read_for_a_handover_of_an_earlier_version_nobody_knows(told, home):
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    with postgres.connected(home, "owner") as connection:
        connection.execute("update gate_disclosure set upto_file = null")
    with refused("gate.replay_rows"):
        audit(told.world, disclosure, copy)
    assert said() == {}


def test_what_was_found_is_not_lost_where_another_row_may_not_stand_in_the_log(told, home, monkeypatch):
    """The sequencer says aloud which row it refused; that is nothing against the auditor's word, which stands."""
    from django.db import transaction

    from beholden.gate.actions import replaying
    from beholden.ledger.actions import propose
    from ledger_story import outcome

    def meanwhile(*args, **named):
        made = outcome(1)
        with transaction.atomic():
            propose(log=made["log"], kind=made["kind"], body=made["body"], by=REGISTRAR, at=told.world.at)
        return real(*args, **named)

    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    real = replaying.compare
    monkeypatch.setattr(replaying, "compare", meanwhile)
    made = audit(told.world, disclosure, copy)
    assert (made.agrees, made.found.rows) == (True, copy.num_rows)
    assert said() == {1: [True]}


def corrected(world, person):
    from beholden.register.actions import About, correct
    from beholden.register.rows.read import of_person
    from beholden.register.rules import Evidence, Place

    row = of_person(person)[0]
    about = About(person, Place(row.collection, row.term, row.year, row.school), "nc_year")
    given = {"evidence": Evidence.DOCUMENT, "catalogue": world.catalogue, "by": REGISTRAR, "at": world.at}
    correct(about, "11" if row.values["nc_year"] != "11" else "10", **given)


# --- liars: each at the release itself, so that recipient and families find nothing


def random_tag(monkeypatch, told):
    """One child's row goes under a random tag, and the list holds that."""
    _under(monkeypatch, lambda tags: [secrets.token_bytes(16), *tags[1:]])


def swapped(monkeypatch, told):
    """Two children's rows go under one another's tags."""
    _under(monkeypatch, lambda tags: [tags[1], tags[0], *tags[2:]])


def left_out_child(monkeypatch, told):
    """One child's row goes under the tag of a child who was left out."""
    _under(monkeypatch, lambda tags: [_tag(told, told.out[0], 0), *tags[1:]])


def former_key(monkeypatch, told):
    """One child's row goes under the tag of a child who was left out, by the key it had before power changed."""
    _under(monkeypatch, lambda tags: [_tag(told, told.out[0], 1), *tags[1:]])


def padding_is_somebodys(monkeypatch, told):
    """What fills the list up holds the tag of a child who was left out, by a former key, and no row has it."""
    from beholden.gate.actions import building

    real = building.padding
    monkeypatch.setattr(building, "padding", lambda count: (_tag(told, told.out[0], 1), *real(count - 1)))


def dropped(monkeypatch, told):
    """A row is taken out, and its tag stays in the list as if it filled it up."""
    _locked(monkeypatch, lambda rows: (rows.slice(1), (rows["tag"][0].as_py(),)))


def changed(monkeypatch, told):
    """A value is another one than the register's."""
    _locked(
        monkeypatch,
        lambda rows: (_with(rows, "sessions_possible", 1 + (rows["sessions_possible"][0].as_py() or 0)), ()),
    )


def one_column_more(monkeypatch, told):
    """The file holds what nobody granted."""
    _locked(monkeypatch, lambda rows: (rows.append_column("sex", pa.array(["F"] * rows.num_rows)), ()))


def _under(monkeypatch, lie):
    from beholden.gate.actions import building

    def tags(held, seeds):
        whole = real(held, seeds)
        building.lied_about = bytes.fromhex(held.id)
        return b"".join(lie([whole[at : at + 16] for at in range(0, len(whole), 16)]))

    real = building._tags
    monkeypatch.setattr(building, "_tags", tags)


def _locked(monkeypatch, lie):
    from beholden.gate.actions import building

    real = building.parcel.pack

    def pack(header, rows, filling, **rest):
        rows, more = lie(rows)
        return real(header, rows, (*filling, *more), **rest)

    monkeypatch.setattr(building.parcel, "pack", pack)


def _tag(told, person, former):
    """The tag of a person in the one handover of this home, under the key of now (0) or the one before (1)."""
    from beholden.gate import registries
    from beholden.gate.models import Disclosure
    from beholden.ledger.tags import tag
    from beholden.register.actions import proof_seed

    held = Disclosure.objects.select_related("decision").get()
    seed = proof_seed(person, by=REGISTRAR, at=told.world.at)
    key = registries.keys_of(seed, bytes.fromhex(held.decision.registry_id))[former]
    return tag(key, bytes.fromhex(held.id))


def _with(rows, column, value):
    whole = rows[column].to_pylist()
    return rows.set_column(
        rows.column_names.index(column), column, pa.array([value, *whole[1:]], type=rows[column].type)
    )


LIARS = {
    random_tag: {"nobodys": 1, "no_row": 1, "not_in_list": 1},
    left_out_child: {"left_out": 1, "no_row": 1, "not_in_list": 1},
    former_key: {"left_out": 1, "no_row": 1, "not_in_list": 1},
    swapped: {"anothers": 2},
    padding_is_somebodys: {"left_out": 1},
    dropped: {"no_row": 1},
    changed: {"changed": 1},
    one_column_more: {"columns": 1},
}


@pytest.mark.parametrize("liar", LIARS, ids=lambda liar: liar.__name__)
def test_each_lie_at_the_release_is_found_and_said_aloud(told, home, monkeypatch, liar):
    """The recipient recomputed the list and agreed. Only the replay knows whose tag is whose (D27, D28)."""
    liar(monkeypatch, told)
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    monkeypatch.undo()
    made = audit(told.world, disclosure, copy)
    assert (made.agrees, dict(made.found.faults)) == (False, LIARS[liar])
    assert said() == {1: [False]}
    held = account(told.out[-1], told.world)
    assert held.audited == ()
    assert "An auditor made handover 1 again from the register, and signed" in " ".join(held.sentences())


def test_the_family_of_a_row_under_a_wrong_tag_is_told_that_it_is_not_in(told, home, monkeypatch):
    """Why the replay is needed: with a random tag the child's own file proves absence, and the recipient agrees."""
    random_tag(monkeypatch, told)
    disclosure = told.released()
    with_copy(told.world, home, disclosure)
    monkeypatch.undo()
    held = account(first_released(), told.world)
    assert (held.absent, held.confirmed) == ((1,), (1,))


@pytest.mark.parametrize("lies", [False, True])
def test_what_was_granted_less_exactly_must_have_left_so(keeper_home, tmp_path, monkeypatch, lies):
    """A day of which the month alone was granted, and a fact that was struck out (D18)."""
    from beholden.gate.actions import building

    world, items = World(tmp_path / "town"), ("nc_year", "sex", "entry_date")
    world.returns()
    world.published()
    world.use = world.before_the_panel(items=items, application=world.application(items))
    world.agreed(world.use, facts=Mark(Says.YES, "Less will do.", without=("sex",), coarser=("entry_date",)))
    world.told()
    enrolled(world)
    if lies:
        monkeypatch.setattr(building, "by_month", lambda rows, _: rows)
    disclosure = world.released()
    copy = with_copy(world, keeper_home, disclosure)
    assert copy.column_names == ["tag", "pseudonym", "entry_date", "nc_year"]
    wrong = sum(day.day != 1 for day in copy["entry_date"].to_pylist())
    assert bool(wrong) == lies
    assert dict(audit(world, disclosure, copy).found.faults) == ({"changed": wrong} if lies else {})


# --- who, what and when


KEY_OF_NOBODY = bytes([7]) * 32


def test_whoever_is_not_outside_audits_nothing(told, home):
    """The keeper, the recipient, who shares a key with another, a stranger, and an officer in another role (D27)."""
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    from beholden.people import actions as people

    for ref, body in (("a-keeper", "keeper"), ("a-recipient", "northford")):
        people.appoint(ref, Role.AUDITOR, body, by=REGISTRAR, at=told.world.at)
        with refused("gate.not_outside"):
            audit(told.world, disclosure, copy, by=Actor(ref, Role.AUDITOR, body), seed=SEED)
    twin = Actor("twin", Role.AUDITOR, "other-office")
    enrolled(told.world, twin)  # with the key of the first one: neither can be told from the other
    for by in (twin, AUDITOR):
        with refused("gate.not_outside"):
            audit(told.world, disclosure, copy, by=by)
    with refused("people.not_enrolled"):
        audit(told.world, disclosure, copy, by=Actor("stranger", Role.AUDITOR, "audit-office"))
    for by in (REGISTRAR, RECIPIENT):
        with refused("gate.role"):
            audit(told.world, disclosure, copy, by=by)
    assert said() == {}


def test_the_word_is_signed_with_the_key_that_is_enrolled(told, home):
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    with refused("gate.auditor_key"):
        audit(told.world, disclosure, copy, seed=KEY_OF_NOBODY)
    assert said() == {}


def test_nothing_is_compared_before_the_log_says_that_it_was_delivered(told, home):
    disclosure = told.released()
    with refused("gate.replay_undelivered"):
        audit(told.world, disclosure, told.world.parcel(home, disclosure).rows)


def test_a_file_that_is_another_s_is_refused_and_nothing_is_said(told, home):
    """A slip must not stand in the log for ever as *found other rows*."""
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    other = pa.array([secrets.token_bytes(16) for _ in range(copy.num_rows)], type=copy["tag"].type)
    for wrong in (
        copy.drop_columns(["nc_year"]),
        copy.drop_columns(["tag"]),
        copy.set_column(0, "tag", other),
        copy.set_column(0, "tag", pa.array([None] * copy.num_rows, type=pa.string())),
        copy.slice(0, 0),
    ):
        with refused("gate.replay_other_file"):
            audit(told.world, disclosure, wrong)
    assert said() == {}


def test_the_copy_of_a_recipient_who_lies_is_found_too(told, home):
    """A row twice, and a row that nobody sent; values of a shape that no row of ours has."""
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    nobodys = copy.slice(0, 1).set_column(0, "tag", pa.array([bytes(16)], type=copy["tag"].type))
    made = audit(told.world, disclosure, pa.concat_tables([copy, copy.slice(0, 1), nobodys]))
    assert dict(made.found.faults) == {"double": 1, "unlisted": 1}


def test_a_list_or_registry_that_was_exchanged_on_disk_is_no_ground_to_stand_on(told, home):
    """What is kept here is held against the log, and refused: that is for fsck and the regulator (D27, D28)."""
    from beholden.gate.models import Disclosure

    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    held = Disclosure.objects.select_related("tags").get()
    path = home.sets / held.tags.path
    forged = bytes(16) + path.read_bytes()[16:]
    path.write_bytes(forged)
    with refused("gate.set_changed"):
        audit(told.world, disclosure, copy)
    with postgres.connected(home, "owner") as connection:
        digest = hashlib.sha256(forged).hexdigest()
        connection.execute("update gate_setfile set digest = %s where path = %s", [digest, held.tags.path])
    with refused("gate.replay_not_fixed"):
        audit(told.world, disclosure, copy)
    assert said() == {}


@pytest.mark.parametrize("whose", ["released", "left out"])
def test_what_is_damaged_here_accuses_nobody(told, home, whose):
    """A key that a disk lost is no lie of a release, whoever's it is: nothing is said (D27, D28)."""
    from beholden.register.vault.models import Person
    from beholden.register.vault.slots import WIDTH
    from beholden.register.vault.wall import keeper

    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    with keeper():
        slot = Person.objects.get(pk=told.out[0] if whose == "left out" else first_released()).slot
    with home.slots.open("r+b") as slots:
        slots.seek(slot * WIDTH)
        slots.write(bytes(WIDTH))
    with refused("register.seed_damaged"):
        audit(told.world, disclosure, copy)
    assert said() == {}


def test_of_whoever_is_no_longer_in_the_vault_nothing_is_said(told, home):
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    gone = first_released()
    with postgres.connected(home, "owner") as connection:
        connection.execute("delete from vault.lookup where person_id = %s", [gone])
        connection.execute("delete from vault.person where id = %s", [gone])
    with refused("gate.replay_rows"):
        audit(told.world, disclosure, copy)
    assert said() == {}


def first_released():
    from beholden.gate.ids import people_of, unpacked
    from beholden.gate.models import Decision
    from beholden.gate.sets import read

    return min(people_of(unpacked(read(Decision.objects.get().released))))


def test_the_audit_stands_among_the_entries_of_its_use(told, home):
    """D26: whoever reads the use's page finds what was found."""
    from beholden.gate.queries import public_numbers

    disclosure = told.released()
    audit(told.world, disclosure, with_copy(told.world, home, disclosure))
    assert ("handovers", 3) in public_numbers(told.world.use).entries


def test_two_auditors_speak_each_once(told, home):
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    second = Actor("auditor-2", Role.AUDITOR, "second-office")
    enrolled(told.world, second, seed=KEY_OF_NOBODY)
    assert audit(told.world, disclosure, copy).agrees
    assert audit(told.world, disclosure, copy, by=second, seed=KEY_OF_NOBODY).agrees
    assert said() == {1: [True, True]}


def test_no_line_of_it_stands_in_a_child_s_journal(told, home):
    """No record is shown to anybody; the public trace is the entry (docs/adr/0027)."""
    from beholden.gate.models import SingleExit

    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    before = SingleExit.objects.count()
    audit(told.world, disclosure, copy)
    assert SingleExit.objects.count() == before


@pytest.mark.parametrize("honest", [True, False])
def test_the_command_prints_counts_and_ends_1_where_rows_are_other_ones(told, home, tmp_path, honest):
    """Counts and the verdict leave, and nothing of a child; what is wrong with key or copy is said in words."""
    from beholden.gate.check import public_log

    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    key = public_log().vkey
    (tmp_path / "seed").write_text(AUDITOR_SEED.hex())
    (tmp_path / "half").write_text("ab")
    pq.write_table(copy if honest else copy.slice(1), tmp_path / "rows.parquet")
    (tmp_path / "no.parquet").write_bytes(b"no Parquet")

    def run(file="rows.parquet", seed="seed", key=key):
        words = ["audit", "replay", disclosure, str(tmp_path / file), "--by", AUDITOR.ref, "--key", key]
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "beholden.cli",
                "--home",
                str(home.root),
                *words,
                "--signing-key",
                str(tmp_path / seed),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    for wrong, code in (
        (run(file="no.parquet"), "audit.copy"),
        (run(file="none.parquet"), "audit.copy"),
        (run(seed="half"), "audit.signing_key"),
        (run(key=key[:-1]), "audit.other_log"),
    ):
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert f"[{code};" in wrong.stderr
    first = run()
    rows, faults = (copy.num_rows, {}) if honest else (copy.num_rows - 1, {"no_row": 1})
    assert json.loads(first.stdout) == {"handover": 1, "agrees": honest, "rows": rows, "faults": faults}
    again = run()
    assert json.loads(again.stdout) == {"handover": 1, "agrees": honest}
    assert (first.returncode, again.returncode) == (0 if honest else 1,) * 2
