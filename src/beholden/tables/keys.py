# SPDX-License-Identifier: Apache-2.0
"""The secret behind every error, and what follows from it: a key for each pupil, and draws for the perturbation table.

A pupil's *record key* is HMAC-SHA256 of its id, modulo 4096. A cell's key is the sum of the record keys of everybody in
it, modulo 4096: so the error of a cell hangs on who is in it and on nothing else, however and whenever it is asked for,
in this release and in the next. It refuses a key file that others can read. Whoever has the secret can take every error
away again; it is never printed, and its fingerprint tells only whether two are the same.
"""

import hashlib
import hmac
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from beholden.tables.policy import TablesRefused

KEYS = 4096
"""As many record keys, and cell keys, as there are."""
SIZE = 32
MAKE = "(umask 077; head -c 32 /dev/urandom > tables.key)"
"""How a key file is made, in a shell."""
_BLOCK = 64


class KeyRefused(TablesRefused):
    """Says that a key file cannot be used."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Thirty-two random bytes, which no trace prints."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.raw) != SIZE:
            raise ValueError("the secret of tables is 32 bytes")

    def part(self, label: bytes) -> bytes:
        """Return what one use of the secret goes by: nobody learns one part from another."""
        return hmac.digest(self.raw, b"beholden/tables/" + label, "sha256")

    @property
    def fingerprint(self) -> str:
        """What tells one secret from another, and nothing more."""
        return self.part(b"fingerprint").hex()[:16]


def load(path: Path) -> Secret:
    """Return the secret in a file that is its owner's alone, or refuse it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as wrong:
        raise KeyRefused(
            "no_key",
            "There is no key file under this name: without a key every error could be taken away again.",
            f"Make one, once, and keep it: {MAKE}",
        ) from wrong
    try:
        _check_private(os.fstat(descriptor))
        raw = os.read(descriptor, SIZE + 1)
    finally:
        os.close(descriptor)
    if len(raw) != SIZE:
        raise KeyRefused(
            "key_size", "The key file is not 32 bytes long.", "Put the file back from the keeper's own copy."
        )
    if len(set(raw)) <= SIZE // 4:
        raise KeyRefused(
            "key_weak",
            "The key file repeats itself, as random bytes do not.",
            f"Make one with: {MAKE}",
        )
    return Secret(raw)


def _check_private(status: os.stat_result) -> None:
    others = stat.S_IRWXG | stat.S_IRWXO
    if stat.S_ISREG(status.st_mode) and not status.st_mode & others and status.st_uid == os.geteuid():
        return
    raise KeyRefused(
        "key_open",
        "The key file can be read by other users of this machine, or belongs to one.",
        "Treat the key as known to them and make another; close the file with chmod 600.",
    )


class RecordKeys:
    """Gives each pupil its record key. The two halves of HMAC are begun once, for there are millions of pupils."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: Secret) -> None:
        key = secret.part(b"record").ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(one ^ 0x36 for one in key))
        self._outer = hashlib.sha256(bytes(one ^ 0x5C for one in key))

    def key(self, pupil: str) -> int:
        """Return HMAC-SHA256 of one id, modulo 4096."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(pupil.encode())
        outer.update(inner.digest())
        return int.from_bytes(outer.digest()[-2:], "big") % KEYS

    def keys(self, pupils: Iterable[str]) -> npt.NDArray[np.int16]:
        """Return the keys of many, in their order."""
        return np.fromiter(map(self.key, pupils), dtype=np.int16)


def draws(secret: Secret, label: bytes, rows: int) -> npt.NDArray[np.intp]:
    """Return for each row of a table an order of all cell keys, drawn by the secret: which key gets which error."""
    drawn = np.empty((rows, KEYS), dtype=np.intp)
    key = secret.part(label)
    for row in range(rows):
        stream = hashlib.shake_256(key + row.to_bytes(4, "big")).digest(8 * KEYS)
        drawn[row] = np.argsort(np.frombuffer(stream, dtype=np.uint64), kind="stable")
    return drawn
