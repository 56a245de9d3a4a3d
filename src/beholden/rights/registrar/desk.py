# SPDX-License-Identifier: Apache-2.0
"""The registrar's worklist by its day, one use on the desk, and one step as one question."""

from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.contests import queries as contested
from beholden.gate.linked_pairs import pairs_wait
from beholden.gate.queries import decisions, registrar_numbers
from beholden.kinds import Actor, Role, UseRef, day
from beholden.redress.desk import how_many_wait
from beholden.refusals import Refusal
from beholden.rights.knocking import officer, open_door
from beholden.rights.registrar.asked import (
    STEP_OVER,
    Desk,
    Do,
    Figures,
    Offer,
    Paper,
    StepPage,
    Today,
    WhichStep,
    Work,
)
from beholden.rights.registrar.steps import BOUND, STEPS, blanks, step_of, take
from beholden.rights.shown import Shown, WhichUse
from beholden.uses.papers import comments_until, public_papers
from beholden.uses.queries import PublicUse, public_use, register_of_uses
from beholden.uses.rules.life import REPEATED, State
from beholden.uses.standing import drawn, overdue
from beholden.uses.words import now_and_next

_OVER = frozenset({State.REFUSED, State.WITHDRAWN, State.CLOSED})


def _enter(shown: Shown, catalogue: Catalogue, at: datetime) -> Actor:
    return open_door(shown, Role.REGISTRAR, catalogue=catalogue, at=at)


def today(question: Shown, *, catalogue: Catalogue, at: datetime) -> Today:
    """Return everything that is not over, what has a day first, the nearest before the others."""
    by = _enter(question, catalogue, at)
    found = [_work(one, at) for one in register_of_uses(catalogue) if State(one.state) not in _OVER]
    by_day = sorted(found, key=lambda one: (one.day is None, one.day or date.max, one.ref))
    late = overdue(catalogue=catalogue, at=at)
    return Today(
        officer(by),
        tuple(by_day),
        tuple((one.ref, one.title, one.overdue_days) for one in late),
        how_many_wait(by=by, at=at),
        *_contested(at),
    )


def _contested(at: datetime) -> tuple[int, int]:
    """Return how many contested matches wait, and how many of them are late."""
    found = contested.waiting()
    return len(found), sum(one.decide_by < at.date() for one in found)


def desk(question: WhichUse, *, catalogue: Catalogue, at: datetime) -> Desk:
    """Return one use with all that can be done with it, and what was filed in public."""
    by = _enter(question.shown, catalogue, at)
    use = public_use(question.ref, catalogue)
    papers = tuple(Paper(one.kind, one.at.date(), one.entry) for one in public_papers(use.ref))
    return Desk(officer(by), _work(use, at), papers)


def step(question: WhichStep, *, catalogue: Catalogue, at: datetime) -> StepPage:
    """Return one step as one question, with the exact figures or the text that its answer is about."""
    by = _enter(question.shown, catalogue, at)
    use = public_use(question.ref, catalogue)
    _check(question.step, use)
    asked, found = step_of(question.step, use.exit), drawn(use.ref)
    figures, before = _both(question, use, catalogue, by)
    return StepPage(
        officer=officer(by),
        work=_work(use, at),
        step=question.step,
        words=asked.words,
        what_happens=asked.what_happens,
        blanks=blanks(question.step, use.ref, digest="" if found is None else found.digest),
        figures=figures,
        text=found.text if found is not None and question.step in {"sign", "publish"} else "",
        press=asked.press,
        leaves=asked.leaves,
        before=before,
    )


def do(question: Do, *, catalogue: Catalogue, at: datetime) -> Desk:
    """Take a step, or refuse as its action does; return the use as it stands then."""
    by = _enter(question.shown, catalogue, at)
    use = public_use(question.ref, catalogue)
    if question.step not in STEPS:
        raise _no_such_page()
    typed = {field.name: field.values[0] if field.values else "" for field in question.fields}
    take(question.step, use.ref, typed, catalogue=catalogue, by=by, at=at)
    return desk(WhichUse(question.shown, question.ref), catalogue=catalogue, at=at)


