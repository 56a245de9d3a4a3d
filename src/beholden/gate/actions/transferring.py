# SPDX-License-Identifier: Apache-2.0
"""Sends the record of a child who moved to its new school, locked to that school's key: the exit *transfer* (D18, D35).

What goes is of every child the same, and never where it lives: so neither what goes nor a refusal shows that a child is
kept safe. What families chose is not looked at, because the law makes this go; they read of it at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.opening import Opened, Value, open_record
from beholden.gate.actions.safety import restricted
from beholden.gate.actions.singles import write_down
from beholden.gate.catalogues import check_in_force
from beholden.gate.locks import lock
from beholden.gate.looks import times_of
from beholden.gate.moves import EXIT, Standing, check_fetch, check_open, has_moved, no_move
from beholden.gate.rules import check_role
from beholden.kinds import Actor, Role
from beholden.ledger.canonical import Json, print_json
from beholden.people.queries import check_enrolled, officers_of, organisation
from beholden.people.rules import GOES_TO_A_SCHOOL
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.queries import schools_with
from beholden.register.rows import read


@dataclass(frozen=True, slots=True)
class Sent:
    """One file that only the school can open, and its place in the journal."""

    line: int
    ciphertext: bytes


def transfer(number: str, born: date, *, catalogue: Catalogue, by: Actor, at: datetime) -> Sent:
    """Return the locked record of a child who moved to the school that asks.

    The plan: 1 a school's officer, appointed for just this, of a school with a key; 2 the rules are those in force, and
    let records move; 3 number and birth date name one child, who by the returns in force is on this school's roll and
    has left another; all who fail here get one sentence; 4 once for a move, or again while its time runs; 5 it stands
    in the journal, on the disk; 6 only then is anything opened: what still is kept, and not where the child lives; 7 it
    is locked to the school's key before it leaves this function. Refuses with `gate.role`, `people.not_enrolled`,
    `gate.school_key`, `gate.not_in_force`, `gate.transfer_closed`, `gate.no_transfer`, `gate.transfer_over`,
    `gate.journal_damaged`.
    """
    check_role(by, Role.SCHOOL)  # 1
    check_enrolled(by)
    key = organisation(by.organisation).encryption_key
    if not key:
        raise _no_key()
    check_in_force(catalogue)  # 2
    check_open(catalogue, on=at.date())
    found = register.with_number_and_birth(number, born, by=by, at=at)  # 3
    rolls = read.rolls_of(found[0]) if len(found) == 1 else ()
    standings = _standings(rolls, catalogue)
    if not has_moved(standings, by.organisation, heard=_heard(rolls, by.organisation, catalogue)):
        raise no_move()
    person = found[0]
    fetched = times_of(EXIT, person, officers_of(by.organisation, Role.SCHOOL))
    check_fetch(standings, by.organisation, fetched, days=catalogue.limits.transfer_days, at=at)  # 4
    line = write_down(EXIT, "record", person, reader=by.ref, by=by, at=at)  # 5
    opened = open_record(person, GOES_TO_A_SCHOOL, born=born, catalogue=catalogue, by=by, at=at)  # 6
    is_restricted = person in restricted(by=by, at=at)
    return Sent(line.seq, lock(_printed(opened, number, restricted=is_restricted, at=at), to=key))  # 7


def _standings(rolls: Sequence[read.Roll], catalogue: Catalogue) -> tuple[Standing, ...]:
    return tuple(Standing(one.school, _day(one, catalogue), one.on_roll) for one in rolls)


def _day(roll: read.Roll, catalogue: Catalogue) -> date:
    return catalogue.collection(roll.collection, roll.term, roll.year).reference_date


def _heard(rolls: Sequence[read.Roll], school: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the schools that sent the newest census in which this school has the child on its roll."""
    mine = [one for one in rolls if one.school == school and one.on_roll]
    if not mine:
        return frozenset()
    newest = max(mine, key=lambda one: _day(one, catalogue))
    return schools_with(newest.collection, newest.term, newest.year)


def _printed(opened: Opened, number: str, *, restricted: bool, at: datetime) -> bytes:
    """Return what the school opens, as canonical JSON (RFC 8785). The mark of a restricted record travels with it."""
    told: list[Json] = [
        {
            "census": f"{one.collection}/{one.term}/{one.year}",
            "facts": {fact.item: _json(fact.value) for fact in one.facts},
            "on_roll": one.on_roll,
            "received_on": one.received_on.isoformat(),
        }
        for one in opened.told
    ]
    return print_json(
        {
            "about": "The record of a pupil who moved to your school. Where the child lives is in no such file.",
            "child": {fact.item: _json(fact.value) for fact in opened.known},
            "made_at": at.replace(microsecond=0).isoformat(),
            "number": number,
            "restricted": restricted,
            "told": told,
        }
    )


def _json(value: Value) -> Json:
    match value:
        case tuple():
            return dict(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _no_key() -> Refusal:
    return Refusal(
        "gate.school_key",
        "Your school has no key here, so nothing can be locked to it.",
        next_step="Ask the registrar to enrol the school with the line that age-keygen prints as its public key.",
        authority="UK GDPR Art 32(1)(a)",
    )
