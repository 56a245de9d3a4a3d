# SPDX-License-Identifier: Apache-2.0
"""Locks bytes to one recipient's age key, and opens them with its own (age-encryption.org/v1). The one place that does.

No database, no clock. What is in the bytes it does not know.
"""

import pyrage

from beholden.refusals import Refusal


class WrongKeyError(ValueError):
    """Bytes that do not open with this identity, or are no age file, or it is no identity."""


def lock(content: bytes, *, to: str) -> bytes:
    """Return bytes that this age recipient alone can open; refuse what is no recipient."""
    try:
        recipient = pyrage.x25519.Recipient.from_str(to)
    except pyrage.RecipientError as trouble:
        raise Refusal(
            "gate.recipient_key",
            "The recipient's key is no age key.",
            next_step="Enrol the recipient again with a key that begins with age1.",
            authority="UK GDPR Art 32(1)(a)",
        ) from trouble
    locked: bytes = pyrage.encrypt(content, [recipient])
    return locked


def unlock(locked: bytes, *, identity: str) -> bytes:
    """Return what was locked, with the recipient's own age identity; else raise `WrongKeyError`."""
    try:
        content: bytes = pyrage.decrypt(locked, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, pyrage.IdentityError) as trouble:
        raise WrongKeyError from trouble
    return content
