# SPDX-License-Identifier: Apache-2.0
"""Counts and chooses among public uses. No clock, no database, nothing that is not public already."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from beholden.uses.queries import PublicUse

STATES = ("To decide", "Agreed", "Open", "Running", "Ended", "Refused")
SAID_NO = "Refused"
UNDECIDED = "To decide"
COLUMNS = (
    "ref",
    "title",
    "applicant",
    "kind_of_organisation",
    "country",
    "purpose",
    "exit",
    "state",
    "population",
    "items",
    "starts_on",
    "ends_on",
    "refused_rule",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Totals:
    """How many requests were agreed, refused, and wait. Together they are all requests."""

    agreed: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with the number of uses behind it."""

    label: str
    count: int
    chosen: bool


def totals(uses: Iterable[PublicUse]) -> Totals:
    """Count requests by what was decided. A use that has ended had been agreed unless it was refused."""
    labels = [use.state_label for use in uses]
    refused, waiting = labels.count(SAID_NO), labels.count(UNDECIDED)
    return Totals(len(labels) - refused - waiting, refused, waiting)


def filters(uses: tuple[PublicUse, ...], chosen: str) -> tuple[Filter, ...]:
    """Return the states that occur, each with its count."""
    labels = [use.state_label for use in uses]
    return tuple(Filter(state, labels.count(state), state == chosen) for state in STATES if state in labels)


def search(uses: tuple[PublicUse, ...], words: str) -> tuple[PublicUse, ...]:
    """Return the uses in which every word occurs, wherever it stands."""
    wanted = words.casefold().split()
    return tuple(use for use in uses if all(word in _text(use) for word in wanted))


def _text(use: PublicUse) -> str:
    parts = (
        use.ref,
        use.title,
        use.why,
        use.applicant,
        use.kind_of_organisation,
        use.purpose_label,
        *use.items,
    )
    return " ".join(parts).casefold()


def plain(use: PublicUse) -> dict[str, object]:
    """Return a use as JSON: the same facts as its page, under lasting names."""
    return {
        "ref": use.ref,
        "title": use.title,
        "applicant": use.applicant,
        "kind_of_organisation": use.kind_of_organisation,
        "country": use.country,
        "purpose": use.purpose,
        "purpose_label": use.purpose_label,
        "why": use.why,
        "what": use.what,
        "where": use.where,
        "exit": use.exit,
        "gateway": use.gateway,
        "state": use.state,
        "population": use.population_words,
        "items": list(use.items),
        "starts_on": use.starts_on.isoformat(),
        "ends_on": use.ends_on.isoformat(),
        "refused": {"rule": use.refused_rule, "sentence": use.refused_sentence, "instead": use.instead}
        if use.refused_rule
        else None,
        "steps": [
            {"name": step.name, "on": step.on.isoformat(), "log": "events", "entry": step.entry}
            for step in use.steps
        ],
    }


def table(uses: Iterable[PublicUse]) -> str:
    """Return the uses as CSV (RFC 4180). A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for use in uses:
        held = {**plain(use), "items": "; ".join(use.items), "refused_rule": use.refused_rule}
        writer.writerow([_harmless(str(held[name])) for name in COLUMNS])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
