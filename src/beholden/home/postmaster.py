# SPDX-License-Identifier: Apache-2.0
"""Whether a server really runs on a data folder. This reads `postmaster.pid` and believes nothing unproven.

After a crash the file names a process that is gone, or whose number another program has now, or that is a
zombie because nobody collects it (many containers). `pg_ctl status` calls all three "running". Here a server
runs only if a live process of that number works in that very folder.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from beholden.home.files import write_durably

_SOCKET_LINE, _STATUS_LINE = 4, 7  # PostgreSQL, src/include/utils/pidfile.h, counted from nought


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server: its process, its socket's folder (once it says), and whether it is up."""

    process: int
    socket: str
    is_ready: bool


def find(pgdata: Path) -> Postmaster | None:
    """Return the server that runs on this folder, or None."""
    lines = _lines(pgdata)
    process = _process(lines)
    if process is None or not _works_in(process, pgdata):
        return None
    padded = lines + [""] * (_STATUS_LINE + 1)
    return Postmaster(process, padded[_SOCKET_LINE].strip(), padded[_STATUS_LINE].strip() == "ready")


def disown(pgdata: Path) -> None:
    """Make a left-over `postmaster.pid` harmless without losing what else it guards.

    A new server refuses to start while the process named on the first line lives, whoever that is. Removing
    the file would lose its seventh line, by which a new server finds children of the old one still at work.
    So only the first line changes, to our number: a server lets its starter's pass (PG_GRANDPARENT_PID).
    """
    lines = _lines(pgdata)
    if not lines or _process(lines) == os.getpid() or find(pgdata) is not None:
        return
    write_durably(pgdata / "postmaster.pid", "\n".join([str(os.getpid()), *lines[1:], ""]).encode())


def _lines(pgdata: Path) -> list[str]:
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _process(lines: list[str]) -> int | None:
    first = lines[0].strip() if lines else ""
    return int(first) if first.isascii() and first.isdigit() else None


def _works_in(process: int, pgdata: Path) -> bool:
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{process}/cwd").samefile(pgdata)
        except OSError:  # gone, a zombie, or another user's
            return False
    # Without /proc (macOS): the words it was started with.
    asked = subprocess.run(
        ("ps", "-ww", "-o", "args=", "-p", str(process)), capture_output=True, text=True, check=False
    )
    return f"-D {pgdata}" in asked.stdout
