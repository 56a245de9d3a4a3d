# SPDX-License-Identifier: Apache-2.0
r"""What a recipient's machine signs when it asks for its messages, and how that is checked. No Django, no clock.

Signed is "beholden/request/v1\n" || JCS({"body","date","keeper","method","nonce","path","recipient"}) with the Ed25519
key that the recipient is enrolled with: `body` is the SHA-256 of the body in hex, `keeper` the name that stands before
the names of its logs, so that what was asked of one keeper is nothing to another.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.ledger.canonical import print_json
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

APART = timedelta(minutes=5)
"""How far back a request's own time may lie from the keeper's."""

AHEAD = timedelta(seconds=30)
"""How far it may lie ahead: so long after its start a keeper's process takes nothing that one before could have."""

_SIGNED = b"beholden/request/v1\n"
_DATE = "%Y-%m-%dT%H:%M:%SZ"
_NONCE = re.compile(r"[0-9a-f]{32}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_REF = re.compile(r"[a-z0-9-]{1,40}")
_PATH = re.compile(r"/[a-z0-9/.-]{1,200}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was signed. `nonce` is 16 random bytes in hex, never used twice; `signature` is in hex."""

    recipient: str
    method: str
    path: str
    date: str
    nonce: str
    body: str
    signature: str = ""

    def message(self, keeper: str) -> bytes:
        """Return the bytes that are signed."""
        return _SIGNED + print_json(
            {
                "body": hashlib.sha256(self.body.encode()).hexdigest(),
                "date": self.date,
                "keeper": keeper,
                "method": self.method,
                "nonce": self.nonce,
                "path": self.path,
                "recipient": self.recipient,
            }
        )

    @property
    def at(self) -> datetime:
        """When it says that it was made (aware UTC)."""
        return datetime.strptime(self.date, _DATE).replace(tzinfo=UTC)


def shown_date(at: datetime) -> str:
    """Return a moment as a request says it."""
    return at.astimezone(UTC).strftime(_DATE)


def sign(request: Request, *, keeper: str, seed: bytes) -> str:
    """Return the signature of a request in hex, with the recipient's Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(request.message(keeper)).hex()


def check_made(request: Request, *, at: datetime) -> None:
    """Refuse what is not shaped as a request, or not of this moment: before anybody is looked up.

    What must hold: 1 it has the one shape, and prints back to itself; 2 its time is near the keeper's.
    """
    shaped = (
        _REF.fullmatch(request.recipient)
        and request.method in {"GET", "POST"}
        and _PATH.fullmatch(request.path)
        and _NONCE.fullmatch(request.nonce)
        and _SIGNATURE.fullmatch(request.signature)
    )
    try:
        made = request.at
    except ValueError:
        raise refused() from None
    if not shaped or shown_date(made) != request.date:  # 1
        raise refused()
    if not -AHEAD <= at - made <= APART:  # 2
        raise Refusal(
            "redress.request_date",
            "The time of this request is too far from ours.",
            next_step="Set the machine's clock, and ask again with a new time and nonce.",
            authority="UK GDPR Art 32(1)(b)",
        )


def check_signed(request: Request, *, keeper: str, check_key: str) -> None:
    """Refuse a request unless the enrolled key, which is not weak, signed exactly this."""
    try:
        key = bytes.fromhex(check_key)
        if not key or is_weak(key):
            raise refused()
        public = Ed25519PublicKey.from_public_bytes(key)
        public.verify(bytes.fromhex(request.signature), request.message(keeper))
    except (InvalidSignature, ValueError) as trouble:
        raise refused() from trouble


def refused() -> Refusal:
    """A body that nobody enrolled, a wrong key, a request that was seen before: all are answered alike."""
    return Refusal(
        "redress.request",
        "This request is not signed with the key of a recipient that is enrolled here, or was seen before.",
        next_step="Sign method, path, time, nonce and body with the enrolled key; a new nonce each time.",
        authority="D31; UK GDPR Art 32(1)(b)",
    )
