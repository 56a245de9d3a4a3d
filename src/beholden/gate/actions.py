# SPDX-License-Identifier: Apache-2.0
"""Decides, freezes, builds, logs, and only then releases. Each step can be run again; a crash leaves the safe side.

1 decide and freeze   one transaction: exact figures, the frozen lists, the public decision (`decide`)
2 fix the header      the events log holds the decision, so the header can name it (`fix_header`)
3 build               ciphertext and tag file in quarantine, on disk, hashed as read back (`build`)
4 log the intent      committed, sequenced, signed, published (`log_intent`)
5 check               with the public verifier's own code: see `release`
6 `releasing` commits, the file moves, `released` commits (`release`)
7 log the outcome     the recipient's own signed recomputation, or nothing: treat as delivered (`confirm`)

Killed between any two, the next run goes on from the state that is committed: *logged, not released* at worst.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue, FamilySays, Flag
from beholden.choices import queries as choices
from beholden.choices.rules import Question
from beholden.gate import parcel, registries, sets
from beholden.gate.check import check_before_release, log_state, origin, unlogged
from beholden.gate.expression import weigh
from beholden.gate.models import Decision, Disclosure, Registry
from beholden.gate.rules import check_told_floor, public_left_out
from beholden.home import here
from beholden.home.files import fsync_folder, write_durably
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose, sequence
from beholden.ledger.canonical import print_json
from beholden.ledger.entries import ListOf, items_digest, recipient_key_hash, tens
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree, identifier, padding, tag, tag_key
from beholden.notices import queries as notices
from beholden.people import queries as people
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.rows import read
from beholden.uses import actions as uses
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules import State


def _only(role: Role, by: Actor) -> None:
    if by.role is not role:
        raise Refusal(
            "gate.role",
            f"Only the {role.value} may do this at the gate.",
            next_step=f"Ask the {role.value}.",
            authority="MISSION D18; UK GDPR Art 32(4)",
        )


def snapshot_registry(*, by: Actor, at: datetime) -> str:
    """Commit everybody's key for the handovers to come, and publish the root. Returns the snapshot's id in hex."""
    _only(Role.REGISTRAR, by)
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
    _only(Role.REGISTRAR, by)
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


def release_use(ref: UseRef, decision: int, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Take a decided use all the way out, from wherever an earlier run stopped. Returns the handover's id in hex."""
    _only(Role.REGISTRAR, by)
    disclosure = fix_header(ref, decision, catalogue=catalogue, at=at)
    build(disclosure, at=at)
    log_intent(disclosure, by=by, at=at)
    release(disclosure, catalogue=catalogue, by=by, at=at)
    return disclosure


def fix_header(ref: UseRef, decision: int, *, catalogue: Catalogue, at: datetime) -> str:
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


def build(disclosure: str, *, at: datetime) -> None:
    """Build ciphertext and tag file in quarantine; hash what is read back. Until it is logged it may be redone."""
    held = Disclosure.objects.select_related("decision__registry").get(pk=disclosure)
    if held.state != "fixed":
        return
    use = asked(UseRef(held.decision.use))
    released = sets.ids(sets.read(held.decision.released))
    tags = _tags(held, released, at=at)
    wanted = use.population
    rows = read.rows(wanted.collection, wanted.term, wanted.year, use.items, released)
    if rows.num_rows != len(released):
        raise Refusal(
            "gate.rows_missing",
            "The rows on disk are not those of the people who were decided on.",
            next_step="Run `beholden fsck`; a return may have been superseded since: decide again.",
            authority="DESIGN section 5: decide, freeze, build",
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


def _tags(held: Disclosure, released: pa.Array, *, at: datetime) -> dict[bytes, bytes]:
    """Return each released person's tag. The key of the snapshot is read once; no y is kept."""
    key = load(here(), registries.key_name(bytes.fromhex(held.decision.registry_id)))
    wanted = set(released.to_pylist())
    keeper = Actor("gate", Role.KEEPER)
    list_id = bytes.fromhex(held.id)
    return {
        seed.person.bytes: tag(tag_key(key, seed.proof_id), list_id)
        for seed in register.proof_seeds(by=keeper, at=at)
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
    _only(Role.REGISTRAR, by)
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
                authority="MISSION D41",
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
            authority="DESIGN section 5: the decision still stands",
        )
