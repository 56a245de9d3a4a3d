# SPDX-License-Identifier: Apache-2.0
"""Remembers what was read of a published log, so that a page after the next checkpoint reads only what came since.

Decides nothing and needs no key. What is remembered is of one home's log, and of this very log: where the log does not
continue what was read (RFC 6962 section 2.1.2), all is read anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from threading import Lock

from beholden.home import Home, here
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import Body, parse
from beholden.ledger.signer import log_of
from beholden.ledger.tiles import TileMalformed
from beholden.ledger.tree import ProofRefused, verify_consistency


@dataclass(frozen=True, slots=True)
class Placed:
    """One entry, and its place in its log."""

    index: int
    at: datetime
    body: Body


@dataclass(frozen=True, slots=True)
class _Read:
    """Those of the first `size` entries of a home's log that were wanted, and the root over all of them."""

    home: Home
    size: int
    root: bytes
    wanted: tuple[Placed, ...]


class Reader:
    """The entries of some kinds in one log. A reader parses each once in its life, however often it is asked."""

    __slots__ = ("_kinds", "_lock", "_log", "_read")

    def __init__(self, log: str, *kinds: type) -> None:
        self._log, self._kinds, self._lock = log, kinds, Lock()
        self._read: _Read | None = None

    def upto(self, head: Checkpoint | None) -> tuple[Placed, ...]:
        """Return every entry of these kinds, in order, in the log as this checkpoint has it; of None, nothing."""
        if head is None or head.size == 0:
            return ()
        with self._lock:
            home, before = here(), self._read
            if before is None or before.home != home or not self._is_one_log(before, head):
                before = _Read(home, 0, b"", ())
            if head.size < before.size:  # asked by a page that began before the last checkpoint
                return tuple(one for one in before.wanted if one.index < head.size)
            wanted = (*before.wanted, *self._fresh(home, before.size, head.size))
            self._read = _Read(home, head.size, head.root, wanted)
            return wanted

    def _fresh(self, home: Home, start: int, size: int) -> Iterator[Placed]:
        for index, raw in enumerate(log_of(home, self._log).entries(size, start, size), start):
            entry = parse(raw, log=self._log)
            if isinstance(entry.body, self._kinds):
                yield Placed(index, entry.at, entry.body)

    def _is_one_log(self, before: _Read, head: Checkpoint) -> bool:
        """Say whether the longer of both continues the shorter."""
        old, new = sorted(((before.size, before.root), (head.size, head.root)), key=itemgetter(0))
        try:
            verify_consistency(
                old_size=old[0],
                new_size=new[0],
                old_root=old[1],
                new_root=new[1],
                proof=log_of(before.home, self._log).consistency_proof(old[0], new[0]),
            )
        except (ProofRefused, TileMalformed):
            return False
        return True
