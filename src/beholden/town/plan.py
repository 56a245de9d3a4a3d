# SPDX-License-Identifier: Apache-2.0
"""A town as one small value: how many pupils, from which seed, with which schools. Its people are told on
demand.

The value holds no people. They follow from the seed, and are told again, the same, whenever they are asked
for; so a town of a hundred thousand pupils weighs as little as one of ten.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from beholden.refusals import Refusal
from beholden.town.families import stream
from beholden.town.folk import Adult, Child, Family
from beholden.town.schools import MOST_PUPILS, School, plan_schools


@dataclass(frozen=True, slots=True)
class Town:
    """A town that does not exist. Equal towns have equal people and write equal bytes."""

    pupils: int
    seed: int
    schools: tuple[School, ...]

    def families(self) -> Iterator[Family]:
        """Tell all families, from the first; exactly `pupils` of their children are on a roll on census day."""
        return stream(pupils=self.pupils, seed=self.seed, schools=self.schools)

    def children(self) -> Iterator[Child]:
        """Tell all children, those who left the town within the term included (their `roll` is None)."""
        return (child for family in self.families() for child in family.children)

    def adults(self) -> Iterator[Adult]:
        return (adult for family in self.families() for adult in family.adults)


def build(pupils: int, seed: int, schools: int = 6) -> Town:
    """Return the town of this seed. Nothing is written and nobody is made before they are asked for."""
    if not 1 <= pupils <= MOST_PUPILS:
        raise Refusal(
            "town.pupils",
            f"A town has between 1 and {MOST_PUPILS} pupils.",
            next_step="Choose a number of pupils within these limits.",
            authority="beholden.town: numbers that one authority can give out",
        )
    return Town(pupils, seed, plan_schools(schools))
