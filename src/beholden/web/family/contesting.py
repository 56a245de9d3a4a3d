# SPDX-License-Identifier: Apache-2.0
"""One page on which a family says that a match is of somebody else, and reads what came of it. One question (D21)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from beholden.hatch import verbs
from beholden.hatch.asking import ask
from beholden.rights.record import AboutChild, AboutMatch, Contest, Shown
from beholden.web.family.reading import LONGEST, Fault
from beholden.web.family.record import BAD_INPUT, with_record
from beholden.web.onward import see_other

WHYS = ("stranger", "mixed", "unsure")
"""What a family may have seen, in the order of the page."""

EMPTY = "Choose one answer"


@require_http_methods(["GET", "HEAD", "POST"])
@with_record
def contest(request: HttpRequest, shown: Shown, child: str, match: str) -> HttpResponse:
    """Ask why, and take the answer; once something was said, show how it stands."""
    about = AboutMatch(AboutChild(shown, child), match)
    why = request.POST.get("why", "")[:LONGEST]
    if request.method == "POST" and why in WHYS:
        ask(verbs.CONTEST, Contest(about, why))
        return see_other("family-contest", child, match)
    fault = Fault("why", EMPTY) if request.method == "POST" else None
    values = {"open": True, "page": ask(verbs.CONTEST_PAGE, about), "fault": fault, "whys": WHYS}
    return render(request, "family/contest.html", values, status=BAD_INPUT if fault else 200, using="pages")
