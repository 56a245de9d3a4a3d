# SPDX-License-Identifier: Apache-2.0
"""Days, numbers and names as pages write them (notes/ux.md 5.2)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.web import words
from beholden.web.family.reading import Fault, read_birth_date, read_code

LONDON = ZoneInfo("Europe/London")
TODAY = date(2027, 3, 3)


def test_a_day_is_read_aloud():
    assert words.day(date(2027, 3, 19)) == "Friday 19 March 2027"


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(0, 5, "12:05am"), (9, 14, "9:14am"), (12, 0, "12:00pm"), (23, 59, "11:59pm")],
)
def test_a_time_of_day(hour, minute, said):
    assert words.clock(datetime(2027, 1, 5, hour, minute, tzinfo=UTC), LONDON) == said


@pytest.mark.parametrize(
    ("first", "after", "said"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), "1 January to 31 December 2026"),
        (date(2026, 4, 1), date(2027, 4, 1), "1 April 2026 to 31 March 2027"),
    ],
)
def test_a_year_is_said_by_its_last_day_and_not_by_the_day_after(first, after, said):
    assert words.up_to(first, after) == said


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("School year", "school year"),
        ("Time in Wales", "time in Wales"),
        ("GCSE results", "GCSE results"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_keeps_its_names(label, said):
    assert words.lowered(label) == said


def test_a_time_is_the_time_on_the_kitchen_wall():
    assert words.clock(datetime(2027, 7, 5, 9, 14, tzinfo=UTC), LONDON) == "10:14am"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Maya",), "the record of Maya"),
        (("Maya", "Sam"), "the records of Maya and Sam"),
        (("Maya", "Sam", "James"), "the records of Maya, Sam and James"),
        (("A", "B", "C", "D"), "the records of your 4 children"),
    ],
)
def test_names_are_never_inflected(names, said):
    assert words.records(names) == said


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (datetime(2027, 3, 19, 23, 59, 59, tzinfo=UTC), date(2027, 3, 19)),
        (datetime(2027, 7, 19, 22, 59, 59, tzinfo=UTC), date(2027, 7, 19)),
        (datetime(2027, 3, 19, 14, 0, tzinfo=UTC), date(2027, 3, 18)),
        (datetime(2027, 3, 19, 0, 0, tzinfo=UTC), date(2027, 3, 18)),
    ],
)
def test_who_is_given_a_day_has_all_of_it(until, said):
    assert words.last_day(until, LONDON) == said


def test_fewer_than_ten_is_not_told_from_nobody():
    assert words.in_tens(0) == "fewer than 10"
    assert words.in_tens(1460) == "1,460"


def test_a_code_is_spoken_sign_by_sign():
    assert words.spelled("4F7 3KQ") == "4, F, 7, 3, K, Q"


@given(st.dates(min_value=date(1930, 1, 1), max_value=TODAY))
def test_every_birth_date_can_be_typed(born):
    said = {"day": str(born.day), "month": f"{born.month:02d}", "year": str(born.year)}
    assert read_birth_date(said, today=TODAY) == born
    worded = {"day": f"0{born.day}"[-2:], "month": words.day(born).split()[2], "year": str(born.year)}
    assert read_birth_date(worded, today=TODAY) == born


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_whatever_is_typed_is_a_date_or_a_sentence(day, month, year):
    found = read_birth_date({"day": day, "month": month, "year": year}, today=TODAY)
    assert isinstance(found, Fault | date)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_code_or_a_sentence(text):
    found = read_code(text)
    assert isinstance(found, Fault) or len(found) == 12
