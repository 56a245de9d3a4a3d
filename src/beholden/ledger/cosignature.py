# SPDX-License-Identifier: Apache-2.0
"""A witness's cosignature on a checkpoint, exactly as c2sp.org/tlog-cosignature: Ed25519, version 1.

Decides whether a line under a checkpoint says that a witness saw this log grow and never change. Keeps no key, reads
no clock. What is signed is the whole text under two lines of its own: if it had extension lines they would be signed
with it, and nothing would be said of them; `checkpoint` lets none come that far. The other type of cosignature
(ML-DSA-44) is not read: whoever sends one is a witness we do not know.

    cosignature/v1
    time 1679315147
    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from beholden.ledger.note import SIGNATURE_BYTES, Key, NoteNotSigned, Signature, private_key

COSIGNATURE = b"\x04"  # signature type, tlog-cosignature "Format"
TIME_BYTES = 8
COSIGNATURE_BYTES = TIME_BYTES + SIGNATURE_BYTES
_LAST_SECOND = (
    253_402_300_799  # 9999-12-31T23:59:59Z: what a datetime can hold; the format itself ends at 2^63 - 1
)


@dataclass(frozen=True, slots=True)
class WitnessKey(Key):
    """The verifier key of a witness. What it signs begins with a line of its own, so no log's signature is one."""

    TYPE: ClassVar[bytes] = COSIGNATURE

    def check(self, text: str, signature: bytes) -> None:
        """Refuse unless the witness has cosigned the text. Nothing is said about when."""
        self.cosigned_at(text, signature)

    def cosigned_at(self, text: str, signature: bytes) -> datetime:
        """Return when the witness says that it cosigned (aware UTC, whole seconds); refuse what it did not sign."""
        if len(signature) != COSIGNATURE_BYTES:
            raise NoteNotSigned(f"The cosignature under the name {self.name} is not of the length of one.")
        second = int.from_bytes(signature[:TIME_BYTES], "big")
        # Not super(): in a dataclass with slots it is another class than the one that was written down here.
        Key.check(self, _message(text, second), signature[TIME_BYTES:])
        if second > _LAST_SECOND:
            raise NoteNotSigned(f"The cosignature under the name {self.name} is of no time that there is.")
        return datetime.fromtimestamp(second, tz=UTC)


def cosign(text: str, *, name: str, seed: bytes, at: datetime) -> Signature:
    """Return a witness's line under a checkpoint. Only `witness` calls it, once it wrote down what it saw."""
    second = int(at.timestamp())
    signed = private_key(seed).sign(_message(text, second).encode())
    return Signature(name, WitnessKey.of_seed(name, seed).id, second.to_bytes(TIME_BYTES, "big") + signed)


def _message(text: str, second: int) -> str:
    return f"cosignature/v1\ntime {second}\n{text}"
