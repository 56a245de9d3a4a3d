# SPDX-License-Identifier: Apache-2.0
"""Today's work, one use, and one step. What a step does is the keeper's; here it is asked and pressed."""

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import REGISTRAR_DESK, REGISTRAR_DO, REGISTRAR_STEP, REGISTRAR_TODAY
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import Do, StepPage, WhichStep
from beholden.rights.shown import Shown, WhichUse
from beholden.rights.typed import Field
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

LONGEST = 4_000
_END_OF_DAY = time(23, 59, 59)
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
    }
    return render(request, "registrar/use.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def step(request: HttpRequest, shown: Shown, ref: str, step: str) -> HttpResponse:
    """Ask one step as one question; at a press the keeper takes it, or says why not."""
    found = ask(REGISTRAR_STEP, WhichStep(shown, ref, step))
    if request.method != "POST":
        return _page(request, found)
    try:
        ask(REGISTRAR_DO, Do(shown, ref, step, tuple(_fields(request.POST, found))))
    except Refusal as no:
        return _page(request, found, OFFICE.beside_the_field(no))
    request.session["registrar_done"] = found.words
    return see_other("registrar-use", ref)


def _fields(posted: QueryDict, found: StepPage) -> Iterator[Field]:
    for blank in found.blanks:
        if blank.form == "day":
            yield Field(blank.name, (_day(posted, blank.name),))
        else:
            yield Field(blank.name, (posted.get(blank.name, "")[:LONGEST],))


def _day(posted: QueryDict, name: str) -> str:
    """Return a day as the keeper reads it; of a last day, its last second by the clock on the families' wall."""
    try:
        day = date(*(int(posted.get(f"{name}-{part}", "")) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        return ""
    if name != "answer_by":
        return day.isoformat()
    return datetime.combine(day, _END_OF_DAY, ZoneInfo(settings.SERVICE["ZONE"])).isoformat()


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
