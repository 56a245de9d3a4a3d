# SPDX-License-Identifier: Apache-2.0
"""Makes people who are in no register, and pairs that are known to be one person, from a register's own people. Pure.

A decoy is mixed into a request and must come to *nobody*: a twin, a brother or sister, or a stranger whom nobody has
entered. So each request shows by itself how often somebody is taken for who they are not, at no cost to anybody real.
A seeded pair is somebody with a slip, beside the same person: it shows how often a reviewer sees what is one.

Both follow from one secret: whoever has it can make the same again, and nobody else can tell them from the rest. It
refuses to make a decoy of whom the register may hold: one that agrees with somebody there in given name and birth date,
or in the whole name and nearly in birth date, is thrown away. No clock, no chance of its own.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

from beholden.linkage import names
from beholden.linkage.comparing import COMPARISONS, ELSE, EXACT, FIELD
from beholden.linkage.linking import Register
from beholden.linkage.people import Person, in_calendar, turned

LEAST, ONE_IN = 12, 10
"""Decoys a request has at least, and the share of its records beyond that."""

_BIRTH = COMPARISONS[FIELD["birth_date"]]
_TRIES = 40  # a register of a few people has not always somebody to make one of
_SHORTEST = 5  # letters of a name in which two inside are changed about
_APART = 2  # years between a child and its invented brother or sister, at least


class Kind(StrEnum):
    """Who a decoy is beside somebody in the register."""

    TWIN = "twin"
    SIBLING = "sibling"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Decoy:
    """Somebody who is in no register."""

    kind: Kind
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seeded:
    """Somebody of the register with a slip, and the row in which the same person stands."""

    row: int
    person: Person = field(repr=False)


def how_many(records: int) -> int:
    """Return how many decoys a request of so many records has."""
    return max(LEAST, records // ONE_IN)


def decoys(register: Register, secret: bytes, count: int) -> Iterator[Decoy]:
    """Yield decoys, twins, siblings and strangers by turns; fewer where the register is too small to make them of."""
    if not register.people:
        return
    dice = _Dice(secret, b"decoys")
    kinds = tuple(Kind)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        for _ in range(_TRIES):
            made = _decoy(kind, register, dice)
            if made is not None and not _may_be_held(made, register):
                yield Decoy(kind, made)
                break


def seeded(register: Register, secret: bytes, count: int) -> Iterator[Seeded]:
    """Yield people of the register with one slip each: an initial, moved, a letter changed about, or the day."""
    if not register.people:
        return
    dice = _Dice(secret, b"seeded")
    slips = (_initialled, partial(_moved, register, dice), _letters_turned, _day_turned)
    for number in range(count):
        for _ in range(_TRIES):
            row = dice.below(register.people)
            held = register.one(row)[0]
            made = slips[number % len(slips)](held)
            if made is not None and held.given.full and held.birth_date:
                yield Seeded(row, made)
                break


def masked(made: Person, other: Person) -> Person:
    """Return somebody made up with those fields alone that a record of the request has, so that it looks like one."""
    return replace(
        made,
        ref="",
        birth_date=made.birth_date if other.birth_date else "",
        postcode=made.postcode if other.postcode else "",
        sex=made.sex if other.sex else "",
    )


def _decoy(kind: Kind, register: Register, dice: "_Dice") -> Person | None:
    """Return one decoy of a kind, or None where who was drawn will not do."""
    beside, other = (register.one(dice.below(register.people))[0] for _ in range(2))
    if not other.given.full or other.given.full == beside.given.full or not beside.birth_date:
        return None
    made = replace(beside, given=other.given, sex=other.sex, pupil_number="")
    match kind:
        case Kind.TWIN:
            return made
        case Kind.SIBLING:
            year = int(beside.birth_date[:4]) - _APART - dice.below(4)
            born = f"{year:04}{1 + dice.below(12):02}{1 + dice.below(28):02}"
            return replace(made, birth_date=born)
        case Kind.STRANGER:
            third, fourth = (register.one(dice.below(register.people))[0] for _ in range(2))
            return replace(made, surname=third.surname, birth_date=fourth.birth_date, postcode=third.postcode)


def _may_be_held(made: Person, register: Register) -> bool:
    """Say whether somebody in the register may be this one, as far as any rule finds them.

    That is, has this given name and birth date, or this given name and surname and a birth date that may be a slip.
    """
    (found,) = register.index.find([made])
    return not found.whole or any(
        _is_like(made, one) for known in register.look([row for row, _ in found.rows]) for one in known
    )


def _is_like(made: Person, held: Person) -> bool:
    if made.given.spelling != held.given.spelling:
        return False
    how = _BIRTH.levels[_BIRTH.level(made, held)].name
    return how == EXACT or (how != ELSE and made.surname.spelling == held.surname.spelling)


def _initialled(held: Person) -> Person | None:
    full = held.given.full
    return replace(held, given=names.given(full[0]), pupil_number="") if len(full) > 1 else None


def _moved(register: Register, dice: "_Dice", held: Person) -> Person | None:
    there = register.one(dice.below(register.people))[0].postcode
    return replace(held, postcode=there, pupil_number="") if there not in {"", held.postcode} else None


def _letters_turned(held: Person) -> Person | None:
    """Change two letters about inside the surname."""
    full = held.surname.full
    if len(full) < _SHORTEST or full[1] == full[2]:
        return None
    return replace(held, surname=names.surname(full[0] + full[2] + full[1] + full[3:]), pupil_number="")


def _day_turned(held: Person) -> Person | None:
    born = turned(held.birth_date) if held.birth_date else ""
    if not born or born == held.birth_date or not in_calendar(born):
        return None
    return replace(held, birth_date=born, pupil_number="")


class _Dice:
    """Numbers that follow from a secret: keyed BLAKE2b over a counter."""

    def __init__(self, secret: bytes, purpose: bytes) -> None:
        self._secret, self._purpose, self._thrown = secret, purpose, 0

    def below(self, sides: int) -> int:
        """Return a number from 0 to sides - 1. Of 64 bits: how uneven that is, nobody can see."""
        self._thrown += 1
        raw = hashlib.blake2b(
            self._purpose + self._thrown.to_bytes(8, "big"), key=self._secret, digest_size=8
        ).digest()
        return int.from_bytes(raw, "big") % sides
