# SPDX-License-Identifier: Apache-2.0
"""Makes a family's proof, and takes a recipient's word. Both read only what is logged."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from beholden.catalogue import in_force
from beholden.gate import registries, sets
from beholden.gate.actions.copying import EXIT
from beholden.gate.actions.empowering import powers_about
from beholden.gate.actions.singles import write_down
from beholden.gate.check import is_duty, public_log, unlogged
from beholden.gate.models import Compulsion, Disclosure, Registry, SetFile
from beholden.gate.rules import check_role, not_yours
from beholden.gate.seals import locked
from beholden.gate.ways import KEPT_HERE
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.actions import propose, sequence
from beholden.ledger.bundle import Bundle, HandoverLog, Membership, Opening, Place
from beholden.ledger.confirmation import Word, weigh
from beholden.ledger.handovers import Placed
from beholden.ledger.places import prove
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, commitment, label, tag
from beholden.ledger.verify import subject, verify
from beholden.ledger.vocabulary.handovers import DutyOutcome, Intent, Recomputed
from beholden.ledger.vocabulary.handovers import Registry as Snapshot
from beholden.people.mandate import check, check_record
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.lent import ProofSeed
from beholden.uses import actions as uses
from beholden.uses.queries import asked
from beholden.uses.rules import State


def bundle(person: PersonId, *, mandate: str = "", by: Actor, at: datetime) -> bytes:
    """Return the file from which one family can prove, alone and offline, where its child was and was not (D27, D28).

    The plan: 0 the registrar asks, who has looked at who stands there, or a mandate of the second step names the child;
    it stands in the journal, on the disk, that this file is given, and an adult to whom it is given may see the record;
    1 the whole handover log, as published, read once; 2 the child's key opened in every registry that a handover names
    and that holds it; 3 the child's bucket in every handover made under such a registry, whether the tag is there or
    not: both answers have one form, so nobody can tell them apart by what was asked; 4 the family's own verifier
    accepts the file before it is given out.
    """
    reader = _for_whom(person, mandate, by=by, at=at)
    write_down(EXIT, "proof", person, reader=reader, by=by, at=at)  # 0
    if mandate:
        _check_sees(person, reader, by=by, at=at)
    log = public_log()  # 1
    seed = register.proof_seed(person, by=by, at=at)
    openings: list[Opening] = []
    keys: dict[bytes, bytes] = {}
    for index in sorted({one.body.header.registry.index for one in log.read.handed}):  # 2
        registry_id = log.read.registries[index].body.id
        opening = _opened(seed, log.read.registries[index])
        if opening is not None:
            openings.append(opening)
            keys[registry_id] = opening.y
    # 3; of what is sealed there is nothing, for anybody (D22)
    provable = [one for one in log.read.handed if one.body.header.registry.id in keys]
    kept = _kept([one.body.id for one in provable])
    proofs: list[Membership] = []
    for one in provable:
        mine = tag(keys[one.body.header.registry.id], one.body.id)
        shown = sets.prove(kept[one.body.id], one.body.id, TAG_BYTES, one.body.set.committed, mine)
        proofs.append(Membership(bucket=shown.bucket, entry=one.index, path=shown.path))
    raw = Bundle(
        handovers=HandoverLog(
            checkpoint=log.note.decode(), entries=tuple(entry.decode() for entry in log.entries)
        ),
        place=_place(seed) if openings else None,
        proofs=tuple(proofs),
        registry=tuple(openings),
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


def _check_sees(person: PersonId, adult: str, *, by: Actor, at: datetime) -> None:
    """Refuse an adult who may not see this person's record: the file holds the keys that open every list."""
    pair = (person, adult)
    if not powers_about([pair], catalogue=in_force(here()), by=by, at=at)[pair].sees:
        raise not_yours()


def _opened(seed: ProofSeed, snapshot: Placed[Snapshot]) -> Opening | None:
    """Open a person's key in one registry; None if it holds none of the keys that this person has or had.

    Where power changed since, the registry holds a former one: what happened under it can still be proved.
    """
    registry_id = snapshot.body.id
    kept = Registry.objects.select_related("elements").get(pk=registry_id.hex())
    at = label(seed.label_seed, registry_id)
    shown = sets.prove(kept.elements, registry_id, SNAPSHOT_WIDTH, snapshot.body.set.committed, at)
    for key in registries.keys_of(seed, registry_id):
        if at + commitment(key, at) in shown.bucket:
            return Opening(bucket=shown.bucket, entry=snapshot.index, path=shown.path, y=key)
    return None


