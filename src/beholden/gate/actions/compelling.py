# SPDX-License-Identifier: Apache-2.0
"""Prepares what an order compels, under seal: two officers, a signature from outside, the regulator told first (D22).

The way of one order, each step re-runnable; the first is here, the next three are in `carrying`:

1 prepare     the pure rule; the children it names; the locked parcel and its list in quarantine, hashed as read back
2 agree       a second officer; what the regulator is told is fixed
3 sign        somebody outside the keeper's and the recipient's lines signs the very entry with an own key
4 carry out   the regulator's file is on the disk -> the entry is logged and published -> the public verifier's own code
              accepts it -> *releasing* commits -> the file moves -> *released* commits
5 open        `unsealing`, by the day or by the regulator

Killed between any two, the worst is *logged and not released*. Nothing of it stands in a journal, a use, a figure or a
page: the one trace is the entry, which says how many at most, and until when.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
from django.db import IntegrityError, transaction

from beholden.catalogue import Catalogue, Store
from beholden.gate import catalogues, ids, parcel, registries, sets
from beholden.gate.actions.safety import hindering
from beholden.gate.actions.searching import ByNumber, by_number
from beholden.gate.check import log_state, origin
from beholden.gate.models import Compulsion, Registry
from beholden.gate.orders import (
    Compels,
    NamedChild,
    Order,
    check_compels,
    check_no_whole_school,
    check_unhindered,
    child_unknown,
)
from beholden.gate.rules import check_role
from beholden.gate.seals import check_new_paper, paper_digest, paper_twice
from beholden.gate.turns import take_paper
from beholden.home import here
from beholden.home.files import write_durably
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.actions import sequence
from beholden.ledger.canonical import Json, print_json
from beholden.ledger.tags import TAG_BYTES, BucketTree, identifier, padding, tag, tag_key
from beholden.ledger.vocabulary.sealed import Details
from beholden.ledger.vocabulary.terms import ListOf, items_digest, recipient_key_hash
from beholden.people.queries import Body, check_enrolled, organisation, regulator
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.rows import read


def prepare(order: Order, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Build what an order compels, in quarantine; return its name. Nothing is said or leaves.

    The plan: 1 a registrar, under the rules in force; 2 the order compels, by the pure rule, and its paper is new;
    3 it names children of this register, by number or as a search has found them by name, each with a key in a
    published registry, and no whole school in disguise; 4 none is kept safe, or at an address kept from somebody,
    unknown to the court; 5 recipient and regulator have keys; 6 the list is filled up to exactly the band; 7 parcel and
    list are on disk, and the hash is of what is read back; 8 one row, if the paper is still new.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    catalogues.check_in_force(catalogue)
    compels = check_compels(order, catalogue, on=at.date())  # 2
    check_new_paper(paper_digest(order.issuer.value, order.reference))
    named = by_number(order, catalogue=catalogue, by=by, at=at)  # 3
    people = _named(named.order, by=by, at=at)
    members = ids.column(people)
    check_no_whole_school(compels, read.named_by_school(*order.collection, members), limits=catalogue.limits)
    hidden = hindering(people, order.items, catalogue=catalogue, by=by, at=at)
    check_unhindered(hidden=hidden, knows_of_safety=order.knows_of_safety)  # 4
    recipient, told = organisation(order.recipient), regulator()  # 5
    sequence(at=at)
    registry = registries.newest()
    header = _header(order, registry, recipient, catalogue)
    asked = _Asked(named, compels, people, members, registry, header, _stores(order, catalogue))
    made = _list(asked, by=by, at=at)  # 6
    name = f"{secrets.token_hex(12)}.age"
    nobody = print_json(
        {"groups": [], "scope": len(order.children)}
    )  # an order names children: no group of them is missing
    locked = parcel.pack(
        asked.header, made.sheet, made.filling, missing=nobody, recipient=recipient.encryption_key
    )
    write_durably(here().quarantine / name, locked)
    payload = hashlib.sha256((here().quarantine / name).read_bytes()).hexdigest()  # 7
    details = {
        "header": asked.header,
        "id": identifier(asked.header).hex(),
        "payload": payload,
        "power": compels.power,
        "reason": order.reason,
        "set": ListOf.of(made.tree.committed).to_json(),
    }
    fields = {"details": Details.from_json(details).to_json(), "file": name, "regulator": told.ref}
    return _file(asked, made.tree, catalogue, fields, by=by, at=at)  # 8


@dataclass(frozen=True, slots=True)
class _Asked:
    """An order, its people in its own order and sorted, the header of what it compels, and where its items are kept."""

    named: ByNumber
    compels: Compels
    people: tuple[PersonId, ...]
    members: pa.Array
    registry: Registry
    header: dict[str, object]
    stores: Mapping[str, Store]

    @property
    def order(self) -> Order:
        return self.named.order


def _stores(order: Order, catalogue: Catalogue) -> Mapping[str, Store]:
    return {item: catalogue.item(item).store for item in order.items}


@dataclass(frozen=True, slots=True)
class _Made:
    """The list as a tree, the recipient's sheet, and the random tags that fill the list up to the band."""

    tree: BucketTree
    sheet: pa.Table = field(repr=False)
    filling: tuple[bytes, ...]


def _named(order: Order, *, by: Actor, at: datetime) -> tuple[PersonId, ...]:
    """Return the person of each child that an order names, in its order; refuse where one is not exactly one."""
    found = []
    for child in order.children:
        if not isinstance(child, NamedChild):
            raise TypeError("an order is prepared by numbers")
        held = register.with_number_and_birth(child.number, child.born, by=by, at=at)
        if len(held) != 1:
            raise child_unknown()
        found.append(held[0])
    if len(set(found)) != len(found):
        raise child_unknown()
    return tuple(found)


