# SPDX-License-Identifier: Apache-2.0
"""Seals each line of a book to the one before it. Pure: no clock, no database, no chance.

So a line that is changed, put in or taken out between two others is found. The newest line about a child is bound by
nothing after it: the number and the seal that the family is given say that it was there.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

import rfc8785

from beholden.biometrics.rules import Line

_SYSTEM = b"beholden/biometrics/system/v1\n"
_LINE = b"beholden/biometrics/line/v1\n"


def of_system(key: bytes, texts: dict[str, str], *, at: datetime) -> bytes:
    """Return the seal of a system: HMAC-SHA256 over all that is said of it."""
    return hmac.digest(key, _SYSTEM + rfc8785.dumps({**texts, "at": _instant(at)}), hashlib.sha256)


def of_line(
    key: bytes, before: bytes, person: UUID, number: int, line: Line, *, at: datetime, by: str
) -> bytes:
    """Return the seal of a line: HMAC-SHA256 over the line and the seal before it (the first: the system's)."""
    body = {
        "adult": line.adult,
        "at": _instant(at),
        "before": before.hex(),
        "by": by,
        "ground": line.ground,
        "how": line.how.value,
        "number": number,
        "person": str(person),
        "said": line.said.value,
    }
    return hmac.digest(key, _LINE + rfc8785.dumps(body), hashlib.sha256)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
