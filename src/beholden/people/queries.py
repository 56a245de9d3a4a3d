# SPDX-License-Identifier: Apache-2.0
"""Answers who an organisation or officer is, and who is flagged. Returns frozen values only."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from beholden.kinds import Actor, PersonId, Role
from beholden.people.models import Officer, Organisation, SafetyFlag
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation as the other rooms see it. `check_key` is 32 bytes in hex, or empty."""

    ref: str
    name: str
    kind: str
    country: str
    encryption_key: str
    check_key: str


def organisation(ref: str) -> Body:
    """Return one organisation, or refuse: an unknown body can ask for nothing and receive nothing."""
    found = Organisation.objects.filter(ref=ref).first()
    if found is None:
        raise Refusal(
            "people.organisation_unknown",
            "This organisation is not enrolled here.",
            next_step="Enrol it first, with its name, kind and country.",
            authority="UK GDPR Art 30(1)(d)",
        )
    return Body(found.ref, found.name, found.kind, found.country, found.encryption_key, found.check_key)


def actor(ref: str) -> Actor:
    """Return an enrolled officer as the actor that actions ask for."""
    found = Officer.objects.filter(ref=ref).first()
    if found is None:
        raise Refusal(
            "people.officer_unknown",
            "Nobody is enrolled under this reference.",
            next_step="Ask the registrar to enrol the officer.",
            authority="UK GDPR Art 32(4)",
        )
    return Actor(found.ref, Role(found.role), found.organisation_id)


def flagged(kind: str, *, at: datetime) -> tuple[PersonId, ...]:
    """Return everybody under one kind of flag at a moment."""
    flags = SafetyFlag.objects.filter(kind=kind, since__lte=at).filter(
        Q(until__isnull=True) | Q(until__gt=at)
    )
    return tuple(PersonId(person) for person in flags.values_list("person", flat=True).distinct())
