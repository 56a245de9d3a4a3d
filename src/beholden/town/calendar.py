# SPDX-License-Identifier: Apache-2.0
"""The days that a spring 2026 return speaks about. Pure dates; no clock."""

from datetime import date, timedelta

REFERENCE_DATE = date(2026, 1, 15)
"""Census day, the third Thursday of January (N00603)."""

YEAR_BEGAN_IN = 2025
TERM_BEGAN = date(2025, 9, 1)
TERM_ENDED = date(2025, 12, 19)
"""The autumn term of 2025: the spring return tells attendance and suspensions of the term before it."""

_HALF_TERM = (date(2025, 10, 27), date(2025, 10, 31))


def school_day(day: date) -> date:
    """Return this day, or the next on which schools are open: no week-end, no half-term."""
    while day.weekday() > 4 or _HALF_TERM[0] <= day <= _HALF_TERM[1]:  # noqa: PLR2004  Friday is 4
        day += timedelta(days=1)
    return day


def sessions_between(first: date, last: date) -> int:
    """Return how many half-days schools were open in the autumn term between two days, both included."""
    first, last = max(first, TERM_BEGAN), min(last, TERM_ENDED)
    days = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return 2 * sum(school_day(day) == day for day in days)


def age(born: date, *, on: date) -> int:
    """Return age in completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
