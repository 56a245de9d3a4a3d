# SPDX-License-Identifier: Apache-2.0
"""When a use that recurs may run again, and on which day. D7, D11, D25, D45."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.refusals import Refusal
from beholden.uses.rules import Population, Recurrence, State
from beholden.uses.rules.repeating import Before, check_run, is_newer, next_due

LEFT = date(2026, 4, 1)
BEFORE = Before(
    recurrence=Recurrence.EACH_YEAR,
    state=State.IN_USE,
    left_on=LEFT,
    ends_on=date(2030, 3, 31),
    amended=False,
    overdue=False,
)


def check(on=date(2027, 4, 1), **changes):
    check_run(replace(BEFORE, **changes), expiring_days=60, on=on)


@pytest.mark.parametrize(
    ("last", "recurrence", "due"),
    [
        (date(2026, 4, 1), Recurrence.EACH_YEAR, date(2027, 4, 1)),
        (date(2028, 2, 29), Recurrence.EACH_YEAR, date(2029, 3, 1)),
        (date(2026, 10, 31), Recurrence.EACH_TERM, date(2027, 3, 1)),
        (date(2026, 8, 31), Recurrence.EACH_TERM, date(2026, 12, 31)),
        (date(2026, 9, 1), Recurrence.EACH_TERM, date(2027, 1, 1)),
        (date(2026, 4, 1), Recurrence.ONCE, None),
    ],
)
def test_the_next_run_is_due_so_many_months_after_the_last(last, recurrence, due):
    assert next_due(last, recurrence) == due


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_no_run_is_due_too_early(last):
    """Whatever the calendar: a term is four months, a year is a year."""
    assert next_due(last, Recurrence.EACH_TERM) - last >= timedelta(days=120)
    assert next_due(last, Recurrence.EACH_YEAR) - last >= timedelta(days=365)


@pytest.mark.parametrize("state", [State.RELEASED, State.IN_USE])
def test_what_has_left_and_is_due_may_run_again(state):
    check(state=state)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recurrence": Recurrence.ONCE}, "uses.run_once"),
        ({"state": State.SUSPENDED}, "uses.run_stopped"),
        ({"state": State.BREACHED}, "uses.run_stopped"),
        ({"amended": True}, "uses.run_amended"),
        ({"state": State.EXPIRING}, "uses.run_past_term"),
        ({"on": date(2030, 2, 1)}, "uses.run_past_term"),
        ({"on": date(2031, 1, 1)}, "uses.run_past_term"),
        ({"left_on": None, "state": State.WINDOW}, "uses.run_not_released"),
        ({"state": State.CLEARED}, "uses.run_not_released"),
        ({"state": State.DESTROYED}, "uses.run_not_released"),
        ({"on": date(2027, 3, 31)}, "uses.run_early"),
        ({"on": LEFT}, "uses.run_early"),
        ({"overdue": True}, "uses.run_overdue"),
    ],
)
def test_each_reason_against_a_run_has_its_own_code_and_a_next_step(changed, code):
    with pytest.raises(Refusal) as no:
        check(**changed)
    assert no.value.code == code
    assert no.value.next_step


def test_a_yearly_run_is_about_the_same_term_and_a_termly_one_about_any():
    spring, summer = Population("SC", "SPR", 2026), Population("SC", "SUM", 2026)
    assert is_newer(Population("SC", "SPR", 2027), spring, Recurrence.EACH_YEAR)
    assert not is_newer(summer, spring, Recurrence.EACH_YEAR)
    assert is_newer(summer, spring, Recurrence.EACH_TERM)
    assert not is_newer(Population("EYC", "SPR", 2027), spring, Recurrence.EACH_YEAR)
