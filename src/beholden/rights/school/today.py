# SPDX-License-Identifier: Apache-2.0
"""What waits for a school today: what the register knows, and nothing that it merely supposes (notes/ux.md 3.3)."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.register.queries import sent_by
from beholden.rights.school import returns
from beholden.rights.school import uses as used
from beholden.rights.school.asked import Census, Today
from beholden.rights.school.knocking import open_door, senders
from beholden.rights.shown import Shown


def today(asked: Shown, *, catalogue: Catalogue, at: datetime) -> Today:
    """Return what is due and not taken in, the last file, the last one in force, and the uses that are still open.

    Due is every return of the catalogue whose day has come, the nearest day first.
    """
    inside = open_door(asked, catalogue=catalogue, at=at)
    sent = sent_by(inside.school.number, senders(inside))
    in_force = {f"{one.collection}/{one.term}/{one.year}" for one in sent if one.status == "accepted"}
    due = sorted(
        (one.reference_date, one.label)
        for one in catalogue.collections.values()
        if one.reference_date <= at.date() and one.code not in in_force
    )
    lines = returns.lines(inside, catalogue)
    return Today(
        inside.school,
        tuple(Census(label, day) for day, label in reversed(due)),
        lines[0] if lines else None,
        next((line for line in lines if line.status == "accepted"), None),
        tuple(line for line in used.lines(inside, catalogue, at=at) if line.state_label in used.STILL_OPEN),
    )
