# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 6962 section 2.1: hashes, roots and proofs, as pure arithmetic.

Decides whether a proof holds. No clock, no file, no database; it does not know what an entry says, nor
where hashes are kept: whoever stores them hands in a function that gives the hash of one complete subtree.
All hashes are SHA-256, 32 bytes; `leaves` always means *leaf hashes*, never entries.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from beholden.refusals import Refusal

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 §2.1: the hash of an empty list is SHA-256()

Span = tuple[int, int]
"""Entries `start` to `stop`, half open."""


class ProofRefused(Refusal):
    """Says that a proof does not show what it was given to show. Never a False that a caller may overlook."""

    def __init__(self, sentence: str, *, authority: str = "RFC 6962 section 2.1") -> None:
        super().__init__(
            "ledger.proof_refused",
            sentence,
            next_step="Ask for the proof again from another copy of the log; keep this one, it is evidence.",
            authority=authority,
        )


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry: SHA-256(0x00 || entry), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees: SHA-256(0x01 || left || right), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def levels(leaves: Iterable[bytes]) -> tuple[tuple[bytes, ...], ...]:
    """Return every level of the tree, leaves first, root level last; without leaves there is no level.

    A node without a right neighbour moves up unchanged. That is the split at the largest power of two of
    RFC 6962 §2.1 read from below, and it needs no recursion for millions of leaves.
    """
    level = tuple(leaves)
    if not level:
        return ()
    found = [level]
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = tuple(above)
        found.append(level)
    return tuple(found)


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash over leaf hashes, RFC 6962 §2.1."""
    found = levels(leaves)
    return found[-1][0] if found else EMPTY_ROOT


def largest_power_below(size: int) -> int:
    """Return k, the largest power of two smaller than the size (RFC 6962 §2.1: k < n <= 2k)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """Return the subtrees whose hashes prove one leaf, leaf upward: PATH(m, D[n]) of RFC 6962 §2.1.1."""
    if not 0 <= index < size:
        raise ProofRefused(f"A tree of {size} entries has no entry with index {index}.")
    start, stop = 0, size
    spans: list[Span] = []
    while stop - start > 1:
        middle = start + largest_power_below(stop - start)
        if index < middle:
            spans.append((middle, stop))
            stop = middle
        else:
            spans.append((start, middle))
            start = middle
    return tuple(reversed(spans))


def consistency_spans(old: int, size: int) -> tuple[Span, ...]:
    """Return the subtrees that prove an old tree a prefix of a new one: PROOF(m, D[n]) of RFC 6962 §2.1.2.

    An empty tree and an unchanged tree need no hash.
    """
    if not 0 <= old <= size:
        raise ProofRefused(f"A tree of {size} entries never was a tree of {old} entries.")
    if old in (0, size):
        return ()
    start, stop = 0, size
    spans: list[Span] = []
    # SUBPROOF(m, D[n], b): walk to where the old tree ends. The old root itself is left out, because the
    # verifier has it, and it is a subtree of the new tree only while the walk has never turned right (b).
    while stop != old:
        middle = start + largest_power_below(stop - start)
        if old <= middle:
            spans.append((middle, stop))
            stop = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:
        spans.append((start, stop))
    return tuple(reversed(spans))


def complete_subtrees(start: int, stop: int) -> tuple[tuple[int, int], ...]:
    """Return, left to right, the (height, index) of the complete subtrees that make up a span.

    Every span of this module starts at a multiple of a power of two no smaller than itself, so its
    subtrees only shrink to the right; this is how a store of complete subtrees can answer for any span.
    """
    found = []
    while start < stop:
        height = (stop - start).bit_length() - 1
        if start % (1 << height):
            raise ProofRefused("That span of entries is not a subtree of any tree.")
        found.append((height, start >> height))
        start += 1 << height
    return tuple(found)


