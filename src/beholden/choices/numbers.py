# SPDX-License-Identifier: Apache-2.0
"""Makes a receipt's number, its digest, and the seals of a *leave in* and a yes. No clock, no database, no chance.

Whoever may write rows but has no key (a door that was broken into) can add *keep outs*, which protect; a *leave in* or
a yes without our seal is nobody's answer. Numbers are kept as keyed digests, so nobody can read them there.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import rfc8785

from beholden.choices.rules import NUMBER_SIGNS, Answer, Permission
from beholden.kinds import PersonId
from beholden.people.signs import drawn

_NUMBER = b"beholden/choices/number/v1\n"
_RECEIPT = b"beholden/choices/receipt/v1\n"
_SEAL = b"beholden/choices/leave-in/v1\n"
_AGREED = b"beholden/choices/agree/v1\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What one press of a button says: by whom, at which scope, and what about which child."""

    adult: str
    scope: str
    target: str
    answers: tuple[tuple[PersonId, Answer | Permission], ...]
    undoes: str


def number(key: bytes, said: Said, *, press: str, turn: int) -> str:
    """Return the number of one answer, in fours. The same press gives the same number, so a form sent twice is one."""
    body = rfc8785.dumps(
        {
            "adult": said.adult,
            "answers": [[str(child), answer.value] for child, answer in said.answers],
            "press": press,
            "scope": said.scope,
            "target": said.target,
            "turn": turn,
            "undoes": said.undoes,
        }
    )
    signs = drawn(hmac.digest(key, _NUMBER + body, hashlib.sha256), NUMBER_SIGNS)
    return f"{signs[:4]} {signs[4:]}"


def receipt(key: bytes, adult: str, shown: str) -> str:
    """Return what stands for an adult's number in the database; another adult's same number is another digest."""
    return hmac.digest(key, _RECEIPT + f"{adult}\n{shown}".encode(), hashlib.sha256).hex()


@dataclass(frozen=True, slots=True)
class LeaveIn:
    """Everything that the seal of one *leave in* binds."""

    person: UUID
    adult: str
    scope: str
    target: str
    at: datetime
    receipt: str
    undoes: str
    letter: UUID

    def seal(self, key: bytes) -> bytes:
        """Return HMAC-SHA256 under the letters' key."""
        body = {
            "adult": self.adult,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "letter": str(self.letter),
            "person": str(self.person),
            "receipt": self.receipt,
            "scope": self.scope,
            "target": self.target,
            "undoes": self.undoes,
        }
        return hmac.digest(key, _SEAL + rfc8785.dumps(body), hashlib.sha256)

    def is_ours(self, key: bytes, seal: bytes) -> bool:
        """Say whether a seal is ours."""
        return hmac.compare_digest(self.seal(key), seal)


@dataclass(frozen=True, slots=True)
class Agreed:
    """Everything that the seal of one yes binds. `asked` is the digest of what was asked, in the words shown."""

    person: UUID
    adult: str
    giver: str
    use: str
    asked: str
    at: datetime
    receipt: str
    letter: UUID

    def seal(self, key: bytes) -> bytes:
        """Return HMAC-SHA256 under the letters' key."""
        body = {
            "adult": self.adult,
            "asked": self.asked,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "giver": self.giver,
            "letter": str(self.letter),
            "person": str(self.person),
            "receipt": self.receipt,
            "use": self.use,
        }
        return hmac.digest(key, _AGREED + rfc8785.dumps(body), hashlib.sha256)

    def is_ours(self, key: bytes, seal: bytes) -> bool:
        """Say whether a seal is ours."""
        return hmac.compare_digest(self.seal(key), seal)
