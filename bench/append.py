# SPDX-License-Identifier: Apache-2.0
"""How fast what was said gets into a log, is signed and published; and how long a long log takes to check."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.ledger import tree
from measuring import Claim, Limit, Said, Work, folder, main, spread
from measuring.register import AT, REGISTRAR, register

HASHES = "tree over the same entries, hashes alone"
DISK = "one flushed file and one signature, each time"

QUEUE = """A thousand entries go under one signature. Each is judged as a stranger would read it: printed, parsed
strictly, printed back; then tiles are written, read back and flushed, memory and checkpoint too, and its row is marked.
Almost all of it is the reading and printing in Python and the row's update."""
ALONE = """What an officer waits for at the end of a step: one entry, alone, through every flush (tiles, memory,
checkpoint, the row) and one signature. The disk's flushes are most of it; the peer does two of them."""
CHECK = """Every tile made anew from the entries, signature, memory, and each entry against the row that proposed it.
The rest of a home is not in it."""


def propose(count: int) -> None:
    """Put as many papers into the outbox, as actions do, in one transaction."""
    from django.db import transaction

    from beholden.ledger.actions import propose as put

    with transaction.atomic():
        for number in range(count):
            commitment = hashlib.sha256(str(number).encode()).hexdigest()
            body = {"commitment": commitment, "paper": "agreement", "use": f"U-2026-{number:05}"}
            put(log="events", kind="paper", body=body, by=REGISTRAR, at=AT)


@contextmanager
def queue(entries: int) -> Iterator[Work]:
    with register():
        from beholden.ledger import actions

        propose(entries)
        yield lambda: actions.sequence(at=AT)


@contextmanager
def one_by_one(entries: int) -> Iterator[Work]:
    with register():
        from beholden.ledger import actions

        actions.sequence(at=AT)  # both logs are open

        def work() -> Said:
            seconds = []
            for _ in range(entries):
                propose(1)
                began = perf_counter()
                actions.sequence(at=AT)
                seconds.append(perf_counter() - began)
            return Said(f"without the proposal, {spread(seconds)}")

        yield work


@contextmanager
def flushes(entries: int) -> Iterator[Work]:
    """The least that a signed state costs: it is signed, it is on the disk, and so is its name."""
    seed, place = Ed25519PrivateKey.from_private_bytes(bytes(32)), folder() / "flushed"

    def work() -> None:
        for number in range(entries):
            with place.open("wb") as file:
                file.write(seed.sign(b"%064d" % number))
                file.flush()
                os.fsync(file.fileno())
            handle = os.open(folder(), os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)

    yield work


@contextmanager
def hashes_alone(entries: int) -> Iterator[Work]:
    raw = [
        hashlib.sha256(str(number).encode()).digest() * 8 for number in range(entries)
    ]  # as long as entries are
    yield lambda: tree.root(tree.leaf_hash(one) for one in raw)


@contextmanager
def checked(entries: int) -> Iterator[Work]:
    with register() as home:
        from beholden.fsck.logs import check_log
        from beholden.fsck.said import check_outbox
        from beholden.ledger import actions

        propose(entries)
        actions.sequence(at=AT)

        def work() -> None:
            if [*check_log(home, "events"), *check_outbox(home, "events")]:
                raise RuntimeError("a sound log was found wrong")

        yield work


if __name__ == "__main__":
    main(
        Claim(
            "append",
            "Entries carried into a log, signed and published, a thousand under one signature",
            "entries",
            {"sequence": queue, HASHES: hashes_alone},
            (1_000, 3_000, 10_000),
            Limit("rate", 1_000),
            QUEUE,
        ),
        Claim(
            "append.alone",
            "One entry proposed, carried into a log, signed and published, again and again",
            "entries",
            {"propose and sequence": one_by_one, DISK: flushes},
            (25, 100, 400),
            Limit("each", 0.1),
            ALONE,
        ),
        Claim(
            "append.check",
            "A log of ten thousand entries checked, file by file and row by row",
            "entries",
            {"fsck of one log": checked, HASHES: hashes_alone},
            (1_000, 3_000, 10_000),
            Limit("whole", 10),
            CHECK,
        ),
    )