def span_hash(start: int, stop: int, subtree: Callable[[int, int], bytes]) -> bytes:
    """Return MTH(D[start:stop]) from a function that knows the hash of a complete subtree (height, index)."""
    return fold_peaks([subtree(height, index) for height, index in complete_subtrees(start, stop)])


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees given left to right, largest first (none: the empty root)."""
    if not peaks:
        return EMPTY_ROOT
    right = peaks[-1]
    for left in reversed(peaks[:-1]):
        right = node_hash(left, right)
    return right


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of one leaf, leaf upward, RFC 6962 §2.1.1."""
    return tuple(root(leaves[start:stop]) for start, stop in inclusion_spans(index, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """Return the proof that the first `old` leaves were a tree of their own, RFC 6962 §2.1.2."""
    return tuple(root(leaves[start:stop]) for start, stop in consistency_spans(old, len(leaves)))


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Refuse unless the leaf hash stands at the index in the tree of that size and root.

    Must hold: (1) the index is in the tree; (2) every hash has 32 bytes; (3) there are exactly as many
    hashes as the path has levels; (4) hashing upward ends at the root.
    """
    spans = inclusion_spans(index, size)  # (1)
    _check_hashes((leaf, root, *proof))  # (2)
    if len(proof) != len(spans):  # (3)
        raise ProofRefused(f"The proof has {len(proof)} hashes where the tree needs {len(spans)}.")
    reached = leaf
    for (start, _), beside in zip(spans, proof, strict=True):
        reached = node_hash(reached, beside) if start > index else node_hash(beside, reached)
    if reached != root:  # (4)
        raise ProofRefused("The entry is not in the tree with this root.", authority="RFC 6962 section 2.1.1")


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Refuse unless the tree with the old root is a prefix of the tree with the new one.

    Must hold: (1) the old tree is no larger, and is not empty unless both are: RFC 6962 §2.1.2 defines no
    proof there, since every log continues an empty one; (2) there are exactly as many hashes as it gives;
    (3) one size has one root; (4) every hash has 32 bytes; (5) both roots come out.
    """
    spans = consistency_spans(old_size, new_size)  # (1)
    if old_size == 0 < new_size:
        raise ProofRefused("Every log continues an empty one; there is nothing to prove.")
    if len(proof) != len(spans):  # (2)
        raise ProofRefused(f"The proof has {len(proof)} hashes where the trees need {len(spans)}.")
    if old_size == new_size:
        if old_root != new_root or (old_size == 0 and old_root != EMPTY_ROOT):  # (3)
            raise ProofRefused(f"A log of {old_size} entries has another root than this one.")
        return
    _check_hashes((old_root, new_root, *proof))  # (4)
    pairs = list(zip(spans, proof, strict=True))
    if pairs[0][0][0] >= old_size:
        # The old tree is a complete subtree of the new one: its root starts the walk and is not in the proof.
        old_reached = new_reached = old_root
    else:
        old_reached = new_reached = pairs.pop(0)[1]
    for (start, _), beside in pairs:
        if start >= old_size:
            new_reached = node_hash(new_reached, beside)
        else:
            old_reached, new_reached = node_hash(beside, old_reached), node_hash(beside, new_reached)
    if old_reached != old_root or new_reached != new_root:  # (5)
        raise ProofRefused(
            f"The log of {new_size} entries does not continue the log of {old_size} entries: it was changed.",
            authority="RFC 6962 section 2.1.2",
        )


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofRefused("A proof holds a hash that is not 32 bytes long.")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a growing tree: the complete subtrees of `size` leaves, largest first.

    All that is needed to take one more leaf and know the new root, without the leaves before it.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """Return the frontier after one more leaf; each trailing one bit of the size closes a subtree."""
        peaks, size, carried = list(self.peaks), self.size, leaf
        while size & 1:
            carried = node_hash(peaks.pop(), carried)
            size >>= 1
        return Frontier(self.size + 1, (*peaks, carried))

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        return fold_peaks(self.peaks)
