# SPDX-License-Identifier: Apache-2.0
"""An organisation's requests; whether a table could answer it; beginning one; where one stands, and taking it back."""

import secrets
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import (
    APPLICANT_BEGIN,
    APPLICANT_REQUESTS,
    APPLICANT_STANDS,
    APPLICANT_WITHDRAW,
    OFFICE_SIGN_IN,
)
from beholden.refusals import Refusal
from beholden.rights.applicant.asked import Begin
from beholden.rights.shown import Shown, WhichUse
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

LONGEST = 40
_inside = OFFICE.inside("applicant")


@require_safe
@_inside
def requests(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what is being written and what was handed in."""
    found = ask(APPLICANT_REQUESTS, shown)
    values = {"here": "requests", "officer": found.officer, "found": found}
    return render(request, "applicant/requests.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def new(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Ask first whether a table would do (U11); then begin. A change of a live use begins with its answers."""
    amends = (request.POST if request.method == "POST" else request.GET).get("amends", "")[:LONGEST]
    if request.method != "POST":
        return _new_page(request, shown, amends)
    needs = request.POST.get("needs", "")
    if needs == "table":
        return _page(request, shown, "applicant/table.html", {"here": "new"})
    if needs != "rows" and not amends:
        return _new_page(request, shown, amends, "Choose one of the two")
    try:
        begun = ask(APPLICANT_BEGIN, Begin(shown, request.POST.get("press", "")[:LONGEST], amends))
    except Refusal as no:
        OFFICE.beside_the_field(no)
        return _new_page(request, shown, amends, f"{no.sentence} {no.next_step}")
    return see_other("applicant-tasks", begun.sketch)


def _new_page(request: HttpRequest, shown: Shown, amends: str, fault: str = "") -> HttpResponse:
    values = {
        "here": "new",
        "press": secrets.token_urlsafe(16),
        "amends": amends,
        "faults": {"needs": fault} if fault else {},
    }
    return _page(request, shown, "applicant/new.html", values, BAD_INPUT if fault else 200)


def _page(
    request: HttpRequest, shown: Shown, template: str, values: Mapping[str, object], status: int = 200
) -> HttpResponse:
    held = {"officer": ask(OFFICE_SIGN_IN, shown), **values}
    return render(request, template, held, status=status, using="pages")


@require_safe
@_inside
def use(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Say where one use stands, and what comes next."""
    found = ask(APPLICANT_STANDS, WhichUse(shown, ref))
    values = {
        "here": "requests",
        "officer": found.officer,
        "use": found,
        "arrived": request.session.pop("handed_in", "") == ref,
    }
    return render(request, "applicant/use.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def withdraw(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Take a use back, once it was asked whether that is meant."""
    if request.method == "POST":
        ask(APPLICANT_WITHDRAW, WhichUse(shown, ref))
        return see_other("applicant-use", ref)
    found = ask(APPLICANT_STANDS, WhichUse(shown, ref))
    values = {"here": "requests", "officer": found.officer, "use": found}
    return render(request, "applicant/withdraw.html", values, using="pages")
