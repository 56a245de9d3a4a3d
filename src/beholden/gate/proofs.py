# SPDX-License-Identifier: Apache-2.0
"""Makes a family's proof, and takes a recipient's word. Both read only what is logged."""

from datetime import datetime

from django.db import transaction

from beholden.gate import registries, sets
from beholden.gate.check import unlogged, verified_log
from beholden.gate.models import Disclosure, Registry
from beholden.kinds import Actor, PersonId
from beholden.ledger import queries
from beholden.ledger.actions import propose, sequence
from beholden.ledger.bundle import Bundle, HandoverLog, Membership, Opening
from beholden.ledger.confirmation import Subject, Word, weigh
from beholden.ledger.entries import Recomputed
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree, Committed, label, tag
from beholden.refusals import Refusal
from beholden.register import actions as register


def bundle(person: PersonId, *, by: Actor, at: datetime) -> bytes:
    """Return the file from which one family can prove, alone and offline, where its child was and was not (D27, D28).

    The plan: 1 the whole handover log, as published; 2 the child's key opened in every registry that a handover names
    and that holds it; 3 the child's bucket in every handover made under such a registry, whether the tag is there or
    not: both answers have one form, so nobody can tell them apart by size or by what was asked.
    """
    published = queries.checkpoint("handovers")
    if published is None:
        raise unlogged()
    log = verified_log()
    seed = register.proof_seed(person, by=by, at=at)
    openings: list[Opening] = []
    keys: dict[bytes, bytes] = {}
    for index in sorted({intent.body.header.registry.index for intent in log.intents}):
        registry_id = log.registries[index].body.id
        kept = Registry.objects.select_related("elements", "keyed").get(pk=registry_id.hex())
        members = sets.read(kept.keyed)
        if person.bytes not in {members[at : at + 16] for at in range(0, len(members), 16)}:
            continue
        tree = BucketTree.build(registry_id, SNAPSHOT_WIDTH, sets.read(kept.elements))
        shown = tree.proof(label(seed.label_seed, registry_id))
        keys[registry_id] = registries.key_of(seed, registry_id)
        openings.append(Opening(bucket=shown.bucket, entry=index, path=shown.path, y=keys[registry_id]))
    proofs: list[Membership] = []
    for intent in log.intents:
        key = keys.get(intent.body.header.registry.id)
        if key is None:
            continue
        held = Disclosure.objects.select_related("tags").get(pk=intent.body.id.hex())
        if held.tags is None:
            raise unlogged()
        shown = BucketTree.build(intent.body.id, TAG_BYTES, sets.read(held.tags)).proof(
            tag(key, intent.body.id)
        )
        proofs.append(Membership(bucket=shown.bucket, entry=intent.index, path=shown.path))
    return Bundle(
        handovers=HandoverLog(
            checkpoint=published.note.decode(),
            entries=tuple(entry.decode() for entry in queries.entries("handovers")),
        ),
        proofs=tuple(proofs),
        registry=tuple(openings),
        seed=seed.label_seed if openings else None,
        vkey=queries.key("handovers"),
    ).print()


def confirm(disclosure: str, said: Recomputed, *, by: Actor, at: datetime) -> None:
    """Log the recipient's own signed recomputation as the outcome *delivered*; refuse a word that is not theirs.

    Asked twice, it is logged once.
    """
    held = Disclosure.objects.select_related("tags").get(pk=disclosure)
    mine = [placed.body for placed in verified_log().intents if placed.body.id.hex() == disclosure]
    if held.state != "released" or len(mine) != 1:
        raise unlogged()
    intent = mine[0]
    subject = Subject(
        list_id=intent.id,
        payload=intent.payload,
        committed=Committed(n=intent.set.n, depth=intent.set.depth, root=intent.set.root),
        recipient_key=intent.header.recipient.key,
    )
    if weigh(subject, said) is not Word.AGREES:
        raise Refusal(
            "gate.confirmation",
            "This confirmation does not agree with the list in the log, or is not signed by the recipient.",
            next_step="Do not use the file. Check it again with `beholden recipient check`, and tell the registrar.",
            authority="DESIGN section 5: recipients recompute",
        )
    with transaction.atomic():
        fresh = Disclosure.objects.select_for_update().get(pk=disclosure)
        if fresh.outcome is None:
            body = {"id": disclosure, "outcome": "delivered", "recomputed": said.to_json(), "seq": intent.seq}
            fresh.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
            fresh.save()
    sequence(at=at)
