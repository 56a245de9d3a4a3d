# SPDX-License-Identifier: Apache-2.0
"""Commits everybody's keys, and decides one use for everybody at once. Nothing leaves here."""

import hashlib
import secrets
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from beholden.catalogue import Catalogue, Flag, Law
from beholden.choices.turns import hold_answers
from beholden.gate import ids, registries, sets
from beholden.gate.actions.weighing import lists, scope
from beholden.gate.check import check_allowed, log_state, origin
from beholden.gate.expression import Weighed, weigh
from beholden.gate.models import Decision, Registry
from beholden.gate.rules import check_role, check_told_floor, public_left_out
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose, sequence
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.terms import ListOf, tens
from beholden.register import actions as register
from beholden.uses import actions as uses
from beholden.uses.queries import asked, check_as_approved
from beholden.uses.rules import State


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

    The plan: 1 the use is, to the letter, what the public log says was approved; 2 the catalogue in force still allows
    it; 3 in one transaction, in which no answer of a family can be in flight: 4 its window is over (`uses.clear`
    refuses otherwise); 5 one list for every flag, from the room that answers for it; 6 enough were told; 7 every flag
    for every child in one pass; 8 figures, lists and the public entry. Run again, it finds what it decided.
    """
    check_role(by, Role.REGISTRAR)
    use = asked(ref)
    check_as_approved(ref)  # 1
    check_allowed(use, catalogue, on=at.date())  # 2
    registry, among = registries.newest(), scope(use, by=by, at=at)
    with transaction.atomic():  # 3
        hold_answers()
        if asked(ref).state is State.CLEARED:  # an earlier run decided, and died before it could say so
            return Decision.objects.filter(use=ref).latest("pk").pk
        uses.clear(ref, by=by, at=at)  # 4
        listed = lists(use, among, registry, catalogue, by=by, at=at)  # 5
        removes = catalogue.exit(use.exit).removes
        told = int(pc.sum(pc.is_in(among, value_set=listed[Flag.NOT_TOLD])).as_py() or 0)
        # What a law requires on its day waits for no letter, and is told all the same; nothing else passes the floor.
        if Flag.NOT_TOLD in removes or catalogue.purpose(use.purpose).law is not Law.REQUIRES:
            check_told_floor(told, len(among), floor_percent=catalogue.limits.told_floor_percent)  # 6
        weighed = weigh(among, listed, removes)  # 7
        return _file(ref, registry, among, weighed, catalogue, by=by, at=at)  # 8


def _file(
    ref: UseRef,
    registry: Registry,
    among: pa.Array,
    weighed: Weighed,
    catalogue: Catalogue,
    *,
    by: Actor,
    at: datetime,
) -> int:
    """Keep a decision, its lists and its exact figures, and hand the blurred ones to the events log.

    One fresh secret does both: it salts the commitment, and the error follows from it. So whoever is shown the exact
    figures and the salt can check the commitment and the published figure.
    """
    salt = secrets.token_bytes(32)
    left_out = public_left_out(len(among), len(weighed.released), secret=salt, limits=catalogue.limits)
    combinations = sorted(
        ([*sorted(flag.value for flag in borne)], count) for borne, count in weighed.combinations.items()
    )
    exact = print_json({"combinations": combinations, "released": len(weighed.released), "scope": len(among)})
    body = {
        "catalogue": catalogue.hash,
        "commitment": hashlib.sha256(salt + exact).hexdigest(),
        "left_out": left_out,
        "released": None if left_out is None else tens(len(among) - left_out),
        "scope": len(among),
        "use": ref,
    }
    outbox = propose(log="events", kind="decision", body=body, by=by, at=at)
    made = Decision.objects.create(
        use=ref,
        catalogue=catalogue.hash,
        registry=registry,
        scope=sets.keep("scope", ids.packed(among), width=16, at=at),
        released=sets.keep("released", ids.packed(weighed.released), width=16, at=at),
        combinations=combinations,
        left_out=left_out,
        salt=salt,
        outbox=outbox,
        at=at,
        by=by.ref,
    )
    return made.pk
