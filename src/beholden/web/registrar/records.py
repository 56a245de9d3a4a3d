# SPDX-License-Identifier: Apache-2.0
"""Two records that may be one child: a list, and one question with its press (D14, D32)."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import (
    REGISTRAR_ALIKE,
    REGISTRAR_ASK,
    REGISTRAR_DECIDE,
    REGISTRAR_PAIR,
    REGISTRAR_PAIRS,
)
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import CHILDREN, SEEN, STEP_OVER, DecideRecords, WhichPair, WhichPairs
from beholden.rights.shown import Shown
from beholden.web.officers import OFFICE
from beholden.web.onward import page_asked, see_other
from beholden.web.registrar.desk import lead_back, what_waits
from beholden.web.sitting import BAD_INPUT

_inside = OFFICE.inside("registrar")


@require_safe
@_inside
def pairs(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what waits for a decision, what was decided lately, and one page of what looks alike."""
    found = ask(REGISTRAR_PAIRS, WhichPairs(shown, page_asked(request)))
    return what_waits(request, "registrar/pairs.html", found, found.officer)


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def pair(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """Ask one question, and take the decision. What does not wait, or was decided meanwhile, leads back to the list."""
    given = {name: request.POST.get(name, "")[:20] for name in ("same", "evidence")}
    faults = _missing(given) if request.method == "POST" else {}
    try:
        if request.method == "POST" and not faults:
            ask(REGISTRAR_DECIDE, DecideRecords(shown, number, given["same"], given["evidence"]))
            request.session["registrar_done"] = f"Question {number} is decided."
            return see_other("registrar-pairs")
        found = ask(REGISTRAR_PAIR, WhichPair(shown, number))
    except Refusal as over:
        return lead_back(request, over, "registrar-pairs")
    values = {
        "here": "today",
        "officer": found.officer,
        "one": found.pair,
        "children": CHILDREN,
        "seen": SEEN,
        "given": given,
        "faults": faults,
    }
    return render(request, "registrar/pair.html", values, status=BAD_INPUT if faults else 200, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def alike(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """Show why two records look alike; at a press it becomes a question, and both are restricted till it is decided."""
    which = WhichPair(shown, number)
    try:
        if request.method == "POST":
            return see_other("registrar-pair", ask(REGISTRAR_ASK, which).number)
        found = ask(REGISTRAR_ALIKE, which)
    except Refusal as over:
        return lead_back(request, over, "registrar-pairs")
    values = {"here": "today", "officer": found.officer, "found": found, "one": found.pair}
    return render(request, "registrar/alike.html", values, using="pages")


@require_safe
@_inside
def picture(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """Return the same sum as a picture; of what does not wait there is none."""
    try:
        drawn = ask(REGISTRAR_ALIKE, WhichPair(shown, number)).picture
    except Refusal as no:
        if no.code != STEP_OVER:
            raise
        raise Http404 from no
    return HttpResponse(drawn, content_type="image/svg+xml")


def _missing(given: Mapping[str, str]) -> dict[str, str]:
    """Return what a decision still lacks, by field; whether it holds is the keeper's to say in the end."""
    found = {} if given["same"] in CHILDREN else {"same": "Say if both records are of one child"}
    return found if given["evidence"] in SEEN else found | {"evidence": "Say what you saw"}
