# SPDX-License-Identifier: Apache-2.0
"""Decides who in the register a pupil in a return is, and whose return it may be. No clock, no database.

Ordered rules, stopping at the first that speaks: pupil number and birth date agree: the same person. The number alone
agrees: it may be a slip or another child, so a person decides, and until then both are restricted. Neither: new.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal


class Match(StrEnum):
    """What the rules say about one pupil."""

    SAME = "number and birth date"
    ASK = "number alone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Identified:
    """A pupil's place in the register: which rule spoke, and whom it found."""

    match: Match
    person: PersonId | None


def identify(with_birth: Sequence[PersonId], by_number: Sequence[PersonId]) -> Identified:
    """Return who a pupil is, from the people found under number-and-birth-date and under the number alone.

    Two people under one number and birth date is not ours to settle: it is asked, like a number that stands alone.
    """
    if len(with_birth) == 1:
        return Identified(Match.SAME, with_birth[0])
    if with_birth:
        return Identified(Match.ASK, with_birth[0])
    if by_number:
        return Identified(Match.ASK, by_number[0])
    return Identified(Match.NEW, None)


def opaque_school(school: str, *, key: bytes) -> str:
    """Return the name under which the public log speaks of a school: the same each time, and not its number.

    Keyed, because there are only some ten thousand numbers, and whoever hashed them all would know every school.
    """
    return hmac.digest(key, b"beholden/school/v2\n" + school.encode(), hashlib.sha256).hex()[:16]


def commitment(salt: bytes, digest: str) -> str:
    """Return how the log commits to a file, in hex: SHA-256(salt32 || SHA-256 of its bytes)."""
    return hashlib.sha256(salt + bytes.fromhex(digest)).hexdigest()


BRINGS_FOR_OTHERS = frozenset({Role.REGISTRAR, Role.KEEPER})
"""Who may bring any school's file: the register's own desk, by hand or from the command line."""


def check_sender(by: Actor) -> None:
    """Refuse whoever brings a return and is neither a school nor the register's own desk."""
    if by.role in BRINGS_FOR_OTHERS or (by.role is Role.SCHOOL and by.organisation):
        return
    raise Refusal(
        "register.sender",
        "Only a school, for itself, or the register's own desk hands a return in.",
        next_step="Sign in for the school, or bring the file to the registrar.",
        authority="UK GDPR Art 5(1)(f), 32(4)",
    )


def is_own(by: Actor, school: str) -> bool:
    """Say whether somebody may bring this school's file: a school its own, the register's desk any."""
    return by.role in BRINGS_FOR_OTHERS or (by.role is Role.SCHOOL and by.organisation == school)


def filed_under(by: Actor, school: str) -> str:
    """Return under which school a file is filed: a school's files are its own, whatever they say inside."""
    return by.organisation if by.role is Role.SCHOOL else school


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody reaches an age: 1 March, where 29 February is missing in that year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
