# SPDX-License-Identifier: Apache-2.0
"""Answers who an organisation or officer is, who is flagged, and who has power about a child. Frozen values only.

Lines of power that do not hold together answer nothing: they are refused. The doors see those of such children alone
whom a letter that they opened names (`shown`).
"""

import hmac
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q

from beholden.catalogue import PowerSays, Store
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.people import seals
from beholden.people.adults import adult_digest, body_digest, own_digest
from beholden.people.models import Officer, Organisation, PowerLine, SafetyFlag
from beholden.people.power import Line, Power, Reader, able_since, keeps_from_somebody, power_of
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


def check_body(ref: str, *, kinds: Collection[str]) -> Body:
    """Return one organisation that may stand for a child, or refuse: unknown, or of no kind that may.

    The one place that says so. Which kinds may, the catalogue says of the evidence.
    """
    found = organisation(ref)
    if found.kind.strip().lower() not in kinds:
        raise Refusal(
            "people.body_kind",
            "No organisation of this kind may hold responsibility for a child.",
            next_step="Look at the catalogue page, under *Who decides*, and name the organisation in the order.",
            authority="D15, D35",
        )
    return found


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


def may_hold(role: Role, organisation_ref: str) -> bool:
    """Say whether a role may be held in a body: a registrar's in the keeper's alone, whose first one appointed all."""
    first = first_registrar()
    return role is not Role.REGISTRAR or first is None or first.organisation == organisation_ref


def officers_among(refs: Collection[str]) -> frozenset[str]:
    """Return those among these opaque references under which an officer was appointed."""
    return frozenset(Officer.objects.filter(ref__in=refs).values_list("ref", flat=True))


def check_enrolled(by: Actor) -> None:
    """Refuse whoever is not enrolled as just this: this reference, in this role, for this organisation.

    A registrar acts for the keeper's own body and no other. One sentence for all of them: who holds which role is
    nothing that a stranger may find out by asking.
    """
    held = Officer.objects.filter(ref=by.ref, role=by.role.value, organisation_id=by.organisation)
    if not held.exists() or not may_hold(by.role, by.organisation):
        raise Refusal(
            "people.not_enrolled",
            "Nobody is enrolled under this reference, in this role and for this organisation.",
            next_step="Ask the registrar to enrol the officer.",
            authority="UK GDPR Art 32(4)",
        )


def bodies_of(refs: Collection[str]) -> frozenset[str]:
    """Return the organisations for which the officers under these references act."""
    return frozenset(Officer.objects.filter(ref__in=refs).values_list("organisation_id", flat=True))


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


def kept_safe(*, at: datetime) -> frozenset[PersonId]:
    """Return everybody who is hidden, or severed from their adults, for their safety at a moment (D35)."""
    return frozenset((*flagged("hidden", at=at), *flagged("severed", at=at)))


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


# --- who may see, decide and be contacted ---


Pair = tuple[PersonId, str]
"""A person, and an opaque adult who wants to see or decide about her."""


@dataclass(frozen=True, slots=True)
class Written:
    """One line of power, as it was written."""

    number: int
    line: Line
    at: datetime
    by: str
    seal: bytes


def herself(person: PersonId) -> str:
    """Return the digest under which a child herself is known: a judgement that she is able is written about it."""
    return own_digest(load(here(), "letters"), person)


def holder(school: str, handle: str, body: str) -> str:
    """Return the digest of an adult by one school's handle, or of a body that no school writes to; refuse neither."""
    key = load(here(), "letters")
    if school and handle:
        return adult_digest(key, school, handle)
    if body:
        return body_digest(key, body)
    raise Refusal(
        "people.nobody_named",
        "Nobody is named whom this line is about.",
        next_step="Give the school and its handle for the adult, or the organisation.",
        authority="D14",
    )


def written(person: PersonId) -> tuple[Written, ...]:
    """Return everything that is written about one child, in its order."""
    return _written((person,)).get(person, ())


def lines_among(people: Collection[PersonId]) -> Mapping[PersonId, tuple[Line, ...]]:
    """Return the lines of those among these people about whom anything is written."""
    return {person: tuple(one.line for one in rows) for person, rows in _written(people).items()}


def kept_from_somebody(people: Collection[PersonId], group: Store, *, at: datetime) -> frozenset[PersonId]:
    """Return those among these people of whom an order keeps one group of fields from some adult at a moment (D35)."""
    lines = lines_among(people)
    return frozenset(person for person, its in lines.items() if keeps_from_somebody(its, group, at))


