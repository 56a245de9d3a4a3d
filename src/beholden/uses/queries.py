# SPDX-License-Identifier: Apache-2.0
"""Answers what is proposed, running and refused. Returns frozen values only; drafts are nobody else's business."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.kinds import ItemId, UseRef
from beholden.ledger.entries import UseMoved, parse
from beholden.ledger.queries import entry
from beholden.ledger.texts import PublishedText
from beholden.people.queries import Body, organisation
from beholden.refusals import Refusal
from beholden.uses.models import Use
from beholden.uses.rules import Population, Proposal, State

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
    State.SUSPENDED: "Ended",
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
    State.SUSPENDED: "Stopped",
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
    starts_on: date
    ends_on: date
    answer_by: datetime | None

    @property
    def proposal(self) -> Proposal:
        """What the rules weigh."""
        return Proposal(
            self.purpose,
            self.exit,
            self.items,
            self.population,
            self.recipient.encryption_key,
            self.recipient.check_key,
        )


def register_of_uses(catalogue: Catalogue) -> tuple[PublicUse, ...]:
    """Return every use that has been handed in, newest first, refused beside granted (D26)."""
    rows = Use.objects.exclude(state=State.DRAFT.value).order_by("-ref").prefetch_related("steps")
    return tuple(_public(row, catalogue) for row in rows)


def public_use(ref: str, catalogue: Catalogue) -> PublicUse:
    """Return one use, or refuse; a draft is nobody's business yet."""
    return _public(_handed_in(ref), catalogue)


def published_text(ref: str) -> PublishedText:
    """Return what the commitments of a use were made from, with its salt; of a draft there is none."""
    return text_of(_handed_in(ref))


def _handed_in(ref: str) -> Use:
    row = Use.objects.exclude(state=State.DRAFT.value).filter(ref=ref).first()
    if row is None:
        raise _unknown()
    return row


def about(
    collection: str, term: str, year: int, catalogue: Catalogue
) -> tuple[tuple[Population, PublicUse], ...]:
    """Return every use of one census that has been handed in, newest first, with whom each is about (D29)."""
    rows = Use.objects.exclude(state=State.DRAFT.value).filter(
        population__collection=collection, population__term=term, population__year=year
    )
    found = rows.order_by("-ref").prefetch_related("steps")
    return tuple((_population(row), _public(row, catalogue)) for row in found)


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
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        answer_by=row.answer_by,
    )


def check_as_approved(ref: UseRef) -> None:
    """Refuse unless the use is, to the letter, what the public log says was approved (D7, D18)."""
    row = Use.objects.filter(ref=ref).first()
    step = None if row is None else row.steps.filter(state=State.APPROVED.value).first()
    found = entry(step.outbox) if step is not None and step.outbox is not None else None
    said = None if found is None else parse(found.entry, log="events").body
    if row is None or not isinstance(said, UseMoved) or said.commitment != text_commitment(row):
        raise Refusal(
            "uses.not_as_approved",
            "This use is not the one that was approved, or the log does not hold its approval.",
            next_step="A changed use is a new one: propose it, and have it approved.",
            authority="D7: a change of purpose, item or recipient is published, notified, and only then in force",
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
        purpose_label=_purpose_label(row.purpose, catalogue),
        exit=row.exit,
        gateway=_gateway(row.purpose, catalogue),
        state=row.state,
        state_label=STATE_LABELS[State(row.state)],
        items=tuple(_item_label(item, catalogue) for item in row.items),
        population_words=_population_words(_population(row), catalogue),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        answer_by=row.answer_by,
        refused_rule=row.rule,
        refused_sentence=row.refused_sentence,
        instead=row.instead,
        steps=tuple(steps),
    )


# A refused request may name what the catalogue has never heard of; it stands in the register all the same.


def _purpose_label(code: str, catalogue: Catalogue) -> str:
    return (
        catalogue.purposes[code].label
        if code in catalogue.purposes
        else "A reason that this register does not know"
    )


def _gateway(code: str, catalogue: Catalogue) -> str:
    return (
        catalogue.cite(catalogue.purposes[code].authority)
        if code in catalogue.purposes
        else "None was named."
    )


def _item_label(item: str, catalogue: Catalogue) -> str:
    return (
        catalogue.items[ItemId(item)].label
        if item in catalogue.items
        else "A fact that this register does not keep"
    )


def _population_words(asked_for: Population, catalogue: Catalogue) -> str:
    code = f"{asked_for.collection}/{asked_for.term}/{asked_for.year}"
    if code not in catalogue.collections:
        return "Children in a return that this register does not take"
    whole = catalogue.collections[code].label
    if not asked_for.school_years:
        return f"Every child in the {whole}"
    return f"Children in school years {', '.join(asked_for.school_years)} in the {whole}"


def text_commitment(use: Use) -> bytes:
    """Return SHA-256(salt32 || JCS of everything public about a use): names and texts stay outside the log."""
    return text_of(use).commitment


def text_of(use: Use) -> PublishedText:
    """Return everything public about a use with its salt: what is published once it has been handed in."""
    texts = {
        "applicant": use.applicant,
        "ends_on": use.ends_on.isoformat(),
        "items": list(use.items),
        "population": use.population,
        "starts_on": use.starts_on.isoformat(),
        "title": use.title,
        "what": use.what,
        "where": use.where,
        "why": use.why,
    }
    return PublishedText.of(use.ref, bytes(use.salt), texts)


# --- for fsck ---


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
    for row in Use.objects.order_by("ref").prefetch_related("steps").iterator(chunk_size=500):
        steps = sorted(row.steps.all(), key=lambda one: one.pk)
        asked_for = row.population
        yield HeldUse(
            ref=row.ref,
            applicant=row.applicant,
            state=row.state,
            purpose=row.purpose,
            exit=row.exit,
            rule=row.rule,
            items=tuple(row.items),
            population=f"{asked_for['collection']}/{asked_for['term']}/{asked_for['year']}",
            answer_by=row.answer_by,
            commitment=text_commitment(row).hex(),
            steps=tuple(HeldStep(step.state, step.at, step.by, step.outbox) for step in steps),
            text=text_of(row),
        )
