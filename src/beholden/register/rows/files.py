# SPDX-License-Identifier: Apache-2.0
"""Reads a row file whole, and only if it is the one that was written. Knows no column and no person."""

import hashlib

from beholden.home import here
from beholden.refusals import Refusal


def whole(path: str, digest: str) -> bytes:
    """Return the bytes of a row file that have the hash in its manifest; a changed byte refuses."""
    content = (here().rows / path).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refusal(
            "register.file_changed",
            f"The row file {path} is not the one that was written.",
            next_step="Run `beholden fsck`, and restore this file from a backup.",
            authority="UK GDPR Art 32(1)(b)",
        )
    return content
