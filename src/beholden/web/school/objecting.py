# SPDX-License-Identifier: Apache-2.0
"""A school objects to one use, in public and by name (D29)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_OBJECT, SCHOOL_OBJECTION
from beholden.refusals import Refusal
from beholden.rights.school.asked import Object, WhichUse
from beholden.rights.shown import Shown
from beholden.web.onward import see_other
from beholden.web.school.sitting import SCHOOL
from beholden.web.sitting import BAD_INPUT


@require_http_methods(["GET", "HEAD", "POST"])
@SCHOOL.inside()
def objection(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Show what the school says and is answered; take its objection. A button pressed twice is one objection."""
    typed, no = request.POST.get("reason", ""), None
    if request.method == "POST":
        try:
            ask(SCHOOL_OBJECT, Object(shown, ref, typed))
        except Refusal as refused:
            no = SCHOOL.beside_the_field(refused)
        else:
            return see_other("school-objection", ref)
    found = ask(SCHOOL_OBJECTION, WhichUse(shown, ref))
    values = {
        "here": "uses",
        "school": found.school,
        "found": found,
        "typed": typed,
        "no": no,
        "faults": {"reason": f"{no.sentence} {no.next_step}"} if no else {},
    }
    return render(request, "school/objection.html", values, status=BAD_INPUT if no else 200, using="pages")
