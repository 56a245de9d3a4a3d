# SPDX-License-Identifier: Apache-2.0
"""Answers what of one person left: in which handovers a row went, who looked, which urgent exits wait for a review.

For the person's own family, the registrar and fsck alone; the rooms above decide who reads which line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from beholden.gate import journal, sets
from beholden.gate.journal import Leaving
from beholden.gate.models import Disclosure, SingleBatch, SingleExit, UrgentReview
from beholden.gate.rules import review_due
from beholden.home import here
from beholden.kinds import PersonId, UseRef
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class InHandover:
    """One handover that a person was in scope of: of which use, when it was logged, and if the person's row went."""

    use: UseRef
    disclosure: str
    logged_at: datetime
    in_list: bool


def handovers_of(person: PersonId) -> tuple[InHandover, ...]:
    """Return every handover that may have left and whose scope held this person, newest first.

    For the person's own family alone. Nothing is said of why a row was not there, because nothing here knows it (U5).
    """
    found: list[InHandover] = []
    rows = Disclosure.objects.filter(state__in=["releasing", "released"], logged_at__isnull=False)
    for row in rows.select_related("decision__scope", "decision__released").order_by("-logged_at"):
        if row.logged_at is not None and sets.holds(sets.read(row.decision.scope), person.bytes):
            in_list = sets.holds(sets.read(row.decision.released), person.bytes)
            found.append(InHandover(UseRef(row.decision.use), row.id, row.logged_at, in_list))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the journal about a person: which exit, which part of it, for whom (opaque), when."""

    exit: str
    what: str
    by: str
    at: datetime


def looks_at(person: PersonId) -> tuple[Look, ...]:
    """Return everything that left about one person alone, newest first. The rooms above decide who reads which line."""
    rows = SingleExit.objects.filter(person=person).order_by("-seq")
    seen = [Look(row.exit, row.what, row.by, row.at) for row in rows]
    try:
        told = {(one.left.by, one.left.at) for one in urgent_lines() if one.may_tell}
    except Refusal:  # a damaged spool: what may be told of it is not known, so nothing of it is
        told = set()
    return tuple(look for look in seen if look.exit != "urgent" or (look.by, look.at) in told)


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """One urgent exit: its place in the spool, what left, by when it is reviewed, and what the review found, if any."""

    line: int
    left: Leaving
    review_by: date
    sound: bool | None
    may_tell: bool

    def overdue(self, on: date) -> bool:
        """Say whether the day of the review has gone by without one."""
        return self.sound is None and on > self.review_by


def urgent_lines() -> tuple[UrgentLine, ...]:
    """Return every urgent exit, oldest first, for the registrar who reviews them (D46)."""
    reviews = {row.digest: row for row in UrgentReview.objects.all()}
    found = []
    for line in journal.lines(here().journal, name=journal.URGENT):
        row = reviews.get(line.digest.hex())
        due = review_due(line.left.at.date())
        found.append(
            UrgentLine(
                line.seq, line.left, due, None if row is None else row.sound, row is not None and row.may_tell
            )
        )
    return tuple(found)


def known_lines() -> int:
    """Return the place of the last line of the journal that its index knows, 0 before the first."""
    return SingleExit.objects.aggregate(last=Max("seq"))["last"] or 0


# --- for fsck ---


@dataclass(frozen=True, slots=True)
class HeldSingle:
    """One row of the journal's index."""

    seq: int
    left: Leaving
    digest: str


def held_singles() -> Iterator[HeldSingle]:
    """Yield every row of the journal's index, in order."""
    for row in SingleExit.objects.order_by("seq").iterator(chunk_size=1_000):
        left = Leaving(row.exit, row.what, PersonId(row.person), row.by, row.at)
        yield HeldSingle(row.seq, left, row.digest)


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """One batch of the journal as the database has it: the lines up to `last`, and what their root was made of."""

    last: int
    count: int
    until: datetime
    band: int
    root: str
    leaves: tuple[bytes, ...]
    outbox: int


def held_batches() -> Iterator[HeldBatch]:
    """Yield every batch, oldest first."""
    for row in SingleBatch.objects.order_by("until").iterator():
        leaves = bytes(row.leaves)
        yield HeldBatch(
            row.last,
            row.count,
            row.until,
            row.band,
            row.root,
            tuple(leaves[start : start + 32] for start in range(0, len(leaves), 32)),
            row.outbox,
        )


@dataclass(frozen=True, slots=True)
class HeldReview:
    """One review of an urgent exit: of which line of the spool, and that line's hash."""

    line: int
    digest: str


def held_reviews() -> Iterator[HeldReview]:
    """Yield every review of an urgent exit."""
    for row in UrgentReview.objects.order_by("line").iterator():
        yield HeldReview(row.line, row.digest)
