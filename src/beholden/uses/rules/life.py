# SPDX-License-Identifier: Apache-2.0
"""Decides where a use may go next, and in whose hands. No clock, no database.

The transition table is data: the diagram in the docs is generated from it, and an auditor can read it as it stands.
What else must hold before a step stands with the step's own rule, beside this file.
"""

from dataclasses import dataclass
from enum import StrEnum

from beholden.kinds import Role
from beholden.refusals import Refusal

AUTHORITY = "ARCHITECTURE section 4, the life of a use"


class State(StrEnum):
    """Where a use stands. Final states have no way on."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TRIAGE = "triage"
    COMMENT = "comment"
    PANEL = "panel"
    REFUSED = "refused"
    APPROVED = "approved"
    AGREEMENT = "agreement"
    PUBLISHED = "published"
    NOTIFIED = "notified"
    WINDOW = "window"
    CLEARED = "cleared"
    RELEASED = "released"
    IN_USE = "in_use"
    EXPIRING = "expiring"
    DESTROYED = "destroyed"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted step: from where, by which verb, to where, and in which role."""

    source: State
    verb: str
    target: State
    role: Role


BEING_DECIDED = (State.TRIAGE, State.COMMENT, State.PANEL)
AGREED = (*(State.APPROVED, State.AGREEMENT, State.PUBLISHED, State.NOTIFIED, State.WINDOW, State.CLEARED),)
HELD = (State.RELEASED, State.IN_USE, State.EXPIRING)
"""Records have left under a live agreement, and are with the recipient."""

HEARD = (State.COMMENT, State.PANEL, *AGREED, *HELD)
"""Where a school may object (D29)."""

UNHEARD = (State.SUBMITTED, State.TRIAGE)
"""Asked for, and not open for comment yet."""

REPEATED = (State.PANEL, *AGREED)
"""Where a use may stand while it runs again: what left before lies with the recipient all the while."""

WITH_RECIPIENT = frozenset((*HELD, State.SUSPENDED, State.BREACHED))
"""Where records that have left may still lie with the recipient: nobody has certified that they are wiped."""

LIVE = frozenset((*AGREED, *HELD))
"""Agreed and not over: what counts when purposes must not meet at one recipient."""

OVER = frozenset((State.DESTROYED, State.CLOSED, State.SUSPENDED, State.WITHDRAWN, State.BREACHED))
"""From where no way leads back to a live agreement: nothing goes out under this use any more (D7)."""


def _each(sources: tuple[State, ...], verb: str, target: State, role: Role) -> tuple[Transition, ...]:
    return tuple(Transition(source, verb, target, role) for source in sources)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.DRAFT, "submit", State.SUBMITTED, Role.APPLICANT),
    Transition(State.SUBMITTED, "triage", State.TRIAGE, Role.KEEPER),
    Transition(State.TRIAGE, "turn away", State.REFUSED, Role.KEEPER),
    Transition(State.TRIAGE, "open for comment", State.COMMENT, Role.REGISTRAR),
    Transition(State.COMMENT, "call the panel", State.PANEL, Role.REGISTRAR),
    Transition(State.PANEL, "refuse", State.REFUSED, Role.REGISTRAR),
    Transition(State.PANEL, "approve", State.APPROVED, Role.REGISTRAR),
    Transition(State.REFUSED, "reopen", State.TRIAGE, Role.REGISTRAR),
    Transition(State.APPROVED, "draw up", State.AGREEMENT, Role.REGISTRAR),
    Transition(State.AGREEMENT, "publish", State.PUBLISHED, Role.REGISTRAR),
    Transition(State.PUBLISHED, "notify", State.NOTIFIED, Role.REGISTRAR),
    Transition(State.NOTIFIED, "open window", State.WINDOW, Role.REGISTRAR),
    # Families were told before the panel had to look again, and nothing was loosened since.
    Transition(State.PUBLISHED, "take up window", State.WINDOW, Role.REGISTRAR),
    Transition(State.WINDOW, "clear", State.CLEARED, Role.REGISTRAR),
    Transition(State.CLEARED, "release", State.RELEASED, Role.REGISTRAR),
    # A decision that was not carried out in time, or that an answer has overtaken, is taken again.
    Transition(State.CLEARED, "fall back", State.WINDOW, Role.REGISTRAR),
    Transition(State.RELEASED, "receive", State.IN_USE, Role.RECIPIENT),
    # What recurs is told and decided afresh each time, for everybody; and a run can be left off.
    *_each((State.RELEASED, State.IN_USE), "run again", State.PUBLISHED, Role.REGISTRAR),
    *_each((State.PUBLISHED, State.WINDOW), "leave off", State.IN_USE, Role.REGISTRAR),
    # The term ends and copies are wiped or misused also while a use that has left before is decided again.
    *_each((State.RELEASED, State.IN_USE, *REPEATED), "expire", State.EXPIRING, Role.KEEPER),
    # Wiping never has to wait: before the end, after a stop, after a breach.
    *_each((*HELD, *REPEATED, State.SUSPENDED, State.BREACHED), "certify", State.DESTROYED, Role.RECIPIENT),
    Transition(State.DESTROYED, "close", State.CLOSED, Role.REGISTRAR),
    *_each(AGREED, "return to the panel", State.PANEL, Role.KEEPER),
    *_each((*BEING_DECIDED, *AGREED, *HELD), "suspend", State.SUSPENDED, Role.REGISTRAR),
    *_each(
        (*HELD, *REPEATED, State.SUSPENDED, State.DESTROYED, State.CLOSED),
        "find a breach",
        State.BREACHED,
        Role.REGISTRAR,
    ),
    # Not a draft: what was never handed in is nobody's business, and to take it back would put it into the log.
    *_each((State.SUBMITTED, *BEING_DECIDED, *AGREED), "withdraw", State.WITHDRAWN, Role.APPLICANT),
)


def move(state: State, verb: str, *, role: Role) -> State:
    """Return the state a verb leads to, or refuse: what is not in the table cannot happen."""
    for step in TRANSITIONS:
        if step.source is state and step.verb == verb:
            if step.role is not role:
                raise wrong_role(step.role, f"{verb} a use")
            return step.target
    raise Refusal(
        "uses.state",
        f"A use that is {state.value.replace('_', ' ')} cannot {verb}.",
        next_step="Look at where the use stands, and at what comes next.",
        authority=AUTHORITY,
    )


def own_request() -> Refusal:
    """Say that nobody decides on an own request."""
    return Refusal(
        "uses.own_request",
        "This request is your own, or your organisation's.",
        next_step="Leave it to somebody from outside.",
        authority=AUTHORITY,
    )


def wrong_role(role: Role, what: str) -> Refusal:
    """Say that a step belongs to somebody else."""
    return Refusal(
        "uses.role",
        f"Only the {role.value} may {what}.",
        next_step=f"Ask the {role.value}.",
        authority=AUTHORITY,
    )
