# SPDX-License-Identifier: Apache-2.0
"""The school's entrance, and today's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_TODAY
from beholden.rights.shown import Shown
from beholden.web.entrance import being_out, entering, leaving, staying
from beholden.web.present import now
from beholden.web.school.sitting import SCHOOL

enter = entering(SCHOOL, lambda _: "school")
stay, leave, left = staying(SCHOOL), leaving(SCHOOL), being_out(SCHOOL)


@require_safe
@SCHOOL.inside()
def today(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Say what waits, and say it too where nothing does."""
    found = ask(SCHOOL_TODAY, shown)
    values = {"here": "today", "school": found.school, "found": found, "now": now()}
    return render(request, "school/today.html", values, using="pages")
