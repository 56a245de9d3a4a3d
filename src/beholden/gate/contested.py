# SPDX-License-Identifier: Apache-2.0
"""Answers how many matches of a use were contested, from the published log, as anybody could count them (D21, D26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from beholden.home import here
from beholden.kinds import UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.reading import Reader
from beholden.ledger.vocabulary.redress import ContestsOfMonth


@dataclass(frozen=True, slots=True)
class Contests:
    """What the public may know of the matches of one use by the end of a month, in tens; 0 says fewer than ten.

    `entry` is its place in the log of events.
    """

    month: date
    contested: int
    reversed: int
    upheld: int
    late: int
    entry: int


def public_contests(ref: UseRef) -> Contests | None:
    """Return the newest figures of one use; None where it has answered no list, or no month is over since."""
    published = ledger.checkpoint("events")
    return None if published is None else _all(here().root, published.checkpoint).get(ref)


_MONTHS = Reader("events", ContestsOfMonth)


@lru_cache(maxsize=1)  # the pages ask again and again between two checkpoints
def _all(_home: Path, head: Checkpoint) -> Mapping[str, Contests]:
    found = {}
    for one in _MONTHS.upto(head):
        if isinstance(said := one.body, ContestsOfMonth):
            figures = (said.contested, said.reversed, said.upheld, said.late)
            found[said.use] = Contests(said.month, *figures, one.index)
    return MappingProxyType(found)
