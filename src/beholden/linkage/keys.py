# SPDX-License-Identifier: Apache-2.0
"""The rules by which two people are worth comparing, as keyed hashes: equal keys, and only those, find each other.

Each rule joins some parts of what is known (a birth date and a surname's frame, say). A part becomes 64 bits by keyed
BLAKE2b under the index's secret; a rule mixes its parts' bits, and what comes of it is enciphered under a key that
follows from the secret: the mix alone anybody could undo, and see which keys have a part in common. Without the secret
a key tells nothing but that two are equal, and an index holds nothing else. A part that is missing makes no key.

A rule that is not here finds nobody: what is lost by that is measured in bench/, not guessed.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from beholden.linkage.names import Name, given_keys, surname_keys
from beholden.linkage.people import Person, turned

Keys = npt.NDArray[np.uint64]

_GIVEN, _SURNAME, _BEGINS, _BIRTH, _YEAR, _DAY, _POSTCODE, _SECTOR, _NUMBER = range(9)
PARTS = (
    *(
        "given name",
        "surname",
        "start of the surname",
        "birth date",
        "year",
        "day and month",
        "postcode",
        "sector",
    ),
    "pupil number",
)
_START = 3
_ALONE = (_BIRTH, _YEAR, _DAY, _POSTCODE, _SECTOR)
_HEADS, _ENDS = 2, 3
"""Keys that a given name and a surname have at most."""

_REMEMBERED = 4_000_000
_Value = TypeVar("_Value", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to be found: its name, and the places of its parts. `strong` rules must not be cut short unnoticed."""

    name: str
    parts: tuple[int, ...]
    strong: bool = True


RULES = (
    Rule("pupil number", (_NUMBER,)),
    Rule("birth date and surname", (_BIRTH, _SURNAME)),
    Rule("birth date and given name", (_BIRTH, _GIVEN)),
    Rule("birth date and sector", (_BIRTH, _SECTOR)),
    Rule("postcode and given name", (_POSTCODE, _GIVEN)),
    Rule("postcode and surname", (_POSTCODE, _SURNAME)),
    Rule("both names and year", (_GIVEN, _SURNAME, _YEAR)),
    Rule("both names, day and month", (_GIVEN, _SURNAME, _DAY)),
    Rule("both names", (_GIVEN, _SURNAME), strong=False),
    Rule("given name and start of the surname", (_GIVEN, _BEGINS), strong=False),
)
"""In the order in which the rule that found a pair is named. The last two find rare names only: others are capped."""


def _of_birth(born: str) -> tuple[str, str, str]:
    return born, born[:4], born[4:]


def _of_postcode(postcode: str) -> tuple[str, str]:
    return postcode, postcode[:-2]  # the sector: what is left of the last two signs


Places = npt.NDArray[np.intp]
Made = tuple[int, Keys, Places]
"""Keys that one rule made, and of whom each is."""


