# SPDX-License-Identifier: Apache-2.0
"""Answers how lists of names were matched under a use, from the published log, as anybody could read it (D26, D32)."""

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
from beholden.ledger.vocabulary.events import ListLinked, RosterHanded


@dataclass(frozen=True, slots=True)
class Matched:
    """One list of names as the public has it. Records stand in bands (at most so many), made-up people exactly.

    `rows` is how many were asked about, ten at least. `model` is the hash of the weights; `sure` and `likely` are
    probabilities, `lead` is in bits. `agree` is in how many of a hundred pairs two people say the same, from and to.
    `entry` is its place in the log of events.
    """

    on: date
    rows: int
    by_number: int
    by_values: int
    by_people: int
    looked_at: int
    decoys: int
    decoys_accepted: int
    known: int
    known_right: int
    agree: tuple[int, int] | None
    model: str
    sure: float
    likely: float
    lead: int
    entry: int


def matched(ref: UseRef) -> tuple[Matched, ...]:
    """Return every list of names that was matched and settled under a use, oldest first."""
    published = ledger.checkpoint("events")
    return () if published is None else _all(here().root, published.checkpoint).get(ref, ())


@lru_cache(
    maxsize=1
)  # the pages ask again and again between two checkpoints; with the next one it is read anew
def _all(_home: Path, head: Checkpoint) -> Mapping[str, tuple[Matched, ...]]:
    """Return every list of every use, in the log as this checkpoint has it. A list is the last that came in."""
    found: defaultdict[str, list[Matched]] = defaultdict(list)
    rows: dict[str, int] = {}
    for index, raw in enumerate(ledger.entries("events", 0, head.size)):
        one = parse(raw, log="events")
        if isinstance(one.body, RosterHanded) and one.body.rule is None:
            rows[one.body.use] = one.body.rows
        elif isinstance(one.body, ListLinked):
            found[one.body.use].append(_one(index, one.at.date(), rows.get(one.body.use, 0), one.body))
    return MappingProxyType({use: tuple(its) for use, its in found.items()})


def _one(index: int, on: date, rows: int, said: ListLinked) -> Matched:
    agree = None if said.agree_low is None or said.agree_high is None else (said.agree_low, said.agree_high)
    return Matched(
        on=on,
        rows=rows,
        by_number=said.by_number,
        by_values=said.by_values,
        by_people=said.by_people,
        looked_at=said.looked_at,
        decoys=said.decoys,
        decoys_accepted=said.decoys_accepted,
        known=said.known,
        known_right=said.known_right,
        agree=agree,
        model=said.model.hex(),
        sure=said.sure / 1_000,
        likely=said.likely / 1_000,
        lead=said.lead,
        entry=index,
    )
