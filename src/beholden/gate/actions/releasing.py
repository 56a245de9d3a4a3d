# SPDX-License-Identifier: Apache-2.0
"""Fixes, announces in the public log, checks what the public would check, and only then releases what was built.

Each step can be run again; killed between any two, the next run goes on from the state that is committed.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.choices.turns import hold_answers
from beholden.gate import registries, sets
from beholden.gate.actions.building import build
from beholden.gate.actions.inviting import say_passed_on
from beholden.gate.actions.weighing import lists
from beholden.gate.check import (
    check_allowed,
    check_before_release,
    is_duty,
    log_state,
    origin,
    unlogged,
)
from beholden.gate.expression import marks, marks_digest, overtaken
from beholden.gate.ids import unpacked
from beholden.gate.leaving import move_out
from beholden.gate.models import Decision, Disclosure
from beholden.gate.rules import check_role
from beholden.gate.ways import gone_to
from beholden.home import here
from beholden.home.files import fsync_folder
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose, sequence
from beholden.ledger.entries import parse
from beholden.ledger.tags import identifier
from beholden.ledger.vocabulary.handovers import DutyOutcome, DutyReturn, Intent, Outcome
from beholden.ledger.vocabulary.terms import band, items_digest, recipient_key_hash
from beholden.ledger.witnessing import gather
from beholden.refusals import Refusal
from beholden.uses import actions as uses
from beholden.uses.queries import AskedUse, asked, check_as_approved, check_countersigned
from beholden.uses.rules import State


def release_use(ref: UseRef, decision: int, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Take a decided use all the way out, from wherever an earlier run stopped. Returns the handover's id in hex.

    Before anything is built or said, a second officer has agreed; `uses.released` looks again when it goes.
    """
    check_role(by, Role.REGISTRAR)
    if asked(ref).state is State.CLEARED:
        check_countersigned(ref, by=by)
    disclosure = fix_header(ref, decision, catalogue=catalogue, by=by, at=at)
    build(disclosure, by=by, at=at)
    log_intent(disclosure, by=by, at=at)
    release(disclosure, catalogue=catalogue, by=by, at=at)
    return disclosure


