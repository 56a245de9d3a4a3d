# SPDX-License-Identifier: Apache-2.0
"""Seals each line of power to the child's line before it. Pure: no clock, no database, no chance.

A line that is changed, put in or taken out between two others is found by its seals. A newest line that was taken out
is found by counting: each line gave the child a new proof id, and the vault keeps how many there were.
"""

import hashlib
import hmac
from datetime import UTC, datetime

import rfc8785

from beholden.kinds import PersonId
from beholden.people.power import Line

_LINE = b"beholden/power/line/v1\n"


def of_line(
    key: bytes, before: bytes, person: PersonId, number: int, line: Line, *, at: datetime, by: str
) -> bytes:
    """Return a line's seal: HMAC-SHA256 over the line and the seal before it (the first: nothing)."""
    body: dict[str, str | int | list[str]] = {
        "about": list(line.about),
        "adult": line.adult,
        "at": _instant(at),
        "before": before.hex(),
        "body": line.body,
        "by": by,
        "evidence": line.evidence,
        "number": number,
        "person": str(person),
        "says": line.says.value,
        "since": _instant(line.since),
        "takes": list(line.takes),
        "until": "" if line.until is None else _instant(line.until),
    }
    return hmac.digest(key, _LINE + rfc8785.dumps(body), hashlib.sha256)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
