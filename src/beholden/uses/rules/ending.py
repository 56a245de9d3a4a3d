# SPDX-License-Identifier: Apache-2.0
"""Decides when a use is nearly over, by when its records are wiped, and what a certificate is worth. No clock."""

from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.ledger.canonical import print_json
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

_PREFIX = b"beholden/destroyed/v1\n"
_AUTHORITY = "D25: time limit and destruction certificate; overdue is public"


def is_expiring(ends_on: date, *, days: int, on: date) -> bool:
    """Say whether a use ends within so many days, or is over."""
    return on + timedelta(days=days) >= ends_on


def wiped_by(ended_on: date, *, days: int) -> date:
    """Return the last day to wipe the records: so many days after the use ended, was stopped, or was replaced."""
    return ended_on + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A recipient's statement that every copy is gone. `agreement` is the digest of the text that asked for it."""

    use: str
    agreement: str
    destroyed_on: date
    method: str
    statement: str


def message(certificate: Certificate) -> bytes:
    r"""Return what is signed: "beholden/destroyed/v1\n" || JCS of the certificate (RFC 8785)."""
    return _PREFIX + print_json(
        {
            "agreement": certificate.agreement,
            "destroyed_on": certificate.destroyed_on.isoformat(),
            "method": certificate.method,
            "statement": certificate.statement,
            "use": certificate.use,
        }
    )


def sign(certificate: Certificate, *, seed: bytes) -> bytes:
    """Sign a certificate with the recipient's Ed25519 key, as the recipient does."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message(certificate))


def check_certificate(
    certificate: Certificate,
    signature: bytes,
    *,
    use: str,
    agreement: str,
    check_key: str,
    released_on: date,
    on: date,
) -> None:
    """Refuse a certificate that is another use's, says nothing, has no possible day, or is not the recipient's own.

    What must hold: 1 it names this use and this agreement; 2 it says how, and what; 3 its day lies between the release
    and today; 4 the signature is made with the key that the recipient is enrolled with, and that key is sound.
    """
    check_said(certificate, use=use, agreement=agreement, released_on=released_on, on=on)  # 1 to 3
    public = bytes.fromhex(check_key)
    try:  # 4
        if is_weak(public):
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message(certificate))
    except (InvalidSignature, ValueError) as trouble:
        raise _refused(
            "certificate_signature", "This certificate is not signed with the recipient's key."
        ) from trouble


def check_said(certificate: Certificate, *, use: str, agreement: str, released_on: date, on: date) -> None:
    """Refuse a certificate for what it says, before anybody signs it: 1 to 3 of `check_certificate`."""
    if (certificate.use, certificate.agreement) != (use, agreement):  # 1
        raise _refused("certificate_other", "This certificate is about another agreement.")
    if not certificate.method.strip() or not certificate.statement.strip():  # 2
        raise _refused(
            "certificate_empty", "A certificate says how the records were wiped, and that all were."
        )
    if not released_on <= certificate.destroyed_on <= on:  # 3
        raise _refused(
            "certificate_day", "The records can only have been wiped between their release and today."
        )


def _refused(reason: str, sentence: str) -> Refusal:
    return Refusal(
        f"uses.{reason}",
        sentence,
        next_step="Write the certificate for this use, and sign it with the enrolled key.",
        authority=_AUTHORITY,
    )
