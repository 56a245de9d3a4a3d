# SPDX-License-Identifier: Apache-2.0
"""Opens a school's door to its own officers (`beholden.rights.knocking`), and says whose door it is."""

from dataclasses import dataclass
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role
from beholden.people.queries import officers_of, organisation
from beholden.rights import knocking
from beholden.rights.school.asked import School
from beholden.rights.shown import Shown


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody who was let in: the officer as an actor, and the school they act for."""

    by: Actor
    school: School


def open_door(shown: Shown, *, catalogue: Catalogue, at: datetime) -> Inside:
    """Let a school's officer in, or refuse; an officer who does not act for a school is refused like a wrong key."""
    by = knocking.open_door(shown, Role.SCHOOL, catalogue=catalogue, at=at)
    return Inside(by, School(by.ref, by.organisation, organisation(by.organisation).name))


def senders(inside: Inside) -> tuple[str, ...]:
    """Return everybody who sends for this school: what one of them was refused, the others may see."""
    return officers_of(inside.school.number, Role.SCHOOL)


def sign_in(asked: Shown, *, catalogue: Catalogue, at: datetime) -> School:
    """Say whose door opened."""
    return open_door(asked, catalogue=catalogue, at=at).school
