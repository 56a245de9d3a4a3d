# SPDX-License-Identifier: Apache-2.0
"""Answers how far the search for an order's children is, and whom it found (D22).

Writes nothing. No page may ask here: that anybody is looked for is the keeper's, the regulator's and nobody else's.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from beholden.gate import sought
from beholden.gate.linked_pairs import instant
from beholden.gate.models import Compulsion, Search
from beholden.gate.orders import Order, as_compared
from beholden.gate.rules import check_role
from beholden.gate.seals import paper_digest
from beholden.gate.sought import Pair, Sought
from beholden.home import here, keys
from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.canonical import Json, print_json
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal

_ASKS = b"beholden/search-asks/v1\n"


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a search came to, by place in the paper, and what the regulator is told of it, beside the report."""

    people: Mapping[int, PersonId] = field(repr=False)
    told: Mapping[str, Json]


def asks_digest(order: Order) -> str:
    """Return the keyed digest of what decides who is looked at: the children, the facts, what the court knows.

    The children as they are compared, in the paper's order; the facts in any. So two registrars have brought the same,
    each typed by itself, and a search answers this list alone.
    """
    said: dict[str, Json] = {
        "children": [
            [[*one.given.words], [*one.surname.words], one.birth_date, one.postcode]
            for one in as_compared(order)
        ],
        "items": [*sorted(order.items)],
        "knows_of_safety": order.knows_of_safety,
    }
    return hmac.digest(keys.derived(here(), "lookup", _ASKS), print_json(said), "sha256").hex()


def running(order: Order) -> Search | None:
    """Return the search that was begun for a paper and is not over, if there is one."""
    digest = paper_digest(order.issuer.value, order.reference)
    return Search.objects.filter(order=digest, ended_at=None).first()


def bound(search: Search) -> dict[str, Json]:
    """Return what the seal of a search is bound to."""
    return {
        "asks": search.asks,
        "at": instant(search.at),
        "by": search.by,
        "id": search.id,
        "named": search.named,
        "opens_by": search.opens_by.isoformat(),
        "order": search.order,
        "second": search.second,
    }


def opened(search: Search) -> Sought:
    """Open what a search has come to so far, or refuse: nobody was compared, its key is gone, or it was changed."""
    if search.sought is None:
        raise not_sought()
    key = keys.load(here(), sought.key_name(search.id))
    return sought.unseal(key, bound(search), bytes(search.sought))


def found(order: Order) -> Found:
    """Return whom the search for an order's children found, or refuse: nobody searched, looked, or was found."""
    search = running(order)
    if search is None or search.asks != asks_digest(order):
        raise not_sought()
    held = opened(search)
    if held.waits():
        raise Refusal(
            "gate.search_waits",
            "Two people have not looked yet at everybody whom these children may be, so nothing can be prepared.",
            next_step="Let two registrars look, each for themselves: beholden sealed look.",
            authority="D22, D32: a person looks before anything is disclosed",
        )
    people = held.found()
    if not people:
        raise Refusal(
            "gate.order_none_found",
            "Nobody whom this order names was found in this register, so there is nothing to hand over.",
            next_step="Tell the court that none was found, and end the search: beholden sealed end-search.",
            authority="D22; UK GDPR Art 5(1)(d)",
        )
    told: dict[str, Json] = {
        "brought": [search.by, search.second],
        "found": len(people),
        "looked": [*sorted({one.by for one in held.said})],
        "named": search.named,
        "not_found": [*_not_found(search, held)],
        "of_this_paper": Search.objects.filter(order=search.order).count(),
        "searches": Search.objects.count(),
    }
    return Found(people, told)


def _not_found(search: Search, held: Sought) -> tuple[int, ...]:
    there = held.found()
    return tuple(place for place in range(1, search.named + 1) if place not in there)


def waiting(name: str, *, by: Actor) -> tuple[tuple[int, Pair], ...]:
    """Return the pairs of a search that wait for one registrar, each by its number. What others said is not in it."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    search = Search.objects.filter(pk=name, ended_at=None).first()
    if search is None:
        raise search_over()
    held = opened(search)
    return tuple((pair, held.pairs[pair]) for pair in held.waiting_for(by.ref))


@dataclass(frozen=True, slots=True)
class SearchStanding:
    """How far one search is, for the registrar: begun, waits, looked at, broken, or over. Nothing of a child is in it.

    `second` is who brought the same paper after `by`; nothing while nobody has. While one is begun, nothing came of
    it yet. Of one that is broken, what it came to does not open: it can be ended, and the paper searched for anew.
    `not_found` and `differing` are places in the paper, once two have looked at everybody.
    """

    name: str
    on: date
    by: str
    second: str
    named: int
    state: str
    not_found: tuple[int, ...] = ()
    differing: tuple[int, ...] = ()


def searches(*, by: Actor) -> tuple[SearchStanding, ...]:
    """Return every search that was ever begun, oldest first."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    return tuple(map(_standing, Search.objects.order_by("at", "pk")))


def _standing(search: Search) -> SearchStanding:
    def stands(state: str, **more: tuple[int, ...]) -> SearchStanding:
        return SearchStanding(
            search.id, search.at.date(), search.by, search.second, search.named, state, **more
        )

    if search.ended_at is not None:
        return stands("over")
    if search.sought is None:
        return stands("begun")
    try:
        held = opened(search)
    except Refusal:
        return stands("broken")  # its name is what ends it
    if held.waits():
        return stands("waits")
    return stands("looked at", not_found=_not_found(search, held), differing=held.differing())


def is_over(search: Search, on: date) -> bool:
    """Say whether nobody needs any more what a search found: what it led to is open, or its day has come without.

    A seal that was called off led to nothing, also when it opens.
    """
    carried = Compulsion.objects.filter(order=search.order, sealed__isnull=False).exclude(state="withdrawn")
    if carried.exists():
        return not carried.filter(unsealed__isnull=True).exists()
    return search.opens_by <= on


def not_sought() -> Refusal:
    """Say that whom a paper names was not looked for, or that it was typed otherwise."""
    return Refusal(
        "gate.not_sought",
        "The children whom this paper names by name were not looked for yet, or it was typed otherwise then.",
        next_step="Two registrars bring this very paper, one after the other: beholden sealed find.",
        authority="D22, D32",
    )


def search_over() -> Refusal:
    """Say that a search is none, or over, or that a pair of it does not wait for an officer any more."""
    return Refusal(
        "gate.search_over",
        "There is no such search that waits for you, or it is over.",
        next_step="See how far each is: beholden sealed searches.",
        authority="D22",
    )
