# SPDX-License-Identifier: Apache-2.0
"""The entrance that every officers' door has: signing in, staying, leaving. Each function makes one view for a door."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beholden.refusals import Refusal
from beholden.rights.shown import Shown
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT, NOT_LET_IN, Door

CLEAR = '"cache", "cookies", "storage"'
LONGEST = 64
"""No reference and no key is longer; what is longer is cut before it is looked at."""

View = Callable[[HttpRequest], HttpResponse]


def entering(door: Door, home: Callable[[str], str]) -> View:
    """Ask for reference and key. One answer for whatever does not open: which of the two it was is not said.

    `home` gives the name of the first page for the role in which somebody came in.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    def enter(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _page(request, door, closed=bool(request.session.pop(f"{door.name}_closed", False)))
        ref, key = (request.POST.get(name, "").strip()[:LONGEST] for name in ("ref", "key"))
        missing = {} if ref else {"ref": "Enter your reference"}
        missing |= {} if key else {"key": "Enter your access key"}
        if missing:
            return _page(request, door, ref, missing)
        try:
            role = door.sign_in(request, Shown(ref, key))
        except Refusal as no:
            if no.code not in NOT_LET_IN:
                return door.not_now(request, no)
            field = "key" if no.code == "people.key_mistyped" else "ref"
            return _page(request, door, ref, {field: no.sentence}, then=no.next_step)
        return see_other(home(role))

    return enter


def _page(
    request: HttpRequest,
    door: Door,
    ref: str = "",
    faults: Mapping[str, str] | None = None,
    *,
    then: str = "",
    closed: bool = False,
) -> HttpResponse:
    values = {"ref": ref, "faults": faults or {}, "then": then, "closed": closed}
    status = BAD_INPUT if faults else 200
    return render(request, f"{door.name}/sign_in.html", values, status=status, using="pages")


def staying(door: Door) -> View:
    """Begin the fifteen minutes again, at a press."""

    @require_POST
    @door.inside()
    def stay(request: HttpRequest, shown: Shown) -> HttpResponse:
        return HttpResponse(status=204)

    return stay


def leaving(door: Door) -> View:
    """End the sitting and have the browser forget what it kept of it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def leave(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return see_other(f"{door.name}-sign-in")
        request.session.flush()
        response = see_other(f"{door.name}-left")
        response.headers["Clear-Site-Data"] = CLEAR
        return response

    return leave


def being_out(door: Door) -> View:
    """Say that nothing stays on this screen."""

    @require_safe
    def left(request: HttpRequest) -> HttpResponse:
        request.session.flush()
        response = render(request, f"{door.name}/left.html", using="pages")
        response.headers["Clear-Site-Data"] = CLEAR
        return response

    return left
