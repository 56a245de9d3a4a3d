# SPDX-License-Identifier: Apache-2.0
"""Enrols bodies and officers, gives keys, writes lines of power, raises safety flags. This room's only writer."""

import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from beholden.catalogue import Catalogue
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.people import seals
from beholden.people.access import KEY_SIGNS, digest, key_from, not_let_in, typed_key
from beholden.people.adults import own_digest
from beholden.people.models import FLAGS, SEVERED, AccessKey, Officer, Organisation, PowerLine, SafetyFlag
from beholden.people.power import ORDERS, Line, check_line
from beholden.people.queries import (
    Body,
    actor,
    check_body,
    check_enrolled,
    may_hold,
    organisation,
    written,
)
from beholden.people.rules import check_encryption_key, check_ref, check_signing_key, typed_ref
from beholden.people.signs import SIGNS, in_fours
from beholden.people.tries import Tries, after_a_miss
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
    """Give an opaque officer a role in an organisation that is enrolled, and return the actor.

    Whoever asks for records, receives them or judges a request decides about none: registrars are the keeper's own.
    """
    _only_the_registrar(by)
    organisation(organisation_ref)
    if not may_hold(role, organisation_ref):
        raise Refusal(
            "people.registrar_elsewhere",
            "Registrars act for the body that keeps the register, and for no other.",
            next_step="Appoint them in that body, or in another role.",
            authority="D18; UK GDPR Art 32(4)",
        )
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
def give_key(ref: str, *, by: Actor, at: datetime) -> str:
    """Draw an access key for an officer and return it, in fours: the only time that it can be read.

    A key that the officer had ends with it, and so does whoever is signed in with that one, at the next press.
    """
    _only_the_registrar(by)
    officer = actor(ref)
    _end_keys(officer, by=by, at=at)
    key = key_from(secrets.randbelow(len(SIGNS)) for _ in range(KEY_SIGNS - 1))
    AccessKey.objects.create(
        officer_id=officer.ref, digest=digest(load(here(), "lookup"), ref, key), given_at=at, given_by=by.ref
    )
    return in_fours(key)


@transaction.atomic
def end_key(ref: str, *, by: Actor, at: datetime) -> None:
    """End an officer's key at once: nobody gets in with it, and whoever is in is out at the next press."""
    _only_the_registrar(by)
    if not _end_keys(actor(ref), by=by, at=at):
        raise Refusal(
            "people.no_key",
            "This officer has no key, or it was ended before.",
            next_step="Nothing is left to do: nobody gets in under this reference.",
            authority="UK GDPR Art 32(4)",
        )


