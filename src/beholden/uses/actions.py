# SPDX-License-Identifier: Apache-2.0
"""Moves a use through its life. The only writer of this room; every step is an entry in the events log."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.home import here
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose
from beholden.ledger.entries import UseMoved
from beholden.ledger.queries import said
from beholden.ledger.texts import opens, put
from beholden.people.queries import organisation
from beholden.refusals import Refusal
from beholden.uses.models import Review, Step, Use
from beholden.uses.queries import asked, text_commitment, text_of
from beholden.uses.rules import Population, Reviewed, State, check_reviews, move, triage


@dataclass(frozen=True, slots=True)
class Draft:
    """What an applicant writes. The five texts are what a family will read."""

    title: str
    why: str
    what: str
    where: str
    purpose: str
    exit: str
    items: tuple[str, ...]
    population: Population
    starts_on: date
    ends_on: date


@transaction.atomic
def draft(proposed: Draft, *, by: Actor, at: datetime) -> UseRef:
    """Write down a proposal of the applicant's organisation and return its lasting, public reference."""
    if by.role is not Role.APPLICANT:
        raise Refusal(
            "uses.role",
            "Only an applicant may propose a use.",
            next_step="Sign in as the applicant.",
            authority="ARCHITECTURE section 4, the life of a use",
        )
    organisation(by.organisation)
    if proposed.ends_on <= proposed.starts_on:
        raise Refusal(
            "uses.dates",
            "A use ends after it starts.",
            next_step="Give a later last day.",
            authority="D25: a time limit",
        )
    ref = _next_ref(at.year)
    Use.objects.create(
        ref=ref,
        applicant=by.organisation,
        title=proposed.title,
        why=proposed.why,
        what=proposed.what,
        where=proposed.where,
        purpose=proposed.purpose,
        exit=proposed.exit,
        items=sorted(proposed.items),
        population=asdict(proposed.population),
        starts_on=proposed.starts_on,
        ends_on=proposed.ends_on,
        state=State.DRAFT.value,
        salt=secrets.token_bytes(32),
        drafted_at=at,
    )
    return ref


def _next_ref(year: int) -> UseRef:
    last = Use.objects.select_for_update().filter(ref__startswith=f"U-{year}-").order_by("-ref").first()
    number = int(last.ref.rsplit("-", 1)[1]) + 1 if last else 1
    return UseRef(f"U-{year}-{number:04d}")


