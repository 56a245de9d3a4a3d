# SPDX-License-Identifier: Apache-2.0
"""Keys of one registry snapshot: makes them, files them, and derives them again. Keeps no y anywhere.

`y = KH(K_snapshot, "bh.key1", proof_id)`: the key of the snapshot lies in the key folder, the proof id in the vault, so
a thief of either has neither, and a new proof id (on a change of power) ends yesterday's guardian's look.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from beholden.gate import sets
from beholden.gate.check import unlogged
from beholden.gate.models import Registry
from beholden.home import here
from beholden.home.keys import create, load
from beholden.kinds import PersonId
from beholden.ledger import queries as ledger
from beholden.ledger.elements import keys_at
from beholden.ledger.tags import SNAPSHOT_WIDTH, BucketTree, commitment, identifier, label, tag_key
from beholden.ledger.vocabulary.handovers import Registry as Snapshot
from beholden.ledger.vrf import Secret
from beholden.refusals import Refusal
from beholden.register.lent import ProofSeed, ProofSeeds


def new_nonce() -> str:
    """Return 32 random bytes in hex: what makes a header, and so a list's name, unlike any other."""
    return secrets.token_hex(32)


def places_key() -> Secret:
    """Return the key that gives each pupil number its place: one for all registries, its public half in each header."""
    return Secret.of(load(here(), "places"))


def key_name(registry_id: bytes) -> str:
    """Return the name of a snapshot's key file."""
    return f"registry.{registry_id.hex()}"


def keys_of(seed: ProofSeed, registry_id: bytes) -> tuple[bytes, ...]:
    """Return every y that one person may have in one snapshot: the one of now, then those before a change of power."""
    key = load(here(), key_name(registry_id))
    return tuple(tag_key(key, proof_id) for proof_id in seed.every_id)


def overtaken(registry: Registry, seeds: Iterable[ProofSeed]) -> frozenset[PersonId]:
    """Return those whose key in a snapshot is not the one of now: power over them changed since it was taken.

    Whoever had a file of theirs knows that key, so nothing more leaves under it; the next snapshot has the new one.
    """
    registry_id, elements = bytes.fromhex(registry.id), sets.read(registry.elements)
    found = set()
    for seed in seeds:
        place = label(seed.label_seed, registry_id)
        if not sets.holds(elements, place + commitment(keys_of(seed, registry_id)[0], place)):
            found.add(seed.person)
    return frozenset(found)


def build(header: dict[str, object], seeds: ProofSeeds) -> tuple[bytes, BucketTree, bytes]:
    """Make a snapshot's key and every element; return its id, its tree, and the sorted ids of those in it.

    Order: the key is on disk before anything is derived from it.
    """
    registry_id = identifier(header)
    create(here(), key_name(registry_id))
    key = load(here(), key_name(registry_id))
    elements = keys_at(key, seeds.label_seeds, seeds.proof_ids, registry_id)
    return registry_id, BucketTree.build(registry_id, SNAPSHOT_WIDTH, elements), seeds.people


def newest(*, since: datetime | None = None) -> Registry:
    """Return the newest snapshot, or refuse: a handover names exactly one earlier snapshot.

    A run of a use that recurs has one of its own, taken since it began: who came since is in it.
    """
    found = Registry.objects.order_by("-made_at", "-outbox").first()
    if found is None or (since is not None and found.made_at < since):
        raise Refusal(
            "gate.no_registry",
            "No registry of keys has been published yet for this.",
            next_step="Take a registry snapshot first.",
            authority="ARCHITECTURE section 5: keys are fixed before handovers are named",
        )
    return found


def named(registry: Registry) -> dict[str, object]:
    """Return a snapshot as a header names it, or refuse one that the public log does not hold yet."""
    said = ledger.entry(registry.outbox)
    if said is None:
        raise unlogged()
    body = ledger.read(said)
    if not isinstance(body, Snapshot):
        raise unlogged()
    return {"id": registry.id, "index": said.index, "root": body.set.committed.root.hex()}


def file(
    registry_id: bytes,
    header: dict[str, object],
    tree: BucketTree,
    people: bytes,
    *,
    outbox: int,
    at: datetime,
) -> None:
    """Remember a snapshot whose entry is proposed in the same transaction."""
    Registry.objects.create(
        id=registry_id.hex(),
        header=header,
        elements=sets.keep_list("registry", tree, at=at),
        keyed=sets.keep("keyed", people, width=16, at=at),
        outbox=outbox,
        made_at=at,
    )
