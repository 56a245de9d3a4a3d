# SPDX-License-Identifier: Apache-2.0
"""Reads what a person typed into a letter's form, or says in one sentence what to type. No clock, no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from beholden.notices.rules import typed
from beholden.refusals import Refusal

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGITS = re.compile(r"[0-9]{1,4}")
_OLDEST = 120
LONGEST = 40
"""No answer to a question of the letter is longer; what is longer is cut before it is looked at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, in words, and where the reader finds it on the page."""

    field: str
    sentence: str


def read_code(text: str) -> str | Fault:
    """Return a code in its one form, or say what to look at."""
    if not text.strip():
        return Fault("code", "Enter the code from your letter")
    try:
        return typed(text[:LONGEST])
    except Refusal:
        return Fault("code", "There is a slip in this code. Look at each letter and number again")


def read_birth_date(said: Mapping[str, str], *, today: date) -> date | Fault:
    """Return a birth date, or say what to type. A month may be a number or a word."""
    day, month, year = (said.get(part, "").strip()[:LONGEST] for part in ("day", "month", "year"))
    if not (day or month or year):
        return Fault("born-day", "Enter a date, like 27 3 2015")
    for part, text in (("day", day), ("month", month), ("year", year)):
        if not text:
            return Fault(f"born-{part}", f"Enter the {part} too")
    try:
        born = date(_number(year), _month(month), _number(day))
    except ValueError:
        return Fault("born-day", "Enter a real date, like 27 3 2015")
    if born > today:
        return Fault("born-year", "Enter a day in the past, like 27 3 2015")
    if born.year < today.year - _OLDEST:
        return Fault("born-year", "Enter the year with 4 numbers, like 2015")
    return born


def _number(text: str) -> int:
    if not _DIGITS.fullmatch(text):
        raise ValueError("not a number")
    return int(text)


def _month(text: str) -> int:
    word = text.lower().rstrip(".")[:3]
    return _MONTHS.index(word) + 1 if word in _MONTHS and text[0].isalpha() else _number(text)
