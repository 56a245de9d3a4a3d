# SPDX-License-Identifier: Apache-2.0
"""Signing in and out for every office, and the way to one's own first page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from beholden.rights.shown import Shown
from beholden.web.entrance import being_out, entering, leaving, staying
from beholden.web.officers import HOMES, OFFICE
from beholden.web.onward import see_other

enter = entering(OFFICE, HOMES.__getitem__)
stay, leave, left = staying(OFFICE), leaving(OFFICE), being_out(OFFICE)


@require_safe
@OFFICE.inside()
def home(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Lead whoever is signed in to the first page of their role."""
    return see_other(HOMES[OFFICE.role_in(request)])
