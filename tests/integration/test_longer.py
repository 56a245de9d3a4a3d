# SPDX-License-Identifier: Apache-2.0
"""A seal that is to stand longer, for real: asked, agreed, signed outside, the regulator told, logged, opened (D22)."""

import hashlib
import json
import threading
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest

import homes
from beholden.gate.longer import Further
from beholden.gate.orders import Issuer, Shown
from beholden.home import here, postgres
from beholden.kinds import Actor, Role
from beholden.ledger.sealing import countersign
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from fault import kills
from integration import sealing
from integration.sealing import OUTSIDE, OUTSIDE_SEED, REGULATOR_IDENTITY, REGULATOR_SEED, carried_out
from integration.world import CATALOGUE, REGISTRAR, SECOND

CLOCK = Actor("clock", Role.KEEPER)
DAYS = timedelta(days=30)


@pytest.fixture(scope="module")
def played(base_home, tmp_path_factory):
    """A register in which one order was carried out under seal, for 90 days."""
    from beholden.settings import found

    with ExitStack() as stack:
        home = stack.enter_context(homes.fresh(base_home))

        def begin():
            world = sealing.ready(tmp_path_factory.mktemp("town"), 20)
            carried_out(world)
            return world

        with found.acting_as(home, "keeper"):
            world = kills.answer(begin)
        signed_home = stack.enter_context(homes.duplicate(home))
        with found.acting_as(signed_home, "keeper"):
            kills.answer(lambda: (asked(world), signed(world)))
        yield home, world, signed_home


@pytest.fixture
def home(played):
    with homes.copied(played[0]) as home:
        yield home


@pytest.fixture
def world(played):
    return copy(played[1])


def further(world, **changed):
    asked = {
        "shown": Shown.COURT_ORDER,
        "issuer": Issuer.FAMILY_COURT,
        "instrument": "dpa-2018",
        "paragraph": "Sch 2 Part 1 para 5(2)",
        "reference": "ORDER-2",
        "made_on": world.at.date(),
        "ground": "The hearing was moved to the summer.",
        "opens_by": world.at.date() + timedelta(days=90) + DAYS,
    }
    return Further(**(asked | changed))


