# SPDX-License-Identifier: Apache-2.0
"""Decides for which months the public learns how often a record was opened for a child in danger (D46). No clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from beholden.gate.rules import review_due
from beholden.ledger.vocabulary.terms import band


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said of one month, in bands: how many exits at the most, and how many late reviews; `late` may be 0."""

    month: date
    band: int
    late: int


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def after(month: date) -> date:
    """Return the first day of the next month."""
    return month_of(month + timedelta(days=31))


def start(month: date) -> datetime:
    """Return the moment at which a month begins (UTC)."""
    return datetime(month.year, month.month, month.day, tzinfo=UTC)


def is_over(month: date, *, on: date) -> bool:
    """Say whether a month has ended and the day of the last review that it can need has gone by."""
    return on > review_due(after(month) - timedelta(days=1))


def unsaid(first: date, said: Collection[date], *, on: date) -> tuple[date, ...]:
    """Return the months from one on, oldest first, that are over and of which nothing has been said."""
    found, month = [], month_of(first)
    while is_over(month, on=on):
        if month not in said:
            found.append(month)
        month = after(month)
    return tuple(found)


def figure(month: date, exits: Iterable[tuple[date, bool]]) -> Figure:
    """Return a month's figure from the day of each exit, and whether its review was late."""
    mine = [was_late for day, was_late in exits if month_of(day) == month]
    late = sum(mine)
    return Figure(month, band(len(mine)), band(late) if late else 0)


def after_a_loss(months: tuple[date, ...], *, lost: int, began: date | None) -> tuple[date, ...]:
    """Return those months of which nothing can be lost: all, or those after the one in which the spool began anew."""
    if not lost:
        return months
    return () if began is None else tuple(month for month in months if month > month_of(began))
