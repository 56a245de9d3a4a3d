# SPDX-License-Identifier: Apache-2.0
"""A use that recurs runs again: it goes back to where families are told, and is decided afresh for everybody.

Nothing of the run before carries over but who was told. The gate calls this, which knows the newest return and what
the log says of the handovers before.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.refusals import Refusal
from beholden.uses.again import check_use, is_begun
from beholden.uses.rules.application import Population
from beholden.uses.runs import PAPER, last_begun, left_at, run_of
from beholden.uses.steps import check_officer, file, is_repeated, locked, take


@transaction.atomic
def run_again(
    ref: UseRef,
    *,
    population: Population,
    schools: Collection[str],
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> int:
    """Begin the next run of a use that recurs, about the newest return; return its number.

    Families have been told of none of it yet: the time to answer is begun anew. The schools that sent the return are in
    scope from now on. Pressed twice, it is begun once.
    """
    check_officer(by, Role.REGISTRAR, "run a use again")
    use = locked(ref)
    if is_begun(use, by):
        return last_begun(use)
    check_use(use, catalogue=catalogue, at=at)
    number = last_begun(use) + 1
    body = {
        "collection": population.collection,
        "number": number,
        "schools": sorted(schools),
        "term": population.term,
        "year": population.year,
    }
    use.answer_by = None
    take(use, "run again", by=by, at=at)
    file(use, PAPER, body, key=str(number), by=by, at=at)
    return number


@transaction.atomic
def leave_off(ref: UseRef, *, why: str, by: Actor, at: datetime) -> None:
    """Leave a run off before anything was decided in it: the use stands where it stood, and the run can be begun anew.

    A decision is called off first. What left in earlier runs stays under the agreement. Pressed twice, it is left off
    once, for the reason that was given first.
    """
    check_officer(by, Role.REGISTRAR, "leave a run off")
    use = locked(ref)
    if is_repeated(use, "leave off", by=by):
        return
    if left_at(use) is None:
        raise Refusal(
            "uses.run_first",
            "This is the first run of this use, and nothing has left yet.",
            next_step="Stop the use, or let the applicant take it back.",
            authority="D25; docs/adr/0025",
        )
    if not why.strip():
        raise Refusal(
            "uses.no_reason",
            "A run is left off for a reason that the public reads.",
            next_step="Say why.",
            authority="D26",
        )
    take(use, "leave off", by=by, at=at)
    file(
        use, "left_off", {"number": run_of(use).number, "why": why}, key=str(use.steps.count()), by=by, at=at
    )
