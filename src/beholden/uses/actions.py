# SPDX-License-Identifier: Apache-2.0
"""Moves a use through its life. The only writer of this room; every step is an entry in the events log."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime

import rfc8785
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose
from beholden.people.queries import organisation
from beholden.refusals import Refusal
from beholden.uses.models import Review, Step, Use
from beholden.uses.rules import Population, Proposal, Reviewed, State, check_reviews, move, triage


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
def draft(asked: Draft, *, by: Actor, at: datetime) -> UseRef:
    """Write down a proposal of the applicant's organisation and return its lasting, public reference."""
    if by.role is not Role.APPLICANT:
        raise Refusal(
            "uses.role",
            "Only an applicant may propose a use.",
            next_step="Sign in as the applicant.",
            authority="ARCHITECTURE section 4, the life of a use",
        )
    organisation(by.organisation)
    ref = _next_ref(at.year)
    Use.objects.create(
        ref=ref,
        applicant=by.organisation,
        title=asked.title,
        why=asked.why,
        what=asked.what,
        where=asked.where,
        purpose=asked.purpose,
        exit=asked.exit,
        items=sorted(asked.items),
        population=asdict(asked.population),
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
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
    if by.organisation != use.applicant:
        raise Refusal(
            "uses.not_applicant",
            "Only the organisation that wrote this draft may hand it in.",
            next_step="Sign in for that organisation.",
            authority="D18",
        )
    _step(use, "submit", by=by, at=at)
    try:
        triage(_proposal(use), catalogue)
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
    triage(_proposal(use), catalogue)
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
    """Write down that the gate has released. Called by the gate after the log holds the intent."""
    _step(_locked(ref), "release", by=by, at=at)


@transaction.atomic
def withdraw(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Take a use back before it is released."""
    _step(_locked(ref), "withdraw", by=by, at=at)


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


def _proposal(use: Use) -> Proposal:
    asked = use.population
    return Proposal(
        purpose=use.purpose,
        exit=use.exit,
        items=tuple(use.items),
        population=Population(
            asked["collection"], asked["term"], asked["year"], tuple(asked["school_years"])
        ),
        recipient_key=organisation(use.applicant).encryption_key,
    )


def _step(use: Use, verb: str, *, by: Actor, at: datetime) -> None:
    """Move, remember, and hand the public entry to the ledger, all in the caller's transaction."""
    use.state = move(State(use.state), verb, role=by.role).value
    use.save()
    body = {
        "commitment": _text_commitment(use).hex(),
        "exit": use.exit,
        "purpose": use.purpose,
        "rule": use.rule or None,
        "state": use.state,
        "use": use.ref,
    }
    outbox = propose(log="events", kind="use", body=body, by=by, at=at)
    Step.objects.create(use=use, state=use.state, at=at, by=by.ref, outbox=outbox)


def _text_commitment(use: Use) -> bytes:
    """SHA-256(salt32 || JCS of everything public about the use): names and texts stay outside the log."""
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
    return hashlib.sha256(bytes(use.salt) + rfc8785.dumps(texts)).digest()
