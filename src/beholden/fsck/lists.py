# SPDX-License-Identifier: Apache-2.0
"""Reads sorted list files without holding them: what they commit to, and what is in them. No Django, no clock."""

import mmap
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from beholden.ledger.tags import Committed, bucket_hash, bucket_index, crown_of, depth, levels_over

_ID = 16


@dataclass(frozen=True, slots=True)
class Listed:
    """A sorted file of elements of one width, mapped and not read."""

    mapped: mmap.mmap | bytes
    width: int

    def __len__(self) -> int:
        return len(self.mapped) // self.width

    def __getitem__(self, place: int) -> bytes:
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self.mapped[place * self.width : (place + 1) * self.width]

    def __contains__(self, element: bytes) -> bool:
        place = bisect_left(self, element)
        return place < len(self) and self[place] == element


@contextmanager
def opened(path: Path, width: int) -> Iterator[Listed]:
    """Map a list for the length of a block."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:  # an empty file cannot be mapped
            yield Listed(b"", width)
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield Listed(mapped, width)


def committed(path: Path, list_id: bytes, width: int) -> tuple[Committed, bytes]:
    """Return what a sorted list commits to, and the crown over it: 64 bytes a bucket are held, and no element.

    The same as `tags.BucketTree`, without its sorting; a test holds the two equal.
    """
    with opened(path, width) as items:
        deep = depth(len(items))
        leaves = bytearray()
        start = 0
        for index in range(1 << deep):
            stop = start
            while stop < len(items) and bucket_index(items[stop], deep) == index:
                stop += 1
            held = items.mapped[start * width : stop * width]
            leaves += bucket_hash(list_id, width, deep, index, held)
            start = stop
        levels = tuple(levels_over(bytes(leaves)))
        return Committed(n=len(items), depth=deep, root=levels[-1]), crown_of(levels)


def is_within(inner: Path, outer: Path, width: int) -> bool:
    """Say whether every element of one sorted list stands in another."""
    with opened(inner, width) as one, opened(outer, width) as other:
        return all(one[place] in other for place in range(len(one)))


def begins_within(inner: Path, outer: Path, width: int) -> bool:
    """Say whether every id of one sorted list begins an element of another, of that width, sorted too."""
    with opened(inner, _ID) as one, opened(outer, width) as other:
        at = 0
        for place in range(len(one)):
            while at < len(other) and other[at][:_ID] < one[place]:
                at += 1
            if at == len(other) or other[at][:_ID] != one[place]:
                return False
        return True
