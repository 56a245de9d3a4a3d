# SPDX-License-Identifier: Apache-2.0
"""What is hashed and signed about a sealed handover, and what may be said of it, in which order. No clock, no database.

Decides whether a seal is signed by somebody outside, seen by its regulator, extended once, and opened with what was
committed. Knows no child: whoever holds the details has them from the keeper or the regulator.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.entries import Entry
from beholden.ledger.vocabulary.sealed import Countersigned, Details, Extended, Sealed, Seen, Unsealed
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

_DETAILS = b"beholden/sealed/v1\n"
_REPORT = b"beholden/sealed-report/v1\n"
_SECOND = b"beholden/second/v1\n"
_SEEN = b"beholden/seen/v1\n"
_EXTENDED = b"beholden/extended/v1\n"
_UNSEALED = b"beholden/unsealed/v1\n"
_LONGEST = 10_000


class SealRefused(Refusal):
    """Says which rule of sealing an entry breaks; never what a seal hides."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.seal",
            sentence,
            next_step="Do not rely on this log; keep it, and send it to the regulator.",
            authority="D22; docs/explanation/proofs.md, sealed handovers",
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """One sealed handover as the log has it by now. `opens_by` is the last day, an extension included."""

    index: int
    at: datetime
    body: Sealed
    opens_by: date
    seen_at: datetime | None = None
    extended: bool = False
    opened: Unsealed | None = None
    opened_index: int | None = None
    opened_at: datetime | None = None

    def is_overdue(self, on: date) -> bool:
        """Say whether it should have been opened before this day and was not; opened too late, it was overdue too."""
        return (on if self.opened_at is None else self.opened_at.date()) > self.opens_by

    def is_unseen(self, on: date, *, within: timedelta) -> bool:
        """Say whether its regulator did not sign in time that it has seen what is in it, as of this day."""
        return (on if self.seen_at is None else self.seen_at.date()) > self.at.date() + within


def commitment(details: Details, salt: bytes) -> bytes:
    r"""Return what a sealed entry carries of its details: SHA-256("beholden/sealed/v1\n" || salt32 || JCS(details))."""
    return hashlib.sha256(_DETAILS + salt + print_json(details.to_json())).digest()


def report_commitment(report: dict[str, Json], salt: bytes) -> bytes:
    r"""Return what it carries of the report: SHA-256("beholden/sealed-report/v1\n" || salt32 || JCS(report)).

    Never opened to the public: names and free text stand in the report, so that both can be erased with the salt.
    """
    return hashlib.sha256(_REPORT + salt + print_json(report)).digest()


def second_message(body: dict[str, Json], log: str) -> bytes:
    """Return what somebody outside both lines signs: every field of the sealed entry but their own and the number."""
    return _SECOND + print_json({"body": _without(body, "second", "seq"), "log": log})


def read_message(raw: bytes) -> dict[str, Json]:
    """Return what the bytes say that somebody outside is asked to sign, or refuse: they are one of the two messages.

    A key that signs whatever it is given would also sign what its owner never read.
    """
    for mark, fields in ((_SECOND, {"body", "log"}), (_EXTENDED, {"body", "commitment", "log"})):
        if raw.startswith(mark):
            said = parse_json(raw.removeprefix(mark), limit=_LONGEST)
            if isinstance(said, dict) and said.keys() == fields:
                return said
    raise Refusal(
        "ledger.other_message",
        "These bytes are not what somebody outside signs about a sealed handover.",
        next_step="Ask the keeper for the very file that `to-sign` wrote, and do not open it in between.",
        authority="D22: a second signature from outside both lines",
    )


def seen_message(sealed: Sealed, log: str) -> bytes:
    """Return what the regulator signs when it has seen the details: the whole entry."""
    return _SEEN + print_json({"body": sealed.to_json(), "log": log})


def extended_message(body: dict[str, Json], sealed: Sealed, log: str) -> bytes:
    """Return what somebody outside signs to let a seal stand longer: the entry without it, and whose seal it is."""
    whole: dict[str, Json] = {
        "body": _without(body, "second"),
        "commitment": sealed.commitment.hex(),
        "log": log,
    }
    return _EXTENDED + print_json(whole)


def unsealed_message(sealed: Sealed, log: str) -> bytes:
    """Return what the regulator signs when it opens a seal itself."""
    whole: dict[str, Json] = {"commitment": sealed.commitment.hex(), "log": log, "seq": sealed.seq}
    return _UNSEALED + print_json(whole)


