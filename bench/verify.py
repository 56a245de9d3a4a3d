# SPDX-License-Identifier: Apache-2.0
"""How long a family's own computer takes to prove one file, ten years of handovers in it, of millions or of few.

Of each list only the child's bucket and the hashes beside its way up are made, at random, with the root over them:
a verifier sees no more of a list of a million than that. How long the keeper takes to make such a file: `prove`.
"""

import hashlib
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from beholden.ledger import places, tags, tree
from beholden.ledger.bundle import Bundle, HandoverLog, Membership, Opening, Place
from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.entries import Entry, name
from beholden.ledger.note import Key
from beholden.ledger.tags import Committed, Proof
from beholden.ledger.verify import verify
from beholden.ledger.vocabulary.handovers import (
    Intent,
    IntentHeader,
    Recipient,
    Registry,
    RegistryHeader,
    RegistryRef,
)
from beholden.ledger.vocabulary.terms import ListOf, LogState, items_digest
from beholden.ledger.vrf import Secret
from measuring import Claim, Limit, Said, Work, folder, main, spread

CHILDREN = 1_000_000
SMALLEST, LARGEST = 1_000, 9_000_000
"""Of how many children lists of mixed sizes are: each power of ten as often as the others."""
A_SNAPSHOT = 50  # handovers for each registry snapshot: a term's
ORIGIN = "bench.example/handovers"
SEED, PLACES_SEED, PROOF_ID, SNAPSHOT_KEY = (
    bytes([n]) * size for n, size in ((1, 32), (2, 32), (3, 16), (4, 32))
)
NUMBER, PLACES = "A100000000001", Secret.of(PLACES_SEED)
PLACE = places.of_number(PLACES, NUMBER)
COMMAND = """Lists of a thousand to nine million children, each power of ten as often as the others, and a registry
snapshot for every fifty. With the start of the program, and the number's place proved. Bucket and path by themselves
are the cheap part; reading each entry strictly and printing it back is the dear one."""


@dataclass
class Keeper:
    """Logs snapshots and handovers of a million children, or of mixed sizes, and makes the file of one of them."""

    mixed: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(20261123))
    entries: list[bytes] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    proofs: list[Membership] = field(default_factory=list)
    at: datetime = datetime(2026, 9, 1, 9, tzinfo=UTC)

    def hashed(self) -> bytes:
        return self.chance.randbytes(32)

    def recipient(self) -> bytes:
        """Return the hash of the key of whoever receives."""
        return self.hashed()

    def size(self) -> int:
        """Return of how many children the next list is."""
        return round(SMALLEST * (LARGEST / SMALLEST) ** self.chance.random()) if self.mixed else CHILDREN

    def listed(
        self, list_id: bytes, width: int, mine: bytes, children: int, *, there: bool
    ) -> tuple[Committed, Proof]:
        """Return a list of so many as one child sees it: its bucket has as many as buckets have in the mean."""
        deep = tags.depth(children)
        index = tags.bucket_index(mine, deep)
        first = mine[:3]  # 18 bits at most are the bucket's
        bucket = {first + self.chance.randbytes(width - 3) for _ in range(children >> deep)}
        bucket = tuple(sorted(bucket | {mine} if there else bucket))
        path = tuple(self.hashed() for _ in range(deep))
        found = tags.bucket_hash(list_id, width, deep, index, b"".join(bucket))
        for level, beside in enumerate(path):
            found = tree.node_hash(beside, found) if index >> level & 1 else tree.node_hash(found, beside)
        return Committed(children, deep, found), Proof(bucket, path)

    def add(self, body: Registry | Intent) -> int:
        self.at += timedelta(days=1)
        self.entries.append(Entry(at=self.at, body=body).print())
        return len(self.entries) - 1

    def events(self) -> LogState:
        return LogState(root=self.hashed(), size=len(self.entries) + 100)

    def snapshot(self) -> tuple[RegistryRef, bytes]:
        """Commit everybody's key; return how handovers name the snapshot, and the child's key in it."""
        header = RegistryHeader(events=self.events(), log=ORIGIN, nonce=self.hashed(), vrf=PLACES.public)
        list_id, key = name(header), tags.tag_key(SNAPSHOT_KEY, PROOF_ID)
        place = tags.label(PLACE, list_id)
        element = place + tags.commitment(key, place)
        committed, proof = self.listed(list_id, tags.SNAPSHOT_WIDTH, element, CHILDREN, there=True)
        index = self.add(Registry(header=header, id=list_id, set=ListOf.of(committed)))
        self.openings.append(Opening(bucket=proof.bucket, entry=index, path=proof.path, y=key))
        return RegistryRef(id=list_id, index=index, root=committed.root), key

    def handover(self, registry: RegistryRef, key: bytes, seq: int) -> None:
        """Hand rows over; every other time the child is among them."""
        events = self.events()
        header = IntentHeader(
            decision=events.size - 1,
            events=events,
            gateway="research-agreement",
            items=items_digest(("sex", "sessions_possible")),
            log=ORIGIN,
            mode="include",
            nonce=self.hashed(),
            population="SC/SPR/2026",
            purpose="public-interest-study",
            recipient=Recipient(id="northford", key=self.recipient()),
            registry=registry,
            use="U-2026-0001",
        )
        list_id = name(header)
        mine, there = tags.tag(key, list_id), bool(seq % 2)
        committed, proof = self.listed(list_id, tags.TAG_BYTES, mine, self.size(), there=there)
        index = self.add(
            Intent(header=header, id=list_id, payload=self.hashed(), seq=seq, set=ListOf.of(committed))
        )
        self.proofs.append(Membership(bucket=proof.bucket, entry=index, path=proof.path))

    def bundle(self) -> tuple[bytes, str]:
        """Return the child's file, and the printed key of the log."""
        root = tree.root(tree.leaf_hash(entry) for entry in self.entries)
        checkpoint = sign_checkpoint(Checkpoint(ORIGIN, len(self.entries), root), seed=SEED)
        vkey = Key.of_seed(ORIGIN, SEED).print()
        log = HandoverLog(checkpoint.decode(), tuple(entry.decode() for entry in self.entries))
        shown = Place(drawn=None, proof=places.prove(PLACES, NUMBER))
        whole = Bundle(log, shown, tuple(self.proofs), tuple(self.openings), vkey)
        return whole.print(), vkey


