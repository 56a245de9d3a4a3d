# SPDX-License-Identifier: Apache-2.0
"""The random error in the one public figure of who was left out. Decides how it is drawn; adds it to nothing.

Whatever is published of an exact count, by rounding alone, flips somewhere when one child more is left out; so the
count is published with an error (docs/adr/0011). A coin falls heads `percent` times in a hundred. The error is the
number of heads in a row before its first tails, less the same again: the two-sided geometric distribution (Ghosh,
Roughgarden and Sundararajan 2009) with a = percent/100,

    P(error = x) = (1 - a) / (1 + a) * a^|x|

so that with one child more or less no outcome is more than 1/a times as likely (differential privacy with e^epsilon =
1/a), and the two distributions lie at most (1 - a)/(1 + a) apart. There is no bound on the error, on purpose: at the
end of a bounded one stands an outcome that is possible in one world only, and would prove something.

The coin is integers throughout (Mironov 2012: the least bits of a floating-point error give the count away), and its
tosses follow from one secret: whoever holds it, like a regulator, can draw the very error again.
"""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import count

HUNDRED = 100
FAIR = 200
"""Bytes from here on are passed over: below, every remainder by a hundred is equally likely."""


def error(tosses: Iterator[bool]) -> int:
    """Return the error that a run of tosses gives: heads before the first tails, less heads before the second."""
    return _heads(tosses) - _heads(tosses)


def tosses(secret: bytes, *, percent: int) -> Iterator[bool]:
    """Yield the tosses of one secret: heads `percent` times in a hundred, for as long as they are asked for."""
    if not 0 < percent < HUNDRED:
        raise ValueError("a coin that falls one way only blurs nothing, or never ends")
    return (byte % HUNDRED < percent for byte in _bytes(secret) if byte < FAIR)


def _heads(falls: Iterator[bool]) -> int:
    return next(heads for heads in count() if not next(falls))


def _bytes(secret: bytes) -> Iterator[int]:
    """Yield bytes that nobody without the secret can tell from random ones: HMAC-SHA256 of a counter."""
    for block in count():
        yield from hmac.digest(secret, b"beholden/left-out/v1\n" + block.to_bytes(8, "big"), hashlib.sha256)
