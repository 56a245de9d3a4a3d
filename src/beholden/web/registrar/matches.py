# SPDX-License-Identifier: Apache-2.0
"""Matches that somebody says are wrong: a list, and one match with its press (D21)."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import REGISTRAR_DECIDE_MATCH, REGISTRAR_MATCH, REGISTRAR_MATCHES
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import FOUND, SHOWS, STEP_OVER, DecideMatch, WhichMatch
from beholden.rights.shown import Shown
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.registrar.desk import lead_back, what_waits
from beholden.web.sitting import BAD_INPUT

_inside = OFFICE.inside("registrar")


@require_safe
@_inside
def matches(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what waits for a decision."""
    found = ask(REGISTRAR_MATCHES, shown)
    return what_waits(request, "registrar/matches.html", found, found.officer)


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def match(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """Show one match, and take the decision. What does not wait, or was decided meanwhile, leads back to the list."""
    given = {name: request.POST.get(name, "")[:20] for name in ("found", "shows")}
    faults = _missing(given) if request.method == "POST" else {}
    try:
        if request.method == "POST" and not faults:
            faults = _decided(request, shown, number, given)
            if not faults:
                return see_other("registrar-matches")
        page = ask(REGISTRAR_MATCH, WhichMatch(shown, number))
    except Refusal as over:
        return lead_back(request, over, "registrar-matches")
    values = {
        "here": "today",
        "officer": page.officer,
        "one": page.match,
        "found": FOUND,
        "shows": SHOWS,
        "given": given,
        "faults": faults,
    }
    return render(request, "registrar/match.html", values, status=BAD_INPUT if faults else 200, using="pages")


def _decided(request: HttpRequest, shown: Shown, number: int, given: Mapping[str, str]) -> dict[str, str]:
    """Let the keeper write a decision down; return why not, where it says so beside the question."""
    try:
        made = ask(REGISTRAR_DECIDE_MATCH, DecideMatch(shown, number, given["found"], given["shows"]))
    except Refusal as no:
        if no.code == STEP_OVER:
            raise
        return {"shows": OFFICE.beside_the_field(no).sentence}
    answer = f" Answer paper {made.paper}: beholden contest answer {number}" if made.paper else ""
    request.session["registrar_done"] = f"Match {number} is decided.{answer}"
    return {}


def _missing(given: Mapping[str, str]) -> dict[str, str]:
    """Return what a decision still lacks, by field; whether it holds is the keeper's to say in the end."""
    found = {} if given["found"] in FOUND else {"found": "Say whom they mean"}
    return found if given["shows"] in SHOWS else found | {"shows": "Say what shows it"}
