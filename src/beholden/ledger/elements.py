# SPDX-License-Identifier: Apache-2.0
"""Derives the elements of a list for millions at once: the tags of a handover, the labels and keys of a registry.

Decides nothing that `tags` does not say one by one; it is how that is done for a whole country. Lengths are looked at
once and not for each of millions, and many are shared out among the cores.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from struct import iter_unpack
from typing import Final

from beholden.cores import shared_out
from beholden.ledger.tags import ID_BYTES, KEY_BYTES, LABEL_BYTES, TAG_BYTES, TagRefused

MANY: Final = 400_000
"""From so many people on other processes help; to begin with them takes half a second."""
PIECE: Final = 100_000
_SEED_BYTES: Final = 32


def tags_of(snapshot_key: bytes, proof_ids: bytes, list_id: bytes) -> bytes:
    """Return the tag of each proof id, end to end, as `tag(tag_key(...), ...)` gives them one by one."""
    _check(snapshot_key, list_id, proof_ids, ID_BYTES)
    return _shared_out(partial(_tags, snapshot_key, list_id), proof_ids, ID_BYTES)


def tagger(key: bytes) -> Callable[[bytes], bytes]:
    """Return what gives one person's tag in one list after another, as `tags.tag` does: thousands at a time."""
    own, sha256 = key + b"bh.tag1", hashlib.sha256
    if len(key) != KEY_BYTES:
        raise TagRefused("keyed_hash", "A keyed hash takes 32 bytes of key.")

    def made(list_id: bytes) -> bytes:
        if len(list_id) != ID_BYTES:
            raise TagRefused("keyed_hash", "A list has a 16-byte name.")
        return sha256(own + list_id).digest()[:TAG_BYTES]

    return made


def keys_at(snapshot_key: bytes, seeds: bytes, proof_ids: bytes, registry_id: bytes) -> bytes:
    """Return the registry's element of each person, end to end: the label, then the commitment to the key (48 bytes).

    `seeds` has 32 bytes a person and `proof_ids` 16, in one order.
    """
    _check(snapshot_key, registry_id, proof_ids, ID_BYTES)
    _check(snapshot_key, registry_id, seeds, _SEED_BYTES)
    if len(seeds) != 2 * len(proof_ids):
        raise TagRefused("keyed_hash", "A registry takes one place and one proof id of each person.")
    people = b"".join(
        [
            seed + own
            for (seed,), (own,) in zip(iter_unpack("32s", seeds), iter_unpack("16s", proof_ids), strict=True)
        ]
    )
    return _shared_out(partial(_keys, snapshot_key, registry_id), people, _SEED_BYTES + ID_BYTES)


def _check(key: bytes, list_id: bytes, content: bytes, width: int) -> None:
    if len(key) != KEY_BYTES or len(list_id) != ID_BYTES or len(content) % width:
        raise TagRefused(
            "keyed_hash", "A list takes 32 bytes of key, a 16-byte name and the same of each person."
        )


def _shared_out(made: Callable[[bytes], bytes], people: bytes, width: int) -> bytes:
    """Return what is made of many people, in their order, by as many processes as are worth their beginning."""
    if len(people) < MANY * width:
        return b"".join(map(made, _pieces(people, width)))
    return b"".join(shared_out(made, _pieces(people, width)))


def _pieces(people: bytes, width: int) -> Iterator[bytes]:
    step = PIECE * width
    return (people[at : at + step] for at in range(0, len(people), step))


def _tags(snapshot_key: bytes, list_id: bytes, proof_ids: bytes) -> bytes:
    own, of_list, sha256 = snapshot_key + b"bh.key1", b"bh.tag1" + list_id, hashlib.sha256
    return b"".join(
        [
            sha256(sha256(own + proof_id).digest() + of_list).digest()[:TAG_BYTES]
            for (proof_id,) in iter_unpack("16s", proof_ids)
        ]
    )


def _keys(snapshot_key: bytes, registry_id: bytes, people: bytes) -> bytes:
    own, at, sha256 = snapshot_key + b"bh.key1", b"bh.lab1" + registry_id, hashlib.sha256
    made = bytearray()
    for seed, proof_id in iter_unpack("32s16s", people):
        label = sha256(seed + at).digest()[:LABEL_BYTES]
        made += label
        made += sha256(sha256(own + proof_id).digest() + b"bh.com1" + label).digest()
    return bytes(made)
