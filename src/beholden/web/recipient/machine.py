# SPDX-License-Identifier: Apache-2.0
"""The recipient's door as its machine uses it: three addresses, JSON, signed requests, no cookie (D31).

A browser's forgery check guards cookies, and here are none: what counts is the signature, which the keeper checks. The
answers are described in docs/reference/recipient-api.md.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from beholden.hatch import verbs
from beholden.hatch.asking import ask
from beholden.redress.request import Request
from beholden.refusals import Refusal
from beholden.web.errors import refused_as_data

MOST_BODY = 16_384
_HEADERS = ("Beholden-Recipient", "Beholden-Date", "Beholden-Nonce", "Beholden-Signature")
_STATUS = {
    "redress.request": 401,
    "redress.request_date": 401,
    "redress.no_such_message": 404,
    "redress.no_word": 422,
    "gate.message_done": 422,
    "machine.request": 400,
}
_SILENT = 503


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List the messages that wait, oldest first."""

    def answer(signed: Request) -> HttpResponse:
        found = ask(verbs.RECIPIENT_WAITING, signed)
        lines = [
            {
                "day": one.day.isoformat(),
                "do_by": one.do_by.isoformat(),
                "handover": one.handover,
                "use": one.use,
            }
            for one in found.messages
        ]
        return JsonResponse({"messages": lines, "more": found.more})

    return _answered(request, answer)


@require_safe
def fetch(request: HttpRequest, handover: str, day: str) -> HttpResponse:
    """Hand one message over, locked."""

    def answer(signed: Request) -> HttpResponse:
        found = ask(verbs.RECIPIENT_FETCH, signed)
        response = HttpResponse(found.content, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="{handover[:8]}-{day}.age"'
        return response

    return _answered(request, answer)


@csrf_exempt
@require_POST
def done(request: HttpRequest, handover: str, day: str) -> HttpResponse:
    """Take the signed word that one message is done."""

    def answer(signed: Request) -> HttpResponse:
        found = ask(verbs.RECIPIENT_DONE, signed)
        return JsonResponse({"day": found.day.isoformat(), "done": True, "handover": found.handover})

    return _answered(request, answer)


def _answered(request: HttpRequest, answer: Callable[[Request], HttpResponse]) -> HttpResponse:
    """Answer, or say as JSON what was refused; never with more than the refusal's own words."""
    try:
        return answer(_signed(request))
    except Refusal as no:
        return refused_as_data(no, _STATUS.get(no.code, _SILENT))


def _signed(request: HttpRequest) -> Request:
    """Read what was signed: every header once, no query, a body only where one belongs, and not more than fits."""
    said = [request.headers.get(name, "") for name in _HEADERS]
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not all(said) or request.META.get("QUERY_STRING") or not length.isdecimal() or int(length) > MOST_BODY:
        raise _unreadable()
    try:
        body = request.body.decode("utf-8")
    except ValueError:
        raise _unreadable() from None
    recipient, date, nonce, signature = said
    return Request(recipient, request.method or "", request.path, date, nonce, body, signature)


def _unreadable() -> Refusal:
    return Refusal(
        "machine.request",
        "This is no request that we can read.",
        next_step="Send the four headers, no query, and at most 16,384 bytes of UTF-8.",
        authority="docs/reference/recipient-api.md",
    )
