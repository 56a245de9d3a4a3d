# SPDX-License-Identifier: Apache-2.0
"""Says in public how often a record was opened for a child in danger, and how many reviews were late, by month (D46).

In bands, and only once a month is over and the last review that it can need was due: a figure of a day, or an exact
one, could tell somebody that a child was looked for.
"""

from datetime import datetime

from django.db import transaction

from beholden.gate.journal import hold
from beholden.gate.looks import urgent_figures, urgent_lines
from beholden.gate.months import Figure, after_a_loss, figure, unsaid
from beholden.gate.spool import spool
from beholden.home import here
from beholden.kinds import Actor
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose
from beholden.ledger.entries import parse
from beholden.refusals import Refusal


def count_urgent(*, by: Actor, at: datetime) -> tuple[Figure, ...]:
    """Say the figure of every month that is over and not said yet, from the log's first on. Returns what was said.

    The plan: 1 alone, so that no month is said twice; 2 exits from the spool, from what was put aside of it and from
    the journal, reviews from their table; 3 where a line is lost, no month gets a figure that it may be of, rather than
    one that is too small; 4 each other month in one transaction of its own: killed between two, the next run goes on; 5
    then it says that a month is left out. Refuses with `gate.spool_aside`, `gate.journal_damaged`.
    """
    first = ledger.entries("events", 0, 1)
    if not first:
        return ()
    with hold(here().journal):  # 1
        said = {one.month for one in urgent_figures()}
        due = unsaid(parse(first[0], log="events").at.date(), said, on=at.date())
        if not due:
            return ()
        exits = [(one.left.at.date(), one.late(at.date())) for one in urgent_lines()]  # 2
        held = spool()
        whole = after_a_loss(due, lost=held.lost, began=held.began)  # 3
        made = tuple(figure(month, exits) for month in whole)
        for one in made:  # 4
            with transaction.atomic():
                body = {"band": one.band, "late": one.late, "month": one.month.isoformat()}
                propose(log="events", kind="urgent", body=body, by=by, at=at)
        if whole != due:  # 5
            raise _aside()
        return made


def _aside() -> Refusal:
    return Refusal(
        "gate.spool_aside",
        "A spool of urgent exits was damaged and put aside, and a line of it is known from nothing else.",
        next_step="Put the file that was put aside back into the home's folder journal, or a good copy of it.",
        authority="D46: counted from the first minute",
    )
