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
from beholden.redress.incidents import Exposed, same_as, says
from beholden.redress.models import Affected, HighRisk, Incident, IncidentStep
from beholden.redress.rules import HIGH_RISK, OPENED, check_role, may_follow
from beholden.redress.turns import one_at_a_time
from beholden.refusals import Refusal
from beholden.uses import actions as uses
from beholden.uses.queries import asked
from beholden.uses.rules import State


@transaction.atomic
def open_incident(exposed: Exposed, *, breach: bool, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Write an incident down, and return its public reference. From now on it is public, and its hours run.

    The plan: 1 an enrolled registrar; 2 public words, and a moment that is not to come; 3 its number, one at a time,
    and a second press leads to the first; 4 who it is about, by internal id; 5 the entry; 6 where the recipient broke
    its agreement, the use is breached in the same transaction: nothing more leaves under it, and what left is to be
    wiped.
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
    ref = same_as(exposed) or _opened(exposed, catalogue, by=by, at=at)
    if breach and asked(UseRef(exposed.use)).state is not State.BREACHED:  # 6
        uses.breach(UseRef(exposed.use), what=exposed.what, by=by, at=at)
    return ref


def _opened(exposed: Exposed, catalogue: Catalogue, *, by: Actor, at: datetime) -> str:
    year = f"I-{at.year}-"
    held = Incident.objects.create(
        ref=f"{year}{Incident.objects.filter(ref__startswith=year).count() + 1:04d}",
        what=exposed.what,
        use=exposed.use,
        disclosure=exposed.disclosure,
        file=exposed.file,
        people=len(exposed.people),
        known_at=exposed.known_at,
        tell_by=_whole_second(exposed.known_at) + timedelta(hours=catalogue.limits.incident_hours),
        salt=secrets.token_bytes(32),
    )
    rows = (Affected(incident=held, person=person) for person in sorted(exposed.people))
    Affected.objects.bulk_create(rows, batch_size=5_000)  # 4
    _step(held, OPENED, by=by, at=at)  # 5
    return held.ref


@transaction.atomic
def say_high_risk(
    ref: str,
    *,
    items: tuple[str, ...],
    means: str,
    doing: str,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> int:
    """Say that the risk to those whom it is about is high (UK GDPR Art 34); return how many they are.

    From now on the families read on their own pages what happened, which facts are in it, what may come of it and what
    the keeper does; the log says that they are to be told. Of an incident that names nobody, no family's page tells.
    """
    held = _held(ref, by=by)
    if not items or len(set(items)) != len(items) or not means.strip() or not doing.strip():
        raise Refusal(
            "redress.notice",
            "Families are told which facts got out, what may come of it, and what you do about it.",
            next_step="Say all three, in words that a parent reads. Name no child.",
            authority="UK GDPR Art 34(2)",
        )
    for item in items:
        catalogue.item(item)
    _check_next(held, HIGH_RISK)
    HighRisk.objects.create(incident=held, items=list(items), means=means, doing=doing)
    _step(held, HIGH_RISK, by=by, at=at)
    return held.people


@transaction.atomic
def move_on(ref: str, state: str, *, by: Actor, at: datetime) -> None:
    """Write down that the regulator was told (Art 33), the people were told (Art 34), or that it is closed."""
    held = _held(ref, by=by)
    if state == HIGH_RISK:
        raise Refusal(
            "redress.notice",
            "That the risk is high is said with what the families are told.",
            next_step="Use: beholden incident high-risk",
            authority="UK GDPR Art 34(2)",
        )
    _check_next(held, state)
    _step(held, state, by=by, at=at)


def _held(ref: str, *, by: Actor) -> Incident:
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
    return held


def _check_next(held: Incident, state: str) -> None:
    taken = tuple(held.steps.order_by("pk").values_list("state", flat=True))
    if state not in may_follow(taken):
        raise Refusal(
            "redress.incident_step",
            "Before it is closed the regulator is told, and where the risk is high the people, of that; each once.",
            next_step="Take the next step.",
            authority="UK GDPR Art 33, 34",
        )


def _step(held: Incident, state: str, *, by: Actor, at: datetime) -> None:
    outbox = propose(log="events", kind="incident", body=says(held, state), by=by, at=at)
    IncidentStep.objects.create(incident=held, state=state, at=at, by=by.ref, outbox=outbox)


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
