# SPDX-License-Identifier: Apache-2.0
"""Who asked for records, each with all its routes on one page; and who is late to sign for wiping them (D19, D25)."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beholden.refusals import Refusal
from beholden.uses.queries import register_of_uses
from beholden.uses.standing import overdue, routes
from beholden.uses.words import STATE_LABELS, item_label, purpose_label
from beholden.web.present import catalogue, now


@dataclass(frozen=True, slots=True)
class Asking:
    """One body that asked, and how often."""

    ref: str
    name: str
    country: str
    asked: int


@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """List everybody who asked, and first of all who is overdue."""
    found: dict[str, Asking] = {}
    for use in register_of_uses(catalogue()):
        before = found.get(use.applicant_ref)
        asked = 1 if before is None else before.asked + 1
        found[use.applicant_ref] = Asking(use.applicant_ref, use.applicant, use.country, asked)
    values = {
        "here": "uses",
        "bodies": sorted(found.values(), key=lambda one: one.name),
        "late": overdue(catalogue=catalogue(), at=now()),
    }
    return render(request, "public/recipients.html", values, using="pages")


@require_safe
def recipient(request: HttpRequest, body: str) -> HttpResponse:
    """Show one body with all its routes; a body that asked for nothing has no page."""
    try:
        found = routes(body, catalogue=catalogue(), at=now())
    except Refusal as no:
        if no.code != "people.organisation_unknown":
            raise
        raise Http404 from no
    if not found.routes:
        raise Http404
    values = {
        "here": "uses",
        "found": found,
        "labels": {state.value: label for state, label in STATE_LABELS.items()},
        "purposes": {one.ref: purpose_label(one.purpose, catalogue()) for one in found.routes},
        "facts": {
            one.ref: tuple(item_label(item, catalogue()) for item in one.items) for one in found.routes
        },
    }
    return render(request, "public/recipient.html", values, using="pages")
