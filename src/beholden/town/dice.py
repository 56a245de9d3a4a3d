# SPDX-License-Identifier: Apache-2.0
"""Chance that can be repeated: the same seed draws the same values on every machine and every Python.

Only `random.Random.random()` is used below. The Python manual (*random*, "Notes on Reproducibility")
promises its sequence for a given seed and promises nothing for `choice`, `randrange` or `shuffle`, which
are therefore our own.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

Weighted = tuple[tuple[T, float], ...]
"""Values beside their weights; the weights need not add up to one."""


class Dice:
    """Dice named by what they are thrown for, so that one throw never depends on another's order."""

    __slots__ = ("_throw",)

    def __init__(self, *name: int | str) -> None:
        # A text seed goes through SHA-512 (version 2 seeding), never through hash(), which differs by
        # process.
        self._throw = Random("/".join(str(part) for part in name)).random  # noqa: S311  repeatable, not secret

    def chance(self, probability: float) -> bool:
        return self._throw() < probability

    def below(self, end: int) -> int:
        return int(self._throw() * end)

    def between(self, first: int, last: int) -> int:
        """Return a whole number from first to last, both possible."""
        return first + self.below(last - first + 1)

    def pick(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def weigh(self, table: Weighted[T]) -> T:
        left = self._throw() * sum(weight for _, weight in table)
        for value, weight in table:
            left -= weight
            if left < 0:
                return value
        return table[-1][0]

    def tail(self, median: float, *, top: int) -> int:
        """Return a count of 0 to top with a long upper tail: absence is rare for most and very common for
        few.

        A quotient instead of a logarithm: division is exact to the last bit on every machine, a libm is not.
        """
        share = self._throw()
        return min(top, int(median * share / (1.0 - share)))
