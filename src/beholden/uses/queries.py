# SPDX-License-Identifier: Apache-2.0
"""Answers what is proposed, running and refused. Everything here is public; returns frozen values only."""

from dataclasses import dataclass
from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.kinds import UseRef
from beholden.ledger.queries import entry
from beholden.people.queries import Body, organisation
from beholden.refusals import Refusal
from beholden.uses.models import Use
from beholden.uses.rules import Population, State

STATE_LABELS = {
    State.DRAFT: "Being written",
    State.SUBMITTED: "To decide",
    State.REFUSED: "Refused",
    State.APPROVED: "Agreed",
    State.PUBLISHED: "Open",
    State.NOTIFIED: "Open",
    State.WINDOW: "Open",
    State.CLEARED: "Open",
    State.RELEASED: "Running",
    State.WITHDRAWN: "Ended",
}
STEP_LABELS = {
    State.SUBMITTED: "Asked",
    State.REFUSED: "Refused",
    State.APPROVED: "Agreed",
    State.PUBLISHED: "Put on this page",
    State.WINDOW: "Families told",
    State.CLEARED: "Time to answer over",
    State.RELEASED: "Used",
    State.WITHDRAWN: "Taken back",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """One station in the life of a use; `entry` is its place in the events log once it is there."""

    name: str
    on: date
    entry: int | None


@dataclass(frozen=True, slots=True)
class PublicUse:
    """One use as everybody may see it."""

    ref: UseRef
    title: str
    why: str
    what: str
    where: str
    applicant: str
    kind_of_organisation: str
    country: str
    purpose: str
    purpose_label: str
    exit: str
    gateway: str
    state: str
    state_label: str
    items: tuple[str, ...]
    population_words: str
    starts_on: date
    ends_on: date
    answer_by: datetime | None
    refused_rule: str
    refused_sentence: str
    instead: str
    steps: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class AskedUse:
    """One use as the gate and the notices read it."""

    ref: UseRef
    state: State
    purpose: str
    exit: str
    items: tuple[str, ...]
    population: Population
    recipient: Body
    answer_by: datetime | None


def register_of_uses(catalogue: Catalogue) -> tuple[PublicUse, ...]:
    """Return every use that has been handed in, newest first, refused beside granted (D26)."""
    rows = Use.objects.exclude(state=State.DRAFT.value).order_by("-ref").prefetch_related("steps")
    return tuple(_public(row, catalogue) for row in rows)


def public_use(ref: str, catalogue: Catalogue) -> PublicUse:
    """Return one use, or refuse; a draft is nobody's business yet."""
    row = Use.objects.exclude(state=State.DRAFT.value).filter(ref=ref).first()
    if row is None:
        raise _unknown()
    return _public(row, catalogue)


def asked(ref: UseRef) -> AskedUse:
    """Return what was asked for, as the gate weighs it."""
    row = Use.objects.filter(ref=ref).first()
    if row is None:
        raise _unknown()
    return AskedUse(
        ref=UseRef(row.ref),
        state=State(row.state),
        purpose=row.purpose,
        exit=row.exit,
        items=tuple(row.items),
        population=_population(row),
        recipient=organisation(row.applicant),
        answer_by=row.answer_by,
    )


def _unknown() -> Refusal:
    return Refusal(
        "uses.unknown",
        "No use stands under this reference.",
        next_step="Look it up in the register of uses.",
        authority="D26",
    )


def _population(row: Use) -> Population:
    held = row.population
    return Population(held["collection"], held["term"], held["year"], tuple(held["school_years"]))


def _public(row: Use, catalogue: Catalogue) -> PublicUse:
    body = organisation(row.applicant)
    steps = []
    for step in sorted(row.steps.all(), key=lambda one: one.pk):
        name = STEP_LABELS.get(State(step.state))
        if name is None:
            continue
        found = entry(step.outbox) if step.outbox is not None else None
        steps.append(Reached(name, step.at.date(), found.index if found else None))
    return PublicUse(
        ref=UseRef(row.ref),
        title=row.title,
        why=row.why,
        what=row.what,
        where=row.where,
        applicant=body.name,
        kind_of_organisation=body.kind,
        country=body.country,
        purpose=row.purpose,
        purpose_label=catalogue.purpose(row.purpose).label,
        exit=row.exit,
        gateway=catalogue.cite(catalogue.purpose(row.purpose).authority),
        state=row.state,
        state_label=STATE_LABELS[State(row.state)],
        items=tuple(catalogue.item(item).label for item in row.items),
        population_words=_population_words(_population(row), catalogue),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        answer_by=row.answer_by,
        refused_rule=row.rule,
        refused_sentence=row.refused_sentence,
        instead=row.instead,
        steps=tuple(steps),
    )


def _population_words(asked_for: Population, catalogue: Catalogue) -> str:
    whole = catalogue.collection(asked_for.collection, asked_for.term, asked_for.year).label
    if not asked_for.school_years:
        return f"Every child in the {whole}"
    return f"Children in school years {', '.join(asked_for.school_years)} in the {whole}"