class Hasher:
    """Makes keys under one secret. It remembers the digests of values, because names come again and again."""

    __slots__ = ("_birth", "_cipher", "_given", "_postcode", "_secret", "_surname")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:  # noqa: PLR2004  bytes
            raise ValueError("the secret of an index is 32 bytes")
        self._secret = secret
        sealing = hashlib.blake2b(b"seal", key=secret, digest_size=32, person=b"bh.link.seal").digest()
        self._cipher = Cipher(algorithms.AES(sealing), modes.ECB())  # noqa: S305  one block a key: equal must stay equal
        self._given = _Column(_HEADS, self._of_given)
        self._surname = _Column(2 * _ENDS, self._of_surname)
        self._birth: _Column[str] = _Column(3, lambda born: self._row((_BIRTH, _YEAR, _DAY), _of_birth(born)))
        self._postcode: _Column[str] = _Column(
            2, lambda code: self._row((_POSTCODE, _SECTOR), _of_postcode(code))
        )

    def check(self) -> str:
        """Return what tells one secret from another and nothing more, to be kept beside an index."""
        return hashlib.blake2b(
            b"check", key=self._secret, digest_size=16, person=b"bh.link.check"
        ).hexdigest()

    def seal(self, raw: bytes) -> str:
        """Return what shows that bytes are those that were written by somebody who has the secret."""
        return hashlib.blake2b(raw, key=self._secret, digest_size=32, person=b"bh.link.file").hexdigest()

    def own(self, name: str) -> bytes:
        """Return a key of 32 bytes for what bears a name."""
        return hashlib.blake2b(
            name.encode(), key=self._secret, digest_size=32, person=b"bh.link.own"
        ).digest()

    def _made(self, number: int, columns: Sequence[Keys]) -> tuple[Keys, Places]:
        """Return the keys of one rule, and the rows that have all its parts."""
        rows = np.nonzero(np.all([column != 0 for column in columns], axis=0))[0]
        key = np.full(len(rows), number + 1, dtype=np.uint64)
        for column in columns:
            key = _mixed(key * _ODD + column[rows])
        return self._sealed(key, number), rows

    def stored(self, people: Sequence[Person]) -> list[Made]:
        """Return the keys of many people by rule, and whose each is by place: one for each way to spell the parts.

        Names, days and postcodes come again and again: what is made of a value is made once, and looked up by number.
        No key of one person is there twice.
        """
        given, surnames = [one.given for one in people], [one.surname for one in people]
        return self._of(given, surnames, [one.birth_date for one in people], people)

    def asked(self, people: Sequence[Person]) -> list[Made]:
        """Return the same of many who are asked about: as kept, names swapped, day and month turned."""
        other = [
            n for n, one in enumerate(people) if one.birth_date and one.birth_date != turned(one.birth_date)
        ]
        given, surnames = [one.given for one in people], [one.surname for one in people]
        born = [one.birth_date for one in people]
        whose = np.array([*range(len(people)), *range(len(people)), *other], np.intp)
        every = self._of(
            [*given, *surnames, *(given[n] for n in other)],
            [*surnames, *given, *(surnames[n] for n in other)],
            [*born, *born, *(turned(born[n]) for n in other)],
            [*people, *people, *(people[n] for n in other)],
        )
        return [(rule, keys, whose[rows]) for rule, keys, rows in every]

    def _of(
        self, given: Sequence[Name], surnames: Sequence[Name], born: Sequence[str], rest: Sequence[Person]
    ) -> list[Made]:
        ways: list[Sequence[Keys]] = [()] * len(PARTS)
        ways[_GIVEN] = self._given.columns([one.words for one in given])
        named = self._surname.columns([(one.full, one.first, one.last) for one in surnames])
        ways[_SURNAME], ways[_BEGINS] = named[:_ENDS], named[_ENDS:]
        lived = self._postcode.columns([one.postcode for one in rest])
        for place, column in zip(_ALONE, (*self._birth.columns(born), *lived), strict=True):
            ways[place] = (column,)
        numbers = [self._hashed(_NUMBER, one.pupil_number) if one.pupil_number else 0 for one in rest]
        ways[_NUMBER] = (np.array(numbers, np.uint64),)
        return [
            (number, *self._made(number, columns))
            for number, rule in enumerate(RULES)
            for columns in product(*(ways[part] for part in rule.parts))
        ]

    @staticmethod
    def total(keys: Keys, rows: npt.NDArray[np.uint32]) -> int:
        """Return a number that says which keys lead to which rows, in whatever order: totals of parts add up."""
        return int(np.sum(_mixed(keys ^ _mixed(rows.astype(np.uint64) + _ODD)), dtype=np.uint64))

    def _sealed(self, mixed: Keys, rule: int) -> Keys:
        """Return the first half of each block (mixed bits, rule), enciphered: no arithmetic leads back to the parts."""
        blocks = np.empty((len(mixed), 2), dtype="<u8")
        blocks[:, 0], blocks[:, 1] = mixed, rule
        raw = self._cipher.encryptor().update(blocks.tobytes())
        return np.frombuffer(raw, dtype="<u8").reshape(-1, 2)[:, 0].astype(np.uint64)

    def _hashed(self, place: int, value: str) -> int:
        raw = hashlib.blake2b(value.encode(), key=self._secret, digest_size=8, person=b"bh.link.%d" % place)
        return int.from_bytes(raw.digest(), "little") or 1

    def _row(self, places: Sequence[int], values: Sequence[str]) -> list[int]:
        """Return the digest of each value in its place; zero where there is none."""
        return [self._hashed(place, one) if one else 0 for place, one in zip(places, values, strict=True)]

    def _of_given(self, words: tuple[str, ...]) -> list[int]:
        return self._row([_GIVEN] * _HEADS, _filled(given_keys(Name(words=words)), _HEADS))

    def _of_surname(self, name: tuple[str, str, str]) -> list[int]:
        full, first, last = name
        ends = surname_keys(Name(full, first, last, words=(full,) if full else ()))
        begins = dict.fromkeys(end[:_START] for end in ends)
        return self._row(
            [_SURNAME] * _ENDS + [_BEGINS] * _ENDS, [*_filled(ends, _ENDS), *_filled(begins, _ENDS)]
        )


def _filled(values: Iterable[str], width: int) -> list[str]:
    given = list(values)
    return given + [""] * (width - len(given))


class _Column(Generic[_Value]):
    """The digests that one column's values come to, each value's made once, and looked up by its number."""

    __slots__ = ("_known", "_made", "_of", "_width")

    def __init__(self, width: int, of: Callable[[_Value], Sequence[int]]) -> None:
        self._width, self._of = width, of
        self._known: dict[_Value, int] = {}
        self._made = np.empty((0, width), np.uint64)

    def columns(self, wanted: Sequence[_Value]) -> list[Keys]:
        """Return the digests of many values, in columns."""
        if len(self._known) > _REMEMBERED:
            self._known, self._made = {}, np.empty((0, self._width), np.uint64)
        fresh = [value for value in dict.fromkeys(wanted) if value not in self._known]
        if fresh:
            self._known |= {value: number for number, value in enumerate(fresh, start=len(self._made))}
            made = np.array([self._of(value) for value in fresh], np.uint64).reshape(-1, self._width)
            self._made = np.concatenate((self._made, made))
        numbers = np.array([self._known[value] for value in wanted], np.intp)
        return list(self._made[numbers].T.copy())


_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFTS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


def _mixed(bits: Keys) -> Keys:
    """Spread 64 bits over all 64 (the finalizer of SplitMix64): so that sums of parts do not meet by arithmetic."""
    for shift, factor in _SHIFTS:
        bits = (bits ^ (bits >> shift)) * factor
    return bits ^ (bits >> np.uint64(31))
