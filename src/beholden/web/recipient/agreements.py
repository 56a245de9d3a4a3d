# SPDX-License-Identifier: Apache-2.0
"""A recipient's agreements: all on one page, each with what is due; signing, the receipt, the certificate.

A page gives the text that a key signs, as a file, and takes back the signature. No private key is ever typed here.
"""

from collections.abc import Mapping
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.hatch.asking import ask
from beholden.hatch.verbs import (
    RECIPIENT_HELD,
    RECIPIENT_RECEIVE,
    RECIPIENT_ROUTES,
    RECIPIENT_SIGN,
    RECIPIENT_WIPE,
)
from beholden.kinds import typed_day
from beholden.refusals import Refusal
from beholden.rights.recipient.asked import Receipt, Signed, Wiped
from beholden.rights.shown import Shown, WhichUse
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

LONGEST = 4_000
LONGEST_RECEIPT = 20_000
_ABOUT_THE_SIGNATURE = frozenset({"uses.signature", "uses.certificate_signature"})
_inside = OFFICE.inside("recipient")


@require_safe
@_inside
def routes(request: HttpRequest, shown: Shown) -> HttpResponse:
    """List every use of the recipient's body, what is overdue and due first."""
    found = ask(RECIPIENT_ROUTES, shown)
    values = {"here": "routes", "officer": found.officer, "found": found}
    return render(request, "recipient/routes.html", values, using="pages")


def _page(
    request: HttpRequest, shown: Shown, ref: str, name: str, no: Refusal | None = None, **more: object
) -> HttpResponse:
    found = ask(RECIPIENT_HELD, WhichUse(shown, ref))
    values = {"here": "routes", "officer": found.officer, "held": found, "no": no, **more}
    values |= {"faults": {name: no.sentence} if no else {}}
    status = BAD_INPUT if no else 200
    return render(request, f"recipient/{name}.html", values, status=status, using="pages")


@require_safe
@_inside
def one(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Show one use: where it stands, what is due, what was agreed."""
    return _page(request, shown, ref, "one", done=request.session.pop("recipient_done", ""))


@require_safe
@_inside
def text(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Return the agreement as the key signs it, to the byte."""
    found = ask(RECIPIENT_HELD, WhichUse(shown, ref))
    if not found.to_sign:
        raise Http404
    return _file(f"agreement-{found.route.ref}.txt", found.to_sign)


def _file(name: str, content: str) -> HttpResponse:
    response = HttpResponse(content.encode(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def sign(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Show the text and take the signature under it."""
    if request.method != "POST":
        return _page(request, shown, ref, "sign", given="")
    given = request.POST.get("sign", "")[:LONGEST]
    try:
        ask(RECIPIENT_SIGN, Signed(shown, ref, given))
    except Refusal as no:
        return _page(request, shown, ref, "sign", OFFICE.beside_the_field(no), given=given)
    return _done(request, ref, "signed")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def receive(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Take the signed recomputation. That the list does not agree is taken too: no word is more important."""
    if request.method != "POST":
        return _page(request, shown, ref, "receive", given="")
    given = request.POST.get("receive", "")[:LONGEST_RECEIPT]
    try:
        word = ask(RECIPIENT_RECEIVE, Receipt(shown, ref, given))
    except Refusal as no:
        return _page(request, shown, ref, "receive", OFFICE.beside_the_field(no), given=given)
    return _done(request, ref, "agrees" if word.agrees else "disagrees")


@require_http_methods(["GET", "HEAD", "POST"])
@_inside
def wipe(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Ask how and when every copy was wiped; give the text to sign; take the signature. Each step is one press."""
    if request.method != "POST":
        return _page(request, shown, ref, "wipe", given={}, to_sign="")
    given = {name: request.POST.get(name, "")[:LONGEST] for name in ("method", "statement", "signature")}
    given |= {name: request.POST.get(name, "")[:4] for name in ("day", "month", "year")}
    step = request.POST.get("step", "")
    try:
        when = _day(given)
        signature = given["signature"] or "-" if step == "sign" else ""
        made = ask(RECIPIENT_WIPE, Wiped(shown, ref, when, given["method"], given["statement"], signature))
    except Refusal as no:
        OFFICE.beside_the_field(no)
        to_sign = ""
        if no.code in _ABOUT_THE_SIGNATURE:
            said = Wiped(shown, ref, _day(given), given["method"], given["statement"])
            to_sign = ask(RECIPIENT_WIPE, said).text
        return _page(request, shown, ref, "wipe", no, given=given, to_sign=to_sign)
    if made.done:
        return _done(request, ref, "wiped")
    if step == "take":
        return _file(f"certificate-{ref}.txt", made.text)
    return _page(request, shown, ref, "wipe", given=given, to_sign=made.text)


def _day(given: Mapping[str, str]) -> date:
    found = typed_day(given)
    if found is None:
        raise Refusal(
            "web.day",
            "This day is in no calendar.",
            next_step="Write day, month and year in numbers.",
            authority="D25",
        )
    return found


def _done(request: HttpRequest, ref: str, what: str) -> HttpResponse:
    request.session["recipient_done"] = what
    return see_other("recipient-use", ref)
