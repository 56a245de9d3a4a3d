# SPDX-License-Identifier: Apache-2.0
"""What the register tells fsck of the vault, as frozen values: counts and slots. No database, no clock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beholden.kinds import PersonId


class Fault(StrEnum):
    """What can be wrong with one person's record."""

    KEY = "the key in the slot file does not open"
    BLOB = "a sealed part does not open, or does not hold what it should"
    LOOKUP = "a look-up is missing"


@dataclass(frozen=True, slots=True)
class Page:
    """Some people, in the order of their ids, and what is wrong, by fault and slot."""

    last: PersonId | None
    people: int
    faults: tuple[tuple[Fault, int], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows the vault's tables have, and the last slot that a row names (-1: none)."""

    people: int
    lookups: int
    last_slot: int


@dataclass(frozen=True, slots=True)
class Spare:
    """Slots that no row names: how many open, were destroyed, are torn or damaged; and bytes beyond the last."""

    unused: int
    destroyed: int
    torn: int
    odd_bytes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question whether two records are one person, without saying who: which return raised it, if it is whole.

    What is asked `again` is asked later than its return came.
    """

    receipt: str
    at: datetime
    is_sound: bool
    again: bool
