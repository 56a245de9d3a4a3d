# SPDX-License-Identifier: Apache-2.0
"""Remembers what was read of a published log, so that a page after the next checkpoint reads only what came since.

Decides nothing and needs no key. What is remembered is of one home's log, and of this very log: where the log does not
continue what was read (RFC 6962 section 2.1.2), all is read anew.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from beholden.home import Home, here
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import Body, parse
from beholden.ledger.signer import log_of
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
    """The entries of some kinds in one log. Each is parsed once in the life of a process, whoever asks how often."""

    __slots__ = ("_kinds", "_lock", "_log", "_read")

    def __init__(self, log: str, *kinds: type) -> None:
        self._log, self._kinds, self._lock = log, kinds, Lock()
        self._read: _Read | None = None

    def upto(self, head: Checkpoint | None) -> tuple[Placed, ...]:
        """Return every entry of these kinds, in order, in the log as this checkpoint has it; of None, nothing."""
        if head is None:
            return ()
        with self._lock:
            before = self._still_there(head)
            log = log_of(before.home, self._log)
            fresh = log.entries(head.size, before.size, head.size)
            wanted = tuple(
                Placed(index, entry.at, entry.body)
                for index, entry in enumerate((parse(raw, log=self._log) for raw in fresh), before.size)
                if isinstance(entry.body, self._kinds)
            )
            self._read = _Read(before.home, head.size, head.root, before.wanted + wanted)
            return self._read.wanted

    def _still_there(self, head: Checkpoint) -> _Read:
        """Return what was read before, if this log continues it; else nothing, and all is read from the beginning."""
        home, before = here(), self._read
        nothing = _Read(home, 0, b"", ())
        if before is None or before.home != home or not 0 < before.size <= head.size:
            return nothing
        proof = log_of(home, self._log).consistency_proof(before.size, head.size)
        try:
            verify_consistency(
                old_size=before.size,
                new_size=head.size,
                old_root=before.root,
                new_root=head.root,
                proof=proof,
            )
        except ProofRefused:
            return nothing
        return before
