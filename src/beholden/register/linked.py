# SPDX-License-Identifier: Apache-2.0
"""What the register lends the gate of a list that was compared with everybody: pairs and figures. No database."""

from dataclasses import dataclass, field

from beholden.kinds import PersonId
from beholden.linkage.explaining import Explanation


@dataclass(frozen=True, slots=True)
class Alike:
    """One name that was sent and is held in another form: what a reviewer is shown of both, and nothing beside it."""

    name: str
    sent: str = field(repr=False)
    held: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Met:
    """One record and somebody it may be: the record's place in the list, who, and why, without any value.

    `alike` are the names that agree in part: of one that is the same or quite another, nothing needs to be shown.
    """

    place: int
    person: PersonId
    why: Explanation
    alike: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """What a list came to: who is met, best first for each record; what became of the decoys; and the seeded pairs.

    `decoys` counts all that were mixed in; `fooled` are the pairs of those that did not come to nobody. `cut_short`
    counts the records for which a block was too large to be compared whole. `passed` has, of each record that came to
    nobody, who came nearest, if anybody was compared: for a sample that is looked at, and else for nothing.
    """

    records: int
    people: int
    met: tuple[Met, ...]
    passed: tuple[Met, ...]
    decoys: int
    fooled: tuple[Met, ...]
    seeded: tuple[Met, ...]
    cut_short: int
    model: str
