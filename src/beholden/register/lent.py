# SPDX-License-Identifier: Apache-2.0
"""What the register lends the gate from the vault, as frozen values. No database, no clock."""

from dataclasses import dataclass
from datetime import date

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
