# SPDX-License-Identifier: Apache-2.0
"""Proves, from one file and nothing else, in which handovers a child's key stood.

Decides whether every step of the proof holds; raises `NotProven` at the first that does not, and never
returns a False that a caller could overlook. No clock, no network, no database, no settings. The same code is
the gate's last look before a release. Exact bytes: docs/explanation/proofs.md.
"""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress

from beholden.ledger import confirmation, handovers, places, tags
from beholden.ledger.account import Account, Duty, Handover, Standing, UnderSeal
from beholden.ledger.bundle import Bundle, Membership, Opening, Place
from beholden.ledger.handovers import Handed, Log, NotProven, Placed, step
from beholden.ledger.note import Key
from beholden.ledger.policy import Policy, printable
from beholden.ledger.sealing import Seal, commitment
from beholden.ledger.tags import Committed, Proof, TagRefused, recompute
from beholden.ledger.vocabulary.handovers import DutyReturn, Intent, IntentHeader, Registry
from beholden.ledger.vocabulary.sealed import Details, Unsealed
from beholden.ledger.vrf import VrfRefused

__all__ = [
    "NotProven",
    "absent_or_present",
    "check_duty",
    "check_release",
    "check_seal",
    "check_sealed_release",
    "key_number",
    "place_number",
    "recompute",
    "subject",
    "verify",
]

_STEP_OF = {
    "ledger.bucket_depth": 8,
    "ledger.set_size": 8,
    "ledger.bucket_path": 11,
    "ledger.bucket_root": 11,
}
_BUCKET_STEP = 10


def verify(
    raw: bytes,
    *,
    key: str | None = None,
    earlier: bytes | None = None,
    policy: Policy | None = None,
    number: str | None = None,
) -> Account:
    """Return what a bundle proves. `key` pins the log's verifier key; `earlier` is an older file to continue.

    `number` is the child's own, as the reader knows it from elsewhere; without it, that the place is the child's is the
    keeper's word.

    Must hold: (0) the bytes are a bundle in its one spelling; (1) the log's own key has signed its checkpoint, and
    then, where a `policy` is given, it names that very key for the log, and a quorum of its witnesses has cosigned the
    state in this file; (2)-(5), (8) the log is whole and consistent, and each list has the depth that its size demands
    (`handovers.read`); (6) the one place of the child is that of the number that was typed, if one was, and its label
    is computed for each registry that is opened; (7) the registry's list has one element there, and it commits to y;
    (9) tag and bucket index are computed here; (10) the bucket is well formed; (11) it hashes to the root; (12) there
    is exactly one proof for each handover of an opened registry, in order, nothing else, and every handover is counted
    once; (13) an earlier file is a beginning of this one, with the same log key, place and child's keys; it is not
    asked for witnesses, who have seen this file's state, of which its own is a part.
    """
    with step(0):
        bundle = Bundle.parse(raw)
    seen = _seen(bundle, key, policy)
    log = _log(bundle, key)
    at = _place(bundle, log, number)
    keys = _keys(bundle, log, at)
    standings = _standings(bundle, log, keys)
    same_place = earlier is not None and _check_continues(bundle, earlier, key, at)
    return Account(
        origin=log.origin,
        vkey_number=key_number(bundle.vkey),
        pinned=key is not None or policy is not None,
        seen_by=seen,
        until=log.until,
        handovers=tuple(
            _handover(one, log, standings) for one in sorted(log.handed, key=lambda one: one.seq)
        ),
        duties=tuple(_duty(one, log) for one in log.duties),
        seals=tuple(_under_seal(seal) for seal in log.seals.values() if seal.opened is None),
        place_number=None if at is None else place_number(at),
        by_number=number is not None and at is not None,
        drawn=bundle.place is not None and bundle.place.drawn is not None,
        continues=earlier is not None,
        same_place=same_place,
    )


def absent_or_present(list_id: bytes, committed: Committed, y: bytes, proof: Proof) -> bool:
    """Return whether the key's tag is in the list; refuse a proof that shows neither (steps 8 to 11)."""
    wanted = tags.tag(y, list_id)
    try:
        return tags.verify_bucket(list_id, tags.TAG_BYTES, committed, wanted, proof) is not None
    except TagRefused as cause:
        raise NotProven(_STEP_OF.get(cause.code, _BUCKET_STEP), cause.sentence) from cause


def check_release(
    *, checkpoint: bytes, entries: Sequence[bytes], vkey: str, seq: int, tag_file: bytes | Iterable[bytes],
    payload: bytes,
) -> Intent:  # fmt: skip
    """Return the intent under which the gate may release, or refuse: the gate's last look, by public rules.

    Must hold: steps 1 to 5, and 8, for the whole log; the handover stands in it; nothing was said yet of its
    outcome; the payload's SHA-256 is the one logged; the tag file gives the logged size, depth and root.
    """
    log = handovers.read(checkpoint, entries, vkey=vkey, pinned=vkey)
    intent = next((one.body for one in log.intents if one.body.seq == seq), None)
    if intent is None:
        raise NotProven(5, f"The log has no handover {seq} in the open.")
    if seq in log.outcomes:
        raise NotProven(5, f"The log already says what became of handover {seq}.")
    if intent.payload != payload:
        raise NotProven(12, "The file to be released is not the one whose hash was logged.")
    with step(11):
        if recompute(intent.id, tag_file) != intent.set.committed:
            raise NotProven(11, "The tag file is not the list that was logged.")
    return intent


