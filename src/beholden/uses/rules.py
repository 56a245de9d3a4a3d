# SPDX-License-Identifier: Apache-2.0
"""Decides where a use may go next, whether it may be asked at all, and if its reviews suffice. No clock, no database.

The transition table is data: the diagram in the docs is generated from it, and an auditor can read it as it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from beholden.catalogue import Catalogue, Store
from beholden.kinds import Role
from beholden.refusals import Refusal


class State(StrEnum):
    """Where a use stands. Final states have no way on."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REFUSED = "refused"
    APPROVED = "approved"
    PUBLISHED = "published"
    NOTIFIED = "notified"
    WINDOW = "window"
    CLEARED = "cleared"
    RELEASED = "released"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted step: from where, by which verb, to where, and in which role."""

    source: State
    verb: str
    target: State
    role: Role


TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.DRAFT, "submit", State.SUBMITTED, Role.APPLICANT),
    Transition(State.SUBMITTED, "refuse", State.REFUSED, Role.REGISTRAR),
    Transition(State.SUBMITTED, "approve", State.APPROVED, Role.REGISTRAR),
    Transition(State.APPROVED, "publish", State.PUBLISHED, Role.REGISTRAR),
    Transition(State.PUBLISHED, "notify", State.NOTIFIED, Role.REGISTRAR),
    Transition(State.NOTIFIED, "open window", State.WINDOW, Role.REGISTRAR),
    Transition(State.WINDOW, "clear", State.CLEARED, Role.REGISTRAR),
    Transition(State.CLEARED, "release", State.RELEASED, Role.REGISTRAR),
    # A decision that was not carried out in time, or that an answer has overtaken, is taken again.
    Transition(State.CLEARED, "fall back", State.WINDOW, Role.REGISTRAR),
    Transition(State.APPROVED, "suspend", State.SUSPENDED, Role.REGISTRAR),
    Transition(State.PUBLISHED, "suspend", State.SUSPENDED, Role.REGISTRAR),
    Transition(State.NOTIFIED, "suspend", State.SUSPENDED, Role.REGISTRAR),
    Transition(State.WINDOW, "suspend", State.SUSPENDED, Role.REGISTRAR),
    Transition(State.CLEARED, "suspend", State.SUSPENDED, Role.REGISTRAR),
    Transition(State.DRAFT, "withdraw", State.WITHDRAWN, Role.APPLICANT),
    Transition(State.SUBMITTED, "withdraw", State.WITHDRAWN, Role.APPLICANT),
    Transition(State.APPROVED, "withdraw", State.WITHDRAWN, Role.APPLICANT),
    Transition(State.PUBLISHED, "withdraw", State.WITHDRAWN, Role.APPLICANT),
    Transition(State.NOTIFIED, "withdraw", State.WITHDRAWN, Role.APPLICANT),
    Transition(State.WINDOW, "withdraw", State.WITHDRAWN, Role.APPLICANT),
    Transition(State.CLEARED, "withdraw", State.WITHDRAWN, Role.APPLICANT),
)


def move(state: State, verb: str, *, role: Role) -> State:
    """Return the state a verb leads to, or refuse: what is not in the table cannot happen."""
    for step in TRANSITIONS:
        if step.source is state and step.verb == verb:
            if step.role is not role:
                raise Refusal(
                    "uses.role",
                    f"Only the {step.role.value} may {verb} a use.",
                    next_step=f"Ask the {step.role.value}.",
                    authority="ARCHITECTURE section 4, the life of a use",
                )
            return step.target
    raise Refusal(
        "uses.state",
        f"A use that is {state.value} cannot {verb}.",
        next_step="Look at where the use stands, and at what comes next.",
        authority="ARCHITECTURE section 4, the life of a use",
    )


BUILT = frozenset({"extract"})
"""The ways out that this version can carry out. The catalogue knows more; what is not built is refused, not tried."""


@dataclass(frozen=True, slots=True)
class Population:
    """Whose records are asked for: one collection at one term, optionally cut to school years."""

    collection: str
    term: str
    year: int
    school_years: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an applicant asks for, as the rules see it."""

    purpose: str
    exit: str
    items: tuple[str, ...]
    population: Population
    recipient_key: str
    check_key: str


