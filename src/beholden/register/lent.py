# SPDX-License-Identifier: Apache-2.0
"""What the register lends the gate from the vault, as frozen values. No database, no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from beholden.kinds import PersonId

PROOF_ID_BYTES = 16
_SAID = frozenset({"label_seed", "proof_id", "former", "number", "place"})
_WIDTHS = frozenset({(32, PROOF_ID_BYTES, 0), (32, PROOF_ID_BYTES, 32)})


@dataclass(frozen=True, slots=True)
class Named:
    """What a letter may say of a child: the first name; the birth date only to be asked, never shown."""

    person: PersonId
    forename: str = field(repr=False)
    born: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class InQuestion:
    """One question whether two records are one child: which return raised it, when, by which rule.

    `agrees` says of each thing compared whether both records say the same; None where one of them says nothing.
    """

    number: int
    receipt: str
    asked_at: datetime
    rule: str
    agrees: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class LooksAlike:
    """Two records that look alike: the number of the suggestion, since when, how sure one can be, and the sum.

    `steps` are words and bits, from the prior to the odds; no value of anybody is in them. `picture` is the same, SVG.
    """

    number: int
    at: datetime
    probability: float
    says: str
    steps: tuple[tuple[str, float], ...]
    picture: str


@dataclass(frozen=True, slots=True)
class Settled:
    """One such question that a person decided: when, and whether both records are one child."""

    number: int
    decided_at: datetime
    same: bool


@dataclass(frozen=True, slots=True)
class ProofSeed:
    """What fixes one person's place and key in a registry snapshot: 32 bytes, and 16 random ones.

    `label_seed` is the place of the person's `number`, or one drawn by lot for whom no number gives one. Whoever came
    since places were last given out is not `placed`, and has no key in a registry yet.
    `former`: the proof ids before, oldest first, one for each change of power; each opens the registries of its time.
    """

    person: PersonId
    label_seed: bytes = field(repr=False)
    proof_id: bytes = field(repr=False)
    former: tuple[bytes, ...] = field(default=(), repr=False)
    number: str | None = field(default=None, repr=False)
    placed: bool = True

    @classmethod
    def opened(cls, person: PersonId, blob: Mapping[str, str | None]) -> Self:
        """Return what an opened blob says; refuse (ValueError, KeyError) one of another shape."""
        at, proof_id, placed = place_and_id(blob)
        former = proof_ids(bytes.fromhex(blob.get("former") or ""))
        return cls(person, at, proof_id, former, blob["number"] if blob.get("place") else None, placed)

    @property
    def every_id(self) -> tuple[bytes, ...]:
        """The proof id that counts now, then the former ones, newest first."""
        return (self.proof_id, *reversed(self.former))


def place_and_id(blob: Mapping[str, str | None]) -> tuple[bytes, bytes, bool]:
    """Return what a registry takes of an opened blob: place, proof id, and whether the number was given its place.

    Refuses (ValueError, KeyError) a blob of another shape. It is asked about everybody in the country, one by one.
    """
    drawn, proof_id = bytes.fromhex(blob["label_seed"] or ""), bytes.fromhex(blob["proof_id"] or "")
    number, place = blob.get("number") or "", bytes.fromhex(blob.get("place") or "")
    if not blob.keys() <= _SAID or (len(drawn), len(proof_id), len(place)) not in _WIDTHS:
        raise ValueError("a proof seed has another shape")
    if len(blob.get("former") or "") % (2 * PROOF_ID_BYTES):
        raise ValueError("a proof seed has another shape")
    placed = "number" in blob
    if bool(number) != placed or (place and not number):
        raise ValueError("a proof seed has another shape")
    return place or drawn, proof_id, placed


def proof_ids(end_to_end: bytes) -> tuple[bytes, ...]:
    """Return the proof ids that stand end to end in some bytes; refuse (ValueError) what is no whole number of them."""
    if len(end_to_end) % PROOF_ID_BYTES:
        raise ValueError("proof ids stand end to end")
    places = range(0, len(end_to_end), PROOF_ID_BYTES)
    return tuple(end_to_end[place : place + PROOF_ID_BYTES] for place in places)


@dataclass(frozen=True, slots=True)
class ProofSeeds:
    """The proof seeds of many, sorted by person and end to end: 64 bytes each, where objects would take 400."""

    people: bytes
    label_seeds: bytes = field(repr=False)
    proof_ids: bytes = field(repr=False)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put parts end to end, in the order in which their persons come."""
        return cls(
            b"".join(part.people for part in parts),
            b"".join(part.label_seeds for part in parts),
            b"".join(part.proof_ids for part in parts),
        )

    def __len__(self) -> int:
        return len(self.people) // 16

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each person's label seed and proof id."""
        for place in range(len(self)):
            yield (
                self.label_seeds[32 * place : 32 * place + 32],
                self.proof_ids[16 * place : 16 * place + 16],
            )
