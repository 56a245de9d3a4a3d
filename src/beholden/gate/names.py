# SPDX-License-Identifier: Apache-2.0
"""Reads a list of people that a recipient hands in for a match by names, whole or not at all. No database, no register.

The recipient says which of its columns holds what, as for `beholden link`. Its own reference is strict, because the
answer bears it. A value that cannot be read counts as missing, as in every comparison, and is counted: honest lists
have such. Nothing here knows who is in the register, so no refusal can tell. A sentence has a line's number, never what
stands in it.
"""

import hashlib
import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from beholden.catalogue import Limits
from beholden.gate.roster import REFERENCE, Fault, RosterRefused, Sweep, check_run
from beholden.linkage import files, sweeping
from beholden.linkage.files import Columns
from beholden.linkage.people import Finding, Person

MOST = 50_000
"""Records a list of names has at most, whatever the catalogue lets a list of numbers have: people look at its pairs."""

_LISTED = 100
_REFERENCE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._/-]{{0,{REFERENCE - 1}}}", re.ASCII)
_FIGURES = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class NamesList:
    """A list as it was read: its SHA-256 in hex, its people in order, and how many values could not be read."""

    digest: str
    people: tuple[Person, ...] = field(repr=False)
    unread: int


def read(path: Path, where: Columns, *, limits: Limits) -> NamesList:
    """Read a list, or refuse it whole.

    The plan: 1 the file is one that stays, and is the same at the end as at the beginning; 2 no more records than may
    be, each with a reference of its own, and something to be found by; 3 it tries neither numbers, names nor days.
    """
    files.check_kept(path)
    digest = _digest(path)  # 1
    unread: list[Finding] = []
    people = _people(files.people(path, where, unread.append), min(MOST, limits.match_rows))  # 2
    if _digest(path) != digest:
        raise RosterRefused("changed", "The file was changed while it was read.")
    _check_sweep(people, limits)  # 3
    return NamesList(digest, people, len(unread))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        raise RosterRefused("file", "There is no file that can be read under this name.") from wrong


def _people(lines: Iterable[Person], most: int) -> tuple[Person, ...]:
    people: list[Person] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, one in enumerate(lines, start=1):
        if number > most:
            raise RosterRefused("too_long", f"A list of names has at most {most:,} records.")
        if _REFERENCE.fullmatch(one.ref) is None:
            faults.append(Fault(number + 1, "reference", "The reference of this line is none, or too long."))
        elif one.ref in seen:
            faults.append(Fault(number + 1, "twice", "The reference of this line stands in an earlier line."))
        elif not (one.given.full or one.surname.full or one.pupil_number):
            faults.append(
                Fault(number + 1, "nobody", "This line has no name and no pupil number to compare.")
            )
        if len(faults) >= _LISTED:
            break
        seen.add(one.ref)
        people.append(one)
    if faults or not people:
        sentence = (
            f"{len(faults)} of its lines cannot be asked about." if faults else "There is no row in it."
        )
        raise RosterRefused("form", sentence, tuple(faults))
    return tuple(people)


def _check_sweep(people: tuple[Person, ...], limits: Limits) -> None:
    """Refuse a list that is made to try people out, with the rule that the log names."""
    tried = array("q", (int(_FIGURES.sub("", one.pupil_number)[:18]) for one in people if one.pupil_number))
    check_run(tried, limits, rows=len(people))
    try:
        sweeping.check(people)
    except sweeping.Sweep as found:
        raise Sweep(f"tries_{found.field}", found.sentence, rows=len(people)) from found
