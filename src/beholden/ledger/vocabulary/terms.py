# SPDX-License-Identifier: Apache-2.0
"""The terms that entries of both logs are made of: types of fields, closed lists, bands, and lists of keys or tags."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Self

from beholden.ledger.canonical import print_json
from beholden.ledger.shapes import (
    BANDS,
    Count,
    Hex,
    OneOf,
    Shaped,
    ShapeRefused,
    Whole,
    Word,
)
from beholden.ledger.tags import MAX_SIZE, Committed

HANDOVERS = "handovers"
EVENTS = "events"

Id = Annotated[bytes, Hex(16)]
Hash = Annotated[bytes, Hex(32)]
Code = Annotated[str, Word()]
Origin = Annotated[str, Word(r"[a-z0-9][a-z0-9.:/-]{0,127}/handovers")]
Position = Annotated[int, Whole()]
Seq = Annotated[int, Whole(low=1)]
Scope = Annotated[int, Count(MAX_SIZE)]
Band = Annotated[int, OneOf(BANDS)]
Tens = Annotated[int, Whole(step=10, high=MAX_SIZE)]

USE_STATES = (
    *("draft", "submitted", "triage", "comment", "panel", "refused", "approved", "agreement", "published"),
    *("notified", "window", "cleared", "released", "in_use", "expiring", "destroyed", "closed"),
    *("suspended", "withdrawn", "breached"),
)
PAPERS = (
    *("triage", "difference", "opening", "objection", "reply", "children", "hearing", "interest", "review"),
    *("vote", "decision", "facts", "direction", "agreement", "signature", "second", "stop"),
    *("recipient", "certificate", "breach", "run", "left_off", "table"),
)
OUTCOMES = ("delivered", "withdrawn", "unknown")


def band(count: int) -> int:
    """Return the band a count stands in, by its upper edge: at most 64, 512, 4 096, …"""
    found = next((edge for edge in BANDS if count <= edge), None)
    if found is None or count < 0:
        raise ShapeRefused("band", "the count lies in no band.")
    return found


def tens(count: int) -> int:
    """Return a count rounded down to tens: 0 then says *fewer than ten*."""
    return count - count % 10


def items_digest(items: tuple[str, ...]) -> bytes:
    """Return the digest under which a header names its items: SHA-256(JCS(sorted item ids))."""
    return hashlib.sha256(print_json(sorted(items))).digest()


def recipient_key_hash(public: bytes) -> bytes:
    """Return the hash under which a header names a recipient's Ed25519 key: SHA-256 of its 32 bytes."""
    return hashlib.sha256(public).digest()


@dataclass(frozen=True, slots=True)
class ListOf(Shaped):
    """What is public about a list. For a handover, n is its scope before any choice, padded (D13)."""

    depth: Annotated[int, Whole(high=27)]
    n: Scope
    root: Hash

    @classmethod
    def of(cls, committed: Committed) -> Self:
        """Say in an entry what a tree has committed to."""
        return cls(depth=committed.depth, n=committed.n, root=committed.root)

    @property
    def committed(self) -> Committed:
        """Return the same facts as the tag tree knows them."""
        return Committed(n=self.n, depth=self.depth, root=self.root)


@dataclass(frozen=True, slots=True)
class LogState(Shaped):
    """A log up to a size: how the two logs refer to one another."""

    root: Hash
    size: Position
