# SPDX-License-Identifier: Apache-2.0
"""Decides what one adult's receipt says of a consent: what happened, when, and until when it counts. Writes no file.

Pure: no clock, no database. What a family's door may not tell, a receipt may not: another adult's no, and whether
somebody judged the child able to decide. Both stand in it as conditions, for everybody alike, and never as events.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from beholden.choices.consent.asking import Asked
from beholden.choices.consent.sentence import Consent
from beholden.choices.consent.standing import Giver

CHILD_DECIDES = "The child decides alone: judged able to, or of age."
ANY_NO = "Anybody who may say no for the child says no, to this or to more."
TAKEN_BACK = "The one who said it takes it back by its number."
TERM_OVER = "The time for which it was given is over."
OF_AGE = "The child is of age, and an adult's yes ends with that."


class State(StrEnum):
    """What became of a consent, as the vocabulary says it (W3C DPV 2.3)."""

    GIVEN = "dpv:ConsentGiven"
    REFUSED = "dpv:ConsentRefused"
    WITHDRAWN = "dpv:ConsentWithdrawn"
    EXPIRED = "dpv:ConsentExpired"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a consent: when, by whom (None: by itself), until when it counts and what ends it."""

    state: State
    at: datetime
    by: Giver | None
    until: datetime | None
    unless: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Controller:
    """Who keeps the register and how it is reached. `pages`: where its pages begin, or empty."""

    name: str
    address: str
    phone: str
    pages: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Where the public log bound what families were told: which entry of the events log, and the commitment in it."""

    entry: int
    commitment: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that one file says: one child, one use, one adult."""

    receipt: str  # opaque, as a UUID
    record: str  # the same for every receipt about this child, use and adult
    principal: str  # the child, opaque: the same for every receipt of one adult about this child
    created: datetime
    asked: Asked
    where: str
    controller: Controller
    notice: Notice | None
    events: tuple[Event, ...]


# --- what happened ---


@dataclass(frozen=True, slots=True)
class Word:
    """One answer under one number: a yes, or a no with the moment from which it was taken back, or None."""

    is_yes: bool
    giver: Giver
    at: datetime
    back_from: datetime | None = None


def events(
    words: Iterable[Word], consent: Consent, *, most: timedelta, of_age_since: datetime | None, at: datetime
) -> tuple[Event, ...]:
    """Return what happened, oldest first, up to a moment.

    The plan: 1 a yes counts until the last day is over, and no longer than one yes may last, and never after a later no
    of the same adult; 2 a no after a yes takes it back, any other refuses; each counts until it is taken back; 3 a yes
    whose time is over has ended by itself, an adult's also when the child came of age.
    """
    said = sorted(words, key=lambda one: (one.at, not one.is_yes))
    found: list[Event] = []
    for place, word in enumerate(said):
        if not word.is_yes:
            state = State.WITHDRAWN if any(one.is_yes for one in said[:place]) else State.REFUSED
            taken_back: tuple[str, ...] = () if word.back_from is not None else (TAKEN_BACK,)
            found.append(Event(state, word.at, word.giver, word.back_from, taken_back))  # 2
            continue
        over = min(midnight_after(consent.last_on), word.at + most)
        ends = [(over, TERM_OVER)]
        if word.giver is Giver.GUARDIAN and of_age_since is not None:
            ends.append((max(of_age_since, word.at), OF_AGE))
        end, why = min(ends)
        noes = [one.at for one in said[place + 1 :] if not one.is_yes]
        unless = (ANY_NO, CHILD_DECIDES) if word.giver is Giver.GUARDIAN else (ANY_NO,)
        found.append(Event(State.GIVEN, word.at, word.giver, min([end, *noes]), unless))  # 1
        if end <= at and not any(no <= end for no in noes):
            found.append(Event(State.EXPIRED, end, None, None, (), why))  # 3
    return tuple(sorted(found, key=lambda one: one.at))


def midnight_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