def _header(order: Order, registry: Registry, recipient: Body, catalogue: Catalogue) -> dict[str, object]:
    if not recipient.encryption_key or not recipient.check_key:
        raise Refusal(
            "gate.order_recipient",
            "Who is to receive this has no key to lock it to, or none to sign with.",
            next_step="Enrol the recipient with both keys.",
            authority="UK GDPR Art 32(1)(a)",
        )
    return {
        "events": log_state("events"),
        "gateway": order.instrument,
        "items": items_digest(order.items).hex(),
        "log": origin("handovers"),
        "mode": "include",
        "nonce": registries.new_nonce(),
        "population": "/".join(map(str, order.collection)),
        "purpose": catalogue.purpose(order.purpose).code,
        "recipient": {
            "id": recipient.ref,
            "key": recipient_key_hash(bytes.fromhex(recipient.check_key)).hex(),
        },
        "registry": registries.named(registry),
    }


def _list(asked: _Asked, *, by: Actor, at: datetime) -> _Made:
    """Return each named child's tag and row, and the list that they are in; refuse where one has no row or no key.

    The key is the one of now, and stands in the snapshot that the list names: neither a newcomer's, who is in no
    snapshot yet, nor one over which power has changed since, which somebody else still has a file of (D35).
    """
    order, members, registry = asked.order, asked.members, asked.registry
    list_id = identifier(asked.header)
    facts = tuple(item for item in order.items if asked.stores[item] is Store.ROWS)
    rows = read.rows(*order.collection, facts, members)
    seeds = register.seeds_of(sorted(asked.people), by=by, at=at)
    of_all = members.equals(rows["person"].combine_chunks()) and members.equals(
        ids.column(seed.person for seed in seeds)
    )
    # The family opens the key that stands in the snapshot: a tag by any other would prove a child absent who is in.
    if not of_all or registries.overtaken(registry, seeds):
        raise child_unknown()
    key = load(here(), registries.key_name(bytes.fromhex(registry.id)))
    own = [tag(tag_key(key, seed.proof_id), list_id) for seed in seeds]
    filling = padding(asked.compels.band - len(own))
    place = {one.bytes: number for one, number in zip(asked.people, asked.named.places, strict=True)}
    named = [place[person] for person in rows["person"].to_pylist()]
    sheet = pa.table({"tag": pa.array(own, type=pa.binary(16)), "named": pa.array(named, type=pa.int32())})
    known = _known(asked, rows["person"], by=by, at=at)
    for item in order.items:
        sheet = sheet.append_column(item, rows[item] if item in facts else known[item])
    return _Made(BucketTree.build(list_id, TAG_BYTES, [*own, *filling]), sheet.sort_by("tag"), filling)


def _known(asked: _Asked, people: pa.ChunkedArray, *, by: Actor, at: datetime) -> Mapping[str, pa.Array]:
    """Return the names and addresses that an order names, as the vault holds them today, in the order of the rows."""
    groups = frozenset(asked.stores.values()) - {Store.ROWS}
    wanted = [item for item, store in asked.stores.items() if store in groups]
    if not wanted:
        return {}
    ids_of = [PersonId(UUID(bytes=person)) for person in people.to_pylist()]
    held = [register.known_of(person, groups, by=by, at=at) for person in ids_of]
    return {item: pa.array([one.get(item) for one in held], type=pa.string()) for item in wanted}


def _file(
    asked: _Asked,
    tree: BucketTree,
    catalogue: Catalogue,
    fields: Mapping[str, object],
    *,
    by: Actor,
    at: datetime,
) -> str:
    """Keep the lists and the row. If another was quicker with the same paper, what was built here is destroyed."""
    digest = paper_digest(asked.order.issuer.value, asked.order.reference)
    files = [here().quarantine / str(fields["file"])]
    try:
        with transaction.atomic():
            take_paper(digest)
            check_new_paper(digest)
            people = sets.keep("compelled", ids.packed(asked.members), width=16, at=at)
            tags = sets.keep_list("tags", tree, at=at)
            files += [here().sets / one for one in (people.path, tags.path, sets.crown_name(tags.path))]
            held = Compulsion.objects.create(
                id=tree.list_id.hex(),
                order=digest,
                catalogue=catalogue.hash,
                registry=asked.registry,
                people=people,
                tags=tags,
                salt=secrets.token_bytes(32),
                report=_report(asked.named),
                report_salt=secrets.token_bytes(32),
                opens_by=asked.order.opens_by,
                state="built",
                at=at,
                by=by.ref,
                **fields,
            )
    except Refusal:  # the paper did something meanwhile
        _destroy(files)
        raise
    except IntegrityError as taken:
        _destroy(files)
        raise paper_twice() from taken
    return held.id


def _destroy(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _report(named: ByNumber) -> dict[str, Json]:
    """Return what the regulator is told beside the details. The children's numbers stand in the paper, not here.

    Of children who were looked for by name also how many were found, which places of the paper were not, who looked,
    and how many searches there ever were: one that led to no order is told of with the next.
    """
    order = named.order
    by_name: dict[str, Json] = {} if named.search is None else {"by_name": named.search}
    return {
        **by_name,
        "children": len(order.children),
        "instrument": order.instrument,
        "issuer": order.issuer.value,
        "items": list(order.items),
        "knows_of_safety": order.knows_of_safety,
        "made_on": order.made_on.isoformat(),
        "paragraph": order.paragraph,
        "reference": order.reference,
        "serves": order.serves,
        "shown": order.shown.value,
        "whole_school": order.whole_school,
    }
