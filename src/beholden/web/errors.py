# SPDX-License-Identifier: Apache-2.0
"""What a reader meets when a page cannot be had: said in words, with what to do next. Shows nothing of the fault."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_PRIVATE, _SCHOOL = ("/letter", "/family"), "/school"
_OFFICE = ("/office", "/applicant", "/recipient", "/panel", "/registrar")


def _entrance(path: str) -> str:
    """Return the name of the entrance of the door that an address belongs to, or nothing."""
    if path.startswith(_SCHOOL):
        return "school-sign-in"
    return "office-sign-in" if path.startswith(_OFFICE) else ""


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(
        request,
        f"fault/{name}.html",
        {
            "in_letter": request.path_info.startswith(_PRIVATE),
            "sign_in": _entrance(request.path_info),
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
