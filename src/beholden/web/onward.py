# SPDX-License-Identifier: Apache-2.0
"""Leads a reader on: after a press, and from page to page of a list. Knows no page."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

_SIGNS = 6  # no list has a million pages


def see_other(name: str, *where: int | str) -> HttpResponseRedirect:
    """Redirect so that the next page is asked for with GET, whatever this one was (RFC 9110 section 15.4.4)."""
    response: HttpResponseRedirect = redirect(name, *where)
    response.status_code = 303
    return response


def page_asked(request: HttpRequest) -> int:
    """Return which page of a list an address asks for, from 1 on; 1 where it asks for none that there can be."""
    said = request.GET.get("page", "")
    return max(int(said[:_SIGNS]), 1) if said.isdecimal() else 1