def powers(
    pairs: Collection[Pair],
    *,
    of_age: Collection[PersonId] = (),
    hers: frozenset[str] = frozenset(),
    at: datetime,
) -> Mapping[Pair, Power]:
    """Return what each opaque adult may do about the person named with it.

    `of_age`: those for whom no guardian decides; `hers`: what is an able child's alone (`Catalogue.hers_alone`).
    """
    key = load(here(), "letters")
    lines = lines_among({person for person, _ in pairs})
    return {
        (person, adult): power_of(
            Reader(adult, is_child=hmac.compare_digest(adult, own_digest(key, person))),
            lines.get(person, ()),
            of_age=person in of_age,
            hers=hers,
            at=at,
        )
        for person, adult in pairs
    }


def judged_able(among: Collection[PersonId], *, at: datetime) -> Mapping[PersonId, datetime]:
    """Return those among these people who stand as judged able to decide for themselves, for anything, and since when.

    Who is of age is not here: that follows from the birth date, which the vault has.
    """
    found = {person: able_since(lines, at) for person, lines in lines_among(among).items()}
    return {person: since for person, since in found.items() if since is not None}


def everybody_written_about() -> frozenset[PersonId]:
    """Return everybody about whom any line of power was ever written, so whose tag key was replaced."""
    return frozenset(map(PersonId, PowerLine.objects.values_list("person", flat=True).distinct().iterator()))


def _written(people: Collection[PersonId]) -> Mapping[PersonId, tuple[Written, ...]]:
    with transaction.atomic():
        show(CHILDREN, "{" + ",".join(map(str, people)) + "}")
        rows = PowerLine.objects.filter(person__in=list(people)).order_by("person", "number")
        found = dict(_by_child(rows.iterator(chunk_size=1_000)))
    key = load(here(), "letters")
    if not all(_holds(key, person, lines) for person, lines in found.items()):
        raise Refusal(
            "people.power_broken",
            "What is written about who may decide for a child does not hold together.",
            next_step="Run fsck, and restore the table. Until then nobody sees this record and nothing leaves.",
            authority="D35",
        )
    return found


def _by_child(rows: Iterator[PowerLine]) -> Iterator[tuple[PersonId, tuple[Written, ...]]]:
    for person, mine in groupby(rows, key=lambda row: row.person):
        yield PersonId(person), tuple(map(_as_written, mine))


def _as_written(row: PowerLine) -> Written:
    line = Line(
        adult=row.adult,
        says=PowerSays(row.says),
        evidence=row.evidence,
        since=row.since,
        until=row.until,
        body=row.body,
        takes=tuple(row.takes),
        about=tuple(row.about),
    )
    return Written(row.number, line, row.at, row.by, bytes(row.seal))


def _holds(key: bytes, person: PersonId, rows: tuple[Written, ...]) -> bool:
    before = b""
    for number, one in enumerate(rows, start=1):
        seal = seals.of_line(key, before, person, number, one.line, at=one.at, by=one.by)
        if one.number != number or not hmac.compare_digest(seal, one.seal):
            return False
        before = one.seal
    return True


# --- for fsck ---


def organisations() -> Iterator[Body]:
    """Yield every organisation."""
    for row in Organisation.objects.order_by("ref").iterator():
        yield Body(row.ref, row.name, row.kind, row.country, row.encryption_key, row.check_key)


def officer_roles() -> Iterator[tuple[str, str]]:
    """Yield every officer's opaque reference and the role as it is written down."""
    yield from Officer.objects.order_by("ref").values_list("ref", "role").iterator()


def everybody_flagged() -> Iterator[PersonId]:
    """Yield the person of every flag there ever was, and whom it was carried from; who is named twice comes twice."""
    for pair in SafetyFlag.objects.order_by("pk").values_list("person", "carried_from").iterator():
        yield from (PersonId(one) for one in pair if one is not None)


@dataclass(frozen=True, slots=True)
class HeldLines:
    """The lines of power of one child: how many, the bodies they name, and whether they hold together."""

    person: PersonId
    count: int
    evidence: frozenset[str]
    bodies: frozenset[str]
    is_sound: bool


def held_lines() -> Iterator[HeldLines]:
    """Yield each child's lines, holding no more than one child's at a time."""
    key = load(here(), "letters")
    rows = PowerLine.objects.order_by("person", "number").iterator(chunk_size=1_000)
    for person, lines in _by_child(rows):
        yield HeldLines(
            person,
            len(lines),
            frozenset(one.line.evidence for one in lines),
            frozenset(one.line.body for one in lines if one.line.body),
            _holds(key, person, lines),
        )
