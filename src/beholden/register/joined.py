# SPDX-License-Identifier: Apache-2.0
"""Says which records are one child, from what was decided about pairs. No clock, no database.

Records stay apart, each with its own key, rows and proof: what a decision changes is whose *no* and whose safety count
for whom. So it can be taken back, and a wrong one has shown nobody anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from beholden.kinds import PersonId


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about two records. Of the lines about one pair, the last counts."""

    one: PersonId
    other: PersonId
    same: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Every record that is one child with another, each with all of its child's records."""

    records: Mapping[PersonId, frozenset[PersonId]]

    @classmethod
    def of(cls, decided: Iterable[Decided]) -> "Joined":
        """Return what lines, oldest first, say: who is joined to one is joined to all who are joined to that one.

        A decision that two are *not* one child takes back the line about those two and nothing else: two who are joined
        through a third stay so, until that is decided too.
        """
        last: dict[frozenset[PersonId], bool] = {}
        for line in decided:
            last[frozenset((line.one, line.other))] = line.same
        records: dict[PersonId, frozenset[PersonId]] = {}
        for pair, same in last.items():
            if same:
                child = pair.union(*(records.get(one, frozenset()) for one in pair))
                records |= dict.fromkeys(child, child)
        return cls(records)

    def spread(self, people: Iterable[PersonId]) -> frozenset[PersonId]:
        """Return these records and every other record of the same children."""
        given = frozenset(people)
        return given.union(*(self.records[one] for one in given & self.records.keys()))

    def earliest(self, since: Mapping[PersonId, datetime]) -> Mapping[PersonId, datetime]:
        """Return, of every record of the children that are named, the earliest moment that stands by any of them."""
        return {
            one: min(since[each] for each in self.spread((one,)) if each in since)
            for one in self.spread(since)
        }

    def apart(self, people: Sequence[PersonId]) -> tuple[PersonId, ...]:
        """Return these records without those that are one child with an earlier of them."""
        kept: list[PersonId] = []
        for one in dict.fromkeys(people):
            if not self.records.get(one, frozenset()).intersection(kept):
                kept.append(one)
        return tuple(kept)
