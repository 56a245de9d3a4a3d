# SPDX-License-Identifier: Apache-2.0
"""Decides what a letter's code looks like, when it is locked, and what counts as told. No clock, no database."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from beholden.people.signs import SIGNS, check_sign, is_code, plain
from beholden.people.tries import Tries
from beholden.refusals import Refusal

CODE_SIGNS = 12
"""Eleven free signs (47 bits) and one check sign. An adult's own code is as long."""

SECOND_SIGNS = 8
"""Seven free signs (30 bits) and one check sign: it is tried only behind an open letter, and then few times."""


class Delivered(StrEnum):
    """What became of one letter, as the school that carried it reports. No *opened*: schools never learn it."""

    NOTHING_YET = ""
    HANDED_OVER = "handed over"
    POSTED = "posted"
    RETURNED = "returned"


REACHES = frozenset({Delivered.HANDED_OVER, Delivered.POSTED})
"""What is accepted as *told* for the spine (D6, D9): a letter that the school says it handed over or posted."""

WHY_NOT_MINE = ("moved", "never", "unknown")
"""What whoever got somebody else's letter may say of them."""


def replaces(said: Delivered, held: Delivered) -> bool:
    """Say whether a school's word about a letter takes the place of the word that stands.

    The first word that a letter reached somebody stands with its moment: said again later, it gives nobody a longer or
    a shorter time to answer. *Returned* takes it back, and a letter that came back may be sent again.
    """
    match said:
        case Delivered.NOTHING_YET:
            return False
        case Delivered.RETURNED:
            return held is not Delivered.RETURNED
        case Delivered.HANDED_OVER | Delivered.POSTED:
            return held not in REACHES


def strictest(words: Iterable[Delivered]) -> Delivered:
    """Return the word that counts where one report says several things of one letter: *returned* before all else."""
    said = set(words)
    order = (Delivered.RETURNED, Delivered.POSTED, Delivered.HANDED_OVER)
    return next((word for word in order if word in said), Delivered.NOTHING_YET)


def check_code_length(asked: int) -> None:
    """Refuse to write letters under a catalogue that asks for longer codes than ours."""
    if asked > CODE_SIGNS:
        raise Refusal(
            "notices.code_short",
            f"A letter's code has {CODE_SIGNS} signs; the catalogue asks for {asked}.",
            next_step="Run a version of Beholden that writes longer codes.",
            authority="D41; catalogue limit letter_code_length",
        )


def code_from(numbers: Iterable[int], *, signs: int = CODE_SIGNS) -> str:
    """Return a code of so many signs from one number in 0..19 for each sign but the last, which is the check sign."""
    free = "".join(SIGNS[number] for number in numbers)
    if len(free) != signs - 1:
        raise ValueError("a code has one check sign, and all the others are free")
    return free + check_sign(free)


def typed(text: str) -> str:
    """Return the code as typed, without spaces, dashes and small letters; refuse a slip apart from an unknown code."""
    found = plain(text)
    if not is_code(found, CODE_SIGNS):
        raise Refusal(
            "notices.code_mistyped",
            "There is a slip in this code. It has 12 letters and numbers.",
            next_step="Look at each letter again, or ring us.",
            authority="ARCHITECTURE section 8",
        )
    return found


def typed_second(text: str) -> str:
    """Return a second code or an own code as typed; refuse a slip apart from a code that does not open."""
    found = plain(text)
    if not any(is_code(found, signs) for signs in (SECOND_SIGNS, CODE_SIGNS)):
        raise Refusal(
            "notices.second_mistyped",
            f"There is a slip in this code. It has {SECOND_SIGNS} letters and numbers; your own has {CODE_SIGNS}.",
            next_step="Look at each letter again, or ring us.",
            authority="ARCHITECTURE section 8",
        )
    return found


def check_unlocked(tries: Tries, *, most: int, at: datetime) -> None:
    """Refuse while a code is locked. The lock is per code, so nobody can lock out a stranger.

    At 5 wrong dates a lock that is 20 in the life of a letter, of the 365 days that a school year spans: whoever found
    a letter, and knows how old the child is, opens 1 in 18. A stranger without a letter first needs one code in 25
    million.
    """
    if tries.shut_for_good(most=most):
        raise ring_us()
    if tries.locked_until is not None and at < tries.locked_until:
        minutes = -((at - tries.locked_until) // timedelta(minutes=1))
        raise Refusal(
            "notices.too_many_tries",
            f"Too many tries. Wait {minutes} minutes or ring us.",
            next_step=f"Wait {minutes} minutes. Your answer counts if it reaches us by the day in the letter.",
            authority="UK GDPR Art 32(1)",
        )


def not_opened() -> Refusal:
    """One answer for an unknown code and for a wrong birth date, so that nobody learns which codes there are.

    It is no riddle to whoever mistyped: a slip in the code was told before, by its check sign; so look at the date.
    """
    return Refusal(
        "notices.not_opened",
        "We cannot open a letter with this code and this birth date.",
        next_step="Look at the day, the month and the year, then at the code. Or ring us.",
        authority="UK GDPR Art 12(6)",
    )


def second_not_opened() -> Refusal:
    """One answer for every second code that does not open: unknown, of another letter, or of another adult."""
    return Refusal(
        "notices.second_not_opened",
        "This code does not open the records in your letter.",
        next_step="Look at each letter again. The newest code counts. Or ring us.",
        authority="UK GDPR Art 12(6), Art 32(1)",
    )


def second_used() -> Refusal:
    """The right code, used before: either its owner has an own code by now, or somebody else came first."""
    return Refusal(
        "notices.second_used",
        "This code was used before. It works once, and then you have a code of your own.",
        next_step="Type your own code. If you never made one, ring us today: somebody else used this code.",
        authority="UK GDPR Art 32(1), Art 33",
    )


def ring_us() -> Refusal:
    """One answer for every letter that only a person can help with: tried too often, or about nobody it may name.

    It says of neither which it is: who asks why learns it from a person, who first finds out who asks.
    """
    return Refusal(
        "notices.ring_us",
        "We cannot open this letter here. Ring us, and a person helps you.",
        next_step="Ring us. Your answer counts if it reaches us by the day in the letter.",
        authority="UK GDPR Art 12(6), Art 32(1)",
    )
