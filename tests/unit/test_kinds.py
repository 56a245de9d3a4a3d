# SPDX-License-Identifier: Apache-2.0
"""How a day is written and read, in one way everywhere: by no machine's locale, and with no day made up."""

from datetime import date

import pytest

from beholden.kinds import MONTHS, day, typed_day


def test_a_day_is_written_in_our_words_whatever_the_machine_speaks():
    assert day(date(2027, 3, 9)) == "9 March 2027"
    assert day(date(801, 12, 31)) == "31 December 0801"
    assert [day(date(2027, month, 1)) for month in range(1, 13)] == [f"1 {name} 2027" for name in MONTHS]


@pytest.mark.parametrize("name", ["", "starts_on"])
def test_three_numbers_are_a_day_and_what_is_in_no_calendar_is_none(name):
    def typed(*parts):
        before = f"{name}-" if name else ""
        fields = zip(("day", "month", "year"), parts, strict=False)
        return typed_day({f"{before}{field}": text for field, text in fields}, name)

    assert typed("9", "3", "2027") == date(2027, 3, 9)
    assert typed(" 29", "02 ", "2028") == date(2028, 2, 29)
    for none in (("29", "2", "2027"), ("", "", ""), ("9", "3"), ("9", "March", "2027"), ("9", "3", "9" * 30)):
        assert typed(*none) is None
