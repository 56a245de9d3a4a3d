# SPDX-License-Identifier: Apache-2.0
"""A child in danger does not wait: one named officer, one child, a named duty, reviewed next working day (D46).

Nothing that may be broken at two in the morning stands in the way: not the public log, not a window, not the journal of
other exits. What is written first is a line in a spool of its own, on the disk. If even that file is damaged it is put
aside, and a new one begun: an officer who finds a child costs less than a line that a person has to look for.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from beholden.catalogue import Catalogue, Store
from beholden.gate import journal
from beholden.gate.actions.safety import is_marked
from beholden.gate.actions.singles import one_child, write_down
from beholden.gate.journal import URGENT, Leaving, Line, hold
from beholden.gate.looks import reviews_of
from beholden.gate.models import UrgentReview
from beholden.gate.rules import check_duty, check_role, check_urgent_cap, review_due
from beholden.gate.spool import URGENT_EXIT, next_number, spool
from beholden.home import here
from beholden.home.files import fsync_folder
from beholden.kinds import Actor, PersonId, Role
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.rows import read

SHOWN = frozenset({Store.NAMES, Store.BIRTH, Store.ADDRESS, Store.NUMBERS})
"""Who the child is and where it lives. Of what schools say, only whose roll it is or was on."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Where:
    """A school that had the child on its roll, and when it said so."""

    school: str
    said_on: date
    on_roll: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What one officer gets of one child. `line` is its place in the spool, `review_by` the day of the review."""

    line: int
    known: Mapping[str, str | None] = field(repr=False)
    schools: tuple[Where, ...]
    flagged: bool
    review_by: date


def find(number: str, born: date, *, duty: str, catalogue: Catalogue, by: Actor, at: datetime) -> Found:
    """Return who one child is and where it lives, to one officer.

    The plan: 1 the officer is appointed for just this; 2 the duty is one for which the catalogue opens this exit; 3
    number and birth date together name one child; 4 this officer has not passed the cap of a day; 5 it stands in the
    spool, on the disk; 6 then it is read and shown; 7 it goes into the journal of single exits too, if that can be
    written, so that the hour's batch binds it. Refuses with `gate.role`, `people.not_enrolled`, `gate.duty`,
    `gate.no_such_child`, `gate.urgent_cap`.
    """
    check_role(by, Role.SAFEGUARDING)  # 1
    check_enrolled(by)
    check_duty(duty, catalogue, on=at.date())  # 2
    person = one_child(number, born, by=by, at=at)  # 3
    left = Leaving(URGENT_EXIT, duty, person, by.ref, at)
    line = _spool(left, most=catalogue.limits.urgent_per_day)  # 4, 5
    known = register.known_of(person, SHOWN, by=by, at=at)  # 6
    schools = tuple(Where(row.school, row.received_at.date(), row.on_roll) for row in read.of_person(person))
    _note(person, duty, by=by, at=at)  # 7
    flagged = is_marked(person, by=by, at=at)
    return Found(line.seq, known, schools, flagged, review_due(at.date()))


def _spool(left: Leaving, *, most: int) -> Line:
    """Write the line, in the old spool or, where that is damaged, in a new one. Refuses only above the cap."""
    folder = here().journal
    with hold(folder, URGENT) as held:
        try:
            earlier = tuple(journal.lines(folder, name=URGENT))
        except Refusal:
            _put_aside()  # while nobody else can write, so that only what is damaged is put aside
        else:
            mine = sum(
                one.left.by == left.by and left.at - one.left.at < timedelta(days=1) for one in earlier
            )
            check_urgent_cap(mine, most=most)
            first = 1 if earlier else next_number()
            return held.append(left, salt=secrets.token_bytes(32), first=first)
    with hold(folder, URGENT) as held:
        return held.append(left, salt=secrets.token_bytes(32), first=next_number())


def _put_aside() -> None:
    folder = here().journal
    (folder / URGENT).replace(folder / f"{URGENT}.{secrets.token_hex(4)}.damaged")
    fsync_folder(folder)
    _log.error("the spool of urgent exits was damaged and put aside; run `beholden fsck`")


def _note(person: PersonId, duty: str, *, by: Actor, at: datetime) -> None:
    try:
        write_down(URGENT_EXIT, duty, person, reader=by.ref, by=by, at=at)
    except Refusal as no:
        _log.warning("an urgent exit is in the spool and not in the journal: %s", no.code)


@transaction.atomic
def review(line: int, *, sound: bool, may_tell: bool, by: Actor, at: datetime) -> None:
    """Write down what a review found of one urgent exit, once: was it sound, and may the family be told of it.

    Telling is a judgement of a person: a look for a child in danger may be about somebody who reads this list (D35).
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    exits = spool().exits
    held = next((one for one in exits if one.line == line > 0), None)
    if held is None or held in reviews_of(exits):
        raise Refusal(
            "gate.no_review",
            "No urgent exit waits for a review under this number.",
            next_step="Look at which ones wait: beholden urgent waiting",
            authority="D46",
        )
    UrgentReview.objects.create(
        line=line, digest=held.digests[0], sound=sound, may_tell=may_tell, by=by.ref, at=at
    )
