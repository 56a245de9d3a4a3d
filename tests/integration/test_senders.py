# SPDX-License-Identifier: Apache-2.0
"""Whose return it is: a school hands in its own and no other's, and can check what the public log says of it. D1, D13, D27."""

import hashlib
from datetime import timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.ledger.entries import parse
from beholden.ledger.vocabulary.events import ReturnAccepted
from beholden.refusals import Refusal
from integration.world import BEGAN, CATALOGUE, World


@pytest.fixture
def world(keeper_home, tmp_path):
    return World(tmp_path)


def accept(path, by, at=BEGAN):
    from beholden.register.actions import accept as take

    return take(path, catalogue=CATALOGUE, by=by, at=at)


def kept():
    from beholden.register.rows.models import Return
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper

    with keeper():
        rows = Return.objects.order_by("id").values_list("receipt", "school", "status", "outbox")
        return list(rows), Person.objects.count()


def logged():
    """Every return that the public log speaks of."""
    from beholden.ledger.actions import sequence
    from beholden.ledger.queries import entries

    sequence(at=BEGAN)
    said = [parse(raw, log="events").body for raw in entries("events")]
    return [body for body in said if isinstance(body, ReturnAccepted)]


def test_another_schools_file_is_refused_whole_and_filed_under_the_sender(world):
    """Nothing of it is stored but a receipt, under the school that sent it, not under the one in the file."""
    sender = world.sender(world.files[1])
    receipt = accept(world.files[0], sender)
    assert (receipt.status, receipt.pupils) == ("refused", 0)
    (finding,) = receipt.findings.listed
    assert (finding.rule, finding.line) == ("file.other_school", 1)
    assert finding.what_to_do.startswith("Send your own school's file.")
    assert kept() == ([(receipt.number, sender.organisation, "refused", None)], 0)
    assert logged() == []


def test_it_is_refused_also_where_the_very_file_is_in_force_already(world):
    """*Unchanged* would tell one school what another has sent."""
    accept(world.files[0], world.sender(world.files[0]))
    receipt = accept(world.files[0], world.sender(world.files[1]), BEGAN + timedelta(days=1))
    assert [finding.rule for finding in receipt.findings.listed] == ["file.other_school"]


def test_the_findings_of_another_schools_file_are_not_told(world, tmp_path):
    """A file with errors in it that is another school's gets one finding, which says only that."""
    spoilt = tmp_path / "spoilt.xml"
    spoilt.write_text(world.files[0].read_text().replace("<Sex>F</Sex>", "<Sex>X</Sex>"))
    own, other = world.sender(world.files[0]), world.sender(world.files[1])
    assert accept(spoilt, own).findings.errors > 0
    assert [finding.rule for finding in accept(spoilt, other).findings.listed] == ["file.other_school"]


def test_a_file_without_a_readable_header_is_filed_under_its_sender(world, tmp_path):
    broken = tmp_path / "broken.xml"
    broken.write_text("<Message><Header>")
    sender = world.sender(world.files[0])
    receipt = accept(broken, sender)
    assert kept() == ([(receipt.number, sender.organisation, "refused", None)], 0)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.KEEPER])
def test_the_registers_own_desk_hands_in_for_any_school(world, role):
    """By hand, or from the command line; filed under the school in the file."""
    assert accept(world.files[0], Actor("desk", role, "keeper")).status == "accepted"
    ((_, school, _, _),) = kept()[0]
    assert school == world.sender(world.files[0]).organisation


@pytest.mark.parametrize("role", [Role.FAMILY, Role.APPLICANT, Role.REVIEWER, Role.RECIPIENT])
def test_nobody_else_hands_a_return_in(world, role):
    by = Actor("somebody", role, world.sender(world.files[0]).organisation)
    with pytest.raises(Refusal, match=r"^register\.sender:"):
        accept(world.files[0], by)
    assert kept() == ([], 0)


def test_a_school_that_does_not_say_which_it_is_hands_nothing_in(world):
    with pytest.raises(Refusal, match=r"^register\.sender:"):
        accept(world.files[0], Actor("school", Role.SCHOOL))


# --- what the public log says of it ---


def test_a_school_is_shown_its_entry_and_checks_that_it_speaks_of_its_file(world):
    """With the salt that only it and the keeper have, and the file that it kept (D27)."""
    from beholden.register.queries import said_of

    sender = world.sender(world.files[0])
    receipt = accept(world.files[0], sender)
    (entry,) = logged()
    said = said_of(receipt.number, school=sender.organisation)
    file = hashlib.sha256(world.files[0].read_bytes()).digest()
    assert hashlib.sha256(said.salt + file).hexdigest() == said.commitment == entry.commitment.hex()
    assert (said.entry, said.school, said.band) == (0, entry.school, entry.band)
    assert said.salt.hex() not in repr(said)


def test_nobody_is_shown_the_entry_of_another_school_or_of_a_refused_file(world):
    from beholden.register.queries import said_of

    sender, other = world.sender(world.files[0]), world.sender(world.files[1])
    receipt, refused = accept(world.files[0], sender), accept(world.files[0], other)
    assert said_of(receipt.number, school=other.organisation) is None
    assert said_of(refused.number, school=other.organisation) is None
    assert said_of("no such receipt", school=sender.organisation) is None


def test_nobody_finds_a_school_in_the_log_by_hashing_every_number_there_is(world, keeper_home):
    """A key of the home's own stands between the number and the name; the same school has the same name (D13)."""
    from beholden.home.keys import load
    from beholden.register.naming import names_of_schools
    from beholden.register.rules import opaque_school

    number = world.sender(world.files[0]).organisation
    accept(world.files[0], world.sender(world.files[0]))
    (entry,) = logged()
    for prefix in (b"", b"beholden/school/v1\n", b"beholden/school/v2\n"):
        for function in (hashlib.sha256, hashlib.sha512, hashlib.blake2b):
            assert entry.school not in function(prefix + number.encode()).hexdigest()
    assert entry.school == opaque_school(number, key=names_of_schools())
    assert entry.school != opaque_school(number, key=load(keeper_home, "lookup"))


def test_every_salt_is_its_own(world):
    from beholden.register.rows.models import Return
    from beholden.register.vault.wall import keeper

    world.returns()
    with keeper():
        salts = {bytes(salt) for (salt,) in Return.objects.values_list("salt")}
    assert [len(salt) for salt in salts] == [32] * 3


# --- a home from before salts were kept ---


@pytest.fixture
def migrate(keeper_home):
    """Bring the register's tables to a state, as the owner, as founding does."""
    from django.core.management import call_command

    from beholden.settings import found

    def run(to):
        with found.acting_as(keeper_home, "owner"):
            call_command("migrate", "rows", to, interactive=False, verbosity=0)

    return run


def test_a_home_with_returns_whose_salts_nobody_kept_is_refused_and_left_as_it_is(world, migrate, as_login):
    """Nobody runs such a home; a clean rule is better than two kinds of entries, of which one binds nobody."""
    world.returns()
    migrate("0002")
    with pytest.raises(Refusal, match=r"^register\.home_too_old:") as no:
        migrate("0003")
    assert "Nothing was changed" in no.value.next_step
    with as_login("owner") as connection:
        columns = connection.execute(
            "select column_name from information_schema.columns where table_name = 'rows_return'"
        ).fetchall()
        assert connection.execute("select count(*) from rows_return").fetchone() == (3,)
    assert not {("salt",), ("outbox",)} & set(columns)


def test_a_home_without_returns_is_brought_up(world, migrate):
    migrate("0002")
    migrate("0003")
    assert [receipt.status for receipt in world.returns()] == ["accepted"] * 3
