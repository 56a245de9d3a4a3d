# SPDX-License-Identifier: Apache-2.0
"""Plan the schools of a town: how many there are, which years they teach, which numbers they bear. No
chance here.

The schools lie under authority 001. Rule 1530 allows 001 to 005 beside the authorities of England, whose
own codes begin at 201: a pupil number that begins so passes the rule and names no authority's schools. The
reconstructed sample's 999 would be refused by the same rule. School numbers (URN) count from 999001; real
ones begin with 1.
"""

from dataclasses import dataclass
from enum import StrEnum

from beholden.refusals import Refusal
from beholden.town import words

LA = "001"
YEARS = ("R", *(str(year) for year in range(1, 14)))
"""The national curriculum years that the town teaches, youngest first."""

MOST_SCHOOLS = 1_000
MOST_PUPILS = 1_000_000


class Phase(StrEnum):
    """The Department's phases of education that the town uses (item 200006)."""

    PRIMARY = "PS"
    SECONDARY = "SS"
    ALL_THROUGH = "AT"


@dataclass(frozen=True, slots=True)
class School:
    """One school that sends a return. `laestab` is its authority and establishment number, seven digits."""

    estab: str
    urn: str
    name: str
    phase: Phase
    lowest: str
    highest: str

    @property
    def laestab(self) -> str:
        return LA + self.estab

    def teaches(self, year: str) -> bool:
        return YEARS.index(self.lowest) <= YEARS.index(year) <= YEARS.index(self.highest)


def plan_schools(schools: int) -> tuple[School, ...]:
    """Return this many schools: two primaries to each secondary; a single school teaches all years.

    Every second secondary, and always the last, has a sixth form.
    """
    if not 1 <= schools <= MOST_SCHOOLS:
        raise Refusal(
            "town.schools",
            f"A town has between 1 and {MOST_SCHOOLS} schools.",
            next_step="Choose a number of schools within these limits.",
            authority="beholden.town: establishment numbers 2001 to 2999 and 4001 to 4999",
        )
    if schools == 1:
        return (School("6001", "999001", f"{_stem(0)} School", Phase.ALL_THROUGH, "R", "13"),)
    secondaries = max(1, schools // 3)
    primaries = schools - secondaries
    planned = []
    for i in range(primaries):
        name = f"{_stem(i)} Primary School"
        planned.append(School(f"{2001 + i}", f"{999001 + i}", name, Phase.PRIMARY, "R", "6"))
    for i in range(secondaries):
        highest = "13" if i % 2 or i == secondaries - 1 else "11"
        urn = f"{999001 + primaries + i}"
        planned.append(
            School(f"{4001 + i}", urn, f"{_stem(primaries + i)} Academy", Phase.SECONDARY, "7", highest)
        )
    return tuple(planned)


def _stem(place: int) -> str:
    stems = words.SCHOOL_STEMS
    if place < len(stems):
        return stems[place]
    quarter, stem = divmod(place - len(stems), len(stems))
    return f"{words.SCHOOL_QUARTERS[quarter]} {stems[stem]}"
