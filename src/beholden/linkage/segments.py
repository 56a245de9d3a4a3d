# SPDX-License-Identifier: Apache-2.0
"""Keeps sorted keys and the rows they lead to in one file, in pieces, each checked whenever it is read.

A segment is two files: `pieces` (of each piece its keys, 64 bits, sorted, then its rows, 32 bits) and `marks` (where
each piece begins, with which key, and its tag). A tag is AES-GMAC under a key of the segment's own, with the piece's
number as nonce: it costs less than the reading. So a search touches the few pieces in which its keys can be, needs no
memory for the rest, and never believes a byte that it has not checked. The bytes that were checked are those that are
searched. Whoever lists a segment binds the marks. One key is never parted between two pieces.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.linkage.keys import Hasher, Keys
from beholden.refusals import Refusal

Rows = npt.NDArray[np.uint32]
Sorted = tuple[Keys, Rows]
"""Keys in their order, and the row of each."""

PIECE = 512
"""Keys a piece has, about: 6 KB. In a large index one of them is looked for, as a rule."""

PIECES, MARKS, PART = ".pieces", ".marks", ".part"
_KEY, _ROW, _TAG, _NONCE = 8, 4, 16, 12
_MARK = np.dtype([("first", "<u8"), ("start", "<u8"), ("count", "<u4"), ("tag", f"V{_TAG}")])


class IndexRefused(Refusal):
    """Says that a folder is no index that can be asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "linkage.index",
            sentence,
            next_step="Build the index again from the register.",
            authority="D21, D32: a match that looks into half a register is no match",
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Pieces of sorted keys, each begun by its first key, and how one is read."""

    firsts: Keys = field(repr=False)
    piece: Callable[[int], Sorted] = field(repr=False)

    def search(self, keys: Keys, most: int, gone: Rows) -> tuple[npt.NDArray[np.int64], dict[int, Rows]]:
        """Return of each key (sorted, each once) how many rows it leads to, and the rows themselves up to `most`.

        Rows that are gone (sorted, each once) neither count nor are returned.
        """
        sizes, rows, wanted = np.zeros(len(keys), np.int64), dict[int, Rows](), keys.tolist()
        places = np.searchsorted(self.firsts, keys, "right") - 1
        begins = np.flatnonzero(np.diff(places, prepend=-1))
        ranges = pairwise([*begins.tolist(), len(keys)])
        for number, (begin, end) in zip(places[begins].tolist(), ranges, strict=True):
            held, theirs = self.piece(number)
            lefts = held.searchsorted(keys[begin:end]).tolist()
            for place, left in enumerate(lefts, start=begin):
                if left == len(held) or held.item(left) != wanted[place]:
                    continue
                block = theirs[left : held.searchsorted(keys[place], "right")]
                if len(gone):
                    block = block[counting(block, gone)]
                sizes[place] = len(block)
                if len(block) <= most:
                    rows[place] = block.copy()
        return sizes, rows

    def all(self) -> Iterator[Sorted]:
        """Yield every piece, in the order of its keys."""
        return map(self.piece, range(len(self.firsts)))


class _File:
    """A file that is open as long as somebody may read of it, whatever becomes of its name."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __del__(self) -> None:
        """Close it: nobody can read of it any more."""
        os.close(self._descriptor)

    def read(self, size: int, start: int) -> bytes:
        """Return some bytes from a place; fewer where the file ends."""
        return os.pread(self._descriptor, size, start)


def counting(rows: Rows, gone: Rows) -> npt.NDArray[np.bool_]:
    """Say of each row if it counts: those that are gone, in their order, do not."""
    if not len(gone):
        return np.ones(len(rows), bool)
    places = np.minimum(np.searchsorted(gone, rows), len(gone) - 1)
    return np.not_equal(gone[places], rows)


def held(keys: Keys, rows: Rows) -> Segment:
    """Return a segment in memory."""
    return Segment(keys[:1], lambda _: (keys, rows))


def opened(folder: Path, name: str, digest: str, hasher: Hasher) -> Segment:
    """Return a segment whose marks are as they were written, or refuse it. Its pieces are checked as they are read."""
    try:
        raw = (folder / f"{name}{MARKS}").read_bytes()
        file = _File(os.open(folder / f"{name}{PIECES}", os.O_RDONLY | os.O_CLOEXEC))
    except OSError as wrong:
        raise IndexRefused("A file of this index is missing, or cannot be read.") from wrong
    if hasher.seal(raw) != digest:
        raise IndexRefused("A file of this index is not as it was written.")
    marks, tagger = np.frombuffer(raw, dtype=_MARK), _tagger(name, hasher)
    starts, counts = marks["start"].tolist(), marks["count"].tolist()
    tags = marks["tag"].tolist()

    def piece(number: int) -> Sorted:
        count = counts[number]
        held = file.read((_KEY + _ROW) * count, starts[number])
        if _tag(tagger, number, held) != tags[number]:
            raise IndexRefused("A file of this index is not as it was written.")
        return (
            np.frombuffer(held, np.uint64, count),
            np.frombuffer(held, np.uint32, count, offset=_KEY * count),
        )

    return Segment(marks["first"].astype(np.uint64), piece)


def write(folder: Path, name: str, parts: Iterable[Sorted], hasher: Hasher) -> str:
    """Write a segment from parts that follow each other; return the digest of its marks, by which it is opened.

    When this returns, both files are on the disk under their names, and so are the names.
    """
    tagger, start = _tagger(name, hasher), 0
    marks: list[tuple[int, int, int, bytes]] = []
    fresh = folder / f"{name}{PIECES}{PART}"
    with _private(fresh) as file:
        for keys, rows in _pieces(parts):
            raw = keys.tobytes() + rows.tobytes()
            marks.append((int(keys[0]), start, len(keys), _tag(tagger, len(marks), raw)))
            start += file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    named(fresh)
    raw = np.array(marks, dtype=_MARK).tobytes()
    put(folder / f"{name}{MARKS}", raw)
    return hasher.seal(raw)


def _pieces(parts: Iterable[Sorted]) -> Iterator[Sorted]:
    """Yield pieces that are cut only where another key begins."""
    for keys, rows in parts:
        start = 0
        while start < len(keys):
            last = min(start + PIECE, len(keys)) - 1
            end = last + int(keys[last:].searchsorted(keys[last], "right"))
            yield keys[start:end], rows[start:end]
            start = end


def _tagger(name: str, hasher: Hasher) -> AESGCM:
    return AESGCM(hasher.own(name))


def _tag(tagger: AESGCM, number: int, raw: bytes) -> bytes:
    return tagger.encrypt(number.to_bytes(_NONCE, "big"), b"", raw)


def put(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all; when this returns, it is on the disk under its name, and so is the name.

    As `home.files` does it, which nothing here may import: whoever matches two lists has no home.
    """
    fresh = path.with_name(f"{path.name}{PART}")
    with _private(fresh) as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    named(fresh)


def _private(fresh: Path) -> BinaryIO:
    """Open a new file that nobody else can read; what a kill left under its name goes, and no link is followed."""
    fresh.unlink(missing_ok=True)
    return os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def named(fresh: Path) -> None:
    """Give a file that is on the disk its name."""
    fresh.replace(fresh.with_suffix(""))
    folder = os.open(fresh.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
