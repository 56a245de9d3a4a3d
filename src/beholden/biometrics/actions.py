# SPDX-License-Identifier: Apache-2.0
"""Begins a school's book about a biometric system, and writes in it. The only writer of this room; nothing is changed.

Nothing of it stands in a public log: who agreed is the school's and the family's. The family is given each line's
number and seal, and the whole book is bound line to line.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from beholden.biometrics import seals
from beholden.biometrics.models import Entry, System
from beholden.biometrics.queries import book, written
from beholden.biometrics.rules import Line, check_line, law_of
from beholden.catalogue import Catalogue
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal

_LONGEST_HANDLE = 64


@dataclass(frozen=True, slots=True)
class NewSystem:
    """What a school wants to use: what it is, what it is used for, and the other way that is open to everybody."""

    what: str
    used_for: str
    instead: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What whoever spoke is given: the number of the line about this child, and its seal in hex."""

    number: int
    seal: str


@transaction.atomic
def begin(system: NewSystem, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Write down a system before anything is asked of anybody, and return its name.

    Refused without a reasonable other way (Protection of Freedoms Act 2012 s.26(7), where that is the pack's law), and
    where the catalogue names no law for biometrics.
    """
    law_of(catalogue)
    _check_school(by)
    if not all(_is_text(text) for text in asdict(system).values()):
        raise Refusal(
            "biometrics.no_other_way",
            "Say what it is, what it is used for, and what a child does who does not use it.",
            next_step="Name the other way. It must let the child do the same things.",
            authority="D17: an alternative is offered",
        )
    ref = f"{by.organisation}-{System.objects.filter(school=by.organisation).count() + 1}"
    texts = {"ref": ref, "school": by.organisation, "by": by.ref, **asdict(system)}
    seal = seals.of_system(load(here(), "letters"), texts, at=at)
    try:
        with transaction.atomic():
            System.objects.create(at=at, seal=seal, **texts)
    except IntegrityError as trouble:
        raise _at_once() from trouble
    return ref


@transaction.atomic
def write(ref: str, person: PersonId, line: Line, *, catalogue: Catalogue, by: Actor, at: datetime) -> Slip:
    """Write one line about one child, after all that are there, and return what its speaker is given.

    The plan: 1 only this school writes in its book; 2 what is there holds together, and is not of a later moment;
    3 the line may follow it (`rules.check_line`); 4 it is sealed to the one before. Refuses with `biometrics.*`.
    """
    law = law_of(catalogue)
    held = book(ref)
    _check_school(by, held.school)  # 1
    before = written(ref, person)  # 2
    if (before and at < before[-1].at) or len(line.adult) > _LONGEST_HANDLE:
        raise Refusal(
            "biometrics.order",
            "The book holds a line of a later moment, or this adult's handle is too long.",
            next_step="Look at the clock of this machine.",
            authority="D17",
        )
    check_line(line, (one.line for one in before), law=law)  # 3
    number, last = len(before) + 1, before[-1].seal if before else held.seal
    seal = seals.of_line(load(here(), "letters"), last, person, number, line, at=at, by=by.ref)  # 4
    try:
        with transaction.atomic():
            Entry.objects.create(
                system_id=ref,
                person=person,
                number=number,
                adult=line.adult,
                said=line.said.value,
                how=line.how.value,
                ground=line.ground,
                at=at,
                by=by.ref,
                seal=seal,
            )
    except IntegrityError as trouble:
        raise _at_once() from trouble
    return Slip(number, seal.hex())


def _check_school(by: Actor, school: str = "") -> None:
    if by.role is not Role.SCHOOL or (school and by.organisation != school):
        raise Refusal(
            "biometrics.not_this_school",
            "Only the school itself writes in its book.",
            next_step="Ask the school.",
            authority="D17; UK GDPR Art 32(4)",
        )
    check_enrolled(by)


def _is_text(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


def _at_once() -> Refusal:
    return Refusal(
        "biometrics.at_once",
        "Somebody else wrote here at the same moment.",
        next_step="Read the book again, and write then.",
        authority="D17",
    )
