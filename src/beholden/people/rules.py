# SPDX-License-Identifier: Apache-2.0
"""Decides what a reference is, what an organisation must show before it is enrolled, and who sees what.

No clock, no database.

A key that nobody can use, or under which anybody can sign, is refused at the door: found later, it would stop a release
on the day, or make a signed word worth nothing.
"""

import re

import pyrage

from beholden.catalogue import Store
from beholden.ledger.weak import is_weak
from beholden.people.mandate import Reach
from beholden.people.power import Power
from beholden.refusals import Refusal

SHOWN_AT_THE_DOOR = frozenset({Store.NUMBERS, Store.NAMES, Store.BIRTH, Store.ROWS})
"""What an adult sees who came by letter and second code: everything but where the child lives.

Nobody at this door has shown that no order keeps the address from them. So it is shown to nobody here, and a child who
is kept safe looks like every other (D35). It is given by a person who has looked at who asks.
"""


def may_see(reach: Reach, power: Power) -> frozenset[Store]:
    """Return what a mandate lets its holder see of a child's record (D30, D35). The one place that says so.

    Never more than this door shows anybody, and never more than this reader's power about this child.
    """
    match reach:
        case Reach.LETTER:
            return frozenset()
        case Reach.RECORD:
            return SHOWN_AT_THE_DOOR & power.sees


GOES_TO_A_SCHOOL = frozenset({Store.NAMES, Store.BIRTH, Store.ROWS})
"""What goes with a pupil to a new school: of every child the same, and of none where it lives (D35).

Nor any number: the school has the one it asks with, and an older one could lead to who a child was before it was
adopted.
"""


def may_look(groups: frozenset[Store], *, is_hidden: bool) -> frozenset[Store]:
    """Return what of the groups asked for an officer of the register opens. The one place that says so (D35).

    Where a child who is kept safe lives is opened in no look, whatever the reason: for a child in danger there is one
    named officer, and a way out of its own (D46).
    """
    return groups - {Store.ADDRESS} if is_hidden else groups


_REF = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)

# RFC 7748 section 6.1 lets a party refuse a peer's point of small order. Modulo p there are five (cr.yp.to/ecdh.html,
# "How do I validate Curve25519 public keys?"); the highest bit of the 32 bytes does not count (section 5).
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

# RFC 8032 section 5.1: the curve of Ed25519 is -x² + y² = 1 + d·x²·y² modulo p.
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _P - 1,
    }
)


def check_ref(ref: str) -> None:
    """Refuse a reference that could not stand in the public log: it is short, and made of plain signs."""
    if _REF.fullmatch(ref) is None:
        raise Refusal(
            "people.reference",
            "A reference is 1 to 40 small letters, digits, dots, dashes or underscores, and names nobody.",
            next_step="Choose another reference.",
            authority="UK GDPR Art 5(1)(c)",
        )


def typed_ref(text: str) -> str:
    """Return a reference as typed, without spaces round it and capital letters; nothing where it is none."""
    ref = text.strip().lower()
    return ref if _REF.fullmatch(ref) else ""


def check_encryption_key(key: str) -> None:
    """Refuse a text that is neither empty nor an age recipient (age-encryption.org/v1, X25519)."""
    if not key:
        return
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as trouble:
        raise Refusal(
            "people.encryption_key",
            "This is no age recipient, so nothing could be locked to it.",
            next_step="Ask the organisation for the line that age-keygen prints as its public key.",
            authority="UK GDPR Art 32(1)(a)",
        ) from trouble
    if _point(key) in _SMALL_ORDER:
        raise Refusal(
            "people.weak_key",
            "Anybody could open what is locked to this key.",
            next_step="Ask the organisation to make a new key with age-keygen.",
            authority="RFC 7748 section 6.1; UK GDPR Art 32(1)(a)",
        )


def _point(key: str) -> int:
    """Return the coordinate that an age recipient spells (RFC 7748 section 5); its checksum was looked at before."""
    number = 0
    for sign in key.lower().removeprefix("age1")[:-6]:
        number = number * 32 + _BECH32.index(sign)
    raw = (number >> 4).to_bytes(32, "big")  # 52 signs carry 260 bits, of which the last four are filling
    return (int.from_bytes(raw, "little") & (2**255 - 1)) % _P


def check_signing_key(key: str) -> None:
    """Refuse a text that is neither empty nor a sound Ed25519 public key in hex.

    What must hold: 1 thirty-two bytes in small hex, so that one key has one spelling; 2 a reduced y that lies on the
    curve (RFC 8032 section 5.1.3); 3 no small order, under which anybody can sign.
    """
    if not key:
        return
    public = bytes.fromhex(key) if _KEY.fullmatch(key) else b""
    if not public or is_weak(public) or not _on_curve(public):
        raise Refusal(
            "people.check_key",
            "This is no sound Ed25519 public key, so a word signed with it would prove nothing.",
            next_step="Ask the organisation for its public key: 64 digits and small letters from a to f.",
            authority="RFC 8032 section 5.1",
        )


def _on_curve(public: bytes) -> bool:
    """Say whether a point's y, as its 32 bytes spell it, belongs to a point (RFC 8032 section 5.1.3)."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _P:
        return False
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    square = u * pow(v, _P - 2, _P) % _P
    return square == 0 or pow(square, (_P - 1) // 2, _P) == 1
