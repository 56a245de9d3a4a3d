# SPDX-License-Identifier: Apache-2.0
"""Lets an officer of the register look at one record, for a reason of a closed list; its family reads of it (D27).

The reason is asked first, and who looks is shown what the family will read before any record is found. Whoever knows
the family is refused, and stays refused for that record whatever they say later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from beholden.catalogue import Catalogue, Store
from beholden.contests.queries import one_waiting
from beholden.contests.rules import check_reviewer
from beholden.gate import looks
from beholden.gate.actions.opening import Fact, Told, open_record
from beholden.gate.actions.safety import is_marked, kept_safe
from beholden.gate.actions.singles import one_child, write_down_all
from beholden.gate.answered import made_by
from beholden.gate.catalogues import check_in_force
from beholden.gate.journal import Line
from beholden.gate.lookups import (
    CONTESTED,
    EXIT,
    TWO_RECORDS,
    Hold,
    LookUp,
    check_cap,
    check_exit,
    check_hold,
    check_reason,
    is_shown,
    shown_at,
)
from beholden.gate.models import LookConflict, LookHold
from beholden.gate.rules import check_role
from beholden.kinds import Actor, PersonId, Role
from beholden.people.queries import check_enrolled
from beholden.people.rules import may_look
from beholden.refusals import Refusal
from beholden.register import actions as register


@dataclass(frozen=True, slots=True)
class Sought:
    """The one child who is sought, as it was named to the officer; and if the officer knows child or family."""

    number: str = field(repr=False)
    born: date = field(repr=False)
    is_known: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What an officer sees of one record: `line` is its place in the journal, `shown_on` when the family reads of it.

    `not_shown`: items of the groups asked for that were kept shut. `flagged`: it is contested, or under a flag.
    """

    line: int
    shown_on: date
    known: tuple[Fact, ...] = field(repr=False)
    told: tuple[Told, ...]
    not_shown: tuple[str, ...]
    flagged: bool


def look(sought: Sought, asked: LookUp, *, catalogue: Catalogue, by: Actor, at: datetime) -> Seen:
    """Return of one record the groups that were asked for, to an officer of the register.

    The plan: 1 the officer is the registrar's, appointed for just this; 2 the rules are those in force, the reason is
    in the list and opens these groups, and the exit lets one child's record be seen; 3 number and birth date together
    name one child; 4 who knows the family is refused, which is written down and stays; 5 this officer has not passed
    the cap of a day, and the look stands in the journal, on the disk; 6 only then is anything opened: of a child who is
    kept safe nothing that tells where it lives or may be found, of anybody nothing that is past its day. Refuses with
    `gate.role`, `people.not_enrolled`, `gate.not_in_force`, `gate.look_reason`, `gate.look_groups`,
    `gate.no_such_child`, `gate.look_own`, `gate.look_cap`, `gate.journal_damaged`.
    """
    _check_may_look(asked, catalogue, by=by, at=at)  # 1, 2
    person = one_child(sought.number, sought.born, by=by, at=at)  # 3
    _check_conflict((person,), is_known=sought.is_known, by=by, at=at)  # 4
    (line,) = _written_down((person,), asked, catalogue, by=by, at=at)  # 5
    return _seen(person, asked, line, born=sought.born, catalogue=catalogue, by=by, at=at)  # 6


def look_at_both(
    question: int, groups: frozenset[Store], *, is_known: bool, catalogue: Catalogue, by: Actor, at: datetime
) -> tuple[Seen, Seen]:
    """Return of both records of a question that waits what was asked for, so that somebody can decide (D14, D32).

    The plan is that of `look`, for two: both looks stand in the journal before either record is opened, or, above the
    cap of a day, neither; each counts, and both families read of it. Refuses with `register.no_question` too.
    """
    asked = LookUp(TWO_RECORDS, groups)
    _check_may_look(asked, catalogue, by=by, at=at)
    both = register.pair(question, by=by, at=at)
    _check_conflict(both, is_known=is_known, by=by, at=at)
    lines = _written_down(both, asked, catalogue, by=by, at=at)
    one, other = (
        _seen(person, asked, line, born=_born(person, by=by, at=at), catalogue=catalogue, by=by, at=at)
        for person, line in zip(both, lines, strict=True)
    )
    return one, other


