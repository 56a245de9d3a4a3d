# SPDX-License-Identifier: Apache-2.0
"""For which months the public learns how often a record was opened for a child in danger, and in which steps (D46)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.gate.months import after, figure, is_over, month_of, unsaid
from beholden.gate.rules import review_due
from beholden.ledger.shapes import BANDS

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.mark.parametrize(
    ("on", "over"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), False),
        (date(2026, 2, 2), False),  # a Monday: the review of the last Saturday is due today
        (date(2026, 2, 3), True),
    ],
)
def test_a_month_is_over_when_its_last_review_was_due(on, over):
    assert is_over(JANUARY, on=on) is over


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_no_exit_of_a_month_that_is_over_can_still_be_reviewed_in_time(day):
    month = month_of(day)
    on = next(
        day for day in (after(month) + timedelta(days=more) for more in range(9)) if is_over(month, on=day)
    )
    assert review_due(day) < on


def test_every_month_is_said_once_from_the_logs_first_on():
    on = date(2026, 3, 10)
    assert unsaid(date(2026, 1, 20), (), on=on) == (JANUARY, FEBRUARY)
    assert unsaid(date(2026, 1, 20), (JANUARY,), on=on) == (FEBRUARY,)
    assert unsaid(date(2026, 1, 20), (JANUARY, FEBRUARY), on=on) == ()


@given(
    counts=st.tuples(st.integers(0, 70), st.integers(0, 70)).filter(lambda pair: pair[1] <= pair[0]),
    others=st.integers(0, 5),
)
def test_figures_are_steps_that_hold_the_count_and_other_months_do_not_count(counts, others):
    many, late = counts
    exits = [(JANUARY, place < late) for place in range(many)] + [(FEBRUARY, True)] * others
    said = figure(JANUARY, exits)
    assert many <= said.band == min(edge for edge in BANDS if many <= edge)
    assert (said.late == 0) == (late == 0)
    assert late <= said.late
