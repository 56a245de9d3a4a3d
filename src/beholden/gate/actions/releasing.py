# SPDX-License-Identifier: Apache-2.0
"""Builds what was decided, says so in the public log, checks what the public would check, and only then releases.

Each step can be run again; killed between any two, the next run goes on from the state that is committed.
"""

import hashlib
from datetime import datetime, timedelta

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import parcel, registries, sets
from beholden.gate.check import check_before_release, log_state, origin, unlogged
from beholden.gate.models import Decision, Disclosure
from beholden.gate.rules import check_role
from beholden.home import here
from beholden.home.files import fsync_folder, write_durably
from beholden.home.keys import load
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose, sequence
from beholden.ledger.entries import items_digest, recipient_key_hash
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree, identifier, padding, tag, tag_key
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.rows import read
from beholden.uses import actions as uses
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules import State


def release_use(ref: UseRef, decision: int, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Take a decided use all the way out, from wherever an earlier run stopped. Returns the handover's id in hex."""
    check_role(by, Role.REGISTRAR)
    disclosure = fix_header(ref, decision, catalogue=catalogue, by=by, at=at)
    build(disclosure, by=by, at=at)
    log_intent(disclosure, by=by, at=at)
    release(disclosure, catalogue=catalogue, by=by, at=at)
    return disclosure


def fix_header(ref: UseRef, decision: int, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Fix the header of a handover, and so its name; the same decision always gives the same one."""
    held = Disclosure.objects.filter(decision_id=decision).first()
    if held is not None:
        return held.id
    sequence(at=at)
    made = Decision.objects.select_related("registry").get(pk=decision, use=ref)
    use = asked(ref)
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
    with transaction.atomic():
        return Disclosure.objects.create(
            id=identifier(header).hex(), decision=made, header=header, state="fixed"
        ).id


def build(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Build ciphertext and tag file in quarantine; hash what is read back. Until it is logged it may be redone."""
    held = Disclosure.objects.select_related("decision__registry").get(pk=disclosure)
    if held.state != "fixed":
        return
    use = asked(UseRef(held.decision.use))
    released = sets.ids(sets.read(held.decision.released))
    tags = _tags(held, released, by=by, at=at)
    wanted = use.population
    rows = read.rows(wanted.collection, wanted.term, wanted.year, use.items, released)
    if rows.num_rows != len(released):
        raise Refusal(
            "gate.rows_missing",
            "The rows on disk are not those of the people who were decided on.",
            next_step="Run `beholden fsck`; a return may have been superseded since: decide again.",
            authority="ARCHITECTURE section 5: decide, freeze, build",
        )
    filling = padding(held.decision.scope.count - len(released))
    tree = BucketTree.build(bytes.fromhex(disclosure), TAG_BYTES, (*tags.values(), *filling))
    whole = _sheet(rows, tags, use)
    ciphertext = parcel.pack(held.header, whole, filling, recipient=use.recipient.encryption_key)
    name = f"{held.decision.use}-{disclosure[:8]}.age"
    write_durably(here().quarantine / name, ciphertext)
    payload = hashlib.sha256((here().quarantine / name).read_bytes()).hexdigest()
    with transaction.atomic():
        held.tags = sets.keep("tags", tree.items, width=TAG_BYTES, at=at)
        held.payload, held.file, held.state = payload, name, "built"
        held.depth, held.root = tree.committed.depth, tree.committed.root.hex()
        held.save()


def _tags(held: Disclosure, released: pa.Array, *, by: Actor, at: datetime) -> dict[bytes, bytes]:
    """Return each released person's tag. The key of the snapshot is read once; no y is kept."""
    key = load(here(), registries.key_name(bytes.fromhex(held.decision.registry_id)))
    wanted = set(released.to_pylist())
    list_id = bytes.fromhex(held.id)
    return {
        seed.person.bytes: tag(tag_key(key, seed.proof_id), list_id)
        for seed in register.proof_seeds(by=by, at=at)
        if seed.person.bytes in wanted
    }


def _sheet(rows: pa.Table, tags: dict[bytes, bytes], use: AskedUse) -> pa.Table:
    """The rows as the recipient gets them: tag, a pseudonym of this recipient and use, the items; sorted by tag."""
    key = load(here(), "pseudonyms")
    scope = f"{use.recipient.ref}\n{use.ref}\n".encode()
    persons = rows["person"].to_pylist()
    made = [hashlib.blake2b(scope + person, key=key, digest_size=16).hexdigest() for person in persons]
    table = pa.table(
        {"tag": pa.array([tags[person] for person in persons], pa.binary(16)), "pseudonym": pa.array(made)}
    )
    for item in use.items:
        table = table.append_column(item, rows[item])
    return table.sort_by("tag")


def log_intent(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Say in the public log what is about to leave, before it leaves. Unreachable log: nothing leaves."""
    with transaction.atomic():
        held = Disclosure.objects.select_for_update(of=("self",)).select_related("tags").get(pk=disclosure)
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

    The plan, every line of which refuses by name: 1 the published log, opened and rebuilt by the public verifier's own
    code, holds this intent; 2 the ciphertext on disk has the payload's hash; 3 the tag file on disk gives the
    intent's root; 4 the use still stands, under a catalogue no stricter than the decision's; 5 the intent is fresh and
    unused; 6 `releasing` is committed before the file moves, so no crash can deny that it may have left.
    """
    check_role(by, Role.REGISTRAR)
    held = Disclosure.objects.select_related("decision", "tags").get(pk=disclosure)
    if held.state == "released":
        return
    if held.state == "logged":
        check_before_release(held, max_age=timedelta(hours=catalogue.limits.intent_max_age_hours), at=at)
        if held.decision.catalogue != catalogue.hash:
            raise Refusal(
                "gate.catalogue_changed",
                "The catalogue has changed since this was decided.",
                next_step="Decide again under the catalogue in force.",
                authority="D41",
            )
        _check_standing(UseRef(held.decision.use))
        with transaction.atomic():
            Disclosure.objects.filter(pk=disclosure, state="logged").update(state="releasing")
    home = here()
    waiting, gone = home.quarantine / held.file, home.released / held.file
    if waiting.exists():
        waiting.replace(gone)
        fsync_folder(home.released)
        fsync_folder(home.quarantine)
    with transaction.atomic():
        Disclosure.objects.filter(pk=disclosure, state="releasing").update(state="released")
        uses.released(UseRef(held.decision.use), by=by, at=at)
    sequence(at=at)


def _check_standing(ref: UseRef) -> None:
    if asked(ref).state is not State.CLEARED:
        raise Refusal(
            "gate.use_fell",
            "This use no longer stands.",
            next_step="Look at what happened to it since it was decided.",
            authority="ARCHITECTURE section 5: the decision still stands",
        )
