# SPDX-License-Identifier: Apache-2.0
"""Answers which matches are contested, how each stands, and what of it is for whom. Frozen values."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from beholden.contests.models import Contest, Decided, Month
from beholden.contests.rules import (
    ANSWERS,
    Found,
    Reason,
    Said,
    Stands,
    Verdict,
    bound,
    bound_found,
    stands,
)
from beholden.kinds import PersonId, UseRef
from beholden.ledger import tree
from beholden.ledger.vocabulary.terms import tens
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Frozen:
    """About whom a use answers nothing: what is contested and waits, and what was found wrong."""

    waiting: frozenset[PersonId]
    reversed: frozenset[PersonId]


def frozen(use: UseRef) -> Frozen:
    """Return about whom one use answers nothing for this."""
    found = _standing(Contest.objects.filter(use=use))
    return Frozen(
        frozenset(person for (_, person), how in found.items() if how is Stands.OPEN),
        frozenset(person for (_, person), how in found.items() if how is Stands.REVERSED),
    )


def _standing(rows: QuerySet[Contest]) -> Mapping[tuple[str, PersonId], Stands]:
    said: defaultdict[tuple[str, PersonId], list[Verdict | None]] = defaultdict(list)
    for use, person, verdict in rows.values_list("use", "person", "decided__verdict"):
        said[use, PersonId(person)].append(None if verdict is None else Verdict(verdict))
    return {match: stands(verdicts) for match, verdicts in said.items()}


@dataclass(frozen=True, slots=True)
class Mine:
    """What one adult said against a match, and what came of it; verdict and reason only once it is decided."""

    use: UseRef
    at: datetime
    decide_by: date
    verdict: Verdict | None
    reason: Reason | None
    decided_at: datetime | None


def said_by(adult: str, person: PersonId) -> Mapping[UseRef, Mine]:
    """Return what one adult has said about one person, by use. Another adult's is not there."""
    rows = Contest.objects.filter(adult=adult, person=person).select_related("decided")
    return {UseRef(row.use): _mine(row) for row in rows}


def _mine(row: Contest) -> Mine:
    found = row.decided if hasattr(row, "decided") else None
    return Mine(
        UseRef(row.use),
        row.at,
        row.decide_by,
        None if found is None else Verdict(found.verdict),
        None if found is None else Reason(found.reason),
        None if found is None else found.at,
    )


@dataclass(frozen=True, slots=True)
class Waits:
    """One contest that waits for a reviewer: its number, the use, when and by when, what was seen, and if by post."""

    number: int
    use: UseRef
    person: PersonId
    on: date
    decide_by: date
    why: str
    paper: str


def waiting() -> tuple[Waits, ...]:
    """Return every contest that nobody has decided, the oldest first."""
    return tuple(map(_waits, Contest.objects.filter(decided__isnull=True).order_by("decide_by", "pk")))


def one_waiting(number: int) -> Waits:
    """Return one contest that waits, or refuse."""
    row = Contest.objects.filter(pk=number, decided__isnull=True).first()
    if row is None:
        raise no_contest()
    return _waits(row)


def _waits(row: Contest) -> Waits:
    return Waits(
        row.pk, UseRef(row.use), PersonId(row.person), row.at.date(), row.decide_by, row.why, row.paper
    )


def no_contest() -> Refusal:
    """There is no such contest, or it does not wait: the two look alike."""
    return Refusal(
        "contests.no_contest",
        "No contest with this number waits.",
        next_step="List those that wait.",
        authority="UK GDPR Art 18(1)(a)",
    )


def one_by_post(number: int) -> Mine:
    """Return one contest that came by post, and what came of it; or refuse."""
    row = Contest.objects.filter(pk=number).exclude(paper="").select_related("decided").first()
    if row is None:
        raise no_contest()
    return _mine(row)


@dataclass(frozen=True, slots=True)
class Label:
    """What a person found about one pair: same, different or cannot_say. Nothing of the pair can be read from it."""

    pair: str
    answer: str
    on: date


