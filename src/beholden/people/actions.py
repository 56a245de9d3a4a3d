# SPDX-License-Identifier: Apache-2.0
"""Enrols organisations and officers, and raises safety flags. The only writer of this room."""

from datetime import datetime

from django.db import IntegrityError, transaction

from beholden.kinds import Actor, PersonId, Role
from beholden.people.models import FLAGS, Officer, Organisation, SafetyFlag
from beholden.people.queries import Body, check_enrolled, organisation
from beholden.people.rules import check_encryption_key, check_ref, check_signing_key
from beholden.refusals import Refusal


def _only_the_registrar(by: Actor) -> None:
    if by.role is not Role.REGISTRAR:
        raise Refusal(
            "people.not_registrar",
            "Only the registrar may do this.",
            next_step="Ask the registrar.",
            authority="UK GDPR Art 32(4)",
        )
    check_enrolled(by)


@transaction.atomic
def enrol(body: Body, *, by: Actor, at: datetime) -> None:
    """Write down an organisation. A change of name, keys or kind is a new one (D45), so nothing is replaced."""
    _only_the_registrar(by)
    _enrol(body, by=by, at=at)


@transaction.atomic
def appoint_first(ref: str, keeper: Body, *, by: Actor, at: datetime) -> Actor:
    """Appoint the first registrar, who appoints all others, with the organisation that keeps the register.

    Refused once anybody has been appointed. The first registrar is the only officer who stands as appointed by itself,
    and the database holds that there is but one (`people_one_first_registrar`).
    """
    if Officer.objects.exists():
        raise _not_first()
    if not Organisation.objects.filter(ref=keeper.ref).exists():
        _enrol(keeper, by=by, at=at)
    try:
        return _appoint(Actor(ref, Role.REGISTRAR, keeper.ref), by=ref, at=at)
    except IntegrityError as trouble:
        raise _not_first() from trouble


@transaction.atomic
def appoint(ref: str, role: Role, organisation_ref: str, *, by: Actor, at: datetime) -> Actor:
    """Give an opaque officer a role in an organisation that is enrolled, and return the actor."""
    _only_the_registrar(by)
    organisation(organisation_ref)
    try:
        return _appoint(Actor(ref, role, organisation_ref), by=by.ref, at=at)
    except IntegrityError as trouble:
        raise Refusal(
            "people.officer_exists",
            "Somebody stands under this reference already.",
            next_step="Give each officer a reference of their own, and one for each role.",
            authority="UK GDPR Art 32(4)",
        ) from trouble


@transaction.atomic
def flag(person: PersonId, kind: str, *, by: Actor, at: datetime, until: datetime | None = None) -> None:
    """Raise a flag. Whatever is decided, written or opened from now on leaves the person out as the exit's row says.

    What has left before stays where it went: that is for the recipient to wipe, not for a flag.
    """
    _only_the_registrar(by)
    if kind not in FLAGS or (until is not None and until <= at):
        raise Refusal(
            "people.flag",
            "A flag is of a kind that the register knows, and ends after it begins.",
            next_step=f"Choose one of: {', '.join(FLAGS)}; and a later end, or none.",
            authority="D35; UK GDPR Art 18",
        )
    SafetyFlag.objects.create(person=person, kind=kind, since=at, until=until, by=by.ref)


def _enrol(body: Body, *, by: Actor, at: datetime) -> None:
    check_ref(body.ref)
    check_encryption_key(body.encryption_key)
    check_signing_key(body.check_key)
    try:
        with transaction.atomic():
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
    except IntegrityError as trouble:
        raise Refusal(
            "people.organisation_exists",
            "An organisation stands under this reference already.",
            next_step="A sold, merged or renamed body is a new one: give it a reference of its own.",
            authority="D45",
        ) from trouble


def _appoint(officer: Actor, *, by: str, at: datetime) -> Actor:
    check_ref(officer.ref)
    with transaction.atomic():
        Officer.objects.create(
            ref=officer.ref,
            role=officer.role.value,
            organisation_id=officer.organisation,
            appointed_at=at,
            appointed_by=by,
        )
    return officer


def _not_first() -> Refusal:
    return Refusal(
        "people.not_first",
        "This register has an officer, so the first one cannot be appointed again.",
        next_step="Ask the registrar to appoint you.",
        authority="UK GDPR Art 32(4)",
    )