def check_duty(
    *, checkpoint: bytes, entries: Sequence[bytes], vkey: str, list_id: bytes, payload: bytes
) -> DutyReturn:
    """Return the duty return that the gate may send, or refuse: the gate's last look, by public rules.

    Must hold: steps 1 to 5, and 8, for the whole log; the duty return stands in it; nothing was said yet of its
    outcome; the payload's SHA-256 is the one logged.
    """
    log = handovers.read(checkpoint, entries, vkey=vkey, pinned=vkey)
    held = next((one.body for one in log.duties if one.body.id == list_id), None)
    if held is None:
        raise NotProven(5, "The log has no duty return of this name.")
    if list_id in log.duty_outcomes:
        raise NotProven(5, "The log already says what became of this duty return.")
    if held.payload != payload:
        raise NotProven(12, "The file to be sent is not the one whose hash was logged.")
    return held


def check_sealed_release(
    *, checkpoint: bytes, entries: Sequence[bytes], vkey: str, details: Details, salt: bytes,
    tag_file: bytes | Iterable[bytes], payload: bytes,
) -> Seal:  # fmt: skip
    """Return the seal under which the gate may release, or refuse: what a regulator checks, by public rules.

    Must hold: steps 1 to 5, and 8, for the whole log; one seal stands in it, unopened, for exactly these details, and
    they could be opened as they are; the payload's SHA-256 is theirs; the tag file gives their size, depth and root.
    """
    log = handovers.read(checkpoint, entries, vkey=vkey, pinned=vkey)
    seal = check_seal(log, details, salt)
    if details.payload != payload:
        raise NotProven(12, "The file to be released is not the one whose hash was committed.")
    with step(11):
        if recompute(details.id, tag_file) != details.set.committed:
            raise NotProven(11, "The tag file is not the list that was committed.")
    return seal


def check_seal(log: Log, details: Details, salt: bytes) -> Seal:
    """Return the one unopened seal of a log that these details open, or refuse.

    The opening is tried by the log's own rules, so what passes here can always be opened later.
    """
    wanted = commitment(details, salt)
    mine = [one for one in log.seals.values() if one.body.commitment == wanted and one.opened is None]
    if len(mine) != 1:
        raise NotProven(5, "The log holds no seal, or more than one, that these details would open.")
    opening = Unsealed(details=details, regulator=None, salt=salt, seq=mine[0].body.seq)
    log.rules.check_opening(mine[0].at, opening)
    return mine[0]


def subject(intent: Intent | Details) -> confirmation.Subject:
    """Return what a recipient's word on a handover is about."""
    return confirmation.Subject(
        list_id=intent.id,
        payload=intent.payload,
        committed=intent.set.committed,
        recipient_key=intent.header.recipient.key,
    )


def key_number(vkey: str) -> str:
    """Return the number by which people compare a log's key: 128 bits, in eight groups."""
    return _number(b"beholden/vkey/v1\n" + Key.parse(vkey).print().encode())


def place_number(place: bytes) -> str:
    """Return the number by which a family compares the place of its child's key in two files."""
    return _number(b"beholden/seed/v1\n" + place)


def _number(raw: bytes) -> str:
    digits = hashlib.sha256(raw).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def _log(bundle: Bundle, key: str | None) -> Log:
    return handovers.read(
        bundle.handovers.checkpoint.encode(),
        [entry.encode() for entry in bundle.handovers.entries],
        vkey=bundle.vkey,
        pinned=key,
    )


def _seen(bundle: Bundle, key: str | None, policy: Policy | None) -> tuple[str, ...] | None:
    """Return the witnesses of a policy that cosigned this file's state of the log; None where no policy was given."""
    if policy is None:
        return None
    checkpoint = bundle.handovers.checkpoint.encode()
    with step(1):
        mine, state = handovers.signed(checkpoint, vkey=bundle.vkey, pinned=key)
        if mine not in policy.keys_of(state.origin):
            raise NotProven(1, "The log is signed by another key than the one that your policy names for it.")
        return tuple(sorted(map(printable, policy.check(checkpoint, origin=state.origin).seen)))


def _place(bundle: Bundle, log: Log, number: str | None) -> bytes | None:
    """Return the child's place (step 6), the same in every registry; None where none is opened."""
    if (bundle.place is None) != (not bundle.registry):
        raise NotProven(
            6, "The file names a place for the child without a key there, or a key without a place."
        )
    match bundle.place:
        case None:
            return None
        case Place(drawn=None, proof=bytes() as proof):
            public = next(iter(log.registries.values())).body.header.vrf if log.registries else b""
            return _of_number(proof, public, number)
        case Place(drawn=bytes() as drawn, proof=None):
            if number is None:
                return drawn
            raise NotProven(
                6,
                "The key stands at a place that was drawn by lot, as where two records bear one number, so no number "
                "can show that it is the child's. If you give no number, the file is the keeper's word for it.",
            )
    raise NotProven(
        6, "The place of the child is proved by its number or drawn by lot, never both and never neither."
    )


