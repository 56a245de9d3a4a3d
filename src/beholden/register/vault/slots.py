# SPDX-License-Identifier: Apache-2.0
r"""Person keys in one file of 60-byte slots, outside the database and outside every versioned backup.

Contract: `mint` returns only after its slots are on disk, so a row that names a slot always finds its key; a crash
before the row commits leaves a slot that nobody names, which is harmless. `destroy` overwrites a slot with noughts and
returns after it is on disk: what was sealed under that key is then gone, whatever the backups hold.
Format: slot i at byte 60·i = nonce (12) || AES-256-GCM(KEK, key32, aad = "beholden/slot/v1\n" || u64be(i)) (48).
"""

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.home.files import fsync_folder
from beholden.refusals import Refusal

WIDTH = 60


class Slots:
    """The slot file of one home. Appending is safe between processes by a lock on the file itself."""

    def __init__(self, path: Path, kek: bytes) -> None:
        self._path = path
        self._kek = AESGCM(kek)

    def mint(self, count: int) -> tuple[tuple[int, bytes], ...]:
        """Make `count` fresh keys; return (slot, key32) pairs once all of them are on disk."""
        made: list[tuple[int, bytes]] = []
        with self._held() as handle:
            first = -(-os.fstat(handle).st_size // WIDTH)  # a torn last slot is passed over, never reused
            wrapped = bytearray()
            for slot in range(first, first + count):
                key = secrets.token_bytes(32)
                nonce = secrets.token_bytes(12)
                wrapped += nonce + self._kek.encrypt(nonce, key, _aad(slot))
                made.append((slot, key))
            _write_all(handle, bytes(wrapped), first * WIDTH)
            os.fsync(handle)
        return tuple(made)

    def keys(self, slots: list[int]) -> dict[int, bytes]:
        """Return the keys of the named slots; refuse if one is missing, destroyed or damaged."""
        found: dict[int, bytes] = {}
        for slot, raw in zip(slots, self.wrapped(slots), strict=True):
            try:
                found[slot] = unwrapped(self._kek, slot, raw)
            except (InvalidTag, ValueError) as trouble:
                raise Refusal(
                    "register.key_gone",
                    f"The key in slot {slot} cannot be read: it was destroyed or is damaged.",
                    next_step="Run `beholden fsck`; restore the latest copy of the slot file if it is damaged.",
                    authority="UK GDPR Art 32(1)(b)",
                ) from trouble
        return found

    def wrapped(self, slots: Sequence[int]) -> list[bytes]:
        """Return the slots as they lie in the file, each key wrapped; one that is not there is empty.

        Readers wait for a writer, and not for each other. A file that is not there is refused, and none is made.
        """
        if not slots:
            return []
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as missing:
            raise Refusal(
                "register.slots_missing",
                "The file of everybody's keys is not there.",
                next_step="Restore the latest copy of the slot file, then run `beholden fsck`.",
                authority="UK GDPR Art 32(1)(b)",
            ) from missing
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            return [os.pread(handle, WIDTH, slot * WIDTH) for slot in slots]
        finally:
            os.close(handle)

    def destroy(self, slot: int) -> None:
        """Overwrite one key. What it sealed is unreadable from the moment this returns (D33)."""
        with self._held() as handle:
            _write_all(handle, bytes(WIDTH), slot * WIDTH)
            os.fdatasync(handle)

    @contextmanager
    def _held(self) -> Iterator[int]:
        """Hold the file for one writer, and make it where there is none."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(handle).st_size == 0:  # made just now, or by a process that died before the next line
                fsync_folder(self._path.parent)
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


def unwrapped(kek: AESGCM, slot: int, raw: bytes) -> bytes:
    """Return the key that one slot holds, or raise InvalidTag or ValueError: it was destroyed or is damaged."""
    return kek.decrypt(raw[:12], raw[12:], _aad(slot))


def _aad(slot: int) -> bytes:
    return b"beholden/slot/v1\n" + slot.to_bytes(8, "big")


def _write_all(handle: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(handle, view, offset)
        view, offset = view[written:], offset + written
