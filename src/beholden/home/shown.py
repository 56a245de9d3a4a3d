# SPDX-License-Identifier: Apache-2.0
"""Remembers on the disk, outside the database, what was shown for an answer: one line for each number, before it shows.

Contract: when `write_down` returns, the line is on the disk. A line is the keyed digest of a number (64 signs), which
names nobody and says no yes or no. A database that was restored from an older copy, or lost a row, can so be compared
with what families were told is saved. A line that a crash cut off stood for nothing shown. Knows no database.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from beholden.home import Home
from beholden.home.files import append_line

NAME = "numbers"
_LINE = re.compile(rb"[0-9a-f]{64}\n")
_LONGEST = 65


def place(home: Home) -> Path:
    """Return where the file lies."""
    return home.journal / NAME


def write_down(home: Home, digest: str) -> None:
    """Write one line behind the last. The same number may be shown, and so written, again."""
    append_line(place(home), digest.encode("ascii"))


def lines(home: Home) -> Iterator[str | None]:
    """Yield each digest in the order in which the numbers were shown, and None for a line that is none.

    A last line without an end is passed over: a crash cut it off before anything was shown.
    """
    path = place(home)
    if not path.exists():
        return
    with path.open("rb") as file:
        while raw := file.readline(_LONGEST):
            if _LINE.fullmatch(raw):
                yield raw[:-1].decode("ascii")
            elif raw.endswith(b"\n") or file.peek(1):
                yield None
