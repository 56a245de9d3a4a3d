# SPDX-License-Identifier: Apache-2.0
"""Takes a use's steps and files its papers, each with its entry for the public log. For this room's actions alone.

A use is locked until the transaction ends, so two officers who press at once act one after the other, and the second
finds what the first has done.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from beholden.home import here
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose
from beholden.ledger.texts import put
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.uses.models import Paper, Step, Use
from beholden.uses.papers import commitment, interested, is_outside, round_of
from beholden.uses.queries import text_commitment, text_of, unknown_use
from beholden.uses.rules.life import AUTHORITY, TRANSITIONS, State, move, own_request, wrong_role

REGISTER = Actor("register", Role.KEEPER)
"""The register's own machinery: triage, the end of a term, the schools' share."""


def locked(ref: UseRef) -> Use:
    """Return a use that nobody else can move until this transaction ends."""
    found = Use.objects.select_for_update().filter(ref=ref).first()
    if found is None:
        raise unknown_use()
    return found


def take(use: Use, verb: str, *, by: Actor, at: datetime) -> None:
    """Move, remember, and hand the public entry to the ledger, all in the caller's transaction."""
    if by.role is Role.REGISTRAR:
        check_enrolled(by)
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


def is_repeated(use: Use, verb: str, *, by: Actor) -> bool:
    """Say whether this officer's newest step was this very one: a button that was pressed twice is one step."""
    last = use.steps.order_by("-pk").first()
    return (
        last is not None
        and (last.state, last.by) == (use.state, by.ref)
        and any(
            (step.verb, step.target.value, step.role) == (verb, use.state, by.role) for step in TRANSITIONS
        )
    )


def file(
    use: Use, kind: str, body: Mapping[str, Any], *, key: str = "", by: Actor, at: datetime
) -> tuple[Paper, bool]:
    """File a paper and hand its commitment to the ledger; return it, and whether it is new.

    The same paper handed in again is the one that is there; another one in its place is refused.
    """
    round_ = round_of(use)
    named = f"{round_}/{key}"
    earlier = Paper.objects.filter(use=use, kind=kind, key=named).first()
    if earlier is not None:
        if earlier.body != dict(body):
            raise Refusal(
                "uses.said_already",
                "You have said this already, and in other words.",
                next_step="Nothing: what you said first stands.",
                authority=AUTHORITY,
            )
        return earlier, False
    paper = Paper(
        use=use,
        kind=kind,
        round=round_,
        key=named,
        body=dict(body),
        salt=secrets.token_bytes(32),
        at=at,
        by=by.ref,
    )
    said = {"commitment": commitment(paper).hex(), "paper": kind, "use": use.ref}
    paper.outbox = propose(log="events", kind="paper", body=said, by=by, at=at)
    paper.save()
    return paper, True


def check_officer(by: Actor, role: Role, what: str) -> None:
    """Refuse whoever is not enrolled as just this officer, or whose role is another."""
    if by.role is not role:
        raise wrong_role(role, what)
    check_enrolled(by)


def check_state(use: Use, *states: State, what: str) -> None:
    """Refuse where a use does not stand where something can be done."""
    if State(use.state) not in states:
        raise Refusal(
            "uses.state",
            f"While a use is {use.state.replace('_', ' ')}, nobody can {what}.",
            next_step="Look at where the use stands, and at what comes next.",
            authority=AUTHORITY,
        )


def check_outside(use: Use, by: Actor) -> None:
    """Refuse whoever acts for the organisation that asked, or wrote the request: nobody decides on an own one."""
    if not is_outside(use, by):
        raise own_request()


def check_no_interest(use: Use, by: Actor) -> None:
    """Refuse whoever declared an interest in the newest round: a stake does not end with the decision."""
    if by.ref in interested(use, round_=round_of(use)):
        raise Refusal(
            "uses.interested",
            "You declared an interest in this request.",
            next_step="Leave it to somebody who has none.",
            authority=AUTHORITY,
        )


def check_own(use: Use, by: Actor) -> None:
    """Refuse whoever does not act for the organisation that asked."""
    if by.organisation != use.applicant:
        raise Refusal(
            "uses.not_applicant",
            "Only the organisation that wrote this may do this.",
            next_step="Sign in for that organisation.",
            authority="D18",
        )
