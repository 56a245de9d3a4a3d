# SPDX-License-Identifier: Apache-2.0
"""Leads a reader on after a press. Knows no page."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect


def see_other(name: str, *where: int | str) -> HttpResponseRedirect:
    """Redirect so that the next page is asked for with GET, whatever this one was (RFC 9110 section 15.4.4)."""
    response: HttpResponseRedirect = redirect(name, *where)
    response.status_code = 303
    return response
