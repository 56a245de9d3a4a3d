# SPDX-License-Identifier: Apache-2.0
"""Answers with whom lists were answered, who had a hand in that, and by which name such a pair is kept. Writes nothing.

For the person's own family, the registrar and fsck; the rooms above decide who hears what.
"""

from collections.abc import Iterator
from uuid import UUID

from beholden.gate import rosters, sets
from beholden.gate.ids import unpacked
from beholden.gate.looks import InHandover, handovers_of
from beholden.gate.models import Decision, Disclosure, PairOpinion
from beholden.gate.pseudonyms import keyed
from beholden.gate.rules import LEFT
from beholden.gate.ways import MATCH
from beholden.kinds import PersonId, UseRef
from beholden.uses.queries import asked
from beholden.uses.standing import countersigned_by


def matches_of(person: PersonId) -> tuple[InHandover, ...]:
    """Return every handover in which a list was answered with this person, the newest first."""
    return tuple(one for one in handovers_of(person) if one.in_list and asked(one.use).exit == MATCH)


def answered_as(use: UseRef, reference: str) -> PersonId | None:
    """Return with whom a use answered one own reference of its recipient, in the newest run that did; or None."""
    return next(_answered_as(use, reference), None)


def _answered_as(use: UseRef, reference: str) -> Iterator[PersonId]:
    rows = Disclosure.objects.filter(decision__use=use, state__in=LEFT).select_related(
        "decision__released", "decision__roster__matched"
    )
    for row in rows.order_by("-logged_at"):
        roster = row.decision.roster
        if roster is None:
            continue
        went = unpacked(sets.read(row.decision.released))
        for person, own in zip(went.to_pylist(), rosters.references(roster, went), strict=True):
            if own == reference:
                yield PersonId(UUID(bytes=person))


def made_by(use: UseRef) -> frozenset[str]:
    """Return the officers who had a hand in what a use answered: who decided, agreed to, or judged pairs of it."""
    decided = Decision.objects.filter(use=use).values_list("by", flat=True)
    judged = PairOpinion.objects.filter(pair__roster__use=use).values_list("by", flat=True)
    return frozenset(decided) | frozenset(judged) | countersigned_by(use)


def pair_of(use: UseRef, person: PersonId) -> str:
    """Return the name under which what people found about a pair is kept: it says nothing to whoever lacks the key."""
    held = asked(use)
    (pair,) = keyed(held.recipient.ref, held.ref, [person.bytes], b"pair")
    return pair.hex()