def _check(name: str, use: PublicUse) -> None:
    if name not in STEPS:
        raise _no_such_page()
    if State(use.state) not in STEPS[name].states:
        raise Refusal(
            STEP_OVER,
            "This was done already, or it cannot be done any more.",
            next_step="Look at where it stands.",
            authority="ARCHITECTURE section 4, the life of a use",
        )


def _no_such_page() -> Refusal:
    return Refusal(
        "rights.no_such_page",
        "There is no such step.",
        next_step="Look at where it stands.",
        authority="ARCHITECTURE section 4, the life of a use",
    )


def _work(use: PublicUse, at: datetime) -> Work:
    state = State(use.state)
    steps = {name: step_of(name, use.exit) for name in STEPS}
    offers = [(one, Offer(name, one.words, _waits(name, use, at))) for name, one in steps.items()]
    can = [(one, offer) for one, offer in offers if state in one.states and _is_offered(offer.step, use)]
    return Work(
        ref=use.ref,
        title=use.title,
        applicant=use.applicant,
        state_label=use.state_label,
        stands=now_and_next(state, use.exit)[0],
        day=_day(use),
        next_steps=tuple(offer for one, offer in can if one.regular),
        more_steps=tuple(offer for one, offer in can if not one.regular),
    )


def _is_offered(name: str, use: PublicUse) -> bool:
    """Say whether a step makes sense for a use: what is done once never runs again, nor is its first run left off.

    A breach can only be of records that have left; of those that lie with the recipient while it runs again, too.
    """
    repeats = use.recurs is not None and use.recurs.number > 1
    match name:
        case "run-again":
            return use.recurs is not None
        case "leave-off":
            return repeats
        case "breach":
            return repeats or State(use.state) not in REPEATED
        case _:
            return True


def _day(use: PublicUse) -> date | None:
    """Return the day by which something of a use is due, where one is set."""
    match State(use.state):
        case State.COMMENT:
            return comments_until(use.ref).date()
        case State.WINDOW:
            return use.answer_by.date() if use.answer_by else None
        case State.RELEASED | State.IN_USE | State.EXPIRING:
            due = None if use.recurs is None else use.recurs.next_on
            return due or use.ends_on
        case _:
            return None


def _waits(name: str, use: PublicUse, at: datetime) -> str:
    """Return why a step has to wait, as far as a day or a signature says so."""
    if name == "call" and State(use.state) is State.COMMENT and at <= comments_until(use.ref):
        return "People can still comment."
    if name == "decide" and use.answer_by is not None and at <= use.answer_by:
        return "Families can still answer."
    if name == "decide" and pairs_wait(use.ref):
        return "Reviewers still look at pairs of the list."
    if name == "run-again" and use.recurs is not None:
        return _waits_for_run(use.recurs.next_on, at)
    if name == "publish" and State(use.state) is State.AGREEMENT:
        found = drawn(use.ref)
        return "" if found is not None and len(found.signed_by) == len(_SIDES) else "Both sides sign first."
    return ""


def _waits_for_run(due: date | None, at: datetime) -> str:
    if due is None:
        return "Its term is over, or nearly so."
    return f"It is not due before {day(due)}." if at.date() < due else ""


_SIDES = ("keeper", "recipient")


def _both(
    question: WhichStep, use: PublicUse, catalogue: Catalogue, by: Actor
) -> tuple[Figures | None, Figures | None]:
    """Return the figures of the newest decision, and those that the page showed where they are another's.

    To whoever acts for the body that asked they are shown nowhere: from there they would be its own counts.
    """
    if question.step not in BOUND or use.applicant_ref == by.organisation:
        return None, None
    every = [str(one) for one in decisions(UseRef(use.ref))]
    figures = [_figures(int(one), use, catalogue) for one in every[-1:]]
    seen = question.decision in every[:-1]
    return figures[0] if figures else None, _figures(int(question.decision), use, catalogue) if seen else None


def _figures(decision: int, use: PublicUse, catalogue: Catalogue) -> Figures:
    found = registrar_numbers(decision, catalogue=catalogue, exit_name=use.exit)
    return Figures(found.scope, found.families_said_no, found.other_reasons, found.released)
