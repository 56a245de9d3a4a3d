# SPDX-License-Identifier: Apache-2.0
"""Answers what is proposed, running and refused. Returns frozen values only; drafts are nobody else's business."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, UseRef
from beholden.ledger.entries import parse
from beholden.ledger.queries import entry
from beholden.ledger.texts import PublishedText
from beholden.ledger.vocabulary.events import UseMoved
from beholden.people.queries import Body, keys_since, organisation, sharing_keys
from beholden.refusals import Refusal
from beholden.uses import papers, runs, words
from beholden.uses.models import Paper, Use
from beholden.uses.rules.application import Application, Draft, Population, Recurrence
from beholden.uses.rules.invitation import Invitation
from beholden.uses.rules.life import LIVE, State
from beholden.uses.rules.panel import Says
from beholden.uses.rules.repeating import named_for
from beholden.uses.rules.triage import Asker, Proposal


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
    untold_under: str = (
        ""  # the law under which those who could not be told are in, in full; empty: they are out
    )
    applicant_ref: str = ""
    recurs: runs.Recurs | None = None  # how often it leaves, until when; None: once
    invitation: Invitation | None = None  # what the register passes on, where that is the way out

    @property
    def still_recurs(self) -> runs.Recurs | None:
        """How it recurs, as long as another run can come."""
        return None if self.recurs is None or self.recurs.over else self.recurs


@dataclass(frozen=True, slots=True)
class AskedUse:
    """One use as the gate and the notices read it. `items` are those that were granted, once there is a decision.

    `population` is of the run it is in: of a use that recurs, `run` counts them, and `run_began` is None in the first.
    """

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
    keys_since: datetime
    amends: tuple[UseRef, ...]  # a no to one of these is a no to this one (D11)
    processors: tuple[
        tuple[str, str], ...
    ] = ()  # every other organisation that touches them: name and country
    untold_under: str = ""  # the named authority under which the untold are in; empty: they are out (D6)
    months: tuple[str, ...] = ()  # items of which the month alone may leave
    invitation: Invitation | None = None  # what is passed on, where that is the way out (D16)
    recurrence: Recurrence = Recurrence.ONCE
    run: int = 1
    run_began: datetime | None = None
    over_time: bool = False  # every run names a child alike, because families were asked just that (D15)

    @property
    def named_in(self) -> str:
        """What made-up numbers are made for (`rules.repeating.named_for`)."""
        return named_for(self.ref, self.run, over_time=self.over_time)

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
            self.untold_under,
            self.over_time,
        )


def register_of_uses(catalogue: Catalogue) -> tuple[PublicUse, ...]:
    """Return every use that has been handed in, newest first, refused beside granted (D26)."""
    decisions = Prefetch("papers", Paper.objects.filter(kind="decision"))
    rows = Use.objects.exclude(state=State.DRAFT.value).order_by("-ref").prefetch_related("steps", decisions)
    return tuple(_public(row, catalogue) for row in rows)


def public_use(ref: str, catalogue: Catalogue) -> PublicUse:
    """Return one use, or refuse; a draft is nobody's business yet."""
    return _public(_handed_in(ref), catalogue)


def of_applicant(applicant: str, catalogue: Catalogue) -> tuple[PublicUse, ...]:
    """Return every use that one body has handed in, newest first."""
    decisions = Prefetch("papers", Paper.objects.filter(kind="decision"))
    rows = Use.objects.exclude(state=State.DRAFT.value).filter(applicant=applicant).order_by("-ref")
    return tuple(_public(row, catalogue) for row in rows.prefetch_related("steps", decisions))


def own_use(ref: str, by: Actor, catalogue: Catalogue) -> PublicUse:
    """Return one use of an officer's own body, or refuse as if it were not there."""
    row = _handed_in(ref)
    if row.applicant != by.organisation:
        raise unknown_use()
    return _public(row, catalogue)


def recipient_of(ref: str) -> str:
    """Return the reference of the body that asked for a use that was handed in."""
    return str(_handed_in(ref).applicant)


def published_text(ref: str) -> PublishedText:
    """Return what the commitments of a use were made from, with its salt; of a draft there is none."""
    return text_of(_handed_in(ref))


