# SPDX-License-Identifier: Apache-2.0
"""Commits everybody's keys, and decides one use for everybody at once. Nothing leaves here."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from beholden.catalogue import Catalogue, Effect, Flag, Law
from beholden.choices import actions as choices
from beholden.choices.turns import hold_answers
from beholden.gate import ids, registries, rosters, sets
from beholden.gate.actions.grouping import Groups, groups_of
from beholden.gate.actions.weighing import lists, scope
from beholden.gate.asking import questions
from beholden.gate.check import check_allowed, log_state, origin
from beholden.gate.expression import Weighed, weigh
from beholden.gate.models import Decision, Registry, Roster
from beholden.gate.rules import check_role, check_told_floor, public_left_out, public_untold
from beholden.gate.ways import MATCH
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose, sequence
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.terms import ListOf, tens
from beholden.register import actions as register
from beholden.uses import actions as uses
from beholden.uses.queries import AskedUse, asked, check_as_approved
from beholden.uses.rules import State


def snapshot_registry(*, by: Actor, at: datetime) -> str:
    """Commit everybody's key for the handovers to come, and publish the root. Returns the snapshot's id in hex."""
    check_role(by, Role.REGISTRAR)
    sequence(at=at)
    register.place_numbers(by=by, at=at)
    header: dict[str, object] = {
        "events": log_state("events"),
        "log": origin("handovers"),
        "nonce": registries.new_nonce(),
        "vrf": registries.places_key().public.hex(),
    }
    registry_id, tree, members = registries.build(header, register.proof_seeds(by=by, at=at))
    body = {"header": header, "id": registry_id.hex(), "set": ListOf.of(tree.committed).to_json()}
    with transaction.atomic():
        outbox = propose(log="handovers", kind="registry", body=body, by=by, at=at)
        registries.file(registry_id, header, tree, members, outbox=outbox, at=at)
    sequence(at=at)
    return registry_id.hex()


@dataclass(frozen=True, slots=True)
class _Deciding:
    """What one decision is about: a use, everybody in its scope, and of a match those of the list who are in it."""

    use: AskedUse
    registry: Registry
    whole: pa.Array
    among: pa.Array
    roster: Roster | None
    groups: Groups | None

    @property
    def size(self) -> int:
        """How many were asked for, in public: not how many of a list were found."""
        return len(self.among) if self.roster is None else rosters.padded(self.roster.rows)


def decide(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Weigh everybody in scope at one moment, freeze the answer, and return the decision's number.

    The plan: 1 the use is, to the letter, what the public log says was approved; 2 the catalogue in force still allows
    it; 3 in one transaction, in which no answer of a family can be in flight: 4 its window is over (`uses.clear`
    refuses otherwise); 5 one list for every flag, from the room that answers for it; 6 enough were told, of everybody
    in scope, also where a list is matched; 7 every flag for every child in one pass, under the authority that was
    agreed, if any; 8 what was read of the answers, figures, lists and the public entries. Run again, it finds what it
    decided.
    """
    check_role(by, Role.REGISTRAR)
    use = asked(ref)
    check_as_approved(ref)  # 1
    check_allowed(use, catalogue, on=at.date())  # 2
    deciding = _about(use, catalogue, by=by, at=at)
    with transaction.atomic():  # 3
        hold_answers()
        if asked(ref).state is State.CLEARED:  # an earlier run decided, and died before it could say so
            return Decision.objects.filter(use=ref).latest("pk").pk
        uses.clear(ref, by=by, at=at)  # 4
        listed = lists(use, deciding.among, deciding.registry, catalogue, by=by, at=at)  # 5
        removes = catalogue.exit(use.exit).removes_for(use.untold_under)
        told = int(pc.sum(pc.is_in(deciding.whole, value_set=listed[Flag.NOT_TOLD])).as_py() or 0)
        # What a law requires on its day waits for no letter, and is told all the same; nothing else passes the floor.
        is_law = catalogue.purpose(use.purpose).law is Law.REQUIRES
        if not is_law or catalogue.exit(use.exit).effect(Flag.NOT_TOLD) is not Effect.IN:
            floor = catalogue.limits.told_floor_percent
            check_told_floor(told, len(deciding.whole), floor_percent=floor)  # 6
        weighed = weigh(deciding.among, listed, removes)  # 7
        choices.weighed(ref, questions(use), by=by, at=at)  # 8
        return _file(deciding, weighed, catalogue, by=by, at=at)


def _about(use: AskedUse, catalogue: Catalogue, *, by: Actor, at: datetime) -> _Deciding:
    """Gather what does not depend on what families say."""
    registry, whole = registries.newest(since=use.run_began), scope(use, by=by, at=at)
    roster = rosters.newest(use.ref) if use.exit == MATCH else None
    among = whole if roster is None else whole.filter(pa.array(ids.listed(whole, rosters.people(roster))))
    return _Deciding(use, registry, whole, among, roster, groups_of(use, among, catalogue, by=by, at=at))


def _file(deciding: _Deciding, weighed: Weighed, catalogue: Catalogue, *, by: Actor, at: datetime) -> int:
    """Keep a decision, its lists and its exact figures, and hand the blurred ones to the events log.

    One fresh secret does all: it salts the commitment, and each error follows from it. So whoever is shown the exact
    figures and the salt can check the commitment and the published figures.
    """
    salt, use, size = secrets.token_bytes(32), deciding.use, deciding.size
    limits, groups = catalogue.limits, deciding.groups
    left_out = public_left_out(size, len(weighed.released), secret=salt, limits=limits)
    combinations = sorted(
        ([*sorted(flag.value for flag in borne)], count) for borne, count in weighed.combinations.items()
    )
    missing = [] if groups is None else groups.table(weighed.released, secret=salt, limits=limits)
    exact = {
        "combinations": combinations,
        "missing": missing,
        "released": len(weighed.released),
        "scope": len(deciding.among),
    }
    body = {
        "catalogue": catalogue.hash,
        "commitment": hashlib.sha256(salt + print_json(exact)).hexdigest(),
        "left_out": left_out,
        "released": None if left_out is None else tens(size - left_out),
        "scope": size,
        "use": use.ref,
    }
    outbox = propose(log="events", kind="decision", body=body, by=by, at=at)
    made = Decision.objects.create(
        use=use.ref,
        catalogue=catalogue.hash,
        registry=deciding.registry,
        scope=sets.keep("scope", ids.packed(deciding.among), width=16, at=at),
        released=sets.keep("released", ids.packed(weighed.released), width=16, at=at),
        combinations=combinations,
        left_out=left_out,
        missing=missing,
        roster=deciding.roster,
        **_untold(use, weighed, salt, catalogue, by=by, at=at),
        salt=salt,
        outbox=outbox,
        at=at,
        by=by.ref,
    )
    return made.pk


def _untold(
    use: AskedUse, weighed: Weighed, salt: bytes, catalogue: Catalogue, *, by: Actor, at: datetime
) -> dict[str, object]:
    """Count apart, and say in public, who is in although nobody could be told: under which law, and how many (D6)."""
    if not use.untold_under:
        return {}
    removes = catalogue.exit(use.exit).removes_for(use.untold_under)
    count = public_untold(weighed.combinations, removes, secret=salt, limits=catalogue.limits)
    body = {"count": count, "under": use.untold_under, "use": use.ref}
    outbox = propose(log="events", kind="untold", body=body, by=by, at=at)
    return {"untold": count, "untold_outbox": outbox, "untold_under": use.untold_under}
