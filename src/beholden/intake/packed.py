# SPDX-License-Identifier: Apache-2.0
"""Takes the one XML file out of a zip, piece by piece, or refuses the zip. Knows zips, and nothing of returns.

A zip says of itself how much is in it, and can lie. So its list of contents is looked at before any library reads it
whole, what comes out is counted while it comes, and nothing in it becomes a path.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from beholden.refusals import Refusal

_LOCAL, _END, _END_64 = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07"
_END_OF_LIST = struct.Struct("<4s4H2LH")
_LOCATOR = 20
"""Bytes that stand right before the end record where a zip is of the 64-bit kind (APPNOTE 6.3.10, 4.3.15)."""

_MOST_LISTED = 64
"""Entries. One return needs one; a Mac adds a few of its own."""

_LIST_BYTES = 65_536
_PIECE = 1 << 20
_BREAKS = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError),
)
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def is_zip(path: Path) -> bool:
    """Say whether a file begins as a zip does. Its name is not asked."""
    with path.open("rb") as file:
        return file.read(len(_LOCAL)) == _LOCAL


def unpack(path: Path, out: BinaryIO, *, most_bytes: int) -> None:
    """Write the one XML file of a zip to `out`, or refuse.

    What must hold: 1 the zip ends with a short list of contents (APPNOTE 6.3.10, 4.3.16); 2 that list names exactly one
    XML file and no other file; 3 it is stored or deflated, and not locked; 4 what comes out is no more than
    `most_bytes`, whatever the list says; 5 its check sum fits.
    """
    written = 0
    for piece in _pieces(path):
        written += len(piece)
        if written > most_bytes:  # 4
            raise _refused("too_large", f"What is in the zip is larger than {most_bytes:,} bytes.")
        try:
            out.write(piece)
        except OSError:
            raise Refusal(
                "intake.no_room",
                "We have no room for what is in the zip now.",
                next_step="Try again later, or ring us. Nothing of the file was kept.",
                authority="ARCHITECTURE section 3",
            ) from None


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield what the one file of a zip holds, as it comes. Whatever goes wrong in reading is a broken zip."""
    try:
        _check_list(path)  # 1
        with zipfile.ZipFile(path) as held, held.open(_the_one(held.infolist())) as inside:  # 2, 3
            while piece := inside.read(_PIECE):
                yield piece
    except _BREAKS:  # 5 is among them
        raise _refused("broken", "The zip is broken.") from None  # their words repeat the names in it


def _check_list(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _END_OF_LIST.size - _LOCATOR, 0))
        tail = file.read()
    end = tail[-_END_OF_LIST.size :]
    if len(end) < _END_OF_LIST.size or not end.startswith(_END):
        raise _refused("broken", "The zip is cut short, or is of a kind that is not read here.")
    if tail.startswith(_END_64):
        raise _refused("kind", "The zip is of a kind for very large files, which is not read here.")
    _, disk, start_disk, here, entries, list_bytes, _, comment = _END_OF_LIST.unpack(end)
    if disk or start_disk or here != entries or comment:
        raise _refused("kind", "The zip is in parts, or has a comment, and is not read here.")
    if entries > _MOST_LISTED or list_bytes > _LIST_BYTES:
        raise _refused("many", "The zip holds more than one file.")


def _the_one(listed: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    files = [one for one in listed if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        what = "no file" if not files else "more than one file"
        raise _refused("many", f"The zip holds {what}.")
    (one,) = files
    if not one.filename.lower().endswith(".xml"):
        raise _refused("not_xml", "The file in the zip is no XML file.")
    if one.flag_bits & _ENCRYPTED or one.compress_type not in _KINDS:
        raise _refused(
            "locked", "The zip is locked with a password, or packed in a way that is not read here."
        )
    return one


def _refused(reason: str, sentence: str) -> Refusal:
    return Refusal(
        f"intake.zip_{reason}",
        sentence,
        next_step="Send the XML file itself, or a zip with that one file in it and nothing else.",
        authority="ARCHITECTURE section 2: intake",
    )
