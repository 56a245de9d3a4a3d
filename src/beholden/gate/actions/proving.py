# SPDX-License-Identifier: Apache-2.0
"""Makes a family's proof, and takes a recipient's word. Both read only what is logged."""

from datetime import datetime

from django.db import transaction

from beholden.gate import registries, sets
from beholden.gate.actions.copying import EXIT
from beholden.gate.actions.singles import write_down
from beholden.gate.check import public_log, unlogged
from beholden.gate.models import Compulsion, Disclosure, Registry
from beholden.gate.rules import check_role
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.actions import propose, sequence
from beholden.ledger.bundle import Bundle, HandoverLog, Membership, Opening
from beholden.ledger.confirmation import Word, weigh
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree, commitment, label, tag
from beholden.ledger.verify import subject, verify
from beholden.ledger.vocabulary.handovers import Recomputed
from beholden.people.mandate import check, check_record
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.lent import ProofSeed
from beholden.uses import actions as uses
from beholden.uses.queries import asked
from beholden.uses.rules import State


def bundle(person: PersonId, *, mandate: str = "", by: Actor, at: datetime) -> bytes:
    """Return the file from which one family can prove, alone and offline, where its child was and was not (D27, D28).

    The plan: 0 the registrar asks, who has looked at who stands there, or a mandate of the second step names the child;
    and it stands in the journal, on the disk, that this file is given; 1 the whole handover log, as published, read
    once; 2 the child's key opened in every registry that a handover names and that holds it; 3 the child's bucket in
    every handover made under such a registry, whether the tag is there or not: both answers have one form, so nobody
    can tell them apart by what was asked; 4 the family's own verifier accepts the file before it is given out.
    """
    reader = _for_whom(person, mandate, by=by, at=at)
    write_down(EXIT, "proof", person, reader=reader, by=by, at=at)  # 0
    log = public_log()  # 1
    seed = register.proof_seed(person, by=by, at=at)
    openings: list[Opening] = []
    keys: dict[bytes, bytes] = {}
    for index in sorted({one.body.header.registry.index for one in log.read.handed}):  # 2
        registry_id = log.read.registries[index].body.id
        opening = _opened(seed, registry_id, index)
        if opening is not None:
            keys[registry_id] = opening.y
            openings.append(opening)
    proofs: list[Membership] = []
    for one in log.read.handed:  # 3; of what is sealed there is nothing, for anybody (D22)
        key = keys.get(one.body.header.registry.id)
        if key is not None:
            shown = _tags(one.body.id).proof(tag(key, one.body.id))
            proofs.append(Membership(bucket=shown.bucket, entry=one.index, path=shown.path))
    raw = Bundle(
        handovers=HandoverLog(
            checkpoint=log.note.decode(), entries=tuple(entry.decode() for entry in log.entries)
        ),
        proofs=tuple(proofs),
        registry=tuple(openings),
        seed=seed.label_seed if openings else None,
        vkey=log.vkey,
    ).print()
    verify(raw, key=log.vkey)  # 4
    return raw


def _for_whom(person: PersonId, mandate: str, *, by: Actor, at: datetime) -> str:
    """Return the opaque adult or officer whom a proof is for, or refuse."""
    if not mandate:
        check_role(by, Role.REGISTRAR)
        return by.ref
    held = check(mandate, key=load(here(), "letters"), at=at)
    check_record(held, person)
    return held.adult


def _opened(seed: ProofSeed, registry_id: bytes, index: int) -> Opening | None:
    """Open a person's key in one registry; None if the registry does not hold the key this person has now."""
    kept = Registry.objects.select_related("elements").get(pk=registry_id.hex())
    key, place = registries.key_of(seed, registry_id), label(seed.label_seed, registry_id)
    shown = BucketTree.build(registry_id, SNAPSHOT_WIDTH, sets.read(kept.elements)).proof(place)
    if place + commitment(key, place) not in shown.bucket:
        return None
    return Opening(bucket=shown.bucket, entry=index, path=shown.path, y=key)


def _tags(list_id: bytes) -> BucketTree:
    held = Disclosure.objects.select_related("tags").filter(pk=list_id.hex()).first()
    kept = Compulsion.objects.select_related("tags").get(pk=list_id.hex()).tags if held is None else held.tags
    if kept is None:
        raise unlogged()
    return BucketTree.build(list_id, TAG_BYTES, sets.read(kept))


def confirm(disclosure: str, said: Recomputed, *, by: Actor, at: datetime) -> Word:
    """Log the recipient's own signed recomputation, whether it agrees or not, and return what it is worth.

    A word that disagrees is the most important of all to show, so it is logged too; one that is not signed with the
    recipient's own key is refused. Asked twice, it is logged once. From then on the use is in use.
    """
    intent = public_log().intent(disclosure).body
    word = weigh(subject(intent), said)
    if word is Word.UNSIGNED:
        raise Refusal(
            "gate.confirmation",
            "This confirmation is not signed by the recipient.",
            next_step="Make it again with `beholden recipient check` and the key that the keeper enrolled.",
            authority="ARCHITECTURE section 5: recipients recompute",
        )
    with transaction.atomic():
        fresh = Disclosure.objects.select_for_update().get(pk=disclosure)
        if fresh.state != "released":
            raise unlogged()
        if fresh.outcome is None:
            body = {"id": disclosure, "outcome": "delivered", "recomputed": said.to_json(), "seq": intent.seq}
            fresh.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
            fresh.save(update_fields=["outcome"])
        use, itself = UseRef(intent.header.use), (Role.RECIPIENT, intent.header.recipient.id)
        if asked(use).state is State.RELEASED and (by.role, by.organisation) == itself:
            uses.receive(use, by=by, at=at)
    sequence(at=at)
    return word
