# SPDX-License-Identifier: Apache-2.0
"""A published use is told, decided, released and received. The gate calls these; two officers release, never one."""

from datetime import datetime

from django.db import transaction

from beholden.kinds import Actor, Role, UseRef
from beholden.refusals import Refusal
from beholden.uses.models import Use
from beholden.uses.papers import clearings, open_objections, released_at
from beholden.uses.queries import check_countersigned, check_window_over
from beholden.uses.rules.life import REPEATED, State
from beholden.uses.steps import (
    REGISTER,
    check_officer,
    check_outside,
    check_own,
    check_state,
    file,
    is_repeated,
    locked,
    take,
)


@transaction.atomic
def notified(ref: UseRef, *, answer_by: datetime, by: Actor, at: datetime) -> None:
    """Write down that families have been told, and until when they may answer. Called by the gate."""
    use = locked(ref)
    use.answer_by = answer_by
    take(use, "notify", by=by, at=at)
    take(use, "open window", by=by, at=at)


@transaction.atomic
def take_up_window(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Go on with the window of a use whose families were told before the panel had to look again.

    What they were told still holds: the request is the same to the letter, and a second look loosens nothing.
    """
    use = locked(ref)
    if is_repeated(use, "take up window", by=by):
        return
    if use.answer_by is None:
        raise Refusal(
            "uses.not_told",
            "Families have not been told about this use.",
            next_step="Tell them first.",
            authority="D6",
        )
    take(use, "take up window", by=by, at=at)


@transaction.atomic
def clear(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Write down that the time to answer is over. Called by the gate when it decides."""
    use = locked(ref)
    check_window_over(use.answer_by, at=at)
    _check_answered(use)
    take(use, "clear", by=by, at=at)


@transaction.atomic
def countersign(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Agree, as a second officer, that what was cleared is released. It counts for this clearing, and for no later."""
    check_officer(by, Role.REGISTRAR, "countersign a release")
    use = locked(ref)
    check_state(use, State.CLEARED, what="countersign its release")
    check_outside(use, by)
    times = clearings(use)
    file(use, "second", {"cleared": times, "officer": by.ref}, key=f"{times}/{by.ref}", by=by, at=at)


@transaction.atomic
def released(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Write down that the gate lets it go. The gate calls this in the transaction after which the file may move.

    The use is locked until that transaction ends, so that nobody can take it back in between. What must hold: 1 the use
    still stands, and its term is not over; 2 each school that objects has its answer; 3 a second officer has agreed.
    Then 4 what it amends ends.
    """
    use = locked(ref)
    if use.state != State.CLEARED.value or at.date() > use.ends_on:  # 1
        raise Refusal(
            "gate.use_fell",
            "This use no longer stands.",
            next_step="Look at what happened to it since it was decided.",
            authority="ARCHITECTURE section 5: the decision still stands",
        )
    _check_answered(use)  # 2
    check_countersigned(ref, by=by)  # 3
    take(use, "release", by=by, at=at)
    if use.amends:  # 4
        old = locked(UseRef(use.amends))
        held = {State.RELEASED, State.IN_USE, *REPEATED}
        if State(old.state) in held and released_at(old) is not None:
            take(old, "expire", by=REGISTER, at=at)


def _check_answered(use: Use) -> None:
    if open_objections(use):
        raise Refusal(
            "uses.objection_unanswered",
            "A school objects and has no answer yet.",
            next_step="Let the panel answer it, by name.",
            authority="D29: schools, as joint controllers, can object",
        )


@transaction.atomic
def fall_back(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Undo a decision that was not carried out, so that it can be taken again. Called by the gate."""
    take(locked(ref), "fall back", by=by, at=at)


@transaction.atomic
def receive(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Write down that the recipient has the records. The gate calls this when the recipient's own word is logged."""
    use = locked(ref)
    check_own(use, by)
    if not is_repeated(use, "receive", by=by):
        take(use, "receive", by=by, at=at)
