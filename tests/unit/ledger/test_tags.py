# SPDX-License-Identifier: Apache-2.0
"""Keyed hashes and the bucketed tag tree: fixed bytes, every refusal, and what a liar's tree can show (D28)."""

import hashlib
import random
from dataclasses import replace

import pytest

from beholden.ledger import tags, tree
from beholden.ledger.tags import BucketTree, Committed, Proof, TagRefused
from beholden.refusals import Refusal

LIST = bytes(range(16))
KEY = bytes(range(32))


def refused(code, function, *args):
    with pytest.raises(Refusal) as caught:
        function(*args)
    assert caught.value.code == f"ledger.{code}"


def some(count, seed=1):
    source = random.Random(seed)
    return [source.randbytes(16) for _ in range(count)]


def test_the_keyed_hash_is_one_block_of_55_bytes():
    found = tags.keyed_hash(KEY, b"bh.tag1", LIST)
    assert found == hashlib.sha256(KEY + b"bh.tag1" + LIST).digest()
    assert len(KEY + b"bh.tag1" + LIST) == 55


def test_fixed_bytes_that_every_other_implementation_must_give():
    """Computed by hand from docs/explanation/proofs.md, which prints the same values."""
    assert tags.tag(KEY, LIST).hex() == "573b7f8424732638b81941026f247577"
    assert tags.label(KEY, LIST).hex() == "af158c2d22089ca696fefe0d5118d347"
    assert tags.commitment(KEY, LIST).hex() == (
        "687bc4630187ce148e3ba452065a792e7664cb3bdc2915c2572aff9a38a2b398"
    )
    assert tags.tag_key(KEY, LIST).hex() == "7539f3af606df84e70e359395a195a4a0a221e194ceff2d31cd597a10cbe7885"
    assert tags.identifier({"b": 1, "a": "ü"}).hex() == "3624097b3dcf4a3cc0b5df1eb4677fdd"
    assert BucketTree.build(LIST, 16, b"").committed.root.hex() == (
        "5a0151e835928983b564527de6a5c7a6e9f995b16626cc830c7aa94fa894b2b6"
    )
    assert BucketTree.build(LIST, 16, [KEY[:16], KEY[16:]]).committed.root.hex() == (
        "b995b1715092015a05320633183821aa52858da57e59c87052cb05bac4bdf2e0"
    )


@pytest.mark.parametrize(
    ("key", "use", "context"),
    [
        (KEY[:31], b"bh.tag1", LIST),
        (KEY + b"x", b"bh.tag1", LIST),
        (KEY, b"bh.tag1", LIST[:15]),
        (KEY, b"bh.tag1", LIST + b"x"),
        (KEY, b"bh.tag", LIST),
        (KEY, b"bh.tag2", LIST),
        (b"", b"", b""),
    ],
)
def test_no_other_length_and_no_other_use_is_hashed(key, use, context):
    refused("keyed_hash", tags.keyed_hash, key, use, context)


def test_the_four_uses_of_one_key_never_meet():
    found = {tags.keyed_hash(KEY, use, LIST) for use in tags.USES}
    assert len(found) == 4
    assert {len(use) for use in tags.USES} == {7}


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, 0), (1, 0), (32, 0), (33, 1), (64, 1), (65, 2), (1_000_000, 15), (25_000_000, 20), (2**32 - 1, 27)],
)
def test_the_depth_is_a_rule(n, expected):
    assert tags.depth(n) == expected
    if n > 32:
        assert 16 < n / 2**expected <= 32


@pytest.mark.parametrize("n", [-1, 2**32])
def test_a_size_outside_32_bits_has_no_depth(n):
    refused("set_size", tags.depth, n)


def test_the_tree_is_an_rfc_6962_tree_over_its_buckets():
    items = sorted(some(100))
    built = BucketTree.build(LIST, 16, items)
    assert built.committed.depth == 2
    leaves = [
        tags.bucket_hash(LIST, 16, 2, index, b"".join(one for one in items if one[0] >> 6 == index))
        for index in range(4)
    ]
    assert built.committed == Committed(100, 2, tree.root(leaves))
    assert leaves[0] == tree.leaf_hash(
        b"beholden/bucket/v1" + LIST + b"\x10\x02" + bytes(4)
        + sum(one[0] >> 6 == 0 for one in items).to_bytes(4)
        + b"".join(one for one in items if one[0] >> 6 == 0)
    )  # fmt: skip