def _of_number(proof: bytes, public: bytes, number: str | None) -> bytes:
    with step(6):
        if number is None:
            return places.claimed(proof)
        typed = places.as_typed(number)
    with suppress(VrfRefused):
        return places.check(public, typed, proof)
    raise NotProven(6, "The place of the key is not the place of the number that you typed.")


def _keys(bundle: Bundle, log: Log, at: bytes | None) -> dict[int, bytes]:
    """Return y by the registry's entry (steps 6 and 7)."""
    opened = [one.entry for one in bundle.registry]
    if opened != sorted(set(opened)) or not set(opened) <= set(log.registries):
        raise NotProven(
            12, "The opened lists of keys are not lists of keys of this log, each once and in order."
        )
    if at is None:  # then no registry is opened, or `_place` had refused
        return {}
    for opening in bundle.registry:
        _check_opening(opening, log.registries[opening.entry].body, at)
    return {opening.entry: opening.y for opening in bundle.registry}


def _check_opening(opening: Opening, registry: Registry, at: bytes) -> None:
    place = tags.label(at, registry.id)  # (6)
    with step(7):
        element = tags.verify_bucket(
            registry.id, tags.SNAPSHOT_WIDTH, registry.set.committed, place, opening.proof
        )
        if element is None:
            raise NotProven(7, "The list of keys has no key at the child's place.")
        if element[tags.LABEL_BYTES :] != tags.commitment(opening.y, place):
            raise NotProven(7, "The key in the file is not the one that the list of keys commits to.")


def _standings(bundle: Bundle, log: Log, keys: dict[int, bytes]) -> dict[int, Standing]:
    """Return the standing by the intent's entry (steps 9 to 12)."""
    shown = [one for one in log.handed if one.body.header.registry.index in keys]
    if [proof.entry for proof in bundle.proofs] != [one.index for one in shown]:
        raise NotProven(
            12, "The file has not exactly one proof for each handover that it can show, in order."
        )
    standings = {one.index: Standing.NOT_SHOWN for one in log.handed}
    for intent, proof in zip(shown, bundle.proofs, strict=True):
        standings[intent.index] = _standing(intent.body, proof, keys[intent.body.header.registry.index])
    return standings


def _standing(intent: Intent | Details, proof: Membership, y: bytes) -> Standing:
    held = absent_or_present(intent.id, intent.set.committed, y, proof.proof)
    return Standing.IN if held else Standing.NOT_IN


def _handover(one: Handed, log: Log, standings: dict[int, Standing]) -> Handover:
    said = log.outcomes.get(one.seq)
    header = one.body.header
    return Handover(
        seq=one.seq,
        at=one.at,
        use=header.use if isinstance(header, IntentHeader) else None,
        purpose=header.purpose,
        recipient=header.recipient.id,
        standing=standings[one.index],
        outcome=said.body.outcome if said else None,
        outcome_at=said.at if said else None,
        word=confirmation.weigh(subject(one.body), said.body.recomputed if said else None),
        audits=log.audits.get(one.seq, ()),
    )


def _duty(one: Placed[DutyReturn], log: Log) -> Duty:
    said, header = log.duty_outcomes.get(one.body.id), one.body.header
    outcome = said.body.outcome if said else None
    return Duty(one.at, header.use, header.purpose, header.recipient.id, outcome)


def _under_seal(seal: Seal) -> UnderSeal:
    return UnderSeal(
        seq=seal.body.seq,
        at=seal.at,
        band=seal.body.band,
        opens_by=seal.opens_by,
        seen_at=seal.seen_at,
        extended=seal.extended,
    )


def _check_continues(bundle: Bundle, earlier: bytes, key: str | None, now_at: bytes | None) -> bool:
    """Refuse unless an earlier file, itself proven, begins this one (step 13); say if it knew the place."""
    verify(earlier, key=key)
    before = Bundle.parse(earlier)
    if before.vkey != bundle.vkey:
        raise NotProven(13, "The two files are signed by different keys.")
    old = before.handovers.entries
    if bundle.handovers.entries[: len(old)] != old:
        raise NotProven(13, "What the earlier file lists was changed or left out: the log was rewritten.")
    at = before.place and (before.place.drawn or places.claimed(before.place.proof or b""))
    if at not in {None, now_at}:
        raise NotProven(13, "The child's place is another than in the earlier file: the key was exchanged.")
    now = {one.entry: one.y for one in bundle.registry}
    if any(now.get(one.entry) != one.y for one in before.registry):
        raise NotProven(13, "A key that the earlier file shows is exchanged, or no longer shown.")
    return at is not None