def _handed_in(ref: str) -> Use:
    row = Use.objects.exclude(state=State.DRAFT.value).filter(ref=ref).first()
    if row is None:
        raise unknown_use()
    return row


def about(
    collection: str, term: str, year: int, catalogue: Catalogue
) -> tuple[tuple[Population, PublicUse], ...]:
    """Return every use of one census that has been handed in, newest first, with whom each is about (D29)."""
    rows = Use.objects.exclude(state=State.DRAFT.value).filter(runs.about_return(collection, term, year))
    found = rows.order_by("-ref").prefetch_related("steps")
    return tuple(
        (Population(collection, term, year, runs.requested(row).school_years), _public(row, catalogue))
        for row in found
    )


def asked(ref: UseRef, *, then: datetime | None = None) -> AskedUse:
    """Return what was asked for, as the gate weighs it; with a moment in the past, in the run that it was in then."""
    row = Use.objects.filter(ref=ref).first()
    if row is None:
        raise unknown_use()
    run = runs.run_of(row, then=then)
    return AskedUse(
        ref=UseRef(row.ref),
        state=State(row.state),
        purpose=row.purpose,
        exit=row.exit,
        items=papers.granted(row, then=then),
        population=run.population,
        recipient=organisation(row.applicant),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        answer_by=row.answer_by,
        keys_since=keys_since(row.applicant),
        amends=papers.lineage(row),
        processors=tuple((one["name"], one["country"]) for one in row.application.get("processors", ())),
        untold_under=row.application.get("untold_under", ""),
        months=papers.months(row, then=then),
        recurrence=runs.recurrence_of(row),
        run=run.number,
        run_began=run.began,
        over_time=bool(papers.over_time(row, then=then)),
        invitation=invitation_of(row),
    )


def parties(ref: UseRef) -> frozenset[str]:
    """Return who asks for and receives what a use is about, and every body that shares keys with them (D15, D19)."""
    return frozenset(sharing_keys(_handed_in(ref).applicant))


def check_as_approved(ref: UseRef) -> None:
    """Refuse unless the use is, to the letter, what the public log says was approved and agreed (D7, D18, D25).

    What must hold: 1 the texts of the request are those whose hash stands with the newest approval; 2 the panel's
    newest decision is no *no*, and stands in the log; 3 the agreement of that round stands in the log too, signed by
    both sides. What may leave follows from 2.
    """
    row = Use.objects.filter(ref=ref).first()
    step = None if row is None else row.steps.filter(state=State.APPROVED.value).order_by("-pk").first()
    found = entry(step.outbox) if step is not None and step.outbox is not None else None
    said = None if found is None else parse(found.entry, log="events").body
    if row is None or not isinstance(said, UseMoved) or said.commitment != text_commitment(row):  # 1
        raise _not_as_approved()
    decision, agreement = papers.newest(row, "decision"), papers.newest(row, "agreement")
    if decision is None or decision.body["says"] == Says.NO.value or not papers.is_logged(decision):  # 2
        raise _not_as_approved()
    if agreement is None or agreement.round != decision.round or not papers.is_logged(agreement):  # 3
        raise _not_as_approved()
    if papers.signed_by(row) != {"keeper", "recipient"}:
        raise _not_as_approved()


def _not_as_approved() -> Refusal:
    return Refusal(
        "uses.not_as_approved",
        "This use is not the one that was approved and agreed, or the log does not hold that it was.",
        next_step="A changed use is a new one: propose it, and have it approved.",
        authority="D7: a change of purpose, item or recipient is published, notified, and only then in force",
    )


def check_countersigned(ref: UseRef, *, by: Actor) -> None:
    """Refuse a release to which no second officer has agreed since it was last cleared: nobody releases alone."""
    row = Use.objects.filter(ref=ref).first()
    signed = () if row is None else papers.filed(row, "second")
    times = 0 if row is None else papers.clearings(row)
    if not any(paper.body["cleared"] == times and paper.by != by.ref for paper in signed):
        raise Refusal(
            "uses.second_officer",
            "A second officer has not agreed to this release.",
            next_step="Ask another registrar to look at the figures and to countersign.",
            authority="ARCHITECTURE section 4: the registrar cannot release alone",
        )