@transaction.atomic
def submit(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> State:
    """Hand a draft in. What the catalogue refuses is refused at once, by the name of its rule, and stays in public."""
    use = _locked(ref)
    _check_own(use, by)
    _step(use, "submit", by=by, at=at)
    try:
        triage(asked(ref).proposal, catalogue)
    except Refusal as no:
        registrar = Actor("triage", Role.REGISTRAR)
        use.rule = no.code.removeprefix("uses.").removeprefix("catalogue.")
        use.refused_sentence, use.instead = no.sentence, no.next_step
        _step(use, "refuse", by=registrar, at=at)
        return State.REFUSED
    return State.SUBMITTED


@transaction.atomic
def review(
    ref: UseRef, *, approves: bool, interest: bool = False, reason: str, by: Actor, at: datetime
) -> None:
    """Write down one reviewer's answer; nobody reviews twice, nobody decides on an own request."""
    use = _locked(ref)
    if by.role is not Role.REVIEWER or by.organisation == use.applicant or use.state != State.SUBMITTED.value:
        raise Refusal(
            "uses.review_not_yours",
            "This review is not open to you.",
            next_step="A reviewer from outside the applicant reviews a use that has been handed in.",
            authority="ARCHITECTURE section 4, panel",
        )
    if Review.objects.filter(use=use, reviewer=by.ref).exists():
        raise Refusal(
            "uses.reviewed_already",
            "You have reviewed this use.",
            next_step="Nothing: your answer stands.",
            authority="ARCHITECTURE section 4, panel",
        )
    Review.objects.create(
        use=use,
        reviewer=by.ref,
        organisation=by.organisation,
        approves=approves,
        interest=interest,
        reason=reason,
        at=at,
    )


@transaction.atomic
def approve(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Close the panel with a yes, if enough independent reviewers said so and the catalogue still allows it."""
    use = _locked(ref)
    triage(asked(ref).proposal, catalogue)
    said = [Reviewed(r.reviewer, r.organisation, r.approves, r.interest) for r in use.reviews.all()]
    check_reviews(said, applicant=use.applicant, needed=catalogue.limits.reviewers)
    _step(use, "approve", by=by, at=at)


@transaction.atomic
def publish(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Put an approved use into the public register, before anybody is told and before anything is released (D26)."""
    _step(_locked(ref), "publish", by=by, at=at)


@transaction.atomic
def notified(ref: UseRef, *, answer_by: datetime, by: Actor, at: datetime) -> None:
    """Write down that families have been told, and until when they may answer. Called by the gate."""
    use = _locked(ref)
    use.answer_by = answer_by
    _step(use, "notify", by=by, at=at)
    _step(use, "open window", by=by, at=at)


@transaction.atomic
def clear(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Write down that the time to answer is over. Called by the gate when it decides."""
    use = _locked(ref)
    if use.answer_by is None or at <= use.answer_by:
        raise Refusal(
            "uses.window_open",
            "Families can still answer.",
            next_step="Wait until the day in the letter is over.",
            authority="D6",
        )
    _step(use, "clear", by=by, at=at)


@transaction.atomic
def released(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Write down that the gate lets it go. The gate calls this in the transaction after which the file may move.

    The use is locked until that transaction ends, so that nobody can take it back in between.
    """
    use = _locked(ref)
    if use.state != State.CLEARED.value:
        raise Refusal(
            "gate.use_fell",
            "This use no longer stands.",
            next_step="Look at what happened to it since it was decided.",
            authority="ARCHITECTURE section 5: the decision still stands",
        )
    _step(use, "release", by=by, at=at)


@transaction.atomic
def fall_back(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Undo a decision that was not carried out, so that it can be taken again. Called by the gate."""
    _step(_locked(ref), "fall back", by=by, at=at)


@transaction.atomic
def refuse(ref: UseRef, *, rule: str, sentence: str, instead: str, by: Actor, at: datetime) -> None:
    """Close the panel with a no; the rule, the sentence and what is offered instead stand in the public register."""
    use = _locked(ref)
    use.rule, use.refused_sentence, use.instead = rule, sentence, instead
    _step(use, "refuse", by=by, at=at)


@transaction.atomic
def suspend(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Stop a use that has not been released: the recipient was sold or renamed, or a complaint stands (D45)."""
    _step(_locked(ref), "suspend", by=by, at=at)


@transaction.atomic
def withdraw(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Take a use back before it is released: the applicant's own organisation only."""
    use = _locked(ref)
    _check_own(use, by)
    _step(use, "withdraw", by=by, at=at)


def _check_own(use: Use, by: Actor) -> None:
    if by.organisation != use.applicant:
        raise Refusal(
            "uses.not_applicant",
            "Only the organisation that wrote this may do this.",
            next_step="Sign in for that organisation.",
            authority="D18",
        )


def _locked(ref: UseRef) -> Use:
    found = Use.objects.select_for_update().filter(ref=ref).first()
    if found is None:
        raise Refusal(
            "uses.unknown",
            "No use stands under this reference.",
            next_step="Look it up in the register of uses.",
            authority="D26",
        )
    return found


def _step(use: Use, verb: str, *, by: Actor, at: datetime) -> None:
    """Move, remember, and hand the public entry to the ledger, all in the caller's transaction."""
    use.state = move(State(use.state), verb, role=by.role).value
    use.save()
    body = {
        "commitment": text_commitment(use).hex(),
        "exit": use.exit,
        "purpose": use.purpose,
        "rule": use.rule or None,
        "state": use.state,
        "use": use.ref,
    }
    outbox = propose(log="events", kind="use", body=body, by=by, at=at)
    Step.objects.create(use=use, state=use.state, at=at, by=by.ref, outbox=outbox)
    _publish_text(use)


def _publish_text(use: Use) -> None:
    """Put beside the log what the entry's commitment was made from, once this is committed and not before (D26)."""
    text = text_of(use)
    transaction.on_commit(lambda: put(text, beside=here().ledger))


def publish_texts(*, by: Actor, at: datetime) -> int:
    """Put the text of every public use beside the log where it is missing, or is another; return how many were.

    Each step does so by itself; this is for what a crash cut off, and for a home of an earlier version. A use that is
    not what its entries say is left alone: its text would open nothing, and `beholden fsck` names it.
    """
    put_now = 0
    for use in Use.objects.exclude(state=State.DRAFT.value).order_by("ref").iterator(chunk_size=500):
        text = text_of(use)
        entries = said(step.outbox for step in use.steps.all() if step.outbox is not None).values()
        if opens(text, (row.says for row in entries if isinstance(row.says, UseMoved))):
            put_now += put(text, beside=here().ledger)
    return put_now
