# SPDX-License-Identifier: Apache-2.0
"""The keeper's process: answers at the hatch, and does the register's own chores. One of them a home.

It connects as the keeper's login; every transaction begins as the office and opens the vault only where a room does.
"""

import fcntl
import logging
import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connections

from beholden.hatch import wire
from beholden.hatch.answering import Keeper, now
from beholden.hatch.place import socket_file
from beholden.home import Home, sockets
from beholden.refusals import Refusal

Chore = Callable[[datetime], object]

AT_ONCE = 8
"""Questions that are answered at one moment; the others wait. Each holds one connection to the database."""

PATIENCE = 30.0
"""Seconds that a door has to send its question, and to take the answer."""

EVERY = 60.0
"""Seconds between two rounds of chores."""

_log = logging.getLogger(__name__)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens on the home's socket; answers each connection in a thread of its own."""

    request_queue_size = 64
    daemon_threads = False  # a question that has begun is answered before the process ends

    def __init__(self, path: Path, keeper: Keeper) -> None:
        self.keeper = keeper
        self.busy = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(str(path), _Question)


class _Question(socketserver.BaseRequestHandler):
    """One connection: one question, one answer."""

    request: socket.socket
    server: _Server

    def handle(self) -> None:
        self.request.settimeout(PATIENCE)
        try:
            raw = wire.receive(self.request, limit=wire.QUESTION_LIMIT)
            with self.server.busy:
                try:
                    answer = self.server.keeper.answer(raw, at=now())
                finally:
                    connections.close_all()  # they belong to this thread, which ends
            wire.send(self.request, answer, limit=wire.ANSWER_LIMIT)
        except (OSError, wire.WireBroken) as trouble:
            _log.warning("a door went away: %s", type(trouble).__name__)


@contextmanager
def open_hatch(home: Home, keeper: Keeper, chores: Sequence[Chore] = ()) -> Iterator[Path]:
    """Answer at the home's hatch while the block runs, and do the chores every minute. Yields the socket.

    Refuses with `hatch.taken` where another process answers already: two would do each chore twice at once.
    """
    sockets.ensure(home)
    path = socket_file(home)
    ended = threading.Event()
    with _alone(home):
        path.unlink(
            missing_ok=True
        )  # left by a process that was killed: we hold the lock, so nobody listens there
        with _Server(path, keeper) as server:
            path.chmod(0o600)
            threads = (
                threading.Thread(target=server.serve_forever, name="hatch", kwargs={"poll_interval": 0.1}),
                threading.Thread(target=_round, args=(chores, ended), name="chores"),
            )
            for thread in threads:
                thread.start()
            try:
                yield path
            finally:
                ended.set()
                server.shutdown()
                for thread in threads:
                    thread.join()
        path.unlink(missing_ok=True)


def _round(chores: Sequence[Chore], ended: threading.Event) -> None:
    """Do every chore, again and again. One that fails is told in our log, and done again in the next round."""
    while True:
        for chore in chores:
            try:
                chore(now())
            except Refusal as no:
                _log.warning("a chore was refused: %s", no.code)
            except Exception:  # noqa: BLE001  whatever broke, the process goes on
                _log.exception("a chore broke")
        connections.close_all()
        if ended.wait(EVERY):
            return


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the right to answer for this home. The kernel takes it back when the process ends, however it ends."""
    descriptor = os.open(home.root / "hatch.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            raise Refusal(
                "hatch.taken",
                "Another process keeps this home already.",
                next_step="Stop that one first, or leave it to its work.",
                authority="ARCHITECTURE section 3: one home is one keeper",
            ) from trouble
        yield
    finally:
        os.close(descriptor)
