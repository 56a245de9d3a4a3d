# SPDX-License-Identifier: Apache-2.0
"""Lets one person's own record out, to those who may see it: the exit *subject copy* (D30; UK GDPR Art 15).

Nothing takes this copy away: not an objection, not a window, not a restriction, which travels with it. Which fields are
in it, one function of `people` decides.
"""

from dataclasses import dataclass
from datetime import date, datetime

from beholden.catalogue import Catalogue, Store
from beholden.gate.actions.singles import write_down
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId
from beholden.people.mandate import check, check_record
from beholden.people.queries import flagged
from beholden.people.rules import may_see
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.rows import read

EXIT = "subject_copy"

Value = str | int | bool | date | tuple[tuple[str, int], ...] | None
"""What a fact may say. The last: counts by code, as attendance has them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one item. `mark`: put_right, disputed, or nothing (D30)."""

    item: str
    value: Value
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one return says of the person. Which school sent it is not said: not every reader may learn it (D35)."""

    collection: str
    term: str
    year: int
    received_on: date
    on_roll: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's record, as one reader may see it. `not_shown`: items that are held and not in it."""

    person: PersonId
    known: tuple[Fact, ...]
    told: tuple[Told, ...]
    not_shown: tuple[str, ...]
    restricted: bool


def copy(person: PersonId, *, mandate: str, what: str, catalogue: Catalogue, by: Actor, at: datetime) -> Copy:
    """Return one person's record for the adult of a mandate that reaches it.

    The plan: 1 the mandate is ours, fresh, of the second step, and names this person; 2 the exit lets one person's copy
    go, whatever speaks against other uses; 3 it stands in the journal, on the disk, before anything is read; 4 only
    those groups are opened that this reader may see; 5 rows of every return in force, each file checked before it is
    used. Refuses with `people.mandate`, `people.no_record`, `gate.journal_damaged`, `register.file_changed`.
    """
    held = check(mandate, key=load(here(), "letters"), at=at)  # 1
    check_record(held, person)
    _check_exit(catalogue)  # 2
    write_down(EXIT, what, person, reader=held.adult, by=by, at=at)  # 3
    stores = may_see(held.reach)
    known = register.known_of(person, stores, by=by, at=at)  # 4
    told = tuple(_told(row, catalogue) for row in read.of_person(person))  # 5
    return Copy(
        person,
        tuple(Fact(item, known[item]) for item in catalogue.items if item in known),
        told,
        tuple(sorted(item.id for item in catalogue.items.values() if item.store not in stores)),
        person in _restricted(by=by, at=at),
    )


def _check_exit(catalogue: Catalogue) -> None:
    """Refuse a catalogue under which a family's own copy could be taken away by anything but who may see what."""
    exit_ = catalogue.exit(EXIT)
    if exit_.removes or exit_.most_children != 1:
        raise Refusal(
            "gate.copy_exit",
            "This catalogue would take a person's own copy away, or give more than one person's.",
            next_step="Put the row of subject_copy in the catalogue's exits right.",
            authority="D30; UK GDPR Art 15",
        )


def _told(row: read.HeldRow, catalogue: Catalogue) -> Told:
    facts = tuple(
        Fact(item.id, _value(row.values[item.id]), _mark(row, item.id))
        for item in catalogue.items.values()
        if item.store is Store.ROWS and item.id in row.values
    )
    return Told(row.collection, row.term, row.year, row.received_at.date(), row.on_roll, facts)


def _mark(row: read.HeldRow, item: str) -> str:
    if item in row.disputed:
        return "disputed"
    return "put_right" if item in row.put_right else ""


def _value(held: object) -> Value:
    """Return a row's value as it travels; a type that no item has is a bug, and loud."""
    if isinstance(held, list):
        return tuple((str(part["code"]), int(part["sessions"])) for part in held)
    if held is None or isinstance(held, str | int | bool | date):
        return held
    raise TypeError("a row holds a value of a type that no item has")


def _restricted(*, by: Actor, at: datetime) -> frozenset[PersonId]:
    return frozenset((*flagged("restricted", at=at), *register.in_question(by=by, at=at)))
