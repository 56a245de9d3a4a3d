# SPDX-License-Identifier: Apache-2.0
"""How fast a list is committed: a tag for each child, then the tree over them, beside hashing alone."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from beholden.home.files import write_durably
from beholden.ledger.elements import tags_of
from beholden.ledger.tags import TAG_BYTES, BucketTree, depth
from measuring import Claim, Limit, Work, folder, main

KEY, LIST = bytes(range(32)), bytes(range(16))
NOTE = """Two keyed hashes a child, shared out among the cores; then the sort, the tree, and the list flushed to the
disk. What Python adds is the call: half a microsecond a hash, where C alone takes 0.03."""
OURS = "tags, tree and file"
HASHES = "hashlib, two SHA-256 a tag"


def proof_ids(children: int) -> bytes:
    return np.random.default_rng(20261123).bytes(16 * children)


@contextmanager
def tags_tree_and_file(children: int) -> Iterator[Work]:
    ids, place = proof_ids(children), folder() / "tags.set"

    def work() -> None:
        write_durably(place, BucketTree.build(LIST, TAG_BYTES, tags_of(KEY, ids, LIST)).items)

    yield work
    place.unlink()


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
                OURS: tags_tree_and_file,
                "tree alone": tree_alone,
                HASHES: hashes_alone,
                "SHA-256 of one long string (C)": one_long_string,
            },
            (250_000, 1_000_000, 4_000_000),
            Limit("cores", 4.0, HASHES),
            NOTE,
        ),
        Claim(
            "commit.whole",
            "A list of everybody in the country derived, sorted, committed and flushed (aim of memory: 3 GB)",
            "tags",
            {
                OURS: tags_tree_and_file,
                "tree alone": tree_alone,
                "SHA-256 of one long string (C)": one_long_string,
            },
            (),
            Limit("whole", 25.0),
            NOTE,
            large=(1_000_000, 5_000_000, 25_000_000),
        ),
    )
