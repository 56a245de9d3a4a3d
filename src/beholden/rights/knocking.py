# SPDX-License-Identifier: Apache-2.0
"""Lets an officer in at a door: reference and key are looked at afresh for every question, nothing on trust.

So an ended key ends every sitting with it, at the next press, and there is no table of sittings to keep. A role sees
its own pages alone: a good key of an officer in another role gets the same answer as a wrong one.
"""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role
from beholden.people.access import not_let_in
from beholden.people.actions import let_in
from beholden.people.queries import organisation
from beholden.rights.shown import Officer, Shown

STRANGER = Actor("door", Role.KEEPER)
"""Who knocks, before it is known who they are."""

OFFICE = (Role.APPLICANT, Role.RECIPIENT, Role.REVIEWER, Role.PANEL, Role.REGISTRAR)
"""The roles that come in at the officers' one entrance; a school's data lead has a door of its own."""


def open_door(shown: Shown, *roles: Role, catalogue: Catalogue, at: datetime) -> Actor:
    """Let in an officer who acts in one of these roles, or refuse as `beholden.people.actions.let_in` does."""
    by = let_in(shown.ref, shown.key, catalogue=catalogue, by=STRANGER, at=at)
    if by.role not in roles:
        limits = catalogue.limits
        raise not_let_in(most=limits.letter_tries, minutes=limits.letter_wait_minutes)
    return by


def officer(by: Actor) -> Officer:
    """Say who somebody is who was let in."""
    return Officer(by.ref, by.role.value, by.organisation, organisation(by.organisation).name)


def sign_in(asked: Shown, *, catalogue: Catalogue, at: datetime) -> Officer:
    """Say for whom the officers' entrance opened, and in which role."""
    return officer(open_door(asked, *OFFICE, catalogue=catalogue, at=at))
