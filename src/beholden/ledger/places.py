# SPDX-License-Identifier: Apache-2.0
"""Where a person's key stands: at the one place that a pupil number gives, or at one that was drawn by lot.

Decides what a number's place is and whether a proof shows that it is this number's. Holds no number and no secret key.
A place is 32 bytes, the same in every list of keys; where it is in one list, `tags.label` says.
"""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Final

from beholden.cores import shared_out
from beholden.ledger import vrf

PLACE_BYTES: Final = 32
MANY = 4_000
"""From so many numbers on other processes help; to begin with one takes half a second."""
PIECE = 500
_TEXT: Final = b"beholden/place/v1\n"


def of_number(secret: vrf.Secret, number: str) -> bytes:
    """Return the place that a number has under a keeper's secret key: nobody chooses it, and no two share one."""
    return vrf.output(secret, _text(number))[:PLACE_BYTES]


def of_numbers(seed: bytes, numbers: Sequence[str]) -> list[bytes]:
    """Return the place of each number, in order, under the key of a seed.

    Many are shared out among the cores.
    """
    if len(numbers) < MANY:
        return _some(seed, numbers)
    pieces = [numbers[at : at + PIECE] for at in range(0, len(numbers), PIECE)]
    return list(chain.from_iterable(shared_out(partial(_some, seed), pieces)))


def _some(seed: bytes, numbers: Sequence[str]) -> list[bytes]:
    secret = vrf.Secret.of(seed)
    return [of_number(secret, number) for number in numbers]


def prove(secret: vrf.Secret, number: str) -> bytes:
    """Return the proof, 80 bytes, by which whoever knows a number finds that a place is its."""
    return vrf.prove(secret, _text(number))


def check(public: bytes, number: str, proof: bytes) -> bytes:
    """Return the place of a number, or refuse (`vrf.VrfRefused`) a proof that does not show it."""
    return vrf.verify(public, _text(number), proof)[:PLACE_BYTES]


def claimed(proof: bytes) -> bytes:
    """Return the place that a proof speaks of; whether it is a number's, nobody knows who does not know the number."""
    return vrf.claimed(proof)[:PLACE_BYTES]


def as_typed(number: str) -> str:
    """Return a number as the register has it: without spaces, in capitals. Only for what a person types."""
    if not number.isascii():
        raise vrf.VrfRefused("place_number", "A pupil number has letters and digits only.")
    return "".join(number.split()).upper()


def _text(number: str) -> bytes:
    return _TEXT + number.encode()
