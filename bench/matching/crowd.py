# SPDX-License-Identifier: Apache-2.0
"""Millions of people at little cost, for measuring speed alone: columns of codes, and a person when asked for.

Names are made of syllables and drawn with the long tail that names have. Two that differ have one key as rarely as two
of the town's; a test compares. About seventeen people share a postcode, and birth dates span forty years: so long it
takes until a country with 9 million at school has known 25 million. Accuracy is not measured on them: who makes up both
names and errors flatters himself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from random import Random

import numpy as np

from beholden.linkage import names
from beholden.linkage.names import Name
from beholden.linkage.people import Person, person

_STARTS = [
    "b",
    "br",
    "ch",
    "d",
    "dr",
    "f",
    "fr",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "y",
    "z",
]
_MIDDLES = ["a", "e", "i", "o", "u", "ai", "ee", "ou"]
_ENDS = ["l", "m", "n", "r", "s", "t", "nd", "rt", "ck"]
_SURNAMES, _GIVEN, _DAYS, _A_POSTCODE = 30_000, 6_000, 14_600, 17
_FIRST = "1983-09-01"
PIECE = 50_000
"""People of a piece, whose keys are made at once."""


def _words(count: int, *, ends: tuple[str, ...]) -> list[str]:
    every = ["".join(parts) for parts in product(_STARTS, _MIDDLES, _ENDS, ends)]
    return Random(count).sample(every, count)  # in no order: else the most frequent would sound alike


@dataclass
class Crowd:
    """So many people, the same for the same number; `people[row]` makes one."""

    size: int

    def __post_init__(self) -> None:
        draw = np.random.default_rng(20_261)
        self.born = draw.integers(0, _DAYS, self.size, dtype=np.uint16)
        self.home = draw.integers(0, max(1, self.size // _A_POSTCODE), self.size, dtype=np.uint32)
        self.given = self._drawn(draw, _GIVEN)
        self.surname = self._drawn(draw, _SURNAMES)
        self.female = draw.integers(0, 2, self.size, dtype=np.uint8)

    def _drawn(self, draw: np.random.Generator, kinds: int) -> np.ndarray:
        weights = 1 / (np.arange(kinds) + 30)
        return draw.choice(kinds, self.size, p=weights / weights.sum()).astype(np.uint16)

    @cached_property
    def names(self) -> tuple[list[str], list[str]]:
        return _names()

    def values(self, row: int) -> dict[str, str]:
        """Return what is written of one person."""
        given, surname = self.names
        home = int(self.home[row])
        return {
            "given_name": given[self.given[row]],
            "surname": surname[self.surname[row]],
            "birth_date": str(np.datetime64(_FIRST) + int(self.born[row])),
            "postcode": _postcode(home),
            "sex": "FM"[self.female[row]],
        }

    def look(self, rows: Sequence[int]) -> list[tuple[Person]]:
        """Return who some rows are, as a register does."""
        return read(self._piece(np.asarray(rows, np.intp)))

    def pieces(self) -> Iterator["Piece"]:
        """Yield everybody, a piece at a time, to be read by `read` in another process."""
        for start in range(0, self.size, PIECE):
            yield self._piece(np.arange(start, min(start + PIECE, self.size)))

    def _piece(self, rows: np.ndarray) -> "Piece":
        return Piece(
            *(one[rows] for one in (self.given, self.surname, self.born, self.home, self.female)), rows
        )

    def request(self, count: int) -> list[Person]:
        """Return so many records: six of ten somebody of the crowd, half of these with a slip; the others nobody."""
        draw = np.random.default_rng(count)
        away = Crowd(max(10, count))
        asked = []
        for n, row in enumerate(draw.integers(0, self.size, count).tolist()):
            values = self.values(row) if n % 10 < 6 else away.values(n % away.size)
            if n % 2:
                name = values["surname"]
                values["surname"] = name[:2] + name[3:]
            asked.append(person(f"q{n}", values, lambda _f, _s: None))
        return asked


@dataclass(frozen=True)
class Piece:
    """Some of a crowd, as codes."""

    given: np.ndarray
    surname: np.ndarray
    born: np.ndarray
    home: np.ndarray
    female: np.ndarray
    rows: np.ndarray


def read(piece: Piece) -> list[tuple[Person]]:
    """Return the people of a piece: what `person` makes of their values, with each name and day read once."""
    given, surnames, days = _read()
    return [
        (
            Person(
                f"r{row}",
                given[first],
                surnames[last],
                days[born],
                _postcode(home).replace(" ", ""),
                "FM"[sex],
            ),
        )
        for row, first, last, born, home, sex in zip(
            *(
                one.tolist()
                for one in (piece.rows, piece.given, piece.surname, piece.born, piece.home, piece.female)
            ),
            strict=True,
        )
    ]


def _postcode(home: int) -> str:
    return f"Z{home // 23 // 23 % 9_999} {home % 10}{chr(65 + home // 23 % 23)}{chr(65 + home % 23)}"


@cache
def _names() -> tuple[list[str], list[str]]:
    ends = tuple(f"{a}{b}" for a in ("ing", "er", "o", "a", "e") for b in ("ton", "ley", "son", "wood"))
    given = ("a", "ie", "an", "el", "ra", "sse", "da", "vin", "mo", "ty", "go", "fer")
    return _words(_GIVEN, ends=given), _words(_SURNAMES, ends=ends)


@cache
def _read() -> tuple[list[Name], list[Name], list[str]]:
    given, surnames = _names()
    first = np.datetime64(_FIRST)
    days = [str(first + day).replace("-", "") for day in range(_DAYS)]
    return [names.given(one) for one in given], [names.surname(one) for one in surnames], days
