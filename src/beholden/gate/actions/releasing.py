# SPDX-License-Identifier: Apache-2.0
"""Builds what was decided, says so in the public log, checks what the public would check, and only then releases.

Each step can be run again; killed between any two, the next run goes on from the state that is committed.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.choices.turns import hold_answers
from beholden.gate import parcel, registries, sets
from beholden.gate.actions.weighing import lists
from beholden.gate.check import check_allowed, check_before_release, log_state, origin, unlogged
from beholden.gate.expression import overtaken
from beholden.gate.ids import unpacked
from beholden.gate.models import Decision, Disclosure
from beholden.gate.pseudonyms import pseudonyms
from beholden.gate.rules import check_role
from beholden.home import here
from beholden.home.files import fsync_folder, write_durably
from beholden.home.keys import load
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose, sequence
from beholden.ledger.entries import parse
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree, identifier, padding, tag, tag_key
from beholden.ledger.vocabulary.handovers import Intent
from beholden.ledger.vocabulary.terms import items_digest, recipient_key_hash
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.lent import ProofSeeds
from beholden.register.rows import read
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
    decided, registry = ledger.entry(made.outbox), ledger.entry(made.registry.outbox)
    if decided is None or registry is None:
        raise unlogged()
    root = BucketTree.build(
        bytes.fromhex(made.registry.id), SNAPSHOT_WIDTH, sets.read(made.registry.elements)
    ).committed.root
    header: dict[str, object] = {
        "decision": decided.index,
        "events": log_state("events"),
        "gateway": catalogue.purpose(use.purpose).authority.instrument,
        "items": items_digest(use.items).hex(),
        "log": origin("handovers"),
        "mode": "include",
        "nonce": registries.new_nonce(),
        "population": f"{use.population.collection}/{use.population.term}/{use.population.year}",
        "purpose": use.purpose,
        "recipient": {
            "id": use.recipient.ref,
            "key": recipient_key_hash(bytes.fromhex(use.recipient.check_key)).hex(),
        },
        "registry": {"id": made.registry.id, "index": registry.index, "root": root.hex()},
        "use": ref,
    }
    # Where another run was quicker, its header stands: one decision has one.
    fixed, _ = Disclosure.objects.get_or_create(
        decision=made, defaults={"id": identifier(header).hex(), "header": header, "state": "fixed"}
    )
    return fixed.id


def build(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Build ciphertext and tag file in quarantine; hash what is read back. Until it is logged it may be redone."""
    check_role(by, Role.REGISTRAR)
    held = Disclosure.objects.select_related("decision__registry").get(pk=disclosure)
    if held.state != "fixed":
        return
    use = asked(UseRef(held.decision.use))
    released = unpacked(sets.read(held.decision.released))
    wanted = use.population
    rows = read.rows(wanted.collection, wanted.term, wanted.year, use.items, released)
    seeds = register.proof_seeds(among=released, by=by, at=at)
    if not released.equals(rows["person"].combine_chunks()) or not released.equals(unpacked(seeds.people)):
        raise Refusal(
            "gate.rows_missing",
            "The rows on disk are not those of the people who were decided on.",
            next_step="Run `beholden fsck`; a return may have been superseded since: decide again.",
            authority="ARCHITECTURE section 5: decide, freeze, build",
        )
    tags = _tags(held, seeds)
    filling = padding(held.decision.scope.count - len(released))
    tree = BucketTree.build(bytes.fromhex(disclosure), TAG_BYTES, tags + b"".join(filling))
    whole = _sheet(rows, tags, use)
    ciphertext = parcel.pack(held.header, whole, filling, recipient=use.recipient.encryption_key)
    name = f"{held.decision.use}-{disclosure[:8]}-{secrets.token_hex(4)}.age"
    write_durably(here().quarantine / name, ciphertext)
    payload = hashlib.sha256((here().quarantine / name).read_bytes()).hexdigest()
    with transaction.atomic():
        fresh = _locked(disclosure)
        if fresh.state != "fixed":  # another run was quicker: its parcel stands, ours is nobody's
            (here().quarantine / name).unlink()
            return
        fresh.tags = sets.keep("tags", tree.items, width=TAG_BYTES, at=at)
        fresh.payload, fresh.file, fresh.state = payload, name, "built"
        fresh.depth, fresh.root = tree.committed.depth, tree.committed.root.hex()
        fresh.save()


