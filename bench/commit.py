# SPDX-License-Identifier: Apache-2.0
"""How fast a list is committed: a tag for each child, then the tree over them, beside hashing alone."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from beholden.ledger.tags import TAG_BYTES, BucketTree, depth, tags_of
from measuring import Claim, Limit, Work, main

KEY, LIST = bytes(range(32)), bytes(range(16))
NOTE = """Two keyed hashes a child and then the sort. What Python adds is the call: 0.25 microseconds a hash, where C
alone takes 0.03. The sort needs the list twice in memory."""
HASHES = "hashlib, two SHA-256 a tag"


def proof_ids(children: int) -> bytes:
    return np.random.default_rng(20261123).bytes(16 * children)


@contextmanager
def tags_and_tree(children: int) -> Iterator[Work]:
    ids = proof_ids(children)
    yield lambda: BucketTree.build(LIST, TAG_BYTES, tags_of(KEY, ids, LIST))


@contextmanager
def tree_alone(children: int) -> Iterator[Work]:
    tags = proof_ids(children)  # as random as tags are
    yield lambda: BucketTree.build(LIST, TAG_BYTES, tags)


@contextmanager
def hashes_alone(children: int) -> Iterator[Work]:
    """The hashing that no code of ours can spare: two blocks of 55 bytes a tag, one call each."""
    content = bytes(55)

    def work() -> None:
        sha256 = hashlib.sha256
        for _ in range(2 * children):
            sha256(content).digest()

    yield work


@contextmanager
def one_long_string(children: int) -> Iterator[Work]:
    """The rate of the C code without calls from Python: as many blocks of 64 bytes, in a few calls."""
    rounds, rest = divmod(2 * 64 * children, 1 << 20)
    piece = bytes(1 << 20)

    def work() -> None:
        digest = hashlib.sha256()
        for _ in range(rounds):
            digest.update(piece)
        digest.update(piece[:rest])

    yield work


if __name__ == "__main__":
    print(
        f"One million tags stand in {1 << depth(1_000_000):,} buckets, 25 million in {1 << depth(25_000_000):,}."
    )
    main(
        Claim(
            "commit",
            "A list of tags derived, sorted and committed",
            "tags",
            {
                "tags and tree": tags_and_tree,
                "tree alone": tree_alone,
                HASHES: hashes_alone,
                "SHA-256 of one long string (C)": one_long_string,
            },
            (250_000, 1_000_000, 4_000_000),
            Limit("ratio", 4.0, HASHES),
            NOTE,
            large=(25_000_000,),
        )
    )
