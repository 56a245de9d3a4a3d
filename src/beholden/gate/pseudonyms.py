# SPDX-License-Identifier: Apache-2.0
"""Names one person for one recipient and one run of a use, and for nobody else: the same each time. Keeps nothing."""

import hashlib
from collections.abc import Iterable

from beholden.home import here
from beholden.home.keys import load


def pseudonyms(recipient: str, use: str, people: Iterable[bytes]) -> list[str]:
    """Return the pseudonym of each person (16-byte ids), in hex: BLAKE2b-128 under a key of the home's own."""
    key, scope = load(here(), "pseudonyms"), f"{recipient}\n{use}\n".encode()
    return [hashlib.blake2b(scope + person, key=key, digest_size=16).hexdigest() for person in people]
