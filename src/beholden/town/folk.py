# SPDX-License-Identifier: Apache-2.0
"""The people of the town as frozen values: who they are, where they live, which schools they attended."""

from dataclasses import dataclass
from datetime import date

from beholden.town import words


@dataclass(frozen=True, slots=True)
class Address:
    """A home that does not exist. The postcode area ZZ is not in use."""

    saon: str
    paon: str
    street: str
    postcode: str
    uprn: str
    town: str = words.TOWN


@dataclass(frozen=True, slots=True)
class Adult:
    """An adult of a family. `decides_for` holds the numbers (in the town) of the children they may decide for."""

    number: int
    forename: str
    surname: str
    address: Address
    email: str  # empty: none is known
    preferred: str  # "email" or "letter"
    decides_for: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A child's time at one school; `left` is None while the child is on its roll."""

    laestab: str
    entered: date
    left: date | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A child with everything that follows from the family, the birth and the schools attended."""

    number: int
    upn: str
    former_upn: str  # empty: none
    uln: str  # empty: not yet given
    surname: str
    forename: str
    middle_names: str
    preferred_surname: str  # empty: the surname
    born: date
    sex: str
    year: str
    stays: tuple[Stay, ...]
    address: Address
    ethnicity: str
    language: str
    service_child: str
    fsm_since: date | None
    fsm_until: date | None

    @property
    def roll(self) -> Stay | None:
        """The stay at the school on whose roll the child is on census day, if any."""
        return next((stay for stay in self.stays if stay.left is None), None)


@dataclass(frozen=True, slots=True)
class Family:
    """One household and, where parents live apart, both homes. Not `reachable`: no school can reach any adult."""

    number: int
    adults: tuple[Adult, ...]
    children: tuple[Child, ...]
    reachable: bool
