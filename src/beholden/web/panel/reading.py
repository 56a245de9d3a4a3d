# SPDX-License-Identifier: Apache-2.0
"""What waits for a reviewer or member; the interest, asked before anything is read; and the request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import PANEL_COVER, PANEL_DECLARE, PANEL_REQUEST, PANEL_WAITING
from beholden.refusals import Refusal
from beholden.rights.panel.asked import Declared, Request
from beholden.rights.shown import Shown, WhichUse
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

LONGEST = 20_000
"""Nothing that is typed here is cut below this: what is too long is the keeper's to say, and is shown again whole."""

NOT_THEIRS = frozenset({"uses.interest_first", "uses.own_request"})
"""Refusals to show a request, to which the page that asks for an interest has the answer."""

_inside = OFFICE.inside("reviewer", "panel")


@require_safe
@_inside
def waiting(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what waits for this officer, the oldest first."""
    found = ask(PANEL_WAITING, shown)
    values = {"here": "waiting", "officer": found.officer, "found": found}
    return render(request, "panel/waiting.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def interest(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Ask for an interest, before anything but title and applicant is shown."""
    if request.method != "POST":
        return _interest_page(request, shown, ref, {})
    given = {name: request.POST.get(name, "").strip()[:LONGEST] for name in ("interest", "what")}
    if given["interest"] not in {"yes", "no"}:
        no = Refusal("web.interest", "Choose one of the two", next_step="", authority="")
        return _interest_page(request, shown, ref, given, no)
    try:
        found = ask(PANEL_DECLARE, Declared(shown, ref, given["interest"] == "yes", given["what"]))
    except Refusal as no:
        return _interest_page(request, shown, ref, given, OFFICE.beside_the_field(no))
    return see_other("panel-request", ref) if found.use.then == "answer" else see_other("panel")


def _interest_page(
    request: HttpRequest, shown: Shown, ref: str, given: dict[str, str], no: Refusal | None = None
) -> HttpResponse:
    found = ask(PANEL_COVER, WhichUse(shown, ref))
    values = {"here": "waiting", "officer": found.officer, "use": found.use, "given": given, "no": no}
    field = "what" if no and no.code == "uses.interest" else "interest"
    values |= {"field": field, "faults": {field: no.sentence} if no else {}}
    return render(request, "panel/interest.html", values, status=BAD_INPUT if no else 200, using="pages")


@require_safe
@_inside
def request_page(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Show the request with everything that was heard; whoever has not declared is asked that first."""
    found = read(shown, ref)
    return see_other("panel-interest", ref) if found is None else whole(request, found)


def read(shown: Shown, ref: str) -> Request | None:
    """Return the request, or None where an interest is to be declared first, or it is not this officer's to judge."""
    try:
        return ask(PANEL_REQUEST, WhichUse(shown, ref))
    except Refusal as no:
        if no.code not in NOT_THEIRS:
            raise
        return None


def whole(request: HttpRequest, found: Request, no: Refusal | None = None) -> HttpResponse:
    """Show a request with what was said about it; where an answer came too late, that it did and what stands."""
    values = {"here": "waiting", "officer": found.officer, "found": found, "no": no}
    values |= {"faults": {"said": no.sentence} if no else {}}
    return render(request, "panel/request.html", values, status=BAD_INPUT if no else 200, using="pages")
