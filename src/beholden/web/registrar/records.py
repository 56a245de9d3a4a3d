# SPDX-License-Identifier: Apache-2.0
"""Two records that may be one child: a list, and one question with its press (D14, D32)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import REGISTRAR_DECIDE, REGISTRAR_PAIRS
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import SEEN, DecideRecords
from beholden.rights.shown import Shown
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

_inside = OFFICE.inside("registrar")
_HALF, _GONE = "rights.records_half", "register.no_question"


@require_safe
@_inside
def pairs(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what waits for a decision."""
    found = ask(REGISTRAR_PAIRS, shown)
    done = request.session.pop("registrar_done", "")
    values = {"here": "today", "officer": found.officer, "pairs": found.pairs, "done": done}
    return render(request, "registrar/pairs.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def pair(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """Ask one question, and take the decision. What was decided meanwhile leads back to the list."""
    found, no = ask(REGISTRAR_PAIRS, shown), None
    one = next((one for one in found.pairs if one.number == number), None)
    same, evidence = (request.POST.get(name, "")[:20] for name in ("same", "evidence"))
    if request.method == "POST":
        try:
            ask(REGISTRAR_DECIDE, DecideRecords(shown, number, same, evidence))
        except Refusal as half:
            if half.code not in {_HALF, _GONE}:
                raise
            no = half
        if no is None or no.code == _GONE:
            request.session["registrar_done"] = "Decided." if no is None else no.sentence
            return see_other("registrar-pairs")
    if one is None:
        raise Http404
    values = {
        "here": "today",
        "officer": found.officer,
        "one": one,
        "seen": SEEN,
        "given": {"same": same, "evidence": evidence},
        "no": no,
        "faults": {"same": no.sentence} if no else {},
    }
    return render(request, "registrar/pair.html", values, status=BAD_INPUT if no else 200, using="pages")
