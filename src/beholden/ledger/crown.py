# SPDX-License-Identifier: Apache-2.0
"""One bucket's proof out of a list and its crown as they lie on the disk, without reading either whole.

The crown of a list is every hash of its tree from `tags.CROWN` levels above the buckets up to the root, level after
level, the lowest first: 8 bytes a bucket, at most half a byte an element. The few buckets below are hashed from the
list itself. Decides nothing: what is made here is worth something only once `tags.verify_bucket` has held it against
the root that the log fixed. No clock, no file, no database.
"""

from bisect import bisect_left
from typing import Protocol

from beholden.ledger.tags import CROWN, ID_BYTES, Proof, TagRefused, bucket_hash, bucket_index, depth
from beholden.ledger.tree import HASH_BYTES, node_hash


class Laid(Protocol):
    """Bytes in memory, or a file of which a slice is read when it is asked for."""

    def __len__(self) -> int: ...
    def __getitem__(self, wanted: slice, /) -> bytes: ...


def crown_bytes(n: int) -> int:
    """Return how long the crown over so many elements is."""
    deep = depth(n)
    return ((2 << deep - min(CROWN, deep)) - 1) * HASH_BYTES


def proof_between(list_id: bytes, width: int, items: Laid, crown: Laid, wanted: bytes) -> Proof:
    """Return the proof for a tag or label out of a sorted list and the crown over it, present or not.

    The same as `tags.BucketTree.proof`, for a few pages of the disk; tests make the two argue.
    """
    n = len(items) // width
    if len(wanted) != ID_BYTES or len(items) % width or len(crown) != crown_bytes(n):
        raise TagRefused("crown_form", "A list, its crown or what is asked of them has the wrong length.")
    deep = depth(n)
    low = min(CROWN, deep)
    index = bucket_index(wanted, deep)
    first = index >> low << low
    buckets = _buckets(items, width, deep, first, first + (1 << low))
    path = []
    row = [bucket_hash(list_id, width, deep, first + at, held) for at, held in enumerate(buckets)]
    for height in range(low):
        path.append(row[(index - first) >> height ^ 1])
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    start = 0  # of the level, counted in hashes
    for height in range(low, deep):
        at = (start + (index >> height ^ 1)) * HASH_BYTES
        path.append(crown[at : at + HASH_BYTES])
        start += 1 << deep - height
    mine = buckets[index - first]
    return Proof(tuple(mine[at : at + width] for at in range(0, len(mine), width)), tuple(path))


def _buckets(items: Laid, width: int, deep: int, first: int, stop: int) -> list[bytes]:
    """Return the elements of neighbouring buckets, each end to end."""
    begins, stops = (
        bisect_left(
            range(len(items) // width),
            bucket,
            key=lambda at: bucket_index(items[at * width : at * width + 4], deep),
        )
        for bucket in (first, stop)
    )
    held = items[begins * width : stops * width]
    numbers = range(len(held) // width)
    edges = [
        bisect_left(numbers, bucket, key=lambda at: bucket_index(held[at * width :][:4], deep)) * width
        for bucket in range(first, stop + 1)
    ]
    return [held[edges[at] : edges[at + 1]] for at in range(stop - first)]