def labels() -> tuple[Label, ...]:
    """Return what reviewers found about pairs, in the order in which it was found; of one pair the last counts."""
    rows = Decided.objects.order_by("at", "pk").values_list("pair", "verdict", "at")
    found = dict.fromkeys(Label(pair, ANSWERS[Verdict(verdict)], at.date()) for pair, verdict, at in rows)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many matches of a use were contested by a moment, and how they stood; how many were late at some time."""

    contested: int
    reversed: int
    upheld: int
    late: int

    def in_tens(self) -> dict[str, int]:
        """Return each figure as the public log has it: in tens, and fewer than ten as none."""
        return {name: tens(many) for name, many in asdict(self).items()}


def counted(use: UseRef, *, before: datetime) -> Counted:
    """Count one use's matches that were contested before a moment, each person once."""
    said: defaultdict[PersonId, list[Verdict | None]] = defaultdict(list)
    late = set()
    for row in Contest.objects.filter(use=use, at__lt=before).select_related("decided"):
        person = PersonId(row.person)
        known = row.decided if hasattr(row, "decided") and row.decided.at < before else None
        said[person].append(None if known is None else Verdict(known.verdict))
        if (before if known is None else known.at).date() > row.decide_by:
            late.add(person)
    found = [stands(verdicts) for verdicts in said.values()]
    return Counted(len(found), found.count(Stands.REVERSED), found.count(Stands.UPHELD), len(late))


def lines_of(use: UseRef, *, since: datetime, before: datetime) -> tuple[bytes, ...]:
    """Return what binds each contest and each decision of one use that was written in a time."""
    rows = Contest.objects.filter(use=use).select_related("decided").order_by("pk")
    return tuple(line for row in rows for at, line in _lines(row) if since <= at < before)


def _lines(row: Contest) -> Iterator[tuple[datetime, bytes]]:
    said = bound(_said(row), bytes(row.salt))
    yield row.at, said
    if hasattr(row, "decided"):
        found = row.decided
        written = Found(found.verdict, found.reason, found.pair, found.at, found.by)
        yield found.at, bound_found(written, said, bytes(found.salt))


def _said(row: Contest) -> Said:
    return Said(row.use, PersonId(row.person), row.adult, row.paper, row.why, row.decide_by, row.at, row.by)


def months_said(use: UseRef) -> frozenset[date]:
    """Return the months of one use of which the log speaks."""
    return frozenset(Month.objects.filter(use=use).values_list("month", flat=True))


# --- for fsck ---


@dataclass(frozen=True, slots=True)
class HeldContest:
    """One contest as fsck compares it: about whom, under which use, and if it and what was found go together.

    `pair` is the name that was kept with the finding, or empty.
    """

    number: int
    use: UseRef
    person: PersonId
    pair: str
    is_sound: bool


@dataclass(frozen=True, slots=True)
class HeldMonth:
    """One month as its row has it: what its entry says, its leaves, how many are lines, and the letter box's row."""

    use: UseRef
    month: date
    says: Mapping[str, object]
    leaves: tuple[bytes, ...]
    count: int
    outbox: int


def held_contests() -> Iterator[HeldContest]:
    """Yield every contest, oldest first. Not sound: decided before it was said, or without what salts it."""
    for row in Contest.objects.select_related("decided").order_by("pk").iterator():
        found = row.decided if hasattr(row, "decided") else None
        sound = len(bytes(row.salt)) == _SALT and row.decide_by > row.at.date()
        if found is not None:
            sound = sound and len(bytes(found.salt)) == _SALT and found.at >= row.at
        pair = "" if found is None else found.pair
        yield HeldContest(row.pk, UseRef(row.use), PersonId(row.person), pair, sound)


def held_months() -> Iterator[HeldMonth]:
    """Yield every month of every use, oldest first."""
    size = tree.HASH_BYTES
    for row in Month.objects.order_by("month", "use").iterator():
        raw = bytes(row.leaves)
        leaves = tuple(raw[at : at + size] for at in range(0, len(raw), size))
        says: dict[str, object] = {
            "band": row.band,
            "contested": row.contested,
            "late": row.late,
            "month": row.month.isoformat(),
            "reversed": row.reversed,
            "root": row.root,
            "upheld": row.upheld,
            "use": row.use,
        }
        yield HeldMonth(UseRef(row.use), row.month, says, leaves, row.count, row.outbox)


_SALT = 32
