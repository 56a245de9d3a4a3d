# SPDX-License-Identifier: Apache-2.0
"""Puts together what the log says, month by month, of records that were opened for children in danger (D6, D46).

This is counted apart from every grade: a low figure is no merit, and a high one may be a hard winter. What can be
blamed is a late review, and a month that is over and of which the log is silent.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from beholden.ledger.canonical import Json
from beholden.ledger.vocabulary.events import UrgentMonth
from beholden.reportcard.facts import Facts, of_kind

DAYS_TO_SAY = 7
"""Days after a month's end by which its figure stands in the log: the last review, and a little."""
MONTHS = 12
"""How many months a card shows, the newest first."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its first day, where its figure stands, and the figure in bands; all None where the log is silent."""

    month: date
    entry: int | None
    band: int | None
    late: int | None

    def to_json(self) -> dict[str, Json]:
        return {"band": self.band, "entry": self.entry, "late": self.late, "month": self.month.isoformat()}


def months(facts: Facts) -> tuple[Month, ...]:
    """Return the newest months that are over by the day of the card, those of which nothing is said among them."""
    if not facts.events:
        return ()
    said = {one.body.month: one for one in of_kind(facts.events, UrgentMonth)}
    found, month = [], facts.events[0].at.date().replace(day=1)
    while (following := (month + timedelta(days=31)).replace(day=1)) + timedelta(
        days=DAYS_TO_SAY
    ) <= facts.on:
        one = said.get(month)
        figure = (None, None, None) if one is None else (one.index, one.body.band, one.body.late)
        found.append(Month(month, *figure))
        month = following
    return tuple(reversed(found[-MONTHS:]))
