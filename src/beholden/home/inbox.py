# SPDX-License-Identifier: Apache-2.0
"""The inbox: what a school sends lies here from its first byte until the keeper has taken it in, and not longer.

The contract. A file is made under a random name that nobody chose outside, closed to others from the start, and never
lies anywhere else. Who writes it holds its lock (flock) for as long as it may still be wanted; the kernel takes the
lock back when that process ends, however it ends. So what nobody holds is a leftover, and `sweep` may take it away
while others are still sending. Knows no school, no Django and no clock.
"""

import fcntl
import os
import re
import secrets
from pathlib import Path

from beholden.home import Home
from beholden.refusals import Refusal

_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PRIVATE = 0o600


def put_down(home: Home) -> tuple[str, int]:
    """Make an empty file and return its name and its descriptor, open for writing and held. The caller closes it."""
    name = secrets.token_hex(16)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(home.inbox / name, flags, _PRIVATE)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return name, descriptor


def place(home: Home, name: str) -> Path:
    """Return where a file lies, or refuse: what is not a name of ours is no path either."""
    if _NAME.fullmatch(name) is None or not (home.inbox / name).is_file():
        raise Refusal(
            "home.inbox",
            "The file did not arrive, or was taken already.",
            next_step="Send the file again.",
            authority="UK GDPR Art 32(1)(b)",
        )
    return home.inbox / name


def take_away(home: Home, name: str) -> None:
    """Remove a file. Doing it twice does nothing."""
    if _NAME.fullmatch(name) is not None:
        (home.inbox / name).unlink(missing_ok=True)


def sweep(home: Home) -> int:
    """Remove every file that nobody holds any more, and return how many: a crash left them."""
    swept = 0
    for path in home.inbox.iterdir():
        if _NAME.fullmatch(path.name) is None:
            continue  # nothing of ours: a person put it there
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            swept += 1
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
    return swept
