# SPDX-License-Identifier: Apache-2.0
"""Corners of the tree that the published cases leave out. D27."""

import pytest

from beholden.ledger import tree

LEAVES = [tree.leaf_hash(bytes([n])) for n in range(7)]


def test_leaf_and_node_can_never_be_confused():
    left, right = LEAVES[:2]
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


def test_a_refusal_carries_code_sentence_and_law():
    with pytest.raises(tree.ProofRefused) as refused:
        tree.verify_inclusion(index=0, size=2, leaf=LEAVES[0], proof=(), root=LEAVES[0])
    assert refused.value.code == "ledger.proof_refused"
    assert refused.value.authority.startswith("RFC 6962")


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_entry_outside_the_tree_has_a_proof(index, size):
    with pytest.raises(tree.ProofRefused):
        tree.inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "size"), [(-1, 3), (4, 3)])
def test_no_larger_tree_is_a_prefix(old, size):
    with pytest.raises(tree.ProofRefused):
        tree.consistency_spans(old, size)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_every_hash_has_32_bytes(length):
    with pytest.raises(tree.ProofRefused):
        tree.verify_inclusion(
            index=0, size=2, leaf=LEAVES[0], proof=(bytes(length),), root=tree.root(LEAVES[:2])
        )


def test_a_seam_between_two_hashes_cannot_be_moved():
    """31 bytes beside 33 hash to the same node as 32 beside 32: lengths are checked before anything is hashed."""
    first, second = LEAVES[:2]
    with pytest.raises(tree.ProofRefused, match="32 bytes"):
        tree.verify_consistency(
            old_size=1,
            new_size=2,
            old_root=first[:31],
            new_root=tree.root(LEAVES[:2]),
            proof=(first[31:] + second,),
        )


def test_nothing_is_proved_from_an_empty_tree():
    with pytest.raises(tree.ProofRefused):
        tree.verify_consistency(
            old_size=0, new_size=7, old_root=tree.EMPTY_ROOT, new_root=tree.root(LEAVES), proof=()
        )


def test_levels_hold_every_node_and_the_root_last():
    found = tree.levels(LEAVES)
    assert [len(level) for level in found] == [7, 4, 2, 1]
    assert found[-1] == (tree.root(LEAVES),)
    assert tree.levels([]) == ()


@pytest.mark.parametrize(
    ("span", "subtrees"),
    [((0, 7), ((2, 0), (1, 2), (0, 6))), ((4, 7), ((1, 2), (0, 6))), ((0, 0), ()), ((6, 7), ((0, 6),))],
)
def test_a_span_is_made_of_complete_subtrees(span, subtrees):
    assert tree.complete_subtrees(*span) == subtrees


def test_a_span_that_is_no_subtree_is_refused():
    with pytest.raises(tree.ProofRefused):
        tree.complete_subtrees(1, 4)
