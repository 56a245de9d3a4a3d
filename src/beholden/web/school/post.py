# SPDX-License-Identifier: Apache-2.0
"""Post that the school passes on: a list of its own pupils for each use, all alike (D13, D16)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_PACK, SCHOOL_POST
from beholden.rights.school.asked import WhichPost
from beholden.rights.shown import Shown
from beholden.web.school.sitting import SCHOOL


@require_safe
@SCHOOL.inside()
def post(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List what waits to be passed on."""
    found = ask(SCHOOL_POST, shown)
    values = {"here": "post", "school": found.school, "lines": found.lines}
    return render(request, "school/post.html", values, using="pages")


@require_safe
@SCHOOL.inside()
def pack(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Return the list of one use as CSV."""
    got = ask(SCHOOL_PACK, WhichPost(shown, ref))
    response = HttpResponse(got.table, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="post-{got.ref}.csv"'
    return response
