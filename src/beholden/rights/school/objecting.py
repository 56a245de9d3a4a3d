# SPDX-License-Identifier: Apache-2.0
"""A school objects to a use of what it sent, in public and by name, and reads what it is answered (D29)."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import UseRef
from beholden.rights.school.asked import Object, Objected, Objection, WhichUse
from beholden.rights.school.knocking import open_door
from beholden.uses.actions import school_objects
from beholden.uses.actions.hearing import LONGEST
from beholden.uses.queries import public_use
from beholden.uses.rules.life import UNHEARD, State
from beholden.uses.voices import objection_of


def one(asked: WhichUse, *, catalogue: Catalogue, at: datetime) -> Objection:
    """Return what this school objects to one use, and what it was answered; refuse a use that nobody may see."""
    inside, ref = open_door(asked.shown, catalogue=catalogue, at=at), UseRef(asked.ref)
    use, said = public_use(ref, catalogue), objection_of(ref, inside.school.number)
    return Objection(
        school=inside.school,
        ref=use.ref,
        title=use.title,
        who=f"{use.applicant}, {use.country}",
        reason=said.reason,
        answer=said.answer,
        is_open=said.is_open,
        is_early=State(use.state) in UNHEARD,
        most=LONGEST,
    )


def say(asked: Object, *, catalogue: Catalogue, at: datetime) -> Objected:
    """Write down that this school objects; refuses as `uses.actions.school_objects` does."""
    inside = open_door(asked.shown, catalogue=catalogue, at=at)
    ref = UseRef(asked.ref)
    public_use(ref, catalogue)
    school_objects(ref, reason=asked.reason.strip(), catalogue=catalogue, by=inside.by, at=at)
    return Objected(ref)
