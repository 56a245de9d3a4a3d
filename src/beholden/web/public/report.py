# SPDX-License-Identifier: Apache-2.0
"""The report card as pages and as data: the grades, each with its sum and the log entries it was counted from (D38)."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from beholden.catalogue import Subject
from beholden.refusals import Refusal
from beholden.reportcard.card import Card
from beholden.reportcard.queries import report_card
from beholden.web.errors import refused_as_data
from beholden.web.present import catalogue, now
from beholden.web.public import marks
from beholden.web.public.register import as_csv

NO_CARD = 503


@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """Show every subject with its grade, its sum, and how to compute it without us."""

    def page(found: Card) -> HttpResponse:
        values = {
            "here": "check",
            "card": found,
            "marks": marks.marks(found),
            "places": marks.PLACES,
            "headline": marks.headline(found),
            "telling": marks.telling(found),
            "named": 3,
            "address": request.build_absolute_uri(reverse("log")),
        }
        return render(request, "public/report_card.html", values, using="pages")

    return _with_card(page, lambda no: _no_card(request, no))


@require_safe
def subject(request: HttpRequest, name: str) -> HttpResponse:
    """Show where each figure of one subject stands in the log, what was missed, and what it is for."""
    if name not in set(Subject):
        raise Http404

    def page(found: Card) -> HttpResponse:
        its = found.of(Subject(name))
        where = {one.name: marks.stands(one) for one in its.measures}
        values = {"here": "check", "card": found, "subject": its, "where": where, "most": marks.NAMED}
        return render(request, "public/report_card_subject.html", values, using="pages")

    return _with_card(page, lambda no: _no_card(request, no))


@require_safe
def card_json(request: HttpRequest) -> HttpResponse:
    """Return the card byte for byte as `beholden grade --json` prints it, so that the two can be compared."""
    return _with_card(
        lambda found: HttpResponse(found.print() + b"\n", content_type="application/json"), _no_data
    )


@require_safe
def card_csv(request: HttpRequest) -> HttpResponse:
    """Return the sums as CSV, a line for each measure."""
    return _with_card(lambda found: as_csv("report-card", marks.table(found)), _no_data)


def _with_card(
    page: Callable[[Card], HttpResponse], instead: Callable[[Refusal], HttpResponse]
) -> HttpResponse:
    """Answer with today's card. Where the log does not hold there is none, and that is said: never an older one."""
    try:
        found = report_card(catalogue=catalogue(), on=now().date())
    except Refusal as no:
        return instead(no)
    return page(found)


def _no_card(request: HttpRequest, no: Refusal) -> HttpResponse:
    values = {"here": "check", "no": no}
    return render(request, "public/no_card.html", values, using="pages", status=NO_CARD)


def _no_data(no: Refusal) -> HttpResponse:
    return refused_as_data(no, NO_CARD)
