# SPDX-License-Identifier: Apache-2.0
"""Decides whose yes counts for one use at one moment. Pure: no clock, no database, and no birth date.

A yes is weak and a no is strong: a yes counts only while everything that it was given under still holds, and whatever
is not known of it makes it none (D11, D12, D14). Silence is no (UK GDPR Art 4(11)).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from beholden.kinds import PersonId


class Giver(StrEnum):
    """Who gives a yes: an adult for a child, or the person herself once she decides alone (D14)."""

    GUARDIAN = "guardian"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Yes:
    """One recorded yes. `place` is its place in the order of writing; `asked` the digest of what was asked."""

    person: PersonId
    adult: str
    giver: Giver
    asked: str
    at: datetime
    place: int


@dataclass(frozen=True, slots=True)
class No:
    """One recorded no that reaches the use, at whatever scope it was said; undone since or not."""

    person: PersonId
    adult: str
    at: datetime
    place: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a yes is weighed: what is asked, for which days, and how long one yes may last."""

    asked: str
    first_on: date
    last_on: date
    most: timedelta


def stands(
    yes: Yes, noes: Iterable[No], terms: Terms, *, decides_since: datetime | None, at: datetime
) -> bool:
    """Say whether one yes counts at a moment. `decides_since`: when the child began to decide alone, or None.

    What must hold: 1 it was given by now; 2 to exactly what is asked; 3 the day lies within what was asked for, and
    within the longest time of one yes; 4 whoever gave it has said no neither after it nor at the same moment, by the
    clock or in the order of writing, even if that no was undone since: a yes that was taken back is asked for afresh;
    5 an adult's yes only until the child decides alone, the child's own only from then on (D14).
    """
    if yes.at > at or yes.asked != terms.asked:  # 1, 2
        return False
    if not terms.first_on <= at.date() <= terms.last_on or at - yes.at >= terms.most:  # 3
        return False
    if any(
        (no.person, no.adult) == (yes.person, yes.adult) and (no.at >= yes.at or no.place > yes.place)
        for no in noes
    ):  # 4
        return False
    match yes.giver:  # 5
        case Giver.GUARDIAN:
            return decides_since is None or decides_since > at
        case Giver.SELF:
            return decides_since is not None and decides_since <= yes.at


def ends_on(said_at: datetime, terms: Terms) -> date:
    """Return the day on which a yes that was said at a moment is over at the latest: the last one of `stands`."""
    return min(terms.last_on, (said_at + terms.most).date())


def agreed(
    said: Iterable[Yes],
    noes: Iterable[No],
    terms: Terms,
    *,
    deciding: Mapping[PersonId, datetime],
    at: datetime,
) -> frozenset[PersonId]:
    """Return every child for whom a yes stands (`stands`), in one pass over what was said.

    `deciding` says since when somebody decides alone: recorded as able, or of age. Whoever is not in it does not.
    """
    last: dict[tuple[PersonId, str], tuple[datetime, int]] = {}
    for no in noes:
        key = (no.person, no.adult)
        when, place = last.get(key, (no.at, no.place))
        last[key] = (max(when, no.at), max(place, no.place))
    return frozenset(
        yes.person
        for yes in said
        if stands(yes, _one(yes, last), terms, decides_since=deciding.get(yes.person), at=at)
    )


def _one(yes: Yes, last: Mapping[tuple[PersonId, str], tuple[datetime, int]]) -> Iterator[No]:
    """The latest no of whoever gave this yes, by the clock and in the order of writing, as one."""
    found = last.get((yes.person, yes.adult))
    if found is not None:
        yield No(yes.person, yes.adult, *found)


def earliest(*since: Mapping[PersonId, datetime]) -> Mapping[PersonId, datetime]:
    """Return since when each person decides alone, by whichever reason came first."""
    found: dict[PersonId, datetime] = {}
    for one in since:
        for person, moment in one.items():
            found[person] = min(moment, found.get(person, moment))
    return found
