# SPDX-License-Identifier: Apache-2.0
"""One entry of a log with its way up to a signed checkpoint, exactly as c2sp.org/tlog-proof.

Decides whether such a file proves, offline, that an entry stands at its place in a log that the reader knows. Knows no
file, no clock and no network. In a file of ours the `extra` line carries the entry itself, as the specification
suggests for what the leaf hash is computed from; nobody need trust it, since other bytes have another hash.

    c2sp.org/tlog-proof@v1
    extra eyJhdCI6IjIwMjYt…
    index 73894
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=

    example.com/fancylog
    109482
    sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

    — example.com/fancylog hI2DJw…
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Self

from beholden.ledger import tree
from beholden.ledger.checkpoint import MAX_SIZE, Checkpoint, open_checkpoint
from beholden.ledger.entries import MAX_ENTRY_BYTES
from beholden.ledger.note import MAX_NOTE_BYTES, Key, Note, NoteMalformed, decode_base64
from beholden.ledger.policy import Policy
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

FIRST = "c2sp.org/tlog-proof@v1"
MAX_PATH = MAX_SIZE.bit_length()
MAX_PROOF_BYTES = MAX_NOTE_BYTES + 100_000
_INDEX_DIGITS = len(str(MAX_SIZE))
_AUTHORITY = "c2sp.org/tlog-proof"


class EntryProofMalformed(Refusal):
    """Says that bytes are not a proof in the one form there is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.entry_proof_malformed",
            sentence,
            next_step="Ask for the file again; this one was cut, changed, or made by other rules.",
            authority=_AUTHORITY,
        )


@dataclass(frozen=True, slots=True)
class EntryProof:
    """Where an entry stands, the hashes beside its way up, leaf first, and a signed checkpoint. Proves nothing yet."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes  # the whole note, with every cosignature under it
    extra: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse values that have no line of their own, and a note that is no checkpoint."""
        if not 0 <= self.index < MAX_SIZE:
            raise EntryProofMalformed("The index of a proof is not the number of an entry.")
        if len(self.path) > MAX_PATH or any(len(one) != tree.HASH_BYTES for one in self.path):
            raise EntryProofMalformed("A proof has at most 63 hashes, of 32 bytes each; this one has not.")
        if self.extra is not None and not 0 < len(self.extra) <= MAX_ENTRY_BYTES:
            raise EntryProofMalformed("The extra line of a proof is empty, or longer than any entry.")
        Checkpoint.parse(Note.parse(self.checkpoint).text)

    def print(self) -> bytes:
        """Return the bytes of the file."""
        extra = [] if self.extra is None else [f"extra {_base64(self.extra)}"]
        lines = [FIRST, *extra, f"index {self.index}", *map(_base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a file; refuse whatever does not print back to itself."""
        if len(raw) > MAX_PROOF_BYTES:
            raise EntryProofMalformed(f"A proof has at most {MAX_PROOF_BYTES:,} bytes.")
        head, _, checkpoint = raw.partition(b"\n\n")
        if not head.isascii():
            raise EntryProofMalformed("The lines before the checkpoint of a proof are ASCII.")
        first, *lines = head.decode().split("\n")
        if first != FIRST or not lines:
            raise EntryProofMalformed("The file does not begin like a proof.")
        extra = None
        if lines[0].startswith("extra "):
            extra = _decoded(lines.pop(0).removeprefix("extra "))
        index = lines.pop(0) if lines else ""
        number = index.removeprefix("index ")
        if number == index or not (number.isdigit() and len(number) <= _INDEX_DIGITS):
            raise EntryProofMalformed("The proof does not say at which index the entry stands.")
        proof = cls(int(number), tuple(map(_decoded, lines)), checkpoint, extra)
        if proof.print() != raw:
            raise EntryProofMalformed("The proof does not print back to itself.")
        return proof


@dataclass(frozen=True, slots=True)
class Shown:
    """What a proof has shown: this entry at this index of this log, when it had so many; and which witnesses saw it."""

    origin: str
    index: int
    size: int
    entry: bytes
    seen: Mapping[str, datetime]


def check(
    proof: EntryProof, *, entry: bytes | None = None, key: Key | None = None, policy: Policy | None = None
) -> Shown:
    """Return what a proof shows of an entry, or refuse. Without `entry` it is the one that the file carries.

    Must hold: (1) the reader knows the log, by its key or by a policy, and not by a key under which anybody can sign;
    (2) the checkpoint is of that log and signed
    under that key; (3) where there is a policy, a quorum of its witnesses has cosigned the checkpoint; (4) there is an
    entry, and hashing it upward at its index ends at the root.
    """
    if key is None and policy is None:  # (1)
        raise _refused(
            "ledger.entry_proof_unpinned",
            "A proof shows something only to who knows the log's key.",
            "Give the log's key, or a policy that names it, from a place you trust.",
        )
    if key is not None and is_weak(key.public):  # (1)
        raise _refused(
            "ledger.entry_proof_weak_key",
            "This is a key under which anybody can sign, so nothing is proved by it.",
            "Take the log's key from a place you trust.",
        )
    stated = Checkpoint.parse(Note.parse(proof.checkpoint).text)
    if key is not None:  # (2)
        open_checkpoint(proof.checkpoint, origin=key.name, keys=[key])
    seen: Mapping[str, datetime] = MappingProxyType({})
    if policy is not None:  # (2), (3)
        seen = policy.check(proof.checkpoint, origin=stated.origin).seen
    said = proof.extra if entry is None else entry
    if said is None:  # (4)
        raise _refused(
            "ledger.entry_proof_alone",
            "This file does not carry the entry that it is about.",
            "Give the entry beside it.",
        )
    tree.verify_inclusion(
        index=proof.index, size=stated.size, leaf=tree.leaf_hash(said), proof=proof.path, root=stated.root
    )
    return Shown(stated.origin, proof.index, stated.size, said, seen)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    try:
        return decode_base64(text)
    except NoteMalformed as cause:
        raise EntryProofMalformed("A line of the proof is not canonical base64.") from cause


def _refused(code: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(code, sentence, next_step=next_step, authority=_AUTHORITY)
