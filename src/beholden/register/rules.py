# SPDX-License-Identifier: Apache-2.0
"""Decides who in the register a pupil in a return is. No clock, no database.

Ordered rules, stopping at the first that speaks: pupil number and birth date agree: the same person. The number alone
agrees: it may be a slip or another child, so a person decides, and until then both are restricted. Neither: new.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from beholden.kinds import PersonId


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


def opaque_school(school: str) -> str:
    """Return the name under which the public log speaks of a school: the same each time, and not its number."""
    return hashlib.sha256(b"beholden/school/v1\n" + school.encode()).hexdigest()[:16]
