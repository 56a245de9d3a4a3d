# SPDX-License-Identifier: Apache-2.0
"""What the rows of the uses hold, whole, with every step: for fsck, which only compares."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from beholden.ledger.texts import PublishedText
from beholden.uses import papers
from beholden.uses.models import Use
from beholden.uses.queries import text_commitment, text_of


@dataclass(frozen=True, slots=True)
class HeldStep:
    """One step as it stands in the database."""

    state: str
    at: datetime
    by: str
    outbox: int | None


@dataclass(frozen=True, slots=True)
class HeldUse:
    """One use as it stands in the database. `commitment` is made anew from its texts and its salt: from `text`."""

    ref: str
    applicant: str
    state: str
    purpose: str
    exit: str
    rule: str
    items: tuple[str, ...]
    population: str
    answer_by: datetime | None
    commitment: str
    steps: tuple[HeldStep, ...]
    text: PublishedText


def held_uses() -> Iterator[HeldUse]:
    """Yield every use ever drafted, with its steps in their order."""
    for row in Use.objects.order_by("ref").prefetch_related("steps", "papers").iterator(chunk_size=500):
        steps = sorted(row.steps.all(), key=lambda one: one.pk)
        asked_for = row.population
        yield HeldUse(
            ref=row.ref,
            applicant=row.applicant,
            state=row.state,
            purpose=row.purpose,
            exit=row.exit,
            rule=row.rule,
            items=papers.granted(row),
            population=f"{asked_for['collection']}/{asked_for['term']}/{asked_for['year']}",
            answer_by=row.answer_by,
            commitment=text_commitment(row).hex(),
            steps=tuple(HeldStep(step.state, step.at, step.by, step.outbox) for step in steps),
            text=text_of(row),
        )
