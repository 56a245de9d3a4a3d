# SPDX-License-Identifier: Apache-2.0
"""Keyed hashes, identifiers and the bucketed tag tree: how one list of children is fixed without naming any.

Decides where a tag stands, whether a bucket is the one bucket that a root allows, and so whether a tag is in
the list or not. Knows no person, no file and no clock. Bytes and reasons: docs/explanation/proofs.md.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from beholden.ledger.canonical import print_json
from beholden.ledger.tree import HASH_BYTES, node_hash
from beholden.refusals import Refusal

KEY_BYTES = 32
ID_BYTES = 16
TAG_BYTES = 16
LABEL_BYTES = 16
SNAPSHOT_WIDTH = LABEL_BYTES + HASH_BYTES
"""A registry element: the label, then the commitment to the key. Handover lists have width 16: the tag."""
WIDTHS = (TAG_BYTES, SNAPSHOT_WIDTH)
USES = (b"bh.tag1", b"bh.com1", b"bh.key1", b"bh.lab1")
MEAN_BUCKET = 32  # a bucket holds 16 to 32 elements on average: the knee between proof size and hashing
MAX_BUCKET = 512  # honest elements are uniform; more than 512 in one bucket does not happen by chance
CROWN = 3  # the lowest level of hashes that is kept beside a list: over eight buckets, 4 KB of tags
MAX_SIZE = 2**32 - 1
_ID_PREFIX = b"beholden/id/v1\n"
# 0x00 makes a bucket an RFC 6962 leaf: a node can never pass for a bucket.
_BUCKET_PREFIX = b"\x00beholden/bucket/v1"


class TagRefused(Refusal):
    """Says that a key, a list or a bucket is not of the one form from which something can be proved."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(
            f"ledger.{code}",
            sentence,
            next_step="Do not rely on this list or proof; ask for it again and keep this copy as evidence.",
            authority="docs/explanation/proofs.md",
        )


@dataclass(frozen=True, slots=True)
class Committed:
    """What is public about a list: how many elements, the depth of its tree, and the root over it."""

    n: int
    depth: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """One whole bucket and the hashes beside its way up, lowest first: proves presence and absence alike."""

    bucket: tuple[bytes, ...]
    path: tuple[bytes, ...]


def keyed_hash(key: bytes, use: bytes, context: bytes) -> bytes:
    """Return KH = SHA-256(key || use || context): 32 + 7 + 16 = 55 bytes, one block (FIPS 180-4 §5.1.1).

    Not for input of any other length: that is what makes a plain hash safe as a keyed one here.
    """
    if len(key) != KEY_BYTES or use not in USES or len(context) != ID_BYTES:
        raise TagRefused(
            "keyed_hash", "A keyed hash takes 32 bytes of key, a known use and 16 bytes of context."
        )
    return hashlib.sha256(key + use + context).digest()


def identifier(header: object) -> bytes:
    r"""Return the 16-byte name of a list: SHA-256("beholden/id/v1\n" || JCS(header))[:16].

    The header names a registry root, so every key was committed before this name could exist.
    """
    return hashlib.sha256(_ID_PREFIX + print_json(header)).digest()[:ID_BYTES]


def tag_key(snapshot_key: bytes, proof_id: bytes) -> bytes:
    """Return y, one person's key for one snapshot. Derived when needed, never stored."""
    return keyed_hash(snapshot_key, b"bh.key1", proof_id)


def tag(key: bytes, list_id: bytes) -> bytes:
    """Return the tag that stands for the holder of a key in one list, and in no other."""
    return keyed_hash(key, b"bh.tag1", list_id)[:TAG_BYTES]


def label(seed: bytes, registry_id: bytes) -> bytes:
    """Return where a person's key stands in one registry: `seed` is its place (`places`), the same in all of them."""
    return keyed_hash(seed, b"bh.lab1", registry_id)[:LABEL_BYTES]


def commitment(key: bytes, at_label: bytes) -> bytes:
    """Return the commitment to a key at its label: 32 bytes, never cut (2**64 work would open 16 twice)."""
    return keyed_hash(key, b"bh.com1", at_label)


def padding(missing: int) -> tuple[bytes, ...]:
    """Return random tags that fill a list up to its scope, so that its size tells nothing of refusals."""
    if missing < 0:
        raise TagRefused("padding", "The list already holds more tags than its scope has children.")
    return tuple(secrets.token_bytes(TAG_BYTES) for _ in range(missing))


