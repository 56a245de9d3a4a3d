# SPDX-License-Identifier: Apache-2.0
"""How fast everybody's key is committed: a registry snapshot out of the sealed vault, logged and signed."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np
import pyarrow as pa

from beholden.home.files import write_durably
from beholden.ledger.elements import keys_at
from beholden.ledger.tags import SNAPSHOT_WIDTH, BucketTree
from measuring import Claim, Limit, Work, folder, main
from measuring.register import AT, REGISTRAR, register, returns, take_in

NOTE = """Each person's key is unwrapped, the proof seed opened under it, and three hashes made of it. The price of keys
that can be destroyed one by one; a working copy of the seeds outside the vault would save it, and is not kept. The
place of a number was worked out before. From 200,000 persons on every core opens seeds."""
WHOLE_NOTE = """From everybody's place and proof id, as the vault gives them: label and commitment by every core, then
sort and tree; the list, its crown, and who is in it are flushed to the disk. What opening the vault takes before it,
`registry` says."""
OURS = "labels, keys, tree and files"
OPENED = "AES-GCM, two openings a person"
HASHES = "hashlib, three SHA-256 a person"


def fill(persons: int) -> None:
    """Put persons into the vault, whose names are as long as names are."""
    from beholden.register.vault import people
    from beholden.register.vault.wall import keeper

    texts = ("former_upn", "uln", "middle_names", "preferred_surname")
    for start in range(0, persons, 25_000):
        count = min(25_000, persons - start)
        table = pa.table(
            {
                "upn": [f"Z{start + n:012}" for n in range(count)],
                "birth_date": pa.array([date(2014, 5, 10)] * count, pa.date32()),
                "surname": ["Examplewood"] * count,
                "forename": ["Example"] * count,
                "address_lines": ["1 Example Street\nNorthford"] * count,
                "postcode": ["ZZ1 1ZZ"] * count,
                **{name: pa.nulls(count, pa.string()) for name in texts},
            }
        )
        with keeper():
            people.enter(table, receipt="bench", at=AT)


@contextmanager
def snapshot(persons: int) -> Iterator[Work]:
    with register():
        from beholden.gate.actions import deciding
        from beholden.register import actions as places

        take_in(returns(50, 1))  # the snapshot names a state of the events log
        fill(persons)
        places.place_numbers(
            by=REGISTRAR, at=AT
        )  # once for each number, for life: bench/places.py says what it costs
        yield lambda: deciding.snapshot_registry(by=REGISTRAR, at=AT)


@contextmanager
def openings(persons: int) -> Iterator[Work]:
    """The sealed part alone: the person's key, then the seed under it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    outer = AESGCM(bytes(32))
    wrapped = outer.encrypt(bytes(12), bytes(32), b"slot")
    sealed = AESGCM(bytes(32)).encrypt(bytes(12), bytes(150), b"proof")

    def work() -> None:
        for _ in range(persons):
            AESGCM(outer.decrypt(bytes(12), wrapped, b"slot")).decrypt(bytes(12), sealed, b"proof")

    yield work


@contextmanager
def hashes(persons: int) -> Iterator[Work]:
    """The hashed part alone: label, key and commitment, one block each, and a sort."""

    def work() -> None:
        source, block = random.Random(1), bytes(39)
        sorted(hashlib.sha256(source.randbytes(16) + block).digest() for _ in range(3 * persons))

    yield work


@contextmanager
def committed(persons: int) -> Iterator[Work]:
    """All that a snapshot does once places and proof ids are there, at the size of a country."""
    drawn = np.random.default_rng(20261123)
    people, places, proof_ids = (
        drawn.bytes(16 * persons),
        drawn.bytes(32 * persons),
        drawn.bytes(16 * persons),
    )
    files = [folder() / name for name in ("registry.set", "registry.crown", "keyed.set")]

    def work() -> None:
        elements = keys_at(bytes(range(32)), places, proof_ids, bytes(16))
        tree = BucketTree.build(bytes(16), SNAPSHOT_WIDTH, elements)
        for path, content in zip(files, (tree.items, tree.crown, people), strict=True):
            write_durably(path, content)

    yield work
    for path in files:
        path.unlink()


if __name__ == "__main__":
    main(
        Claim(
            "registry",
            "A registry snapshot of 100,000 persons, out of the vault and into the log",
            "persons",
            {"snapshot_registry": snapshot, OPENED: openings, HASHES: hashes},
            (6_250, 25_000, 100_000),
            Limit("rate", 20_000),
            NOTE,
            rounds=1,
        ),
        Claim(
            "registry.whole",
            "A registry snapshot of everybody in the country, once places and proof ids are there",
            "persons",
            {OURS: committed, HASHES: hashes},
            (),
            Limit("whole", 75.0),
            WHOLE_NOTE,
            large=(1_000_000, 5_000_000, 25_000_000),
        ),
    )
