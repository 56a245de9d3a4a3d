# SPDX-License-Identifier: Apache-2.0
"""Gives everybody the place that their pupil number has in the lists of keys. Every function runs inside `keeper()`.

A place is worked out once and kept, sealed, beside the number it is of; nothing changes a number that somebody has.
Where two records bear one number, the older has its place, and the other stands at one drawn by lot.
"""

from collections.abc import Sequence
from uuid import UUID

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.ledger import places
from beholden.register.vault import bulk
from beholden.register.vault.people import NUMBER
from beholden.register.vault.seal import digest_of_number, seal, unseal
from beholden.register.vault.slots import Slots
from beholden.register.vault.wall import one_at_a_time

AT_ONCE = 50_000
"""So many people are looked at in one transaction: what was done is kept when somebody is stopped."""


def place(after: UUID | None) -> tuple[UUID | None, int]:
    """Place the next people after one; return the last of them, None behind the end, and how many were placed.

    The plan: 1 who is placed already is not looked at; 2 of the others nobody is entered and no key is renewed
    meanwhile; 3 what is written is made from what stands under the lock: who has a place by now (from before there was
    a mark of it) keeps it; 4 the mark comes with the place. Whoever is stopped goes on where it was.
    """
    waiting = bulk.unplaced(after, AT_ONCE)  # 1
    if not waiting:
        return None, 0
    one_at_a_time()  # 2
    read = bulk.read(waiting, ("numbers", "proof"), lock=True)
    keys = Slots(here().slots, load(here(), "vault")).keys([row.slot for row in read])
    held = [row for row in read if not _is_placed(row, keys[row.slot])]  # 3
    numbers = [_number(row, keys[row.slot]) for row in held]
    older = _older(numbers)
    mine = [number for row, number in zip(held, numbers, strict=True) if older[number] == row.person]
    found = dict(zip(mine, of_numbers(mine), strict=True))
    bulk.renew(
        [
            _with_place(row, keys[row.slot], number, found[number] if older[number] == row.person else b"")
            for row, number in zip(held, numbers, strict=True)
        ],
        ("proof",),
    )
    bulk.mark_placed(waiting)  # 4
    return waiting[-1], len(held)


def of_numbers(numbers: Sequence[str]) -> list[bytes]:
    """Return the place of each number, in order."""
    return places.of_numbers(load(here(), "places"), numbers)


def _is_placed(row: bulk.Sealed, own: bytes) -> bool:
    return "number" in unseal(own, row.person, "proof", row.blobs["proof"])


def _number(row: bulk.Sealed, own: bytes) -> str:
    return str(unseal(own, row.person, "numbers", row.blobs["numbers"])["upn"])


def _older(numbers: Sequence[str]) -> dict[str, PersonId]:
    """Return whose record of each number is the oldest."""
    key = load(here(), "lookup")
    digests = {number: digest_of_number(key, number) for number in numbers}
    bearers = bulk.found(NUMBER, digests.values())
    return {number: bearers[digest][0] for number, digest in digests.items()}


def _with_place(row: bulk.Sealed, own: bytes, number: str, at: bytes) -> bulk.Sealed:
    proof = unseal(own, row.person, "proof", row.blobs["proof"]) | {"number": number, "place": at.hex()}
    return bulk.Sealed(row.person, row.slot, {"proof": seal(own, row.person, "proof", proof)})