def depth(n: int) -> int:
    """Return D = bit_length((n - 1) // 32): a rule, so that nobody chooses the shape of a tree."""
    if not 0 <= n <= MAX_SIZE:
        raise TagRefused("set_size", "A list holds between 0 and 4,294,967,295 elements.")
    return (max(n - 1, 0) // MEAN_BUCKET).bit_length()


def bucket_index(element: bytes, deep: int) -> int:
    """Return the bucket an element belongs to: its first D bits, read as a number."""
    return int.from_bytes(element[:4]) >> (32 - deep)


def bucket_hash(list_id: bytes, width: int, deep: int, index: int, items: bytes) -> bytes:
    """Return the leaf over one bucket's elements, given end to end."""
    head = _BUCKET_PREFIX + list_id + bytes((width, deep)) + index.to_bytes(4)
    return hashlib.sha256(head + (len(items) // width).to_bytes(4) + items).digest()


def verify_bucket(
    list_id: bytes, width: int, committed: Committed, wanted: bytes, proof: Proof
) -> bytes | None:
    """Return the element that begins with `wanted`, or None if the list has none; refuse what proves neither.

    Must hold: (1) the depth is the rule's; (2) at most min(n, 512) elements; (3) each of the right width,
    (4) strictly increasing in their first 16 bytes, (5) each belonging to the bucket where `wanted` belongs,
    which is computed here and never read from a file; (6) exactly D hashes of 32 bytes in the path; (7) the
    bucket and the path give the root. For one root and one `wanted` at most one bucket passes, so presence
    and absence can never both be proved, however the keeper built the tree.
    """
    if len(list_id) != ID_BYTES or len(wanted) != ID_BYTES or width not in WIDTHS:
        raise TagRefused("bucket_question", "A bucket is asked by 16 bytes of list name and 16 of tag.")
    if committed.depth != depth(committed.n):  # (1)
        raise TagRefused("bucket_depth", "The depth of the tree is not the one that its size demands.")
    if len(proof.bucket) > min(committed.n, MAX_BUCKET):  # (2)
        raise TagRefused("bucket_count", "The bucket holds more elements than it can.")
    if any(len(item) != width for item in proof.bucket):  # (3)
        raise TagRefused("bucket_width", "An element of the bucket has the wrong length.")
    keys = [item[:ID_BYTES] for item in proof.bucket]
    if any(left >= right for left, right in pairwise(keys)):  # (4)
        raise TagRefused("bucket_order", "The elements of the bucket are not in strictly rising order.")
    index = bucket_index(wanted, committed.depth)
    if any(bucket_index(key, committed.depth) != index for key in keys):  # (5)
        raise TagRefused("bucket_prefix", "An element stands in a bucket where it does not belong.")
    if len(proof.path) != committed.depth or any(len(node) != HASH_BYTES for node in proof.path):  # (6)
        raise TagRefused("bucket_path", "The path has not one hash for each level of the tree.")
    found = bucket_hash(list_id, width, committed.depth, index, b"".join(proof.bucket))
    for level, beside in enumerate(proof.path):
        found = node_hash(beside, found) if index >> level & 1 else node_hash(found, beside)
    if found != committed.root:  # (7)
        raise TagRefused("bucket_root", "The bucket does not belong to the list that the log has fixed.")
    return next((item for item in proof.bucket if item[:ID_BYTES] == wanted), None)


class BucketTree:
    """One list, sorted, with every hash over it: what the keeper builds, and from which it proves. Immutable.

    Memory is n * width bytes for the elements, as much again while sorting, and 64 bytes a bucket.
    """

    __slots__ = ("_bounds", "_items", "_levels", "_width", "committed", "list_id")

    def __init__(
        self, list_id: bytes, width: int, items: bytes, bounds: Sequence[int], levels: tuple[bytes, ...]
    ) -> None:
        self._items = items
        self._bounds = bounds
        self._levels = levels
        self._width = width
        self.list_id = list_id
        deep = len(levels) - 1
        self.committed = Committed(n=len(items) // width, depth=deep, root=levels[deep])

    @classmethod
    def build(cls, list_id: bytes, width: int, items: bytes | Iterable[bytes]) -> Self:
        """Build from elements in any order, given one by one or end to end; refuse two with one beginning.

        Two equal beginnings among honest elements do not happen by chance (2**-79 for 25 million). Whoever
        meets the refusal takes a new nonce, and looks for the error first.
        """
        given = items if isinstance(items, bytes) else b"".join(_checked(items, width))
        if len(list_id) != ID_BYTES or width not in WIDTHS or len(given) % width:
            raise TagRefused("set_form", "A list has a 16-byte name and elements of 16 or 48 bytes.")
        deep = depth(len(given) // width)
        ordered, bounds = _sorted(given, width, deep)
        leaves = bytearray()
        for index, (start, stop) in enumerate(pairwise(bounds)):
            if stop - start > MAX_BUCKET:
                raise TagRefused("bucket_count", "A bucket has more than 512 elements: not random.")
            leaves += bucket_hash(list_id, width, deep, index, ordered[start * width : stop * width])
        return cls(list_id, width, ordered, bounds, tuple(levels_over(bytes(leaves))))

    @property
    def items(self) -> bytes:
        """Return the elements end to end in their order: what a tag file holds."""
        return self._items

    @property
    def crown(self) -> bytes:
        """Return the hashes that are kept beside the list, so that a proof need not hash it all again (`crown`)."""
        return crown_of(self._levels)

    @property
    def width(self) -> int:
        """Return how many bytes an element has."""
        return self._width

    def proof(self, wanted: bytes) -> Proof:
        """Return the proof for a tag or label, whether it is in the list or not."""
        if len(wanted) != ID_BYTES:
            raise TagRefused("bucket_question", "A bucket is asked by a 16-byte tag or label.")
        index = bucket_index(wanted, self.committed.depth)
        width = self._width
        start, stop = self._bounds[index], self._bounds[index + 1]
        bucket = tuple(self._items[at * width : (at + 1) * width] for at in range(start, stop))
        path = tuple(
            level[(index >> height ^ 1) * HASH_BYTES :][:HASH_BYTES]
            for height, level in enumerate(self._levels[:-1])
        )
        return Proof(bucket, path)


def recompute(list_id: bytes, tags: bytes | Iterable[bytes]) -> Committed:
    """Return what a tag file commits to. The gate before release, the recipient and the auditor call this."""
    return BucketTree.build(list_id, TAG_BYTES, tags).committed


def _checked(items: Iterable[bytes], width: int) -> Iterator[bytes]:
    for item in items:
        if len(item) != width:
            raise TagRefused("set_form", "An element of the list has the wrong length.")
        yield item


def crown_of(levels: Sequence[bytes]) -> bytes:
    """Return the upper levels of a tree end to end, lowest first: from `CROWN` above the buckets, at least the root."""
    return b"".join(levels[min(CROWN, len(levels) - 1) :])


def levels_over(leaves: bytes) -> Iterator[bytes]:
    level = leaves
    yield level
    while len(level) > HASH_BYTES:
        pairs = range(0, len(level), 2 * HASH_BYTES)
        level = b"".join(node_hash(level[at : at + 32], level[at + 32 : at + 64]) for at in pairs)
        yield level


def _sorted(items: bytes, width: int, deep: int) -> tuple[bytes, Sequence[int]]:
    """Return the elements in order, and where each bucket begins (with one end mark)."""
    # Only who builds a list needs numpy. A parent's verifier never comes here, and starts without it.
    import numpy as np  # noqa: PLC0415

    rows = np.frombuffer(items, dtype=np.dtype((np.void, width)))
    first = _halves(rows, 0)
    if not _rises(
        first, rows
    ):  # a list from the disk is in order, and sorting it again would be most of its time
        rows = rows[np.argsort(first)]  # by the first half alone, six times as quick as by both
        first = _halves(rows, 0)
        if not _rises(first, rows):  # two first halves are alike: chance has no hand in that
            rows = rows[np.lexsort((_halves(rows, 1), first))]
            first = _halves(rows, 0)
        if not _rises(first, rows):
            raise TagRefused("set_twice", "Two elements of the list begin alike; each stands in it once.")
        items = rows.tobytes()
    starts = np.arange(1 << deep, dtype=np.uint64) << np.uint64(64 - deep) if deep else np.zeros(1, np.uint64)
    return items, [*np.searchsorted(first, starts).tolist(), len(first)]


def _halves(rows: Any, which: int) -> Any:
    """Return the first or second eight bytes of each element as numbers that compare as the bytes do."""
    import numpy as np  # noqa: PLC0415

    return rows.view(">u8").reshape(-1, rows.itemsize // 8)[:, which].astype(np.uint64)


def _rises(first: Any, rows: Any) -> bool:
    """Say whether each element is greater than the one before, by its first 16 bytes; `first` has the first eight."""
    import numpy as np  # noqa: PLC0415

    level = np.flatnonzero(first[1:] <= first[:-1])
    alike = first[level + 1] == first[level]
    return bool(np.all(alike) and np.all(_halves(rows[level + 1], 1) > _halves(rows[level], 1)))
