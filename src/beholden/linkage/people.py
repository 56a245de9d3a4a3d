# SPDX-License-Identifier: Apache-2.0
"""A person as a list tells of one, frozen, in the forms that are compared; and how each value is read.

It decides what counts as a birth date, a postcode or a number, and that a value which cannot be read counts as missing.
So does what forms say where nothing is known: two who are *unknown* are not equal in that.
A `Finding` names the line and the column, and never what stands there. No files, no clock.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from beholden.linkage import names
from beholden.linkage.names import NO_NAME, Name

FIELDS = ("given_name", "surname", "birth_date", "postcode", "sex", "pupil_number")
"""What may be known of somebody, beside the list's own name for the line."""

NEW_YEAR = "0101"
"""How a birth date ends that is often only a year: 1 January is what is written where no day is known."""

_DAY_LAST = re.compile(r"([0-9]{4})[-/. ]?([0-9]{2})[-/. ]?([0-9]{2})(?:[T ][0-9:.]+Z?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})(?: [0-9:.]+)?")
_SEXES = {"f": "F", "female": "F", "girl": "F", "2": "F", "m": "M", "male": "M", "boy": "M", "1": "M"}
_NOT_SAID = frozenset(
    {"u", "x", "0", "9", "unknown", "notknown", "notspecified", "i", "other", "indeterminate"}
)
_SIGNS = re.compile(r"[^0-9A-Z]")
_LONGEST_POSTCODE, _LONGEST_NUMBER, _SHORTEST_NUMBER = 10, 20, 5
_NOT_KNOWN = frozenset(
    {
        *(
            "NA",
            "NK",
            "NULL",
            "NONE",
            "NIL",
            "NAN",
            "TBC",
            "TBA",
            "UNKNOWN",
            "NOTKNOWN",
            "NOTGIVEN",
            "NOTSTATED",
        ),
        *(
            "NOTPROVIDED",
            "NOTAVAILABLE",
            "NOTAPPLICABLE",
            "MISSING",
            "BLANK",
            "WITHHELD",
            "REFUSED",
            "NOPOSTCODE",
        ),
        *("NOADDRESS", "NOFIXEDABODE", "NFA", "HOMELESS"),
    }
)
"""What stands in a field where nothing is known."""
_WORKED = 200_000


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a list. Empty is unknown. `ref` is the list's own name for the line and no part of the comparison.

    `birth_date` is eight figures, year first; it need not be in the calendar, since two slips of one day still agree.
    """

    ref: str
    given: Name = field(default=NO_NAME, repr=False)
    surname: Name = field(default=NO_NAME, repr=False)
    birth_date: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    pupil_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that could not be read and counts as missing: where it stands, and what is wrong, without the value."""

    line: int
    column: str
    sentence: str


class Unread(ValueError):  # noqa: N818  said of a value, and turned into a finding by whoever knows the line
    """Says what is wrong with a value, and never the value."""


def person(ref: str, values: dict[str, str], found: Callable[[str, str], None]) -> Person:
    """Return a person from written values, by the names of `FIELDS`; `found` is told of a field and what is wrong."""

    def read(name: str) -> str | Name:
        text = values.get(name, "").strip()
        try:
            return _READ[name](text)
        except Unread as wrong:
            found(name, str(wrong))
        except names.Lost:
            found(name, "Letters of this name are lost, so it is not compared.")
        return NO_NAME if name in {"given_name", "surname"} else ""

    given, surname = read("given_name"), read("surname")
    rest = [str(read(name)) for name in FIELDS[2:]]
    return Person(
        ref,
        given if isinstance(given, Name) else NO_NAME,
        surname if isinstance(surname, Name) else NO_NAME,
        *rest,
    )


def formerly(
    now: Person, *, surnames: Iterable[str] = (), postcodes: Iterable[str] = ()
) -> tuple[Person, ...]:
    """Return somebody as known now, then under every former surname and at every former postcode."""
    known = [now.surname, *(names.surname(text) for text in surnames)]
    lived = [now.postcode, *(postcode(text) for text in postcodes)]
    return tuple(
        dict.fromkeys(replace(now, surname=name, postcode=place) for name in known for place in lived)
    )


