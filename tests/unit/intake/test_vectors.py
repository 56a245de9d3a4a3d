# SPDX-License-Identifier: Apache-2.0
"""Texts become values strictly, or nothing: no date is guessed, no number rounded."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from beholden.intake import vectors


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "1900-02-29",
        "2011-02-30",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-1-1",
        "2024/01/01",
        "20240101",
        "２０２４-01-01",
        "2024-01-01T00:00:00",
        "1899-12-31",
        "2200-01-01",
        "",
    ],
)
def test_what_is_no_day_is_no_date(text):
    assert vectors.dates(pa.array([text])).to_pylist() == [None]


def test_days_that_calendars_have_are_dates():
    texts = ["2024-02-29", "2000-02-29", "1970-01-01", "1900-01-01", "2199-12-31", None]
    assert vectors.dates(pa.array(texts)).to_pylist() == [
        *(dt.date.fromisoformat(text) for text in texts[:-1]),
        None,
    ]


def test_no_rows_make_no_values():
    nothing = pa.array([], pa.string())
    assert len(vectors.dates(nothing)) == 0
    assert len(vectors.upn_flags(nothing).letter) == 0
    assert len(vectors.repeated(nothing)) == 0


def test_numbers_and_answers_are_strict():
    assert vectors.whole_numbers(
        pa.array(["0", "007", "-1", "1.0", "1 ", "1234567", "٣", None])
    ).to_pylist() == [
        0,
        7,
        *[None] * 6,
    ]
    assert vectors.booleans(pa.array(["true", "1", "false", "0", "TRUE", "yes", None])).to_pylist() == [
        True,
        True,
        False,
        False,
        *[None] * 3,
    ]


def test_only_later_rows_repeat():
    texts = pa.array(["a", None, "b", "a", None, "a"])
    assert vectors.repeated(texts).tolist() == [False, False, False, True, False, True]
    assert vectors.repeated(pa.array([None], pa.string())).tolist() == [False]


def test_the_first_flagged_child_of_each_parent_is_named():
    which = np.array([False, True, True, False, True])
    parents = np.array([0, 0, 0, 2, 2])
    assert vectors.first_of(which, parents, 4).tolist() == [1, -1, 1, -1]
