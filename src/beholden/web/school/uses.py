# SPDX-License-Identifier: Apache-2.0
"""Every use of what the school sent, refused beside agreed (D29)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_USES
from beholden.rights.shown import Shown
from beholden.web.school.sitting import SCHOOL


@require_safe
@SCHOOL.inside()
def uses(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List them, newest first."""
    found = ask(SCHOOL_USES, shown)
    values = {"here": "uses", "school": found.school, "uses": found.uses, "fewer_than": found.fewer_than}
    return render(request, "school/uses.html", values, using="pages")
