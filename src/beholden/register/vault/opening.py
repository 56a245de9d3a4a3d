# SPDX-License-Identifier: Apache-2.0
"""Opens some thousand sealed proof seeds in one go. No database: other processes import this, and nothing more.

Says of each what `seal.unseal` and `lent.place_and_id` say, without an object for each of millions.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.register.lent import ProofSeeds, place_and_id
from beholden.register.vault.seal import said_in
from beholden.register.vault.slots import Slots, unwrapped

Wrapped = tuple[bytes, int, bytes]
"""16-byte id, slot, sealed proof seed."""

_GROUP: Final = "proof"


def opened(slots: Path, kek: bytes, sealed: Sequence[Wrapped]) -> ProofSeeds:
    """Return the proof seeds of those who were placed, in order, or raise: InvalidTag, ValueError or KeyError."""
    people, label_seeds, proof_ids, outer = bytearray(), bytearray(), bytearray(), AESGCM(kek)
    wrapped = Slots(slots, kek).wrapped([slot for _, slot, _ in sealed])
    for (person, slot, blob), raw in zip(sealed, wrapped, strict=True):
        at, proof_id, placed = place_and_id(said_in(unwrapped(outer, slot, raw), person, _GROUP, blob))
        if placed:
            people += person
            label_seeds += at
            proof_ids += proof_id
    return ProofSeeds(bytes(people), bytes(label_seeds), bytes(proof_ids))
