# SPDX-License-Identifier: Apache-2.0
"""Looks for the children whom a court names by name, in private, before its order is prepared (D22, D32).

A court knows names and birth dates, and no pupil numbers. Whom it names is compared with everybody as a list of names
is, and nobody is taken for anybody before two registrars have looked, blind to each other. What comes of it are the
numbers and birth dates of an ordinary order; `compelling` goes on from there.

The way of one search, each step re-runnable:

1 find   that two registrars bring the paper is written down -> its key is on the disk -> everybody is compared -> the
         pairs are sealed
2 say    what one officer says of one pair
3 end    it is over -> its key is destroyed

Killed between any two, less is known than was asked, and never more. Nothing of it stands in a log, a journal, a list
or a page; the regulator is told of it with the order. Of a child whom nobody is like nothing is kept.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue, Store
from beholden.gate import catalogues, sought
from beholden.gate.actions.safety import hindering
from beholden.gate.models import Search
from beholden.gate.orders import (
    NamedChild,
    Order,
    as_compared,
    check_compels,
    check_unhindered,
    child_unknown,
)
from beholden.gate.pairs import Why
from beholden.gate.rules import check_role
from beholden.gate.seals import check_new_paper, paper_digest
from beholden.gate.searches import asks_digest, bound, found, is_over, opened, running, search_over
from beholden.gate.sought import Pair, Said, Sought
from beholden.gate.turns import take_paper
from beholden.home import here, keys
from beholden.kinds import Actor, Role
from beholden.ledger.canonical import Json
from beholden.linkage.sampling import Opinion
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.linked import Met


@dataclass(frozen=True, slots=True)
class Begun:
    """A search by its name, and whether everybody was compared: not before a second registrar brings the paper."""

    name: str
    is_compared: bool


def find(order: Order, *, catalogue: Catalogue, by: Actor, at: datetime) -> Begun:
    """Look for whom an order names by name. Run again with the same paper, it goes on.

    The plan: 1 a registrar, under the rules in force; 2 the order compels, by the pure rule, names by name what can be
    compared, and its paper is new; 3 that there is a search is written down, and a second registrar has brought the
    same paper, before anybody is asked about; 4 its key is on the disk; 5 everybody is compared, and nobody is accepted
    unseen; 6 nobody who is kept safe is looked at, unless the court knows; 7 whom each may be is sealed.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    catalogues.check_in_force(catalogue)
    check_compels(order, catalogue, on=at.date())  # 2
    asked = as_compared(order)
    search = _begun(order, by=by, at=at)  # 3
    if search.sought is not None or not search.second:
        return Begun(search.id, search.sought is not None)
    key = keys.made(here(), sought.key_name(search.id))  # 4
    met = register.seek(asked, by=by, at=at)  # 5
    people = {one.person for one in met}
    check_unhindered(  # 6
        hidden=hindering(people, order.items, catalogue=catalogue, by=by, at=at),
        knows_of_safety=order.knows_of_safety,
    )
    blob = sought.seal(key, bound(search), Sought(_pairs(met, key)))
    Search.objects.filter(pk=search.id, sought=None, ended_at=None).update(sought=blob)  # 7
    if Search.objects.filter(pk=search.id, ended_at=None).exists():
        return Begun(search.id, is_compared=True)
    raise search_over()  # somebody called it off meanwhile


def _begun(order: Order, *, by: Actor, at: datetime) -> Search:
    """Return the search that was begun for this very paper, or begin one; whoever else brings the paper is its second.

    Both stand here before anybody is compared: nobody finds out alone who is held.
    """
    digest, asks = paper_digest(order.issuer.value, order.reference), asks_digest(order)
    with transaction.atomic():
        take_paper(digest)
        check_new_paper(digest)
        search = running(order)
        if search is None:
            return Search.objects.create(
                id=secrets.token_hex(16),
                order=digest,
                asks=asks,
                named=len(order.sought),
                opens_by=order.opens_by,
                at=at,
                by=by.ref,
            )
        if search.asks != asks:
            raise Refusal(
                "gate.search_other",
                "A search was begun for this paper, and it was typed otherwise then.",
                next_step="Compare both files with the paper, or end that search first: beholden sealed end-search.",
                authority="D22: two officers, and never again and again",
            )
        if not search.second and by.ref != search.by:
            search.second = by.ref
            search.save(update_fields=["second"])
    return search


def _pairs(met: tuple[Met, ...], key: bytes) -> tuple[Pair, ...]:
    """Return whom each child may be, in an order that tells nothing of how likely that is."""
    pairs = [Pair(one.place + 1, one.person, Why(one.why, one.alike)) for one in met]

    def drawn(one: Pair) -> bytes:
        return hmac.digest(key, b"order\n" + one.person.bytes + str(one.place).encode(), hashlib.sha256)

    return tuple(sorted(pairs, key=drawn))


def say(name: str, pair: int, opinion: Opinion, *, by: Actor, at: datetime) -> None:
    """Write down what one registrar says of one pair: once, and for good; neither sees the other's."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        search = Search.objects.select_for_update().filter(pk=name, ended_at=None).first()
        if search is None:
            raise search_over()
        held = opened(search)
        if pair not in held.waiting_for(by.ref):
            raise search_over()
        more = Sought(held.pairs, (*held.said, Said(pair, opinion, by.ref, at)))
        key = keys.load(here(), sought.key_name(search.id))
        search.sought = sought.seal(key, bound(search), more)
        search.save(update_fields=["sought"])


@dataclass(frozen=True, slots=True)
class ByNumber:
    """An order with its children by number and birth date, their places in the paper, and what a search says of it."""

    order: Order
    places: tuple[int, ...]
    search: dict[str, Json] | None


def by_number(order: Order, *, catalogue: Catalogue, by: Actor, at: datetime) -> ByNumber:
    """Return an order with the children whom its search found by their numbers; one that has numbers as it is.

    Once more by the pure rule: the birth date that counts for how long a fact is kept is the one that is held.
    """
    if not order.sought:
        return ByNumber(order, tuple(range(1, len(order.children) + 1)), None)
    result = found(order)
    held_still = register.seeds_of(sorted(result.people.values()), by=by, at=at)
    if len(held_still) != len(result.people):
        raise child_unknown()
    children = []
    for one in result.people.values():
        held = register.known_of(one, frozenset({Store.BIRTH, Store.NUMBERS}), by=by, at=at)
        children.append(NamedChild(str(held["upn"]), datetime.fromisoformat(str(held["birth_date"])).date()))
    named = replace(order, children=tuple(children))
    check_compels(named, catalogue, on=at.date())
    return ByNumber(named, tuple(result.people), dict(result.told))


def end(name: str, *, by: Actor, at: datetime) -> None:
    """Call a search off: nobody reads any more whom anybody may be. That there was one, stays."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    if not Search.objects.filter(pk=name).exists():
        raise search_over()
    _end(name, at=at)


def end_due(*, by: Actor, at: datetime) -> int:
    """End every search that is over, and destroy the keys of those that ended. The keeper's process does it."""
    ended = 0
    for search in Search.objects.order_by("pk"):
        over = search.ended_at is not None or is_over(search, at.date())
        if over and (search.ended_at is None or keys.exists(here(), sought.key_name(search.id))):
            _end(search.id, at=at)
            ended += 1
    return ended


def _end(name: str, *, at: datetime) -> None:
    Search.objects.filter(pk=name, ended_at=None).update(ended_at=at)
    keys.destroy(here(), sought.key_name(name))
