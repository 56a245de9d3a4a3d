# SPDX-License-Identifier: Apache-2.0
"""Says in public how often a record was opened for a child in danger, and how many reviews were late, by month (D46).

In bands, and only once a month is over and the last review that it can need was due: a figure of a day, or an exact
one, could tell somebody that a child was looked for.
"""

from datetime import datetime

from django.db import transaction

from beholden.gate import journal
from beholden.gate.journal import Writer
from beholden.gate.looks import urgent_figures, urgent_lines
from beholden.gate.months import Figure, figure, unsaid
from beholden.home import here
from beholden.kinds import Actor
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose
from beholden.ledger.entries import parse
from beholden.refusals import Refusal


def count_urgent(*, by: Actor, at: datetime) -> tuple[Figure, ...]:
    """Say the figure of every month that is over and not said yet, from the log's first on. Returns what was said.

    The plan: 1 alone, so that no month is said twice; 2 a spool of which a part was put aside gives no figure, rather
    than one that is too small; 3 exits from the spool, reviews from their table; 4 each month in one transaction of its
    own: killed between two, the next run goes on. Refuses with `gate.spool_aside`, `gate.journal_damaged`.
    """
    first = ledger.entries("events", 0, 1)
    if not first:
        return ()
    with Writer(here().journal):  # 1
        said = {one.month for one in urgent_figures()}
        due = unsaid(parse(first[0], log="events").at.date(), said, on=at.date())
        if not due:
            return ()
        if tuple(here().journal.glob(f"{journal.URGENT}.*")):  # 2
            raise _aside()
        exits = [(one.left.at.date(), one.late(at.date())) for one in urgent_lines()]  # 3
        made = tuple(figure(month, exits) for month in due)
        for one in made:  # 4
            with transaction.atomic():
                body = {"band": one.band, "late": one.late, "month": one.month.isoformat()}
                propose(log="events", kind="urgent", body=body, by=by, at=at)
        return made


def _aside() -> Refusal:
    return Refusal(
        "gate.spool_aside",
        "A spool of urgent exits was damaged and put aside, so it is not known how many there were.",
        next_step="Let a person read it and look into each line. Then keep it outside the home's folder journal.",
        authority="D46: counted from the first minute",
    )
