# SPDX-License-Identifier: Apache-2.0
"""Founds a home: folders, keys, server, roles, tables, grants. Safe to repeat; never makes a second key."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import django
from django.core.management import call_command
from django.db import connections

from beholden.home import Home, create_folders, keys, postgres, roles
from beholden.settings import grants
from beholden.settings.applied import check_not_newer


@dataclass(frozen=True, slots=True)
class Founded:
    """What founding did: one sentence a step, and the tables that no line of `grants` places."""

    steps: tuple[str, ...]
    unplaced: tuple[str, ...]


def found_home(home: Home, *, progress: postgres.Progress = lambda _: None) -> Founded:
    """Make the home ready for its first return, or bring an older one up to this version.

    1. Folders, 0700, and nothing above them touched.
    2. Keys, before there is anything to open with them. Where a database is, a missing key is refused: a
       fresh one would hide that what it sealed is lost.
    3. The server's folder, the logins, the roles, the schemas.
    4. Tables, as the owner, unless a newer version has changed them; then the grants, which close every table they do
       not name.
    """
    create_folders(home)
    steps = ["The folders are there, closed to others."]
    steps.append(_make_keys(home))
    made = postgres.create_cluster(home)
    steps.append("The database server was made." if made else "The database server was there.")
    with postgres.serving(home, progress=progress):
        roles.create_roles(home)
        steps.append("Logins and roles are set.")
        with acting_as(home, "owner"):
            django.setup()
            check_not_newer()
            call_command("migrate", interactive=False, verbosity=0)
            steps.append("The tables are up to date.")
            unplaced = grants.apply()
            steps.append("Each role may do what the list of grants says, and no more.")
    return Founded(tuple(steps), unplaced)


@contextmanager
def acting_as(home: Home, login: str) -> Iterator[None]:
    """Let this process connect to a home under a login, with fresh connections on both sides of the block."""
    names = {"BEHOLDEN_HOME": str(home.root), "BEHOLDEN_LOGIN": login}
    before = {name: os.environ.get(name) for name in names}
    connections.close_all()
    os.environ.update(names)
    try:
        yield
    finally:
        connections.close_all()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _make_keys(home: Home) -> str:
    made = 0
    for name in keys.NAMES:
        if not home.pgdata.exists() and not keys.exists(home, name):
            keys.create(home, name)
            made += 1
        keys.load(home, name)
    return f"{made} keys were made." if made else "The keys are there."
