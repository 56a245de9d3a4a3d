# SPDX-License-Identifier: Apache-2.0
"""What a reader meets when a page cannot be had: said in words, with what to do next. Shows nothing of the fault."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from beholden.refusals import Refusal

_PRIVATE = frozenset({"letter", "family"})
_ENTRANCES = {"school": "school-sign-in"} | dict.fromkeys(
    ("office", "applicant", "recipient", "panel", "registrar"), "office-sign-in"
)
"""The entrance of each door, by the first part of its addresses: whole, for /recipients is everybody's."""


def _door(path: str) -> str:
    """Return the first part of an address."""
    return path.split("/", 2)[1] if path.startswith("/") else ""


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(
        request,
        f"fault/{name}.html",
        {
            "in_letter": _door(request.path_info) in _PRIVATE,
            "sign_in": _ENTRANCES.get(_door(request.path_info), ""),
        },
        status=status,
        using="pages",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing stands at this address."""
    return _page(request, "not_found", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return _page(request, "broken", 500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the page was asked for in a way we cannot read."""
    return _page(request, "bad_request", 400)


def page_went_cold(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page had been open for too long, or did not come from us. Nothing was saved."""
    return _page(request, "went_cold", 403)


def refused_as_data(no: Refusal, status: int) -> JsonResponse:
    """Say a refusal to a program: the same four things that a person reads, and nothing more."""
    said = {
        "code": no.code,
        "sentence": no.sentence,
        "next_step": no.next_step,
        "authority": no.authority,
    }
    return JsonResponse({"refused": said}, status=status)
