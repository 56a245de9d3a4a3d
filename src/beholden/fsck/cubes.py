# SPDX-License-Identifier: Apache-2.0
"""Checks tables that anybody may have: each release stands in the log as it is held, and its cube is the one frozen."""

from pathlib import Path

from beholden.fsck.files import digest
from beholden.fsck.rules import RESTORE, ROWS, TIDY, Findings, found, note
from beholden.gate import shelves
from beholden.gate.shelves import Held
from beholden.home import Home, keys
from beholden.ledger import queries as ledger
from beholden.ledger.vocabulary.tables import TableFrozen, TableWithdrawn
from beholden.refusals import Refusal
from beholden.tables import cubes
from beholden.tables.keys import Secret

_TABLE = "table gate_tablerelease"
_AGAIN = "Freeze or withdraw any release: it finishes this."


def check_cubes(home: Home) -> Findings:
    """Yield what is wrong with releases of tables.

    Must hold: (1) each release is what its entries say, and no entry is without one; (2) its cube's files are those
    that the log committed to, under this home's key; (3) what is withdrawn is marked so on the disk; (4) nothing else
    lies there; (5) what was counted of questions are questions. That of a moment one stands, the database holds.
    """
    releases = tuple(shelves.held())
    yield from _check_said(releases)
    for one in releases:
        yield from _check_cube(home, one)
    yield from _check_folder(home.tables, {one.name for one in releases})
    yield from _check_questions(releases)


def _check_said(releases: tuple[Held, ...]) -> Findings:
    for one in releases:  # (1)
        if not (one.is_said and one.is_withdrawn_said):
            yield found("table", _TABLE, f"Release {one.name} is not what the log says of it.", ROWS)
    counted = ledger.counted()
    for kind, many in (
        (TableFrozen.kind, len(releases)),
        (TableWithdrawn.kind, sum(bool(one.withdrawn) for one in releases)),
    ):
        if counted.get(kind, 0) != many:
            sentence = f"The log has {counted.get(kind, 0):,} entries of kind {kind}; the table has {many:,}."
            yield found("table_missing", _TABLE, sentence, ROWS)


def _check_cube(home: Home, one: Held) -> Findings:
    where = {name: f"tables/{one.name}/{name}" for name in cubes.FILES}
    manifest_file, cells_file, withdrawn_file = where.values()
    for said, file in ((one.manifest, manifest_file), (one.cells, cells_file)):  # (2)
        if not (home.root / file).is_file() or digest(home.root / file) != said:
            yield found("cube", file, f"{one.name} is not as it was frozen: it answers nothing.", RESTORE)
    try:
        if cubes.manifest(home.tables, one.name) != cubes.whole(home.tables, one.name).manifest:
            raise ValueError("two readers of one file do not agree")
    except (Refusal, OSError, ValueError, TypeError, KeyError):
        return  # said above: a cube of our own is whole
    yield from _check_key(home, one)
    marked = cubes.withdrawal(home.tables, one.name)
    if marked is not None and marked != cubes.said_of_withdrawal(one.withdrawn):
        yield found(
            "cube_withdrawn",
            withdrawn_file,
            f"{one.name} is withdrawn here for another reason than the log's.",
        )
    elif marked is None and one.withdrawn:  # (3)
        sentence = f"{one.name} is withdrawn, and not marked so on the disk."
        yield found("cube_stands", withdrawn_file, sentence, _AGAIN)


def _check_key(home: Home, one: Held) -> Findings:
    """The home's key is that of the cube; where it cannot be used, that is said too."""
    manifest = cubes.manifest(home.tables, one.name)
    try:
        fingerprint = Secret(keys.load(home, shelves.KEY)).fingerprint
    except Refusal:
        fingerprint = ""
    if manifest is None or manifest.key != fingerprint:
        yield found(
            "table_key",
            f"keys/{shelves.KEY}",
            f"Release {one.name} was counted under another key, or the key cannot be used.",
            "Put the key file back from the keeper's own copy. Do not make a new one.",
        )


def _check_questions(releases: tuple[Held, ...]) -> Findings:
    """Every question that was counted is one of its release, written in its one order."""
    policies = {one.name: shelves.read_policy(one.policy) for one in releases}
    wrong = sum(not shelves.is_of(line, policies[line.release]) for line in shelves.counted())
    if wrong:
        yield found(
            "table_asked", "table gate_tableasked", f"{wrong:,} lines are no question of their release.", ROWS
        )


def _check_folder(folder: Path, known: set[str]) -> Findings:
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():  # (4)
        if place.name not in known:
            yield note(
                "orphan",
                f"tables/{place.name}",
                "No release has this name; nothing is answered from it.",
                TIDY,
            )
        else:
            for file in sorted(place.iterdir()):
                if file.name not in cubes.FILES:
                    yield note("orphan", f"tables/{place.name}/{file.name}", "No cube has such a file.", TIDY)
