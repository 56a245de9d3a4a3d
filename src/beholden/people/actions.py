# SPDX-License-Identifier: Apache-2.0
"""Enrols organisations and officers, and raises safety flags. The only writer of this room."""

from datetime import datetime

from django.db import transaction

from beholden.kinds import Actor, PersonId, Role
from beholden.people.models import Officer, Organisation, SafetyFlag
from beholden.people.queries import Body
from beholden.refusals import Refusal


def _only_the_registrar(by: Actor) -> None:
    if by.role is not Role.REGISTRAR:
        raise Refusal(
            "people.not_registrar",
            "Only the registrar may do this.",
            next_step="Ask the registrar.",
            authority="UK GDPR Art 32(4)",
        )


@transaction.atomic
def enrol(body: Body, *, by: Actor, at: datetime) -> None:
    """Write down an organisation. A change of name, keys or kind is a new one (D45), so nothing is replaced."""
    _only_the_registrar(by)
    if Organisation.objects.filter(ref=body.ref).exists():
        raise Refusal(
            "people.organisation_exists",
            "An organisation stands under this reference already.",
            next_step="A sold, merged or renamed body is a new one: give it a reference of its own.",
            authority="D45",
        )
    Organisation.objects.create(
        ref=body.ref,
        name=body.name,
        kind=body.kind,
        country=body.country,
        encryption_key=body.encryption_key,
        check_key=body.check_key,
        enrolled_at=at,
        enrolled_by=by.ref,
    )


@transaction.atomic
def appoint(ref: str, role: Role, organisation: str, *, by: Actor, at: datetime) -> Actor:
    """Give an opaque officer a role in an organisation, and return the actor."""
    _only_the_registrar(by)
    Officer.objects.create(
        ref=ref, role=role.value, organisation_id=organisation, appointed_at=at, appointed_by=by.ref
    )
    return Actor(ref, role, organisation)


@transaction.atomic
def flag(person: PersonId, kind: str, *, by: Actor, at: datetime, until: datetime | None = None) -> None:
    """Raise a flag that takes a person out of everything the exit's row names, at once."""
    _only_the_registrar(by)
    SafetyFlag.objects.create(person=person, kind=kind, since=at, until=until, by=by.ref)
