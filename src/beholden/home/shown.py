# SPDX-License-Identifier: Apache-2.0
"""Remembers on the disk, outside the database, what was shown for an answer: one line for each number, before it shows.

Contract: when `write_down` returns, the line is on the disk. A line is the keyed digest of a number (64 signs), which
names nobody and says no yes or no. A database that was restored from an older copy, or lost a row, can so be compared
with what families were told is saved. A line that a crash cut off stood for nothing shown. Knows no database.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

from beholden.home import Home
from beholden.home.files import fsync_folder

NAME = "numbers"
_LINE = re.compile(rb"[0-9a-f]{64}\n")
_LONGEST = 65


def place(home: Home) -> Path:
    """Return where the file lies."""
    return home.journal / NAME


def write_down(home: Home, digest: str) -> None:
    """Write one line behind the last. The same number may be shown, and so written, again."""
    path = place(home)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _cut_torn_end(descriptor)
        content = digest.encode("ascii") + b"\n"
        while content:  # the system may take less than it was given
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        fsync_folder(path.parent)


def _cut_torn_end(descriptor: int) -> None:
    """Cut off what a crash left behind the last whole line."""
    size = os.fstat(descriptor).st_size
    end = size
    while end and os.pread(descriptor, 1, end - 1) != b"\n":
        end -= 1
    if end != size:
        os.ftruncate(descriptor, end)


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
