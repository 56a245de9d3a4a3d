# SPDX-License-Identifier: Apache-2.0
"""Today's work, one use, and one step. What a step does is the keeper's; here it is asked and pressed."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.choices.rules import last_moment
from beholden.hatch.asking import ask
from beholden.hatch.verbs import REGISTRAR_DESK, REGISTRAR_DO, REGISTRAR_STEP, REGISTRAR_TODAY
from beholden.kinds import typed_day
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import STEP_OVER, Do, StepPage, WhichStep
from beholden.rights.shown import Officer, Shown, WhichUse
from beholden.rights.typed import Field
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

LONGEST = 4_000
_inside = OFFICE.inside("registrar")


@require_safe
@_inside
def today(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what is not over, by its day."""
    found = ask(REGISTRAR_TODAY, shown)
    values = {"here": "today", "officer": found.officer, "found": found}
    return render(request, "registrar/today.html", values, using="pages")


@require_safe
@_inside
def one(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Show one use, what can be done with it, and what was filed."""
    found = ask(REGISTRAR_DESK, WhichUse(shown, ref))
    values = {
        "here": "today",
        "officer": found.officer,
        "found": found,
        "work": found.work,
        "done": request.session.pop("registrar_done", ""),
        "over": request.session.pop("registrar_over", ""),
    }
    return render(request, "registrar/use.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def step(request: HttpRequest, shown: Shown, ref: str, step: str) -> HttpResponse:
    """Ask one step as one question; at a press the keeper takes it, or says why not.

    A press that comes second, and a page that was left open until it was over, lead to the use as it stands.
    """
    which = WhichStep(shown, ref, step, request.POST.get("decision", "")[:LONGEST])
    try:
        found = ask(REGISTRAR_STEP, which)
        if request.method != "POST":
            return _page(request, found)
        no = _taken(request, shown, found)
        if no is None:
            return see_other("registrar-use", ref)
        return _page(request, ask(REGISTRAR_STEP, which), no)
    except Refusal as over:
        return lead_back(request, over, "registrar-use", ref)


def what_waits(request: HttpRequest, page: str, found: object, officer: Officer) -> HttpResponse:
    """Show a list of what waits for a decision, with what was just done, or what was over already."""
    values = {
        "here": "today",
        "officer": officer,
        "found": found,
        "done": request.session.pop("registrar_done", ""),
        "over": request.session.pop("registrar_over", ""),
    }
    return render(request, page, values, using="pages")


def lead_back(request: HttpRequest, over: Refusal, name: str, *where: str) -> HttpResponse:
    """Lead to the page that shows how it stands, with what is over; let every other refusal through."""
    if over.code != STEP_OVER:
        raise over
    request.session["registrar_over"] = over.sentence
    return see_other(name, *where)


def _taken(request: HttpRequest, shown: Shown, found: StepPage) -> Refusal | None:
    """Let the keeper take a step with what was typed; return why not, where it says so beside the question."""
    try:
        ask(REGISTRAR_DO, Do(shown, found.work.ref, found.step, tuple(_fields(request.POST, found))))
    except Refusal as no:
        return OFFICE.beside_the_field(no)
    request.session["registrar_done"] = found.words
    return None


def _fields(posted: QueryDict, found: StepPage) -> Iterator[Field]:
    for blank in found.blanks:
        if blank.form == "day":
            yield Field(blank.name, (_day(posted, blank.name),))
        else:
            yield Field(blank.name, (posted.get(blank.name, "")[:LONGEST],))


def _day(posted: QueryDict, name: str) -> str:
    """Return a day as the keeper reads it; of a last day to answer, its last moment."""
    day = typed_day({field: posted.get(field, "") for field in posted}, name)
    if day is None:
        return ""
    if name != "answer_by":
        return day.isoformat()
    return last_moment(day, ZoneInfo(settings.SERVICE["ZONE"])).isoformat()


def _page(request: HttpRequest, found: StepPage, no: Refusal | None = None) -> HttpResponse:
    values = {
        "here": "today",
        "officer": found.officer,
        "found": found,
        "work": found.work,
        "given": {name: request.POST.get(name, "")[:LONGEST] for name in request.POST},
        "no": no,
        "faults": {"step": no.sentence} if no else {},
    }
    return render(request, "registrar/step.html", values, status=BAD_INPUT if no else 200, using="pages")
