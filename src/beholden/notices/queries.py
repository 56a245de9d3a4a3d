# SPDX-License-Identifier: Apache-2.0
"""Answers who has been told about a use. Returns frozen values only; schools get delivery facts, never answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beholden.kinds import PersonId, UseRef
from beholden.notices.models import Letter, Run
from beholden.notices.rules import REACHES


@dataclass(frozen=True, slots=True)
class Telling:
    """One run: when it began, until when families may answer, and when the carrying ended."""

    use: UseRef
    made_at: datetime
    answer_by: datetime
    closed_at: datetime | None


def telling(use: UseRef) -> Telling | None:
    """Return the run of a use, or None if nobody has been told."""
    run = Run.objects.filter(use=use).first()
    return Telling(UseRef(run.use), run.made_at, run.answer_by, run.closed_at) if run else None


def told(use: UseRef) -> frozenset[PersonId]:
    """Return every child for whom at least one adult was reached (D6). Sent is not told."""
    reached: set[PersonId] = set()
    rows = Letter.objects.filter(run__use=use, delivered__in=[state.value for state in REACHES])
    for children in rows.values_list("children", flat=True):
        reached.update(PersonId(UUID(child)) for child in children)
    return frozenset(reached)
