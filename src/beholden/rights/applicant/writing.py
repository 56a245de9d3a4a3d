# SPDX-License-Identifier: Apache-2.0
"""Writing a request: one question at a time, each answer kept, and what the catalogue says said at once (D18)."""

from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role
from beholden.ledger.vocabulary.terms import tens
from beholden.people.queries import organisation
from beholden.register.queries import counted_in
from beholden.rights.applicant import asked, offered
from beholden.rights.applicant.asked import (
    Begin,
    Begun,
    Check,
    HandedIn,
    Letter,
    Note,
    Part,
    Question,
    Said,
    Say,
    Task,
    Tasks,
    Which,
    WhichQuestion,
)
from beholden.rights.knocking import officer, open_door
from beholden.rights.shown import Shown
from beholden.uses.actions import sketching
from beholden.uses.queries import asker, public_use
from beholden.uses.rules.life import State
from beholden.uses.rules.questions import PARTS, QUESTIONS, Asking, Mark, mark
from beholden.uses.rules.sketch import asked_of, earliest, early
from beholden.uses.rules.triage import Remark, Verdict
from beholden.uses.sketches import Sketched, sketch, unknown_sketch
from beholden.uses.words import what_and_where


def enter(shown: Shown, *, catalogue: Catalogue, at: datetime) -> Actor:
    """Let an applicant's officer in."""
    return open_door(shown, Role.APPLICANT, catalogue=catalogue, at=at)


def begin(question: Begin, *, catalogue: Catalogue, at: datetime) -> Begun:
    """Begin a request, empty or with the answers of the use that it is to change."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    return Begun(sketching.begin(press=question.press, amends=question.amends, by=by, at=at))


def tasks(question: Which, *, catalogue: Catalogue, at: datetime) -> Tasks:
    """Return the list of questions: done, not yet, cannot start yet."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    return _tasks(sketch(question.sketch, by), by, catalogue, at)


def one(question: WhichQuestion, *, catalogue: Catalogue, at: datetime) -> Question:
    """Return one question, with what is said against its answer, and the letter beside it."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    held = _writing(question.sketch, by)
    asked_here = asked_of(held.answers)
    asking = asked_here.get(question.question)
    if asking is None:
        raise unknown_sketch()
    waits = [QUESTIONS[name].words for name in asking.after if name not in held.answers]
    return Question(
        officer(by),
        held.ref,
        next(name for name, part in PARTS.items() if asking in part),
        asking.name,
        asking.words,
        asking.hint,
        asking.form.value,
        asking.read_by_family,
        offered.options(asking.name, held.answers, catalogue),
        offered.given(asking.name, held.answers),
        tuple(note for note in _notes(held, by, catalogue) if note.question == asking.name),
        _letter(held, by, catalogue, at.date()),
        waits[0] if waits else "",
    )


def save(question: Say, *, catalogue: Catalogue, at: datetime) -> Said:
    """Keep one answer, or refuse it; say whether anything stands against it, and which question comes next."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    typed = {field.name: field.values for field in question.fields}
    sketching.answer(question.sketch, question.question, typed, by=by, at=at)
    held = sketch(question.sketch, by)
    against = any(note.question == question.question for note in _notes(held, by, catalogue))
    return Said(against, _next(held, question.question))


def _next(held: Sketched, after: str) -> str:
    """Return the next question without an answer that can be answered, from this one on."""
    order = list(QUESTIONS.values())
    place = order.index(QUESTIONS[after]) + 1
    for asking in order[place:]:
        is_open = mark(asking, frozenset(held.answers), frozenset()) is Mark.OPEN
        if is_open and asking.name in asked_of(held.answers):
            return asking.name
    return ""


def check(question: Which, *, catalogue: Catalogue, at: datetime) -> Check:
    """Return all answers, to be looked at before they are handed in."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    held = sketch(question.sketch, by)
    lines = tuple(
        asked.Line(one.name, one.words, offered.lines(one.name, held.answers, catalogue))
        for one in asked_of(held.answers).values()
        if one.name in held.answers
    )
    return Check(_tasks(held, by, catalogue, at), lines)


def hand_in(question: Which, *, catalogue: Catalogue, at: datetime) -> HandedIn:
    """Hand a request in. What the catalogue refuses is refused at once, and stands in public with its rule."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    ref = sketching.hand_in(question.sketch, catalogue=catalogue, by=by, at=at)
    return HandedIn(ref, public_use(ref, catalogue).state == State.REFUSED.value)


def throw_away(question: Which, *, catalogue: Catalogue, at: datetime) -> Begun:
    """Destroy a request that was not handed in."""
    by = enter(question.shown, catalogue=catalogue, at=at)
    sketching.throw_away(question.sketch, by=by, at=at)
    return Begun(question.sketch)


def _writing(ref: str, by: Actor) -> Sketched:
    """Return what is still being written; what was handed in is a use, and has no questions any more."""
    held = sketch(ref, by)
    if held.became is not None:
        raise unknown_sketch()
    return held


def _tasks(held: Sketched, by: Actor, catalogue: Catalogue, at: datetime) -> Tasks:
    notes = _notes(held, by, catalogue)
    refused = frozenset(note.question for note in notes if note.refuses)
    answered, asked_here = frozenset(held.answers), asked_of(held.answers)

    def task(asking: Asking) -> Task:
        return Task(asking.name, asking.words, mark(asking, answered, refused).value)

    return Tasks(
        officer=officer(by),
        sketch=held.ref,
        title=str(held.answers.get("title", "")),
        amends=held.amends or "",
        parts=tuple(
            Part(name, tuple(task(one) for one in part if one.name in asked_here))
            for name, part in PARTS.items()
            if any(one.name in asked_here for one in part)
        ),
        notes=notes,
        letter=_letter(held, by, catalogue, at.date()),
        ready=set(asked_here) <= answered,
        became=held.became or "",
    )


def _notes(held: Sketched, by: Actor, catalogue: Catalogue) -> tuple[Note, ...]:
    who = asker(by.organisation, amends=held.amends or "")
    return tuple(map(note, early(held.answers, who, catalogue)))


def note(remark: Remark) -> Note:
    """Return a remark of triage as a page shows it."""
    return Note(
        remark.question,
        remark.about,
        remark.verdict is Verdict.REFUSED,
        remark.sentence,
        remark.next_step,
        remark.authority,
    )


def _letter(held: Sketched, by: Actor, catalogue: Catalogue, on: date) -> Letter:
    """Return the letter as far as it is written, with at most how many must be told, and from when on (U10)."""
    body, said, days = organisation(by.organisation), held.answers, held.answers.get("dates")
    what, where = what_and_where(said.get("exit", ""), said.get("what", ""), said.get("where", ""))
    return Letter(
        asker=body.name,
        country=body.country,
        why=said.get("why", ""),
        what=what,
        where=where,
        starts_on=date.fromisoformat(days["starts_on"]) if days else None,
        ends_on=date.fromisoformat(days["ends_on"]) if days else None,
        most_children=_most(said.get("collection", ""), catalogue),
        earliest=earliest(on, catalogue.limits),
    )


def _most(code: str, catalogue: Catalogue) -> int | None:
    """Return at most how many children a return holds, in tens; 0 says fewer than the smallest count (D13)."""
    one = catalogue.collections.get(code)
    if one is None:
        return None
    count = counted_in(one.collection, one.term, one.year)
    return tens(count) if count >= catalogue.limits.smallest_count else 0
