# SPDX-License-Identifier: Apache-2.0
"""Writes down a change of power about one child, and ends with the same stroke what old files can look into.

Whoever had the child's proof file knows its tag keys. From a change of power on the child has a fresh proof id:
nothing more leaves under the key that a file may know, and the next registry snapshot has a new one. Old files still
verify, and what happened before can still be proved. No public log tells of a change: it is about one child.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import reduce

from django.db import transaction

from beholden.catalogue import Catalogue, PowerSays
from beholden.gate.actions.safety import severed
from beholden.gate.actions.singles import one_child
from beholden.gate.rules import check_role
from beholden.kinds import Actor, PersonId, Role
from beholden.people.actions import write_line
from beholden.people.power import NOTHING, Line, Power, was_judged
from beholden.people.queries import Pair, check_enrolled, herself, lines_among, powers
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.joined import Joined


def find(number: str, born: date, *, by: Actor, at: datetime) -> PersonId:
    """Return who stands under a pupil number and a birth date together, for the registrar; refuse nobody and two."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return one_child(number, born, by=by, at=at)


@transaction.atomic
def change_power(person: PersonId, line: Line, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Write one line of power about one child, and return its number.

    The plan: 1 only the registrar, who has seen the paper; 2 nobody is judged able who is younger than the catalogue
    lets; 3 the line, sealed to the one before; 4 a fresh proof id. Steps 3 and 4 are one transaction: killed between,
    neither happened. Refuses with `people.power_line`, `people.power_order`, `people.power_broken`, `gate.too_young`.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    if line.says is PowerSays.ABLE:
        _check_age(person, catalogue, by=by, at=at)  # 2
    number = write_line(person, line, catalogue=catalogue, by=by, at=at)  # 3
    register.renew_proof(person, by=by, at=at)  # 4
    return number


def _check_age(person: PersonId, catalogue: Catalogue, *, by: Actor, at: datetime) -> None:
    rule = catalogue.able
    if rule is None or not register.of_age([person], age=rule.from_age, on=at.date(), by=by, at=at):
        raise Refusal(
            "gate.too_young",
            "Nobody so young is recorded as able to decide alone.",
            next_step="The child is heard all the same: with her guardians, and where she refuses, with her own no.",
            authority="D14, D15; the catalogue's rule of who is able",
        )


def powers_about(
    pairs: Collection[Pair], *, catalogue: Catalogue, by: Actor, at: datetime
) -> Mapping[Pair, Power]:
    """Return what each adult may do about the person named with it, age included: only the vault knows it.

    Nothing, about a child whose ties are severed under any of its records (D35); else what every record gives.
    """
    people = register.joined(by=by, at=at).spread(person for person, _ in pairs)
    of_age = register.of_age(people, age=catalogue.guardians_end.age, on=at.date(), by=by, at=at)
    given = by_every_record(pairs, of_age=of_age, hers=catalogue.hers_alone, by=by, at=at)
    apart = severed(by=by, at=at)
    return {pair: NOTHING if pair[0] in apart else power for pair, power in given.items()}


def by_every_record(
    pairs: Collection[Pair],
    *,
    of_age: Collection[PersonId],
    hers: frozenset[str] = frozenset(),
    by: Actor,
    at: datetime,
) -> Mapping[Pair, Power]:
    """Return what each adult may do about the person named with it: the strictest of all that child's records (D14).

    So what ends or limits power about one record does so about all, and what gives it about one gives nothing about
    another. A judgement about the child herself counts for her where it was written, and against her everywhere.
    """
    joined = register.joined(by=by, at=at)
    others = {pair: _others(pair, joined, of_age) for pair in pairs}
    every = {*pairs, *(one for some in others.values() for one in some)}
    found = powers(every, of_age=of_age, hers=hers, at=at)
    return {pair: reduce(Power.stricter, (found[one] for one in others[pair]), found[pair]) for pair in pairs}


def _others(pair: Pair, joined: Joined, of_age: Collection[PersonId]) -> tuple[Pair, ...]:
    """Return the same reader with each other record of the child; for the child herself, with those that judge her."""
    person, adult = pair
    rest = joined.spread((person,)) - {person}
    if not rest or adult != herself(person):
        return tuple((one, adult) for one in rest)
    judged = {} if person in of_age else lines_among(rest)
    return tuple((one, herself(one)) for one, lines in judged.items() if was_judged(lines))
