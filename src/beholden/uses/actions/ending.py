# SPDX-License-Identifier: Apache-2.0
"""A use ends: it nears its last day, its records are wiped and signed for; or it is stopped, or its rules are broken.

A recipient that is sold, merged, re-let or renamed is somebody else: every use of it stops at once (D45).
"""

from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.people.queries import organisation
from beholden.refusals import Refusal
from beholden.uses.models import Use
from beholden.uses.papers import newest, released_at
from beholden.uses.rules import ending
from beholden.uses.rules.amending import CHANGED_HANDS
from beholden.uses.rules.application import wrong
from beholden.uses.rules.ending import Certificate
from beholden.uses.rules.life import AGREED, BEING_DECIDED, HELD, REPEATED, State
from beholden.uses.steps import check_officer, check_own, file, is_repeated, locked, take

_CAN_STOP = (*BEING_DECIDED, *AGREED, *HELD)


@transaction.atomic
def expire_due(*, catalogue: Catalogue, by: Actor, at: datetime) -> tuple[UseRef, ...]:
    """Mark every use that nears its end, by the catalogue's days, and return them. Run again, it finds none.

    Also one that is being decided again: its run ends with it, and what left before is to be wiped.
    """
    held = {state.value for state in (State.RELEASED, State.IN_USE, *REPEATED)}
    due = []
    left = Use.objects.filter(state__in=held, steps__state=State.RELEASED.value).distinct()
    for ref in left.order_by("ref").values_list("ref", flat=True):
        use = locked(UseRef(ref))
        if use.state in held and ending.is_expiring(
            use.ends_on, days=catalogue.limits.expiring_days, on=at.date()
        ):
            take(use, "expire", by=by, at=at)
            due.append(UseRef(ref))
    return tuple(due)


@transaction.atomic
def certify(ref: UseRef, *, certificate: Certificate, signature: bytes, by: Actor, at: datetime) -> None:
    """Take a recipient's signed statement that every copy is gone. It may come early, and after a stop or a breach."""
    check_officer(by, Role.RECIPIENT, "certify that records are wiped")
    use = locked(ref)
    check_own(use, by)
    if is_repeated(use, "certify", by=by):
        return
    agreement, left = newest(use, "agreement"), released_at(use)
    if agreement is None or left is None:
        raise _nothing_left()
    ending.check_certificate(
        certificate,
        signature,
        use=use.ref,
        agreement=agreement.body["digest"],
        check_key=organisation(use.applicant).check_key,
        released_on=left.date(),
        on=at.date(),
    )
    body = {
        "agreement": certificate.agreement,
        "destroyed_on": certificate.destroyed_on.isoformat(),
        "method": certificate.method,
        "signature": signature.hex(),
        "statement": certificate.statement,
    }
    take(use, "certify", by=by, at=at)
    file(use, "certificate", body, key=str(use.steps.count()), by=by, at=at)


@transaction.atomic
def close(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Close a use whose records are certified to be gone."""
    use = locked(ref)
    if not is_repeated(use, "close", by=by):
        take(use, "close", by=by, at=at)


@transaction.atomic
def suspend(ref: UseRef, *, why: str, by: Actor, at: datetime) -> None:
    """Stop a use: nothing more leaves under it, and there is no way back. What has left is still to be wiped."""
    use = locked(ref)
    if is_repeated(use, "suspend", by=by):
        return
    if not why.strip():
        raise wrong("no_reason", "A use is stopped for a reason that the public reads.", "Say why.", "D26")
    take(use, "suspend", by=by, at=at)
    file(use, "stop", {"why": why}, key=str(use.steps.count()), by=by, at=at)


@transaction.atomic
def recipient_changed(
    organisation_ref: str, *, how: str, successor: str = "", by: Actor, at: datetime
) -> tuple[UseRef, ...]:
    """Stop every use of a recipient that is somebody else now, asked, agreed or running, and return them (D45).

    `successor` is the body that took it over, enrolled under a reference of its own: it may ask for what was stopped.
    """
    check_officer(by, Role.REGISTRAR, "write down that a recipient changed hands")
    organisation(organisation_ref)
    if how not in CHANGED_HANDS or successor == organisation_ref:
        raise wrong(
            "changed_hands",
            "A recipient is sold, merged, re-let or renamed, and then is somebody else.",
            f"Say which: {', '.join(CHANGED_HANDS)}; enrol the successor under a reference of its own.",
            "D45",
        )
    if successor:
        organisation(successor)
    stopped = []
    states = [state.value for state in _CAN_STOP]
    # Newest first, as a release locks its use before the one that it amends.
    for ref in Use.objects.filter(applicant=organisation_ref, state__in=states).order_by("-ref"):
        use = locked(UseRef(ref.ref))
        if use.state not in states:
            continue
        take(use, "suspend", by=by, at=at)
        body = {"how": how, "organisation": organisation_ref, "successor": successor}
        file(use, "recipient", body, key=str(use.steps.count()), by=by, at=at)
        stopped.append(UseRef(use.ref))
    return tuple(stopped)


@transaction.atomic
def breach(ref: UseRef, *, what: str, by: Actor, at: datetime) -> None:
    """Write down, in public, that a recipient broke the agreement. Nothing more leaves; the records are to be wiped."""
    use = locked(ref)
    if is_repeated(use, "find a breach", by=by):
        return
    if released_at(use) is None:
        raise _nothing_left()
    if not what.strip():
        raise wrong(
            "no_reason", "A breach is described, because the public reads it.", "Say what happened.", "D34"
        )
    take(use, "find a breach", by=by, at=at)
    file(use, "breach", {"what": what}, key=str(use.steps.count()), by=by, at=at)


def _nothing_left() -> Refusal:
    return Refusal(
        "uses.nothing_left",
        "No records have left under this use.",
        next_step="Look at where the use stands.",
        authority="D25",
    )
