# SPDX-License-Identifier: Apache-2.0
"""Answers how lists of names were matched under a use, and how often wrongly: from the published log, as anybody could
read it (D26, D32).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from beholden.home import here
from beholden.kinds import UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.reading import Reader
from beholden.ledger.vocabulary.events import (
    AuditedGroup,
    ListAudited,
    ListLinked,
    ListsAudited,
    RosterHanded,
)

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Audited:
    """What two people said of pairs of one list that were drawn, unseen.

    `false`: of a hundred records that the rules took for somebody, from and to so many are somebody else (None unless
    the public bands say that many were taken). Beside it what else was fit to make it wrong: how many records came near
    several people, were not compared with everybody, and how many values could not be read, in tens; and of a hundred
    records, how many had each (None of a short list).
    """

    false: Interval | None
    several: int
    cut_short: int
    unread: int
    with_birth_date: int | None
    with_postcode: int | None
    with_number: int | None
    entry: int


@dataclass(frozen=True, slots=True)
class GroupOfYear:
    """The figures of one group of children, in thousandths; the group by the names that the log has."""

    column: str
    group: str
    false: Interval | None
    missed: Interval | None


@dataclass(frozen=True, slots=True)
class YearOfLists:
    """The same of all lists that were settled in a year (the day `until` is no longer in it), in thousandths.

    `missed`: of a thousand records that came to nobody, though somebody was compared, so many are that person. `lost`:
    of a thousand who are one person among those compared, so many were found by nobody.
    """

    since: date
    until: date
    lists: int
    false: Interval | None
    missed: Interval | None
    lost: Interval | None
    groups: tuple[GroupOfYear, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class Matched:
    """One list of names as the public has it. Records stand in bands (at most so many), made-up people exactly.

    `rows` is how many were asked about, ten at least. `model` is the hash of the weights; `sure` and `likely` are
    probabilities, `lead` is in bits. `agree` is in how many of a hundred pairs two people say the same, from and to.
    `entry` is its place in the log of events; `audit` has what a sample showed, if one was drawn.
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
    agree: Interval | None
    model: str
    sure: float
    likely: float
    lead: int
    entry: int
    audit: Audited | None = None


@dataclass(frozen=True, slots=True)
class _Log:
    lists: Mapping[str, tuple[Matched, ...]]
    year: YearOfLists | None


def matched(ref: UseRef) -> tuple[Matched, ...]:
    """Return every list of names that was matched and settled under a use, oldest first."""
    return _read().lists.get(ref, ())


def year_of_lists() -> YearOfLists | None:
    """Return the newest figures over a year; None where there are none yet."""
    return _read().year


def _read() -> _Log:
    published = ledger.checkpoint("events")
    return _Log({}, None) if published is None else _all(here().root, published.checkpoint)


_LISTS = Reader("events", RosterHanded, ListLinked, ListAudited, ListsAudited)


@lru_cache(maxsize=1)  # the pages ask again and again between two checkpoints
def _all(_home: Path, head: Checkpoint) -> _Log:
    """Return every list of every use, in the log as this checkpoint has it. A list is the last that came in."""
    found: defaultdict[str, list[Matched]] = defaultdict(list)
    rows: dict[str, int] = {}
    year: YearOfLists | None = None
    for one in _LISTS.upto(head):
        match one.body:
            case RosterHanded(rule=None) as handed:
                rows[handed.use] = handed.rows
            case ListLinked() as linked:
                found[linked.use].append(_one(one.index, one.at.date(), rows.get(linked.use, 0), linked))
            case ListAudited() as audit if found[audit.use]:
                found[audit.use][-1] = replace(found[audit.use][-1], audit=_audited(one.index, audit))
            case ListsAudited() as of_all:
                year = _year(one.index, of_all)
    return _Log(MappingProxyType({use: tuple(its) for use, its in found.items()}), year)


def _audited(index: int, said: ListAudited) -> Audited:
    return Audited(
        false=_between(said.false_low, said.false_high),
        several=said.several,
        cut_short=said.cut_short,
        unread=said.unread,
        with_birth_date=said.with_birth_date,
        with_postcode=said.with_postcode,
        with_number=said.with_number,
        entry=index,
    )


def _year(index: int, said: ListsAudited) -> YearOfLists:
    return YearOfLists(
        since=said.since,
        until=said.until,
        lists=said.lists,
        false=_between(said.false_low, said.false_high),
        missed=_between(said.missed_low, said.missed_high),
        lost=_between(said.lost_low, said.lost_high),
        groups=tuple(map(_group, said.groups)),
        entry=index,
    )


def _group(said: AuditedGroup) -> GroupOfYear:
    return GroupOfYear(
        said.column,
        said.group,
        _between(said.false_low, said.false_high),
        _between(said.missed_low, said.missed_high),
    )


def _between(low: int | None, high: int | None) -> Interval | None:
    return None if low is None or high is None else (low, high)


def _one(index: int, on: date, rows: int, said: ListLinked) -> Matched:
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
        agree=_between(said.agree_low, said.agree_high),
        model=said.model.hex(),
        sure=said.sure / 1_000,
        likely=said.likely / 1_000,
        lead=said.lead,
        entry=index,
    )
