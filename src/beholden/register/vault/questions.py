# SPDX-License-Identifier: Apache-2.0
"""Keeps the questions whether two records are one child. Every function here runs inside `keeper()`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.register.joined import Decided, Joined
from beholden.register.lent import InQuestion, Settled
from beholden.register.rules import Match, agree
from beholden.register.vault import bulk
from beholden.register.vault.models import Question
from beholden.register.vault.seal import unseal
from beholden.register.vault.slots import Slots

COMPARED = {
    "number": ("numbers", "upn"),
    "birth date": ("birth", "birth_date"),
    "first name": ("names", "forename"),
    "surname": ("names", "surname"),
    "postcode": ("address", "postcode"),
}
"""What is compared of two records, with the sealed blob that holds it. Only whether it agrees is ever said."""


_BATCH = 1_000
"""Questions whose records are in clear at one time."""


def in_question() -> frozenset[PersonId]:
    """Return everybody about whom a person has yet to decide whether two records are one."""
    rows = _undecided().values_list("person_id", "candidate_id")
    return frozenset(PersonId(one) for pair in rows for one in pair)


def joined() -> Joined:
    """Return which records are one child by what stands decided."""
    rows = Question.objects.filter(decided_at__isnull=False).order_by("id")
    return Joined.of(
        Decided(PersonId(one), PersonId(other), bool(same))
        for one, other, same in rows.values_list("person_id", "candidate_id", "same")
    )


def waiting() -> Iterator[InQuestion]:
    """Yield every question that nobody has decided, the oldest first, with what agrees between its two records."""
    return _compared(_undecided().order_by("id"))


def asked(number: int) -> InQuestion | None:
    """Return one such question; None where there is none. Nobody else's records are opened for it."""
    return next(_compared(_undecided().filter(pk=number)), None)


def how_many_wait() -> int:
    """Return how many nobody has decided. No record is opened for it."""
    return _undecided().count()


def _undecided() -> QuerySet[Question]:
    return Question.objects.filter(decided_at__isnull=True)


def _compared(rows: QuerySet[Question]) -> Iterator[InQuestion]:
    slots = Slots(here().slots, load(here(), "vault"))
    source = rows.iterator(chunk_size=_BATCH)
    while batch := tuple(islice(source, _BATCH)):
        known = _known(slots, {one for row in batch for one in (row.person_id, row.candidate_id)})
        for row in batch:
            one, other = known[row.person_id], known[row.candidate_id]
            agrees = {name: agree(one[name], other[name]) for name in COMPARED}
            yield InQuestion(row.pk, row.receipt, row.asked_at, Match(row.rule).value, agrees)


def settled(most: int) -> Iterator[Settled]:
    """Yield what was decided last, at most so many, the newest first."""
    rows = Question.objects.filter(decided_at__isnull=False).order_by("-decided_at", "-id")
    for row in rows[:most]:
        if row.decided_at is not None:
            yield Settled(row.pk, row.decided_at, bool(row.same))


def pair(number: int) -> tuple[PersonId, PersonId] | None:
    """Return the two records of one question that nobody has decided; None where there is none."""
    row = _undecided().filter(pk=number).first()
    return None if row is None else (PersonId(row.person_id), PersonId(row.candidate_id))


def decide(number: int, *, same: bool, evidence: str, by: str, at: datetime) -> bool:
    """Write a decision down; say if there was such a question. Who is second finds it decided."""
    waiting_still = _undecided().filter(pk=number)
    return bool(waiting_still.update(same=same, evidence=evidence, decided_by=by, decided_at=at))


def ask_again(number: int, *, at: datetime) -> int | None:
    """Ask anew what was decided, and return the new number; None where nothing was, or it is asked again already."""
    row = Question.objects.select_for_update().filter(pk=number, decided_at__isnull=False).first()
    if row is None:
        return None
    both = [row.person_id, row.candidate_id]
    if _undecided().filter(person_id__in=both, candidate_id__in=both).exists():
        return None
    again = Question(
        person_id=row.person_id,
        candidate_id=row.candidate_id,
        rule=Match.AGAIN.value,
        receipt=row.receipt,
        asked_at=at,
    )
    again.save(force_insert=True)
    return int(again.pk)


def ask(one: PersonId, other: PersonId, *, at: datetime) -> int:
    """Ask of two records that look alike, and return the number. No return raised it."""
    made = Question(person_id=one, candidate_id=other, rule=Match.ALIKE.value, receipt="", asked_at=at)
    made.save(force_insert=True)
    return int(made.pk)


def ever_asked() -> frozenset[frozenset[PersonId]]:
    """Return every pair of which it was asked whether they are one child, whatever came of it."""
    rows = Question.objects.values_list("person_id", "candidate_id")
    return frozenset(frozenset((PersonId(one), PersonId(other))) for one, other in rows)


def _known(slots: Slots, people: Iterable[UUID]) -> Mapping[UUID, Mapping[str, str | None]]:
    """Return what is compared of some people, by person."""
    held = bulk.read(people, tuple(dict.fromkeys(group for group, _ in COMPARED.values())))
    keys = slots.keys([one.slot for one in held])
    known: dict[UUID, Mapping[str, str | None]] = {}
    for one in held:
        opened = {group: unseal(keys[one.slot], one.person, group, blob) for group, blob in one.blobs.items()}
        known[one.person] = {name: opened[group][column] for name, (group, column) in COMPARED.items()}
    return known
