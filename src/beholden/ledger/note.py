# SPDX-License-Identifier: Apache-2.0
"""Signed notes and verifier keys, exactly as c2sp.org/signed-note: Ed25519 only.

Decides whether a text was signed by a key we were given. Knows nothing of what the text says, and keeps no
key. Parsing is strict: what does not print back to itself is refused, because two readers who differ over
one byte of a signed text are two readers who can be told different things.

    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npV…
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.refusals import Refusal

ED25519 = b"\x01"  # signature type, signed-note "Signature types"
KEY_BYTES = 32
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
MAX_SIGNATURES = 64  # the specification asks for at least 16
MAX_NOTE_BYTES = 1_000_000
_FIRST_PRINTABLE = " "
_DASH = "— "
_AUTHORITY = "c2sp.org/signed-note"


class NoteMalformed(Refusal):
    """Says that something is not a signed note, or not a verifier key, in the one form there is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.note_malformed",
            sentence,
            next_step="Fetch the note or the key again; it was cut, changed, or made by other rules.",
            authority=_AUTHORITY,
        )


class NoteNotSigned(Refusal):
    """Says that a note is well formed, but nobody whom we were told to trust has signed its text."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.note_not_signed",
            sentence,
            next_step="Do not use the text. Compare the key with the one the keeper has printed.",
            authority=_AUTHORITY,
        )


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: who may sign, and with what. Prints as `name+keyid+base64` (a *vkey*).

    `TYPE` is the signature type of signed-note; a subclass with another type signs another message.
    """

    TYPE: ClassVar[bytes] = ED25519
    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Refuse a name that could not stand in a signature line, and a key of the wrong length."""
        check_name(self.name)
        if len(self.public) != KEY_BYTES:
            raise NoteMalformed("An Ed25519 public key has 32 bytes; this one has not.")

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256(name || 0x0A || type || public key). A name, not a protection."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.TYPE + self.public).digest()[:KEY_ID_BYTES]

    def print(self) -> str:
        """Return the vkey."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.TYPE + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a vkey; refuse any other type of key and anything that does not print back to itself."""
        parts = vkey.split("+", 2)  # base64 may itself hold a plus; a name may not
        if len(parts) != len(("name", "key id", "key")):
            raise NoteMalformed("A verifier key has three parts joined by plus signs; this one has not.")
        material = decode_base64(parts[2])
        if material[:1] != cls.TYPE:
            raise NoteMalformed("The verifier key is of another type than is read here.")
        key = cls(parts[0], material[1:])
        if key.print() != vkey:
            raise NoteMalformed("The verifier key does not print back to itself; its key id may be wrong.")
        return key

    @classmethod
    def of_seed(cls, name: str, seed: bytes) -> Self:
        """Return the verifier key that belongs to a 32-byte Ed25519 seed (RFC 8032 §5.1.5)."""
        return cls(name, private_key(seed).public_key().public_bytes_raw())

    def check(self, text: str, signature: bytes) -> None:
        """Refuse unless the signature over the text was made by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError) as cause:
            raise NoteNotSigned(f"The signature under the name {self.name} does not fit the text.") from cause


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, verified or not."""

    name: str
    key_id: bytes
    signature: bytes

    def print(self) -> str:
        """Return the line, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signature lines. Holding one proves nothing yet."""

    text: str
    signatures: tuple[Signature, ...]

    def print(self) -> bytes:
        """Return the bytes of the note: the text, an empty line, the signature lines."""
        return (self.text + "\n" + "".join(line.print() for line in self.signatures)).encode()

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a note without trusting it; refuse whatever does not print back to itself."""
        text, block = _split(raw)
        lines = block.split("\n")[:-1]
        if not lines or len(lines) > MAX_SIGNATURES:
            raise NoteMalformed(f"A note carries between 1 and {MAX_SIGNATURES} signatures.")
        note = cls(text, tuple(_read_line(line) for line in lines))
        if note.print() != raw:
            raise NoteMalformed("The note does not print back to itself.")
        return note


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A text, and those of the given keys that signed it (at least one)."""

    text: str
    signed_by: tuple[Key, ...]


def sign(text: str, *, name: str, seed: bytes) -> bytes:
    """Return the note: the text signed with an Ed25519 seed under a key name."""
    check_text(text)
    key = Key.of_seed(name, seed)
    line = Signature(name, key.id, private_key(seed).sign(text.encode()))
    return Note(text, (line,)).print()


def open_note(raw: bytes, *, keys: Sequence[Key]) -> OpenedNote:
    """Return the text of a note that at least one of the keys signed.

    Must hold: (1) the bytes are a note in its one form; (2) no two given keys share name and id;
    (3) every signature of a given key verifies, a single bad one refuses all (signatures of keys that were
    not given are ignored, as the specification demands: that is what allows witnesses); (4) one is left.
    """
    note = Note.parse(raw)  # (1)
    known = {(key.name, key.id): key for key in keys}
    if len(known) != len(keys):  # (2)
        raise NoteMalformed("Two of the given keys have the same name and key id.")
    signed_by: list[Key] = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        key.check(note.text, line.signature)  # (3)
        if key not in signed_by:
            signed_by.append(key)
    if not signed_by:  # (4)
        raise NoteNotSigned("None of the keys you trust has signed this note.")
    return OpenedNote(note.text, tuple(signed_by))


def check_name(name: str) -> None:
    """Refuse a key name that is empty or holds a Unicode space, a plus sign or a control character."""
    if not name or "+" in name or any(sign.isspace() or sign < _FIRST_PRINTABLE for sign in name):
        raise NoteMalformed("A key name is not empty and holds no space, plus sign or control character.")
    _encode(name)


def check_text(text: str) -> None:
    """Refuse a text that cannot be signed: it ends in a newline and holds no other control character."""
    if not text.endswith("\n") or any(sign < _FIRST_PRINTABLE and sign != "\n" for sign in text):
        raise NoteMalformed("The text of a note ends in a newline and holds no other control character.")
    _encode(text)


def decode_base64(text: str) -> bytes:
    """Decode RFC 4648 §4 base64, and refuse every spelling but the one that encoding gives back."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise NoteMalformed("A line that should be base64 is not.") from cause
    if base64.b64encode(found).decode() != text:
        raise NoteMalformed("A line of base64 has more than one spelling; only the canonical one is read.")
    return found


def _split(raw: bytes) -> tuple[str, str]:
    if len(raw) > MAX_NOTE_BYTES:
        raise NoteMalformed(f"A note has at most {MAX_NOTE_BYTES:,} bytes.")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as cause:
        raise NoteMalformed("A note is valid UTF-8; this is not.") from cause
    check_text(whole)
    cut = whole.rfind("\n\n")  # the *last* empty line: the text may hold others
    if cut < 0:
        raise NoteMalformed("The note has no empty line between its text and its signatures.")
    return whole[: cut + 1], whole[cut + 2 :]


def _read_line(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteMalformed("A signature line is a dash, a key name and base64, with single spaces between.")
    check_name(name)
    blob = decode_base64(encoded)
    if len(blob) <= KEY_ID_BYTES:
        raise NoteMalformed("A signature line is too short to hold a key id and a signature.")
    return Signature(name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as cause:
        raise NoteMalformed("A note holds only characters that UTF-8 can carry.") from cause


def private_key(seed: bytes) -> Ed25519PrivateKey:
    """Return the signing key of a 32-byte seed (RFC 8032 §5.1.5), or refuse another length."""
    if len(seed) != KEY_BYTES:
        raise NoteMalformed("An Ed25519 seed has 32 bytes; this one has not.")
    return Ed25519PrivateKey.from_private_bytes(seed)
