# SPDX-License-Identifier: Apache-2.0
"""Says, field by field, how well two people agree: one level of a short list. Knows no weights.

Each list is read from the top and the first that fits counts, as in Splink; the same list stands in the model's file as
SQL, where a test compares the two on the same pairs. Whether a level is good evidence is the model's to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from beholden.linkage.people import NEW_YEAR, Person, turned

CLOSE, ALIKE = 0.92, 0.8
"""Jaro-Winkler similarities: a slip or two, and names that one might take for each other."""

MISSING, EXACT, ELSE = "missing", "exact", "else"
_SECTOR = 4
_COMPARED = 500_000


@dataclass(frozen=True, slots=True)
class Level:
    """One way to agree: its name, the same as SQL over `columns`, and what a family reads of it."""

    name: str
    sql: str
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field with its levels, best first, and how the level of two people is found."""

    field: str
    says: str
    levels: tuple[Level, ...]
    level: Callable[[Person, Person], int]
    frequent: str = ""  # the column whose frequencies adjust the exact level, if any

    def words(self, level: str) -> str:
        """Return how two people agree at a level, by its name, in the words that people read."""
        return {one.name: one.says for one in self.levels}[level]


def _missing(column: str) -> Level:
    return Level(MISSING, f'"{column}_l" IS NULL OR "{column}_r" IS NULL', "was not known on one side")


def _exact(column: str) -> Level:
    return Level(EXACT, f'"{column}_l" = "{column}_r"', "is the same")


def _jaro(column: str, least: float) -> str:
    return f'jaro_winkler_similarity("{column}_l", "{column}_r") >= {least}'


def _slip(column: str) -> str:
    return f'damerau_levenshtein("{column}_l", "{column}_r") <= 1'


_OTHER = Level(ELSE, "ELSE", "is different")
_SWAPPED = '"given_name_l" = "surname_r" AND "surname_l" = "given_name_r"'

GIVEN = (
    _missing("given_name"),
    _exact("given_name"),
    Level("swapped", _SWAPPED, "stands where the surname should, and the surname here"),
    Level("spelling", '"given_spelling_l" = "given_spelling_r"', "is another spelling, or a short form"),
    Level("first", '"given_first_l" = "given_first_r"', "begins with the same name"),
    Level(
        "initial",
        'length(least("given_name_l", "given_name_r")) = 1'
        ' AND starts_with(greatest("given_name_l", "given_name_r"), least("given_name_l", "given_name_r"))',
        "begins with the letter that was given",
    ),
    Level("close", _jaro("given_name", CLOSE), "is nearly the same"),
    Level("alike", _jaro("given_name", ALIKE), "looks like it"),
    _OTHER,
)
SURNAME = (
    _missing("surname"),
    _exact("surname"),
    Level("swapped", _SWAPPED, "stands where the given name should"),
    Level("spelling", '"surname_spelling_l" = "surname_spelling_r"', "is another spelling"),
    Level(
        "part",
        '"surname_first_l" IN ("surname_first_r", "surname_last_r")'
        ' OR "surname_last_l" IN ("surname_first_r", "surname_last_r")',
        "shares a part",
    ),
    Level("close", _jaro("surname", CLOSE), "is nearly the same"),
    Level("alike", _jaro("surname", ALIKE), "looks like it"),
    _OTHER,
)
BIRTH = (
    _missing("birth_date"),
    _exact("birth_date"),
    Level(
        "turned",
        'left("birth_date_l", 4) = left("birth_date_r", 4)'
        ' AND substr("birth_date_l", 5, 2) = substr("birth_date_r", 7, 2)'
        ' AND substr("birth_date_l", 7, 2) = substr("birth_date_r", 5, 2)',
        "is the same with day and month changed about",
    ),
    Level("slip", _slip("birth_date"), "differs by one figure"),
    Level(
        "year",
        'left("birth_date_l", 4) = left("birth_date_r", 4)'
        f" AND (right(\"birth_date_l\", 4) = '{NEW_YEAR}' OR right(\"birth_date_r\", 4) = '{NEW_YEAR}')",
        "is in the same year, and one of the two may be a year only",
    ),
    Level(
        "two",
        '(left("birth_date_l", 4) = left("birth_date_r", 4))::int'
        ' + (substr("birth_date_l", 5, 2) = substr("birth_date_r", 5, 2))::int'
        ' + (right("birth_date_l", 2) = right("birth_date_r", 2))::int = 2',
        "shares two of day, month and year",
    ),
    _OTHER,
)
POSTCODE = (
    _missing("postcode"),
    _exact("postcode"),
    Level("slip", _slip("postcode"), "differs by one sign"),
    Level(
        "sector",
        f'length("postcode_l") >= {_SECTOR} AND length("postcode_l") = length("postcode_r")'
        ' AND left("postcode_l", length("postcode_l") - 2) = left("postcode_r", length("postcode_r") - 2)',
        "is near by",
    ),
    _OTHER,
)
SEX = (_missing("sex"), _exact("sex"), _OTHER)
NUMBER = (
    _missing("pupil_number"),
    _exact("pupil_number"),
    Level("slip", _slip("pupil_number"), "differs by one sign"),
    _OTHER,
)


