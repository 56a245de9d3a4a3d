# SPDX-License-Identifier: Apache-2.0
"""The panel at work: what waits; declaring before anything is read; the request; one's own answer; the others'."""

from collections.abc import Mapping
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.refusals import Refusal
from beholden.rights.applicant import offered
from beholden.rights.knocking import officer, open_door
from beholden.rights.panel.asked import (
    Cover,
    Declared,
    Earlier,
    Heard,
    Line,
    Marked,
    Objects,
    Replied,
    Request,
    Reviewed,
    Voice,
    Voted,
    Waiting,
    Waits,
)
from beholden.rights.shown import Shown, WhichUse
from beholden.uses import actions as uses
from beholden.uses import voices
from beholden.uses.papers import triaged
from beholden.uses.queries import of_applicant, public_use, recipient_of
from beholden.uses.rules.life import AUTHORITY
from beholden.uses.rules.panel import OVER_TIME, Mark, Says
from beholden.uses.rules.panel import QUESTIONS as FIVE
from beholden.uses.rules.sketch import answers_of, asked_of
from beholden.uses.standing import hearing
from beholden.uses.voices import Seen
from beholden.uses.words import item_label

_SAME_NUMBER = "That each child has the same made-up number every time"
_OWN = "It is your own request, or your organisation's: somebody from outside answers it."
_STAKE = "You declared an interest. Somebody else answers it."


def _enter(shown: Shown, catalogue: Catalogue, at: datetime) -> Actor:
    return open_door(shown, Role.REVIEWER, Role.PANEL, catalogue=catalogue, at=at)


def waiting(question: Shown, *, catalogue: Catalogue, at: datetime) -> Waiting:
    """Return what waits for one officer, the oldest first, and the schools that wait for an answer."""
    by = _enter(question, catalogue, at)
    every = tuple(map(_waits, voices.before_the_panel(by)))
    objections = voices.to_answer(by) if by.role is Role.PANEL else ()
    return Waiting(
        officer(by),
        tuple(one for one in every if one.then),
        tuple(one for one in every if not one.then),
        tuple(Objects(*one) for one in objections),
    )


def _waits(seen: Seen) -> Waits:
    why_not = _OWN if not seen.outside else _STAKE if seen.interest == "yes" else ""
    then = "" if why_not or seen.said else "answer" if seen.interest else "declare"
    return Waits(seen.ref, seen.title, seen.applicant, seen.since.date(), then, why_not)


def cover(question: WhichUse, *, catalogue: Catalogue, at: datetime) -> Cover:
    """Return what may be read of a request before an interest is declared."""
    by = _enter(question.shown, catalogue, at)
    return Cover(officer(by), _waits(voices.stands_to(question.ref, by)))


def declare(question: Declared, *, catalogue: Catalogue, at: datetime) -> Cover:
    """Write down whether there is an interest. It is public, and cannot be taken back."""
    by = _enter(question.shown, catalogue, at)
    uses.declare(UseRef(question.ref), interest=question.interest, what=question.what, by=by, at=at)
    return Cover(officer(by), _waits(voices.stands_to(question.ref, by)))


def request(question: WhichUse, *, catalogue: Catalogue, at: datetime) -> Request:
    """Return a request with everything that was heard about it, to whoever declared that they have no interest."""
    by = _enter(question.shown, catalogue, at)
    asked_for = voices.asked_to_the_panel(question.ref, by)
    ref, answers, said = UseRef(question.ref), answers_of(asked_for), _remarks(question.ref)
    heard, children = hearing(ref), voices.children_heard(ref)
    others = of_applicant(recipient_of(ref), catalogue)
    return Request(
        officer=officer(by),
        use=_waits(voices.stands_to(ref, by)),
        lines=tuple(
            Line(one.words, offered.lines(one.name, answers, catalogue), said.get(one.name, ()))
            for one in asked_of(answers).values()
        ),
        facts=(
            *((item, item_label(item, catalogue)) for item in sorted(asked_for.items)),
            *([(OVER_TIME, _SAME_NUMBER)] if asked_for.application.over_time else ()),
        ),
        comments=heard.comments,
        objections=tuple(Heard(voices.named(school), *rest) for school, *rest in heard.objections),
        children_who=children.who if children else "",
        children_view=children.view if children else "",
        earlier=tuple(Earlier(one.ref, one.title, one.state_label) for one in others if one.ref != ref),
        voices=tuple(
            Voice(one.who, one.says, one.about, one.reason, one.condition)
            for one in voices.voices_for(ref, catalogue=catalogue, by=by)
        ),
        questions=tuple(FIVE.items()),
    )


def _remarks(ref: str) -> Mapping[str, tuple[str, ...]]:
    """Return what triage filed, question by question; of the population under the question for the return."""
    found: dict[str, tuple[str, ...]] = {}
    for one in triaged(ref):
        name = {"population": "collection"}.get(one.question, one.question)
        found[name] = (*found.get(name, ()), f"{one.sentence} {one.next_step}")
    return found


def review(question: Reviewed, *, catalogue: Catalogue, at: datetime) -> Request:
    """Take one reviewer's five answers, and return what they may read then."""
    by = _enter(question.shown, catalogue, at)
    marks = {one.question: _mark(one) for one in question.marks}
    uses.review(UseRef(question.ref), marks=marks, recommends=_says(question.recommends), by=by, at=at)
    return request(WhichUse(question.shown, question.ref), catalogue=catalogue, at=at)


def vote(question: Voted, *, catalogue: Catalogue, at: datetime) -> Request:
    """Take one member's answer, and return what they may read then."""
    by = _enter(question.shown, catalogue, at)
    uses.vote(
        UseRef(question.ref),
        says=_says(question.says),
        reason=question.reason.strip(),
        condition=question.condition.strip(),
        by=by,
        at=at,
    )
    return request(WhichUse(question.shown, question.ref), catalogue=catalogue, at=at)


def reply(question: Replied, *, catalogue: Catalogue, at: datetime) -> Waiting:
    """Answer one school by name, and return what waits then."""
    by = _enter(question.shown, catalogue, at)
    ref = UseRef(public_use(question.ref, catalogue).ref)
    uses.reply(ref, school=question.school, text=question.text.strip(), by=by, at=at)
    return waiting(question.shown, catalogue=catalogue, at=at)


def _mark(one: Marked) -> Mark:
    return Mark(_says(one.says), one.reason.strip(), one.condition.strip(), one.without)


def _says(word: str) -> Says:
    if word not in {one.value for one in Says}:
        raise Refusal(
            "uses.unanswered", "Nothing is chosen.", next_step="Choose one answer.", authority=AUTHORITY
        )
    return Says(word)
