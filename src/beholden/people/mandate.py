# SPDX-License-Identifier: Apache-2.0
"""A mandate: proof that one adult, for minutes, may decide for named children. No database, no clock.

It says that the letter opened when the mandate was granted, and cannot say that it still would. So it lives for no
longer than a sitting, and a door opens the letter afresh before every answer.

The room that opens a letter and the room that writes down a choice do not know each other, and one day they
will not share a process. What passes between them is this value: small, signed, readable by whoever checks it.
It names nobody: the adult and the children are random identifiers.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import rfc8785

from beholden.kinds import PersonId
from beholden.refusals import Refusal

LASTS = timedelta(minutes=15)
"""As long as one sitting. What a letter loses (it is replaced, a link is severed), its mandates lose within this."""

_PURPOSE = b"beholden/mandate/v1\n"


class Reach(StrEnum):
    """What a mandate opens: a letter's notice and answers, or after the second step the children's records (U1)."""

    LETTER = "letter"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who may decide (an opaque adult), by which letter, for which children, until when (aware UTC).

    `once` makes every mandate another one: what is said twice under the same one is said once.
    """

    letter: UUID
    adult: str
    children: tuple[PersonId, ...]
    until: datetime
    once: str = field(default_factory=lambda: secrets.token_hex(16))
    reach: Reach = Reach.LETTER

    def narrowed(self, children: tuple[PersonId, ...]) -> "Mandate":
        """Return a mandate for some of these children; nobody is ever added."""
        return replace(self, children=tuple(child for child in self.children if child in children))


def grant(mandate: Mandate, *, key: bytes) -> str:
    """Return the mandate as one signed line of text (HMAC-SHA256 under the letters' key)."""
    body = rfc8785.dumps(
        {
            "adult": mandate.adult,
            "children": [str(child) for child in mandate.children],
            "letter": str(mandate.letter),
            "once": mandate.once,
            "reach": mandate.reach.value,
            "until": int(mandate.until.timestamp()),
        }
    )
    mac = hmac.digest(key, _PURPOSE + body, hashlib.sha256)
    return base64.urlsafe_b64encode(mac + body).decode("ascii")


def check(token: str, *, key: bytes, at: datetime) -> Mandate:
    """Return the mandate that a token carries, or refuse.

    What must hold: 1 the token is the exact print of a body and a MAC; 2 the MAC is ours; 3 the time has not run out.
    """
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, UnicodeEncodeError) as trouble:
        raise _refused() from trouble
    if base64.urlsafe_b64encode(raw).decode("ascii") != token:
        raise _refused()  # base64 has loose bits at its end: only one spelling is ours
    mac, body = raw[:32], raw[32:]
    if not hmac.compare_digest(mac, hmac.digest(key, _PURPOSE + body, hashlib.sha256)):
        raise _refused()
    mandate = _parse(body)
    if at > mandate.until:
        raise _refused()
    return mandate


def _parse(body: bytes) -> Mandate:
    """Read a body whose MAC has been checked: it is our own print, so any fault in it is a bug and is loud."""
    fields = json.loads(body)
    return Mandate(
        letter=UUID(fields["letter"]),
        adult=fields["adult"],
        children=tuple(PersonId(UUID(child)) for child in fields["children"]),
        until=datetime.fromtimestamp(fields["until"], tz=UTC),
        once=fields["once"],
        reach=Reach(fields["reach"]),
    )


def check_record(mandate: Mandate, person: PersonId) -> None:
    """Refuse a mandate that does not reach this person's record: one of a letter alone, or for other children."""
    if mandate.reach is not Reach.RECORD or person not in mandate.children:
        raise Refusal(
            "people.no_record",
            "A letter alone does not open a record.",
            next_step="Type the second code, which went to the phone or e-mail that the school has for you.",
            authority="UK GDPR Art 12(6); D35",
        )


def _refused() -> Refusal:
    return Refusal(
        "people.mandate",
        "This answer did not come with a letter that was open in the last minutes.",
        next_step="Type the code from your letter again.",
        authority="UK GDPR Art 12(6)",
    )
