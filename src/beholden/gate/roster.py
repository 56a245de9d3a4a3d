# SPDX-License-Identifier: Apache-2.0
"""Reads the list that a recipient hands in for a match, whole or not at all. No database, no clock, no register.

A line is `reference,number,birth_date`: the recipient's own reference, a pupil number, a birth date (ISO 8601). The
form is strict, because what is read loosely is answered wrongly: one header, three fields, nothing quoted, no blank.
Nothing here knows who is in the register, so that no refusal can tell. A sentence carries a line's number, never what
stands in it.

A list of children whom somebody knows has gaps; a list that tries numbers has none. Which is which is judged by the
list alone. It cannot be seen of numbers that are drawn at random; against those stands the birth date, which has to
agree, and that every list is logged before it is answered.
"""

import hashlib
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from beholden.catalogue import Limits
from beholden.ledger.shapes import SMALLEST_COUNT
from beholden.refusals import Refusal

HEADER = b"reference,number,birth_date"
REFERENCE = 32
"""Bytes of an own reference at most; kept filled up with zero bytes."""

_NUMBER = 18
_LISTED = 100
_LONGEST_LINE = 100
_LINE = re.compile(rb"([A-Za-z0-9][A-Za-z0-9._/-]{0,31}),([A-Z0-9]{1,18}),([0-9]{4}-[0-9]{2}-[0-9]{2})")
_LETTERS = re.compile(rb"[A-Z]")
_OLDEST = 120  # years


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one line (the first is 1), in a sentence that carries nothing of it."""

    line: int
    rule: str
    sentence: str


class RosterRefused(Refusal):
    """Says that a list is refused whole: for its form, line by line, or because it tries numbers (`rule`)."""

    def __init__(self, rule: str, sentence: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(
            f"gate.roster_{rule}",
            sentence,
            next_step="Correct the lines that are named, and hand the whole list in again. Nothing of it was kept.",
            authority="D21: a yes or a no is a disclosure, decided and logged child by child",
        )
        self.rule, self.faults = rule, faults


class Sweep(RosterRefused):
    """Says that a list is made to try numbers or birth dates. It is logged, and what was in it is not kept."""

    def __init__(self, rule: str, sentence: str, *, rows: int) -> None:
        super().__init__(rule, sentence)
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Rows:
    """A list as it was read: its SHA-256 in hex, and three columns in the order of its lines."""

    digest: str
    references: bytes  # 32 bytes each
    numbers: bytes = field(repr=False)  # 18 bytes each
    born: "array[int]" = field(repr=False)  # days since year 1, as `date.toordinal`

    def __len__(self) -> int:
        return len(self.born)

    def reference(self, place: int) -> bytes:
        """Return one own reference, filled up to 32 bytes."""
        return self.references[place * REFERENCE : (place + 1) * REFERENCE]

    def asked(self, start: int, stop: int) -> list[tuple[str, date]]:
        """Return the numbers and birth dates of some lines."""
        return [
            (
                self.numbers[place * _NUMBER : (place + 1) * _NUMBER].rstrip(b"\0").decode(),
                date.fromordinal(self.born[place]),
            )
            for place in range(start, min(stop, len(self)))
        ]


def read(path: Path, *, limits: Limits, on: date) -> Rows:
    """Read a list, or refuse it whole.

    The plan: 1 its form, line by line, up to a hundred faults; 2 no more rows than `match_rows`, in memory as three
    columns of fixed width; 3 no reference and no number stands twice: a number with several birth dates guesses;
    4 it does not try numbers (`match_run`) or days (`match_same_birth_percent`).
    """
    references, numbers, born, tried = bytearray(), bytearray(), array("i"), array("q")
    faults: list[Fault] = []
    digest = hashlib.sha256()
    for at, line in _lines(path, digest, faults):  # 1
        found = _LINE.fullmatch(line)
        day = None if found is None else _day(found[3], on)
        if found is None or day is None:
            faults.append(_malformed(at) if found is None else _no_day(at))
            if len(faults) >= _LISTED:
                break
            continue
        if len(born) == limits.match_rows:  # 2
            raise RosterRefused(
                "too_long",
                f"A list has at most {limits.match_rows:,} rows.",
                (Fault(at, "too_long", "One too many."),),
            )
        references += found[1].ljust(REFERENCE, b"\0")
        numbers += found[2].ljust(_NUMBER, b"\0")
        born.append(day)
        tried.append(int(_LETTERS.sub(b"", found[2]) or b"0"))
    if not faults:
        faults += _twice(references, REFERENCE, "reference")  # 3
        faults += _twice(numbers, _NUMBER, "number")
    if faults or not born:
        faults.sort(key=lambda one: one.line)
        sentence = (
            f"{len(faults)} of its lines cannot be read or stand twice."
            if faults
            else "There is no row in it."
        )
        raise RosterRefused("form", sentence, tuple(faults[:_LISTED]))
    _check_sweep(tried, born, limits)  # 4
    return Rows(digest.hexdigest(), bytes(references), bytes(numbers), born)


def _lines(path: Path, digest: "hashlib._Hash", faults: list[Fault]) -> Iterator[tuple[int, bytes]]:
    """Yield each line after the header with its number, and take each byte into the hash."""
    with path.open("rb") as file:
        at = 0
        while line := file.readline(_LONGEST_LINE + 2):
            at += 1
            digest.update(line)
            plain = line.removesuffix(b"\n").removesuffix(b"\r")
            if len(plain) > _LONGEST_LINE:
                faults.append(_malformed(at))
                return
            if at > 1:
                yield at, plain
            elif plain != HEADER:
                faults.append(Fault(1, "header", f"The first line must be: {HEADER.decode()}"))
                return


def _day(written: bytes, on: date) -> int | None:
    try:
        day = date.fromisoformat(written.decode())
    except ValueError:
        return None
    return day.toordinal() if on.year - _OLDEST <= day.year and day <= on else None


def _malformed(at: int) -> Fault:
    return Fault(
        at, "line", "This line is not a reference, a pupil number and a birth date with commas between them."
    )


def _no_day(at: int) -> Fault:
    return Fault(at, "birth_date", "This birth date is no day on which a pupil can be born.")


def _twice(column: bytearray, width: int, what: str) -> list[Fault]:
    """Return a fault for each line whose value stands in an earlier line already."""
    values = np.frombuffer(bytes(column), dtype=f"S{width}")
    order = np.argsort(values, kind="stable")
    again = order[1:][values[order[1:]] == values[order[:-1]]]
    places = np.sort(again)[:_LISTED].tolist()
    return [
        Fault(place + 2, "twice", f"The {what} of this line stands in an earlier line.") for place in places
    ]


def check_run(tried: "array[int]", limits: Limits, *, rows: int) -> None:
    """Refuse a list that tries numbers one after another: `match_run` of them within twice as many."""
    numbers = np.sort(np.frombuffer(tried, dtype=np.int64))
    run = limits.match_run
    if len(numbers) > run and bool(np.any(numbers[run:] - numbers[:-run] < 2 * run)):
        raise Sweep(
            "run", "Its pupil numbers lie so close together that they were tried, not known.", rows=rows
        )


def _check_sweep(tried: "array[int]", born: "array[int]", limits: Limits) -> None:
    """Refuse a list that tries numbers one after another, or one birth date with many numbers.

    One day: more rows than the share, and than ten.
    """
    check_run(tried, limits, rows=len(born))
    most = max(SMALLEST_COUNT, len(born) * limits.match_same_birth_percent // 100)
    _, counts = np.unique(np.frombuffer(born, dtype=np.intc), return_counts=True)
    if int(counts.max()) > most:
        raise Sweep(
            "same_birth",
            "One birth date stands in so many of its lines that it was tried, not known.",
            rows=len(born),
        )
