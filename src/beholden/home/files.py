# SPDX-License-Identifier: Apache-2.0
"""Writes that survive a power cut. This decides how bytes reach the disk, and never what they mean.

The contract of both writers of whole files: when they return, the whole file is on the disk under its name, and the
name is too. When the machine stops before that, the old file (or none) is there, whole. A left-over `.….part` file is
never read by anybody. A file of lines only grows, by one writer at a time.
"""

import fcntl
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PRIVATE = 0o600


def write_durably(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Put `data` under `path`, replacing what was there in one step."""
    part = _write_part(path, data, mode)
    try:
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def write_new(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Put `data` under `path`, or raise FileExistsError where something is there already."""
    part = _write_part(path, data, mode)
    try:
        # A link, unlike a rename, refuses a name that is taken, even when two processes try at once.
        path.hardlink_to(part)
    finally:
        part.unlink(missing_ok=True)
    fsync_folder(path.parent)


@contextmanager
def held_lines(path: Path) -> Iterator[int]:
    """Hold a file of lines for one writer, and lend its descriptor; others wait, and no crash leaves it held.

    What a crash left behind the last whole line is cut off first. The file's name is on the disk before any line can
    be, also where whoever made the file was cut off before that. A file that was put aside meanwhile is left alone.
    """
    descriptor = _locked(path)
    try:
        fsync_folder(path.parent)
        _cut_torn_end(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int:
    """Open the file of this name and lock it; while this waited, its name may have been given to another."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(path.lstat(), os.fstat(descriptor)):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def put_line(descriptor: int, line: bytes) -> None:
    """Put one line, and its end, behind the last of a held file. When this returns, it is on the disk."""
    content, place = line + b"\n", os.fstat(descriptor).st_size
    while content:  # the system may take less than it was given
        taken = os.pwrite(descriptor, content, place)
        content, place = content[taken:], place + taken
    _flush(descriptor)


def append_line(path: Path, line: bytes) -> None:
    """Put one line behind the last of a file. When this returns, the line is on the disk, and the file's name too."""
    with held_lines(path) as descriptor:
        put_line(descriptor, line)


def _cut_torn_end(descriptor: int) -> None:
    """Cut off what a crash left behind the last whole line: it was not on the disk, so nothing was shown for it."""
    size = os.fstat(descriptor).st_size
    end = size
    while end and os.pread(descriptor, 1, end - 1) != b"\n":
        end -= 1
    if end != size:
        os.ftruncate(descriptor, end)
        _flush(descriptor)


def fsync_folder(path: Path) -> None:
    """Put the folder's names on the disk: a renamed file can be lost although its bytes are there."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _flush(descriptor)
    finally:
        os.close(descriptor)


def _write_part(path: Path, data: bytes, mode: int) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)  # the umask may have taken bits that were asked for
            _flush(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _flush(descriptor: int) -> None:
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # there, fsync stops at the drive's own memory
    else:
        os.fsync(descriptor)
