# SPDX-License-Identifier: Apache-2.0
"""Opens an incident and takes it from step to step: records that got out, or may have (D34).

From the first hour it is public that something went wrong, what, and how many it is about, in a band. Whom it is about
is the registrar's alone. The hours run from when the keeper knew, and nobody can move them.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose
from beholden.people.queries import check_enrolled
from beholden.redress.incidents import Exposed, says
from beholden.redress.models import Affected, Incident, IncidentStep
from beholden.redress.rules import check_role, next_state
from beholden.redress.turns import one_at_a_time
from beholden.refusals import Refusal
from beholden.uses import actions as uses
from beholden.uses.queries import asked


@transaction.atomic
def open_incident(exposed: Exposed, *, breach: bool, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Write an incident down, and return its public reference. From now on it is public, and its hours run.

    The plan: 1 an enrolled registrar; 2 public words, and a moment that is not to come; 3 its number, one at a time; 4
    who it is about, by internal id; 5 the entry; 6 where the recipient broke its agreement, the use is breached in the
    same transaction: nothing more leaves under it, and what left is to be wiped.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    if not exposed.what.strip() or exposed.known_at > at or (breach and not exposed.use):  # 2
        raise Refusal(
            "redress.incident",
            "An incident says in public words what happened, and since when it is known.",
            next_step="Name no child in it. Name the use, if its recipient broke the agreement.",
            authority="D34; UK GDPR Art 33(3)",
        )
    if exposed.use:
        asked(UseRef(exposed.use))
    one_at_a_time()  # 3
    year = f"I-{at.year}-"
    held = Incident.objects.create(
        ref=f"{year}{Incident.objects.filter(ref__startswith=year).count() + 1:04d}",
        what=exposed.what,
        use=exposed.use,
        disclosure=exposed.disclosure,
        people=len(exposed.people),
        known_at=exposed.known_at,
        tell_by=_whole_second(exposed.known_at) + timedelta(hours=catalogue.limits.incident_hours),
        salt=secrets.token_bytes(32),
    )
    rows = (Affected(incident=held, person=person) for person in sorted(exposed.people))
    Affected.objects.bulk_create(rows, batch_size=5_000)  # 4
    _step(held, "opened", by=by, at=at)  # 5
    if breach:  # 6
        uses.breach(UseRef(exposed.use), what=exposed.what, by=by, at=at)
    return held.ref


@transaction.atomic
def move_on(ref: str, state: str, *, by: Actor, at: datetime) -> None:
    """Write down that the regulator was told (Art 33), the people were told (Art 34), or that it is closed."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    one_at_a_time()
    held = Incident.objects.filter(ref=ref).first()
    if held is None:
        raise Refusal(
            "redress.no_such_incident",
            "There is no incident under this reference.",
            next_step="List the incidents.",
            authority="D34",
        )
    if next_state(_state(held)) != state:
        raise Refusal(
            "redress.incident_step",
            "An incident goes from opened to the regulator told, the people told, and closed, in this order.",
            next_step="Take the next step.",
            authority="UK GDPR Art 33, 34",
        )
    _step(held, state, by=by, at=at)


def _step(held: Incident, state: str, *, by: Actor, at: datetime) -> None:
    outbox = propose(log="events", kind="incident", body=says(held, state), by=by, at=at)
    IncidentStep.objects.create(incident=held, state=state, at=at, by=by.ref, outbox=outbox)


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _state(held: Incident) -> str:
    return held.steps.order_by("-pk").values_list("state", flat=True)[0]
