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
from beholden.uses.models import Use
from beholden.uses.papers import agreed, newest
from beholden.uses.queries import unknown_use
from beholden.uses.rules.application import Population
from beholden.uses.rules.life import State
from beholden.uses.rules.repeating import Before, check_run
from beholden.uses.runs import PAPER, left_at, recurrence_of, run_of
from beholden.uses.standing import in_force, overdue
from beholden.uses.steps import check_officer, file, locked, take


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
    if _has_begun(use, by):
        return run_of(use).number
    check_run(_before(use, catalogue, at), expiring_days=catalogue.limits.expiring_days, on=at.date())
    number = run_of(use).number + 1
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


def has_begun(ref: UseRef, *, by: Actor) -> bool:
    """Say whether this officer's newest step with a use was to begin its run, and nothing came after."""
    use = Use.objects.filter(pk=ref).first()
    return use is not None and _has_begun(use, by)


def _has_begun(use: Use, by: Actor) -> bool:
    begun, last = newest(use, PAPER), use.steps.order_by("-pk").first()
    if begun is None or last is None or use.state != State.PUBLISHED.value:
        return False
    return (begun.at, begun.by) == (last.at, last.by) == (last.at, by.ref)


def check_run_again(ref: UseRef, *, catalogue: Catalogue, at: datetime) -> None:
    """Refuse a run that may not begin now, by the use's own rules alone. Changes nothing."""
    use = Use.objects.filter(pk=ref).first()
    if use is None:
        raise unknown_use()
    check_run(_before(use, catalogue, at), expiring_days=catalogue.limits.expiring_days, on=at.date())


def _before(use: Use, catalogue: Catalogue, at: datetime) -> Before:
    left, terms = left_at(use), agreed(use)
    owed = [one.ref for one in overdue(catalogue=catalogue, at=at)]
    return Before(
        recurrence=recurrence_of(use),
        state=State(use.state),
        left_on=None if left is None else left.date(),
        ends_on=use.ends_on if terms is None else terms.ends_on,
        amended=in_force(use.ref) != use.ref,
        overdue=Use.objects.filter(applicant=use.applicant, pk__in=owed).exists(),
    )


@transaction.atomic
def leave_off(ref: UseRef, *, why: str, by: Actor, at: datetime) -> None:
    """Leave a run off before anything was decided in it: the use stands where it stood, and the run can be begun anew.

    A decision is called off first. What left in earlier runs stays under the agreement.
    """
    check_officer(by, Role.REGISTRAR, "leave a run off")
    use = locked(ref)
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
