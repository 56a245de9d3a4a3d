# SPDX-License-Identifier: Apache-2.0
"""Has an order agreed to and signed outside, tells the regulator, logs the seal, and then lets the parcel go (D22).

`compelling` has prepared it. Killed between any two steps, the next run goes on from the state that is committed.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import catalogues, countersigning, ids, sets
from beholden.gate.actions.safety import hindering
from beholden.gate.actions.unsealing import say_withdrawn
from beholden.gate.check import check_sealed_before_release, origin
from beholden.gate.leaving import move_out
from beholden.gate.models import Compulsion
from beholden.gate.orders import check_unhindered
from beholden.gate.registries import overtaken
from beholden.gate.regulator import ForRegulator
from beholden.gate.rules import check_role
from beholden.gate.seals import check_outside, locked, not_yet, number, sealed_entry
from beholden.home import here
from beholden.home.files import fsync_folder, write_durably
from beholden.kinds import Actor, Role
from beholden.ledger.actions import propose, sequence
from beholden.ledger.sealing import second_message
from beholden.ledger.vocabulary.sealed import Countersigned, Details
from beholden.ledger.witnessing import gather
from beholden.people.queries import check_enrolled, organisation
from beholden.refusals import Refusal
from beholden.register import actions as register


def agree(compulsion: str, *, by: Actor, at: datetime) -> None:
    """Let a second officer agree, so that it can be signed outside. What the regulator is told is fixed from now on."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        held = locked(compulsion)
        if held.state == "built":
            held.report, held.state = countersigning.agreed(held, by=by, at=at), "agreed"
            held.save(update_fields=["report", "state"])


def sign(compulsion: str, said: Countersigned, *, by: Actor, at: datetime) -> None:
    """Take the signature from outside both lines.

    What must hold: 1 somebody appointed for just this; 2 of a body that is neither officer's, nor the recipient, nor
    the regulator, and shares its key with nobody; 3 two officers have agreed; 4 the signature is by that body's own
    key, over the very entry.
    """
    check_role(by, Role.INDEPENDENT)  # 1
    check_enrolled(by)
    with transaction.atomic():
        held = locked(compulsion)
        check_outside(held, by)  # 2
        if held.state == "signed":
            return
        if held.state != "agreed":  # 3
            raise not_yet()
        over = second_message(sealed_entry(held), origin("handovers"))
        held.second, held.state = countersigning.signed(said, over, by=by), "signed"  # 4
        held.save(update_fields=["second", "state"])


def carry_out(compulsion: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Take a signed handover all the way out, from wherever an earlier run stopped.

    The plan: 1 two officers and somebody outside have signed, and it still stands; 2 what the regulator is told is on
    the disk, locked to it; 3 the entry is committed, published, and shown to the witnesses; 4 as a stranger sees it,
    the log holds it, enough witnesses have seen it, and parcel and list are what it commits to; 5 it is fresh, under
    the same rules, and no child was put under a flag since; *releasing* commits; 6 the file moves, if it is still the
    very bytes; 7 *released*.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        held = locked(compulsion)
        if held.state in {"built", "agreed", "withdrawn"}:  # 1
            raise not_yet()
        if held.state == "signed":
            _check_stands(held, catalogue, by=by, at=at)
            held.told = _tell_regulator(held)  # 2
            held.sealed = propose(log="handovers", kind="sealed", body=sealed_entry(held), by=by, at=at)  # 3
            held.state, held.logged_at = "logged", at
            held.save(update_fields=["told", "sealed", "state", "logged_at"])
    sequence(at=at)
    gather(here())
    with transaction.atomic():
        held = locked(compulsion)
        if held.state == "logged":
            check_sealed_before_release(held)  # 4
            _check_fresh(held, catalogue, by=by, at=at)  # 5
            held.state = "releasing"
            held.save(update_fields=["state"])
    if held.state != "released":
        move_out(held.file, here().released / held.file, held.details["payload"])  # 6
        Compulsion.objects.filter(pk=compulsion, state="releasing").update(state="released")  # 7


def _tell_regulator(held: Compulsion) -> str:
    """Put the regulator's file on the disk, under the parcel's name, so that a run after a kill writes it again."""
    told = ForRegulator(
        details=Details.from_json(held.details),
        salt=bytes(held.salt),
        report=held.report,
        report_salt=bytes(held.report_salt),
        tags=sets.read(held.tags),
    )
    locked_to_it = told.lock(to=organisation(held.regulator).encryption_key)
    write_durably(here().regulator / held.file, locked_to_it)
    return hashlib.sha256(locked_to_it).hexdigest()


def _check_stands(held: Compulsion, catalogue: Catalogue, *, by: Actor, at: datetime) -> None:
    """Refuse what was prepared under other rules, what would open today, and a child who is kept safe by now.

    And one who is not in the register any more, or over whom power has changed since: nothing more leaves under a key
    that has ended, or that somebody else has a file of (D35).
    """
    catalogues.check_in_force(catalogue)
    if held.catalogue != catalogue.hash or not at.date() < held.opens_by:
        raise _old()
    people = ids.people_of(ids.unpacked(sets.read(held.people)))
    check_unhindered(
        hidden=hindering(people, held.report["items"], catalogue=catalogue, by=by, at=at),
        knows_of_safety=bool(held.report["knows_of_safety"]),
    )
    seeds = register.seeds_of(sorted(people), by=by, at=at)
    if len(seeds) != len(people) or overtaken(held.registry, seeds):
        raise Refusal(
            "gate.compulsion_key",
            "Since this was prepared, a child in it has left the register, or power over one has changed, and its key.",
            next_step="Call it off, take a registry snapshot, and prepare it anew if the order still stands.",
            authority="D35; ARCHITECTURE section 5: nothing leaves under a key that has ended",
        )


def _check_fresh(held: Compulsion, catalogue: Catalogue, *, by: Actor, at: datetime) -> None:
    most = timedelta(hours=catalogue.limits.intent_max_age_hours)
    if held.logged_at is None or not timedelta(0) <= at - held.logged_at < most:
        raise _old()
    _check_stands(held, catalogue, by=by, at=at)


def _old() -> Refusal:
    return Refusal(
        "gate.compulsion_old",
        "Too long has passed since this was logged, or the rules have changed.",
        next_step="Call it off, and prepare it anew if the order still stands.",
        authority="ARCHITECTURE section 5: nothing is released on an old decision",
    )


def call_off(compulsion: str, *, by: Actor, at: datetime) -> None:
    """Call it off before it may have left: the parcel is destroyed. What was logged still opens on its day.

    Where it was opened before that, by the regulator or by its day, the log says at once that it was withdrawn.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        held = locked(compulsion)
        if held.state in {"releasing", "released"}:
            raise Refusal(
                "gate.may_have_left",
                "This handover may have left already, so it cannot be called off.",
                next_step="Ask the recipient for a signed promise that it was wiped.",
                authority="D25; ARCHITECTURE section 5: no outcome counts as delivered",
            )
        seq = number(held) if held.state != "withdrawn" else None
        held.state = "withdrawn"
        if held.unsealed is not None and seq is not None:
            say_withdrawn(held, seq, by=by, at=at)
        held.save(update_fields=["state", "outcome"])
    (here().quarantine / held.file).unlink(missing_ok=True)
    fsync_folder(here().quarantine)
    sequence(at=at)
