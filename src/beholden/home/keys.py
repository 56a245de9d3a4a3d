# SPDX-License-Identifier: Apache-2.0
r"""The home's key files. This decides whether a key may be used; it knows no algorithm and prints no key.

A key is made once, before the database is, and never overwritten: a lost key must be noticed, not replaced by
a fresh one that opens nothing. Behind its bytes each file carries a check value over them and the file's own
name, so that a damaged key, or one under another's name, is refused at every use and not only by fsck.

Format: key (32) || HMAC-SHA256(key, "beholden/key/v1\n" || name)[:16].
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from beholden.home import Home
from beholden.home.files import fsync_folder, write_new
from beholden.refusals import Refusal

SIZE = 32
"""Bytes of an ordinary key: AES-256, HMAC-SHA-256 and Ed25519's seed (RFC 8032 section 5.1.5) take 32."""

NAMES = ("signer.handovers", "signer.events", "vault", "lookup", "letters", "places", "pseudonyms", "django")
"""Every key that a founded home has. Keys of single disclosures and registries come and go beside them."""

CHECK_SIZE = 16
"""Bytes of the check value. It guards against damage and mix-ups; whoever can write a key can write its check."""

_NAME = re.compile(r"[a-z]+(\.[a-z0-9]+)*\Z")
_OTHERS = 0o077
_AUTHORITY = "D36: encrypted, least access"


def create(home: Home, name: str, size: int = SIZE) -> None:
    """Make a fresh random key in its own 0600 file."""
    try:
        _write(home, name, size)
    except FileExistsError as taken:
        raise Refusal(
            "home.key_exists",
            f"There is a key {name} already, and a key is never overwritten.",
            next_step="Keep it: what was sealed with it opens with nothing else.",
            authority=_AUTHORITY,
        ) from taken


def made(home: Home, name: str) -> bytes:
    """Return a key, which is made unless it is there. When this returns, it is on the disk.

    Of two who make it at once one does, and both have the same.
    """
    with suppress(FileExistsError):
        _write(home, name, SIZE)
    fsync_folder(home.keys)  # whoever made it may have been killed before its name was on the disk
    return load(home, name)


def load(home: Home, name: str, size: int = SIZE) -> bytes:
    """Return a key, or refuse: missing, readable by others, not ours, of another size, or damaged."""
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
        held = os.read(descriptor, size + CHECK_SIZE + 1)
    finally:
        os.close(descriptor)
    key, check = held[:size], held[size:]
    if len(held) != size + CHECK_SIZE:
        raise Refusal(
            "home.key_size",
            f"The key file {name} is not {size + CHECK_SIZE} bytes long.",
            next_step="Put the file back from the keeper's own copy.",
            authority=_AUTHORITY,
        )
    if not hmac.compare_digest(check, _check(key, name)):
        raise Refusal(
            "home.key_damaged",
            f"The key file {name} is damaged, or is the file of another key.",
            next_step="Put the file back from the keeper's own copy. Do not make a new one.",
            authority=_AUTHORITY,
        )
    return key


def destroy(home: Home, name: str) -> None:
    """Take a key away for good: what was sealed with it opens with nothing any more. Done twice, it is done once."""
    path(home, name).unlink(missing_ok=True)
    fsync_folder(home.keys)


def derived(home: Home, name: str, label: bytes) -> bytes:
    """Return a key of its own for one purpose, made from a key file: HKDF-Expand (RFC 5869 section 2.3), one block.

    The file's key is random already, so there is nothing to extract. A label names one purpose for ever; it must begin
    like no other thing that is ever hashed under that file's key.
    """
    return hmac.digest(load(home, name), label + b"\x01", hashlib.sha256)


def exists(home: Home, name: str) -> bool:
    """Say whether a file of that name is there, fit for use or not."""
    return os.path.lexists(path(home, name))


def path(home: Home, name: str) -> Path:
    """Return where a key lies. A name is lower-case words joined by full stops, so it stays in the folder."""
    if not _NAME.match(name):
        raise ValueError("a key's name is lower-case words joined by full stops")
    return home.keys / name


def _write(home: Home, name: str, size: int) -> None:
    key = secrets.token_bytes(size)
    write_new(path(home, name), key + _check(key, name))


def _check(key: bytes, name: str) -> bytes:
    return hmac.digest(key, b"beholden/key/v1\n" + name.encode(), hashlib.sha256)[:CHECK_SIZE]


def _check_private(status: os.stat_result, name: str) -> None:
    if stat.S_ISREG(status.st_mode) and not status.st_mode & _OTHERS and status.st_uid == os.geteuid():
        return
    raise Refusal(
        "home.key_open",
        f"The key file {name} can be read by other users of this machine, or belongs to one.",
        next_step="Treat the key as known to them. Find out who read it, then close the file: chmod 600.",
        authority=_AUTHORITY,
    )
