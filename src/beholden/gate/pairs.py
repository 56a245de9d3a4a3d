# SPDX-License-Identifier: Apache-2.0
r"""Seals why a record may be somebody, under the list's own key, and opens it again. No database, no clock.

why = nonce (12) || AES-256-GCM(key, JSON, aad = "beholden/pair/v1\n" || the row's other columns as JCS). The JSON has
the explanation of `linkage`, which has no value of anybody, and two forms of a name where they agree in part. To
destroy the key is to wipe every copy. Figures and opinions are bound by HMAC-SHA256 under the same key.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from beholden.gate import sealing
from beholden.ledger.canonical import Json, print_json
from beholden.linkage.explaining import Explanation
from beholden.refusals import Refusal
from beholden.register.linked import Alike

PREFIX = "pairs."


@dataclass(frozen=True, slots=True)
class Sides:
    """What a pair is about, in the clear: which list, whom, which record, if it was accepted, and what is known.

    `sampled` is the stratum that it was drawn from; then it may say neither whom nor which record.
    """

    roster: int
    person: UUID | None
    reference: str
    accepted: bool
    known: str = field(repr=False)
    sampled: str = field(default="", repr=False)

    def bound(self) -> bytes:
        """Return what the seal is bound to."""
        said: dict[str, Json] = {
            "accepted": self.accepted,
            "known": self.known,
            "person": None if self.person is None else str(self.person),
            "reference": self.reference,
            "roster": self.roster,
        }
        if self.sampled:
            said["sampled"] = self.sampled
        return b"beholden/pair/v1\n" + print_json(said)


class Why(msgspec.Struct, frozen=True):
    """What is sealed of a pair; of one that was drawn, also the groups of the person, by column."""

    explanation: Explanation
    alike: tuple[Alike, ...]
    groups: dict[str, str] = msgspec.field(default_factory=dict)


def key_name(name: str) -> str:
    """Return the name of the key file of one list's pairs."""
    return f"{PREFIX}{name}"


def seal(key: bytes, sides: Sides, why: Why) -> bytes:
    """Return why a record may be somebody, sealed."""
    return sealing.seal(key, sides.bound(), msgspec.json.encode(why))


def unseal(key: bytes, sides: Sides, blob: bytes) -> Why:
    """Open what was sealed for this very pair, or refuse."""
    try:
        return _why.decode(sealing.unseal(key, sides.bound(), blob))
    except ValueError as trouble:
        raise Refusal(
            "gate.pair_changed",
            "This is not the pair that was kept for this list.",
            next_step="Run `beholden fsck`, and hand the list in again.",
            authority="D32, D36",
        ) from trouble


def of_figures(key: bytes, roster: int, figures: dict[str, Json]) -> bytes:
    """Return what binds a list's figures."""
    return _mac(key, b"figures", {"figures": figures, "roster": roster})


def of_opinion(key: bytes, pair: int, says: str, by: str, at: str) -> bytes:
    """Return what binds one opinion to its pair."""
    return _mac(key, b"opinion", {"at": at, "by": by, "pair": pair, "says": says})


def _mac(key: bytes, what: bytes, said: dict[str, Json]) -> bytes:
    own = hmac.digest(key, b"beholden/pairs/" + what + b"/v1\n", hashlib.sha256)
    return hmac.digest(own, print_json(said), hashlib.sha256)


_why = msgspec.json.Decoder(Why)
