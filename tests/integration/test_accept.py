# SPDX-License-Identifier: Apache-2.0
"""A return comes in whole or not at all, is split into who and what, and gets a receipt. D1, D5, D33, D36."""

import re
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from beholden.kinds import Actor, Role
from beholden.town import broken
from integration.world import BEGAN, CATALOGUE, World

DESK = Actor("desk", Role.KEEPER)


@pytest.fixture
def world(keeper_home, tmp_path):
    return World(tmp_path)


def accept(path, at=BEGAN):
    from beholden.register.actions import accept as take

    return take(path, catalogue=CATALOGUE, by=DESK, at=at)


def count(model):
    from beholden.register.vault.wall import keeper

    with keeper():
        return model.objects.count()


def counts():
    from beholden.register.rows.models import Return, Stored
    from beholden.register.vault.models import Lookup, Person

    return tuple(count(model) for model in (Person, Lookup, Stored, Return))


def copied(connection, schema, table):
    with connection.cursor().copy(f'copy "{schema}"."{table}" to stdout'.encode()) as rows:
        return b"".join(bytes(row) for row in rows)


def test_a_town_comes_in_and_every_child_is_one_person(world, keeper_home):
    """The pupil who moved stands in two returns, and is one person (ARCHITECTURE section 3)."""
    receipts = world.returns()
    assert [receipt.status for receipt in receipts] == ["accepted"] * 3
    everybody = {child.upn for family in world.town.families() for child in family.children}
    persons, lookups, stored, returns = counts()
    assert persons == len(everybody) < sum(receipt.pupils for receipt in receipts)
    assert (lookups, stored, returns) == (2 * persons, 3, 3)
    assert len(list(keeper_home.rows.iterdir())) == 3


def test_a_row_file_holds_what_and_never_who(world, keeper_home):
    """Names, birth dates, addresses and pupil numbers are nowhere in the rows, by column or by value (D36)."""
    world.returns()
    held = [item for item in CATALOGUE.items.values() if item.store == "rows"]
    for path in keeper_home.rows.iterdir():
        table = pq.read_table(path)
        assert set(table.column_names) == {"person", "on_roll"} | {item.id for item in held}
    values = {str(child.upn).encode() for child in world.children()}
    values |= {child.surname.encode() for child in world.children() if len(child.surname) > 6}
    for path in keeper_home.rows.iterdir():
        content = path.read_bytes()
        assert not [value for value in values if value in content]


def test_nothing_of_a_child_stands_in_clear_in_the_whole_database(world, keeper_home, as_login):
    """Dump every table as its owner and search it for every name, number, street and birth date (D36)."""
    world.returns()
    with as_login("owner") as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'vault')"
        ).fetchall()
        dumped = b"".join(copied(connection, schema, table) for schema, table in tables)
    assert len(dumped) > 50_000
    marks = {child.upn for child in world.children()}
    marks |= {child.surname for child in world.children()} | {
        child.address.street for child in world.children()
    }
    assert not [mark for mark in marks if mark.encode() in dumped]


def test_a_file_with_one_error_leaves_nothing_but_its_receipt(world, keeper_home, tmp_path):
    spoilt = tmp_path / "spoilt.xml"
    planted = broken(world.town, spoilt)
    receipt = accept(spoilt)
    assert receipt.status == "refused"
    assert {fault.rule for fault in planted} <= {finding.rule for finding in receipt.findings.listed}
    assert counts() == (0, 0, 0, 1)
    assert not list(keeper_home.rows.iterdir())
    assert not keeper_home.slots.exists()


def test_the_same_file_twice_changes_nothing_and_says_so(world, keeper_home):
    first = accept(world.files[0])
    before = counts()
    again = accept(world.files[0], BEGAN + timedelta(days=1))
    assert (again.status, again.number) == ("unchanged", first.number)
    assert counts() == before


def test_a_corrected_file_supersedes_and_keeps_every_person(world, keeper_home, tmp_path):
    accept(world.files[0])
    before = counts()
    corrected = tmp_path / "corrected.xml"
    text = world.files[0].read_text()
    assert "<SENprovision>N</SENprovision>" in text
    corrected.write_text(text.replace("<SENprovision>N</SENprovision>", "<SENprovision>K</SENprovision>", 1))
    receipt = accept(corrected, BEGAN + timedelta(days=1))
    assert receipt.status == "accepted"
    persons, lookups, stored, returns = counts()
    assert (persons, lookups, stored, returns) == (before[0], before[1], before[2] + 1, before[3] + 1)

    from beholden.register.queries import returns as received

    assert [one.status for one in received()] == ["accepted", "superseded"]


