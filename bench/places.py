# SPDX-License-Identifier: Apache-2.0
"""How fast pupil numbers get their places, and how long a proof of one takes to make and to check."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from time import perf_counter

from nacl import bindings as sodium

from beholden.ledger import places
from beholden.ledger.vrf import Secret
from measuring import Claim, Limit, Said, Work, main, spread

SEED = bytes(range(32))
SECRET = Secret.of(SEED)
ONE_PROCESS, MANY = "of_numbers, one process", "of_numbers, a process for each core"
BARE = "libsodium, one scalar multiplication"

NOTE = """One multiplication by the secret scalar is the core of it, in constant time; the rest is finding a point for
the text (two tries in the mean), doublings that take it into the prime group, and Python's calls. Everybody's place is
worked out once in a life and kept sealed, so this is paid for the new and not for all. Processes for each core are what
the register uses from four thousand numbers on; they take half a second to begin with. The limit is 300 microseconds
each."""
PROOFS = """A proof is made with three multiplications and checked, four more, before it is given out: a fault in a
deterministic nonce would give the key away. A family's file has one for each number that the child had."""


def numbers(count: int) -> list[str]:
    return [f"Z{number:012}" for number in range(count)]


@contextmanager
def one_process(count: int) -> Iterator[Work]:
    """Ask for pieces so small that no other process is begun."""
    pieces = [numbers(count)[at : at + places.PIECE] for at in range(0, count, places.PIECE)]
    yield lambda: list(chain.from_iterable(places.of_numbers(SEED, piece) for piece in pieces))


@contextmanager
def every_core(count: int) -> Iterator[Work]:
    asked = numbers(count)
    yield lambda: places.of_numbers(SEED, asked)


@contextmanager
def bare(count: int) -> Iterator[Work]:
    """The one multiplication that no code of ours can spare, on the same point each time."""
    point = sodium.crypto_scalarmult_ed25519_base_noclamp(SECRET.x)

    def work() -> None:
        for _ in range(count):
            sodium.crypto_scalarmult_ed25519_noclamp(SECRET.x, point)

    yield work


@contextmanager
def proofs_made(count: int) -> Iterator[Work]:
    asked = numbers(count)

    def work() -> Said:
        seconds = []
        for number in asked:
            began = perf_counter()
            places.prove(SECRET, number)
            seconds.append(perf_counter() - began)
        return Said(f"a proof takes {spread(seconds)}")

    yield work


@contextmanager
def proofs_checked(count: int) -> Iterator[Work]:
    asked = [(number, places.prove(SECRET, number)) for number in numbers(count)]

    def work() -> Said:
        seconds = []
        for number, proof in asked:
            began = perf_counter()
            places.check(SECRET.public, number, proof)
            seconds.append(perf_counter() - began)
        return Said(f"a proof takes {spread(seconds)}")

    yield work


if __name__ == "__main__":
    main(
        Claim(
            "places",
            "The place of a pupil number, by a verifiable random function, on one core",
            "numbers",
            {ONE_PROCESS: one_process, MANY: every_core, BARE: bare},
            (4_000, 12_000, 36_000),
            Limit("rate", 3_334),
            NOTE,
        ),
        Claim(
            "places.proof",
            "The proof that a place is a number's, made",
            "proofs",
            {"prove": proofs_made, "check": proofs_checked, BARE: bare},
            (500, 2_000, 8_000),
            Limit("rate", 1_000),
            PROOFS,
        ),
    )
