# SPDX-License-Identifier: Apache-2.0
"""Tells families by relay: the school's own system carries the letters, and the keeper never learns a contact.

The school names its adults by opaque handles and the pupils each may decide for by the school's own pupil numbers; it
gets back one code for each handle. The keeper learns which children one adult decides for, and nothing of the adult.

A child who is hidden, restricted or severed is named in no letter, and the school must not learn that: its handle gets
a code like any other, and it is counted nowhere. What the pack counts, the school knows without us: numbers that are
not on the roll that it sent. What remains: a school holds its families' codes and knows birth dates, so it can open a
letter and look; it sees fewer names, or that only a person can help, which tries too many look like as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from beholden.catalogue import Catalogue, FamilySays, in_force
from beholden.choices import actions as choices
from beholden.gate.actions.empowering import by_every_record
from beholden.gate.actions.safety import flagged_among
from beholden.gate.actions.weighing import scope
from beholden.gate.asking import consent_asked
from beholden.gate.catalogues import check_in_force
from beholden.gate.rules import check_role
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.actions import sequence
from beholden.notices import actions as notices
from beholden.notices.queries import Telling, telling
from beholden.notices.rules import Delivered
from beholden.people.adults import adult_digest, own_digest
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.lent import Named
from beholden.uses import actions as uses
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules import State


@dataclass(frozen=True, slots=True)
class Handle:
    """One adult of a school, by the school's own opaque handle, and the pupil numbers this adult may decide for.

    `own`: it is the pupil herself, of the one number named. She gets a letter of her own if she was judged able to
    decide or is of age; else its code opens nothing, like every other that only a person can help with.
    """

    adult: str
    numbers: tuple[str, ...] = field(repr=False)
    own: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """What a school's system gets: the use, the last day to answer, and two codes for each handle with a child on roll.

    `codes` go into the letters. `second_codes` go to the phone or e-mail that the school holds for the same adult, or
    are given by hand in person, and never into the letter: whoever finds a letter must not have both (U1, D35).

    `not_on_roll` says how many of the numbers were not on the roll that the school sent for the use's census, or not in
    the school years asked for; not which. A handle with no other number has no code: its letter would open for nobody.
    """

    use: UseRef
    school: str
    answer_by: datetime
    codes: tuple[tuple[str, str], ...]
    second_codes: tuple[tuple[str, str], ...]
    not_on_roll: int


def begin(ref: UseRef, *, answer_by: datetime, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Begin to tell families about a published use, and fix the last moment to answer, to the second.

    That moment is at least the catalogue's days away, and is never asked for again: letters, log and window read it
    from here. A letter counts as told only if it is handed over that many days before it (D6). Where a yes is needed,
    what is asked is fixed with it, or nobody is told: a use that cannot be asked in one sentence gets no yes (D12).
    """
    check_role(by, Role.REGISTRAR)
    check_in_force(catalogue)
    use = _published(ref)
    days = catalogue.limits.objection_window_days
    if answer_by.tzinfo is None or answer_by.replace(microsecond=0) - at < timedelta(days=days):
        raise Refusal(
            "gate.window_short",
            f"Families have at least {days} days to answer, until a moment with its time zone.",
            next_step="Name a later moment: the last second of a day, by the clock on the families' wall.",
            authority="D6, D41; catalogue limit objection_window_days",
        )
    moment = answer_by.astimezone(UTC).replace(microsecond=0)
    with transaction.atomic():
        notices.open_run(ref, number=use.run, answer_by=moment, catalogue=catalogue, by=by, at=at)
        if catalogue.purpose(use.purpose).family_says is FamilySays.MUST_AGREE:
            choices.ask(ref, consent_asked(use, catalogue), catalogue=catalogue, by=by, at=at)


def relay(ref: UseRef, school: str, handles: tuple[Handle, ...], *, by: Actor, at: datetime) -> Pack:
    """Give one school's system its codes, for children on the roll that it sent itself for the use's census.

    The plan: 1 the school asks for itself, about a use that is being told; 2 only children on its own roll; 3 an adult
    who may not be contacted about a child gets a letter that does not name it, and so do guardians of a pupil of age
    who gets a letter of her own; 4 a child under a safety flag is named to nobody; 5 every handle gets its codes all
    the same, so that the school learns none of this.
    """
    _check_school(school, by)  # 1
    _check_own(handles)
    use, run = _published(ref), _begun(ref)
    wanted = tuple(dict.fromkeys(number for handle in handles for number in handle.numbers))
    asked_for = use.population
    found = register.children_for_letters(  # 2
        school,
        wanted,
        collection=asked_for.collection,
        term=asked_for.term,
        year=asked_for.year,
        school_years=asked_for.school_years,
        by=by,
        at=at,
    )
    adults = _adults(school, handles, found, by=by, at=at)  # 3, 4
    written = notices.write_letters(ref, school, adults, by=by, at=at)  # 5
    return Pack(
        ref,
        school,
        run.answer_by,
        tuple((one.handle, one.code) for one in written),
        tuple((one.handle, one.second) for one in written),
        len(wanted) - len(found),
    )


