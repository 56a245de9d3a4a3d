# SPDX-License-Identifier: Apache-2.0
"""Decides whether one asker may have one more table of a release: the limit on averaging. No clock, no state.

Each cell bears an error of its own. A table by sex and area has, for each area, the area's boys and girls: their sum is
the area once more, with another error. So every table that parts a group tells its size again, and the mean of many is
closer than any. What a table tells goes by how many cells the group is parted into: a group by itself tells 1, parted
into c cells 1/c. All that one asker has may come to `MOST` for no group: then the best average of it is off by no less
than half of what one table is off by (1/sqrt(4)).

It refuses to know what was asked of cells (`show` cuts a finished table), whether it was a rate (its two counts are of
one table), or who asks. That everybody is one group is no group: the size of the whole is nobody's secret.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod

from beholden.tables.policy import TablesRefused

Table = frozenset[str]
"""What a table is by: its dimensions. Of two tables by the same, one costs nothing."""

MOST = 4
"""How much may be told of one group, in tables of it by itself."""

MOST_NEW = 100
"""How many tables that it had not had an asker is given in a day."""


class EnoughRefused(TablesRefused):
    """Says that this asker has had as much as is given."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Into how many cells each dimension parts a group, at the least.

    `cells`: its categories, but for the one of holes, which may be empty. `inside`: of a larger and a smaller area, how
    many of the smaller lie in that of the larger which has the fewest.
    """

    cells: Mapping[str, int]
    inside: Mapping[tuple[str, str], int]

    def groups(self, table: Table) -> Iterator[Table]:
        """Yield what the groups are by of which a table tells: every part of it, with its area or a larger one."""
        for many in range(1, len(table) + 1):
            for some in combinations(sorted(table), many):
                yield frozenset(some)
                for larger, smaller in self.inside:
                    if smaller in some:
                        yield frozenset(some) - {smaller} | {larger}

    def parts(self, table: Table, group: Table) -> int | None:
        """Return into how many cells a table parts a group, at the least; None where it tells nothing of it."""
        if group <= table:
            return prod(self.cells[name] for name in table - group)
        for (larger, smaller), fewest in self.inside.items():
            if larger in group and smaller in table - group and group - {larger} <= table:
                return fewest * prod(self.cells[name] for name in table - group - {smaller})
        return None


def told(group: Table, had: Iterable[Table], sizes: Sizes) -> Fraction:
    """Return how much tables tell of the size of a group, in tables of it by itself."""
    parts = (sizes.parts(table, group) for table in had)
    return sum((Fraction(1, many) for many in parts if many is not None), Fraction())


def check(new: Table, had: frozenset[Table], today: int, sizes: Sizes) -> None:
    """Refuse one more table where too much would be told of a group, or too many were given today.

    `had`: every table of this data set and moment that the asker had; `today`: how many new ones today, of any.
    """
    if new in had:
        return
    if today >= MOST_NEW:
        raise EnoughRefused(
            "enough_today",
            f"You have had {MOST_NEW} new tables today, which is the most.",
            "Ask one that you had already, or come back tomorrow.",
        )
    if any(told(group, had | {new}, sizes) > MOST for group in set(sizes.groups(new))):
        raise EnoughRefused(
            "overlap",
            "You have had so many tables that part the same groups that their mean would tell what each figure hides.",
            "Ask one that you had already, or one by other fields.",
        )
