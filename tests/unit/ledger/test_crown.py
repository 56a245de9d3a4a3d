# SPDX-License-Identifier: Apache-2.0
"""A proof out of a list and the hashes kept beside it is the very proof that the whole tree gives. D28."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.ledger.crown import crown_bytes, proof_between
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree, TagRefused, verify_bucket

LIST = bytes(range(16))


def some(count, width=TAG_BYTES):
    return [hashlib.shake_128(f"{number}".encode()).digest(width) for number in range(count)]


@pytest.mark.parametrize("width", [TAG_BYTES, SNAPSHOT_WIDTH])
@pytest.mark.parametrize("count", [0, 1, 32, 33, 64, 65, 128, 129, 256, 257, 500, 3_000, 20_000])
def test_it_gives_the_proof_that_the_tree_gives(count, width):
    items = some(count, width)
    tree = BucketTree.build(LIST, width, items)
    assert len(tree.crown) == crown_bytes(count)
    assert tree.crown[-32:] == tree.committed.root
    for wanted in (bytes(16), b"\xff" * 16, *some(40), *(one[:16] for one in items[:: max(count // 50, 1)])):
        shown = proof_between(LIST, width, tree.items, tree.crown, wanted)
        assert shown == tree.proof(wanted)
        found = verify_bucket(LIST, width, tree.committed, wanted, shown)
        assert (found is not None) == (wanted in {one[:16] for one in items})


@pytest.mark.parametrize(("count", "share"), [(1_000_000, 0.5), (25_000_000, 0.5)])
def test_it_is_small_beside_its_list(count, share):
    """Half a byte for each child, where the list has sixteen."""
    assert crown_bytes(count) <= share * count


@pytest.mark.parametrize(
    ("items", "crown", "wanted"),
    [
        (b"".join(sorted(some(40)))[:-1], bytes(96), bytes(16)),
        (b"".join(sorted(some(40))), bytes(95), bytes(16)),
        (b"".join(sorted(some(40))), bytes(128), bytes(16)),
        (b"".join(sorted(some(40))), bytes(32), bytes(15)),
    ],
)
def test_what_has_another_length_gives_nothing(items, crown, wanted):
    with pytest.raises(TagRefused, match=r"^ledger\.crown_form:"):
        proof_between(LIST, TAG_BYTES, items, crown, wanted)


@given(st.integers(0, 1_500), st.binary(min_size=16, max_size=16), st.data())
@settings(max_examples=100)
def test_whatever_was_changed_on_the_disk_never_says_the_opposite(count, stranger, data):
    """A byte of the list or of its crown: what comes out is the truth, or the check against the root refuses it."""
    items = some(count)
    tree = BucketTree.build(LIST, TAG_BYTES, items)
    wanted = data.draw(st.sampled_from([*items, stranger]))
    files = [bytearray(tree.items), bytearray(tree.crown)]
    changed = data.draw(st.sampled_from([one for one in files if one]))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    shown = proof_between(LIST, TAG_BYTES, bytes(files[0]), bytes(files[1]), wanted)
    try:
        found = verify_bucket(LIST, TAG_BYTES, tree.committed, wanted, shown)
    except TagRefused:
        return
    assert (found is not None) == (wanted in items)
