# SPDX-License-Identifier: Apache-2.0
"""Answers whether a school may use a child's biometrics, and what its book says. Returns frozen values only.

A book that does not hold together answers nothing: it is refused, and so nothing may be used.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from beholden.biometrics import seals
from beholden.biometrics.models import Entry, System
from beholden.biometrics.rules import How, Line, Said, age_on, bars, law_of
from beholden.catalogue import Bar, BarNote, Catalogue
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Book:
    """One system of one school: what it is, what it is used for, and the other way that is open to everybody."""

    ref: str
    school: str
    what: str
    used_for: str
    instead: str
    seal: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it may be used, or every reason against it; and in either case what there is instead."""

    may: bool
    reasons: tuple[BarNote, ...]
    instead: str


@dataclass(frozen=True, slots=True)
class Written:
    """One line of a book, as it was written."""

    number: int
    line: Line
    at: datetime
    by: str
    seal: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """What fsck needs of one book: whether the system is as it was written, and for how many children a line is not."""

    ref: str
    is_sound: bool
    children: int
    broken: int


def book(ref: str) -> Book:
    """Return one system, or refuse."""
    row = System.objects.filter(pk=ref).first()
    if row is None:
        raise Refusal(
            "biometrics.unknown_system",
            "No school has written down a system under this name.",
            next_step="Begin a book for the system first.",
            authority="D17",
        )
    return _book(row)


def books(school: str) -> tuple[Book, ...]:
    """Return the systems of one school, oldest first."""
    return tuple(map(_book, System.objects.filter(school=school).order_by("at", "pk")))


def written(ref: str, person: PersonId) -> tuple[Written, ...]:
    """Return everything a book says about one child, in its order, or refuse a book that does not hold together."""
    key, held = load(here(), "letters"), book(ref)
    rows = tuple(map(_written, Entry.objects.filter(system=ref, person=person).order_by("number")))
    if not _holds(key, held.seal, person, rows):
        raise Refusal(
            "biometrics.broken",
            "What is written here about this child does not hold together, so nothing may be used.",
            next_step="Run fsck, and restore the book. Until then use the other way.",
            authority="D17",
        )
    return rows


def answer(ref: str, person: PersonId, *, born_on: date, on: date, catalogue: Catalogue) -> Answer:
    """Say whether a school may use one child's biometrics on a day, and if not, every reason.

    That the child is a pupil of the school, and when it was born, whoever asks must know: this room opens no vault.
    """
    law, held = law_of(catalogue), book(ref)
    lines = [one.line for one in written(ref, person)]
    found = bars(lines, age=age_on(born_on, on), law=law)
    return Answer(not found, tuple(law.bars[bar.value] for bar in Bar if bar in found), held.instead)


def held_books() -> Iterator[Held]:
    """Yield every book, with what does not hold together in it."""
    key = load(here(), "letters")
    for row in System.objects.order_by("pk").iterator():
        texts = {name: getattr(row, name) for name in ("ref", "school", "what", "used_for", "instead", "by")}
        sound = hmac.compare_digest(seals.of_system(key, texts, at=row.at), bytes(row.seal))
        children, broken = 0, 0
        for person, rows in _by_child(row.pk):
            children += 1
            broken += not _holds(key, bytes(row.seal), person, rows)
        yield Held(row.pk, sound, children, broken)


def _by_child(ref: str) -> Iterator[tuple[UUID, tuple[Written, ...]]]:
    """Yield each child's lines, holding no more than one child's at a time."""
    person: UUID | None = None
    rows: list[Written] = []
    for row in Entry.objects.filter(system=ref).order_by("person", "number").iterator(chunk_size=1_000):
        if person is not None and row.person != person:
            yield person, tuple(rows)
            rows = []
        person = row.person
        rows.append(_written(row))
    if person is not None:
        yield person, tuple(rows)


def _holds(key: bytes, first: bytes, person: UUID, rows: tuple[Written, ...]) -> bool:
    before = first
    for number, one in enumerate(rows, start=1):
        seal = seals.of_line(key, before, person, number, one.line, at=one.at, by=one.by)
        if one.number != number or not hmac.compare_digest(seal, one.seal):
            return False
        before = one.seal
    return True


def _book(row: System) -> Book:
    return Book(row.pk, row.school, row.what, row.used_for, row.instead, bytes(row.seal))


def _written(row: Entry) -> Written:
    line = Line(row.adult, Said(row.said), How(row.how), row.ground)
    return Written(row.number, line, row.at, row.by, bytes(row.seal))
