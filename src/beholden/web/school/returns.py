# SPDX-License-Identifier: Apache-2.0
"""Sending a return, what became of it, and every return before it (notes/ux.md 4.2). Names no pupil, ever."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_FINDINGS, SCHOOL_HISTORY, SCHOOL_SIGN_IN, SCHOOL_TAKE
from beholden.refusals import Refusal
from beholden.rights.school.asked import MOST_BYTES, Findings, Group, Put, Which
from beholden.rights.shown import Shown
from beholden.web.onward import see_other
from beholden.web.school.receiving import FIELD, NO_ROOM, TOO_LARGE, Received, stopped
from beholden.web.school.sitting import SCHOOL
from beholden.web.sitting import BAD_INPUT

_TOO_LARGE, _NO_ROOM = 413, 507
MOST = MOST_BYTES // 1024**2
_STOPPED = {
    TOO_LARGE: (
        f"This file is larger than {MOST} MB. No return of one school is. Choose the return itself",
        _TOO_LARGE,
    ),
    NO_ROOM: (
        "We have no room for a file now. Nothing of yours was kept. Try again later, or ring us",
        _NO_ROOM,
    ),
}
_ABOUT_THE_FILE = ("intake.", "home.inbox")


@require_safe
@SCHOOL.inside()
def history(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List every file that the school sent, newest first."""
    found = ask(SCHOOL_HISTORY, shown)
    values = {"here": "returns", "school": found.school, "lines": found.lines}
    return render(request, "school/returns.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@SCHOOL.inside()
def send(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Take a file. It has arrived in the inbox by the time this runs; the keeper reads it there."""
    if request.method != "POST":
        return _send_page(request, shown)
    file = request.FILES.get(FIELD)
    if stopped(request):
        return _send_page(request, shown, *_STOPPED[stopped(request)])
    if not isinstance(file, Received):
        return _send_page(request, shown, "Choose the file that your system made", BAD_INPUT)
    try:
        taken = ask(SCHOOL_TAKE, Put(shown, file.inbox_name))
    except Refusal as no:
        if not no.code.startswith(_ABOUT_THE_FILE):
            raise
        return _send_page(request, shown, f"{no.sentence} {no.next_step}", BAD_INPUT)
    if taken.status == "unchanged":
        request.session["unchanged"] = taken.place
    return see_other("school-return", taken.place)


def _send_page(request: HttpRequest, shown: Shown, fault: str = "", status: int = 200) -> HttpResponse:
    values = {"here": "returns", "school": ask(SCHOOL_SIGN_IN, shown), "fault": fault, "most": MOST}
    return render(request, "school/send.html", values, status=status, using="pages")


@require_safe
@SCHOOL.inside()
def one(request: HttpRequest, shown: Shown, place: int) -> HttpResponse:
    """Show what became of one file: its receipt, or what kept it out; and everything that was found."""
    found = ask(SCHOOL_FINDINGS, Which(shown, place))
    page = "refused" if found.line.status == "refused" else "received"
    values = {
        "here": "returns",
        "school": found.school,
        "line": found.line,
        "errors": _of_kind(found, errors=True),
        "questions": _of_kind(found, errors=False),
        "all_listed": found.all_listed,
        "unchanged": request.session.pop("unchanged", 0) == place,
    }
    return render(request, f"school/{page}.html", values, using="pages")


def _of_kind(found: Findings, *, errors: bool) -> tuple[Group, ...]:
    return tuple(group for group in found.groups if group.is_error is errors)


@require_safe
@SCHOOL.inside()
def findings_csv(request: HttpRequest, shown: Shown, place: int) -> HttpResponse:
    """Return everything that was found in one file as CSV (RFC 4180), a line for each finding."""
    found = ask(SCHOOL_FINDINGS, Which(shown, place))
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("rule", "kind", "line", "place", "what is wrong", "what to do"))
    for group in found.groups:
        kind = "error" if group.is_error else "question"
        for spot in group.spots:
            table.writerow((group.rule, kind, spot.line, spot.place, group.sentence, group.what_to_do))
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="findings-{place}.csv"'
    return response
