# SPDX-License-Identifier: Apache-2.0
"""A school objects to a use of what it sent, in public and by name, and reads what it is answered (D29)."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import UseRef
from beholden.rights.school.asked import Object, Objection, WhichUse
from beholden.rights.school.knocking import Inside, open_door
from beholden.uses.actions import school_objects
from beholden.uses.actions.hearing import LONGEST
from beholden.uses.queries import public_use
from beholden.uses.voices import objection_of


def one(asked: WhichUse, *, catalogue: Catalogue, at: datetime) -> Objection:
    """Return what this school objects to one use, and what it was answered; refuse a use that nobody may see."""
    return _seen(open_door(asked.shown, catalogue=catalogue, at=at), UseRef(asked.ref), catalogue)


def say(asked: Object, *, catalogue: Catalogue, at: datetime) -> Objection:
    """Write down that this school objects, and return how it stands; refuses as `uses.actions.school_objects` does."""
    inside = open_door(asked.shown, catalogue=catalogue, at=at)
    ref = UseRef(asked.ref)
    public_use(ref, catalogue)
    school_objects(ref, reason=asked.reason.strip(), catalogue=catalogue, by=inside.by, at=at)
    return _seen(inside, ref, catalogue)


def _seen(inside: Inside, ref: UseRef, catalogue: Catalogue) -> Objection:
    use, said = public_use(ref, catalogue), objection_of(ref, inside.school.number)
    return Objection(
        inside.school,
        use.ref,
        use.title,
        f"{use.applicant}, {use.country}",
        said.reason,
        said.answer,
        said.is_open,
        LONGEST,
    )