def let_in(ref: str, key: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> Actor:
    """Return the officer whose reference and key were shown, or refuse.

    The plan: 1 a slip in the key is told apart by its check sign, and is no try; 2 an unknown reference, a wrong key,
    an ended one and one that is shut get one answer; 3 a key that is shut stays shut whatever is typed; 4 a wrong key
    is counted, also across the refusal, and never forgotten while this key stands; 5 nothing is used up; 6 who was a
    registrar of another body, before that was refused, is not let in.
    `by` is whoever knocks, before it is known who they are. Refuses with `people.key_mistyped`, `people.not_let_in`.
    """
    signs, shown = typed_key(key), typed_ref(ref)
    made = digest(load(here(), "lookup"), shown, signs)
    with transaction.atomic():
        held = AccessKey.objects.select_for_update().filter(officer_id=shown, ended_at__isnull=True).first()
        fits = held is not None and _tried(held, made, catalogue, at=at)
    officer = actor(held.officer_id) if held is not None and fits else None
    if officer is None or not may_hold(officer.role, officer.organisation):
        raise not_let_in(most=catalogue.limits.letter_tries, minutes=catalogue.limits.letter_wait_minutes)
    return officer


def _tried(held: AccessKey, made: str, catalogue: Catalogue, *, at: datetime) -> bool:
    """Say whether what was shown is this key; if it is another, count the try."""
    limits, tries = catalogue.limits, Tries(held.tries, held.locked_until)
    if tries.shut(most=limits.letter_tries, at=at):
        return False
    if hmac.compare_digest(held.digest, made):
        return True
    wait = timedelta(minutes=limits.letter_wait_minutes)
    missed = after_a_miss(tries, most=limits.letter_tries, wait=wait, at=at)
    held.tries, held.locked_until = missed.count, missed.locked_until
    held.save(update_fields=["tries", "locked_until"])
    return False


def _end_keys(officer: Actor, *, by: Actor, at: datetime) -> int:
    standing = AccessKey.objects.filter(officer_id=officer.ref, ended_at__isnull=True)
    return standing.update(ended_at=at, ended_by=by.ref)


@transaction.atomic
def flag(person: PersonId, kind: str, *, by: Actor, at: datetime, until: datetime | None = None) -> None:
    """Raise a flag: a part of the gate's `raise_flag`, which asks for every record of the child.

    Whatever is decided, written or opened from now on leaves the person out as the exit's row says. What left before is
    asked back with the next day's message (`redress`), and the recipient is not told why.
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


@transaction.atomic
def carry_severance(child: Collection[PersonId], *, by: Actor, at: datetime) -> None:
    """Let what severs one record of a child sever each other one too, to the same end: the doors know one alone (D35).

    Written again, it is written once. Of the other kinds of flag the gate asks about every record itself.
    """
    _only_the_registrar(by)
    standing = SafetyFlag.objects.filter(kind=SEVERED, person__in=child).exclude(until__lte=at)
    carried = set(standing.exclude(carried_from=None).values_list("person", "carried_from", "until"))
    SafetyFlag.objects.bulk_create(
        SafetyFlag(person=one, kind=SEVERED, since=at, until=row.until, by=by.ref, carried_from=row.person)
        for row in standing.filter(carried_from=None).order_by("pk")
        for one in sorted(child)
        if one != row.person and (one, row.person, row.until) not in carried
    )


@transaction.atomic
def end_carried(person: PersonId, child: Collection[PersonId], *, by: Actor, at: datetime) -> None:
    """End what severs a record for the sake of one that is of the same child no more; its own stays."""
    _only_the_registrar(by)
    rows = SafetyFlag.objects.select_for_update().filter(kind=SEVERED, person=person).exclude(until__lte=at)
    for row in rows.exclude(carried_from=None).exclude(carried_from__in=child):
        row.until = max(at, row.since + timedelta(microseconds=1))
        row.save(update_fields=["until"])


@transaction.atomic
def write_line(person: PersonId, line: Line, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Write one line of power about one child, after all that are there, and return its number.

    A part of the gate's `change_power` alone, which gives the child a fresh proof id in the same transaction.

    The plan: 1 only the registrar; 2 the line can be acted upon (`power.check_line`), and a body that it names is
    enrolled and of a kind that may hold power; 3 what is there holds together, and what gives something is not of an
    earlier moment than anything there; what only takes is written all the same, for a clock that once ran ahead must
    not keep an order out; 4 it is sealed to the line before.
    """
    _only_the_registrar(by)  # 1
    key = load(here(), "letters")
    check_line(line, catalogue=catalogue, child=own_digest(key, person))  # 2
    if line.body:
        check_body(line.body, kinds=_may_hold(line, catalogue))
    before = written(person)  # 3
    if line.says not in ORDERS and any(at < one.at for one in before):
        raise _out_of_order()
    number, last = len(before) + 1, before[-1].seal if before else b""
    seal = seals.of_line(key, last, person, number, line, at=at, by=by.ref)  # 4
    try:
        with transaction.atomic():
            PowerLine.objects.create(
                person=person,
                number=number,
                adult=line.adult,
                body=line.body,
                says=line.says.value,
                evidence=line.evidence,
                since=line.since,
                until=line.until,
                takes=list(line.takes),
                about=list(line.about),
                at=at,
                by=by.ref,
                seal=seal,
            )
    except IntegrityError as trouble:
        raise _out_of_order() from trouble
    return number


def _may_hold(line: Line, catalogue: Catalogue) -> frozenset[str]:
    """Return the kinds of body that a line may name: those of its evidence, else all that may hold power at all."""
    mine = catalogue.evidence[line.evidence].bodies
    every = (kind for one in catalogue.evidence.values() for kind in one.bodies)
    return frozenset(mine or every)


def _out_of_order() -> Refusal:
    return Refusal(
        "people.power_order",
        "Somebody wrote about this child at the same moment, or a line of a later moment stands there.",
        next_step="List what is written, look at the clock of this machine, and write then.",
        authority="D35",
    )


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
