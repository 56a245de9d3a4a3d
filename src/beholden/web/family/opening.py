# SPDX-License-Identifier: Apache-2.0
"""Opens and closes a letter: code, birth date, not for me, lost, leave. A link never opens anything; a press does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.notices.actions import report_not_mine
from beholden.redress.incidents import warned_of
from beholden.refusals import Refusal
from beholden.web.family.reading import LONGEST, Fault, read_birth_date, read_code
from beholden.web.family.sitting import FAMILY, open_with
from beholden.web.onward import see_other
from beholden.web.present import now

CLEAR = '"cache", "cookies", "storage"'
UNKNOWN = "We do not know this code. Look at each letter again, or ring us"
NOT_OPENED = (
    "We cannot open a letter with this code and this birth date. Look at the day, the month and the year, "
    "then at the code"
)
NOT_ME_REASONS = (
    ("moved", "They have moved"),
    ("never", "They never lived here"),
    ("unknown", "I do not know"),
)
BAD_INPUT = 422
TOO_MANY = 429


@require_safe
def scanned(request: HttpRequest) -> HttpResponse:
    """Take the code that a scanned link brought, and send the reader to the page with a clean address.

    Nothing is looked up: mail scanners and previews open links too.
    """
    code = getattr(request, "scanned_code", "")
    if code:
        request.session["typed"] = str(code)[:LONGEST]
    return see_other("letter")


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code. Where something went wrong, everybody reads the same line of it, and no one's child in it."""
    if request.method != "POST":
        closed = bool(request.session.pop("closed", False))
        sentence = request.session.pop("fault", "")
        fault = Fault("code", sentence) if sentence else None
        return _code_page(request, request.session.get("typed", ""), fault, closed=closed)
    said = request.POST.get("code", "")
    found = read_code(said)
    if isinstance(found, Fault):
        return _code_page(request, said[:LONGEST], found)
    request.session["typed"] = found
    return see_other("letter-check")


def _code_page(request: HttpRequest, said: str, fault: Fault | None, *, closed: bool = False) -> HttpResponse:
    values = {"said": said, "fault": fault, "closed": closed, "warnings": warned_of(at=now())}
    return render(request, "family/code.html", values, status=BAD_INPUT if fault else 200, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask for one child's birth date, and open the letter with both."""
    typed = request.session.get("typed")
    if not typed or isinstance(read_code(typed), Fault):
        return see_other("letter")
    if request.method != "POST":
        return _check_page(request, {}, None)
    said = {part: request.POST.get(part, "")[:LONGEST] for part in ("day", "month", "year")}
    born = read_birth_date(said, today=now().date())
    if isinstance(born, Fault):
        return _check_page(request, said, born)
    try:
        open_with(request, typed, born)
    except Refusal as no:
        return _not_opened(request, said, no)
    return see_other("letter-use", 1)


def _check_page(request: HttpRequest, said: dict[str, str], fault: Fault | None) -> HttpResponse:
    status = BAD_INPUT if fault else 200
    return render(request, "family/check.html", {"said": said, "fault": fault}, status=status, using="pages")


def _not_opened(request: HttpRequest, said: dict[str, str], no: Refusal) -> HttpResponse:
    """Translate a refusal into the page that helps: date and code again, a wait, a person, or the code again."""
    if no.code == "notices.not_opened":
        return _check_page(request, said, Fault("born-day", NOT_OPENED))
    if no.code in {"notices.too_many_tries", "notices.ring_us"}:
        page = "locked" if no.code == "notices.too_many_tries" else "ring_us"
        return render(request, f"family/{page}.html", {"no": no}, status=TOO_MANY, using="pages")
    request.session["fault"] = UNKNOWN
    return see_other("letter")


@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest) -> HttpResponse:
    """Let whoever got somebody else's letter say so. It counts as returned; nothing else is asked."""
    if request.method != "POST":
        return _not_me_page(request, request.session.get("typed", ""), "", ())
    said, why = request.POST.get("code", "")[:LONGEST], request.POST.get("why", "")
    code_found = read_code(said)
    faults = [code_found] if isinstance(code_found, Fault) else []
    if why not in dict(NOT_ME_REASONS):
        faults.append(Fault("why", "Choose one of the three"))
    if faults or isinstance(code_found, Fault):
        return _not_me_page(request, said, why, tuple(faults))
    try:
        report_not_mine(code=code_found, why=why, by=FAMILY, at=now())
    except Refusal:
        return _not_me_page(request, said, why, (Fault("code", UNKNOWN),))
    request.session.flush()
    return see_other("letter-not-me-thanks")


def _not_me_page(request: HttpRequest, said: str, why: str, faults: tuple[Fault, ...]) -> HttpResponse:
    values = {"said": said, "why": why, "found": faults, "reasons": NOT_ME_REASONS}
    return render(request, "family/not_me.html", values, status=BAD_INPUT if faults else 200, using="pages")


@require_safe
def not_me_thanks(request: HttpRequest) -> HttpResponse:
    """Say that it is written down."""
    return render(request, "family/not_me_thanks.html", using="pages")


@require_safe
def lost(request: HttpRequest) -> HttpResponse:
    """Say how to get another letter."""
    return render(request, "family/lost.html", using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """End the sitting and have the browser forget what it kept of it."""
    if request.method != "POST":
        return see_other("letter")
    request.session.flush()
    response = see_other("letter-left")
    response.headers["Clear-Site-Data"] = CLEAR
    return response


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Say that nothing stays on this screen."""
    request.session.flush()
    response = render(request, "family/left.html", using="pages")
    response.headers["Clear-Site-Data"] = CLEAR
    return response