def asked(world, **changed):
    from beholden.gate.actions import lengthening

    return lengthening.ask(1, further(world, **changed), catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def signed(world):
    from beholden.gate.actions import lengthening
    from beholden.gate.lengthenings import to_sign

    lengthening.agree(1, by=SECOND, at=world.at)
    lengthening.sign(1, countersign(to_sign(1), seed=OUTSIDE_SEED), by=OUTSIDE, at=world.at)


def extended(world, at=None):
    from beholden.gate.actions import lengthening

    lengthening.extend(1, catalogue=CATALOGUE, by=REGISTRAR, at=at or world.at)


def the_seal():
    from beholden.gate.check import public_log

    (seal,) = public_log().read.seals.values()
    return seal


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == f"gate.{code}"


def test_the_log_says_the_longer_day_and_it_opens_then_and_not_before(home, world):
    """The chore waits for the new day; the family's file says that it is later than was said at first."""
    from beholden.gate.actions.proving import bundle
    from beholden.gate.actions.unsealing import open_due
    from beholden.ledger.actions import sequence
    from beholden.register.actions import with_number_and_birth

    first = the_seal().opens_by
    asked(world)
    signed(world)
    extended(world)
    seal = the_seal()
    assert (seal.extended, seal.opens_by) == (True, first + DAYS)
    child = world.children()[0]
    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
    said = " ".join(verify(bundle(person, by=REGISTRAR, at=world.at)).sentences())
    assert "later than was said at first" in said
    extended(world)  # again: nothing more is said
    for days in (90, 119):
        assert open_due(by=CLOCK, at=world.at + timedelta(days=days)) == 0
    late = world.at + timedelta(days=120)
    assert open_due(by=CLOCK, at=late) == 1
    sequence(at=late)
    assert not the_seal().is_overdue(late.date())


def test_the_regulator_is_told_first_and_reads_why(home, world, tmp_path):
    """D22, D37: on the disk before the entry is proposed, and what it says is what the log commits to."""
    from beholden.cli.lengthening import read_longer
    from beholden.gate.check import public_log
    from beholden.gate.models import Lengthening
    from beholden.gate.regulator_longer import examine_longer, unlock_longer

    asked(world)
    signed(world)
    extended(world)
    held = Lengthening.objects.get()
    raw = (home.regulator / held.file).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == held.told
    told = unlock_longer(raw, identity=str(REGULATOR_IDENTITY))
    log = public_log()
    assert examine_longer(told, log.read) == (the_seal(), True)
    assert told.report["ground"] == "The hearing was moved to the summer."
    assert told.report["officers"] == [REGISTRAR.ref, SECOND.ref]
    other = replace(told, report={**told.report, "ground": "Another."})
    refused("for_regulator", examine_longer, other, log.read)
    entry = log.entries[-1].decode()
    assert not any(word in entry for word in ("hearing", "ORDER-2", "dpa-2018"))
    identity = tmp_path / "identity"
    identity.write_text(str(REGULATOR_IDENTITY))
    shown = json.loads(
        read_longer(
            home.regulator / held.file, identity=identity, log=home.ledger / "handovers", key=log.vkey
        )
    )
    assert (shown["in_the_log"], shown["handover"]) == (True, 1)


def test_two_officers_and_somebody_outside_as_with_the_first(home, world):
    from beholden.gate.actions import lengthening
    from beholden.gate.lengthenings import to_sign

    asked(world)
    refused("longer_state", extended, world)
    refused("same_officer", lengthening.agree, 1, by=REGISTRAR, at=world.at)
    lengthening.agree(1, by=SECOND, at=world.at)
    refused("longer_state", extended, world)
    message = to_sign(1)
    for seed in (REGULATOR_SEED, bytes([9]) * 32):
        refused(
            "second_signature", lengthening.sign, 1, countersign(message, seed=seed), by=OUTSIDE, at=world.at
        )
    other = countersign(message + b"x", seed=OUTSIDE_SEED)
    refused("second_signature", lengthening.sign, 1, other, by=OUTSIDE, at=world.at)
    assert not the_seal().extended


def test_once_and_with_a_paper_of_its_own(home, world):
    asked(world)
    refused("longer_twice", asked, world, reference="ORDER-3")
    signed(world)
    extended(world)
    refused("longer_closed", asked, world, reference="ORDER-3")


def test_not_with_the_paper_that_sealed_it(home, world):
    refused("longer_twice", asked, world, reference="ORDER-1")


def test_a_paper_that_kept_a_secret_longer_compels_no_handover(home, world):
    """One paper does one thing: what is asked or logged under it is found whichever table holds it."""
    asked(world)
    refused("order_twice", sealing.prepared, world, reference="ORDER-2")
    signed(world)
    extended(world)
    refused("order_twice", sealing.prepared, world, reference="ORDER-2")


def test_a_paper_that_two_officers_bring_at_once_does_one_thing(played):
    """An order takes long to build: what the paper did meanwhile is looked for again, while nobody else can bring it."""
    home, world, _ = played

    def compel():
        sealing.prepared(world, reference="ORDER-2")

    def slow(name):
        return name.startswith("fsync") or "gate_compulsion" in name

    for met in kills.each_meeting(home, compel, lambda: asked(world), among=slow):
        assert sorted((met.first, met.second)) == [0, kills.REFUSED], met.step


def test_never_after_the_day_has_come(home, world):
    """Signed in time and carried out too late: it opens all the same."""
    from beholden.gate.actions.unsealing import open_due

    asked(world)
    signed(world)
    day = world.at + timedelta(days=90)
    refused("longer_too_late", extended, world, at=day)
    assert open_due(by=CLOCK, at=day) == 1
    refused("longer_too_late", extended, world, at=day)


def test_a_longer_day_that_is_committed_while_the_chore_runs_is_heeded(home, world, monkeypatch):
    """A moment before its day it is let stand longer; the chore had already read that the day has come."""
    from django.db import connections

    from beholden.gate.actions import unsealing

    asked(world)
    signed(world)
    day = world.at + timedelta(days=90)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)

    def extend_first(name):
        def run():
            extended(world, at=midnight - timedelta(seconds=1))
            connections.close_all()

        other = threading.Thread(target=run)
        other.start()
        other.join()
        return locked(name)

    locked = unsealing.locked
    monkeypatch.setattr(unsealing, "locked", extend_first)
    assert unsealing.open_due(by=CLOCK, at=midnight) == 0
    assert the_seal().extended


