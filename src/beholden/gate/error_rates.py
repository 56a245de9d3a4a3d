# SPDX-License-Identifier: Apache-2.0
"""Says how often lists of names were matched wrongly, from what people said of drawn pairs. No clock, no database.

*False*: of the records that the rules took for somebody, the share that are somebody else. *Missed*: of those that came
to nobody, though somebody was compared, the share that are that person. *Lost*: of all who are one person among those
compared, the share that nobody found. Each is an interval (Wilson's, 95 of 100), widened to whole steps, and no
probability of the model is in it.

Of one list only *false* is public, and only where the bands beside it say already that the draw was full: that it
stands there, like its ends, tells a recipient nothing of how many were found, nor then of how many were left out (D13).
Of a year it hangs on the lists of several bodies, and of a group on as many drawn pairs as a draw has. Exact figures
stay with the keeper.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import msgspec

from beholden.gate.sampled import EACH, PASSED, Stratum
from beholden.ledger.canonical import Json
from beholden.ledger.shapes import BANDS
from beholden.linkage.auditing import Looked, missed_of_same, rate
from beholden.linkage.intervals import widened
from beholden.linkage.sampling import Opinion

BODIES = 3
"""A year's figures are of the lists of so many bodies at least, and so is what is new in each since the last.

Not of so many lists: one body can hand the same twelve names in as often as it likes.
"""

_TWENTIETHS, _THOUSANDTHS = 20, 1_000
_QUARTER = 3
_TAKEN = frozenset({Stratum.TAKEN})

Interval = tuple[int, int]
Group = tuple[str, str]
"""A column by which groups are told apart, and the group."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One drawn pair as it was settled: its stratum, what holds of it, and of which groups the person is."""

    stratum: Stratum
    says: Opinion
    groups: Mapping[str, str] = field(repr=False)


class Count(msgspec.Struct, frozen=True):
    """Of so many drawn pairs so many are errors, and of so many nobody could say."""

    drawn: int
    wrong: int
    unsaid: int


class OfStratum(msgspec.Struct, frozen=True):
    """One stratum of one list: how many pairs it has, and what was said of those drawn, and of each group of them."""

    pairs: int
    whole: Count
    groups: dict[str, dict[str, Count]]


class Tally(msgspec.Struct, frozen=True):
    """All that is kept of one list's drawn pairs when it is settled: counts. `looked_same` were found by people."""

    strata: dict[str, OfStratum]
    looked_same: int


@dataclass(frozen=True, slots=True)
class OfBody:
    """What is kept of one list, and which body handed it in."""

    body: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class OfGroup:
    """The figures of one group over a year."""

    column: str
    group: str
    false: Interval | None
    missed: Interval | None


@dataclass(frozen=True, slots=True)
class OfLists:
    """The figures of many lists together; None where too few were drawn."""

    false: Interval | None
    missed: Interval | None
    lost: Interval | None
    groups: tuple[OfGroup, ...]


def tally(pairs: Mapping[str, int], seen: Sequence[Seen], looked_same: int) -> Tally:
    """Return what is kept of one list: `pairs` are how many each stratum has, `seen` what holds of those drawn."""
    return Tally(
        {stratum: _of_stratum(Stratum(stratum), many, seen) for stratum, many in pairs.items()}, looked_same
    )


def _of_stratum(stratum: Stratum, pairs: int, seen: Sequence[Seen]) -> OfStratum:
    mine = [one for one in seen if one.stratum is stratum]
    groups: defaultdict[Group, list[Seen]] = defaultdict(list)
    for one in mine:
        for group in one.groups.items():
            groups[group].append(one)
    by_column: defaultdict[str, dict[str, Count]] = defaultdict(dict)
    for (column, name), theirs in sorted(groups.items()):
        by_column[column][name] = _count(theirs)
    return OfStratum(pairs, _count(mine), dict(by_column))


def _count(seen: Sequence[Seen]) -> Count:
    wrong = sum(one.says is (Opinion.SAME if one.stratum in PASSED else Opinion.DIFFERENT) for one in seen)
    return Count(len(seen), wrong, sum(one.says is Opinion.CANNOT_SAY for one in seen))


def plain(kept: Tally) -> dict[str, Json]:
    """Return a tally as JSON."""
    made: dict[str, Json] = msgspec.to_builtins(kept)
    return made


