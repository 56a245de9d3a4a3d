# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and today's page."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_TODAY
from beholden.refusals import Refusal
from beholden.rights.school.asked import Shown
from beholden.web.onward import see_other
from beholden.web.present import now
from beholden.web.school.sitting import BAD_INPUT, NOT_LET_IN, inside, not_now, sign_in

CLEAR = '"cache", "cookies", "storage"'
LONGEST = 64
"""No reference and no key is longer; what is longer is cut before it is looked at."""


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for reference and key. One answer for whatever does not open: which of the two it was is not said."""
    if request.method != "POST":
        return _enter_page(request, closed=bool(request.session.pop("school_closed", False)))
    ref, key = (request.POST.get(name, "").strip()[:LONGEST] for name in ("ref", "key"))
    missing = {} if ref else {"ref": "Enter your reference"}
    missing |= {} if key else {"key": "Enter your access key"}
    if missing:
        return _enter_page(request, ref, missing)
    try:
        sign_in(request, Shown(ref, key))
    except Refusal as no:
        if no.code not in NOT_LET_IN:
            return not_now(request, no)
        field = "key" if no.code == "people.key_mistyped" else "ref"
        return _enter_page(request, ref, {field: no.sentence}, then=no.next_step)
    return see_other("school")


def _enter_page(
    request: HttpRequest,
    ref: str = "",
    faults: Mapping[str, str] | None = None,
    *,
    then: str = "",
    closed: bool = False,
) -> HttpResponse:
    values = {"ref": ref, "faults": faults or {}, "then": then, "closed": closed}
    return render(request, "school/sign_in.html", values, status=BAD_INPUT if faults else 200, using="pages")


@require_safe
@inside
def today(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Say what waits, and say it too where nothing does."""
    found = ask(SCHOOL_TODAY, shown)
    values = {"here": "today", "school": found.school, "found": found, "now": now()}
    return render(request, "school/today.html", values, using="pages")


@require_POST
@inside
def stay(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Begin the fifteen minutes again, at a press."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """End the sitting and have the browser forget what it kept of it."""
    if request.method != "POST":
        return see_other("school-sign-in")
    request.session.flush()
    response = see_other("school-left")
    response.headers["Clear-Site-Data"] = CLEAR
    return response


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Say that nothing stays on this screen."""
    request.session.flush()
    response = render(request, "school/left.html", using="pages")
    response.headers["Clear-Site-Data"] = CLEAR
    return response
