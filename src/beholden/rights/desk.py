# SPDX-License-Identifier: Apache-2.0
"""The registrar's desk: a proof file, its short form, or a receipt, for a family that stands there with its letter.

A proof of absence tells one adult that a child was left out, and so, where that adult said nothing, perhaps that
another did. A letter alone is therefore not enough: the registrar looks at who is asking and whether they may decide
for the child (U1: the record itself needs a second step). This writes the file; it cannot see the person.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.choices.consent.receipt import Controller
from beholden.gate.actions.empowering import powers_about
from beholden.gate.actions.proving import bundle
from beholden.gate.actions.recalling import Recalled, history
from beholden.gate.rules import check_role, not_yours
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.people.mandate import check
from beholden.people.power import Power
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.register.actions import came_of_age
from beholden.rights.actions import open_letter
from beholden.rights.handed import Tells, tells
from beholden.rights.receipts import receipt


def prove(
    *,
    code: str,
    born_on: date,
    child: int,
    identity_seen: bool,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> bytes:
    """Return the proof of one child of a letter. Only the registrar's, and only after looking at who is asking."""
    asked = _Asked(code, born_on, child, identity_seen)
    person, _ = _whom(asked, catalogue=catalogue, by=by, at=at)
    return bundle(person, by=by, at=at)


def recall(
    *,
    code: str,
    born_on: date,
    child: int,
    identity_seen: bool,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> tuple[tuple[Recalled, bool | None], ...]:
    """Return which handovers list one child of a letter, as far as this adult hears of it (`handed.tells`).

    Quick, and no proof. Of a letter that was passed on it is not said (None) who was written to.
    """
    asked = _Asked(code, born_on, child, identity_seen)
    person, power = _whom(asked, catalogue=catalogue, by=by, at=at)
    known = ((one, tells(one.use, power)) for one in history(person, by=by, at=at))
    return tuple(
        (one, one.in_list if said is Tells.ALL else None) for one, said in known if said is not Tells.NOTHING
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a letter says, as its bearer said it, and whether the bearer was looked at."""

    code: str = field(repr=False)
    born_on: date = field(repr=False)
    child: int
    identity_seen: bool


def _whom(asked: _Asked, *, catalogue: Catalogue, by: Actor, at: datetime) -> tuple[PersonId, Power]:
    """Return the child of a letter whom its bearer may see, and with what power; refuse whoever was not looked at."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    if not asked.identity_seen:
        raise Refusal(
            "rights.identity_not_seen",
            "A proof is given at the desk only to somebody whose identity was looked at.",
            next_step="Look at a document with a photograph, and at what says that they may decide for the child.",
            authority="UK GDPR Art 12(6)",
        )
    letter = open_letter(code=asked.code, born_on=asked.born_on, catalogue=catalogue, by=by, at=at)
    named = {each.position: each.person for each in (*letter.children, *letter.watched)}
    if asked.child not in named:
        raise _no_such_child(len(named))
    person, adult = named[asked.child], check(letter.mandate, key=load(here(), "letters"), at=at).adult
    power = powers_about([(person, adult)], catalogue=catalogue, by=by, at=at)[person, adult]
    if not power.sees:
        raise not_yours()
    return person, power


def write_receipt(
    *,
    code: str,
    born_on: date,
    child: int,
    numbers: tuple[str, ...],
    controller: Controller,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> bytes:
    """Return the receipt of consent of one child of a letter, for whoever knows the answers' numbers.

    The desk knows who is of age, which the family's pages do not, so here a yes that ended by age is said to have.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    letter = open_letter(code=code, born_on=born_on, catalogue=catalogue, by=by, at=at)
    named = {each.position: each.person for each in (*letter.children, *letter.watched)}
    if child not in named:
        raise _no_such_child(len(named))
    age = catalogue.guardians_end.age
    return receipt(
        letter,
        child=named[child],
        numbers=numbers,
        controller=controller,
        catalogue=catalogue,
        of_age=came_of_age((named[child],), age=age, on=at.date(), by=by, at=at),
        by=by,
        at=at,
    )


def _no_such_child(several: int) -> Refusal:
    return Refusal(
        "rights.no_such_child",
        f"The letter names {several} children.",
        next_step=f"Give a number from 1 to {several}.",
        authority="UK GDPR Art 12(6)",
    )
