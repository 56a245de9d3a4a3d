# SPDX-License-Identifier: Apache-2.0
"""What the rows of the uses hold, whole, with every step: for fsck, which only compares."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from beholden.ledger.texts import PublishedText
from beholden.uses import papers, runs
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
class HeldRun:
    """What might leave from a moment on: the return that the run is about, and the items that were granted."""

    since: datetime
    population: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldUse:
    """One use as it stands in the database. `commitment` is made anew from its texts and its salt: from `text`.

    `run` is the newest run that was begun, left off or not; `decided` is what might leave under it, oldest first, which
    changes with each decision of the panel, and with each run that is begun or left off.
    """

    ref: str
    applicant: str
    state: str
    purpose: str
    exit: str
    rule: str
    run: int
    decided: tuple["HeldRun", ...]
    answer_by: datetime | None
    commitment: str
    steps: tuple[HeldStep, ...]
    text: PublishedText

    def at(self, moment: datetime) -> HeldRun:
        """Return what might leave at a moment."""
        return [self.decided[0], *(one for one in self.decided[1:] if one.since <= moment)][-1]


def held_uses() -> Iterator[HeldUse]:
    """Yield every use ever drafted, with its steps in their order."""
    for row in Use.objects.order_by("ref").prefetch_related("steps", "papers").iterator(chunk_size=500):
        steps = sorted(row.steps.all(), key=lambda one: one.pk)
        yield HeldUse(
            ref=row.ref,
            applicant=row.applicant,
            state=row.state,
            purpose=row.purpose,
            exit=row.exit,
            rule=row.rule,
            run=runs.last_begun(row),
            decided=tuple(_decided(row)),
            answer_by=row.answer_by,
            commitment=text_commitment(row).hex(),
            steps=tuple(HeldStep(step.state, step.at, step.by, step.outbox) for step in steps),
            text=text_of(row),
        )


def _decided(use: Use) -> Iterator[HeldRun]:
    yield _run(use, use.drafted_at)
    for paper in papers.filed(use, "decision", runs.PAPER, "left_off"):
        yield _run(use, paper.at)


def _run(use: Use, at: datetime) -> HeldRun:
    wanted = runs.run_of(use, then=at).population
    return HeldRun(at, f"{wanted.collection}/{wanted.term}/{wanted.year}", papers.granted(use, then=at))
