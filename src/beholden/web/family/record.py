# SPDX-License-Identifier: Apache-2.0
"""The second step and what lies behind it: record, uses, copy, proof. Each page is one verb at the hatch.

This process sees what one reader sees while that reader is here, and keeps nothing of it: the sealed cookie holds the
codes, and the keeper checks them anew for every page.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beholden.hatch import verbs
from beholden.hatch.asking import ask
from beholden.notices.rules import typed_second
from beholden.refusals import Refusal
from beholden.rights.record import AboutChild, File, NoMore, Shown
from beholden.web.family.answering import with_letter
from beholden.web.family.reading import LONGEST, Fault
from beholden.web.family.sitting import Sitting
from beholden.web.onward import see_other

BAD_INPUT = 422
TOO_MANY = 429
NOT_NOW = 503
SLIP = "There is a slip in this code. Look at each letter and number again"
EMPTY = "Enter the second code, or your own code"
SENTENCES = {
    "notices.second_mistyped": SLIP,
    "notices.second_not_opened": (
        "This code does not open the records. Look at each letter again. The newest code counts"
    ),
    "notices.second_used": (
        "This code was used before. Enter your own code. If you never made one, ring us today: "
        "somebody else may have used it"
    ),
}

_Where = ParamSpec("_Where")
_View = Callable[Concatenate[HttpRequest, _Where], HttpResponse]
_Guarded = Callable[Concatenate[HttpRequest, Shown, _Where], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def second(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Ask for the second code, and exchange it. Nothing is used up before the press."""
    if request.method != "POST":
        return _second_page(request, sitting, "", None)
    said = request.POST.get("second", "")[:LONGEST]
    if not said.strip():
        return _second_page(request, sitting, said, Fault("second", EMPTY))
    try:
        signs = typed_second(said)
        got = ask(verbs.ENTER, replace(_shown(request), second=signs))
    except Refusal as no:
        return _not_entered(request, sitting, said, no)
    request.session["own"] = got.own_code or signs
    if got.own_code:
        request.session["fresh"] = True
        return see_other("family-own")
    return see_other("family")


def _not_entered(request: HttpRequest, sitting: Sitting, said: str, no: Refusal) -> HttpResponse:
    if no.code in SENTENCES:
        return _second_page(request, sitting, said, Fault("second", SENTENCES[no.code]))
    return _refused(request, no)


def _second_page(request: HttpRequest, sitting: Sitting, said: str, fault: Fault | None) -> HttpResponse:
    values = {
        "open": True,
        "said": said,
        "fault": fault,
        "names": sitting.names,
        "own": sitting.letter.own,
        "place": sitting.current,
    }
    return render(request, "family/second.html", values, status=BAD_INPUT if fault else 200, using="pages")


def _shown(request: HttpRequest) -> Shown:
    held = request.session
    return Shown(held["code"], date.fromisoformat(held["born"]), str(held.get("own", "")))


def with_record(view: _Guarded[_Where]) -> _View[_Where]:
    """Lend the view what this reader has shown; lead whoever has not taken the second step to it."""

    def guarded(request: HttpRequest, /, *args: _Where.args, **kwargs: _Where.kwargs) -> HttpResponse:
        if not request.session.get("code"):
            request.session["closed"] = True
            return see_other("letter")
        if not request.session.get("own"):
            return see_other("family-second")
        request.session.modified = True  # fifteen minutes begin again with each page
        try:
            return view(request, _shown(request), *args, **kwargs)
        except Refusal as no:
            return _refused(request, no)

    return guarded


def _refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    """Translate a refusal: nobody's page, a wait, a person, the codes again, or not at this moment."""
    match no.code:
        case "rights.no_such_child":
            raise Http404
        case "notices.too_many_tries":
            return render(request, "family/locked.html", {"no": no}, status=TOO_MANY, using="pages")
        case "notices.ring_us" | "gate.not_yours" | "rights.may_not_decide":
            return render(request, "family/ring_us.html", {"no": no}, status=TOO_MANY, using="pages")
        case "notices.second_not_opened":  # a newer own code took its place
            request.session.pop("own", None)
            return see_other("family-second")
        case "notices.not_opened" | "notices.code_mistyped":
            request.session.flush()
            request.session["closed"] = True
            return see_other("letter")
        case _:  # silent, a damaged file, a damaged journal: nothing is shown, and a person can help
            return render(request, "family/not_now.html", {"open": True}, status=NOT_NOW, using="pages")


@require_safe
@with_record
def own(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Show the own code, on the one screen on which it ever stands."""
    if not request.session.pop("fresh", False):
        return see_other("family")
    return render(request, "family/own.html", {"open": True, "own": shown.second}, using="pages")


@require_safe
@with_record
def overview(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Show what waits for an answer, and each child."""
    values = {"open": True, "page": ask(verbs.OVERVIEW, shown)}
    return render(request, "family/overview.html", values, using="pages")


@require_safe
@with_record
def record(request: HttpRequest, shown: Shown, child: str) -> HttpResponse:
    """Show what is held about one child."""
    values = {"open": True, "page": ask(verbs.RECORD, AboutChild(shown, child))}
    return render(request, "family/record.html", values, using="pages")


@require_safe
@with_record
def used(request: HttpRequest, shown: Shown, child: str) -> HttpResponse:
    """Show who used the record, who would like to, and who looked."""
    values = {"open": True, "page": ask(verbs.USED, AboutChild(shown, child))}
    return render(request, "family/used.html", values, using="pages")


@require_safe
@with_record
def letters(request: HttpRequest, shown: Shown, child: str) -> HttpResponse:
    """Show the letters that are passed on and are for one child, and that there is none where there is none."""
    request.session["press"] = secrets.token_hex(16)
    page = ask(verbs.LETTERS, AboutChild(shown, child))
    values = {"open": True, "page": page, "stopped": request.session.pop("stopped", "")}
    return render(request, "family/letters.html", values, using="pages")


@require_POST
@with_record
def no_more(request: HttpRequest, shown: Shown, child: str) -> HttpResponse:
    """Say no to every further letter, at one press."""
    press = str(request.session.get("press", ""))
    request.session["stopped"] = ask(verbs.NO_MORE, NoMore(AboutChild(shown, child), press)).number
    return see_other("family-letters", child)


@require_POST
@with_record
def copy(request: HttpRequest, shown: Shown, child: str) -> HttpResponse:
    """Hand the copy over as a file. At a press, so that no preview takes one."""
    return _file(ask(verbs.COPY, AboutChild(shown, child)))


@require_POST
@with_record
def proof(request: HttpRequest, shown: Shown, child: str) -> HttpResponse:
    """Hand the proof over as a file."""
    return _file(ask(verbs.PROOF, AboutChild(shown, child)))


def _file(got: File) -> HttpResponse:
    response = HttpResponse(got.content, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{got.name}"'
    return response
