# SPDX-License-Identifier: Apache-2.0
"""Asks who is kept safe, restricted, under any flag, or at an address that is kept from somebody (D35).

Two records that are one child by a decision stay two; so whoever asks about the one must hear of the other (D14).
Nothing else in this room asks `people` about flags (a fence holds it).
"""

from collections.abc import Collection
from datetime import datetime

from beholden.catalogue import Catalogue, Store
from beholden.contests import queries as contests
from beholden.contests.queries import Frozen
from beholden.kinds import Actor, PersonId, UseRef
from beholden.people import queries as people
from beholden.register import actions as register


def kept_safe(*, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Return everybody who is hidden, or severed from their adults, for their safety at a moment."""
    return register.joined(by=by, at=at).spread(people.kept_safe(at=at))


def severed(*, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Return everybody whose ties to their adults here are severed, under whichever record it was ordered."""
    return register.joined(by=by, at=at).spread(people.flagged("severed", at=at))


def restricted(*, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Return everybody whose record is restricted (UK GDPR Art 18), or may be of two people."""
    marked = frozenset((*people.flagged("restricted", at=at), *register.in_question(by=by, at=at)))
    return register.joined(by=by, at=at).spread(marked)


def contested(use: UseRef, *, by: Actor, at: datetime) -> Frozen:
    """Return about whom one use's match is contested and waits, and about whom it was found wrong (D21; Art 18)."""
    found = contests.frozen(use)
    if not found.waiting and not found.reversed:
        return found
    joined = register.joined(by=by, at=at)
    return Frozen(joined.spread(found.waiting), joined.spread(found.reversed))


def flagged_among(among: Collection[PersonId], *, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Return those among these people who are under a flag of any kind at a moment. Which kind is not said."""
    joined = register.joined(by=by, at=at)
    marked = joined.spread(people.flagged_among(joined.spread(among), at=at))
    return marked.intersection(among)


def hindering(
    among: Collection[PersonId], items: Collection[str], *, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Return how many of these people stop an order that was made without knowing of it (D35).

    Who is kept safe; and where the items have an address, whoever's address another order keeps from somebody.
    """
    hindered = kept_safe(by=by, at=at)
    if any(catalogue.item(item).store is Store.ADDRESS for item in items):
        joined = register.joined(by=by, at=at)
        kept = people.kept_from_somebody(joined.spread(among), Store.ADDRESS, at=at)
        hindered |= joined.spread(kept)
    return len(hindered.intersection(among))


def is_marked(person: PersonId, *, by: Actor, at: datetime) -> bool:
    """Say whether a record is under a flag of any kind, or may be of two people: whoever reads it is told so."""
    return bool(flagged_among((person,), by=by, at=at)) or person in restricted(by=by, at=at)