def _tags(held: Disclosure, seeds: ProofSeeds) -> bytes:
    """Return each released person's tag, end to end. The key of the snapshot is read once; no y is kept."""
    key = load(here(), registries.key_name(bytes.fromhex(held.decision.registry_id)))
    list_id = bytes.fromhex(held.id)
    tags = bytearray()
    for _, proof_id in seeds:
        tags += tag(tag_key(key, proof_id), list_id)
    return bytes(tags)


def _sheet(rows: pa.Table, tags: bytes, use: AskedUse) -> pa.Table:
    """The rows as the recipient gets them: tag, a pseudonym of this recipient and use, the items; sorted by tag."""
    made = pseudonyms(use.recipient.ref, use.ref, rows["person"].to_pylist())
    table = pa.table({"tag": unpacked(tags), "pseudonym": pa.array(made)})
    for item in use.items:
        table = table.append_column(item, rows[item])
    return table.sort_by("tag")


def log_intent(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Say in the public log what is about to leave, before it leaves. Unreachable log: nothing leaves."""
    check_role(by, Role.REGISTRAR)
    with transaction.atomic():
        held = _locked(disclosure)
        if held.state == "built" and held.tags is not None:
            body = {
                "header": held.header,
                "id": held.id,
                "payload": held.payload,
                "set": {"depth": held.depth, "n": held.tags.count, "root": held.root},
            }
            held.intent = propose(log="handovers", kind="intent", body=body, by=by, at=at)
            held.logged_at, held.state = at, "logged"
            held.save()
    sequence(at=at)


def release(disclosure: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Let one logged parcel go.

    The plan, every line of which refuses by name, and 1 to 3 in one transaction that nobody else releases or calls off
    in: 1 the published log, opened and rebuilt by the public verifier's own code, holds this intent, and the parcel and
    the tag file on disk are those it names; 2 the catalogue is the one it was decided under, and still allows the use;
    3 no answer can be in flight: decision and intent are fresh, nobody who is about to go bears a reason by now, the
    use stands, and *releasing* commits before the file moves, so no crash can deny that it may have left; 4 the file
    moves, if it is still the very bytes that were logged; 5 *released*.
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
        _move(held)  # 4
        with transaction.atomic():  # 5
            Disclosure.objects.filter(pk=disclosure, state="releasing").update(state="released")
    sequence(at=at)


def _hold(held: Disclosure, catalogue: Catalogue, *, max_age: timedelta, by: Actor, at: datetime) -> None:
    """Look once more, with everything still, and write down that it is going."""
    ref = UseRef(held.decision.use)
    hold_answers()
    if not timedelta(0) <= at - held.decision.at < max_age:
        raise _overtaken("gate.decision_old", "Too long has passed since this was decided.")
    use = asked(ref)
    check_allowed(use, catalogue, on=at.date())
    released = unpacked(sets.read(held.decision.released))
    now = lists(use, released, held.decision.registry, catalogue, by=by, at=at)
    if overtaken(released, now, catalogue.exit(use.exit).removes):
        raise _overtaken("gate.overtaken", "Since this was decided, a child in it may no longer be released.")
    uses.released(ref, by=by, at=at)
    held.state = "releasing"
    held.save(update_fields=["state"])


def _move(held: Disclosure) -> None:
    """Move the parcel out, unless an earlier run has. What a killed run moved is flushed like our own."""
    home = here()
    waiting, gone = home.quarantine / held.file, home.released / held.file
    with suppress(FileNotFoundError):  # an earlier run has moved it, or another does at this moment
        if hashlib.sha256(waiting.read_bytes()).hexdigest() != held.payload:
            raise _damaged()
        waiting.replace(gone)
    if not gone.exists():
        raise _damaged()
    fsync_folder(home.released)
    fsync_folder(home.quarantine)


def _damaged() -> Refusal:
    return Refusal(
        "gate.parcel_damaged",
        "The parcel is not there, or is not the one whose hash was logged, so nothing leaves.",
        next_step="Run `beholden fsck`. Put back the very file from a copy: none other may go under this name.",
        authority="ARCHITECTURE section 5: what leaves is what was logged",
    )


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
        if isinstance(intent, Intent):
            body = {"id": held.id, "outcome": "withdrawn", "recomputed": None, "seq": intent.seq}
            held.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
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
