# SPDX-License-Identifier: Apache-2.0
"""Each value is read strictly; what cannot be read counts as missing, and is said without the value. D21, D36."""

from dataclasses import replace

import pytest

from beholden.linkage import people
from linking_twin import somebody


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2011-04-30", "20110430"),
        ("20110430", "20110430"),
        ("30/04/2011", "20110430"),
        ("3/4/2011", "20110403"),
        ("30.04.2011", "20110430"),
        ("2011/04/30", "20110430"),
        ("2011-04-30T00:00:00", "20110430"),
        ("30/04/2011 00:00", "20110430"),
        ("2012-02-29", "20120229"),
        ("2011-02-29", "20110229"),
        ("20113104", "20113104"),
        ("２０１１-０４-３０", "20110430"),
        ("0000-00-00", ""),
        ("2011-00-00", ""),
        ("00/04/2011", ""),
        ("00000430", ""),
        ("", ""),
    ],
)
def test_a_birth_date_is_eight_figures(text, written):
    assert people.birth_date(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "30/04/11",
        "April 2011",
        "2011",
        "11-04-30",
        "2011-4",
        "0430",
        "yesterday",
        "2011-04-30x",
        "٢٠١١-٠٤-٣٠",
        "२०११-०४-३०",
    ],
)
def test_what_is_no_birth_date_is_refused_without_saying_it(text):
    with pytest.raises(people.Unread) as refused:
        people.birth_date(text)
    assert text not in str(refused.value)


def test_the_calendar_knows_leap_years():
    assert people.in_calendar("20120229")
    assert not people.in_calendar("20110229")
    assert not people.in_calendar("20111301")


def test_a_value_that_cannot_be_read_is_missing_and_the_rest_stays():
    found = []
    values = {
        "given_name": "Jos?",
        "surname": "Examplewood",
        "birth_date": "12 of May",
        "postcode": "!!!",
        "sex": "perhaps",
        "pupil_number": "£££",
    }
    made = people.person("x", values, lambda field, sentence: found.append((field, sentence)))
    assert [field for field, _ in found] == ["given_name", "birth_date", "postcode", "sex", "pupil_number"]
    assert made == replace(somebody("x", surname="Examplewood"))
    for _, sentence in found:
        assert not any(value in sentence for value in values.values())


@pytest.mark.parametrize("read", [people.postcode, people.pupil_number])
@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "n/a",
        "unknown",
        "Not known",
        "NULL",
        "None",
        "tbc",
        "xxxxxx",
        "0000000",
        "000 000",
        "9999999999",
    ],
)
def test_what_says_that_nothing_is_known_is_missing(read, text):
    """Two who are unknown would be equal in it, and a number that is equal can accept."""
    assert read(text) == ""


@pytest.mark.parametrize("text", ["Z", "1234", "ABCDEFG", "A0000000", "-0-", "PENDING"])
def test_what_is_too_little_for_a_number_is_missing(text):
    assert people.pupil_number(text) == ""


@pytest.mark.parametrize("read", [people.postcode, people.pupil_number])
@pytest.mark.parametrize("text", ["Б10012", "В10012", "Z١٢٣٤٥", "Ω10012", "名10012"])
def test_a_sign_that_cannot_be_compared_is_refused_and_never_left_out(read, text):
    with pytest.raises(people.Unread) as refused:
        read(text)
    assert text not in str(refused.value)


def test_full_width_figures_are_figures():
    assert people.pupil_number("A１２３４５") == "A12345"
    assert people.postcode("ＺＺ１　１ＺＺ") == "ZZ11ZZ"


def test_nobody_prints_a_value():
    one = somebody("x", "Ada", "Examplewood", "2011-04-30", "ZZ1 1ZZ", "F", "Z100000000001")
    assert repr(one) == "Person(ref='x')"
    assert repr(one.given) == "Name()"


@pytest.mark.parametrize(
    ("text", "sex"), [("F", "F"), ("female", "F"), ("M", "M"), ("2", "F"), ("1", "M"), ("U", ""), ("9", "")]
)
def test_sex_is_read_or_not_said(text, sex):
    assert people.sex(text) == sex


def test_former_names_and_places_are_people_of_one_row():
    now = somebody("x", "Ada", "Examplewood", "2011-04-30", "ZZ1 1ZZ")
    ways = people.formerly(now, surnames=("Otherby",), postcodes=("ZZ2 2YY",))
    assert ways[0] == now
    assert {(one.surname.full, one.postcode) for one in ways} == {
        ("examplewood", "ZZ11ZZ"),
        ("examplewood", "ZZ22YY"),
        ("otherby", "ZZ11ZZ"),
        ("otherby", "ZZ22YY"),
    }
