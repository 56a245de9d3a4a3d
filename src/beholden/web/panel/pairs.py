# SPDX-License-Identifier: Apache-2.0
"""Pairs of a match by names: what waits for a reviewer, and one pair as one question. Who said what stays unseen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import PANEL_PAIR, PANEL_PAIRS, PANEL_SAY
from beholden.refusals import Refusal
from beholden.rights.panel.asked import OPINIONS, SayPair, WhichPair
from beholden.rights.shown import Shown
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

_inside = OFFICE.inside("reviewer")
_OVER = "gate.pair_over"


@require_safe
@_inside
def waiting(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what waits for this reviewer."""
    found = ask(PANEL_PAIRS, shown)
    values = {
        "here": "pairs",
        "officer": found.officer,
        "found": found,
        "over": request.session.pop("pairs_over", ""),
    }
    return render(request, "panel/pairs.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def one(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """Ask about one pair; after an answer the next one follows. What does not wait any more leads to the list."""
    says = request.POST.get("says", "")[:20]
    faults = {"says": "Choose one answer"} if request.method == "POST" and says not in OPINIONS else {}
    try:
        if request.method == "POST" and not faults:
            left = ask(PANEL_SAY, SayPair(shown, number, says)).pairs
            return see_other("panel-pair", left[0].number) if left else see_other("panel-pairs")
        found = ask(PANEL_PAIR, WhichPair(shown, number))
    except Refusal as over:
        if over.code != _OVER:
            raise
        request.session["pairs_over"] = over.sentence
        return see_other("panel-pairs")
    values = {
        "here": "pairs",
        "officer": found.officer,
        "found": found,
        "opinions": OPINIONS,
        "given": says,
        "faults": faults,
    }
    return render(request, "panel/pair.html", values, status=BAD_INPUT if faults else 200, using="pages")
