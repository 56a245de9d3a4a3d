# SPDX-License-Identifier: Apache-2.0
"""Answers which handovers there were under one use, from the published logs, as anybody could count them (D26).

Of a use that recurs there is one for each run; a run in which nobody was is there like any other.
"""

from collections import defaultdict
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
from beholden.ledger.entries import parse
from beholden.ledger.reading import Reader
from beholden.ledger.vocabulary.events import Decision
from beholden.ledger.vocabulary.handovers import DutyOutcome, DutyReturn, Intent, Outcome


@dataclass(frozen=True, slots=True)
class Handed:
    """One handover as the public has it: its day, the return it was about, and figures as its decision published them.

    `scope` is how many were asked for, before any choice; `released` is about how many went, and None where the scope
    is too small for it to be said. `entry` is its place in the log of handovers.
    """

    on: date
    population: str
    scope: int | None
    released: int | None
    entry: int


def handed(ref: UseRef) -> tuple[Handed, ...]:
    """Return every handover of a use that left or may have left, oldest first; what was called off did not."""
    published = ledger.checkpoint("handovers")
    return () if published is None else _all(here().root, published.checkpoint).get(ref, ())


_HANDOVERS = Reader("handovers", Intent, DutyReturn, Outcome, DutyOutcome)


@lru_cache(maxsize=1)  # the pages ask again and again between two checkpoints
def _all(_home: Path, head: Checkpoint) -> Mapping[str, tuple[Handed, ...]]:
    """Return every handover of every use, in the log as this checkpoint has it."""
    said = _HANDOVERS.upto(head)
    fell = {
        one.body.id
        for one in said
        if isinstance(one.body, Outcome | DutyOutcome) and one.body.outcome == "withdrawn"
    }
    found: defaultdict[str, list[Handed]] = defaultdict(list)
    for one in said:
        if isinstance(one.body, Intent | DutyReturn) and one.body.id not in fell:
            found[one.body.header.use].append(_handed(one.index, one.at.date(), one.body))
    return MappingProxyType({use: tuple(its) for use, its in found.items()})


def _handed(index: int, on: date, body: Intent | DutyReturn) -> Handed:
    place = body.header.decision
    said = (parse(raw, log="events").body for raw in ledger.entries("events", place, place + 1))
    decided = next((one for one in said if isinstance(one, Decision)), None)
    scope, released = (None, None) if decided is None else (decided.scope, decided.released)
    return Handed(on, body.header.population, scope, released, index)