def check_window_over(answer_by: datetime | None, *, at: datetime) -> None:
    """Refuse while families can still answer, or have not been told."""
    if answer_by is None or at <= answer_by:
        raise Refusal(
            "uses.window_open",
            "Families can still answer.",
            next_step="Wait until the day in the letter is over.",
            authority="D6",
        )


def unknown_use() -> Refusal:
    """Say that there is no such use, or none that may be seen."""
    return Refusal(
        "uses.unknown",
        "No use stands under this reference.",
        next_step="Look it up in the register of uses.",
        authority="D26",
    )


def _public(row: Use, catalogue: Catalogue) -> PublicUse:
    body = organisation(row.applicant)
    steps = []
    for step in sorted(row.steps.all(), key=lambda one: one.pk):
        name = words.step_label(State(step.state), row.exit)
        if name is None:
            continue
        found = entry(step.outbox) if step.outbox is not None else None
        steps.append(Reached(name, step.at.date(), found.index if found else None))
    what, where = words.what_and_where(row.exit, row.what, row.where)
    return PublicUse(
        ref=UseRef(row.ref),
        title=row.title,
        why=row.why,
        what=what,
        where=where,
        applicant=body.name,
        kind_of_organisation=body.kind,
        country=body.country,
        purpose=row.purpose,
        purpose_label=words.purpose_label(row.purpose, catalogue),
        exit=row.exit,
        gateway=words.gateway(row.purpose, catalogue),
        state=row.state,
        state_label=words.STATE_LABELS[State(row.state)],
        items=tuple(words.item_label(item, catalogue) for item in papers.granted(row)),
        population_words=words.population_words(runs.run_of(row).population, catalogue),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        answer_by=row.answer_by,
        refused_rule=row.rule,
        refused_sentence=row.refused_sentence,
        instead=row.instead,
        steps=tuple(steps),
        untold_under=words.instrument(row.application.get("untold_under", ""), catalogue),
        applicant_ref=row.applicant,
        recurs=runs.recurs(row, catalogue=catalogue),
        invitation=invitation_of(row),
    )


def text_commitment(use: Use) -> bytes:
    """Return SHA-256(salt32 || JCS of everything public about a use): names and texts stay outside the log."""
    return text_of(use).commitment


def text_of(use: Use) -> PublishedText:
    """Return everything public about a use with its salt: what is published once it has been handed in.

    What was drafted before there were typed answers has none to commit to, and keeps the hash that it had.
    """
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
    if use.application:
        texts |= {"amends": use.amends or None, "application": use.application}
    return PublishedText.of(use.ref, bytes(use.salt), texts)


def invitation_of(use: Use) -> Invitation | None:
    """Return what a use has passed on, as it was handed in; None where it is no invitation."""
    held = use.application.get("invitation")
    return None if held is None else Invitation.from_json(held)


def drafted(use: Use) -> Draft:
    """Return what the applicant handed in, typed again; refuse what was drafted before answers were typed."""
    if not use.application:
        raise Refusal(
            "uses.unanswered",
            "This was drafted before there were questions to answer.",
            next_step="Take it back, and ask anew.",
            authority="D18",
        )
    return Draft(
        title=use.title,
        why=use.why,
        what=use.what,
        where=use.where,
        purpose=use.purpose,
        exit=use.exit,
        items=tuple(use.items),
        population=runs.requested(use),
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        application=Application.from_json(use.application),
        amends=UseRef(use.amends) if use.amends else None,
    )


def live_purposes(applicant: str) -> tuple[str, ...]:
    """Return the purposes of every use that lives under an applicant's keys, or whose records still lie there (D19)."""
    under = Use.objects.filter(applicant__in=sharing_keys(applicant))
    live = under.filter(state__in=LIVE)
    left = under.filter(
        state__in=(State.SUSPENDED.value, State.BREACHED.value, State.PANEL.value),
        steps__state=State.RELEASED.value,
    )
    return tuple(sorted({*live.values_list("purpose", flat=True), *left.values_list("purpose", flat=True)}))


def asker(applicant: str, *, amends: str = "") -> Asker:
    """Return who asks. What is amended counts as live, also where it was stopped or lies under other keys (D19)."""
    body, live = organisation(applicant), live_purposes(applicant)
    if amends:
        live = (*live, Use.objects.get(pk=amends).purpose)
    return Asker(body.country, body.encryption_key, body.check_key, live, body.name)