def test_the_empty_list_still_binds_its_name():
    one = BucketTree.build(LIST, 16, b"").committed
    other = BucketTree.build(LIST[::-1], 16, b"").committed
    assert (one.n, one.depth) == (0, 0)
    assert one.root not in (other.root, hashlib.sha256(b"").digest())


def test_present_and_absent_are_shown_in_the_same_form():
    items = some(500)
    built = BucketTree.build(LIST, 16, items)
    stranger = some(1, seed=2)[0]
    assert tags.verify_bucket(LIST, 16, built.committed, items[7], built.proof(items[7])) == items[7]
    assert tags.verify_bucket(LIST, 16, built.committed, stranger, built.proof(stranger)) is None


def test_a_registry_element_is_found_by_its_label():
    elements = [one + hashlib.sha256(one).digest() for one in some(200)]
    built = BucketTree.build(LIST, 48, elements)
    found = tags.verify_bucket(LIST, 48, built.committed, elements[3][:16], built.proof(elements[3][:16]))
    assert found == elements[3]


def test_order_and_form_of_what_is_given_do_not_matter():
    items = some(300)
    expected = BucketTree.build(LIST, 16, items)
    assert BucketTree.build(LIST, 16, sorted(items)).committed == expected.committed
    assert BucketTree.build(LIST, 16, b"".join(reversed(items))).committed == expected.committed
    assert tags.recompute(LIST, b"".join(items)) == expected.committed
    assert expected.items == b"".join(sorted(items))


def test_one_tag_twice_is_refused():
    items = some(40)
    refused("set_twice", BucketTree.build, LIST, 16, [*items, items[5]])


def test_two_elements_with_one_label_are_refused():
    refused("set_twice", BucketTree.build, LIST, 48, [KEY + LIST, KEY + LIST[::-1]])


@pytest.mark.parametrize(
    ("list_id", "width", "items"),
    [
        (LIST[:5], 16, b""),
        (LIST, 17, b""),
        (LIST, 16, b"x"),
        (LIST, 16, [b"x" * 15, b"y" * 17]),
        (LIST, 48, LIST),
    ],
)
def test_a_list_of_another_form_is_refused(list_id, width, items):
    refused("set_form", BucketTree.build, list_id, width, items)


def test_more_than_512_in_one_bucket_are_refused():
    crowd = [bytes(2) + index.to_bytes(2) + bytes(12) for index in range(513)]
    refused("bucket_count", BucketTree.build, LIST, 16, crowd)


def test_padding_is_random_and_as_much_as_missing():
    found = tags.padding(50)
    assert len({*found}) == 50
    assert {len(one) for one in found} == {16}
    refused("padding", tags.padding, -1)


