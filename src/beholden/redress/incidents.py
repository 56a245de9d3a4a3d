# SPDX-License-Identifier: Apache-2.0
"""Answers how each incident stands, and whom it is about. Frozen values; what binds one in the log."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Prefetch

from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.terms import band
from beholden.people.queries import check_enrolled
from beholden.redress.models import Affected, Incident, IncidentStep
from beholden.redress.rules import check_role


@dataclass(frozen=True, slots=True)
class Exposed:
    """What is known of records that got out: in public words, when the keeper knew, from which handover, and who."""

    what: str
    known_at: datetime
    use: str
    disclosure: str
    people: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an incident stands, as everybody may know it. `late`: the regulator was not told within the hours."""

    ref: str
    what: str
    use: str
    at_most: int
    known_at: datetime
    tell_by: datetime
    state: str
    late: bool


def incidents(*, at: datetime, use: str = "") -> tuple[Standing, ...]:
    """Return every incident, the newest first; or those about one use."""
    steps_of = IncidentStep.objects.only("id", "incident_id", "state", "at").order_by("pk")
    rows = Incident.objects.only("ref", "what", "use", "people", "known_at", "tell_by").order_by("-ref")
    rows = rows.prefetch_related(Prefetch("steps", steps_of))
    found = []
    for row in rows.filter(use=use) if use else rows:
        steps = {step.state: step.at for step in row.steps.all()}
        told = steps.get("regulator_told")
        found.append(
            Standing(
                row.ref,
                row.what,
                row.use,
                band(row.people),
                row.known_at,
                row.tell_by,
                list(steps)[-1],
                (told or at) > row.tell_by,
            )
        )
    return tuple(found)


def people_of(ref: str, *, by: Actor) -> tuple[PersonId, ...]:
    """Return whom an incident is about, by internal id, for the registrar who has them told."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    rows = Affected.objects.filter(incident_id=ref).order_by("person")
    return tuple(PersonId(person) for person in rows.values_list("person", flat=True))


def commitment(held: Incident) -> bytes:
    """SHA-256(salt32 || JCS of what is known of it; of who it is about a hash, which the salt covers)."""
    ids = sorted(str(person) for person in held.affected.values_list("person", flat=True))
    known = held.known_at.astimezone(UTC).isoformat()
    who = hashlib.sha256(print_json(ids)).hexdigest()
    said = {"handover": held.disclosure, "known_at": known, "people": who, "use": held.use, "what": held.what}
    return hashlib.sha256(bytes(held.salt) + print_json(said)).digest()


def says(held: Incident, state: str) -> dict[str, object]:
    """Return what the log's entry says of one step of an incident."""
    return {
        "band": band(held.people),
        "commitment": commitment(held).hex(),
        "incident": held.ref,
        "state": state,
        "tell_by": held.tell_by.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "use": held.use or None,
    }


# --- for fsck ---


@dataclass(frozen=True, slots=True)
class HeldStep:
    """One step of an incident: its outbox row, when and by whom, and what its entry has to say, made anew."""

    ref: str
    outbox: int
    at: datetime
    by: str
    says: dict[str, object]
    is_whole: bool


def held_steps() -> Iterator[HeldStep]:
    """Yield every step of every incident, in the order in which they were taken."""
    for row in IncidentStep.objects.select_related("incident").order_by("pk"):
        held = row.incident
        whole = held.affected.count() == held.people
        yield HeldStep(held.ref, row.outbox, row.at, row.by, says(held, row.state), whole)


def counted() -> int:
    """Return how many incidents there are."""
    return Incident.objects.count()