def bundle(handovers: int, *, mixed: bool = False) -> tuple[bytes, str]:
    return kept(handovers, mixed=mixed).bundle()


def kept(handovers: int, *, mixed: bool) -> Keeper:
    return filled(Keeper(mixed=mixed), handovers)


def filled(keeper: Keeper, handovers: int) -> Keeper:
    for seq in range(1, handovers + 1):
        if seq % A_SNAPSHOT == 1:
            registry, key = keeper.snapshot()
        keeper.handover(registry, key, seq)
    return keeper


@contextmanager
def verified(handovers: int) -> Iterator[Work]:
    raw, vkey = bundle(handovers)
    yield lambda: verify(raw, key=vkey, number=NUMBER)


def bare(work: Callable[[bytes], object]) -> Callable[[int], object]:
    """Do only one thing with the same bytes."""

    @contextmanager
    def way(handovers: int) -> Iterator[Work]:
        raw, _ = bundle(handovers)
        yield lambda: work(raw)

    return way


@contextmanager
def by_command(handovers: int) -> Iterator[Work]:
    """Run the command as a family does, on a file that lies on the disk."""
    keeper = kept(handovers, mixed=True)
    raw, vkey = keeper.bundle()
    place = folder() / "family.json"
    place.write_bytes(raw)
    program = str(Path(sys.executable).with_name("beholden"))
    said = Said(f"a file of {len(raw) / 2**20:.1f} MB; {proofs_of(keeper)}")

    def work() -> Said:
        asked = [program, "verify", str(place), "--key", vkey, "--number", NUMBER]
        subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
        return said

    yield work


def proofs_of(keeper: Keeper) -> str:
    """Say how large the proofs of single handovers are, and how long each takes by itself."""
    sizes = [len(json.dumps(one.to_json(), separators=(",", ":"))) for one in keeper.proofs]
    seconds = []
    for one in keeper.proofs:
        entry = json.loads(keeper.entries[one.entry])["body"]
        listed, list_id = ListOf.from_json(entry["set"]), bytes.fromhex(entry["id"])
        began = perf_counter()
        tags.verify_bucket(list_id, tags.TAG_BYTES, listed.committed, one.bucket[0][:16], one.proof)
        seconds.append(perf_counter() - began)
    return (
        f"a proof has {statistics.mean(sizes):,.0f} bytes in the mean and {max(sizes):,} at most,"
        f" its bucket and path take {spread(seconds)}"
    )


@contextmanager
def loads_alone(handovers: int) -> Iterator[Work]:
    """Start Python and let it read the same file, which proves nothing."""
    raw, _ = bundle(handovers, mixed=True)
    place = folder() / "family.json"
    place.write_bytes(raw)
    program = "import json, sys; json.load(open(sys.argv[1], 'rb'))"
    yield lambda: subprocess.run([sys.executable, "-c", program, str(place)], check=True)


if __name__ == "__main__":
    main(
        Claim(
            "verify",
            "One family's file, proved: handovers of a million children each, present in half of them",
            "handovers",
            {
                "verify": verified,
                "json.loads of the same bytes": bare(json.loads),
                "SHA-256 of the same bytes": bare(lambda raw: hashlib.sha256(raw).digest()),
            },
            (100, 400, 1_600),
            Limit("each", 0.002),
            "Reading each entry strictly and printing it back takes most of it; hashing takes little.",
        ),
        Claim(
            "verify.command",
            "The command that proves a family's file, started, 3,000 handovers of mixed sizes in it",
            "handovers",
            {"beholden verify": by_command, "python, json.load of the same file": loads_alone},
            (300, 1_000, 3_000),
            Limit("whole", 2),
            COMMAND,
        ),
    )
