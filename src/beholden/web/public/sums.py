# SPDX-License-Identifier: Apache-2.0
"""Counts and chooses among public uses. No clock, no database, nothing that is not public already."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beholden.gate.queries import Numbers
from beholden.tables.tidy import harmless
from beholden.uses.published import Counted, PublicText, Standing
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
    "state_entry",
    "to_be_told_tens",
    "told_tens",
    "scope",
    "left_out_tens",
    "released_tens",
    "untold_in_tens",
    "untold_under",
    "counted_at",
)
COUNTS = ("state", "uses", "log", "entries", "counted_at")


@dataclass(frozen=True, slots=True)
class Totals:
    """How many requests were agreed, refused, wait, or ended without an answer. Together they are all requests."""

    agreed: int
    refused: int
    waiting: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with the number of uses behind it."""

    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One state, and the uses that stand in it by the log."""

    label: str
    uses: tuple[Standing, ...]


def totals(counted: Counted) -> Totals:
    """Count requests by what the log says was decided; one that was agreed and has ended since counts as agreed."""
    refused, waiting = len(counted.of(SAID_NO)), len(counted.of(UNDECIDED))
    agreed = sum(one.agreed and one.label not in {SAID_NO, UNDECIDED} for one in counted.uses)
    return Totals(agreed, refused, waiting, len(counted.uses) - agreed - refused - waiting)


def rows(counted: Counted) -> tuple[Row, ...]:
    """Return each state that occurs, with every use in it. Together they are all uses of the log."""
    return tuple(Row(state, its) for state in STATES if (its := counted.of(state)))


def waiting_for_log(uses: Iterable[PublicUse], counted: Counted) -> int:
    """Count the uses whose newest step is not in the published log yet: the log puts them elsewhere, or nowhere."""
    stands = {one.use: one.label for one in counted.uses}
    return sum(stands.get(use.ref) != use.state_label for use in uses)


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
        "invitation": None if use.invitation is None else use.invitation.whole,
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


def figures(counted: Numbers) -> dict[str, object]:
    """Return a use's numbers as JSON, each with the entries they were counted from."""
    return {
        "to_be_told_tens": counted.audience,
        "told_tens": counted.told,
        "scope": counted.scope,
        "left_out_tens": counted.left_out,
        "released_tens": counted.released,
        "untold_in_tens": counted.untold,
        "untold_under": counted.untold_under,
        "entries": [{"log": log, "entry": index} for log, index in counted.entries],
        "counted_at": counted.counted_at,
    }


def opened(text: PublicText) -> dict[str, object]:
    """Return what opens a use's commitments, and each entry that carries one. A reader needs nothing else to check."""
    return {
        "published_text": text.published.to_json(),
        "commitment": text.published.commitment.hex(),
        "committed_in": [
            {
                "log": "events",
                "entry": one.entry,
                "state": one.body.state,
                "commitment": one.body.commitment.hex(),
            }
            for one in text.said
        ],
    }


def table(uses: Iterable[tuple[PublicUse, Numbers]]) -> str:
    """Return the uses as CSV, each with its numbers. A figure that the log does not tell is an empty cell."""
    return sheet(COLUMNS, (_cells(use, numbers) for use, numbers in uses))


def _cells(use: PublicUse, numbers: Numbers) -> dict[str, object]:
    entry = use.steps[-1].entry if use.steps else None
    held = {**plain(use), **figures(numbers), "items": "; ".join(use.items), "refused_rule": use.refused_rule}
    return held | {"state_entry": entry}


def counts(counted: Counted) -> str:
    """Return the number of uses in each state as CSV, with the entry of each use that was counted."""
    return sheet(
        COUNTS,
        (
            {
                "state": row.label,
                "uses": len(row.uses),
                "log": "events",
                "entries": "; ".join(str(one.entry) for one in row.uses),
                "counted_at": counted.size,
            }
            for row in rows(counted)
        ),
    )


def sheet(columns: Sequence[str], lines: Iterable[Mapping[str, object]]) -> str:
    """Return lines as CSV (RFC 4180). A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([harmless("" if line[name] is None else str(line[name])) for name in columns])
    return out.getvalue()
