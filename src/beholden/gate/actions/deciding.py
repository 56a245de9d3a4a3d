# SPDX-License-Identifier: Apache-2.0
"""Commits everybody's keys, and decides one use for everybody at once. Nothing leaves here."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue, FamilySays, Flag
from beholden.choices import queries as choices
from beholden.choices.rules import Question
from beholden.gate import registries, sets
from beholden.gate.check import log_state, origin
from beholden.gate.expression import weigh
from beholden.gate.models import Decision, Registry
from beholden.gate.rules import check_role, check_told_floor, public_left_out
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.actions import propose, sequence
from beholden.ledger.canonical import print_json
from beholden.ledger.entries import ListOf, tens
from beholden.notices import queries as notices
from beholden.people import queries as people
from beholden.register import actions as register
from beholden.register.rows import read
from beholden.uses import actions as uses
from beholden.uses.queries import AskedUse, asked


def snapshot_registry(*, by: Actor, at: datetime) -> str:
    """Commit everybody's key for the handovers to come, and publish the root. Returns the snapshot's id in hex."""
    check_role(by, Role.REGISTRAR)
    sequence(at=at)
    header: dict[str, object] = {
        "events": log_state("events"),
        "log": origin("handovers"),
        "nonce": registries.new_nonce(),
    }
    registry_id, tree, members = registries.build(header, register.proof_seeds(by=by, at=at))
    body = {"header": header, "id": registry_id.hex(), "set": ListOf.of(tree.committed).to_json()}
    with transaction.atomic():
        outbox = propose(log="handovers", kind="registry", body=body, by=by, at=at)
        registries.file(registry_id, header, tree, members, outbox=outbox, at=at)
    sequence(at=at)
    return registry_id.hex()


def decide(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Weigh everybody in scope at one moment, freeze the answer, and return the decision's number.

    The plan: 1 the use stands in its window and the window is over (`uses.clear` refuses otherwise); 2 the catalogue
    still allows the purpose and the exit; 3 one list for every flag, from the room that answers for it; 4 enough
    were told; 5 every flag for every child in one pass; 6 figures, lists and the public entry in one transaction.
    """
    check_role(by, Role.REGISTRAR)
    use = asked(ref)
    way_out = catalogue.exit(use.exit)
    registry = registries.newest()
    scope = _scope(use)
    lists = _lists(use, scope, registry, catalogue, by=by, at=at)
    told = len(set(scope.to_pylist()) & set(lists[Flag.NOT_TOLD].to_pylist()))
    check_told_floor(told, len(scope), floor_percent=catalogue.limits.told_floor_percent)
    weighed = weigh(scope, lists, way_out.removes)
    limits = catalogue.limits
    left_out = public_left_out(
        len(scope),
        len(weighed.released),
        rounding=limits.left_out_rounding,
        floor=limits.left_out_scope_floor,
    )
    combinations = sorted(
        ([*sorted(flag.value for flag in borne)], count) for borne, count in weighed.combinations.items()
    )
    salt = secrets.token_bytes(32)
    exact = print_json({"combinations": combinations, "released": len(weighed.released), "scope": len(scope)})
    body = {
        "catalogue": catalogue.hash,
        "commitment": hashlib.sha256(salt + exact).hexdigest(),
        "left_out": left_out,
        "released": None if left_out is None else tens(len(scope) - left_out),
        "scope": len(scope),
        "use": ref,
    }
    with transaction.atomic():
        uses.clear(ref, by=by, at=at)
        outbox = propose(log="events", kind="decision", body=body, by=by, at=at)
        made = Decision.objects.create(
            use=ref,
            catalogue=catalogue.hash,
            registry=registry,
            scope=sets.keep("scope", sets.packed(scope), width=16, at=at),
            released=sets.keep("released", sets.packed(weighed.released), width=16, at=at),
            combinations=combinations,
            left_out=left_out,
            salt=salt,
            outbox=outbox,
            at=at,
            by=by.ref,
        )
    return made.pk


def _scope(use: AskedUse) -> pa.Array:
    wanted = use.population
    table = read.population(wanted.collection, wanted.term, wanted.year, wanted.school_years)
    return table["person"].combine_chunks()


def _lists(
    use: AskedUse, scope: pa.Array, registry: Registry, catalogue: Catalogue, *, by: Actor, at: datetime
) -> dict[Flag, pa.Array]:
    """One list for each flag. *Agreed* is empty where a yes is needed (nobody is asked for one yet), else everybody."""
    purpose = catalogue.purpose(use.purpose)
    refusable = purpose.family_says in (FamilySays.STOPS, FamilySays.MUST_AGREE)
    question = Question(use.ref, use.purpose, refusable)
    ages = [
        item.keep_until.amount for item in map(catalogue.item, use.items) if item.keep_until.unit == "age"
    ]
    past = (
        register.past_retention(scope, age=min(ages), on=at.date(), by=by, at=at)
        if ages
        else frozenset[PersonId]()
    )
    restricted = {*people.flagged("restricted", at=at), *register.in_question(by=by, at=at)}
    return {
        Flag.NOT_TOLD: _column(notices.told(use.ref)),
        Flag.NOT_AGREED: _column(()) if purpose.family_says is FamilySays.MUST_AGREE else scope,
        Flag.OBJECTED: _column(choices.objecting(question, at=at)),
        Flag.HIDDEN: _column({*people.flagged("hidden", at=at), *people.flagged("severed", at=at)}),
        Flag.RESTRICTED: _column(restricted),
        Flag.NO_KEY: sets.ids(sets.read(registry.keyed)),
        Flag.PAST_RETENTION: _column(past),
    }


def _column(members: Iterable[PersonId]) -> pa.Array:
    return pa.array(sorted(one.bytes for one in members), type=pa.binary(16))
