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


def triage(proposal: Proposal, catalogue: Catalogue) -> None:
    """Refuse what the catalogue refuses, before anybody spends a day on it.

    What must hold: 1 the purpose is known and the keeper allows it (D11, D20); 2 the exit is known and the purpose
    may use it; 3 every item is known, asked once, and held as rows: names, addresses and numbers are no items of a
    use (D18); 4 whatever is encrypted to a recipient names the recipient's key.
    """
    purpose = catalogue.purpose(proposal.purpose)
    if not purpose.allowed:
        raise Refusal(
            f"uses.{purpose.rule}",
            purpose.refusal_sentence,
            next_step=purpose.what_instead,
            authority=purpose.refused_by,
        )
    way_out = catalogue.exit(proposal.exit)
    if proposal.exit not in purpose.exits:
        raise Refusal(
            "uses.exit",
            "Records do not leave in this way for this purpose.",
            next_step="Ask for a table, or for one of the ways out that the purpose names.",
            authority="D18",
        )
    if len(set(proposal.items)) != len(proposal.items) or not proposal.items:
        raise Refusal(
            "uses.items",
            "Each fact is asked for once, and at least one is.",
            next_step="List the facts that the question needs.",
            authority="UK GDPR Art 5(1)(c)",
        )
    for item in proposal.items:
        if catalogue.item(item).store is not Store.ROWS:
            raise Refusal(
                "uses.identifier",
                "Names, birth dates, addresses and pupil numbers are no part of a use.",
                next_step="Ask for the school year or the region; a made-up number stands for the pupil.",
                authority="UK GDPR Art 5(1)(c); D18",
            )
    if way_out.needs_recipient_key and not proposal.recipient_key:
        raise Refusal(
            "uses.recipient_key",
            "The recipient has no key to which the file can be locked.",
            next_step="Enrol the recipient with an age key.",
            authority="UK GDPR Art 32(1)(a)",
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
    people approve; 4 no counted review says no.
    """
    counted = [one for one in reviews if not one.interest and one.organisation != applicant]
    if any(not one.approves for one in counted):
        raise Refusal(
            "uses.review_says_no",
            "A reviewer has said no.",
            next_step="Refuse the use, or send it back to the applicant.",
            authority="ARCHITECTURE section 4, panel",
        )
    if len({one.reviewer for one in counted if one.approves}) < needed:
        raise Refusal(
            "uses.reviews_missing",
            f"A use needs {needed} independent reviewers who say yes.",
            next_step="Ask another reviewer, from outside the applicant and without an interest.",
            authority="ARCHITECTURE section 4, panel",
        )
