# SPDX-License-Identifier: Apache-2.0
"""Set files: immutable, sorted, hashed lists on disk, one row each. Told lists in a table would be 2.6 TB.

Contract: `keep` returns only when the bytes are on disk under their name; `read` refuses a list whose bytes changed.
"""

import hashlib
import secrets
from datetime import datetime

from beholden.gate.models import SetFile
from beholden.home import here
from beholden.home.files import write_durably
from beholden.refusals import Refusal


def keep(kind: str, content: bytes, *, width: int, at: datetime) -> SetFile:
    """Write a list of fixed-width elements, already sorted, and return its row."""
    name = f"{kind}-{secrets.token_hex(8)}.set"
    write_durably(here().sets / name, content)
    return SetFile.objects.create(
        path=name, digest=hashlib.sha256(content).hexdigest(), count=len(content) // width, made_at=at
    )


def read(kept: SetFile) -> bytes:
    """Return the bytes of a list, or refuse."""
    content = (here().sets / kept.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != kept.digest:
        raise Refusal(
            "gate.set_changed",
            f"The list {kept.path} is not the one that was written.",
            next_step="Run `beholden fsck`, and restore this list from a backup.",
            authority="UK GDPR Art 32(1)(b)",
        )
    return content


def holds(content: bytes, element: bytes) -> bool:
    """Say whether a sorted list of elements as wide as this one holds it. A search by halves."""
    width = len(element)
    low, high = 0, len(content) // width
    while low < high:
        middle = (low + high) // 2
        if content[width * middle : width * (middle + 1)] < element:
            low = middle + 1
        else:
            high = middle
    return content[width * low : width * (low + 1)] == element
