# SPDX-License-Identifier: Apache-2.0
"""Who uses the home's server at this moment. This counts processes by file locks and knows no server.

A lock (flock) belongs to an open file: the kernel takes it back when its process ends, however it ends. So
the count is right after a kill -9, where a list of process ids would not be.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from beholden.home import Home


@dataclass(frozen=True, slots=True)
class Seat:
    """One user's place. Ask and take only while holding the turn, or two could both think themselves last."""

    descriptor: int
    process: int

    def take(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Say whether nobody else sits. In a forked child the seat is its parent's, so the answer is no."""
        if os.getpid() != self.process:
            return False
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def turn(home: Home) -> Iterator[None]:
    """Hold the right to start, stop or make the server: one process at a time."""
    descriptor = _open(home, "turn")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def seat(home: Home) -> Iterator[Seat]:
    """Offer a seat, not yet taken; it is given back when the block or the process ends."""
    descriptor = _open(home, "users")
    try:
        yield Seat(descriptor, os.getpid())
    finally:
        os.close(descriptor)


def _open(home: Home, name: str) -> int:
    return os.open(home.postgres / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
