# SPDX-License-Identifier: Apache-2.0
"""Give out pupil numbers and learner numbers, each once in a town. Valid by arithmetic, issued by nobody.

A pupil number names the school that first gave it, so numbers are counted by school and year; where a
school runs out (000 to 999), schools that have since closed (3000 to 3999) lend theirs. Memory grows with
schools and years, never with pupils.
"""

from collections import Counter

from beholden.intake import numbers
from beholden.town.schools import LA

_SERIALS = 1_000
_SCATTER = 387  # Coprime to 1,000: neighbours in one year, twins among them, get numbers that look unrelated.
_FIRST_SERIAL = 123
_FIRST_ULN = 999_000_000


class Numbering:
    """The hand that gives out each number once, in an order that depends on nothing but the order of asking."""

    __slots__ = ("_given", "_learners")

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()
        self._learners = _FIRST_ULN

    def upn(self, *, estab: str, year: int) -> str:
        """Return a lasting UPN: authority, school, year, three digits (GDSC UPN v2.0)."""
        series = f"{year % 100:02}"
        place = self._next(estab + series)
        if place >= _SERIALS:
            closed, place = divmod(self._next("closed" + series), _SERIALS)
            estab = f"{3000 + closed}"
        return _lettered(f"{LA}{estab}{series}{(_FIRST_SERIAL + place * _SCATTER) % _SERIALS:03}")

    def temporary_upn(self, *, estab: str, year: int) -> str:
        """Return a temporary UPN: two digits and a letter instead of three digits."""
        place = self._next(f"temporary{estab}{year}")
        letter = numbers.CHECK_LETTERS[place // 100 % len(numbers.CHECK_LETTERS)]
        return _lettered(f"{LA}{estab}{year % 100:02}{place % 100:02}{letter}")

    def uln(self) -> str:
        """Return the next ten digits that can be a ULN; one in eleven beginnings can be none and is passed over."""
        while True:
            self._learners += 1
            digit = numbers.uln_check_digit(str(self._learners))
            if digit is not None:
                return f"{self._learners}{digit}"

    def _next(self, series: str) -> int:
        self._given[series] += 1
        return self._given[series] - 1


def _lettered(body: str) -> str:
    return numbers.upn_check_letter(body) + body
