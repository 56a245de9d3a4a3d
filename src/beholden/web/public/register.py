# SPDX-License-Identifier: Apache-2.0
"""The register of uses: refused beside granted, each with its day, its numbers and its place in the log (D26)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from beholden.gate.contested import public_contests
from beholden.gate.matches import matched, year_of_lists
from beholden.gate.queries import public_numbers
from beholden.gate.runs import handed
from beholden.ledger.vocabulary.terms import EVENTS
from beholden.redress.incidents import incidents
from beholden.redress.queries import standing
from beholden.refusals import Refusal
from beholden.uses.published import counted, public_text
from beholden.uses.queries import PublicUse, public_use, register_of_uses
from beholden.uses.tabled import Offered, tables_for
from beholden.uses.voices import heard
from beholden.web import words
from beholden.web.onward import page_asked
from beholden.web.present import catalogue, now
from beholden.web.public import sums
from beholden.web.public.matching import groups

LONGEST_SEARCH = 100
PAGE = 50
NAMED = 50  # how many uses a page names one by one; its twins name all
DECIDED = ("Refused", "Taken back")


@dataclass(frozen=True, slots=True)
class Planned:
    """One station that has not been reached, and when it is due, in words."""

    name: str
    words: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Three doors and three numbers."""
    held = counted()
    values = {
        "here": "home",
        "totals": sums.totals(held),
        "newest": register_of_uses(catalogue())[:3],
        "size": held.size,
    }
    return render(request, "public/home.html", values, using="pages")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the words, the state, the uses in which the words occur, and those of the state."""

    words: str
    state: str
    found: tuple[PublicUse, ...]
    shown: tuple[PublicUse, ...]

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        words, state = request.GET.get("q", "")[:LONGEST_SEARCH].strip(), request.GET.get("state", "")
        found = sums.search(register_of_uses(catalogue()), words)
        return cls(words, state, found, tuple(use for use in found if state in {"", use.state_label}))


@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """List every request, in any state; the address is the query."""
    asked = Asked.of(request)
    last = max(-(-len(asked.shown) // PAGE), 1)
    page = min(page_asked(request), last)
    values = {
        "here": "uses",
        "uses": asked.shown[(page - 1) * PAGE : page * PAGE],
        "count": len(asked.shown),
        "every": len(asked.found),
        "filters": sums.filters(asked.found, asked.state),
        "q": asked.words,
        "state": asked.state,
        "page": page,
        "last": last,
        "size": counted().size,
    }
    return render(request, "public/uses.html", values, using="pages")


@require_safe
def uses_json(request: HttpRequest) -> HttpResponse:
    """Return what the page of the same query shows as JSON: the filters' counts, and each use with its numbers."""
    asked = Asked.of(request)
    found = [{**sums.plain(use), "numbers": sums.figures(public_numbers(use.ref))} for use in asked.shown]
    counts = {one.label: one.count for one in sums.filters(asked.found, asked.state)}
    whole = {"counted_at": counted().size, "counts": {"All": len(asked.found), **counts}, "uses": found}
    return JsonResponse(whole)


@require_safe
def uses_csv(request: HttpRequest) -> HttpResponse:
    """Return what the page of the same query shows as CSV."""
    shown = ((use, public_numbers(use.ref)) for use in Asked.of(request).shown)
    return as_csv("uses", sums.table(shown))


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Show how many uses stand in each state, and the log entry of each one that was counted."""
    held = counted()
    values = {
        "here": "uses",
        "rows": sums.rows(held),
        "totals": sums.totals(held),
        "count": len(held.uses),
        "size": held.size,
        "behind": sums.waiting_for_log(register_of_uses(catalogue()), held),
        "most": NAMED,
    }
    return render(request, "public/counts.html", values, using="pages")


@require_safe
def counts_json(request: HttpRequest) -> HttpResponse:
    """Return the same counts as JSON."""
    held = counted()
    found = [
        {
            "state": row.label,
            "uses": [{"ref": one.use, "log": EVENTS, "entry": one.entry} for one in row.uses],
        }
        for row in sums.rows(held)
    ]
    return JsonResponse({"counted_at": held.size, "totals": asdict(sums.totals(held)), "states": found})


@require_safe
def counts_csv(request: HttpRequest) -> HttpResponse:
    """Return the same counts as CSV."""
    return as_csv("uses-counted", sums.counts(counted()))


@require_safe
def use(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one request: who, why, what, how long; where it stands; what came of it."""
    found = _found(ref)
    matches = matched(found.ref)
    year = year_of_lists() if matches else None
    values = {
        "here": "uses",
        "use": found,
        "planned": planned(found),
        "numbers": public_numbers(found.ref),
        "messages": standing(found.ref, on=now().date()),
        "incidents": incidents(use=found.ref, at=now()),
        "heard": heard(found.ref),
        "contests": public_contests(found.ref),
        "runs": handed(found.ref) if found.recurs else (),
        "tables": tuple((one.words, address_of(one)) for one in tables_for(found.ref, catalogue())),
        "matches": matches,
        "year": year,
        "groups_of_year": groups(year, catalogue()),
    }
    return render(request, "public/use.html", values, using="pages")


@require_safe
def use_json(request: HttpRequest, ref: str) -> HttpResponse:
    """Return one request as JSON, with its numbers, and with what opens its commitments in the log (D26)."""
    found = _found(ref)
    whole = {**sums.plain(found), "numbers": sums.figures(public_numbers(found.ref))}
    whole["messages"] = asdict(standing(found.ref, on=now().date()))
    whole["tables"] = [
        {"question": one.question, "link": address_of(one)} for one in tables_for(found.ref, catalogue())
    ]
    contested = public_contests(found.ref)
    if contested is not None:
        whole["contests"] = asdict(contested)
    if found.recurs:
        whole["recurs"] = asdict(found.recurs)
        whole["runs"] = [asdict(one) for one in handed(found.ref)]
    matches = matched(found.ref)
    if matches:
        whole["matches"] = [asdict(one) for one in matches]
        year = year_of_lists()
        whole["matches_of_a_year"] = asdict(year) if year else None
    return JsonResponse({**whole, **sums.opened(public_text(found.ref))})


@require_safe
def numbers(request: HttpRequest, ref: str) -> HttpResponse:
    """Show how each figure of a use is counted from the log, and how to count it again."""
    found = _found(ref)
    counted_here = public_numbers(found.ref)
    if not counted_here.entries:
        raise Http404
    return render(
        request, "public/numbers.html", {"here": "uses", "use": found, "numbers": counted_here}, using="pages"
    )


def address_of(table: Offered) -> str:
    """Return the address of the page that makes a table again."""
    return f"{reverse('table', args=[table.about])}?{table.query}"


def as_csv(name: str, text: str) -> HttpResponse:
    """Return a table to take away, under a name."""
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


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
        Planned(
            "Passed on" if found.invitation else "Used", f"Not before {words.short_day(_not_before(found))}"
        ),
        *(() if found.invitation else (Planned("Wiped", f"By {words.short_day(found.ends_on)}"),)),
    )
    return tuple(station for station in stations if station.name not in reached)


def _not_before(found: PublicUse) -> date:
    return max(found.starts_on, found.answer_by.date()) if found.answer_by else found.starts_on


def _found(ref: str) -> PublicUse:
    try:
        return public_use(ref, catalogue())
    except Refusal as no:
        if no.code != "uses.unknown":
            raise
        raise Http404 from no


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.SERVICE["ZONE"])
