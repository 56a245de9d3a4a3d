# SPDX-License-Identifier: Apache-2.0
"""Answers who an organisation or officer is, and who is flagged. Returns frozen values only."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from beholden.kinds import Actor, PersonId, Role
from beholden.people.models import Officer, Organisation, SafetyFlag
from beholden.people.shown import CHILDREN, show
from beholden.refusals import Refusal

REGULATOR = "regulator"
"""The kind of organisation that sees everything, and is told each time that something is sealed (D37)."""


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


def regulator() -> Body:
    """Return the regulator: the newest organisation of that kind, with both keys; without it nothing can be sealed."""
    found = Organisation.objects.filter(kind=REGULATOR).exclude(encryption_key="").exclude(check_key="")
    newest = found.order_by("-enrolled_at", "-ref").first()
    if newest is None:
        raise Refusal(
            "people.no_regulator",
            "No regulator is enrolled here with a key to lock to and a key to sign with.",
            next_step="Enrol it as an organisation of the kind regulator, with both keys.",
            authority="D22, D37",
        )
    return organisation(newest.ref)


def keys_since(ref: str) -> datetime:
    """Return when an organisation was enrolled, and so its keys: a new key makes a new organisation (D45)."""
    organisation(ref)
    return Organisation.objects.get(pk=ref).enrolled_at


def sharing_keys(ref: str) -> tuple[str, ...]:
    """Return every organisation that can open what is locked to this one, or sign in its place; itself included."""
    mine = organisation(ref)
    same = Q(pk=ref)
    if mine.encryption_key:
        same |= Q(encryption_key=mine.encryption_key)
    if mine.check_key:
        same |= Q(check_key=mine.check_key)
    return tuple(Organisation.objects.filter(same).order_by("ref").values_list("ref", flat=True))


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


def first_registrar() -> Actor | None:
    """Return the registrar with whom all appointing began, or None while nobody has been appointed."""
    found = Officer.objects.filter(appointed_by=F("ref")).first()
    return None if found is None else Actor(found.ref, Role(found.role), found.organisation_id)


def officers_among(refs: Collection[str]) -> frozenset[str]:
    """Return those among these opaque references under which an officer was appointed."""
    return frozenset(Officer.objects.filter(ref__in=refs).values_list("ref", flat=True))


def check_enrolled(by: Actor) -> None:
    """Refuse whoever is not enrolled as just this: this reference, in this role, for this organisation.

    One sentence for all of them: who holds which role is nothing that a stranger may find out by asking.
    """
    if not Officer.objects.filter(ref=by.ref, role=by.role.value, organisation_id=by.organisation).exists():
        raise Refusal(
            "people.not_enrolled",
            "Nobody is enrolled under this reference, in this role and for this organisation.",
            next_step="Ask the registrar to enrol the officer.",
            authority="UK GDPR Art 32(4)",
        )


def officers_of(organisation_ref: str, role: Role) -> tuple[str, ...]:
    """Return the references of everybody who was ever appointed to act for an organisation in one role."""
    held = Officer.objects.filter(organisation_id=organisation_ref, role=role.value)
    return tuple(held.order_by("ref").values_list("ref", flat=True))


def flagged(kind: str, *, at: datetime) -> tuple[PersonId, ...]:
    """Return everybody under one kind of flag at a moment."""
    flags = SafetyFlag.objects.filter(kind=kind, since__lte=at).filter(
        Q(until__isnull=True) | Q(until__gt=at)
    )
    return tuple(PersonId(person) for person in flags.values_list("person", flat=True).distinct())


def flagged_among(people: Collection[PersonId], *, at: datetime) -> frozenset[PersonId]:
    """Return those among these people who are under a flag of any kind at a moment. Which kind is not said."""
    flags = SafetyFlag.objects.filter(person__in=people, since__lte=at).filter(
        Q(until__isnull=True) | Q(until__gt=at)
    )
    return frozenset(PersonId(person) for person in flags.values_list("person", flat=True))


def severed_among(children: tuple[PersonId, ...], *, at: datetime) -> frozenset[PersonId]:
    """Return those among named children whose ties to their adults here are severed at a moment (D35)."""
    with transaction.atomic():
        show(CHILDREN, "{" + ",".join(map(str, children)) + "}")
        flags = SafetyFlag.objects.filter(kind="severed", person__in=children, since__lte=at).filter(
            Q(until__isnull=True) | Q(until__gt=at)
        )
        return frozenset(PersonId(person) for person in flags.values_list("person", flat=True))


# --- for fsck ---


def organisations() -> Iterator[Body]:
    """Yield every organisation."""
    for row in Organisation.objects.order_by("ref").iterator():
        yield Body(row.ref, row.name, row.kind, row.country, row.encryption_key, row.check_key)


def officer_roles() -> Iterator[tuple[str, str]]:
    """Yield every officer's opaque reference and the role as it is written down."""
    yield from Officer.objects.order_by("ref").values_list("ref", "role").iterator()


def everybody_flagged() -> Iterator[PersonId]:
    """Yield the person of every flag there ever was; somebody flagged twice comes twice."""
    for person in SafetyFlag.objects.order_by("pk").values_list("person", flat=True).iterator():
        yield PersonId(person)
