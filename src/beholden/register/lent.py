# SPDX-License-Identifier: Apache-2.0
"""What the register lends the gate from the vault, as frozen values. No database, no clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from beholden.kinds import PersonId


@dataclass(frozen=True, slots=True)
class Named:
    """What a letter may say of a child: the first name; the birth date only to be asked, never shown."""

    person: PersonId
    forename: str
    born: date


@dataclass(frozen=True, slots=True)
class ProofSeed:
    """What fixes one person's place and key in a registry snapshot: 32 and 16 random bytes."""

    person: PersonId
    label_seed: bytes
    proof_id: bytes


@dataclass(frozen=True, slots=True)
class ProofSeeds:
    """The proof seeds of many, sorted by person and end to end: 64 bytes each, where objects would take 400."""

    people: bytes
    label_seeds: bytes
    proof_ids: bytes

    @classmethod
    def of(cls, seeds: Iterable[ProofSeed]) -> Self:
        """Pack seeds that come in the order of their persons."""
        people, label_seeds, proof_ids = bytearray(), bytearray(), bytearray()
        for seed in seeds:
            people += seed.person.bytes
            label_seeds += seed.label_seed
            proof_ids += seed.proof_id
        return cls(bytes(people), bytes(label_seeds), bytes(proof_ids))

    def __len__(self) -> int:
        return len(self.people) // 16

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each person's label seed and proof id."""
        for place in range(len(self)):
            yield (
                self.label_seeds[32 * place : 32 * place + 32],
                self.proof_ids[16 * place : 16 * place + 16],
            )
