# SPDX-License-Identifier: Apache-2.0
"""How long the keeper takes to make one family's file, out of the lists and the log as they lie in its home."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from uuid import UUID

import numpy as np

from beholden.home import Home
from beholden.kinds import PersonId
from beholden.ledger import tags
from beholden.ledger.vocabulary.terms import ListOf
from measuring import Claim, Limit, Said, Work, main, spread
from measuring.register import AT, CATALOGUE, REGISTRAR, register, returns, take_in

SMALLEST, LARGEST = 1_000, 100_000
"""Of how many children the lists are: each power of ten as often as the others, 21,500 in the mean."""
USE, PAYLOAD = "U-2026-0001", "4" * 64
READ = "SHA-256 of the same lists, read from the disk"

NOTE = """The published log is read strictly twice, by the keeper and by the verifier that accepts the file before it is
given out: a fixed part for each handover, and most of the time. Of each list a few pages are read, eight buckets are
hashed, and the rest of the way up stands in the file of hashes beside the list (half a byte a child at most), so that
the size of a list hardly matters. The peer is what a keeper without that file reads and hashes."""


@dataclass(frozen=True)
class Listed:
    """One handover's list as it lies on the disk, with the header that names it."""

    header: dict[str, object]
    id: bytes
    file: Path
    digest: str
    committed: tags.Committed


@dataclass(frozen=True)
class Handed:
    """A home with so many handovers in its log, and one child who is in half of them."""

    home: Home
    person: PersonId
    lists: list[Listed]


@contextmanager
def handed(handovers: int) -> Iterator[Handed]:
    with register() as home:
        from beholden.gate.actions import deciding
        from beholden.register.vault.models import Person
        from beholden.register.vault.wall import keeper

        take_in(returns(50, 1))  # the snapshot names a state of the events log
        snapshot = deciding.snapshot_registry(by=REGISTRAR, at=AT)
        with keeper():
            person = PersonId(UUID(str(Person.objects.values_list("pk", flat=True).first())))
        yield Handed(home, person, hand_over(home, snapshot, person, handovers))


def hand_over(home: Home, snapshot: str, person: PersonId, handovers: int) -> list[Listed]:
    """Leave behind what so many handovers leave: lists, their rows, and an intent each in the signed log."""
    from django.db import transaction

    from beholden.gate import registries
    from beholden.gate.models import Registry
    from beholden.ledger import actions
    from beholden.register import actions as lending

    registry = Registry.objects.select_related("keyed").get(pk=snapshot)
    seed = lending.proof_seed(person, by=REGISTRAR, at=AT)
    key = registries.keys_of(seed, bytes.fromhex(registry.id))[0]
    listed = list(lists_of(home, registries.named(registry), key, handovers))
    write_rows(registry, listed)
    with transaction.atomic():
        for one in listed:
            said = {"id": one.id.hex(), "payload": PAYLOAD, "set": ListOf.of(one.committed).to_json()}
            body = {"header": one.header, **said}
            actions.propose(log="handovers", kind="intent", body=body, by=REGISTRAR, at=AT)
    actions.sequence(at=AT)
    return listed


def lists_of(home: Home, registry: dict[str, object], key: bytes, handovers: int) -> Iterator[Listed]:
    """Write lists of mixed sizes, the child in every other one. Not flushed: what is measured reads."""
    for number, (file, content) in enumerate(contents(home, handovers)):
        header = header_of(number, registry)
        list_id = tags.identifier(header)
        mine = tags.tag(key, list_id) if number % 2 else b""
        built = tags.BucketTree.build(list_id, tags.TAG_BYTES, content + mine)
        file.write_bytes(built.items)
        file.with_suffix(".crown").write_bytes(built.crown)
        yield Listed(header, list_id, file, hashlib.sha256(built.items).hexdigest(), built.committed)


def contents(home: Home, handovers: int) -> Iterator[tuple[Path, bytes]]:
    """Draw the tags of each list, and name its file."""
    chance = np.random.default_rng(20261128)
    for number in range(handovers):
        children = round(SMALLEST * (LARGEST / SMALLEST) ** chance.random())
        yield home.sets / f"tags-{number:016x}.set", chance.bytes(16 * children)


def write_rows(registry, listed: list[Listed]) -> None:
    """Write down what the gate remembers of each handover."""
    from beholden.gate.models import Decision, Disclosure, SetFile

    kept = SetFile.objects.bulk_create(
        SetFile(path=one.file.name, digest=one.digest, count=one.committed.n, made_at=AT) for one in listed
    )
    held = {"registry": registry, "scope": registry.keyed, "released": registry.keyed, "combinations": []}
    said = {"use": USE, "catalogue": CATALOGUE.hash, "salt": bytes(32), "outbox": 0, "at": AT, "by": "bench"}
    decisions = Decision.objects.bulk_create(Decision(**held, **said) for _ in listed)
    Disclosure.objects.bulk_create(
        Disclosure(
            id=one.id.hex(),
            decision=decision,
            header=one.header,
            state="released",
            logged_at=AT,
            payload=PAYLOAD,
            tags=file,
            depth=one.committed.depth,
            root=one.committed.root.hex(),
        )
        for one, decision, file in zip(listed, decisions, kept, strict=True)
    )


def header_of(number: int, registry: dict[str, object]) -> dict[str, object]:
    from beholden.gate.check import log_state, origin
    from beholden.ledger.vocabulary.terms import items_digest

    return {
        "decision": 0,
        "events": log_state("events"),
        "gateway": "research-agreement",
        "items": items_digest(("sex", "sessions_possible")).hex(),
        "log": origin("handovers"),
        "mode": "include",
        "nonce": hashlib.sha256(str(number).encode()).hexdigest(),
        "population": "SC/SPR/2026",
        "purpose": "public-interest-study",
        "recipient": {"id": "northford", "key": "5" * 64},
        "registry": registry,
        "use": USE,
    }


@contextmanager
def bundled(handovers: int) -> Iterator[Work]:
    with handed(handovers) as held:
        from beholden.gate.actions import proving

        parts = times_of_parts(held)

        def work() -> Said:
            raw = proving.bundle(held.person, by=REGISTRAR, at=AT)
            return Said(f"a file of {len(raw) / 2**20:.1f} MB; the proof of one handover takes {parts}")

        yield work


def times_of_parts(held: Handed) -> str:
    """Measure, before, how long the proof of each handover takes by itself."""
    from beholden.gate import sets

    seconds = []
    for one in held.lists:
        kept, began = SimpleNamespace(path=one.file.name, digest=one.digest), perf_counter()
        sets.prove(kept, one.id, tags.TAG_BYTES, one.committed, os.urandom(16))
        seconds.append(perf_counter() - began)
    return spread(seconds)


@contextmanager
def hashed(handovers: int) -> Iterator[Work]:
    """Read and hash lists of the same sizes: the least by which a changed byte is seen."""
    with register() as home:
        lists = []
        for file, content in contents(home, handovers):
            file.write_bytes(content)
            lists.append(file)
        yield lambda: [hashlib.sha256(file.read_bytes()).digest() for file in lists]


if __name__ == "__main__":
    main(
        Claim(
            "prove",
            "One family's file made, 3,000 handovers of mixed sizes in it",
            "handovers",
            {"bundle": bundled, READ: hashed},
            (300, 1_000, 3_000),
            Limit("whole", 3),
            NOTE,
            rounds=1,
        )
    )
