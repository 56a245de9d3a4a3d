# SPDX-License-Identifier: Apache-2.0
"""One sitting of a school's data lead: what the sealed cookie holds, and what every page does with it. Knows no page.

The cookie holds reference and key, sealed, and nothing else. Each page hands them to the keeper, who looks at them
afresh: an ended key ends the sitting at the next press, and there is no table of sittings (`web.sealed_session`).
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render

from beholden.hatch.asking import ask
from beholden.hatch.verbs import SCHOOL_SIGN_IN
from beholden.refusals import Refusal
from beholden.rights.school.asked import Shown
from beholden.web.onward import see_other

BAD_INPUT = 422
NOT_LET_IN = frozenset({"people.not_let_in", "people.key_mistyped"})
_UNAVAILABLE = 503

_Where = ParamSpec("_Where")
_View = Callable[Concatenate[HttpRequest, _Where], HttpResponse]
_Guarded = Callable[Concatenate[HttpRequest, Shown, _Where], HttpResponse]


def sign_in(request: HttpRequest, shown: Shown) -> None:
    """Begin a sitting with what was shown, or let the refusal through. Whoever else sat here before is out."""
    ask(SCHOOL_SIGN_IN, shown)
    request.session.flush()
    request.session["school"] = {"ref": shown.ref, "key": shown.key}
    rotate_token(request)


def shown_in(request: HttpRequest) -> Shown | None:
    """Return what was shown in this sitting; None where nobody is signed in. It proves nothing yet."""
    held = request.session.get("school")
    return Shown(held["ref"], held["key"]) if held else None


def inside(view: _Guarded[_Where]) -> _View[_Where]:
    """Let a page be asked for by whoever is signed in; what the keeper refuses becomes the page that helps."""

    def guarded(request: HttpRequest, /, *args: _Where.args, **kwargs: _Where.kwargs) -> HttpResponse:
        shown = shown_in(request)
        if shown is None:
            return closed(request)
        try:
            response = view(request, shown, *args, **kwargs)
        except Refusal as no:
            return _refused(request, no)
        if "school" in request.session:
            request.session.modified = True  # fifteen minutes begin again with each page
        return response

    return guarded


def _refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    if no.code in NOT_LET_IN:
        request.session.flush()
        return closed(request)
    if no.code == "rights.no_such_return":
        raise Http404
    return not_now(request, no)


def not_now(request: HttpRequest, no: Refusal) -> HttpResponse:
    """Say in the keeper's own words that it cannot be done now: nobody answers, or the register stands still."""
    return render(request, "school/silent.html", {"no": no}, status=_UNAVAILABLE, using="pages")


def closed(request: HttpRequest) -> HttpResponse:
    """Lead back to the sign-in, and say why."""
    request.session["school_closed"] = True
    return see_other("school-sign-in")
