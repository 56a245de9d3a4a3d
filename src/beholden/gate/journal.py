# SPDX-License-Identifier: Apache-2.0
"""The journal of single exits: what left about one person at a time, each line on the disk before anything is shown.

A line is canonical JSON (RFC 8785) of a closed vocabulary. Each carries the hash of the line before it, so that none
can be taken out or changed without all behind it, and a random salt, so that its hash in the public log tells nobody
what it says. The file is never rewritten. Its lines name people by their opaque ids: it is the keeper's, never public.

Contract: when `append` returns, the line is on the disk. A line that a crash cut off stood for nothing shown, and the
next writer cuts it away. One writer at a time, by a lock on the file, which the kernel takes back when a process ends.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from beholden.home.files import held_lines, put_line
from beholden.kinds import PersonId
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.refusals import Refusal

NAME = "exits.jsonl"
URGENT = "urgent.jsonl"
"""A chain of its own for children in danger: whatever is wrong with the other, this one is written (D46)."""

FIRST = bytes(32)
"""What a first line with the number 1 carries in the place of a hash."""

_GOES_ON = b"beholden/spool/v1\n"
_LONGEST = 1_000
_SALT = 32


def beginning(number: int) -> bytes:
    """Return what the first line of a file carries in the place of a hash, by its number: so that none is another's."""
    return FIRST if number == 1 else hashlib.sha256(_GOES_ON + str(number).encode()).digest()


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is about to leave: by which exit, which part of it, about whom, for whom (opaque), when (aware UTC)."""

    exit: str
    what: str
    person: PersonId
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its place from 1, what left, a salt, and the hash of the line before."""

    seq: int
    left: Leaving
    salt: bytes
    before: bytes

    def print(self) -> bytes:
        """Return the line as it stands in the file, without its end."""
        said: dict[str, Json] = {
            "at": int(self.left.at.timestamp()),
            "before": self.before.hex(),
            "by": self.left.by,
            "exit": self.left.exit,
            "person": str(self.left.person),
            "salt": self.salt.hex(),
            "seq": self.seq,
            "what": self.left.what,
        }
        return print_json(said)

    @property
    def digest(self) -> bytes:
        """Return what the next line carries, and what the public log is padded from: SHA-256 of the line."""
        return hashlib.sha256(self.print()).digest()


def parse(raw: bytes) -> Line:
    """Read one line; what does not print back to itself is refused."""
    match parse_json(raw, limit=_LONGEST):
        case {
            "at": int(at),
            "before": str(before),
            "by": str(by),
            "exit": str(exit_name),
            "person": str(person),
            "salt": str(salt),
            "seq": int(seq),
            "what": str(what),
        }:
            try:
                moment = datetime.fromtimestamp(at, tz=UTC)
                left = Leaving(exit_name, what, PersonId(UUID(person)), by, moment)
                line = Line(seq, left, bytes.fromhex(salt), bytes.fromhex(before))
            except (ValueError, OverflowError, OSError) as trouble:
                raise damaged() from trouble
            if line.print() == raw and len(line.salt) == _SALT:
                return line
    raise damaged()


class Writer:
    """The journal, held by one writer: `hold` lends it."""

    def __init__(self, file: int) -> None:
        self._file = file

    def last(self) -> Line | None:
        """Return the last line, or None where there is none."""
        raw = _tail(self._file)
        return None if raw is None else parse(raw)

    def append(self, left: Leaving, *, salt: bytes, first: int = 1) -> Line:
        """Write one line behind the last, or as number `first`, and return it once it is on the disk."""
        before = self.last()
        left = replace(left, at=left.at.astimezone(UTC).replace(microsecond=0))
        line = (
            Line(first, left, salt, beginning(first))
            if before is None
            else Line(before.seq + 1, left, salt, before.digest)
        )
        put_line(self._file, line.print())
        return line


@contextmanager
def hold(folder: Path, name: str = NAME) -> Iterator[Writer]:
    """Hold the journal, or another chain, for one writer, till the block's end."""
    with held_lines(folder / name) as file:
        yield Writer(file)


def _tail(file: int) -> bytes | None:
    size = os.fstat(file).st_size
    if size == 0:
        return None
    start = max(0, size - _LONGEST - 2)
    lines = os.pread(file, size - start, start).split(b"\n")
    return lines[-2]


def lines(folder: Path, after: int = 0, *, name: str = NAME) -> Iterator[Line]:
    """Yield the lines behind a place, checking the chain from the file's beginning. Refuses at the first break.

    A torn end is no line. The file is read from its start: what is read often stands in the database's index. The
    journal begins with 1; a spool goes on with the numbers of the one that was put aside before it.
    """
    path = folder / name
    if not path.exists():
        return
    before, seq = FIRST, None
    with path.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            line = parse(raw[:-1])
            if seq is None:
                seq = line.seq if name == URGENT else 1
                before = beginning(seq)
            else:
                seq += 1
            if line.seq != seq or line.before != before:
                raise damaged()
            before = line.digest
            if seq > after:
                yield line


def asides(folder: Path) -> tuple[Path, ...]:
    """Return every spool of urgent exits that was damaged and put aside, and still lies in the folder."""
    return tuple(sorted(folder.glob(f"{URGENT}.*")))


def whole_lines(path: Path) -> Iterator[Line]:
    """Yield every line of a damaged file that prints back to itself and stands at the place that its number says.

    Where the file's numbers began, most of its lines say; a first line has to bear what begins with its number.
    """
    found: list[tuple[int, Line]] = []
    for place, raw in enumerate(path.read_bytes().split(b"\n")):
        with suppress(Refusal):
            line = parse(raw)
            if place or line.before == beginning(line.seq):
                found.append((line.seq - place, line))
    starts = Counter(start for start, _ in found)
    most = max(starts, key=lambda start: (starts[start], -start), default=0)
    yield from (line for start, line in found if start == most)


def has_torn_end(folder: Path, *, name: str = NAME) -> bool:
    """Say whether the file ends in the middle of a line, as a crash leaves it."""
    path = folder / name
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def damaged() -> Refusal:
    """A line that is not what was written: nothing more leaves about anybody until a person has looked."""
    return Refusal(
        "gate.journal_damaged",
        "The journal of what left about single people is not what was written.",
        next_step="Run `beholden fsck`, and put the journal back from a copy. Until then no record is shown.",
        authority="D27; ARCHITECTURE section 5: nothing is shown before it is written down",
    )
