# SPDX-License-Identifier: Apache-2.0
"""Makes the keyed digests under which adults, bodies and children themselves are known. No name, no contact, no clock.

A school names an adult by its own opaque handle, so one adult of two schools is two digests, and nobody can tell. A
child who decides for herself is one digest wherever she goes to school: it is made from the person alone.
"""

import hashlib
import hmac
import re

from beholden.kinds import PersonId

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def adult_digest(key: bytes, school: str, handle: str) -> str:
    """Return what stands for one adult of one school: HMAC-SHA256 under the letters' key, in hex."""
    return _made(key, b"adult", f"{school}\n{handle}".encode())


def own_digest(key: bytes, person: PersonId) -> str:
    """Return what stands for a person who decides for herself."""
    return _made(key, b"own", person.bytes)


def body_digest(key: bytes, organisation: str) -> str:
    """Return what stands for a body that holds power and that no school writes to."""
    return _made(key, b"body", organisation.encode())


def is_digest(text: str) -> bool:
    """Say whether a text has the form of one of these."""
    return _DIGEST.fullmatch(text) is not None


def _made(key: bytes, kind: bytes, value: bytes) -> str:
    return hmac.digest(key, b"beholden/letter/v1/" + kind + b"\n" + value, hashlib.sha256).hex()