@lru_cache(maxsize=_WORKED)
def birth_date(text: str) -> str:
    """Return eight figures, year first, from `2011-04-30`, `20110430`, `30/04/2011` and their like.

    Two figures for a year are refused, since a century would be a guess. A day that is in no calendar (30 February, a
    thirteenth month) is kept: it is a slip of some day, and is compared figure by figure. A part that is 00 is
    not known, and then the date is not.
    """
    text = unicodedata.normalize("NFKC", text)
    if not text:
        return ""
    if found := _DAY_LAST.fullmatch(text):
        year, month, day = found[1], found[2], found[3]
    elif found := _DAY_FIRST.fullmatch(text):
        year, month, day = found[3], found[2].zfill(2), found[1].zfill(2)
    else:
        raise Unread("This is not a birth date with a day, a month and a year of four figures.")
    return "" if year == "0000" or "00" in {month, day} else year + month + day


def in_calendar(written: str) -> bool:
    """Say whether eight figures are a day: 29 February only in a leap year."""
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    return True


def turned(written: str) -> str:
    """Return a birth date with day and month changed about."""
    return written[:4] + written[6:] + written[4:6]


def postcode(text: str) -> str:
    """Return a postcode in capitals, without spaces. Whether it exists, or still does, is not asked."""
    signs = _signs(text, _LONGEST_POSTCODE, "This is not a postcode.")
    return "" if len(set(signs)) == 1 else signs


def _signs(text: str, longest: int, wrong: str) -> str:
    """Return figures and capitals A to Z, without what stands between; nothing for what says that nothing is known."""
    whole = unicodedata.normalize("NFKC", text).upper()
    signs = _SIGNS.sub("", whole)
    lost = any(sign.isalnum() and not sign.isascii() for sign in whole)  # Б100 is not 100
    if lost or (text and not signs):
        raise Unread(wrong)
    if signs in _NOT_KNOWN:
        return ""
    if len(signs) > longest:
        raise Unread(wrong)
    return signs


def sex(text: str) -> str:
    """Return F, M, or nothing where it is not said."""
    said = "".join(text.casefold().split())
    if said and said not in _SEXES and said not in _NOT_SAID:
        raise Unread("This says no sex that can be compared.")
    return _SEXES.get(said, "")


def pupil_number(text: str) -> str:
    """Return a number in capitals, without spaces; nothing where it is too short, or has no figure but 0, to be one.

    Its check letter, if any, is the catalogue's to know.
    """
    signs = _signs(text, _LONGEST_NUMBER, "This is not a number that can be compared.")
    figures = {sign for sign in signs if sign.isdigit()}
    if len(signs) < _SHORTEST_NUMBER or figures <= {"0"} or len(set(signs)) == 1:
        return ""
    return signs


_READ: dict[str, Callable[[str], str | Name]] = {
    "given_name": names.given,
    "surname": names.surname,
    "birth_date": birth_date,
    "postcode": postcode,
    "sex": sex,
    "pupil_number": pupil_number,
}


COLUMNS: dict[str, Callable[[Person], str]] = {
    "id": lambda one: one.ref,
    "given_name": lambda one: one.given.full,
    "given_first": lambda one: one.given.first,
    "given_spelling": lambda one: one.given.spelling,
    "surname": lambda one: one.surname.full,
    "surname_first": lambda one: one.surname.first,
    "surname_last": lambda one: one.surname.last,
    "surname_spelling": lambda one: one.surname.spelling,
    "birth_date": lambda one: one.birth_date,
    "postcode": lambda one: one.postcode,
    "sex": lambda one: one.sex,
    "pupil_number": lambda one: one.pupil_number,
}
"""A person as flat columns, by name: what a model is trained on, what is counted, and what is tried."""


def columns(people: Iterable[Person]) -> Iterator[dict[str, str | None]]:
    """Yield people as flat columns, None for what is unknown: the shape in which a model is trained and checked."""
    for one in people:
        yield {name: value(one) or None for name, value in COLUMNS.items()}