def test_an_older_export_does_not_bring_back_what_was_put_right(world, keeper_home, tmp_path):
    accept(world.files[0])
    before = counts()
    old = tmp_path / "old.xml"
    text = world.files[0].read_text()
    made = re.search("<DateTime>[^<]*</DateTime>", text).group()
    old.write_text(text.replace(made, "<DateTime>2026-01-15T00:00:01</DateTime>"))
    receipt = accept(old, BEGAN + timedelta(days=1))
    assert (receipt.status, [one.rule for one in receipt.findings.listed]) == ("refused", ["file.older"])
    assert counts() == (*before[:3], before[3] + 1)


def test_one_number_under_two_birth_dates_goes_to_a_person_to_decide(world, keeper_home, tmp_path):
    """Until then both records are restricted, and leave by no exit that restriction closes (D32)."""
    accept(world.files[0])
    child = next(child for child in world.children() if child.roll.laestab == world.town.schools[0].laestab)
    slipped = tmp_path / "slipped.xml"
    text = world.files[0].read_text()
    place = text.index(child.upn)
    born = f"<DOB>{child.born.isoformat()}</DOB>"
    other = f"<DOB>{child.born - timedelta(days=1)}</DOB>"
    slipped.write_text(text[:place] + text[place:].replace(born, other, 1))
    receipt = accept(slipped, BEGAN + timedelta(days=1))
    assert (receipt.status, receipt.asked) == ("accepted", 1)

    from beholden.register.actions import in_question

    assert len(in_question(by=DESK, at=BEGAN)) == 2


def test_the_doors_can_read_neither_vault_nor_manifest(world, keeper_home, as_login):
    """The wall behind the import fence is the database role (D36)."""
    import psycopg

    world.returns()
    with as_login("web") as connection:
        connection.execute("set role doors")
        for table in (
            "vault.person",
            "vault.lookup",
            "vault.question",
            "rows_manifest",
            "rows_return",
            "gate_decision",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select * from {table}")
        connection.execute("select * from uses_use")
        for role in ("keeper", "office", "owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"set role {role}")


def test_a_slot_file_is_closed_to_others_and_a_destroyed_key_opens_nothing(world, keeper_home):
    """Destroying a person's key erases what it sealed, whatever the backups hold (D33)."""
    world.returns()
    assert keeper_home.slots.stat().st_mode & 0o077 == 0

    from beholden.home.keys import load
    from beholden.refusals import Refusal
    from beholden.register.vault.slots import Slots

    slots = Slots(keeper_home.slots, load(keeper_home, "vault"))
    assert set(slots.keys([0, 1])) == {0, 1}
    slots.destroy(0)
    with pytest.raises(Refusal) as no:
        slots.keys([0])
    assert no.value.code == "register.key_gone"
    assert set(slots.keys([1])) == {1}


def test_a_number_that_follows_a_known_one_goes_to_a_person_to_decide(world, keeper_home, tmp_path):
    """A child whose number changed is perhaps one whose family said no: both records are restricted till then (D14)."""
    from beholden.intake.numbers import upn_check_letter
    from beholden.register.actions import in_question

    accept(world.files[0])
    child = next(
        child
        for child in world.children()
        if child.roll.laestab == world.town.schools[0].laestab and not child.former_upn
    )
    body = f"{child.upn[1:10]}998"
    renamed = tmp_path / "renamed.xml"
    text = world.files[0].read_text()
    old = f"<UPN>{child.upn}</UPN>"
    assert text.count(old) == 1
    renamed.write_text(
        text.replace(old, f"<UPN>{upn_check_letter(body)}{body}</UPN><FormerUPN>{child.upn}</FormerUPN>")
    )
    receipt = accept(renamed, BEGAN + timedelta(days=1))
    assert (receipt.status, receipt.asked) == ("accepted", 1)
    assert len(in_question(by=DESK, at=BEGAN)) == 2