def read(kept: object) -> Tally:
    """Read a tally that was kept."""
    return msgspec.convert(kept, Tally)


def of_list(kept: Tally, bands: Iterable[int]) -> Interval | None:
    """Return false of one list, in hundredths, beside `bands` of whom the rules took: one must tell of a full draw.

    Of the least band nothing is said, nor of two such that come to more: it would tell that they do.
    """
    if max(bands) <= BANDS[0]:
        return None
    found = _interval(_looked(kept, _TAKEN), _TWENTIETHS)
    return None if found is None else (found[0] * 5, found[1] * 5)


def year_until(at: datetime) -> tuple[date, date]:
    """Return the year that was over when this quarter began: its first day, and the day after its last.

    On the quarter's first day still the one before: a list may be settled as a day ends, and be written a moment later.
    """
    day = at.date() - timedelta(days=1)
    until = day.replace(month=(day.month - 1) // _QUARTER * _QUARTER + 1, day=1)
    return until.replace(year=until.year - 1), until


def of_year(kept: Sequence[OfBody], fresh: Sequence[OfBody]) -> OfLists:
    """Return the figures of all lists of a year, in thousandths, together and for each group that is large enough.

    `fresh` are those of them that came since the last such figures. A figure needs as much of them as of all: else its
    difference from the last would be one body's.
    """
    taken, passed = _enough(kept, fresh, _TAKEN), _enough(kept, fresh, PASSED)
    found = [one.tally.looked_same for one in kept if one.tally.looked_same]
    by_people = [Looked(many, many, 0, 0) for many in found]
    lost = missed_of_same([*taken, *by_people], passed) if taken and passed else None
    return OfLists(
        _interval(taken, _THOUSANDTHS),
        _interval(passed, _THOUSANDTHS),
        None if lost is None else widened((lost.low, lost.high), _THOUSANDTHS),
        tuple(_of_groups(kept, fresh)),
    )


def _of_groups(kept: Sequence[OfBody], fresh: Sequence[OfBody]) -> Iterator[OfGroup]:
    named = {
        (column, group)
        for one in kept
        for stratum in one.tally.strata.values()
        for column, groups in stratum.groups.items()
        for group in groups
    }
    for column, group in sorted(named):
        false, missed = (
            _interval(_enough(kept, fresh, strata, (column, group)), _THOUSANDTHS)
            for strata in (_TAKEN, PASSED)
        )
        if false or missed:
            yield OfGroup(column, group, false, missed)


def _enough(
    kept: Sequence[OfBody], fresh: Sequence[OfBody], strata: Iterable[Stratum], group: Group | None = None
) -> list[Looked]:
    """Return what was looked at in all lists; nothing, where it or what is new of it singles out."""
    if _singles_out(fresh, strata, group):
        return []
    return [looked for one in kept for looked in _looked(one.tally, strata, group)]


def _singles_out(kept: Sequence[OfBody], strata: Iterable[Stratum], group: Group | None) -> bool:
    """Say whether what was looked at is so little, or of so few bodies, that a figure of it is nearly one body's."""
    found = [(one.body, looked) for one in kept for looked in _looked(one.tally, strata, group)]
    return len({body for body, _ in found}) < BODIES or sum(looked.drawn for _, looked in found) < EACH


def _looked(kept: Tally, strata: Iterable[Stratum], group: Group | None = None) -> list[Looked]:
    """Return some strata of a list as they were answered, whole or of one group.

    How many of a stratum are of a group follows from how many of those drawn are.
    """
    found = []
    for stratum in sorted(strata):
        one = kept.strata.get(stratum)
        if one is None or not one.whole.drawn:
            continue
        count = one.whole if group is None else one.groups.get(group[0], {}).get(group[1])
        if count is not None:
            pairs = one.pairs * count.drawn / one.whole.drawn
            found.append(Looked(pairs, count.drawn, count.wrong, count.unsaid))
    return found


def _interval(looked: Sequence[Looked], steps: int) -> Interval | None:
    """Return the interval of a rate; None where of more than half nobody could say."""
    found = rate(looked)
    if found is None or found.unsaid * 2 > found.looked:
        return None
    return widened((found.low, found.high), steps)
