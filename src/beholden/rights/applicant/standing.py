# SPDX-License-Identifier: Apache-2.0
"""Where an organisation's own requests stand, and what comes next; and taking one back."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Role, UseRef
from beholden.rights.applicant.asked import AskedLine, Requests, SketchLine, Stands, Stood
from beholden.rights.applicant.writing import enter, note
from beholden.rights.knocking import officer
from beholden.rights.shown import Shown, WhichUse
from beholden.uses import actions as uses
from beholden.uses.papers import triaged
from beholden.uses.queries import PublicUse, of_applicant, own_use
from beholden.uses.rules.life import LIVE, TRANSITIONS, State
from beholden.uses.rules.sketch import asked_of
from beholden.uses.sketches import sketches
from beholden.uses.words import now_and_next


def requests(question: Shown, *, catalogue: Catalogue, at: datetime) -> Requests:
    """Return everything the officer's organisation is writing or asked for, newest first."""
    by = enter(question, catalogue=catalogue, at=at)
    writing = tuple(
        SketchLine(
            one.ref,
            str(one.answers.get("title", "")),
            len(asked & set(one.answers)),
            len(asked),
            one.saved_at,
        )
        for one in sketches(by)
        for asked in [set(asked_of(one.answers))]
    )
    return Requests(officer(by), writing, tuple(map(_line, of_applicant(by.organisation, catalogue))))


def _line(use: PublicUse) -> AskedLine:
    stands, then = now_and_next(State(use.state), use.exit)
    return AskedLine(use.ref, use.title, use.state_label, stands, then)


def stands(question: WhichUse, *, catalogue: Catalogue, at: datetime) -> Stands:
    """Return where one of the organisation's own uses stands."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    use = own_use(question.ref, by, catalogue)
    line = _line(use)
    state = State(use.state)
    return Stands(
        officer=officer(by),
        ref=use.ref,
        title=use.title,
        state_label=use.state_label,
        stands=line.stands,
        then=line.then,
        reached=tuple(Stood(step.name, step.on) for step in use.steps),
        notes=tuple(map(note, triaged(use.ref))),
        refused_sentence=use.refused_sentence,
        refused_rule=use.refused_rule,
        instead=use.instead,
        can_withdraw=any(
            (step.source, step.verb, step.role) == (state, "withdraw", Role.APPLICANT) for step in TRANSITIONS
        ),
        can_change=state in LIVE,
    )


def withdraw(question: WhichUse, *, catalogue: Catalogue, at: datetime) -> Stands:
    """Take a use back, and return where it stands then."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    uses.withdraw(UseRef(own_use(question.ref, by, catalogue).ref), by=by, at=at)
    return stands(question, catalogue=catalogue, at=at)