def _place(seed: ProofSeed) -> Place:
    """Return a place as a file shows it: with the proof that it is the number's, or bare where it was drawn by lot."""
    if seed.number is None:
        return Place(drawn=seed.label_seed, proof=None)
    return Place(drawn=None, proof=prove(registries.places_key(), seed.number))


def _kept(list_ids: Sequence[bytes]) -> Mapping[bytes, SetFile]:
    """Return where the list of each handover lies, one of an opened seal among them; asked for all at once."""
    names = [one.hex() for one in list_ids]
    found: dict[str, SetFile | None] = {}
    for model in (Compulsion, Disclosure):
        rows = model.objects.select_related("tags").filter(pk__in=names)
        found |= {row.pk: row.tags for row in rows}
    lying = {bytes.fromhex(name): kept for name, kept in found.items() if kept is not None}
    if len(lying) != len(set(list_ids)):
        raise unlogged()
    return lying


def confirm(disclosure: str, said: Recomputed, *, by: Actor, at: datetime) -> Word:
    """Log the recipient's own signed recomputation, whether it agrees or not, and return what it is worth.

    A word that disagrees is the most important of all to show, so it is logged too; one that is not signed with the
    recipient's own key is refused. Asked twice, it is logged once. From then on the use is in use. Of what is sealed
    nothing is said before it opens; from then on its recipient's word is taken like any other.
    """
    handed = public_log().handed(disclosure)
    word = weigh(subject(handed.body), said)
    if word is Word.UNSIGNED:
        raise Refusal(
            "gate.confirmation",
            "This confirmation is not signed by the recipient.",
            next_step="Make it again with `beholden recipient check` and the key that the keeper enrolled.",
            authority="ARCHITECTURE section 5: recipients recompute",
        )
    body = {"id": disclosure, "outcome": "delivered", "recomputed": said.to_json(), "seq": handed.seq}
    if isinstance(handed.body, Intent):
        _confirm_use(handed.body, body, by=by, at=at)
    else:
        _confirm_opened(disclosure, body, by=by, at=at)
    sequence(at=at)
    return word


def _confirm_use(intent: Intent, body: dict[str, object], *, by: Actor, at: datetime) -> None:
    """Log a word about the handover of a use, which is in use from then on if its recipient itself has said it."""
    use = UseRef(intent.header.use)
    if asked(use).exit in KEPT_HERE:
        raise Refusal(
            "gate.nothing_received",
            "Nothing was handed over under this use, so there is nothing to recompute.",
            next_step="Look at the rows in the reading room, or wait for answers to your letter.",
            authority="D23: raw rows stay",
        )
    with transaction.atomic():
        fresh = Disclosure.objects.select_for_update().get(pk=intent.id.hex())
        if fresh.state != "released":
            raise unlogged()
        if fresh.outcome is None:
            fresh.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
            fresh.save(update_fields=["outcome"])
        if asked(use).state is State.RELEASED and (by.role, by.organisation) == (
            Role.RECIPIENT,
            intent.header.recipient.id,
        ):
            uses.receive(use, by=by, at=at)


def _confirm_opened(disclosure: str, body: dict[str, object], *, by: Actor, at: datetime) -> None:
    """Log a word about what was sealed and is open: it belongs to no use, and nothing else follows from it."""
    with transaction.atomic():
        held = locked(disclosure)
        if held.state != "released":
            raise unlogged()
        if held.outcome is None:
            held.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
            held.save(update_fields=["outcome"])


def arrived(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Log that a duty return has arrived, on the word of the body that the law names. Asked twice, it is logged once.

    There is no list to recompute: the log says that it arrived, as the keeper reports. From then on the use is in use.
    """
    check_role(by, Role.RECIPIENT)
    check_enrolled(by)
    with transaction.atomic():
        fresh = Disclosure.objects.select_for_update().get(pk=disclosure)
        if fresh.state != "released" or not is_duty(fresh):
            raise unlogged()
        use = UseRef(fresh.header["use"])
        if fresh.header["recipient"]["id"] != by.organisation:
            raise Refusal(
                "gate.not_the_recipient",
                "This return went to another body.",
                next_step="Ask the keeper for the number of yours.",
                authority="D18",
            )
        if fresh.outcome is None:
            body = {"id": disclosure, "outcome": "delivered"}
            fresh.outcome = propose(log="handovers", kind=DutyOutcome.kind, body=body, by=by, at=at)
            fresh.save(update_fields=["outcome"])
        if asked(use).state is State.RELEASED:
            uses.receive(use, by=by, at=at)
    sequence(at=at)