def test_called_off_it_opens_on_its_first_day_and_can_be_asked_afresh(home, world):
    from beholden.gate.actions import lengthening
    from beholden.gate.actions.unsealing import open_due

    asked(world)
    signed(world)
    lengthening.call_off(1, by=REGISTRAR, at=world.at)
    refused("longer_state", extended, world)
    asked(world)
    for _ in range(2):  # said twice, it is said once
        lengthening.call_off(1, by=REGISTRAR, at=world.at)
    assert open_due(by=CLOCK, at=world.at + timedelta(days=90)) == 1


def test_what_was_called_off_is_not_kept_longer(home, world):
    """A handover that never went keeps no secret: before it is asked, and after it was signed."""
    from beholden.gate.models import Compulsion

    asked(world)
    signed(world)
    Compulsion.objects.update(state="withdrawn")
    refused("longer_too_late", extended, world)
    refused("longer_closed", asked, world)


def test_a_paper_of_what_was_called_off_is_free_again(home, world):
    """One paper does one thing, and what was called off was not done, whichever it was asked for."""
    from beholden.gate.actions import carrying

    carrying.call_off(sealing.prepared(world, reference="ORDER-2"), by=REGISTRAR, at=world.at)
    asked(world)


def test_nothing_is_there_to_sign_before_it_is_fixed_and_once_the_log_says_it(home, world):
    from beholden.gate.lengthenings import to_sign

    refused("longer_state", to_sign, 1)
    asked(world)
    refused("longer_state", to_sign, 1)
    signed(world)
    assert to_sign(1)
    extended(world)
    refused("longer_state", to_sign, 1)


def test_fsck_finds_nothing_wrong_and_what_was_changed(home, world):
    from beholden.fsck.tables import check_tables
    from beholden.gate.models import Lengthening

    asked(world)
    signed(world)
    extended(world)
    codes = {one.code for one in check_tables(home, CATALOGUE)}
    assert codes <= {"fsck.waiting"}, codes
    held = Lengthening.objects.get()
    file = home.regulator / held.file
    file.write_bytes(file.read_bytes()[:-1])
    assert "fsck.regulator_untold" in {one.code for one in check_tables(home, CATALOGUE)}
    Lengthening.objects.update(opens_by=held.opens_by + timedelta(days=1))
    assert "fsck.longer" in {one.code for one in check_tables(home, CATALOGUE)}
    with postgres.connected(home, "owner") as connection:
        connection.execute("delete from gate_lengthening")
    assert "fsck.longer_missing" in {one.code for one in check_tables(home, CATALOGUE)}


def test_it_is_killed_at_each_step(played):
    """Not in the log, or in it with the regulator's file on the disk; run again, once in the log (D22)."""
    from beholden.gate.models import Lengthening

    _, world, ready = played
    states = []

    def met(struck):
        found = Lengthening.objects.get()
        assert found.extended is None or (here().regulator / found.file).is_file()
        assert not the_seal().extended or found.state == "logged"
        with struck.platter.turning():
            extended(world, world.at + timedelta(hours=1))
        assert the_seal().extended
        return found.state

    for struck in kills.each_kill(ready, lambda: extended(world)):
        states.append(kills.answer(lambda struck=struck: met(struck)))
    assert set(states) == {"signed", "logged"}
    assert states == sorted(states, reverse=True)
