# SPDX-License-Identifier: Apache-2.0
"""The home's key files. This decides whether a key may be used; it knows no algorithm and prints no key.

A key is made once, before the database is, and never overwritten: a lost key must be noticed, not replaced by
a fresh one that opens nothing.
"""

import os
import re
import secrets
import stat
from pathlib import Path

from beholden.home import Home
from beholden.home.files import write_new
from beholden.refusals import Refusal

SIZE = 32
"""Bytes of an ordinary key: AES-256, HMAC-SHA-256 and Ed25519's seed (RFC 8032 section 5.1.5) take 32."""

NAMES = ("signer.handovers", "signer.events", "vault", "lookup", "letters", "pseudonyms", "django")
"""Every key that a founded home has. Keys of single disclosures and registries come and go beside them."""

_NAME = re.compile(r"[a-z]+(\.[a-z0-9]+)*\Z")
_OTHERS = 0o077
_AUTHORITY = "D36: encrypted, least access"


def create(home: Home, name: str, size: int = SIZE) -> None:
    """Make a fresh random key in its own 0600 file."""
    try:
        write_new(path(home, name), secrets.token_bytes(size))
    except FileExistsError as taken:
        raise Refusal(
            "home.key_exists",
            f"There is a key {name} already, and a key is never overwritten.",
            next_step="Keep it: what was sealed with it opens with nothing else.",
            authority=_AUTHORITY,
        ) from taken


def load(home: Home, name: str, size: int = SIZE) -> bytes:
    """Return a key, or refuse: missing, readable by others, not ours, or of another size."""
    file = path(home, name)
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as missing:  # also a link (ELOOP): where a link points, others may write
        raise Refusal(
            "home.key_missing",
            f"The key file {name} is not in the home's keys folder, or is no file of ours.",
            next_step="Put the file back from the keeper's own copy. Do not make a new one.",
            authority=_AUTHORITY,
        ) from missing
    try:
        _check_private(os.fstat(descriptor), name)
        key = os.read(descriptor, size + 1)
    finally:
        os.close(descriptor)
    if len(key) != size:
        raise Refusal(
            "home.key_size",
            f"The key file {name} is not {size} bytes long.",
            next_step="Put the file back from the keeper's own copy.",
            authority=_AUTHORITY,
        )
    return key


def exists(home: Home, name: str) -> bool:
    """Say whether a file of that name is there, fit for use or not."""
    return os.path.lexists(path(home, name))


def path(home: Home, name: str) -> Path:
    """Return where a key lies. A name is lower-case words joined by full stops, so it stays in the folder."""
    if not _NAME.match(name):
        raise ValueError("a key's name is lower-case words joined by full stops")
    return home.keys / name


def _check_private(status: os.stat_result, name: str) -> None:
    if stat.S_ISREG(status.st_mode) and not status.st_mode & _OTHERS and status.st_uid == os.geteuid():
        return
    raise Refusal(
        "home.key_open",
        f"The key file {name} can be read by other users of this machine, or belongs to one.",
        next_step="Treat the key as known to them. Find out who read it, then close the file: chmod 600.",
        authority=_AUTHORITY,
    )
