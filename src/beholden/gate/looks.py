# SPDX-License-Identifier: Apache-2.0
"""Answers what of one person left: in which handovers a row went, who looked, which urgent exits wait for a review.

For the person's own family, the registrar and fsck alone; the rooms above decide who reads which line.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from beholden.catalogue import Limits
from beholden.gate import lookups, sets
from beholden.gate.journal import Leaving
from beholden.gate.lookups import Hold, LookUp, is_shown
from beholden.gate.models import (
    Disclosure,
    LookConflict,
    LookHold,
    SingleBatch,
    SingleExit,
    UrgentReview,
)
from beholden.gate.months import Figure
from beholden.gate.rules import LEFT, review_due
from beholden.gate.spool import URGENT_EXIT, Known, spool
from beholden.kinds import PersonId, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.vocabulary.events import UrgentMonth
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
    rows = Disclosure.objects.filter(state__in=LEFT, logged_at__isnull=False)
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
    # A look of the staff has a time of its own: `staff_looks`.
    seen = [Look(row.exit, row.what, row.by, row.at) for row in rows if row.exit != lookups.EXIT]
    if all(look.exit != URGENT_EXIT for look in seen):
        return tuple(seen)
    try:
        told = {(one.left.by, one.left.at) for one in urgent_lines() if one.may_tell}
    except Refusal:  # a damaged spool: what may be told of it is not known, so nothing of it is
        told = set()
    return tuple(look for look in seen if look.exit != URGENT_EXIT or (look.by, look.at) in told)


@dataclass(frozen=True, slots=True)
class StaffLook:
    """One look of an officer at one record: its place in the journal, for what, by whom, when; what holds it back."""

    line: int
    looked: LookUp
    by: str
    at: datetime
    digest: str
    holds: tuple[Hold, ...]


def staff_looks(person: PersonId, *, limits: Limits, at: datetime) -> tuple[StaffLook, ...]:
    """Return the looks of officers that this person's family reads of by now, newest first (D27).

    The limits name the one delay for all. What a finding of harm keeps back is not there, and nothing says so.
    """
    rows = SingleExit.objects.filter(exit=lookups.EXIT, person=person).order_by("-seq")
    found = map(_staff_look, rows.prefetch_related("holds"))
    return tuple(one for one in found if is_shown(one.at, one.holds, limits=limits, at=at))


def waiting_looks(*, limits: Limits, at: datetime) -> tuple[StaffLook, ...]:
    """Return every look that its family does not read of yet, oldest first, for the officers who test for harm."""
    rows = SingleExit.objects.filter(exit=lookups.EXIT).order_by("seq")
    found = map(_staff_look, rows.prefetch_related("holds"))
    return tuple(one for one in found if not is_shown(one.at, one.holds, limits=limits, at=at))


def one_look(line: int) -> StaffLook | None:
    """Return one look by its place in the journal; None if there is none, or the line is of another exit."""
    row = SingleExit.objects.filter(pk=line, exit=lookups.EXIT).first()
    return None if row is None else _staff_look(row)


def _staff_look(row: SingleExit) -> StaffLook:
    holds = tuple(Hold(one.harm, one.at, one.until) for one in row.holds.all())
    return StaffLook(row.seq, LookUp.parse(row.what), row.by, row.at, row.digest, holds)


def times_of(exit_: str, person: PersonId, readers: Collection[str]) -> tuple[datetime, ...]:
    """Return when something left about one person by one exit for one of these readers, oldest first."""
    rows = SingleExit.objects.filter(exit=exit_, person=person, by__in=readers).order_by("seq")
    return tuple(rows.values_list("at", flat=True))


def since(exit_: str, reader: str, after: datetime) -> int:
    """Return how many lines of one exit and reader the index has of after a moment."""
    return SingleExit.objects.filter(exit=exit_, by=reader, at__gt=after).count()


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """One urgent exit: its place in the spool, what left, by when it is reviewed, and what the review found, if any."""

    line: int
    left: Leaving
    review_by: date
    sound: bool | None
    may_tell: bool
    reviewed_at: datetime | None

    def late(self, on: date) -> bool:
        """Say whether the review came after its day, or has not come by a day that is after it."""
        return (on if self.reviewed_at is None else self.reviewed_at.date()) > self.review_by

    def overdue(self, on: date) -> bool:
        """Say whether the day of the review has gone by without one."""
        return self.sound is None and on > self.review_by


def urgent_lines() -> tuple[UrgentLine, ...]:
    """Return every urgent exit that is known, oldest first, for the registrar who reviews them (D46)."""
    exits = spool().exits
    reviews = reviews_of(exits)
    found = []
    for one in exits:
        made = reviews.get(one)
        due = review_due(one.left.at.date())
        sound, may_tell = (None, False) if made is None else (made.sound, made.may_tell)
        found.append(UrgentLine(one.line, one.left, due, sound, may_tell, None if made is None else made.at))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class HeldReview:
    """One review of an urgent exit: the hash of a line of that exit, its number on that day, and what was found."""

    digest: str
    line: int
    sound: bool
    may_tell: bool
    at: datetime


def reviews_of(exits: Sequence[Known]) -> Mapping[Known, HeldReview]:
    """Return the review of each of all known exits that has one.

    It is that of a line that says so, the spool's or the journal's, under whatever number; of an exit whose line was
    lost, else the review under its number, if that is of no exit that is known.
    """
    made = tuple(held_reviews())
    known = {digest for one in exits for digest in one.digests}
    by_digest = {one.digest: one for one in made}
    by_line = {one.line: one for one in made if one.digest not in known}
    found = {}
    for one in exits:
        own = next((by_digest[digest] for digest in one.digests if digest in by_digest), None)
        if own is None and not one.is_read:
            own = by_line.get(one.line)
        if own is not None:
            found[one] = own
    return found


def urgent_figures() -> tuple[Figure, ...]:
    """Return what was said in public of each month, oldest first; a row that may never be said does not count."""
    rows = ledger.spoken("events", UrgentMonth.kind)
    bodies = (row.says for row in rows if row.refused_at is None)
    return tuple(Figure(body.month, body.band, body.late) for body in bodies if isinstance(body, UrgentMonth))


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


def held_reviews() -> Iterator[HeldReview]:
    """Yield every review of an urgent exit."""
    for row in UrgentReview.objects.order_by("line", "digest").iterator():
        yield HeldReview(row.digest, row.line, row.sound, row.may_tell, row.at)


@dataclass(frozen=True, slots=True)
class HeldHold:
    """One holding back of a look as the database has it, with the line that it names, where there is one."""

    line: int
    digest: str
    hold: Hold
    by: str
    looked_by: str
    line_digest: str
    exit: str


def held_holds() -> Iterator[HeldHold]:
    """Yield every holding back of a look."""
    for row in LookHold.objects.order_by("pk").select_related("line").iterator():
        hold, line = Hold(row.harm, row.at, row.until), row.line
        yield HeldHold(line.seq, row.digest, hold, row.by, line.by, line.digest, line.exit)


def held_conflicts() -> Iterator[tuple[str, PersonId]]:
    """Yield every officer who said that they know somebody, and whom."""
    for officer, person in LookConflict.objects.order_by("pk").values_list("officer", "person").iterator():
        yield officer, PersonId(person)
