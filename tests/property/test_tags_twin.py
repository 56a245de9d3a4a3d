# SPDX-License-Identifier: Apache-2.0
"""The tag tree argues with a naive twin: a set, a scan, and RFC 6962 read aloud (D28)."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.ledger import elements, tags
from beholden.ledger.tags import BucketTree, Proof, TagRefused

IDS = st.binary(min_size=16, max_size=16)
# Few first bytes, so that buckets are full, empty and neighbours; and anything, so that they are not.
CLOSE = st.tuples(st.sampled_from([0, 1, 127, 128, 129, 255]), st.binary(min_size=15, max_size=15)).map(
    lambda parts: bytes([parts[0]]) + parts[1]
)
SETS = st.sets(CLOSE | IDS, max_size=150)


def naive_depth(n):
    """The smallest D with a mean bucket of at most 32."""
    deep = 0
    while n > 32 * 2**deep:
        deep += 1
    return deep


def naive_bucket(items, deep, index):
    """Everything whose first D bits, written out, are the index, written out."""
    return sorted(
        one for one in items if "".join(f"{byte:08b}" for byte in one)[:deep] == naive_bits(index, deep)
    )


def naive_bits(index, deep):
    return f"{index:0{deep}b}" if deep else ""


def naive_root(list_id, width, items):
    """The whole tree, with nothing clever: every bucket by a scan, every node by recursion."""
    deep = naive_depth(len(items))

    def node(height, index):
        if height == 0:
            bucket = naive_bucket(items, deep, index)
            head = b"beholden/bucket/v1" + list_id + bytes([width, deep])
            text = head + index.to_bytes(4, "big") + len(bucket).to_bytes(4, "big") + b"".join(bucket)
            return hashlib.sha256(b"\0" + text).digest()
        return hashlib.sha256(b"\1" + node(height - 1, 2 * index) + node(height - 1, 2 * index + 1)).digest()

    return node(deep, 0)


@given(IDS, SETS)
@settings(max_examples=150, deadline=None)
def test_the_root_is_the_twins(list_id, items):
    built = BucketTree.build(list_id, 16, items)
    assert built.committed == tags.Committed(
        len(items), naive_depth(len(items)), naive_root(list_id, 16, items)
    )


@given(IDS, st.sets(IDS, max_size=60))
@settings(max_examples=50, deadline=None)
def test_the_root_of_a_registry_is_the_twins(list_id, labels):
    elements = {one + hashlib.sha256(one).digest() for one in labels}
    assert BucketTree.build(list_id, 48, elements).committed.root == naive_root(list_id, 48, elements)


@given(IDS, SETS, CLOSE | IDS)
@settings(max_examples=200, deadline=None)
def test_a_proof_says_what_a_set_says(list_id, items, stranger):
    built = BucketTree.build(list_id, 16, items)
    for wanted in [stranger, *sorted(items)[:3]]:
        found = tags.verify_bucket(list_id, 16, built.committed, wanted, built.proof(wanted))
        assert (found is not None) == (wanted in items)


@given(IDS, SETS.filter(bool), st.data())
@settings(max_examples=200, deadline=None)
def test_no_changed_proof_ever_says_the_opposite(list_id, items, data):
    """Whatever a liar puts into bucket and path: the truth or a refusal, never the other answer."""
    built = BucketTree.build(list_id, 16, items)
    wanted = data.draw(st.sampled_from(sorted(items)) | CLOSE)
    honest = built.proof(wanted)
    bucket = data.draw(
        st.lists(st.sampled_from([*honest.bucket, wanted]) | CLOSE, max_size=len(honest.bucket) + 1)
        | st.just(list(honest.bucket))
    )
    path = data.draw(
        st.lists(st.binary(min_size=32, max_size=32) | st.sampled_from([*honest.path, bytes(32)]), max_size=3)
        | st.just(list(honest.path))
    )
    try:
        found = tags.verify_bucket(list_id, 16, built.committed, wanted, Proof(tuple(bucket), tuple(path)))
    except TagRefused:
        return
    assert (found is not None) == (wanted in items)
    assert (tuple(bucket), tuple(path)) == (honest.bucket, honest.path)


@given(st.integers(0, 2**32 - 1))
def test_the_depth_is_the_twins(n):
    assert tags.depth(n) == naive_depth(n)


@given(st.binary(min_size=32, max_size=32), st.lists(IDS, max_size=20), IDS)
def test_many_tags_at_once_are_each_persons_own(key, people, list_id):
    """D28: the quick way for a million and the way of one bundle never part."""
    one_by_one = b"".join(tags.tag(tags.tag_key(key, person), list_id) for person in people)
    assert elements.tags_of(key, b"".join(people), list_id) == one_by_one


@given(st.binary(min_size=31, max_size=33), st.lists(IDS | st.binary(min_size=15, max_size=17), max_size=5))
def test_one_persons_tag_in_many_lists_is_that_in_each(key, lists):
    """D28: what is looked up at the desk is what stands in the list; another length is refused by both."""
    for list_id in lists:
        try:
            alone = tags.tag(key, list_id)
        except TagRefused:
            with pytest.raises(TagRefused):
                elements.tagger(key)(list_id)
        else:
            assert elements.tagger(key)(list_id) == alone


@given(IDS, st.lists(CLOSE | IDS, max_size=60), st.booleans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_list_in_order_is_taken_as_it_lies_and_no_other(list_id, items, in_order, alike):
    """D28: whether a list came sorted changes no byte, and two elements alike are found either way."""
    alike_ones = (
        [one[:8] + bytes(8) for one in items] if alike else []
    )  # first halves alike, in and out of order
    given_ones = sorted(items + alike_ones) if in_order else items + alike_ones
    try:
        built = BucketTree.build(list_id, 16, b"".join(given_ones))
    except TagRefused as no:
        assert no.code == "ledger.set_twice"
        assert len(set(given_ones)) < len(given_ones)
        return
    assert len(set(given_ones)) == len(given_ones)
    assert built.items == b"".join(sorted(given_ones))
    assert built.committed.root == naive_root(list_id, 16, set(given_ones))


@given(
    st.binary(min_size=32, max_size=32),
    st.lists(st.tuples(st.binary(min_size=32, max_size=32), IDS), max_size=20),
    IDS,
)
def test_many_keys_at_once_are_each_persons_own(key, people, registry_id):
    """D28: label and commitment of a registry, for all at once and for one bundle, never part."""
    one_by_one = b"".join(
        at + tags.commitment(tags.tag_key(key, own), at)
        for seed, own in people
        for at in [tags.label(seed, registry_id)]
    )
    seeds, proof_ids = b"".join(seed for seed, _ in people), b"".join(own for _, own in people)
    assert elements.keys_at(key, seeds, proof_ids, registry_id) == one_by_one


def test_so_many_that_they_are_shared_out_are_the_same(monkeypatch):
    """D28: how many processes took part changes no byte and no place."""
    people = random.Random(20261128).randbytes(48 * (elements.MANY + 1))
    seeds, proof_ids = people[: 32 * (elements.MANY + 1)], people[32 * (elements.MANY + 1) :]
    key, list_id = bytes(range(32)), bytes(range(16))
    shared = elements.tags_of(key, proof_ids, list_id), elements.keys_at(key, seeds, proof_ids, list_id)
    monkeypatch.setattr(elements, "MANY", 2 * elements.MANY)
    assert shared == (
        elements.tags_of(key, proof_ids, list_id),
        elements.keys_at(key, seeds, proof_ids, list_id),
    )


@pytest.mark.parametrize(
    ("key", "seeds", "proof_ids", "list_id"),
    [
        (bytes(31), bytes(32), bytes(16), bytes(16)),
        (bytes(32), bytes(33), bytes(16), bytes(16)),
        (bytes(32), bytes(64), bytes(16), bytes(16)),
        (bytes(32), bytes(32), bytes(17), bytes(16)),
        (bytes(32), bytes(32), bytes(16), bytes(15)),
    ],
)
def test_what_has_another_length_derives_nothing(key, seeds, proof_ids, list_id):
    with pytest.raises(TagRefused):
        elements.keys_at(key, seeds, proof_ids, list_id)
