# SPDX-License-Identifier: Apache-2.0
"""What holds for every page: no code in an address, and headers that keep a shared screen clean. Nothing else."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

_SCANNED = re.compile(r"/[lL]/(?P<code>.*)", re.DOTALL)
_TYPED_AS_ADDRESS = re.compile(r"/letter/(?P<code>[CDFGHJKMNPQRTVWX3479 -]{12,20})", re.IGNORECASE)
_LETTER = "/letter"
PRIVATE = re.compile(
    r"/(letter|family).*|/(school|office|applicant|recipient|panel|registrar)(/.*)?", re.DOTALL
)
"""Doors behind which somebody's own pages stand: they are kept by no cache and found by no search."""
SCANNED = "/letter/scanned"

NEXT = Callable[[HttpRequest], HttpResponse]


def take_code_from_address(get_response: NEXT) -> NEXT:
    """Take a scanned code out of the address before anything can write the address down. Stands first.

    A letter's square leads to `/l/CODE` or `/L/CODE`, its line in small print to `/letter?c=CODE`, and some people
    type `/letter/CODE`. From here on the request says
    `/letter/scanned`, and the code travels as an attribute. So no log, no error report and no refused host can hold
    it. gunicorn's own lines are cleaned by `server_log`; a server in front must not log these addresses either.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        code = _code_in(request)
        if code is not None:
            request.__dict__["scanned_code"] = code
            request.path = request.path_info = SCANNED
            request.META["QUERY_STRING"] = ""
            for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):  # the server writes its own line from these
                if name in request.META:
                    request.META[name] = SCANNED
            request.GET = QueryDict("")
        return get_response(request)

    return handle


def _code_in(request: HttpRequest) -> str | None:
    scanned = _SCANNED.fullmatch(request.path_info) or _TYPED_AS_ADDRESS.fullmatch(request.path_info)
    if scanned:
        return scanned["code"]
    if request.path_info.rstrip("/") == _LETTER and "c" in request.GET:
        return request.GET["c"]
    return None


def headers(get_response: NEXT) -> NEXT:
    """Add what every answer carries, and what a letter's and a school's pages carry besides (notes/ux.md 2.1, 8.1)."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if PRIVATE.fullmatch(request.path_info):
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return handle
