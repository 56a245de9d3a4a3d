# SPDX-License-Identifier: Apache-2.0
"""Lets a use run again only where its recipient has done what it was asked about the rows that it holds."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions import repeating
from beholden.kinds import Actor, UseRef
from beholden.redress.queries import standing
from beholden.refusals import Refusal
from beholden.uses.again import has_begun


def run_again(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Begin the next run of a use that recurs, and return its number; refuse while a message about it is late (D31).

    All else is the gate's to say (`beholden.gate.actions.repeating.run_again`). Pressed twice, it is begun once, also
    where a message became late in between.
    """
    if not has_begun(ref, by) and standing(ref, on=at.date()).late:
        raise Refusal(
            "redress.run_messages_late",
            "The recipient has not signed that it did what it was asked about rows it holds, and its days are over.",
            next_step="Ask it to do what its messages say and to sign for each; then begin.",
            authority="D11, D31; docs/adr/0025",
        )
    return repeating.run_again(ref, catalogue=catalogue, by=by, at=at)
