# SPDX-License-Identifier: Apache-2.0
"""A request is written question by question, and handed in whole. Until then it is private, and in no log.

Everything of it lies in one row, which its applicant's officers alone may read; nothing of it is public, counted or
told before it is handed in, and then it is a use like any other.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.uses.actions.asking import draft, submit
from beholden.uses.models import Sketch
from beholden.uses.rules.application import wrong
from beholden.uses.rules.questions import QUESTIONS
from beholden.uses.rules.sketch import Typed, answers_of, read, whole
from beholden.uses.sketches import mine, unknown_sketch, what_may_change
from beholden.uses.steps import check_officer

MOST_OPEN = 20
"""Requests that one organisation may be writing at a time: more is a mistake, or somebody who fills the disk."""


@transaction.atomic
def begin(*, press: str, amends: str = "", by: Actor, at: datetime) -> str:
    """Begin a request of the officer's organisation, and return its opaque reference.

    `press` is a random value of the page, so that a button pressed twice begins one. What is to be changed (`amends`)
    is a live use of the same organisation; its answers are the new one's to begin with.
    """
    check_officer(by, Role.APPLICANT, "write a request")
    ref = hashlib.sha256(f"{by.organisation}\n{press}".encode()).hexdigest()[:16]
    if Sketch.objects.filter(pk=ref).exists():
        return ref
    if Sketch.objects.filter(organisation_id=by.organisation, became__isnull=True).count() >= MOST_OPEN:
        raise wrong(
            "sketches",
            f"Your organisation is writing {MOST_OPEN} requests already.",
            "Hand one in, or throw one away.",
            "D18",
        )
    answers: Mapping[str, Any] = {}
    if amends:
        answers = answers_of(what_may_change(amends, by))
    begun = {"answers": answers, "amends_id": amends or None, "begun_at": at, "saved_at": at, "by": by.ref}
    # Two presses at one moment both come here: the second waits for the first's key, and finds its row.
    Sketch.objects.get_or_create(ref=ref, organisation_id=by.organisation, defaults=begun)
    return ref


@transaction.atomic
def answer(ref: str, question: str, typed: Typed, *, by: Actor, at: datetime) -> None:
    """Save the answer to one question, or refuse it and keep what was there.

    Two officers who write at once each save their own question; of one question the later answer stands.
    """
    if question not in QUESTIONS:
        raise unknown_sketch()
    said = read(question, typed)
    held = _open(ref, by)
    held.answers, held.saved_at, held.by = {**held.answers, question: said}, max(at, held.saved_at), by.ref
    held.save(update_fields=["answers", "saved_at", "by"])


@transaction.atomic
def throw_away(ref: str, *, by: Actor, at: datetime) -> None:
    """Destroy a request that was not handed in. Nobody else has seen it, so nothing is said about it anywhere.

    One that is not there any more, or never was, is what was wanted; one that was handed in is refused.
    """
    check_officer(by, Role.APPLICANT, "write a request")
    held = mine(by).select_for_update(of=("self",)).filter(pk=ref).first()
    if held is not None and held.became_id is not None:
        raise unknown_sketch()
    if held is not None:
        held.delete()


@transaction.atomic
def hand_in(ref: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> UseRef:
    """Hand a request in: it becomes a use, goes through triage, and stands in public, all in one transaction.

    The plan: 1 the row is locked, so a button that is pressed twice hands in one use; 2 every question is answered;
    3 it is drafted and handed in as any use is; 4 what it said stands there from now on, and here no longer. Refused at
    3, it stays what it was: private, and being written.
    """
    check_officer(by, Role.APPLICANT, "hand a request in")
    held = mine(by).select_for_update(of=("self",)).filter(pk=ref).first()  # 1
    if held is None:
        raise unknown_sketch()
    if held.became_id is not None:
        return UseRef(held.became_id)
    amends = UseRef(held.amends_id) if held.amends_id else None
    use = draft(whole(held.answers, amends=amends), by=by, at=at)  # 2
    submit(use, catalogue=catalogue, by=by, at=at)  # 3
    held.answers, held.became_id, held.saved_at, held.by = {}, use, max(at, held.saved_at), by.ref  # 4
    held.save(update_fields=["answers", "became", "saved_at", "by"])
    return use


def _open(ref: str, by: Actor) -> Sketch:
    """Return a request that is still being written, locked, or refuse as if it were not there."""
    check_officer(by, Role.APPLICANT, "write a request")
    held = mine(by).select_for_update(of=("self",)).filter(pk=ref, became__isnull=True).first()
    if held is None:
        raise unknown_sketch()
    return held
