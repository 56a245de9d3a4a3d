# SPDX-License-Identifier: Apache-2.0
"""Answers what an organisation is writing. Frozen values; nobody outside it is told that there is anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

from beholden.kinds import Actor, UseRef
from beholden.refusals import Refusal
from beholden.uses.models import Sketch, Use
from beholden.uses.papers import successor
from beholden.uses.queries import drafted, unknown_use
from beholden.uses.rules.amending import check_amends
from beholden.uses.rules.application import Draft
from beholden.uses.rules.life import State


@dataclass(frozen=True, slots=True)
class Sketched:
    """One request that is being written, or that was handed in as `became`. `answers` are plain JSON, by question."""

    ref: str
    answers: Mapping[str, Any]
    amends: UseRef | None
    became: UseRef | None
    saved_at: datetime


def sketches(by: Actor) -> tuple[Sketched, ...]:
    """Return what an officer's organisation is writing, the newest first. What was handed in is a use now."""
    return tuple(map(_sketched, mine(by).filter(became__isnull=True).order_by("-saved_at", "ref")))


def sketch(ref: str, by: Actor) -> Sketched:
    """Return one of them, handed in or not, or refuse as if it were not there: it is somebody else's."""
    found = mine(by).filter(pk=ref).first()
    if found is None:
        raise unknown_sketch()
    return _sketched(found)


def mine(by: Actor) -> QuerySet[Sketch]:
    """Return the rows of an officer's organisation: the only ones that may be looked at. For this room alone."""
    return Sketch.objects.filter(organisation_id=by.organisation)


def what_may_change(ref: str, by: Actor) -> Draft:
    """Return the answers of a use that an officer's organisation may ask to change, or refuse (D7)."""
    old = Use.objects.exclude(state=State.DRAFT.value).filter(pk=ref).first()
    if old is None:
        raise unknown_use()
    check_amends(
        State(old.state), applicant=by.organisation, old_applicant=old.applicant, successor=successor(old)
    )
    return drafted(old)


def unknown_sketch() -> Refusal:
    """Say that there is no such request, or that it is somebody else's: the answer is the same."""
    return Refusal(
        "uses.unknown_sketch",
        "You are not writing a request under this reference.",
        next_step="Look at the list of your requests.",
        authority="D18",
    )


def _sketched(row: Sketch) -> Sketched:
    return Sketched(
        row.ref,
        MappingProxyType(row.answers),
        UseRef(row.amends_id) if row.amends_id else None,
        UseRef(row.became_id) if row.became_id else None,
        row.saved_at,
    )


# --- for fsck ---


@dataclass(frozen=True, slots=True)
class HeldSketch:
    """One request that is or was written: whose it is, whose the use is that it became, and what it answers."""

    organisation: str
    became_of: str
    questions: tuple[str, ...]


def held_sketches() -> Iterator[HeldSketch]:
    """Yield every one."""
    for row in Sketch.objects.order_by("ref").select_related("became").iterator():
        yield HeldSketch(
            row.organisation_id,
            row.became.applicant if row.became else "",
            tuple(row.answers),
        )
