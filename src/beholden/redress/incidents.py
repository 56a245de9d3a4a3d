# SPDX-License-Identifier: Apache-2.0
"""Answers how each incident stands, and whom it is about. Frozen values; what binds one in the log."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Prefetch

from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.canonical import Json, print_json
from beholden.ledger.vocabulary.terms import band
from beholden.people.queries import check_enrolled
from beholden.redress.models import Affected, HighRisk, Incident, IncidentStep
from beholden.redress.rules import CLOSED, HIGH_RISK, REGULATOR_TOLD, are_people_told, check_role
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Exposed:
    """What is known of records that got out: in public words, when the keeper knew, from which handover, and who.

    `file` is the SHA-256 of the file that turned up, in hex, or empty.
    """

    what: str
    known_at: datetime
    use: str
    disclosure: str
    people: frozenset[PersonId] = field(repr=False)
    file: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an incident stands, as everybody may know it. `late`: the regulator was not told within the hours.

    `high_risk` and `people_told`: whether the keeper has said that the risk is high, and that those whom it is about
    were told, of a high risk since it was said. `closed`: nothing more is done, but for a high risk found afterwards.
    `named`: it is known which children are in it, and their families' own pages say so; where it is not, every child
    may be.
    """

    ref: str
    what: str
    use: str
    at_most: int
    known_at: datetime
    tell_by: datetime
    state: str
    late: bool
    regulator_told: bool = False
    high_risk: bool = False
    people_told: bool = False
    closed: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class ToldOf:
    """What the families of one incident are told: what happened, when it was known, which facts, and what now."""

    ref: str
    what: str
    known_at: datetime
    items: tuple[str, ...]
    means: str
    doing: str


def incidents(*, at: datetime, use: str = "") -> tuple[Standing, ...]:
    """Return every incident, the newest first; or those about one use."""
    steps_of = IncidentStep.objects.only("id", "incident_id", "state", "at").order_by("pk")
    rows = Incident.objects.only("ref", "what", "use", "people", "known_at", "tell_by").order_by("-ref")
    rows = rows.prefetch_related(Prefetch("steps", steps_of))
    found = []
    for row in rows.filter(use=use) if use else rows:
        steps = [step.state for step in row.steps.all()]
        told = next((step.at for step in row.steps.all() if step.state == REGULATOR_TOLD), None)
        found.append(
            Standing(
                row.ref,
                row.what,
                row.use,
                band(row.people),
                row.known_at,
                row.tell_by,
                steps[-1],
                (told or at) > row.tell_by,
                REGULATOR_TOLD in steps,
                HIGH_RISK in steps,
                are_people_told(steps),
                CLOSED in steps,
                row.people > 0,
            )
        )
    return tuple(found)


def people_of(ref: str, *, by: Actor) -> tuple[PersonId, ...]:
    """Return whom an incident is about, by internal id, for the registrar who has them told."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    rows = Affected.objects.filter(incident_id=ref).order_by("person")
    return tuple(PersonId(person) for person in rows.values_list("person", flat=True))


def warned_of(*, at: datetime) -> tuple[Standing, ...]:
    """Return each incident with a high risk that is not over, for a line that everybody reads alike.

    It is over once it is closed and its people were told; a risk that is found after the closing, once they were told.
    """
    return tuple(one for one in incidents(at=at) if one.high_risk and not (one.closed and one.people_told))


def told_of(people: Collection[PersonId]) -> dict[PersonId, tuple[ToldOf, ...]]:
    """Return for each of these people what their families are told of incidents with a high risk, the newest first.

    Whoever asks has looked at who may see what of whom. Closed or not: what happened to a record stays to be read.
    """
    rows = Affected.objects.filter(person__in=people, incident__high_risk__isnull=False)
    found: dict[PersonId, tuple[ToldOf, ...]] = {}
    for row in rows.select_related("incident__high_risk").order_by("-incident_id"):
        held, said = row.incident, row.incident.high_risk
        one = ToldOf(held.ref, held.what, held.known_at, tuple(said.items), said.means, said.doing)
        person = PersonId(row.person)
        found[person] = (*found.get(person, ()), one)
    return found


def same_as(exposed: Exposed) -> str:
    """Return the incident that is this one already, or nothing: the same file from the same handover.

    Without a file: the same use and handover, about the same people, known since the same moment, in the same words.
    """
    rows = Incident.objects.filter(file=exposed.file, disclosure=exposed.disclosure)
    if not exposed.file:
        rows = rows.filter(use=exposed.use, what=exposed.what, known_at=exposed.known_at)
    for held in rows.order_by("ref"):
        about = frozenset(map(PersonId, held.affected.values_list("person", flat=True)))
        if about == exposed.people:
            return held.ref
        if exposed.file:
            raise Refusal(
                "redress.incident_people",
                "This file is an incident already, and that one is about other people.",
                next_step="List the incidents. Trace the file once more, and name no one by hand who is not in it.",
                authority="D34",
            )
    return ""


def commitment(held: Incident, state: str) -> bytes:
    """SHA-256(salt32 || JCS of what is known of it; of who it is about a hash, which the salt covers).

    Of *high_risk* also what the families are told.
    """
    ids = sorted(str(person) for person in held.affected.values_list("person", flat=True))
    known = held.known_at.astimezone(UTC).isoformat()
    who = hashlib.sha256(print_json(ids)).hexdigest()
    said: dict[str, Json] = {
        "handover": held.disclosure,
        "known_at": known,
        "people": who,
        "use": held.use,
        "what": held.what,
    }
    if held.file:
        said["file"] = held.file
    if state == HIGH_RISK and (told := HighRisk.objects.filter(pk=held.ref).first()) is not None:
        said["told"] = {"doing": told.doing, "items": told.items, "means": told.means}
    return hashlib.sha256(bytes(held.salt) + print_json(said)).digest()


def says(held: Incident, state: str) -> dict[str, object]:
    """Return what the log's entry says of one step of an incident."""
    return {
        "band": band(held.people),
        "commitment": commitment(held, state).hex(),
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
        whole = whole and (row.state != HIGH_RISK or HighRisk.objects.filter(pk=held.ref).exists())
        yield HeldStep(held.ref, row.outbox, row.at, row.by, says(held, row.state), whole)


def counted() -> int:
    """Return how many incidents there are."""
    return Incident.objects.count()
