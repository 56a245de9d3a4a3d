# SPDX-License-Identifier: Apache-2.0
"""A home that is not as it should be: each command refuses by name, before it has touched anything. D36.

From a newer version; with a log that is older than its signer; with a key that is lost or lies open; with a clock that
was set back; under rules that are not in force; on a disk that is full.
"""

import errno
import hashlib
import io
import os
import shutil
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest

import homes
from beholden.catalogue.pack import ENGLAND
from beholden.home import keys, postgres
from integration.world import CATALOGUE, REGISTRAR, World
from rulebooks import with_limits

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A home with its rules in force and a town's first return in it, and the next file to come."""
    from beholden.gate.actions.governing import set_catalogue
    from beholden.ledger.actions import sequence
    from beholden.people.actions import appoint_first
    from beholden.people.queries import Body
    from beholden.register.actions import accept
    from beholden.settings import found

    folder = tmp_path_factory.mktemp("town")
    world = World(folder / "town", pupils=40, at=NOW - timedelta(days=1))
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            keeper = Body("keeper", "The keeper", "keeper", "", "", "")
            appoint_first(REGISTRAR.ref, keeper, by=REGISTRAR, at=world.at)
            set_catalogue(CATALOGUE, by=REGISTRAR, at=world.at)
            accept(world.files[0], catalogue=CATALOGUE, by=world.sender(world.files[0]), at=world.at)
            sequence(at=world.at)
        pack = folder / "pack"
        shutil.copytree(ENGLAND, pack)
        limits = pack / "limits.toml"
        limits.write_text(limits.read_text().replace("value = 28", "value = 14"))
        yield home, {"accept": ("accept", world.files[1]), "announce": ("rules", "announce", "--pack", pack)}


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as copy:
        yield copy


@pytest.fixture
def command(prepared, home, monkeypatch, capsys):
    """Run the command line in this process: `command("accept")` gives its exit status and what it said on stderr."""

    def run(name):
        from django.db import connections

        from beholden.cli import main

        words = {**prepared[1], **OTHERS}[name]
        monkeypatch.setattr(sys, "argv", ["beholden", "--home", str(home.root), *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO("code\n2015-01-01\nyes\n"))
        handler = signal.getsignal(signal.SIGTERM)
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = ended.code or 0
        finally:
            signal.signal(signal.SIGTERM, handler)
            connections.close_all()
        return status, capsys.readouterr().err

    return run


OTHERS = {"bundle": ("bundle", "--out", "proof.json"), "init": ("init",)}
WORKING = ("accept", "announce", "bundle")
LOGGING = ("accept", "announce", "init")
"""Commands that say something in the log. The others may go on: pages are read also while nothing can be said."""


def state(home):
    """Every row that counts and every file outside the server's folder."""
    with postgres.connected(home, "owner") as connection:
        rows = [
            connection.execute(f"select count(*), max({by}::text) from {table}").fetchone()
            for table, by in (("rows_return", "id"), ("vault.person", "slot"), ("ledger_outbox", "id"))
        ]
    files = {
        path.relative_to(home.root): hashlib.sha256(path.read_bytes()).digest()
        for path in home.root.rglob("*")
        if path.is_file() and home.postgres not in path.parents and not path.name.endswith(".lock")
    }
    return rows, files


def refuses(command, home, name, code):
    before = state(home)
    status, said = command(name)
    assert status == 1, said
    assert said.startswith("Refused: "), said
    assert "What to do: " in said
    assert f"[{code}; " in said
    assert state(home) == before


def test_a_sound_home_takes_the_next_return_in(command, home):
    """Or every refusal below would prove nothing."""
    before = state(home)
    assert command("accept") == (0, "")
    assert state(home) != before


@pytest.mark.parametrize("name", [*WORKING, "init"])
def test_a_home_from_a_newer_version(command, home, name):
    """Founding again with the older one, too: its grants would close tables that it does not know."""
    with postgres.connected(home, "owner") as connection:
        connection.execute(
            "insert into django_migrations (app, name, applied) values ('gate', '9001_new', now())"
        )
    refuses(command, home, name, "settings.home_newer")


@pytest.mark.parametrize("name", WORKING)
def test_a_home_that_was_not_brought_up(command, home, name):
    with postgres.connected(home, "owner") as connection:
        connection.execute("delete from django_migrations where app = 'gate'")
    refuses(command, home, name, "settings.home_older")


@pytest.mark.parametrize("name", LOGGING)
def test_a_signer_that_is_ahead_of_its_log(command, home, tmp_path, name):
    """The log's folder came back from an older copy: nothing is signed, accepted or released until it is whole."""
    from django.db import connections, transaction

    from beholden.ledger.actions import propose, sequence

    shutil.copytree(home.ledger, tmp_path / "older")
    begun = {"before": None, "handovers": {"root": "00" * 32, "size": 1}}
    with transaction.atomic():
        propose(log="events", kind="opened", body=begun, by=REGISTRAR, at=NOW)
    sequence(at=NOW)
    connections.close_all()
    shutil.rmtree(home.ledger)
    shutil.copytree(tmp_path / "older", home.ledger)
    refuses(command, home, name, "ledger.fork")


@pytest.mark.parametrize("key", keys.NAMES)
@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda path: path.unlink(), "home.key_missing"),
        (lambda path: path.chmod(0o640), "home.key_open"),
        (lambda path: path.write_bytes(bytes(48)), "home.key_damaged"),
    ],
    ids=["missing", "open", "damaged"],
)
def test_a_key_that_is_lost_open_or_damaged(command, home, key, harm, code):
    harm(home.keys / key)
    refuses(command, home, "accept", code)


