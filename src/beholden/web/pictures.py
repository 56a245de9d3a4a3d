# SPDX-License-Identifier: Apache-2.0
"""Gives a picture that belongs to one page as a file of its own: pages hold no drawing that a policy would forbid."""

from collections.abc import Callable

from django.http import Http404, HttpResponse

from beholden.refusals import Refusal


def as_picture(drawn: Callable[[], str], *, gone: str) -> HttpResponse:
    """Return a drawing (SVG). Where the keeper refuses it with the code `gone`, there is none."""
    try:
        return HttpResponse(drawn(), content_type="image/svg+xml")
    except Refusal as no:
        if no.code != gone:
            raise
        raise Http404 from no
