# SPDX-License-Identifier: Apache-2.0
"""The signs of every code that a person reads aloud, copies by hand or types on a phone. Knows no code."""

SIGNS = "CDFGHJKMNPQRTVWX3479"
"""No vowels, so that no word comes out; no look-alikes (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B)."""


def check_sign(free: str) -> str:
    """Return the check sign of the free signs: weights 1, 3, 7, 9 by turns, all prime to 20, so any one slip shows."""
    total = sum(SIGNS.index(sign) * (1, 3, 7, 9)[place % 4] for place, sign in enumerate(free))
    return SIGNS[total % len(SIGNS)]


def read_signs(text: str, *, count: int) -> str | None:
    """Return so many signs as typed, without spaces, dashes and small letters; None where there is a slip in them."""
    signs = "".join(sign for sign in text.upper() if sign not in " -\u2013\u00a0\t")
    if len(signs) != count or any(sign not in SIGNS for sign in signs):
        return None
    return signs if check_sign(signs[:-1]) == signs[-1] else None


def in_fours(signs: str) -> str:
    """Return signs as they are printed: four, a space, four, a space and so on."""
    return " ".join(signs[start : start + 4] for start in range(0, len(signs), 4))
