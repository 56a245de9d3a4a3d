# SPDX-License-Identifier: Apache-2.0
"""Homes for tests: where they lie, how one is cloned, and what to say when the machine lacks something."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import sql

from beholden.home import Home, keys, postgres

_MEMORY, _DISK = "/dev/shm", "/tmp"  # noqa: S108  mkdtemp makes a closed folder with a name nobody can foresee
_ENOUGH = 2 * 2**30


def lack(sentence: str) -> None:
    """Skip with a sentence what this machine cannot show; under BEHOLDEN_REQUIRE=all, fail instead."""
    if os.environ.get("BEHOLDEN_REQUIRE") == "all":
        pytest.fail(f"BEHOLDEN_REQUIRE=all, and {sentence}")
    pytest.skip(sentence)


def new_folder() -> Path:
    """Make a short, closed folder (a socket's path must be short), in memory where there is room.

    In memory fsync costs nothing, so cloning a database takes 0.02 s and not 0.3 s, and no test needs to switch
    durability off: the launcher would refuse that.
    """
    in_memory = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return Path(tempfile.mkdtemp(prefix="bh-", dir=_MEMORY if in_memory else _DISK))


@contextmanager
def founded() -> Iterator[Home]:
    """Lend a founded home whose server runs as long; others are cloned from it.

    Nobody is connected to it: whatever asks the database outside a clone has no home, and fails.
    """
    from django.test.utils import setup_test_environment, teardown_test_environment

    from beholden.settings import found

    folder = new_folder()
    home = Home(folder / "base")
    with found.acting_as(home, "keeper"):
        found.found_home(home)
    setup_test_environment()
    with postgres.serving(home):
        yield home
    teardown_test_environment()
    shutil.rmtree(folder)


@contextmanager
def clone(base: Home) -> Iterator[Home]:
    """Lend a fresh founded home: server, passwords and keys are the base home's, all else is its own.

    Django is connected to it as the keeper's login; BEHOLDEN_HOME and BEHOLDEN_LOGIN say so to other programs.
    """
    from beholden.settings import found

    with fresh(base) as home, found.acting_as(home, "keeper"):
        yield home


@contextmanager
def copied(prepared: Home) -> Iterator[Home]:
    """Lend a home in the very state of a prepared one, every file and every row; Django is connected to it.

    Cheap: a test can begin hundreds of times where a long story has led. Nobody may be connected to the prepared
    home's database meanwhile.
    """
    from beholden.settings import found

    with duplicate(prepared) as home, found.acting_as(home, "keeper"):
        yield home


@contextmanager
def duplicate(prepared: Home) -> Iterator[Home]:
    """Lend a copy of a prepared home that nobody is connected to yet."""
    with _beside(prepared) as home:
        shutil.copytree(prepared.root, home.root, symlinks=True)
        with _database(prepared, home):
            yield home


@contextmanager
def fresh(base: Home) -> Iterator[Home]:
    """Lend a fresh founded home that nobody is connected to yet."""
    with _beside(base) as home:
        home.root.mkdir(mode=0o700)
        home.postgres.symlink_to(base.postgres)
        for folder in home.folders:
            folder.mkdir(mode=0o700, exist_ok=True)
        for key in keys.NAMES:
            shutil.copy2(base.keys / key, home.keys / key)
        with _database(base, home):
            yield home


@contextmanager
def _beside(other: Home) -> Iterator[Home]:
    home = Home(other.root.parent / f"test_{secrets.token_hex(6)}")
    try:
        yield home
    finally:
        shutil.rmtree(home.root)  # the link to the server goes, the server stays


@contextmanager
def _database(template: Home, home: Home) -> Iterator[None]:
    """Give a home its own copy of another home's database, named like its folder."""
    home.database.write_text(home.root.name)
    database, of = sql.Identifier(home.root.name), sql.Identifier(postgres.database_name(template))
    with postgres.connected(template, "cluster", "postgres") as connection:
        for statement in (
            "create database {} template {of} owner owner",
            "revoke all on database {} from public",
            "grant connect on database {} to keeper_login, web_login",
            "grant temporary on database {} to keeper",
        ):
            connection.execute(sql.SQL(statement).format(database, of=of))
        try:
            yield
        finally:
            connection.execute(sql.SQL("drop database {} with (force)").format(database))
