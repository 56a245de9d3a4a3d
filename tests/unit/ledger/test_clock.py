# SPDX-License-Identifier: Apache-2.0
"""A time that lies before what was written down is refused, but for the slack of those who write at once. D27, D38."""

from datetime import UTC, datetime, timedelta

import pytest

from beholden.catalogue import MeasureName, load
from beholden.ledger.clock import SLACK, check
from beholden.refusals import Refusal

NEWEST = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("at", [NEWEST, NEWEST + timedelta(days=900), NEWEST - SLACK])
def test_a_time_that_follows_or_nearly_does(at):
    check(at, NEWEST)


def test_the_first_time_of_all():
    check(NEWEST, None)


@pytest.mark.parametrize("back", [SLACK + timedelta(seconds=1), timedelta(days=365)])
def test_a_time_that_goes_back_is_refused_with_both_times(back):
    with pytest.raises(Refusal) as no:
        check(NEWEST - back, NEWEST)
    assert no.value.code == "ledger.clock_back"
    assert "1 March 2027, 09:00" in no.value.sentence
    assert f"{NEWEST - back:%-d %B %Y, %H:%M} UTC" in no.value.sentence


def test_nothing_is_written_that_the_report_card_would_count_against_us():
    allowed = timedelta(days=load().grades.measures[MeasureName.TIMES].within_days)
    assert allowed >= SLACK
