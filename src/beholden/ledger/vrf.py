# SPDX-License-Identifier: Apache-2.0
"""ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 section 5.5, suite 3): what only one key gives, and anybody can check.

Decides what the output of a text is under a secret key, and whether 80 bytes prove it under the public one. Knows no
register and no number. Points are libsodium's: what is secret is multiplied in constant time. How many tries a text
takes depends on the text, so a proof is never made while somebody who does not hold the text measures how long.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final, Self

from nacl import bindings as sodium

from beholden.refusals import Refusal

SECRET_BYTES: Final = 32
PUBLIC_BYTES: Final = 32
PROOF_BYTES: Final = 80
"""Gamma (32) || c (16) || s (32): RFC 9381 section 5.5, ptLen, cLen and qLen."""
OUTPUT_BYTES: Final = 64

_SUITE: Final = b"\x03"
_TO_CURVE, _CHALLENGE, _OUTPUT, _END = b"\x01", b"\x02", b"\x03", b"\x00"
_CHALLENGE_BYTES: Final = 16
_P: Final = 2**255 - 19
_Q: Final = 2**252 + 27742317777372353535851937790883648493
_IDENTITY: Final = b"\x01" + bytes(31)
_TRIES: Final = 256  # the counter is one byte; each try succeeds half of the time


class VrfRefused(Refusal):
    """Says that a key is none, or that a proof proves nothing."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(
            f"ledger.{code}",
            sentence,
            next_step="Do not rely on it; ask for it again and keep this copy as evidence.",
            authority="RFC 9381 section 5",
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret key, worked out once: x times the base is the public key, and `prefix` seeds the nonces."""

    x: bytes = field(repr=False)
    prefix: bytes = field(repr=False)
    public: bytes

    @classmethod
    def of(cls, seed: bytes) -> Self:
        """Return the key of 32 random bytes (RFC 8032 section 5.1.5)."""
        if len(seed) != SECRET_BYTES:
            raise VrfRefused("vrf_key", "A secret key of a verifiable random function has 32 bytes.")
        wide = hashlib.sha512(seed).digest()
        clamped = bytearray(wide[:32])
        clamped[0] &= 248
        clamped[31] = clamped[31] & 127 | 64
        x = _reduced(bytes(clamped))
        return cls(x, wide[32:], sodium.crypto_scalarmult_ed25519_base_noclamp(x))


def output(secret: Secret, text: bytes) -> bytes:
    """Return the 64 bytes that a text gives under a key, without a proof: half the work of `prove`."""
    return _beta(sodium.crypto_scalarmult_ed25519_noclamp(secret.x, _point_of(secret.public, text)))


def prove(secret: Secret, text: bytes) -> bytes:
    """Return the 80 bytes that prove `output(secret, text)` to whoever has the public key.

    The proof is checked before it is given out: a fault in a deterministic nonce would give the key away.
    """
    point = _point_of(secret.public, text)
    gamma = sodium.crypto_scalarmult_ed25519_noclamp(secret.x, point)
    nonce = sodium.crypto_core_ed25519_scalar_reduce(hashlib.sha512(secret.prefix + point).digest())
    c = _challenge(
        secret.public,
        point,
        gamma,
        sodium.crypto_scalarmult_ed25519_base_noclamp(nonce),
        sodium.crypto_scalarmult_ed25519_noclamp(nonce, point),
    )
    s = sodium.crypto_core_ed25519_scalar_add(
        nonce, sodium.crypto_core_ed25519_scalar_mul(c + bytes(16), secret.x)
    )
    proof = gamma + c + s
    verify(secret.public, text, proof)
    return proof


def verify(public: bytes, text: bytes, proof: bytes) -> bytes:
    """Return the one output that a text can have under a public key, or refuse the proof.

    Must hold (RFC 9381 section 5.3): (1) the key is a point of the prime group, so that no second output can be proved;
    (2) the proof has 80 bytes, of which the first 32 are such a point and the last 32 a number below the group's order,
    neither it nor the challenge nought; (3) the challenge follows from s*B - c*Y and s*H - c*Gamma.
    """
    check_public(public)  # (1)
    gamma, c, s = _read(proof)  # (2)
    point, challenge = _point_of(public, text), c + bytes(16)
    try:
        u = sodium.crypto_core_ed25519_sub(
            sodium.crypto_scalarmult_ed25519_base_noclamp(s),
            sodium.crypto_scalarmult_ed25519_noclamp(challenge, public),
        )
        v = sodium.crypto_core_ed25519_sub(
            sodium.crypto_scalarmult_ed25519_noclamp(s, point),
            sodium.crypto_scalarmult_ed25519_noclamp(challenge, gamma),
        )
    except RuntimeError:
        raise _no_proof() from None
    if _challenge(public, point, gamma, u, v) != c:  # (3)
        raise _no_proof()
    return _beta(gamma)


def claimed(proof: bytes) -> bytes:
    """Return the output that a proof speaks of. It proves nothing without the key and the text: that is `verify`."""
    return _beta(_read(proof)[0])


def check_public(public: bytes) -> None:
    """Refuse a public key under which more than one output could be proved (RFC 9381 section 5.6.1)."""
    if len(public) != PUBLIC_BYTES or not sodium.crypto_core_ed25519_is_valid_point(public):
        raise VrfRefused("vrf_key", "This is no public key of a verifiable random function.")


def _read(proof: bytes) -> tuple[bytes, bytes, bytes]:
    if len(proof) != PROOF_BYTES:
        raise _no_proof()
    gamma, c, s = proof[:32], proof[32:48], proof[48:]
    if not sodium.crypto_core_ed25519_is_valid_point(gamma) or not any(c):
        raise _no_proof()
    if not 0 < int.from_bytes(s, "little") < _Q:
        raise _no_proof()
    return gamma, c, s


def _no_proof() -> VrfRefused:
    return VrfRefused("vrf_proof", "The proof of a place does not hold.")


def _point_of(public: bytes, text: bytes) -> bytes:
    """Return the point of a text: the first of a row of hashes that is one, times 8 (RFC 9381 section 5.4.1.1)."""
    start = hashlib.sha512(_SUITE + _TO_CURVE + public + text)
    for tried in range(_TRIES):
        made = start.copy()
        made.update(bytes((tried,)) + _END)
        point = _times_cofactor(made.digest()[:32])
        if point is not None:
            return point
    raise VrfRefused("vrf_text", "This text has no point; no text is known that has none.")


def _times_cofactor(raw: bytes) -> bytes | None:
    """Return 8 times the point that 32 bytes spell, or None if they spell none or the result is the identity.

    libsodium's own test for a point asks for the prime group, and would turn away seven of eight good ones here; its
    sum of two asks whether they are on the curve, and takes spellings that are not reduced, so they are looked at first
    (RFC 8032 section 5.1.3).
    """
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P or (y in (1, _P - 1) and raw[31] & 128):
        return None
    point = raw
    try:
        for _ in range(3):
            point = sodium.crypto_core_ed25519_add(point, point)
    except RuntimeError:
        return None
    return None if point == _IDENTITY else point


def _challenge(*points: bytes) -> bytes:
    return hashlib.sha512(_SUITE + _CHALLENGE + b"".join(points) + _END).digest()[:_CHALLENGE_BYTES]


def _beta(gamma: bytes) -> bytes:
    """Return the output of a point of the prime group, which 8 times it is never the identity of."""
    point = gamma
    for _ in range(3):
        point = sodium.crypto_core_ed25519_add(point, point)
    return hashlib.sha512(_SUITE + _OUTPUT + point + _END).digest()


def _reduced(scalar: bytes) -> bytes:
    return sodium.crypto_core_ed25519_scalar_reduce(scalar + bytes(32))
