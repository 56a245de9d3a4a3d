# SPDX-License-Identifier: Apache-2.0
"""The key under which messages to recipients are signed: made from the seed of the events log, for this alone."""

from beholden.gate.message import public_key
from beholden.home import here
from beholden.home.keys import derived

_LABEL = b"beholden/message/v1\n"


def seed() -> bytes:
    """Return the secret seed (RFC 8032 section 5.1.5), for the keeper's process."""
    return derived(here(), "signer.events", _LABEL)


def public() -> bytes:
    """Return the 32 public bytes; they stand in the log each day."""
    return public_key(seed())
