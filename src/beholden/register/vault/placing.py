# SPDX-License-Identifier: Apache-2.0
"""Gives everybody the place that their pupil number has in the lists of keys. Every function runs inside `keeper()`.

A place is worked out once and kept, sealed, beside the number it is of: a third of a thousandth of a second is much for
millions, and little for a term's newcomers. Where two records bear one number, the older has its place; the other
stands at one drawn by lot, until a person has decided whether they are one child (D14).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.ledger import places
from beholden.register.vault import bulk
from beholden.register.vault.people import NUMBER
from beholden.register.vault.seal import digest_of_number, seal, unseal
from beholden.register.vault.slots import Slots

AT_ONCE = 5_000
"""So many people are placed in one transaction: what was done is kept when somebody is stopped."""


@dataclass(frozen=True, slots=True)
class _Held:
    """One person whose number has no place yet, or has another number's."""

    person: PersonId
    slot: int
    own: bytes = field(repr=False)
    number: str = field(repr=False)
    proof: dict[str, str | None] = field(repr=False)


def place(after: UUID | None, size: int = AT_ONCE) -> tuple[UUID | None, int]:
    """Place the next people after one; return the last of them, None behind the end, and how many were placed.

    What is placed already is left as it is, so whoever is stopped goes on where it was.
    """
    rows = bulk.after(after, size, ("numbers", "proof"))
    if not rows:
        return None, 0
    slots = Slots(here().slots, load(here(), "vault"))
    keys = slots.keys([row.slot for row in rows])
    held = [one for row in rows if (one := _moved(row, keys[row.slot])) is not None]
    first = _first(held)
    mine = [one for one in held if first[one.number] == one.person]
    found = dict(zip((one.number for one in mine), of_numbers([one.number for one in mine]), strict=True))
    bulk.renew(
        [_placed(one, found.get(one.number) if first[one.number] == one.person else None) for one in held],
        ("proof",),
    )
    return rows[-1].person, len(mine)


def of_numbers(numbers: Sequence[str]) -> list[bytes]:
    """Return the place of each number, in order."""
    return places.of_numbers(load(here(), "places"), numbers)


def _moved(row: bulk.Sealed, own: bytes) -> _Held | None:
    """Return a person whose place is not that of the number of now; None of everybody else."""
    proof = unseal(own, row.person, "proof", row.blobs["proof"])
    number = unseal(own, row.person, "numbers", row.blobs["numbers"])["upn"]
    if number is None or proof.get("number") == number:
        return None
    return _Held(row.person, row.slot, own, number, dict(proof))


def _first(held: Sequence[_Held]) -> dict[str, PersonId]:
    """Return who bore each number first."""
    key = load(here(), "lookup")
    digests = {one.number: digest_of_number(key, one.number) for one in held}
    bearers = bulk.found(NUMBER, digests.values())
    return {number: bearers[digest][0] for number, digest in digests.items()}


def _placed(one: _Held, at: bytes | None) -> bulk.Sealed:
    """Return a person's proof blob with the new place; the one before stays beside it, for registries of its time."""
    proof: dict[str, str | None] = dict(one.proof)
    if proof.get("place"):
        proof["numbers_before"] = f"{proof.get('numbers_before') or ''}{proof['number']} "
        proof["places_before"] = f"{proof.get('places_before') or ''}{proof['place']}"
    proof |= {"number": one.number, "place": "" if at is None else at.hex()}
    return bulk.Sealed(one.person, one.slot, {"proof": seal(one.own, one.person, "proof", proof)})