def fix_header(ref: UseRef, decision: int, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Fix the header of a handover, and so its name; the same decision always gives the same one."""
    check_role(by, Role.REGISTRAR)
    held = Disclosure.objects.filter(decision_id=decision, decision__use=ref).first()
    if held is not None:
        return held.id
    sequence(at=at)
    made = Decision.objects.select_related("registry").filter(pk=decision, use=ref).first()
    if made is None:
        raise Refusal(
            "gate.decision_unknown",
            "No decision about this use has this number.",
            next_step="Decide the use first.",
            authority="D18",
        )
    use = asked(ref)
    check_as_approved(ref)
    decided = ledger.entry(made.outbox)
    if decided is None:
        raise unlogged()
    header = _header(use, decided.index, catalogue)
    if catalogue.exit(use.exit).commits_tags:  # a duty return has no list, and names no registry of keys
        header |= {"mode": "include", "registry": registries.named(made.registry)}
    # Where another run was quicker, its header stands: one decision has one.
    fixed, _ = Disclosure.objects.get_or_create(
        decision=made, defaults={"id": identifier(header).hex(), "header": header, "state": "fixed"}
    )
    return fixed.id


def _header(use: AskedUse, decided: int, catalogue: Catalogue) -> dict[str, object]:
    """Return what is settled of every handover before it is built, with a nonce of its own."""
    wanted = use.population
    return {
        "decision": decided,
        "events": log_state("events"),
        "gateway": catalogue.purpose(use.purpose).authority.instrument,
        "items": items_digest(use.items).hex(),
        "log": origin("handovers"),
        "nonce": registries.new_nonce(),
        "population": f"{wanted.collection}/{wanted.term}/{wanted.year}",
        "purpose": use.purpose,
        "recipient": {
            "id": use.recipient.ref,
            "key": recipient_key_hash(bytes.fromhex(use.recipient.check_key)).hex(),
        },
        "use": use.ref,
    }


def log_intent(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Say in the public log what is about to leave, before it leaves, and let the witnesses see that it was said.

    Unreachable log: nothing leaves. A witness that does not answer is waited for at `release`, which asks for a quorum.
    A duty return is said without a list: a law requires it of everybody, so there is nobody to prove absent.
    """
    check_role(by, Role.REGISTRAR)
    with transaction.atomic():
        held = _locked(disclosure)
        if held.state == "built":
            kind, body = _said(held)
            held.intent = propose(log="handovers", kind=kind, body=body, by=by, at=at)
            held.logged_at, held.state = at, "logged"
            held.save()
    sequence(at=at)
    gather(here())


def _said(held: Disclosure) -> tuple[str, dict[str, object]]:
    """Return what the log says of a parcel before it leaves: its kind, and the body of the entry."""
    body: dict[str, object] = {"header": held.header, "id": held.id, "payload": held.payload}
    if is_duty(held):
        return DutyReturn.kind, body | {"band": band(held.decision.scope.count)}
    if held.tags is None:
        raise unlogged()
    return Intent.kind, body | {"set": {"depth": held.depth, "n": held.tags.count, "root": held.root}}


def release(disclosure: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Let one logged parcel go.

    The plan, every line of which refuses by name, and 1 to 3 in one transaction that nobody else releases or calls off
    in: 1 the published log, opened and rebuilt by the public verifier's own code, holds this intent, and the parcel and
    the tag file on disk are those it names; 2 the catalogue is the one it was decided under, and still allows the use;
    3 no answer can be in flight: decision and intent are fresh, nobody who is about to go bears a reason by now, the
    use stands, and *releasing* commits before the file moves, so no crash can deny that it may have left; 4 the file
    moves, if it is still the very bytes that were logged; 5 *released*; 6 of a letter that is passed on, that it is.
    """
    check_role(by, Role.REGISTRAR)
    max_age = timedelta(hours=catalogue.limits.intent_max_age_hours)
    with transaction.atomic():
        held = _locked(disclosure)
        if held.state == "logged":
            check_before_release(held, max_age=max_age, at=at)  # 1
            if held.decision.catalogue != catalogue.hash:  # 2
                raise Refusal(
                    "gate.catalogue_changed",
                    "The catalogue has changed since this was decided.",
                    next_step="Call the handover off, and decide again under the catalogue in force.",
                    authority="D41",
                )
            _hold(held, catalogue, max_age=max_age, by=by, at=at)  # 3
        elif held.state not in {"releasing", "released"}:
            raise unlogged()
    if held.state != "released":
        move_out(held.file, _gone(held), held.payload)  # 4
        with transaction.atomic():  # 5
            Disclosure.objects.filter(pk=disclosure, state="releasing").update(state="released")
    say_passed_on(disclosure, by=by, at=at)  # 6
    sequence(at=at)


def _hold(held: Disclosure, catalogue: Catalogue, *, max_age: timedelta, by: Actor, at: datetime) -> None:
    """Look once more, with everything still, and write down that it is going."""
    ref = UseRef(held.decision.use)
    hold_answers()
    if not timedelta(0) <= at - held.decision.at < max_age:
        raise _overtaken("gate.decision_old", "Too long has passed since this was decided.")
    use = asked(ref)
    check_allowed(use, catalogue, on=at.date())
    if is_duty(held) == catalogue.exit(use.exit).commits_tags:  # without a list goes only what must have none
        raise unlogged()
    released, way = unpacked(sets.read(held.decision.released)), catalogue.exit(use.exit)
    now = lists(use, released, held.decision.registry, catalogue, by=by, at=at)
    if overtaken(released, now, way.removes_for(held.decision.untold_under)):
        raise _overtaken("gate.overtaken", "Since this was decided, a child in it may no longer be released.")
    if marks_digest(marks(released, now, way)) != held.marks:
        raise _overtaken("gate.overtaken", "Since this was built, a child in it has come under another rule.")
    uses.released(ref, by=by, at=at)
    held.state = "releasing"
    held.save(update_fields=["state"])


def _gone(held: Disclosure) -> Path:
    """Return where the file goes: to what is handed over, or into the reading room."""
    return gone_to(here(), asked(UseRef(held.decision.use)).exit) / held.file


def call_off(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Call a handover off before it goes: the log says *withdrawn*, the parcel is destroyed, the use is open again.

    Refuses once it may have left. A use that was taken back or stopped meanwhile stays so.
    """
    check_role(by, Role.REGISTRAR)
    sequence(at=at)  # an intent that a killed run has left waiting gets its number
    with transaction.atomic():
        held = _locked(disclosure)
        if held.state not in {"fixed", "built", "logged", "withdrawn"}:
            raise Refusal(
                "gate.may_have_left",
                "This handover may have left already, so it cannot be called off.",
                next_step="Ask the recipient for a signed promise that it was wiped.",
                authority="D25; ARCHITECTURE section 5: no outcome counts as delivered",
            )
        if held.state != "withdrawn":
            _withdraw(held, by=by, at=at)
    # Also when a run was cut off after it had said so: what was called off is destroyed.
    if held.file:
        (here().quarantine / held.file).unlink(missing_ok=True)
        fsync_folder(here().quarantine)
    sequence(at=at)


def _withdraw(held: Disclosure, *, by: Actor, at: datetime) -> None:
    """Say in the log that a handover is called off, and let the use be decided again if it still stands."""
    if held.intent is not None:
        found = ledger.entry(held.intent)
        if found is None:
            raise unlogged()
        intent = parse(found.entry, log="handovers").body
        body: dict[str, object] = {"id": held.id, "outcome": "withdrawn"}
        if isinstance(intent, Intent):
            body |= {"recomputed": None, "seq": intent.seq}
        kind = Outcome.kind if isinstance(intent, Intent) else DutyOutcome.kind
        held.outcome = propose(log="handovers", kind=kind, body=body, by=by, at=at)
    held.state = "withdrawn"
    held.save()
    if asked(UseRef(held.decision.use)).state is State.CLEARED:
        uses.fall_back(UseRef(held.decision.use), by=by, at=at)


def _locked(disclosure: str) -> Disclosure:
    return (
        Disclosure.objects.select_for_update(of=("self",))
        .select_related("decision__registry", "decision__released", "tags")
        .get(pk=disclosure)
    )


def _overtaken(code: str, sentence: str) -> Refusal:
    return Refusal(
        code,
        sentence,
        next_step="Call the handover off, and decide again.",
        authority="D6, D11; ARCHITECTURE section 5: the decision still stands",
    )
