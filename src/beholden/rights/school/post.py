# SPDX-License-Identifier: Apache-2.0
"""What a school is asked to pass on: its own list for each use, the same whoever is written to (D13, D16)."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions import inviting
from beholden.kinds import UseRef
from beholden.rights.school.asked import PostLine, PostPack, Waiting, WhichPost
from beholden.rights.school.knocking import open_door
from beholden.rights.shown import Shown
from beholden.uses.queries import public_use


def waiting(asked: Shown, *, catalogue: Catalogue, at: datetime) -> Waiting:
    """Return every use of which this school has post to pass on today."""
    inside = open_door(asked, catalogue=catalogue, at=at)
    refs = inviting.waiting(inside.school.number, by=inside.by, at=at)
    return Waiting(inside.school, tuple(_line(ref, catalogue) for ref in refs))


def pack(asked: WhichPost, *, catalogue: Catalogue, at: datetime) -> PostPack:
    """Return the school's own list of one use, or refuse as `beholden.gate.actions.inviting.take` does."""
    inside = open_door(asked.shown, catalogue=catalogue, at=at)
    got = inviting.take(UseRef(asked.ref), inside.school.number, by=inside.by, at=at)
    return PostPack(got.use, got.as_csv())


def _line(ref: UseRef, catalogue: Catalogue) -> PostLine:
    use = public_use(ref, catalogue)
    return PostLine(use.ref, use.title, f"{use.applicant}, {use.country}", use.ends_on)
