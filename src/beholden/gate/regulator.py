# SPDX-License-Identifier: Apache-2.0
"""What the regulator is told of a sealed handover, and what it answers. No database, no clock, no Django.

The keeper locks it to the regulator's key (age) before anything leaves; the regulator opens it on a machine of its own,
with its own copy of the public log, and signs. It believes nothing of it: what it signs, it has recomputed.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.gate import locks
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.entries import body
from beholden.ledger.handovers import Log
from beholden.ledger.sealing import (
    Seal,
    countersign,
    report_commitment,
    seen_message,
    unsealed_message,
)
from beholden.ledger.tags import recompute
from beholden.ledger.verify import check_seal
from beholden.ledger.vocabulary.sealed import Details, Seen, Unsealed
from beholden.ledger.vocabulary.terms import HANDOVERS, recipient_key_hash
from beholden.refusals import Refusal

FORMAT = "beholden/for-the-regulator/v1"
MAX_BYTES = 8 * 2**20
"""The largest band is 65,536 tags: 2 MB in hexadecimal."""


@dataclass(frozen=True, slots=True)
class ForRegulator:
    """Everything that a seal hides, and what opens its two commitments. `tags` is the list, end to end."""

    details: Details
    salt: bytes
    report: dict[str, Json]
    report_salt: bytes
    tags: bytes

    def lock(self, *, to: str) -> bytes:
        """Return the ciphertext for the regulator's age recipient."""
        whole: dict[str, Json] = {
            "details": self.details.to_json(),
            "format": FORMAT,
            "report": self.report,
            "report_salt": self.report_salt.hex(),
            "salt": self.salt.hex(),
            "tags": self.tags.hex(),
        }
        return locks.lock(print_json(whole), to=to)


def unlock(ciphertext: bytes, *, identity: str) -> ForRegulator:
    """Open what the keeper sent, with the regulator's own age identity; refuse whatever is not exactly that."""
    try:
        plain = locks.unlock(ciphertext, identity=identity)
    except locks.WrongKeyError as trouble:
        raise _refused("It does not open with this key.") from trouble
    match parse_json(plain, limit=MAX_BYTES):
        case {
            "details": dict(details),
            "format": "beholden/for-the-regulator/v1",
            "report": dict(report),
            "report_salt": str(report_salt),
            "salt": str(salt),
            "tags": str(tags),
            **rest,
        } if not rest:
            try:
                return ForRegulator(
                    Details.from_json(details),
                    bytes.fromhex(salt),
                    report,
                    bytes.fromhex(report_salt),
                    bytes.fromhex(tags),
                )
            except ValueError as trouble:
                raise _refused("It is damaged.") from trouble
    raise _refused("It is no message about a sealed handover.")


def examine(told: ForRegulator, log: Log) -> Seal:
    """Return the seal that a message is about, or refuse: what a regulator must know before it signs.

    Must hold: 1 the log, rebuilt by the public verifier, holds exactly one unopened seal for these details, which could
    be opened as they are; 2 the report is the one that was committed; 3 the list is the one whose root is in the
    details, and is filled up to the band.
    """
    seal = check_seal(log, told.details, told.salt)  # 1
    if report_commitment(told.report, told.report_salt) != seal.body.regulator_commitment:  # 2
        raise _refused("The report is not the one that the log has fixed.")
    if recompute(told.details.id, told.tags) != told.details.set.committed:  # 3
        raise _refused("The list of tags is not the one that was committed.")
    return seal


def seen(told: ForRegulator, log: Log, seed: bytes) -> Seen:
    """Return the regulator's word that it has seen and checked what is sealed, signed with its Ed25519 seed."""
    seal = _own(examine(told, log), seed)
    return Seen(regulator=countersign(seen_message(seal.body, log.origin), seed=seed), seq=seal.body.seq)


def opening(told: ForRegulator, log: Log, seed: bytes) -> Unsealed:
    """Return the regulator's own opening. Whoever holds it can check it against the log; the keeper is to log it.

    Only what opens matters here: an opening is possible also where the report or the list was wrong.
    """
    seal = _own(check_seal(log, told.details, told.salt), seed)
    signed = countersign(unsealed_message(seal.body, log.origin), seed=seed)
    return Unsealed(details=told.details, regulator=signed, salt=told.salt, seq=seal.body.seq)


def print_word(word: Seen | Unsealed) -> bytes:
    """Return the bytes of the file with which a regulator answers. `parse_word` is the inverse."""
    return print_json({"body": word.to_json(), "kind": word.kind})


def parse_word(raw: bytes) -> Seen | Unsealed:
    """Read a regulator's answer; refuse everything else."""
    match parse_json(raw, limit=MAX_BYTES):
        case {"body": dict(fields), "kind": "seen" | "unsealed" as kind, **rest} if not rest:
            said = body(HANDOVERS, str(kind), fields)
            if isinstance(said, Seen | Unsealed):
                return said
    raise _refused("It is no word of a regulator.")


def _own(seal: Seal, seed: bytes) -> Seal:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    if recipient_key_hash(public) != seal.body.regulator:
        raise _refused("The seal names another regulator's key.")
    return seal


def _refused(why: str) -> Refusal:
    return Refusal(
        "gate.for_regulator",
        f"This file cannot be relied on. {why}",
        next_step="Sign nothing. Ask the keeper what it means, and say in public that you had to ask.",
        authority="D22, D37",
    )
