# SPDX-License-Identifier: Apache-2.0
"""Decides what an officer's access key looks like and what is kept of it. No clock, no database, no chance.

A key is drawn for one officer, printed once, and kept as a keyed digest alone. It is long enough that trying keys
leads nowhere, so what is counted and shut are tries, not because a key could be guessed but so that somebody who
tries is stopped and seen (docs/adr/0010).
"""

import hashlib
import hmac
from collections.abc import Iterable

from beholden.people.signs import SIGNS, check_sign, is_code, plain
from beholden.refusals import Refusal

KEY_SIGNS = 16
"""Fifteen free signs (64 bits) and one check sign."""

_LONGEST = 64
"""What is typed for a key and is longer is none: it is not looked at."""

_PURPOSE = b"access\n"


def key_from(numbers: Iterable[int]) -> str:
    """Return a key of sixteen signs from fifteen numbers in 0..19."""
    free = "".join(SIGNS[number] for number in numbers)
    if len(free) != KEY_SIGNS - 1:
        raise ValueError("a key has fifteen free signs")
    return free + check_sign(free)


def typed_key(text: str) -> str:
    """Return a key as typed, without spaces, dashes and small letters; refuse a slip apart from a wrong key.

    A slip is not counted as a try: so whoever mistypes a good key is never shut out by it.
    """
    found = plain(text[:_LONGEST])
    if not is_code(found, KEY_SIGNS):
        raise Refusal(
            "people.key_mistyped",
            f"There is a slip in this key. It has {KEY_SIGNS} letters and numbers.",
            next_step="Look at each letter and number again.",
            authority="ARCHITECTURE section 8",
        )
    return found


def digest(secret: bytes, ref: str, key: str) -> str:
    """Return what is kept of a key: HMAC-SHA256 under the look-up key, over reference and key together.

    The reference is inside, so that whoever can write the table cannot move one officer's key to another.
    """
    return hmac.digest(secret, _PURPOSE + f"{ref}\n{key}".encode(), hashlib.sha256).hex()


def not_let_in(*, most: int, minutes: int) -> Refusal:
    """One answer for an unknown reference, a wrong key, an ended key and one that is shut.

    So nobody learns by asking which references there are, nor which of them somebody has tried too often. It says the
    rule to everybody: whoever is shut out with a good key can tell from it what happened.
    """
    return Refusal(
        "people.not_let_in",
        "We cannot let you in with this reference and this key.",
        next_step=f"Look at both again. After {most} wrong keys a reference is shut for {minutes} minutes, and for "
        "longer each time. If it stays shut, ask the registrar for a new key.",
        authority="UK GDPR Art 32(1)",
    )
