# SPDX-License-Identifier: Apache-2.0
"""Names one person for one recipient and one run of a use, and for nobody else: the same each time. Keeps nothing."""

import hashlib
from collections.abc import Iterable

from beholden.home import here
from beholden.home.keys import load


def pseudonyms(recipient: str, use: str, people: Iterable[bytes]) -> list[str]:
    """Return the pseudonym of each person (16-byte ids), in hex: of this recipient and this use, and of no other (D19).

    Who has the rows of two uses, or of two recipients, cannot tell by it which are of one child.
    """
    return [name.hex() for name in keyed(recipient, use, people)]


def keyed(recipient: str, use: str, people: Iterable[bytes], what: bytes = b"") -> list[bytes]:
    """Return BLAKE2b-128 of each person under a key of the home's own, for one recipient, one use and one purpose."""
    key, scope = load(here(), "pseudonyms"), f"{recipient}\n{use}\n".encode() + what
    return [hashlib.blake2b(scope + person, key=key, digest_size=16).digest() for person in people]
