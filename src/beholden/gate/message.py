# SPDX-License-Identifier: Apache-2.0
r"""Writes what a recipient is told about rows that it holds, and reads it as the recipient does. No database, no clock.

A message is canonical JSON (RFC 8785) of a fixed shape, signed with the keeper's Ed25519 key for messages, filled up to
a power of two, and locked with age to the recipient's key. It names a row by the tag and the pseudonym that stand in
the recipient's own file, never a person. It says what to do and never why: a row that has to go has to go, whether a
family said no, a child is kept safe, a consent ended or a time ran out. Only that a match is contested, or was wrong,
is said: whoever acts on it must know that it may be, or is, about somebody else (docs/adr/0035).

Signed is "beholden/message/v1\n" || JCS(message); what the recipient signs when all of it is done is
"beholden/message-done/v1\n" || JCS({"day","digest","handover"}), `digest` the SHA-256 of the locked file.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.gate import locks
from beholden.kinds import PersonId
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.shapes import Day, Hex, Many, Maybe, OneOf, Part, Shaped, ShapeRefused, Word
from beholden.ledger.vocabulary.terms import Code, Hash, Id
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

VERSION = 1
FIRST = bytes(32)
"""What the first message of a handover carries in the place of the hash of the one before."""

MOST_ASKS = 1_000_000
MOST_BYTES = 2**28
_SMALLEST = 4_096
_MESSAGE, _DONE = b"beholden/message/v1\n", b"beholden/message-done/v1\n"


class Do(StrEnum):
    """What a recipient does with a row, in every copy. A row that was to go never comes back."""

    CORRECT = "correct"  # put the value that is given in the place of the item's
    DOUBT = "doubt"  # the value stands and its family disagrees: say so wherever the value is used
    RESTRICT = "restrict"  # keep the row, and use it for nothing
    LIFT = "lift"  # use it again
    DELETE = "delete"
    PAUSE = "pause"  # somebody says that this match is of somebody else: do not act on it, till it is lifted or undone
    UNDO = "undo"  # this match was wrong: put right or take back whatever came of it, and wipe the row


class Scalar:
    """A corrected value: text, a whole number, yes or no. A day is ISO text."""

    def read(self, value: object, where: str) -> str | int | bool:
        if not isinstance(value, str | int | bool):
            raise ShapeRefused(where, "a text, a whole number, true or false is expected.")
        return value

    def show(self, value: object, where: str) -> Json:
        return self.read(value, where)

    def schema(self) -> dict[str, Json]:
        return {"type": ["string", "integer", "boolean"]}


@dataclass(frozen=True, slots=True)
class Ask(Shaped):
    """What to do with one row. `tag` is null where the handover has no list: then the pseudonym finds the row."""

    do: Annotated[str, OneOf(tuple(one.value for one in Do))]
    item: Annotated[str | None, Maybe(Word())]
    pseudonym: Annotated[bytes, Hex(16)]
    tag: Annotated[bytes | None, Maybe(Hex(16))]
    value: Annotated[str | int | bool | None, Maybe(Scalar())] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message(Shaped):
    """One day's message about one handover. `before` is the hash of the locked file before it."""

    asks: Annotated[tuple[Ask, ...], Many(Part(Ask), MOST_ASKS)]
    before: Hash
    day: Annotated[date, Day()]
    do_by: Annotated[date, Day()]
    handover: Id
    use: Code
    v: Annotated[int, OneOf((VERSION,))]


@dataclass(frozen=True, slots=True)
class Told:
    """What a recipient was told before about one handover: the last word on each row, and up to which correction."""

    rows: Mapping[PersonId, Do]
    corrections: int | None


@dataclass(frozen=True, slots=True)
class Done(Shaped):
    """A recipient's word that everything a message asks is done in every copy it holds."""

    day: Annotated[date, Day()]
    digest: Hash
    handover: Id
    key: Hash
    signature: Annotated[bytes, Hex(64)]
    v: Annotated[int, OneOf((VERSION,))]


def public_key(seed: bytes) -> bytes:
    """Return the 32 bytes under which what this seed signs is checked."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def lock(message: Message, *, seed: bytes, recipient: str) -> bytes:
    """Sign a message, fill it up, and lock it to one age recipient (age-encryption.org/v1)."""
    said = print_json(message.to_json())
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_MESSAGE + said)
    whole: dict[str, Json] = {
        "filling": "",
        "message": message.to_json(),
        "signature": signature.hex(),
    }
    length = len(print_json(whole))
    size = _SMALLEST
    while size < length:
        size *= 2
    whole["filling"] = "." * (size - length)
    return locks.lock(print_json(whole), to=recipient)


def unlock(locked: bytes, *, identity: str, key: bytes) -> Message:
    """Open a message as its recipient does; refuse one that is not the keeper's, to the letter.

    What must hold: 1 it opens with this identity; 2 it is canonical JSON of the one shape; 3 `key`, which came from a
    place the recipient trusts, is sound and signed it.
    """
    try:  # 1
        plain = locks.unlock(locked, identity=identity)
    except locks.WrongKeyError as trouble:
        raise _not_a_message("It does not open with this key.") from trouble
    match parse_json(plain, limit=MOST_BYTES):  # 2
        case {"filling": str(), "message": dict(said), "signature": str(signed), **rest} if not rest:
            message = Message.from_json(said)
        case _:
            raise _not_a_message("It has not the shape of one.")
    try:  # 3
        if is_weak(key):
            raise InvalidSignature
        public = Ed25519PublicKey.from_public_bytes(key)
        public.verify(bytes.fromhex(signed), _MESSAGE + print_json(message.to_json()))
    except (InvalidSignature, ValueError) as trouble:
        raise _not_a_message("It is not signed with the keeper's key.") from trouble
    return message


def sign_done(locked: bytes, message: Message, *, seed: bytes) -> Done:
    """Sign, as the recipient, that all of it is done."""
    digest = hashlib.sha256(locked).digest()
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_done(message.handover, message.day, digest))
    return Done(message.day, digest, message.handover, public_key(seed), signature, VERSION)


def check_done(done: Done, *, check_key: bytes) -> None:
    """Refuse a word that is not signed with the key that the recipient is enrolled with, or under a weak key."""
    try:
        if done.key != check_key or is_weak(check_key):
            raise InvalidSignature
        public = Ed25519PublicKey.from_public_bytes(check_key)
        public.verify(done.signature, _done(done.handover, done.day, done.digest))
    except (InvalidSignature, ValueError) as trouble:
        raise Refusal(
            "gate.message_done",
            "This word is not signed with the recipient's key.",
            next_step="Make it again with `beholden recipient done` and the key that the keeper enrolled.",
            authority="D31; UK GDPR Art 19",
        ) from trouble


def _done(handover: bytes, day: date, digest: bytes) -> bytes:
    return _DONE + print_json({"day": day.isoformat(), "digest": digest.hex(), "handover": handover.hex()})


def _not_a_message(why: str) -> Refusal:
    return Refusal(
        "gate.message",
        f"This file is not a message from the register to you. {why}",
        next_step="Fetch it again, and tell the keeper if it stays so.",
        authority="D31; UK GDPR Art 19",
    )
