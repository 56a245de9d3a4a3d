# SPDX-License-Identifier: Apache-2.0
"""Opens a school's door: reference and key are looked at afresh for every question, and nothing is taken on trust.

So an ended key ends every session with it, at the next press, and there is no table of sessions to keep.
"""

from dataclasses import dataclass
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role
from beholden.people.access import not_let_in
from beholden.people.actions import let_in
from beholden.people.queries import officers_of, organisation
from beholden.rights.school.asked import School, Shown

STRANGER = Actor("school", Role.SCHOOL)
"""Who knocks, before it is known who they are."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody who was let in: the officer as an actor, and the school they act for."""

    by: Actor
    school: School


def open_door(shown: Shown, *, catalogue: Catalogue, at: datetime) -> Inside:
    """Let a school's officer in, or refuse as `beholden.people.actions.let_in` does.

    A good key of an officer who does not act for a school gets the same answer as a wrong one.
    """
    by = let_in(shown.ref, shown.key, catalogue=catalogue, by=STRANGER, at=at)
    if by.role is not Role.SCHOOL:
        limits = catalogue.limits
        raise not_let_in(most=limits.letter_tries, minutes=limits.letter_wait_minutes)
    return Inside(by, School(by.ref, by.organisation, organisation(by.organisation).name))


def senders(inside: Inside) -> tuple[str, ...]:
    """Return everybody who sends for this school: what one of them was refused, the others may see."""
    return officers_of(inside.school.number, Role.SCHOOL)


def sign_in(asked: Shown, *, catalogue: Catalogue, at: datetime) -> School:
    """Say whose door opened."""
    return open_door(asked, catalogue=catalogue, at=at).school
