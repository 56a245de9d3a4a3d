# SPDX-License-Identifier: Apache-2.0
"""Decides what a letter's code looks like, when it is locked, and what counts as told. No clock, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from beholden.refusals import Refusal

SIGNS = "CDFGHJKMNPQRTVWX3479"
"""No vowels, no look-alikes: a code is read aloud, copied by hand and typed on a phone."""

CODE_SIGNS = 12
"""Eleven free signs (47 bits) and one check sign."""


class Delivered(StrEnum):
    """What became of one letter, as the school that carried it reports. No *opened*: schools never learn it."""

    NOTHING_YET = ""
    HANDED_OVER = "handed over"
    POSTED = "posted"
    RETURNED = "returned"


REACHES = frozenset({Delivered.HANDED_OVER, Delivered.POSTED})
"""What is accepted as *told* for the spine (D6, D9): a letter that the school says it handed over or posted."""


def check_sign(free: str) -> str:
    """Return the check sign of the free signs: weights 1, 3, 7, 9 by turns, all prime to 20, so any one slip shows."""
    total = sum(SIGNS.index(sign) * (1, 3, 7, 9)[place % 4] for place, sign in enumerate(free))
    return SIGNS[total % len(SIGNS)]


def code_from(numbers: Iterable[int]) -> str:
    """Return a code of twelve signs from eleven numbers in 0..19."""
    free = "".join(SIGNS[number] for number in numbers)
    if len(free) != CODE_SIGNS - 1:
        raise ValueError("a code has eleven free signs")
    return free + check_sign(free)


def typed(text: str) -> str:
    """Return the code as typed, without spaces, dashes and small letters; refuse a slip apart from an unknown code."""
    signs = "".join(sign for sign in text.upper() if sign not in " -\u2013\u00a0\t")
    if (
        len(signs) != CODE_SIGNS
        or any(sign not in SIGNS for sign in signs)
        or check_sign(signs[:-1]) != signs[-1]
    ):
        raise Refusal(
            "notices.code_mistyped",
            "There is a slip in this code. It has 12 letters and numbers.",
            next_step="Look at each letter again, or ring us.",
            authority="ARCHITECTURE section 8",
        )
    return signs


def in_fours(code: str) -> str:
    """Return a code as it is printed: four signs, a space, four signs, a space, four signs."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@dataclass(frozen=True, slots=True)
class Tries:
    """How often the wrong birth date was given for one code, and until when the code is locked."""

    count: int
    locked_until: datetime | None


def check_unlocked(tries: Tries, *, at: datetime) -> None:
    """Refuse while a code is locked. The lock is per code, so nobody can lock out a stranger."""
    if tries.locked_until is not None and at < tries.locked_until:
        raise Refusal(
            "notices.too_many_tries",
            "Too many tries. Wait 15 minutes or ring us.",
            next_step="Wait 15 minutes. Your answer counts if it reaches us by the day in the letter.",
            authority="UK GDPR Art 32(1)",
        )


def after_a_miss(tries: Tries, *, most: int, wait: timedelta, at: datetime) -> Tries:
    """Return the tries after one wrong birth date: at `most` the code is locked for `wait`, then counted anew."""
    if tries.count + 1 >= most:
        return Tries(0, at + wait)
    return Tries(tries.count + 1, None)