def _adults(
    school: str, handles: tuple[Handle, ...], found: Mapping[str, Named], *, by: Actor, at: datetime
) -> tuple[notices.Adult, ...]:
    """Return each adult with the children whom the letter may name, and the birth dates of those it must not."""
    key = load(here(), "letters")
    end = in_force(here()).guardians_end
    theirs = []
    for handle in handles:
        children = {found[number].person: found[number] for number in handle.numbers if number in found}
        if children:
            theirs.append((handle.adult, children, _known_as(key, school, handle, children)))
    pairs = {(person, known_as) for _, children, known_as in theirs for person in children}
    # Of age, she is told herself as soon as her school hands in a handle of her own; till then her guardians' letter is
    # all there is, and untold is worse: it shows them no record, and what they leave in counts no more.
    of_age = {
        one.person
        for _, children, known_as in theirs
        for one in children.values()
        if end.has_come_by(one.born, at.date()) and known_as == own_digest(key, one.person)
    }
    power = by_every_record(pairs, of_age=of_age, by=by, at=at)
    apart = flagged_among({one.person for one in found.values()}, by=by, at=at)
    named = {
        (person, adult) for person, adult in pairs if person not in apart and power[person, adult].contacted
    }
    return tuple(
        notices.Adult(
            handle,
            tuple(
                notices.NamedChild(one.person, one.forename, one.born)
                for one in children.values()
                if (one.person, known_as) in named
            ),
            tuple(one.born for one in children.values() if (one.person, known_as) not in named),
            known_as,
        )
        for handle, children, known_as in theirs
    )


def _known_as(key: bytes, school: str, handle: Handle, children: Mapping[PersonId, Named]) -> str:
    """Return the digest under which a letter's reader is known: a child who decides is one, whatever her school."""
    if handle.own and children:
        (person,) = children
        return own_digest(key, person)
    return adult_digest(key, school, handle.adult)


def _check_own(handles: tuple[Handle, ...]) -> None:
    if any(handle.own and len(handle.numbers) != 1 for handle in handles):
        raise Refusal(
            "gate.own_letter",
            "A pupil's own letter is about one pupil: herself.",
            next_step="Name one pupil number with each handle that is a pupil's own.",
            authority="D15",
        )


def carried(
    ref: UseRef, school: str, facts: tuple[tuple[str, Delivered], ...], *, by: Actor, at: datetime
) -> int:
    """Take a school's word on what became of its letters. Delivery facts only, never who opened or answered (D13)."""
    _check_school(school, by)
    return notices.report_delivery(ref, school, facts, by=by, at=at)


def told(ref: UseRef, *, by: Actor, at: datetime) -> tuple[int, int]:
    """End the telling: the figures go to the log, and the window stands open. Returns (told, audience).

    Nothing is handed in: the audience is everybody in the use's scope, counted here, and the last moment to answer is
    the one that the letters say.
    """
    check_role(by, Role.REGISTRAR)
    among = frozenset(PersonId(UUID(bytes=raw)) for raw in scope(_published(ref), by=by, at=at).to_pylist())
    with transaction.atomic():
        figures = notices.close_run(ref, among=among, by=by, at=at)
        uses.notified(ref, answer_by=_begun(ref).answer_by, by=by, at=at)
    sequence(at=at)
    return figures


def _published(ref: UseRef) -> AskedUse:
    """Return a use that stands in the public register and about which nobody has been told yet, or refuse."""
    use = asked(ref)
    if use.state is not State.PUBLISHED:
        raise Refusal(
            "gate.not_published",
            "Families are told about a use while it stands in the public register, before its window opens.",
            next_step="Publish the use first. If it was told, taken back or stopped, nobody is told again.",
            authority="D6, D7, D26",
        )
    return use


def _begun(ref: UseRef) -> Telling:
    run = telling(ref)
    if run is None or run.number != asked(ref).run:
        raise Refusal(
            "notices.no_run",
            "Nobody is being told about this use yet.",
            next_step="Let the registrar begin to tell families.",
            authority="D6",
        )
    return run


def _check_school(school: str, by: Actor) -> None:
    if by.role is not Role.SCHOOL or by.organisation != school:
        raise Refusal(
            "gate.not_this_school",
            "Only a school's own system may fetch its letters and report on them.",
            next_step="Sign in for that school.",
            authority="UK GDPR Art 5(1)(f)",
        )