def look_at_match(
    contest: int, groups: frozenset[Store], *, is_known: bool, catalogue: Catalogue, by: Actor, at: datetime
) -> Seen:
    """Return of the record behind a contested match what was asked for, so that somebody can decide (D21).

    The plan is that of `look`, and whoever had a hand in the match looks as little as they decide. Refuses with
    `contests.no_contest` and `contests.own_match` too.
    """
    asked = LookUp(CONTESTED, groups)
    _check_may_look(asked, catalogue, by=by, at=at)
    held = one_waiting(contest)
    check_reviewer(by, made_by(held.use))
    _check_conflict((held.person,), is_known=is_known, by=by, at=at)
    (line,) = _written_down((held.person,), asked, catalogue, by=by, at=at)
    born = _born(held.person, by=by, at=at)
    return _seen(held.person, asked, line, born=born, catalogue=catalogue, by=by, at=at)


def _born(person: PersonId, *, by: Actor, at: datetime) -> date:
    return date.fromisoformat(
        str(register.known_of(person, frozenset({Store.BIRTH}), by=by, at=at)["birth_date"])
    )


def _check_may_look(asked: LookUp, catalogue: Catalogue, *, by: Actor, at: datetime) -> None:
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    check_in_force(catalogue)
    check_reason(asked, catalogue, on=at.date())
    check_exit(catalogue)


def _written_down(
    people: Sequence[PersonId], asked: LookUp, catalogue: Catalogue, *, by: Actor, at: datetime
) -> tuple[Line, ...]:
    most = catalogue.limits.looks_per_day
    return write_down_all(
        EXIT, asked.print(), people, reader=by.ref, by=by, at=at, cap=lambda done: check_cap(done, most=most)
    )


def _seen(
    person: PersonId,
    asked: LookUp,
    line: Line,
    *,
    born: date,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> Seen:
    is_hidden = person in kept_safe(by=by, at=at)
    stores = may_look(asked.groups, is_hidden=is_hidden)
    where = [item for item in catalogue.items.values() if is_hidden and item.tells_where]
    without = frozenset(item.id for item in where)
    found = open_record(person, stores, born=born, without=without, catalogue=catalogue, by=by, at=at)
    shut = without.union(found.not_shown)
    return Seen(
        line.seq,
        shown_at(at, days=catalogue.limits.look_shown_days).date(),
        found.known,
        found.told,
        tuple(item for item in sorted(shut) if catalogue.item(item).store in asked.groups),
        is_marked(person, by=by, at=at),
    )


def _check_conflict(people: Sequence[PersonId], *, is_known: bool, by: Actor, at: datetime) -> None:
    """Refuse whoever knows one of these children or its family, by what is said now or was said before.

    A yes is kept first, about each. What was said about one record of a child counts for all of them.
    """
    if is_known:
        for person in people:
            LookConflict.objects.get_or_create(officer=by.ref, person=person, defaults={"at": at})
    theirs = register.joined(by=by, at=at).spread(people)
    if LookConflict.objects.filter(officer=by.ref, person__in=theirs).exists():
        raise Refusal(
            "gate.look_own",
            "You have said that you know this child or the family, so you cannot look at this record.",
            next_step="Ask another officer. For your own child, go in by your own letter like every family.",
            authority="D27; UK GDPR Art 32(4)",
        )


@transaction.atomic
def hold_back(line: int, harm: str, *, until: date, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Write down that a family reads of one look later, because a second officer found a harm (D35).

    Until the day that is named, and not a day longer: then it is shown, or somebody has made the test again.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    held = looks.one_look(line)
    if held is None:
        raise Refusal(
            "gate.no_look",
            "No look at a record stands under this number.",
            next_step="Look at the numbers: beholden look waiting",
            authority="D27",
        )
    was_shown = is_shown(held.at, held.holds, limits=catalogue.limits, at=at)
    check_hold(Hold(harm, at, until), by=by.ref, looked_by=held.by, was_shown=was_shown, catalogue=catalogue)
    LookHold.objects.create(line_id=line, digest=held.digest, harm=harm, until=until, by=by.ref, at=at)
