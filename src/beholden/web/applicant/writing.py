# SPDX-License-Identifier: Apache-2.0
"""A request while it is written: the list, one question a page, the look at all answers, handing in, throwing away."""

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import (
    APPLICANT_CHECK,
    APPLICANT_HAND_IN,
    APPLICANT_QUESTION,
    APPLICANT_SAVE,
    APPLICANT_TASKS,
    APPLICANT_THROW_AWAY,
)
from beholden.refusals import Refusal
from beholden.rights.applicant.asked import Question, Say, Which, WhichQuestion
from beholden.rights.shown import Shown
from beholden.rights.typed import Field
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

_inside = OFFICE.inside("applicant")
_OURS = frozenset({"csrfmiddlewaretoken", "then"})


@require_safe
@_inside
def tasks(request: HttpRequest, shown: Shown, sketch: str) -> HttpResponse:
    """Show the list: done, not yet, cannot start yet. What was handed in is a use, and stands on its own page."""
    found = ask(APPLICANT_TASKS, Which(shown, sketch))
    if found.became:
        return see_other("applicant-use", found.became)
    values = {"here": "requests", "officer": found.officer, "found": found}
    return render(request, "applicant/tasks.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def question(request: HttpRequest, shown: Shown, sketch: str, question: str) -> HttpResponse:
    """Ask one question. An answer that is none comes back with what is wrong; a good one is kept at once.

    What the catalogue says against a kept answer is said on this very page, before the next question is asked.
    """
    which = WhichQuestion(shown, sketch, question)
    if request.method != "POST":
        return _question_page(request, which, ())
    fields = _fields(request.POST)
    try:
        said = ask(APPLICANT_SAVE, Say(shown, sketch, question, fields))
    except Refusal as no:
        return _question_page(request, which, fields, OFFICE.beside_the_field(no))
    if said.against:
        return see_other("applicant-question", sketch, question)
    if request.POST.get("then") == "list" or not said.then:
        return see_other("applicant-tasks", sketch)
    return see_other("applicant-question", sketch, said.then)


def _fields(posted: QueryDict) -> tuple[Field, ...]:
    return tuple(Field(name, tuple(values)) for name, values in posted.lists() if name not in _OURS)


def _question_page(
    request: HttpRequest, which: WhichQuestion, typed: tuple[Field, ...], no: Refusal | None = None
) -> HttpResponse:
    """Show a question as it stands, or as it was just typed where that was refused."""
    found = ask(APPLICANT_QUESTION, which)
    given = {field.name: field.values for field in (typed if no else found.given)}
    ticked = frozenset(given.get(found.name, ())) if no else {one.code for one in found.options if one.chosen}
    at = _at(found, ticked)
    values = {
        "here": "requests",
        "officer": found.officer,
        "found": found,
        "given": {name: held[0] if held else "" for name, held in given.items()},
        "ticked": ticked,
        "no": no,
        "at": at,
        "faults": {at: no.sentence} if no else {},
    }
    return render(request, "applicant/question.html", values, status=BAD_INPUT if no else 200, using="pages")


def _at(found: Question, chosen: Collection[str]) -> str:
    """Return the field at which a fault stands: where an answer was chosen that needs a reason, at the reason."""
    if found.form == "days":
        return "starts_on-day"
    reason = {"place": "why_elsewhere", "reason": f"why_{found.name}"}.get(found.form)
    return reason if reason and not {one.code for one in found.options}.isdisjoint(chosen) else found.name


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def check(request: HttpRequest, shown: Shown, sketch: str) -> HttpResponse:
    """Show all answers, with what is said against them; hand in at a press."""
    which, no = Which(shown, sketch), None
    if request.method == "POST":
        try:
            handed = ask(APPLICANT_HAND_IN, which)
        except Refusal as refused:
            no = OFFICE.beside_the_field(refused)
        else:
            request.session["handed_in"] = handed.ref
            return see_other("applicant-use", handed.ref)
    found = ask(APPLICANT_CHECK, which)
    if found.tasks.became:
        return see_other("applicant-use", found.tasks.became)
    values = {
        "here": "requests",
        "officer": found.tasks.officer,
        "found": found.tasks,
        "lines": {line.question: line for line in found.lines},
        "no": no,
        "faults": {"hand-in": no.sentence} if no else {},
    }
    return render(request, "applicant/check.html", values, status=BAD_INPUT if no else 200, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def throw_away(request: HttpRequest, shown: Shown, sketch: str) -> HttpResponse:
    """Destroy a request that was not handed in, once it was asked whether that is meant."""
    if request.method == "POST":
        ask(APPLICANT_THROW_AWAY, Which(shown, sketch))
        return see_other("applicant")
    found = ask(APPLICANT_TASKS, Which(shown, sketch))
    values = {"here": "requests", "officer": found.officer, "found": found}
    return render(request, "applicant/throw_away.html", values, using="pages")
