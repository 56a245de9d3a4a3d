# SPDX-License-Identifier: Apache-2.0
r"""Seals what says who a person is, group by group, under that person's key. No database, no clock.

Blob = nonce (12) || AES-256-GCM(key, JCS(values), aad = "beholden/vault/v1\n" || group || "\n" || person id (16)).
A blob moved to another person or another group does not open.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import date

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.kinds import PersonId

GROUPS = ("names", "birth", "address", "contacts", "numbers", "proof")


def seal(key: bytes, person: PersonId, group: str, values: Mapping[str, str | None]) -> bytes:
    """Return one sealed blob of one reader group."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, _print(values), _aad(person.bytes, group))


def unseal(key: bytes, person: PersonId, group: str, blob: bytes) -> dict[str, str | None]:
    """Return what a blob holds; another person, group or key: `InvalidTag`; another shape: ValueError."""
    return said_in(key, person.bytes, group, blob)


def said_in(key: bytes, person: bytes, group: str, blob: bytes) -> dict[str, str | None]:
    """Return the same for a person named by 16 bytes: of millions nobody makes an object."""
    plain = AESGCM(key).decrypt(blob[:12], blob[12:], _aad(person, group))
    try:
        return _texts.decode(plain)
    except msgspec.DecodeError as trouble:
        raise ValueError("a sealed blob has another shape") from trouble


_texts = msgspec.json.Decoder(dict[str, str | None])
"""Everybody's seed is read for every registry: json's own reader would take most of that time."""

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _print(values: Mapping[str, str | None]) -> bytes:
    """Return the JCS (RFC 8785) of texts under ASCII names: for those, json prints the same, in a third of the time."""
    return _encoder.encode(values).encode()


def _aad(person: bytes, group: str) -> bytes:
    return b"beholden/vault/v1\n" + group.encode() + b"\n" + person


def digest_of_number(key: bytes, number: str) -> bytes:
    """HMAC-SHA256 of a pupil number under the look-up key: equal numbers meet, nobody without the key can guess."""
    return hmac.digest(key, b"number\n" + number.encode(), hashlib.sha256)


def digest_of_number_and_birth(key: bytes, number: str, born: date) -> bytes:
    """HMAC-SHA256 of a pupil number and a birth date together."""
    return hmac.digest(
        key, b"number+birth\n" + number.encode() + b"\n" + born.isoformat().encode(), hashlib.sha256
    )
