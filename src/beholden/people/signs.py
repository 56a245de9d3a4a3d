# SPDX-License-Identifier: Apache-2.0
"""The signs of every code that a person reads aloud, copies by hand or types on a phone. Knows no code."""

SIGNS = "CDFGHJKMNPQRTVWX3479"
"""No vowels, so that no word comes out; no look-alikes (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B)."""


def check_sign(free: str) -> str:
    """Return the check sign of the free signs: weights 1, 3, 7, 9 by turns, all prime to 20, so any one slip shows."""
    total = sum(SIGNS.index(sign) * (1, 3, 7, 9)[place % 4] for place, sign in enumerate(free))
    return SIGNS[total % len(SIGNS)]


def plain(text: str) -> str:
    """Return what was typed without spaces and dashes, in capitals."""
    return "".join(sign for sign in text.upper() if sign not in " -\u2013\u00a0\t")


def is_code(text: str, signs: int) -> bool:
    """Say whether a text has the form of a code of so many signs, its check sign included."""
    return len(text) == signs and all(sign in SIGNS for sign in text) and check_sign(text[:-1]) == text[-1]


def in_fours(signs: str) -> str:
    """Return signs as they are printed: four, a space, four, a space and so on."""
    return " ".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def drawn(mac: bytes, count: int) -> str:
    """Return so many signs from a MAC: of 256 bits no sign is likelier than another by more than 2^-200, up to 12."""
    number, signs = int.from_bytes(mac), ""
    for _ in range(count):
        number, place = divmod(number, len(SIGNS))
        signs += SIGNS[place]
    return signs