def countersign(message: bytes, *, seed: bytes) -> Countersigned:
    """Sign one of these messages with an Ed25519 seed of 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Countersigned(key=key.public_key().public_bytes_raw(), signature=key.sign(message))


def holds(said: Countersigned, message: bytes) -> bool:
    """Say whether a signature is sound: no weak key, and it covers the message."""
    if is_weak(said.key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(said.key).verify(said.signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(slots=True)
class Seals:
    """What may follow what about sealed handovers: entries are judged one by one, in their order."""

    log: str
    by_seq: dict[int, Seal] = field(default_factory=dict)

    def add(self, index: int, entry: Entry) -> None:
        """Let in what an entry says of a seal; other kinds are passed over. Its list is judged elsewhere."""
        match entry.body:
            case Sealed() as body:
                self.seal(index, entry.at, body)
            case Seen() as body:
                self.see(entry.at, body)
            case Extended() as body:
                self.extend(entry.at, body)
            case Unsealed() as body:
                self.unseal(index, entry.at, body)
            case _:
                pass

    def seal(self, index: int, at: datetime, body: Sealed) -> None:
        """Let a sealed entry in.

        Must hold: (1) it opens on a later day than it was made; (2) a key that is not the regulator's signed it.
        """
        if body.opens_by <= at.date():  # (1)
            raise SealRefused(f"Sealed handover {body.seq} does not open on a later day than it was made.")
        outside = recipient_key_hash(body.second.key) != body.regulator
        if not outside or not holds(body.second, second_message(body.to_json(), self.log)):  # (2)
            raise SealRefused(f"Sealed handover {body.seq} is not signed by somebody outside.")
        self.by_seq[body.seq] = Seal(index, at, body, body.opens_by)

    def see(self, at: datetime, body: Seen) -> None:
        """Let a regulator's word in: once, while the seal stands, signed with the key that the entry names."""
        held = self._standing(body.seq)
        if held.seen_at is not None:
            raise SealRefused(f"Sealed handover {body.seq} was seen before.")
        if not _is_regulators(body.regulator, held.body, seen_message(held.body, self.log)):
            raise SealRefused(f"The word on sealed handover {body.seq} is not its regulator's.")
        self.by_seq[body.seq] = replace(held, seen_at=at)

    def extend(self, at: datetime, body: Extended) -> None:
        """Let an extension in: once, before the day has passed, to a later day, signed by somebody outside."""
        held = self._standing(body.seq)
        if held.extended or at.date() > held.opens_by or body.opens_by <= held.opens_by:
            raise SealRefused(f"The seal of handover {body.seq} cannot be extended like this, or not again.")
        outside = recipient_key_hash(body.second.key) != held.body.regulator
        if not outside or not holds(body.second, extended_message(body.to_json(), held.body, self.log)):
            raise SealRefused(f"The longer seal of handover {body.seq} is not signed by somebody outside.")
        self.by_seq[body.seq] = replace(held, opens_by=body.opens_by, extended=True)

    def check_unseal(self, body: Unsealed) -> Seal:
        """Return the seal that an opening opens, or refuse: it stands, and what was committed comes out.

        The regulator's own opening is signed by it; the keeper's needs no signature but the log's.
        """
        held = self._standing(body.seq)
        check_opens(held.body, body.details, body.salt)
        if body.regulator is not None:
            message = unsealed_message(held.body, self.log)
            if not _is_regulators(body.regulator, held.body, message):
                raise SealRefused(f"The opening of handover {body.seq} is not signed by its regulator.")
        return held

    def unseal(self, index: int, at: datetime, body: Unsealed) -> None:
        """Let an opening in, once."""
        held = self.check_unseal(body)
        self.by_seq[body.seq] = replace(held, opened=body, opened_index=index, opened_at=at)

    def _standing(self, seq: int) -> Seal:
        held = self.by_seq.get(seq)
        if held is None or held.opened is not None:
            raise SealRefused(f"Handover {seq} bears no seal, or bears it no more.")
        return held


def check_opens(sealed: Sealed, details: Details, salt: bytes) -> None:
    """Refuse details that are not those which a sealed entry stands for.

    Must hold: (1) with the salt they give the commitment; (2) the list is filled up to exactly the band; (3) the power
    is the one that the entry names.
    """
    if commitment(details, salt) != sealed.commitment:  # (1)
        raise SealRefused(f"What is said to be in sealed handover {sealed.seq} is not what was committed.")
    if details.set.n != sealed.band or details.power != sealed.power:  # (2) (3)
        raise SealRefused(f"Sealed handover {sealed.seq} was made of another band or power than it says.")


def _is_regulators(said: Countersigned, sealed: Sealed, message: bytes) -> bool:
    return recipient_key_hash(said.key) == sealed.regulator and holds(said, message)


def _without(body: dict[str, Json], *fields: str) -> dict[str, Json]:
    return {name: value for name, value in body.items() if name not in fields}
