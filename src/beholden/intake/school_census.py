# SPDX-License-Identifier: Apache-2.0
"""Read one School Census return (England, spring) from a file: typed columns and findings, or findings alone.

What must hold, in this order, and each step is taken only if the one before it held:
1 the file is there and not larger than is read at all (else a Refusal: there is nothing to give findings about);
2 its bytes are UTF-8 and declare nothing; 3 it is well-formed XML of the census's structure; 4 its header names a
census that is expected; 5 what was turned into columns are the very bytes that were checked; 6 the rows keep the
rules. A return with one error in it gives no rows at all.

It refuses to know whose turn it is to send, what was sent before, and where the rows will live.
"""

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import xml2arrow

from beholden.intake import (
    census_codes,
    census_header,
    census_rules,
    checking,
    columns,
    faults,
    pupils,
    structure,
)
from beholden.intake.census_header import Census, Header, censuses_of
from beholden.intake.findings import Finding, Findings
from beholden.intake.sent_bytes import Records, finding
from beholden.kinds import ItemId
from beholden.refusals import Refusal

__all__ = ["MOST_BYTES", "SCHEMA", "Census", "Header", "Reading", "censuses_of", "read"]

MOST_BYTES = 160 * 1024 * 1024
"""Four kilobytes for each of `MOST_PUPILS`: within both, taking any file in stays below 320 MB of memory in all."""
SCHEMA = pupils.SCHEMA

_LAW = "Education (Information About Individual Pupils) (England) Regulations 2013 (SI 2013/2094)"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file.

    `digest` is the SHA-256 of its bytes, in hex. `pupils` has the columns of SCHEMA, those on roll first, and is
    None unless the return is accepted: no part of a refused return can be stored. `counted` is how many pupil
    records the file holds, 0 if it broke before that was known.
    """

    digest: str
    header: Header | None
    pupils: pa.Table | None
    counted: int
    findings: Findings

    @property
    def accepted(self) -> bool:
        """Say whether the return may be stored: it was read to the end and no error was found."""
        return self.pupils is not None


def read(
    path: Path,
    *,
    codes: Mapping[ItemId, frozenset[str]] | None = None,
    expected: tuple[Census, ...] | None = None,
    most_bytes: int = MOST_BYTES,
) -> Reading:
    """Read a return. Lists of codes and expected censuses are the catalogue's unless given.

    Raises a Refusal if the file cannot be opened, is larger than `most_bytes`, or is changed while it is read.
    """
    with _opened(path, most_bytes) as handle:
        frame = structure.walk(handle)
        if not frame.sound:
            found = Findings.of(_unsound(frame, handle))
            return Reading(frame.digest, None, None, 0, found)
        wanted = census_header.expected_by_catalogue() if expected is None else expected
        header, census, wrong = census_header.read(frame.header, wanted)
        counted = frame.on_roll_count + frame.off_roll_count
        if counted == 0:
            wrong += (_NOBODY,)
        if census is None or counted == 0:
            return Reading(frame.digest, header, None, counted, Findings.of(wrong))
        return _read_pupils(_Start(handle, frame, header, census, wrong), census_codes.complete(codes))


@dataclass(frozen=True, slots=True)
class _Start:
    """What is known of a sound file before its pupils are looked at."""

    handle: BinaryIO
    frame: structure.Frame
    header: Header | None
    census: Census
    wrong: tuple[Finding, ...]


def _read_pupils(start: _Start, codes: census_codes.Codes) -> Reading:
    handle, frame = start.handle, start.frame
    counted = (frame.on_roll_count, frame.off_roll_count)
    records = _records(handle, frame)
    made = pupils.make(
        _tables(handle, counted, frame.digest),
        on_roll=counted[0],
        lines=np.concatenate([np.asarray(one.lines, dtype=np.int64) for one in records]),
        window=start.census.window,
        codes=codes,
    )
    roll = checking.Roll(handle, records, made.kept["nc_year"].combine_chunks(), codes[ItemId("nc_year")])
    rules = census_rules.rules(codes=codes, window=start.census.window)
    found = Findings.of(start.wrong) + checking.check(made.judged, rules, roll)
    kept = made.kept if found.errors == 0 and start.header is not None else None
    return Reading(frame.digest, start.header, kept, sum(counted), found)


_NOBODY = finding(
    "structure.no_pupils",
    1,
    "The return holds no pupil at all.",
    "Export the return from your system again, with its pupils, and send it.",
)


def _unsound(frame: structure.Frame, handle: BinaryIO) -> tuple[Finding, ...]:
    if frame.forbidden is not None:
        return (frame.forbidden,)
    return faults.diagnose(handle, parsed=frame.read, line=frame.unsound_at or 1)


def _records(handle: BinaryIO, frame: structure.Frame) -> tuple[Records, Records]:
    """Return where the records start, counted again exactly where the quick count does not fit the parser's."""
    quick = (frame.on_roll, frame.off_roll)
    if tuple(len(one.lines) for one in quick) == (frame.on_roll_count, frame.off_roll_count):
        return quick
    return faults.exact_starts(handle)


def _tables(handle: BinaryIO, counted: tuple[int, int], digest: str) -> columns.Tables:
    """Return the columns, by the slow way where the quick one fails; refuse if the bytes are not those checked."""
    again = _Again(handle)
    try:
        tables = columns.quick(again.source(), counted=counted)
    except (xml2arrow.Xml2ArrowError, columns.MiscountedError):
        again = _Again(handle)
        try:
            tables = columns.slow(again.source(), counted=counted)
        except columns.MiscountedError:
            raise _changed() from None
    if again.digest() != digest:
        raise _changed()
    return tables


class _Again:
    """Reads the file from its start once more and hashes what passes."""

    def __init__(self, handle: BinaryIO) -> None:
        handle.seek(0)
        self._handle = handle
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._handle.read(size)
        self._digest.update(chunk)
        return chunk

    def source(self) -> BinaryIO:
        return cast(BinaryIO, self)  # both parsers call nothing but read

    def digest(self) -> str:
        while self.read(structure.CHUNK):
            pass  # a parser stops at the end of the message, which need not be the end of the file
        return self._digest.hexdigest()


def _opened(path: Path, most_bytes: int) -> BufferedReader:
    """Open a plain file of a size that is read, or refuse. The name of the file is not repeated: it may say whom."""
    try:
        handle = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  Path.open takes no opener
    except OSError:
        raise Refusal(
            "intake.unreadable",
            "The file cannot be opened.",
            next_step="Check that the file is there and that you may read it, and try again.",
            authority=_LAW,
        ) from None  # the system's own error repeats the file's name
    held = os.fstat(handle.fileno())
    refusal = None
    if not stat.S_ISREG(held.st_mode):
        refusal = Refusal(
            "intake.not_a_file",
            "This is not a plain file.",
            next_step="Name the XML file that your system exported.",
            authority=_LAW,
        )
    elif held.st_size > most_bytes:
        refusal = Refusal(
            "intake.too_large",
            f"The file is larger than {most_bytes:,} bytes; no return of one school is.",
            next_step="Send each school's return as a file of its own.",
            authority=_LAW,
        )
    if refusal is not None:
        handle.close()
        raise refusal
    return handle


def _without_waiting(path: str, flags: int) -> int:
    # Opening a named pipe would wait for a writer; a device could do anything.
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _changed() -> Refusal:
    return Refusal(
        "intake.changed",
        "The file was changed while it was read.",
        next_step="Wait until the export is finished and send the file again.",
        authority=_LAW,
    )
