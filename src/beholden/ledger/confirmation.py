# SPDX-License-Identifier: Apache-2.0
"""The recipient's word on a list: it recomputes it from the file it got, and signs what it found.

Decides whether such a word is the recipient's own, and whether it agrees with the log. Knows no file format.
It catches a row without a tag and a list that is not the committed one; it cannot see a wrong tag, because a
recipient knows no child's key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.ledger.canonical import print_json
from beholden.ledger.tags import Committed, recompute
from beholden.ledger.vocabulary.handovers import Recomputed
from beholden.ledger.vocabulary.terms import ListOf, recipient_key_hash
from beholden.ledger.weak import is_weak

_PREFIX = b"beholden/recomputed/v1\n"


class Word(StrEnum):
    """What a recipient's recomputation is worth to a reader of the log."""

    NONE = "none"  # nothing was recomputed, or nothing was logged
    AGREES = "agrees"
    DISAGREES = "disagrees"  # truly signed, and about another list: the most important of all to show
    UNSIGNED = "unsigned"  # not by the key that the header names: counts for nothing


@dataclass(frozen=True, slots=True)
class Subject:
    """The handover a word is about, as its intent entry has it."""

    list_id: bytes
    payload: bytes
    committed: Committed
    recipient_key: bytes


def message(subject: Subject, found: Committed) -> bytes:
    r"""Return what is signed: "beholden/recomputed/v1\n" || JCS({"id","n","payload","root"}).

    The number of rows is no part of it, not even as a band: n is the exact scope, so at a band's edge one
    refusal more would show (D13).
    """
    return _PREFIX + print_json(
        {
            "id": subject.list_id.hex(),
            "n": found.n,
            "payload": subject.payload.hex(),
            "root": found.root.hex(),
        }
    )


def sign(subject: Subject, *, row_tags: Iterable[bytes], padding: Iterable[bytes], seed: bytes) -> Recomputed:
    """Recompute the list from the rows' tags and the padding, as a recipient does, and sign the result."""
    found = recompute(subject.list_id, (*row_tags, *padding))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Recomputed(
        key=key.public_key().public_bytes_raw(),
        n=ListOf.of(found).n,
        root=found.root,
        signature=key.sign(message(subject, found)),
    )


def weigh(subject: Subject, said: Recomputed | None) -> Word:
    """Say what a logged recomputation is worth.

    Must hold for `agrees`: (1) the key is the one the header names, and not weak; (2) its signature
    covers this handover, this ciphertext and the figures beside it; (3) n and root are those of the
    intent.
    """
    if said is None:
        return Word.NONE
    if recipient_key_hash(said.key) != subject.recipient_key or is_weak(said.key):  # (1)
        return Word.UNSIGNED
    found = Committed(n=said.n, depth=subject.committed.depth, root=said.root)
    try:
        Ed25519PublicKey.from_public_bytes(said.key).verify(said.signature, message(subject, found))  # (2)
    except (InvalidSignature, ValueError):
        return Word.UNSIGNED
    return Word.AGREES if found == subject.committed else Word.DISAGREES  # (3)