class TestAForgedBucket:
    """Every single check of `verify_bucket` is needed: each case breaks exactly one."""

    items = some(500)
    built = BucketTree.build(LIST, 16, items)
    wanted = sorted(items)[250]
    proof = built.proof(wanted)

    def ask(self, *, committed=None, wanted=None, proof=None, width=16):
        return tags.verify_bucket(
            LIST, width, committed or self.built.committed, wanted or self.wanted, proof or self.proof
        )

    def check(self, code, **changed):
        with pytest.raises(TagRefused) as caught:
            self.ask(**changed)
        assert caught.value.code == f"ledger.{code}"

    def test_the_honest_one_passes(self):
        assert self.ask() == self.wanted

    @pytest.mark.parametrize("depth", [0, 3, 5, 27])
    def test_another_depth(self, depth):
        self.check("bucket_depth", committed=replace(self.built.committed, depth=depth))

    def test_more_elements_than_the_list_has(self):
        committed = BucketTree.build(LIST, 16, some(2)).committed
        self.check("bucket_count", committed=committed, proof=Proof(tuple(sorted(some(3))), ()))

    def test_more_than_512(self):
        crowd = tuple(bytes(2) + index.to_bytes(2) + bytes(12) for index in range(513))
        self.check(
            "bucket_count", committed=Committed(10_000, tags.depth(10_000), bytes(32)), proof=Proof(crowd, ())
        )

    def test_an_element_of_another_width(self):
        self.check("bucket_width", proof=replace(self.proof, bucket=(*self.proof.bucket, b"\xff" * 15)))

    def test_the_wrong_order(self):
        self.check("bucket_order", proof=replace(self.proof, bucket=self.proof.bucket[::-1]))

    def test_an_element_twice(self):
        self.check(
            "bucket_order", proof=replace(self.proof, bucket=self.proof.bucket + self.proof.bucket[-1:])
        )

    def test_a_bucket_from_elsewhere_in_the_tree(self):
        """The index is ours: a true bucket with a true path proves nothing about a tag of another bucket."""
        other = self.built.proof(bytes([self.wanted[0] ^ 0x80]) + self.wanted[1:])
        self.check("bucket_prefix", proof=other)

    def test_an_empty_bucket_from_elsewhere(self):
        """Without elements no prefix can be wrong; the index in the leaf and in the path stops it."""
        clustered = BucketTree.build(LIST, 16, [bytes([one[0] & 0x7F]) + one[1:] for one in some(100)])
        empty = clustered.proof(b"\xff" * 16)
        assert empty.bucket == ()
        held = clustered.items[:16]
        self.check("bucket_root", committed=clustered.committed, wanted=held, proof=empty)

    @pytest.mark.parametrize(
        "path", [lambda p: p[:-1], lambda p: (*p, bytes(32)), lambda p: (*p[:-1], p[-1][:31])]
    )
    def test_a_path_of_another_length(self, path):
        self.check("bucket_path", proof=replace(self.proof, path=path(self.proof.path)))

    def test_a_bucket_without_the_one_tag(self):
        kept = tuple(one for one in self.proof.bucket if one != self.wanted)
        self.check("bucket_root", proof=replace(self.proof, bucket=kept))

    def test_a_bucket_with_one_tag_more(self):
        more = tuple(sorted({*self.proof.bucket, self.wanted[:8] + bytes(8)}))
        self.check("bucket_root", proof=replace(self.proof, bucket=more))

    def test_a_node_shown_as_a_bucket(self):
        """A shallower tree whose leaf would be an inner node: 0x00 and 0x01 keep the two apart."""
        left, right = self.proof.path[-1], self.proof.path[-2]
        fake = Proof((left[:16], right[:16]), self.proof.path[:-1])
        with pytest.raises(TagRefused):
            self.ask(proof=fake)

    def test_the_same_bytes_read_as_a_registry(self):
        with pytest.raises(TagRefused):
            self.ask(width=48)

    @pytest.mark.parametrize(("list_id", "wanted"), [(LIST[:15], LIST), (LIST, LIST[:15])])
    def test_a_question_of_another_form(self, list_id, wanted):
        refused("bucket_question", tags.verify_bucket, list_id, 16, self.built.committed, wanted, self.proof)
        refused("bucket_question", self.built.proof, b"short")


def test_a_true_tag_in_a_wrong_bucket_reads_as_absent_and_is_seen_by_its_bucket_mates():
    """What a liar can build: the tag is not in the list, and whoever is asked about that bucket sees the fraud."""
    items = sorted(some(64))
    child = items[-1]
    leaves = [
        [one for one in items if one[0] < 128],
        [one for one in items if one[0] >= 128 and one != child],
    ]
    leaves[0].append(child)
    hashes = [tags.bucket_hash(LIST, 16, 1, at, b"".join(leaf)) for at, leaf in enumerate(leaves)]
    committed = Committed(64, 1, tree.root(hashes))
    assert tags.verify_bucket(LIST, 16, committed, child, Proof(tuple(leaves[1]), (hashes[0],))) is None
    refused(
        "bucket_prefix",
        tags.verify_bucket,
        LIST,
        16,
        committed,
        items[0],
        Proof(tuple(leaves[0]), (hashes[1],)),
    )
    assert tags.recompute(LIST, items) != committed  # the recipient finds out
