# SPDX-License-Identifier: Apache-2.0
"""What the registrar does at the desk about one child, found by number and birth date: put right, dispute, trace.

And about two records that may be one child, found by the number of the question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from beholden.catalogue import Catalogue, Item, Kind
from beholden.gate.actions import joining
from beholden.gate.actions.tracing import Places, places
from beholden.kinds import Actor, PersonId, Role
from beholden.people.queries import check_enrolled
from beholden.redress.queries import Said, said_of
from beholden.redress.rules import check_role
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.actions import About
from beholden.register.lent import InQuestion, LooksAlike, Settled
from beholden.register.queries import HeldCorrection, corrections_of
from beholden.register.rules import Evidence, Place, Scalar


@dataclass(frozen=True, slots=True)
class Child:
    """Who is meant: a pupil number and a birth date that together name one child."""

    number: str = field(repr=False)
    born: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that is known of where one item of one child went: places, corrections, and what recipients were told.

    Of a message about a value only those about this item; those about the whole row always. `statements` are the
    family's own words about this item, by the number of the line: they travel nowhere, and are the registrar's to read.
    """

    places: Places
    corrections: tuple[HeldCorrection, ...]
    told: tuple[Said, ...]
    statements: Mapping[int, str] = field(repr=False)


def trace(child: Child, item: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> Trace:
    """Return every place to which one item of one child went, and how each stands (D31). It is journaled."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    catalogue.item(item)
    person = _one(child, by=by, at=at)
    found = places(person, item, by=by, at=at)
    told = tuple(one for one in said_of(person) if one.item in {"", item})
    words = register.statements(person, item, by=by, at=at)
    return Trace(found, corrections_of(person, item), told, words)


def put_right(
    child: Child,
    place: Place,
    item: str,
    typed: str,
    *,
    evidence: Evidence,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> int:
    """Put one value right, as it was typed; nothing typed takes an answer back. Returns the number of the line."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    about = About(_one(child, by=by, at=at), place, item)
    value = _read(catalogue.item(item), typed.strip())
    return register.correct(about, value, evidence=evidence, catalogue=catalogue, by=by, at=at)


def dispute(
    child: Child, place: Place, item: str, statement: str, *, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Leave a value as it is, and keep the family's words with it. Returns the number of the line."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    about = About(_one(child, by=by, at=at), place, item)
    return register.dispute(about, statement, evidence=Evidence.FAMILY, catalogue=catalogue, by=by, at=at)


def questions(*, by: Actor, at: datetime) -> tuple[InQuestion, ...]:
    """Return every question whether two records are one child. It says what agrees, and no value."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.waiting(by=by, at=at)


def question(number: int, *, by: Actor, at: datetime) -> InQuestion:
    """Return one of those questions, by its number."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.one_waiting(number, by=by, at=at)


def how_many_wait(*, by: Actor, at: datetime) -> int:
    """Return how many of those questions wait."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.how_many_wait(by=by, at=at)


def settled(*, by: Actor, at: datetime) -> tuple[Settled, ...]:
    """Return which of those questions were decided last, the newest first."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.settled(by=by, at=at)


def decide(question: int, *, same: bool, evidence: Evidence, by: Actor, at: datetime) -> None:
    """Decide whether two records are one child (D14, D32). Neither is restricted for it any more."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    joining.decide(question, same=same, evidence=evidence, by=by, at=at)


def ask_again(question: int, *, by: Actor, at: datetime) -> int:
    """Doubt what was decided about two records, and return the number of the new question."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.ask_again(question, by=by, at=at)


def suggest(*, by: Actor, at: datetime) -> int:
    """Look the register through for two records that look alike, and return how many pairs are new. Decides nothing."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.suggest(by=by, at=at)


def suggested(*, first: int = 0, most: int | None = None, by: Actor, at: datetime) -> tuple[LooksAlike, ...]:
    """Return the pairs that look alike and of which nobody has asked, the surest first. It names no child.

    From a place on, so many at most; all without.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.suggested(first=first, most=most, by=by, at=at)


def how_many_suggested(*, by: Actor, at: datetime) -> int:
    """Return how many such pairs there are."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.how_many_suggested(by=by, at=at)


def one_suggested(number: int, *, by: Actor, at: datetime) -> LooksAlike:
    """Return one of them, by its number."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.one_suggested(number, by=by, at=at)


def ask_suggested(number: int, *, by: Actor, at: datetime) -> int:
    """Ask whether a pair that looks alike is one child; return the number of the question, by which it is decided."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return register.ask_suggested(number, by=by, at=at)


def _one(child: Child, *, by: Actor, at: datetime) -> PersonId:
    found = register.with_number_and_birth(child.number, child.born, by=by, at=at)
    if len(found) != 1:
        raise Refusal(
            "redress.no_such_child",
            "Number and birth date together do not name one child in this register.",
            next_step="Look at the number and the date again, or ask the school.",
            authority="UK GDPR Art 5(1)(c), 12(6)",
        )
    return found[0]


def _read(item: Item, typed: str) -> Scalar:
    """Read a typed value as the fact's own type; what is none is left as text, which `register.correct` refuses."""
    if not typed:
        return None
    if item.type is Kind.WHOLE and typed.isdecimal():
        return int(typed)
    if item.type is Kind.BOOL:
        return {"yes": True, "no": False}.get(typed.lower(), typed)
    return typed
