# SPDX-License-Identifier: Apache-2.0
"""The rules in force, and the looser ones that were announced, with every change in words and as data (D41, D7)."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beholden.catalogue import Catalogue
from beholden.catalogue.rules import Loosening
from beholden.gate.catalogues import content, history
from beholden.refusals import Refusal
from beholden.web.present import catalogue

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Change:
    """One change that loosens, with the rule's own name in words where it has one."""

    name: str
    before: str
    after: str


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show which rules hold since when, and which looser ones may come, from which day."""
    told, held = history(), catalogue()
    values = {
        "here": "log",
        "in_force": told.set[-1] if told.set else None,
        "earlier": told.set[-2::-1],
        "announced": [(one, [named(change, held) for change in one.changes]) for one in told.announced[::-1]],
        "days": held.limits.rules_notice_days,
    }
    return render(request, "public/rules.html", values, using="pages")


def named(change: Loosening, held: Catalogue) -> Change:
    """Return a change as the page shows it: a number by its label and unit, anything else by the entry's own name."""
    note = held.limit_notes.get(change.what) if change.where == "limit" else None
    if note is None:
        return Change(
            f"{change.where}: {change.what.replace('_', ' ')}", change.before or "–", change.after or "–"
        )
    return Change(f"{note.label} (in {note.unit})", change.before, change.after)


@require_safe
def kept(request: HttpRequest, name: str) -> HttpResponse:
    """Serve what a catalogue said, exactly as it was hashed: the SHA-256 of the file is its name."""
    try:
        raw = content(name)
    except (Refusal, ValueError) as absent:
        raise Http404 from absent
    response = HttpResponse(raw, content_type="application/json")
    response.headers["Cache-Control"] = FOR_EVER
    return response
