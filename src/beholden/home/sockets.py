# SPDX-License-Identifier: Apache-2.0
"""Where the embedded server's socket lies. This knows only lengths and owners of folders.

A Unix socket's path may have 103 bytes (macOS; Linux takes 107), and a home may lie deeper than that. Then
the socket lies in a short closed folder of its own, and the home remembers it by a link.
"""

import os
import stat
import tempfile
from pathlib import Path

from beholden.home import Home, check_closed
from beholden.refusals import Refusal

PORT = "5432"
"""Part of the socket's file name only; no network port is ever opened."""

_LONGEST = 103
_CLOSED = 0o700


def resolve(home: Home) -> Path:
    """Return the socket's folder as the server was or will be told it. Makes nothing."""
    folder = home.socket
    return folder.readlink() if folder.is_symlink() else folder


def ensure(home: Home) -> Path:
    """Return the socket's folder after making sure that it is there, is ours, and is closed to others."""
    if home.socket.is_symlink() and not _is_sound(resolve(home)):
        home.socket.unlink()  # swept away at a reboot, or no longer ours
    if not os.path.lexists(home.socket):
        if _fits(home.socket):
            home.socket.mkdir(mode=_CLOSED)
        else:
            home.socket.symlink_to(_make_short())
    folder = resolve(home)
    check_closed(folder)
    return folder


def file(folder: Path) -> Path:
    """Return the socket itself."""
    return folder / f".s.PGSQL.{PORT}"


def _fits(folder: Path) -> bool:
    return len(os.fsencode(file(folder))) <= _LONGEST


def _is_sound(folder: Path) -> bool:
    """Say whether a remembered folder outside the home is still the one we made, and no link to another's."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.geteuid()
        and stat.S_IMODE(status.st_mode) == _CLOSED
    )


def _make_short() -> Path:
    candidates = (
        os.environ.get("XDG_RUNTIME_DIR", ""),
        tempfile.gettempdir(),
        "/tmp",  # noqa: S108  mkdtemp makes a closed folder with a name nobody can foresee
    )
    for base in candidates:
        if base and _fits(Path(base) / "beholden-xxxxxxxx") and os.access(base, os.W_OK | os.X_OK):
            return Path(tempfile.mkdtemp(prefix="beholden-", dir=base))
    raise Refusal(
        "home.socket",
        "The home's path is too long for a socket, and there is no short folder to put one in.",
        next_step="Choose a home with a shorter path.",
        authority="POSIX sockaddr_un",
    )