def triage(proposal: Proposal, catalogue: Catalogue) -> None:
    """Refuse what the catalogue refuses, before anybody spends a day on it, and again before it is decided.

    What must hold: 1 the purpose is known and the keeper allows it (D11, D20); 2 the way out is known, built, and one
    that the purpose may use; 3 the population is a return that the catalogue knows; 4 every item belongs to it, is
    asked once, and is held as rows: names, addresses and numbers are no items of a use (D18); 5 whatever is locked to
    a recipient names the recipient's keys.
    """
    purpose = catalogue.purpose(proposal.purpose)
    if not purpose.allowed:
        raise Refusal(
            f"uses.{purpose.rule}",
            purpose.refusal_sentence,
            next_step=purpose.what_instead,
            authority=purpose.refused_by,
        )
    _check_exit(proposal, catalogue)
    _check_items(proposal, catalogue)


def _check_exit(proposal: Proposal, catalogue: Catalogue) -> None:
    way_out = catalogue.exit(proposal.exit)
    if proposal.exit not in catalogue.purpose(proposal.purpose).exits:
        raise Refusal(
            "uses.exit",
            "Records do not leave in this way for this purpose.",
            next_step="Ask for a table, or for one of the ways out that the purpose names.",
            authority="D18",
        )
    if proposal.exit not in BUILT:
        raise Refusal(
            "uses.exit_not_built",
            "This register cannot let records out in this way yet.",
            next_step="Ask for one of the ways out that it can carry out and check.",
            authority="D18: one way out, each exit cut to the least that serves",
        )
    if way_out.needs_recipient_key and not (proposal.recipient_key and proposal.check_key):
        raise Refusal(
            "uses.recipient_key",
            "The recipient has no keys, so a file can neither be locked to it nor confirmed by it.",
            next_step="Enrol the recipient with an age key and an Ed25519 key.",
            authority="UK GDPR Art 32(1)(a)",
        )


def _check_items(proposal: Proposal, catalogue: Catalogue) -> None:
    asked = proposal.population
    held = catalogue.collection(asked.collection, asked.term, asked.year).items
    if len(set(proposal.items)) != len(proposal.items) or not proposal.items:
        raise Refusal(
            "uses.items",
            "Each fact is asked for once, and at least one is.",
            next_step="List the facts that the question needs.",
            authority="UK GDPR Art 5(1)(c)",
        )
    catalogue.check_items(proposal.purpose, proposal.items)
    for item in proposal.items:
        if catalogue.item(item).store is not Store.ROWS:
            raise Refusal(
                "uses.identifier",
                "Names, birth dates, addresses and pupil numbers are no part of a use.",
                next_step="Ask for the school year or the region; a made-up number stands for the pupil.",
                authority="UK GDPR Art 5(1)(c); D18",
            )
        if item not in held:
            raise Refusal(
                "uses.item_not_collected",
                "One of these facts is not taken in that return.",
                next_step="Look at what the return holds, on the page of what is kept.",
                authority="D4, D18",
            )


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One reviewer's answer. `reviewer` and `organisation` are opaque references."""

    reviewer: str
    organisation: str
    approves: bool
    interest: bool


def check_reviews(reviews: Iterable[Reviewed], *, applicant: str, needed: int) -> None:
    """Refuse unless enough independent reviewers approve and nobody says no.

    What must hold: 1 no reviewer belongs to the applicant; 2 nobody with an interest counts; 3 `needed` different
    people of as many different bodies approve; 4 no counted review says no.
    """
    counted = [one for one in reviews if not one.interest and one.organisation != applicant]
    if any(not one.approves for one in counted):
        raise Refusal(
            "uses.review_says_no",
            "A reviewer has said no.",
            next_step="Refuse the use, or send it back to the applicant.",
            authority="ARCHITECTURE section 4, panel",
        )
    approving = [one for one in counted if one.approves]
    people, bodies = {one.reviewer for one in approving}, {one.organisation for one in approving}
    if min(len(people), len(bodies)) < needed:
        raise Refusal(
            "uses.reviews_missing",
            f"A use needs {needed} independent reviewers who say yes.",
            next_step="Ask a reviewer of another body, outside the applicant and without an interest.",
            authority="ARCHITECTURE section 4, panel",
        )
