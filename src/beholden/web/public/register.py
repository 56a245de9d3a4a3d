# SPDX-License-Identifier: Apache-2.0
"""The register of uses: refused beside granted, each with its day, its numbers and its place in the log (D26)."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beholden.gate.queries import public_numbers
from beholden.ledger.queries import checkpoint
from beholden.refusals import Refusal
from beholden.uses.queries import PublicUse, public_use, register_of_uses
from beholden.web import words
from beholden.web.present import catalogue
from beholden.web.public import sums

LOGS = ("events", "handovers")
LONGEST_SEARCH = 100
PAGE = 50
DECIDED = ("Refused", "Taken back")


@dataclass(frozen=True, slots=True)
class Planned:
    """One station that has not been reached, and when it is due, in words."""

    name: str
    words: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Three doors and three numbers."""
    found = register_of_uses(catalogue())
    values = {"here": "home", "totals": sums.totals(found), "newest": found[:3], "size": _size()}
    return render(request, "public/home.html", values, using="pages")


@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """List every request, in any state; the address is the query."""
    every = register_of_uses(catalogue())
    wanted, state = request.GET.get("q", "")[:LONGEST_SEARCH].strip(), request.GET.get("state", "")
    found = sums.search(every, wanted)
    shown = tuple(use for use in found if state in {"", use.state_label})
    page = max(int(request.GET["page"]), 1) if request.GET.get("page", "").isdecimal() else 1
    last = max(-(-len(shown) // PAGE), 1)
    page = min(page, last)
    values = {
        "here": "uses",
        "uses": shown[(page - 1) * PAGE : page * PAGE],
        "count": len(shown),
        "every": len(found),
        "filters": sums.filters(found, state),
        "q": wanted,
        "state": state,
        "page": page,
        "last": last,
        "size": _size(),
    }
    return render(request, "public/uses.html", values, using="pages")


@require_safe
def uses_json(request: HttpRequest) -> HttpResponse:
    """Return every request as JSON."""
    found = [sums.plain(use) for use in register_of_uses(catalogue())]
    return JsonResponse({"counted_at": _size(), "uses": found})


@require_safe
def uses_csv(request: HttpRequest) -> HttpResponse:
    """Return every request as CSV."""
    response = HttpResponse(sums.table(register_of_uses(catalogue())), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="uses.csv"'
    return response


@require_safe
def use(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one request: who, why, what, how long; where it stands; what came of it."""
    found = _found(ref)
    values = {
        "here": "uses",
        "use": found,
        "planned": planned(found),
        "numbers": public_numbers(found.ref),
        "size": _size(),
    }
    return render(request, "public/use.html", values, using="pages")


@require_safe
def use_json(request: HttpRequest, ref: str) -> HttpResponse:
    """Return one request as JSON, with its numbers."""
    found = _found(ref)
    counted = public_numbers(found.ref)
    figures = {
        "to_be_told_tens": counted.audience,
        "told_tens": counted.told,
        "scope": counted.scope,
        "left_out_tens": counted.left_out,
        "released_tens": counted.released,
        "entries": [{"log": log, "entry": index} for log, index in counted.entries],
        "counted_at": counted.counted_at,
    }
    return JsonResponse({**sums.plain(found), "numbers": figures})


@require_safe
def numbers(request: HttpRequest, ref: str) -> HttpResponse:
    """Show how each figure of a use is counted from the log, and how to count it again."""
    found = _found(ref)
    counted = public_numbers(found.ref)
    if not counted.entries:
        raise Http404
    return render(
        request, "public/numbers.html", {"here": "uses", "use": found, "numbers": counted}, using="pages"
    )


def planned(found: PublicUse) -> tuple[Planned, ...]:
    """Return the stations still to come, for a use that was neither refused nor taken back."""
    reached = {step.name for step in found.steps}
    if reached & set(DECIDED):
        return ()
    told = "No day is set yet"
    if found.answer_by:
        told = f"Families can answer until {words.day(words.last_day(found.answer_by, _zone()))}"
    stations = (
        Planned("Agreed", "Two people from outside look at it first"),
        Planned("Families told", "No day is set yet"),
        Planned("Time to answer over", told),
        Planned("Used", f"Not before {words.short_day(_not_before(found))}"),
        Planned("Wiped", f"By {words.short_day(found.ends_on)}"),
    )
    return tuple(station for station in stations if station.name not in reached)


def _not_before(found: PublicUse) -> date:
    return max(found.starts_on, found.answer_by.date()) if found.answer_by else found.starts_on


def _found(ref: str) -> PublicUse:
    try:
        return public_use(ref, catalogue())
    except Refusal as unknown:
        raise Http404 from unknown


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.SERVICE["ZONE"])


def _size() -> int:
    published = (checkpoint(log) for log in LOGS)
    return sum(found.checkpoint.size for found in published if found)
