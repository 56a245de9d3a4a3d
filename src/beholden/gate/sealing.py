# SPDX-License-Identifier: Apache-2.0
"""Seals bytes under a key to what stands beside them, and opens them again. No database, no clock, no Django.

sealed = nonce (12) || AES-256-GCM(key, plain, aad = bound)

What each kind is bound to begins with words of its own, so that nothing opens as something else.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Unopened(ValueError):  # noqa: N818  turned into a refusal by whoever knows what should have opened
    """Says that something was sealed under another key, to something else, or is not as it was sealed."""


def seal(key: bytes, bound: bytes, plain: bytes) -> bytes:
    """Return bytes sealed under a key of 32 bytes."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def unseal(key: bytes, bound: bytes, blob: bytes) -> bytes:
    """Return what was sealed under this very key to this very thing, or raise `Unopened`."""
    try:
        return AESGCM(key).decrypt(blob[:_NONCE], blob[_NONCE:], bound)
    except (InvalidTag, ValueError) as changed:
        raise Unopened from changed