def _given(left: Person, right: Person) -> int:
    one, two = left.given, right.given
    if not one.full or not two.full:
        return 0
    if one.full == two.full:
        return 1
    if one.full == right.surname.full and left.surname.full == two.full:
        return 2
    if one.spelling == two.spelling:
        return 3
    if one.first == two.first:
        return 4
    return _given_written(one.full, two.full)


@lru_cache(maxsize=_COMPARED)
def _given_written(one: str, two: str) -> int:
    less, more = min(one, two), max(one, two)
    if len(less) == 1 and more.startswith(less):
        return 5
    near = JaroWinkler.similarity(one, two)
    return 6 if near >= CLOSE else 7 if near >= ALIKE else 8


def _surname(left: Person, right: Person) -> int:
    one, two = left.surname, right.surname
    if not one.full or not two.full:
        return 0
    if one.full == two.full:
        return 1
    if left.given.full == two.full and one.full == right.given.full:
        return 2
    if one.spelling == two.spelling:
        return 3
    if one.first in {two.first, two.last} or one.last in {two.first, two.last}:
        return 4
    return _surname_written(one.full, two.full)


@lru_cache(maxsize=_COMPARED)
def _surname_written(one: str, two: str) -> int:
    near = JaroWinkler.similarity(one, two)
    return 5 if near >= CLOSE else 6 if near >= ALIKE else 7


def _birth(left: Person, right: Person) -> int:
    one, two = left.birth_date, right.birth_date
    if not one or not two:
        return 0
    if one == two:
        return 1
    if one == turned(two):
        return 2
    if DamerauLevenshtein.distance(one, two, score_cutoff=1) <= 1:
        return 3
    if one[:4] == two[:4] and NEW_YEAR in {one[4:], two[4:]}:
        return 4
    return 5 if (one[:4] == two[:4]) + (one[4:6] == two[4:6]) + (one[6:] == two[6:]) == 2 else 6  # noqa: PLR2004


def _postcode(left: Person, right: Person) -> int:
    one, two = left.postcode, right.postcode
    if not one or not two:
        return 0
    if one == two:
        return 1
    if DamerauLevenshtein.distance(one, two, score_cutoff=1) <= 1:
        return 2
    return 3 if len(one) >= _SECTOR and len(one) == len(two) and one[:-2] == two[:-2] else 4


def _sex(left: Person, right: Person) -> int:
    return 0 if not left.sex or not right.sex else 1 if left.sex == right.sex else 2


def _number(left: Person, right: Person) -> int:
    one, two = left.pupil_number, right.pupil_number
    if not one or not two:
        return 0
    if one == two:
        return 1
    return 2 if DamerauLevenshtein.distance(one, two, score_cutoff=1) <= 1 else 3


COMPARISONS = (
    Comparison("given_name", "The given name", GIVEN, _given, "given_name"),
    Comparison("surname", "The surname", SURNAME, _surname, "surname"),
    Comparison("birth_date", "The birth date", BIRTH, _birth, "birth_date"),
    Comparison("postcode", "The postcode", POSTCODE, _postcode, "postcode"),
    Comparison("sex", "The sex", SEX, _sex),
    Comparison("pupil_number", "The pupil number", NUMBER, _number),
)
"""Every field that is compared, in the order in which it is shown."""

FIELD = {one.field: place for place, one in enumerate(COMPARISONS)}
_LEVELS = tuple(one.level for one in COMPARISONS)


def compare(left: Person, right: Person) -> tuple[int, ...]:
    """Return how two people agree: for each comparison the place of its level."""
    return tuple([level(left, right) for level in _LEVELS])
