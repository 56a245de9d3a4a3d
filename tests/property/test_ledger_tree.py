# SPDX-License-Identifier: Apache-2.0
"""The tree against its naive twin: RFC 6962 section 2.1 written down word for word, recursively. D27."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger import tree

LEAVES = st.lists(st.binary(max_size=4), max_size=70).map(lambda some: [tree.leaf_hash(one) for one in some])
TREES = LEAVES.filter(bool)


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def naive_root(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves):
    if len(leaves) == 1:
        return ()
    k = split(len(leaves))
    if m < k:
        return (*naive_path(m, leaves[:k]), naive_root(leaves[k:]))
    return (*naive_path(m - k, leaves[k:]), naive_root(leaves[:k]))


def naive_subproof(m, leaves, *, whole):
    if m == len(leaves):
        return () if whole else (naive_root(leaves),)
    k = split(len(leaves))
    if m <= k:
        return (*naive_subproof(m, leaves[:k], whole=whole), naive_root(leaves[k:]))
    return (*naive_subproof(m - k, leaves[k:], whole=False), naive_root(leaves[:k]))


@given(LEAVES)
def test_root_and_frontier_are_the_naive_root(leaves):
    frontier = tree.Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)

    assert tree.root(leaves) == frontier.root() == naive_root(leaves)
    assert frontier.size == len(leaves)


@given(TREES, st.data())
def test_inclusion_proof_is_the_naive_path_and_holds(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = tree.inclusion_proof(leaves, index)

    assert proof == naive_path(index, leaves)
    tree.verify_inclusion(
        index=index, size=len(leaves), leaf=leaves[index], proof=proof, root=tree.root(leaves)
    )


@given(TREES, st.data())
def test_consistency_proof_is_the_naive_one_and_holds(leaves, data):
    old = data.draw(st.integers(1, len(leaves)))
    proof = tree.consistency_proof(leaves, old)

    assert proof == naive_subproof(old, leaves, whole=True)
    tree.verify_consistency(
        old_size=old,
        new_size=len(leaves),
        old_root=tree.root(leaves[:old]),
        new_root=tree.root(leaves),
        proof=proof,
    )


def _corrupted(data, proof, sizes):
    """Change one thing: a bit of a hash, the number of hashes, their order, or one of the sizes."""
    proof, sizes = list(proof), list(sizes)
    ways = ["longer", "size"] + (["bit", "shorter", "cut"] if proof else [])
    way = data.draw(st.sampled_from(ways))
    if way == "longer":
        proof.insert(data.draw(st.integers(0, len(proof))), data.draw(st.binary(min_size=32, max_size=32)))
    elif way == "size":
        sizes[data.draw(st.integers(0, len(sizes) - 1))] += data.draw(st.sampled_from([-1, 1, 2**40]))
    else:
        at = data.draw(st.integers(0, len(proof) - 1))
        if way == "bit":
            flipped = bytearray(proof[at])
            flipped[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
            proof[at] = bytes(flipped)
        elif way == "cut":
            proof[at] = proof[at][:-1]
        else:
            del proof[at]
    return tuple(proof), sizes


DIFFERENT = st.integers(1, 70).map(lambda size: [tree.leaf_hash(bytes([n])) for n in range(size)])


@given(DIFFERENT, st.data())
def test_no_corrupted_inclusion_proof_holds(leaves, data):
    """Unless the changed size or place asks for the same path: RFC 6962 proves the path and no more."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    honest = tree.inclusion_proof(leaves, index)
    proof, (size, place) = _corrupted(data, honest, (len(leaves), index))
    same_path = proof == honest and _turns(place, size) == _turns(index, len(leaves))
    if same_path:
        return  # the size is bound by the checkpoint
    with pytest.raises(tree.ProofRefused):
        tree.verify_inclusion(index=place, size=size, leaf=leaves[index], proof=proof, root=tree.root(leaves))


def _turns(index, size):
    if not 0 <= index < size:
        return None
    return tuple(start > index for start, _ in tree.inclusion_spans(index, size))


@given(TREES.filter(lambda leaves: len(leaves) > 1), st.data())
def test_no_changed_old_tree_is_a_prefix(leaves, data):
    old = data.draw(st.integers(1, len(leaves)))
    at = data.draw(st.integers(0, old - 1))
    changed = [*leaves]
    changed[at] = tree.leaf_hash(b"another entry")
    with pytest.raises(tree.ProofRefused):
        tree.verify_consistency(
            old_size=old,
            new_size=len(leaves),
            old_root=tree.root(changed[:old]),
            new_root=tree.root(leaves),
            proof=tree.consistency_proof(leaves, old),
        )


@given(TREES, st.data())
def test_no_corrupted_consistency_proof_holds(leaves, data):
    old = data.draw(st.integers(1, len(leaves)))
    honest = tree.consistency_proof(leaves, old)
    proof, _ = _corrupted(data, honest, (0,))
    if proof == honest:
        return
    with pytest.raises(tree.ProofRefused):
        tree.verify_consistency(
            old_size=old,
            new_size=len(leaves),
            old_root=tree.root(leaves[:old]),
            new_root=tree.root(leaves),
            proof=proof,
        )
