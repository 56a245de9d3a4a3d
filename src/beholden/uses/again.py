# SPDX-License-Identifier: Apache-2.0
"""Answers whether a use may run again at a moment, by its own rules. Changes nothing; `actions.repeating` begins it."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, UseRef
from beholden.uses.models import Use
from beholden.uses.papers import agreed, newest
from beholden.uses.queries import unknown_use
from beholden.uses.rules.life import State
from beholden.uses.rules.repeating import Before, check_run
from beholden.uses.runs import PAPER, left_at, recurrence_of
from beholden.uses.standing import in_force, overdue


def has_begun(ref: UseRef, by: Actor) -> bool:
    """Say whether this officer's newest step with a use was to begin its run, and nothing came after."""
    use = Use.objects.filter(pk=ref).first()
    return use is not None and is_begun(use, by)


def is_begun(use: Use, by: Actor) -> bool:
    """Say the same of a use that is held already."""
    begun, last = newest(use, PAPER), use.steps.order_by("-pk").first()
    if begun is None or last is None or use.state != State.PUBLISHED.value:
        return False
    return (begun.at, begun.by) == (last.at, last.by) == (last.at, by.ref)


def check_again(ref: UseRef, *, catalogue: Catalogue, at: datetime) -> None:
    """Refuse a run that may not begin at a moment (`rules.repeating.check_run`)."""
    use = Use.objects.filter(pk=ref).first()
    if use is None:
        raise unknown_use()
    check_use(use, catalogue=catalogue, at=at)


def check_use(use: Use, *, catalogue: Catalogue, at: datetime) -> None:
    """Refuse the same of a use that is held already."""
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
