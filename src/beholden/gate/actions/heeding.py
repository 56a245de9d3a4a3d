# SPDX-License-Identifier: Apache-2.0
"""Asks whom families keep out of a use, and whose word on it counts. Reads no row and writes nothing.

Only those few children are looked at closer about whom somebody took a *no* back, or who decide alone and are kept out
by somebody else: for all others the answers alone say it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from beholden.catalogue import Catalogue
from beholden.choices import queries as choices
from beholden.choices.consent.standing import earliest
from beholden.gate.actions.empowering import powers_about
from beholden.gate.asking import consent_asked, questions, refusable
from beholden.kinds import Actor, PersonId
from beholden.people.power import decides_alone
from beholden.people.queries import (
    Pair,
    bodies_of,
    everybody_written_about,
    herself,
    judged_able,
    lines_among,
)
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.queries import senders_of
from beholden.uses.queries import AskedUse, parties


def objectors(
    use: AskedUse,
    catalogue: Catalogue,
    *,
    among: Collection[PersonId] | None = None,
    by: Actor,
    at: datetime,
) -> frozenset[PersonId]:
    """Return every child whom a standing answer keeps out of a use, or of one that it amends (D11, D14, D15).

    The plan: 1 a *keep out* counts, whoever said it, also of somebody who may decide no more; 2 a *leave in* of
    somebody who may not decide at this moment undoes nothing, nor does a body's on a use that it asks for, receives or
    supplies; 3 a child who decides about it alone, and has left herself in, is not kept out by others' answers; 4 where
    two records are one child, what keeps the one out keeps out the other. With `among` nobody else is in the answer.
    """
    wait = timedelta(days=catalogue.limits.undo_days)
    involved, joined = _involved(use), register.joined(by=by, at=at)
    looked_at = None if among is None else joined.spread(among)
    found: set[PersonId] = set()
    for question in questions(use, can_refuse=refusable(use, catalogue)):
        without = _may_not(
            choices.undoing(question, among=looked_at), use, involved, catalogue, by=by, at=at
        )  # 2
        kept = choices.objecting(question, among=looked_at, without=without, wait=wait, at=at)  # 1
        alone = _alone(kept, use, catalogue, by=by, at=at)
        alone -= _may_not(alone, use, involved, catalogue, by=by, at=at)
        found |= kept - choices.let_in(question, alone, wait=wait, at=at)  # 3
    out = joined.spread(found)  # 4
    return out if among is None else out.intersection(among)


def agreed(
    use: AskedUse,
    catalogue: Catalogue,
    *,
    only: Pair | None = None,
    by: Actor,
    at: datetime,
) -> frozenset[PersonId]:
    """Return every child for whom a yes stands to what a use asks; nobody, where nobody was asked (D11, D14, D15).

    The plan: 1 what families were asked is what this use is now, or everything is refused; 2 a yes of somebody who may
    not decide at this moment counts for nothing, nor does a body's on its own use; 3 who decides alone by now, judged
    able or of age by any record of hers, so that an adult's yes has lapsed; 4 whose yes stands to exactly these words.
    With `only`, a person and an adult, nobody else is looked at, and no other adult's yes counts.
    """
    asked = choices.asked_by(use.ref)
    if asked is None:
        return frozenset()
    if asked.consent != consent_asked(use, catalogue):  # 1
        raise _asked_otherwise()
    among = None if only is None else frozenset({only[0]})
    said = choices.who_agreed(use.ref, among=among)
    without = _may_not(said, use, _involved(use), catalogue, by=by, at=at)  # 2
    if only is not None:
        without |= said - {only}
    joined = register.joined(by=by, at=at)
    people = joined.spread(person for person, _ in said)
    age, on = catalogue.guardians_end.age, at.date()
    of_age = register.came_of_age(people, age=age, on=on, by=by, at=at)
    deciding = joined.earliest(earliest(of_age, judged_able(people, at=at)))  # 3
    most = timedelta(days=catalogue.limits.consent_days)
    return choices.agreeing(  # 4
        asked, questions(use), most=most, among=among, without=without, deciding=deciding, at=at
    )


def decides(reader: Pair, use: AskedUse, catalogue: Catalogue, *, by: Actor, at: datetime) -> bool:
    """Say whether one adult decides about a use for one person; what is an able child's alone, only she (D15)."""
    power = powers_about([reader], catalogue=catalogue, by=by, at=at)[reader]
    return power.decides_on(use.purpose, _involved(use)) and use.purpose not in power.kept


def _asked_otherwise() -> Refusal:
    return Refusal(
        "gate.asked_otherwise",
        "Families were asked for a yes to something else than this use is now, so nothing is decided.",
        next_step="A changed use asks afresh: propose it as a new one, and have families told.",
        authority="D7, D12; UK GDPR Art 4(11)",
    )


def _involved(use: AskedUse) -> frozenset[str]:
    """Return every body that asks for, receives or supplies what a use is about (D15)."""
    wanted = use.population
    sent = senders_of(wanted.collection, wanted.term, wanted.year)
    return parties(use.ref) | bodies_of(sent)


def _may_not(
    pairs: Collection[Pair],
    use: AskedUse,
    involved: Collection[str],
    catalogue: Catalogue,
    *,
    by: Actor,
    at: datetime,
) -> frozenset[Pair]:
    power = powers_about(pairs, catalogue=catalogue, by=by, at=at)
    return frozenset(pair for pair in pairs if not power[pair].decides_on(use.purpose, involved))


def _alone(
    kept: Collection[PersonId], use: AskedUse, catalogue: Catalogue, *, by: Actor, at: datetime
) -> frozenset[Pair]:
    """Return those among the children kept out who decide about this use alone, each with her own digest."""
    lines, hers = lines_among(everybody_written_about() & frozenset(kept)), catalogue.hers_alone
    age, on = catalogue.guardians_end.age, at.date()
    of_age = register.of_age(kept, age=age, on=on, by=by, at=at)
    return frozenset(
        (person, herself(person))
        for person in kept
        if decides_alone(lines.get(person, ()), use.purpose, of_age=person in of_age, hers=hers, at=at)
    )
