# SPDX-License-Identifier: Apache-2.0
"""Pages that say the same to everybody. Nothing is looked up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def cannot(request: HttpRequest) -> HttpResponse:
    """Say what Beholden cannot do."""
    return render(request, "public/cannot.html", using="pages")


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """Explain the words on the pages."""
    return render(request, "public/words.html", using="pages")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Say how to reach a person."""
    return render(request, "public/help.html", using="pages")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was tested, what is not good yet, and whom to tell."""
    return render(request, "public/accessibility.html", using="pages")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what this site itself keeps of its readers."""
    return render(request, "public/privacy.html", using="pages")
