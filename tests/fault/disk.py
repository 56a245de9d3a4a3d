# SPDX-License-Identifier: Apache-2.0
"""What a home's disk would hold after a power cut: only what was flushed, under names whose folder was flushed.

A killed process loses nothing that it wrote, so kills alone never miss a flush. This keeps count of flushes while an
action runs, and after each commit asks whether every file that the database names would still be there.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from beholden.home import Home, postgres

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\S+", re.IGNORECASE)
"""How a statement that writes begins; the table is shown too."""

_NAMED: dict[str, LiteralString] = {
    "rows": "select path from rows_manifest",
    "sets": "select path from gate_setfile union select replace(path, '.set', '.crown') from gate_setfile"
    " where path like 'tags-%' or path like 'registry-%'",
    "catalogues": "select body::json->>'hash' || '.json' from ledger_outbox where kind in ('catalogue', 'announced')",
    "keys": "select 'registry.' || id from gate_registry"
    " union select 'room.' || id from gate_disclosure where file like '%.sealed' and state <> 'withdrawn'"
    " union select 'post.' || id from gate_disclosure where file like '%.post' and state <> 'withdrawn'"
    " union select 'persons.slots' where exists (select from vault.person)",
    "quarantine": "select file from gate_disclosure where state in ('built', 'logged')",
    "released": "select file from gate_disclosure where state = 'released'"
    " and file not like '%.sealed' and file not like '%.post'",
    "enclave": "select file from gate_disclosure where state = 'released' and file like '%.sealed'",
    "post": "select file from gate_disclosure where state = 'released' and file like '%.post'",
    "signer": "select distinct log from ledger_outbox where entry_index is not null",
}
"""By folder of the home, the files that the database relies on."""


@dataclass
class Platter:
    """The flushed contents by inode, and the flushed names by folder, of one home."""

    home: Home
    contents: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Home) -> "Platter":
        """Take everything that is in a home now for flushed."""
        platter = cls(home)
        for folder, _, files in os.walk(home.root):  # follows no link, so not into the server's folder
            platter._note(Path(folder))
            for name in files:
                platter._note(Path(folder, name))
        return platter

    @contextmanager
    def turning(self) -> Iterator[None]:
        """Keep count of flushes; after each commit of a write, fail if it names what a power cut would take."""
        from django.db import connection

        connection.ensure_connection()
        fsync, fdatasync, commit = os.fsync, os.fdatasync, connection.commit
        wrote: list[object] = []

        def execute(run, statement, *rest):
            wrote.extend([statement] if WRITES.match(str(statement)) else [])
            return run(statement, *rest)

        def noting(flush):
            def flushed(file):
                flush(file)
                number = file if isinstance(file, int) else file.fileno()
                self._note(Path(f"/proc/self/fd/{number}").readlink())

            return flushed

        def committed():
            commit()
            if wrote:
                self.check(other)
            wrote.clear()

        os.fsync, os.fdatasync, connection.commit = noting(fsync), noting(fdatasync), committed
        try:
            with postgres.connected(self.home, "owner") as other, connection.execute_wrapper(execute):
                yield
                self.check(other)
        finally:
            os.fsync, os.fdatasync = fsync, fdatasync
            connection.commit = commit

    def check(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        """Fail if the database names a file that a power cut now would take or change."""
        lost = self.lost(connection)
        assert not lost, f"a power cut would take {lost}"

    def lost(self, connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
        """Return every file that the database names and a power cut now would take or change."""
        named = [
            self.home.root / folder / name
            for folder, question in _NAMED.items()
            for (name,) in connection.execute(question)
        ]
        sizes = connection.execute(
            "select log, max(entry_index) + 1 from ledger_outbox where entry_index is not null group by 1"
        ).fetchall()
        named += [path for log, size in sizes for path in _of_log(self.home.ledger / log, size)]
        return [str(path.relative_to(self.home.root)) for path in named if not self.holds(path)]

    def holds(self, path: Path) -> bool:
        """Say whether a file, as it is now, would be there after a power cut."""
        below = path.relative_to(self.home.root)
        for part in (below, *below.parents[:-1]):
            whole = self.home.root / part
            if (
                not whole.exists()
                or self.names.get(str(part.parent), {}).get(part.name) != whole.stat().st_ino
            ):
                return False
        return self.contents.get(path.stat().st_ino) == _digest(path)

    def _note(self, path: Path) -> None:
        if path.is_dir():
            listed = {entry.name: entry.inode() for entry in os.scandir(path)}
            self.names[str(path.relative_to(self.home.root))] = listed
        elif path.is_file():
            self.contents[path.stat().st_ino] = _digest(path)


def _of_log(folder: Path, size: int) -> list[Path]:
    """Return the files that a log of at least this size needs, in the form that is there."""
    from beholden.ledger.tiles import ENTRIES, Tile, tiles_between

    wanted = [
        Tile(level, tile.index, tile.width)
        for tile in tiles_between(0, size)
        for level in ((tile.level, ENTRIES) if tile.level == 0 else (tile.level,))
    ]
    found = [folder / tile.path for tile in wanted]
    full = [folder / Tile(tile.level, tile.index).path for tile in wanted]
    return [
        folder / "checkpoint",
        *(one if one.exists() else two for one, two in zip(found, full, strict=True)),
    ]


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