def test_a_command_looks_at_keys_that_it_does_not_need(command, home):
    (home.keys / "django").unlink()
    refuses(command, home, "bundle", "home.key_missing")


def test_a_folder_that_others_can_enter(command, home):
    home.rows.chmod(0o755)
    refuses(command, home, "accept", "home.open")


@pytest.mark.parametrize("name", LOGGING)
def test_a_clock_that_was_set_back_a_year(command, home, name):
    """The log goes on to next year; by this machine's clock it is still this one."""
    from django.db import connections, transaction

    from beholden.ledger.actions import propose, sequence

    later = NOW + timedelta(days=365)
    begun = {"before": None, "handovers": {"root": "00" * 32, "size": 1}}
    with transaction.atomic():
        propose(log="events", kind="opened", body=begun, by=REGISTRAR, at=later)
    sequence(at=later)
    connections.close_all()
    refuses(command, home, name, "ledger.clock_back")


@pytest.mark.parametrize("name", ["accept", "bundle"])
def test_rules_that_are_not_in_force(command, home, name):
    """The log says tighter ones than this version has: it is not the version that runs this home (D41)."""
    from django.db import connections

    from beholden.gate.actions.governing import set_catalogue

    set_catalogue(with_limits(objection_window_days=42), by=REGISTRAR, at=NOW)
    connections.close_all()
    refuses(command, home, name, "gate.not_in_force")


def test_founding_again_with_looser_rules_is_refused(command, home):
    """`init` brings a version's rules into force, and no looser ones before their notice (D41)."""
    from django.db import connections

    from beholden.gate.actions.governing import set_catalogue

    set_catalogue(with_limits(objection_window_days=42), by=REGISTRAR, at=NOW)
    connections.close_all()
    refuses(command, home, "init", "gate.loosens")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_is_full_or_fails_in_the_middle_of_a_return(command, home, monkeypatch, number):
    """A sentence, no traceback, nothing of the return; with room again, the same command takes it in."""

    def fails(*_):
        raise OSError(number, os.strerror(number))

    before = state(home)[0]
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fails)
        status, said = command("accept")
    assert (status, "[cli.disk; " in said, state(home)[0]) == (1, True, before)
    assert command("accept") == (0, "")


def test_a_database_that_gives_up_in_the_middle_of_a_return(command, home, monkeypatch):
    """Its own words are not repeated: they can hold a value."""
    from django.db import OperationalError

    from beholden.register.actions import accepting

    def fails(*_, **__):
        raise OperationalError("could not extend file: DETAIL: row (Maya)")

    before = state(home)[0]
    with monkeypatch.context() as patch:
        patch.setattr(accepting, "propose", fails)
        status, said = command("accept")
    assert (status, "[cli.database; " in said, state(home)[0]) == (1, True, before)
    assert "Maya" not in said
    assert command("accept") == (0, "")
