# SPDX-License-Identifier: Apache-2.0
"""Looks at the home's folders and files as the operating system has them: there, ours, closed, whole. No Django.

Knows where things lie and how to read them in pieces; not what they must say. `postgres/` is left to PostgreSQL and
to `pages`.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from beholden.fsck.rules import TIDY, Findings, found, note, strictly_rising
from beholden.home import Home, keys
from beholden.ledger.signer import LOGS
from beholden.refusals import Refusal

CHUNK = 48 * 16_384
"""Bytes read at a time: whole elements of both widths."""

_OTHERS = 0o077
_WRITERS = 0o022
_CLOSE = "Find out who could enter it, then close it: chmod 700."
_OPEN_FILE = "Find out who could read or write it, then close it: chmod 600."
_ROOT_FILES = frozenset({"database", "hatch.lock", "pack", "this-is-a-demo", "witnesses"})
_NOT_OURS = ("incoming", "inbox", "letters", "town", "log")
REGISTRY = "registry."
ROOM = "room."
POST = "post."
TABLES = "tables"
COUNTING = ".counting-"
"""How the folder is called in which a census is counted: what a killed run left there is read by nobody."""
PAIRS = "pairs."
SEARCH = "search."


def below(home: Home, path: Path) -> str:
    """Return how a path is named in a finding."""
    return path.relative_to(home.root).as_posix()


def names(folder: Path) -> Iterator[str]:
    """Yield the names of the files in a folder, hidden ones too, one at a time."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield entry.name


def walk(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, hidden ones too, one at a time."""
    for inside, _, files in os.walk(folder):
        for name in files:
            yield Path(inside) / name


def is_leftover(name: str) -> bool:
    """Say whether a name is that of a write that was cut off."""
    return name.startswith(".") and name.endswith(".part")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pieces(path: Path, size: int = CHUNK) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(size):
            yield piece


def is_sorted(path: Path, width: int) -> bool:
    """Say whether a list rises strictly: sorted, and nothing twice."""
    last = b""
    for piece in pieces(path):
        if len(piece) % width or not strictly_rising(piece, width, last):
            return False
        last = piece[-width:][:16]
    return True


def check_folders(home: Home) -> Findings:
    """Every folder is there, is ours, and is closed to others; nothing unknown lies in the home itself."""
    for folder in home.folders:
        where = "." if folder == home.root else below(home, folder)
        if not folder.is_dir():
            yield found(
                "folder_missing",
                where,
                "A folder of the home is not there.",
                "Found the home again: beholden init.",
            )
            continue
        status = folder.stat()
        if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
            yield found(
                "folder_open", where, "Other users of this machine can enter this folder, or own it.", _CLOSE
            )
    for name in names(home.root):
        if name not in _ROOT_FILES and home.root / name != home.postgres:
            yield note("unknown_file", name, "A file lies here that the register does not know.", TIDY)
    for name in _NOT_OURS:
        count = sum(1 for _ in names(home.root / name))
        if count:
            yield note(
                "not_looked_at",
                name,
                f"{count:,} files lie here that fsck does not look into.",
                "Look yourself.",
            )


def check_files(home: Home) -> Findings:
    """Files are files, are ours, and nobody else can write them; keys and signer state nobody else can read."""
    for folder in (
        home.keys,
        home.signer_state,
        home.rows,
        home.sets,
        home.index,
        home.catalogues,
        home.quarantine,
        home.released,
        home.enclave,
        home.post,
        home.regulator,
        home.tables,
        home.ledger,
    ):
        private = folder in {home.keys, home.signer_state, home.tables, home.index}
        for path in walk(folder):
            if (
                path.relative_to(home.root).parts[1].startswith(COUNTING)
            ):  # left in a closed folder, and noted
                continue
            yield from _check_file(home, path, private=private)


def _check_file(home: Home, path: Path, *, private: bool) -> Findings:
    where = below(home, path)
    if is_leftover(path.name):
        yield note("leftover", where, "A write was cut off here; nothing reads this file.", "Remove it.")
        return
    try:
        status = path.lstat()
    except FileNotFoundError:  # tidied away meanwhile
        return
    if not stat.S_ISREG(status.st_mode):
        yield found(
            "no_file", where, "This is a link or a device where a file must be.", "Find out who put it there."
        )
    elif status.st_uid != os.geteuid() or status.st_mode & (_OTHERS if private else _WRITERS):
        yield found("file_open", where, "Other users of this machine can get at this file.", _OPEN_FILE)


def check_keys(home: Home) -> Findings:
    """Every key is there, closed, whole and under its own name; what lies beside them is known."""
    for name in keys.NAMES:
        yield from _check_key(home, name)
    for name in names(home.keys):
        if name == TABLES or name.startswith((REGISTRY, ROOM, POST, PAIRS, SEARCH)):
            yield from _check_key(home, name)
        elif name not in keys.NAMES and home.keys / name != home.slots and not is_leftover(name):
            yield note(
                "unknown_file",
                f"keys/{name}",
                "A file lies among the keys that no key of ours is called.",
                TIDY,
            )
    for name in names(home.signer_state):
        if name.removesuffix(".lock") not in LOGS and not is_leftover(name):
            yield note(
                "unknown_file", f"signer/{name}", "A file lies here that the signer does not know.", TIDY
            )


def _check_key(home: Home, name: str) -> Findings:
    try:
        keys.load(home, name)
    except (Refusal, ValueError) as no:
        sentence, step = (
            (no.sentence, no.next_step) if isinstance(no, Refusal) else ("No key has such a name.", TIDY)
        )
        yield found("key", f"keys/{name}", sentence, step)
