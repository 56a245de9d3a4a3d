# SPDX-License-Identifier: Apache-2.0
"""The one file a family keeps: the whole handover log, the child's keys, and a proof for each handover.

Decides whether bytes are a bundle; `Bundle.parse` and `Bundle.print` are exact inverses. Proves nothing: that
is `verify`. Nothing in the file can be worked out from the rest of it (no label, no index of a bucket, no
hash of an entry), so no two parts can disagree unnoticed. A bundle is a secret: it holds the child's keys.
"""

from dataclasses import dataclass
from typing import Annotated, Self

from beholden.ledger.canonical import parse_json, print_json
from beholden.ledger.entries import MAX_ENTRY_BYTES
from beholden.ledger.places import PLACE_BYTES
from beholden.ledger.shapes import Hex, Hexes, Many, Maybe, OneOf, Part, Shaped, Text
from beholden.ledger.tags import MAX_BUCKET, SNAPSHOT_WIDTH, TAG_BYTES, Proof
from beholden.ledger.tree import HASH_BYTES
from beholden.ledger.vocabulary.terms import Hash, Position
from beholden.ledger.vrf import PROOF_BYTES

FORMAT = "beholden/bundle/v2"
MAX_BUNDLE_BYTES = 64 * 2**20
"""Ten years of handovers with their proofs are about 25 MB."""
MAX_ENTRIES = 1_000_000
MAX_DEPTH = 27  # depth(2**32 - 1)

Path = Annotated[tuple[bytes, ...], Hexes(HASH_BYTES, MAX_DEPTH)]


@dataclass(frozen=True, slots=True)
class HandoverLog(Shaped):
    """The signed checkpoint, and every entry up to it, as the strings whose UTF-8 bytes were hashed."""

    checkpoint: Annotated[str, Text()]
    entries: Annotated[tuple[str, ...], Many(Text(MAX_ENTRY_BYTES), MAX_ENTRIES)]


@dataclass(frozen=True, slots=True)
class Place(Shaped):
    """Where the child's keys stand: a proof that it is a pupil number's place, or the place itself, drawn by lot."""

    drawn: Annotated[bytes | None, Maybe(Hex(PLACE_BYTES))]
    proof: Annotated[bytes | None, Maybe(Hex(PROOF_BYTES))]


@dataclass(frozen=True, slots=True)
class Opening(Shaped):
    """Shows which key stands for the child in one registry: its entry, y, and the label's bucket."""

    bucket: Annotated[tuple[bytes, ...], Hexes(SNAPSHOT_WIDTH, MAX_BUCKET)]
    entry: Position
    path: Path
    y: Hash

    @property
    def proof(self) -> Proof:
        """Return the bucket with its path."""
        return Proof(self.bucket, self.path)


@dataclass(frozen=True, slots=True)
class Membership(Shaped):
    """Shows presence or absence in one handover's list: the intent's entry, and the tag's bucket."""

    bucket: Annotated[tuple[bytes, ...], Hexes(TAG_BYTES, MAX_BUCKET)]
    entry: Position
    path: Path

    @property
    def proof(self) -> Proof:
        """Return the bucket with its path."""
        return Proof(self.bucket, self.path)


@dataclass(frozen=True, slots=True)
class Bundle(Shaped):
    """A bundle. `place` is null if and only if no registry is opened: all are opened at the one place."""

    handovers: HandoverLog
    place: Annotated[Place | None, Maybe(Part(Place))]
    proofs: Annotated[tuple[Membership, ...], Many(Part(Membership), MAX_ENTRIES)]
    registry: Annotated[tuple[Opening, ...], Many(Part(Opening), MAX_ENTRIES)]
    vkey: Annotated[str, Text(512)]
    format: Annotated[str, OneOf((FORMAT,))] = FORMAT

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a bundle; refuse every byte that is not as `print` would write it."""
        return cls.from_json(parse_json(raw, limit=MAX_BUNDLE_BYTES))

    def print(self) -> bytes:
        """Return the bytes of the file."""
        return print_json(self.to_json())
