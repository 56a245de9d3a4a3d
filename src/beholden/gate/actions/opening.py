# SPDX-License-Identifier: Apache-2.0
"""Opens one person's record for an exit that has been written down already: some groups of it, and what is still kept.

Decides nothing of who may see what; every caller names the groups, and stands in the journal before it asks here.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from beholden.catalogue import Catalogue, Item, Store
from beholden.kinds import Actor, PersonId
from beholden.register import actions as register
from beholden.register.rows import read

Value = str | int | bool | date | tuple[tuple[str, int], ...] | None
"""What a fact may say. The last: counts by code, as attendance has them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one item. `mark`: put_right, disputed, or nothing (D30)."""

    item: str
    value: Value = field(repr=False)
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
class Opened:
    """Some groups of one record. `not_shown`: items that are held in the groups that were not opened."""

    known: tuple[Fact, ...] = field(repr=False)
    told: tuple[Told, ...]
    not_shown: tuple[str, ...]


def open_record(
    person: PersonId,
    stores: frozenset[Store],
    *,
    born: date | None,
    without: frozenset[str] = frozenset(),
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> Opened:
    """Return these groups of one record, but for the items `without`: an able child's alone, from this reader (D15).

    With a birth date, only what is still kept on this day (D33): a value whose day has passed is left out, and so is
    one of the vault whose years are counted from a taking that the vault does not know. Without, everything there is.
    """
    known = register.known_of(person, stores, by=by, at=at)
    rows = read.of_person(person) if Store.ROWS in stores else ()
    items = tuple(catalogue.items.values())
    open_ = tuple(item for item in items if item.id not in without)
    return Opened(
        tuple(
            Fact(item.id, known[item.id])
            for item in open_
            if item.id in known and _kept(item, born, None, on=at.date())
        ),
        tuple(_told(row, born, open_, catalogue, on=at.date()) for row in rows),
        tuple(sorted(item.id for item in items if item.store not in stores)),
    )


def _told(
    row: read.HeldRow, born: date | None, items: tuple[Item, ...], catalogue: Catalogue, *, on: date
) -> Told:
    taken_on = catalogue.collection(row.collection, row.term, row.year).reference_date
    facts = tuple(
        Fact(item.id, _value(row.values[item.id]), _mark(row, item.id))
        for item in items
        if item.store is Store.ROWS and item.id in row.values and _kept(item, born, taken_on, on=on)
    )
    return Told(row.collection, row.term, row.year, row.received_at.date(), row.on_roll, facts)


def _mark(row: read.HeldRow, item: str) -> str:
    if item in row.disputed:
        return "disputed"
    return "put_right" if item in row.put_right else ""


def _kept(item: Item, born: date | None, taken_on: date | None, *, on: date) -> bool:
    if born is None:
        return True
    if item.keep_until.unit == "years" and taken_on is None:
        return False
    return on < item.keep_until.until(born_on=born, taken_on=taken_on or on)


def _value(held: object) -> Value:
    """Return a row's value as it travels; a type that no item has is a bug, and loud."""
    if isinstance(held, list):
        return tuple((str(part["code"]), int(part["sessions"])) for part in held)
    if held is None or isinstance(held, str | int | bool | date):
        return held
    raise TypeError("a row holds a value of a type that no item has")
