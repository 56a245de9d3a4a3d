# SPDX-License-Identifier: Apache-2.0
"""Puts a report card into the words, rows and places of its page and its twins. Computes no figure. No clock."""

from collections.abc import Iterator
from dataclasses import dataclass

from beholden.catalogue import Letter
from beholden.reportcard.card import Card, MarkedMeasure, MarkedSubject, State
from beholden.web.public.sums import sheet

NAMED = 100  # how many entries and misses a page names one by one; JSON names all
COLUMNS = (
    "subject",
    "subject_grade",
    "measure",
    "label",
    "state",
    "counted",
    "out_of",
    "earned",
    "points",
    "grade",
    "missed",
    "entries",
    "on",
    "events_size",
    "handovers_size",
)
_FIRST, _STEP = 5, 18
PLACES = {letter: _FIRST + _STEP * place for place, letter in enumerate(reversed(Letter))}
"""Where each letter stands on the picture's scale, in hundredths of its width, the worst first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of the picture and of the table under it."""

    subject: str
    label: str
    grade: str
    place: int
    measured: bool
    sum: str


@dataclass(frozen=True, slots=True)
class Stand:
    """The entries of one log that a figure was counted from; `more` is how many the page does not name."""

    log: str
    entries: tuple[int, ...]
    more: int


def marks(card: Card) -> tuple[Mark, ...]:
    """Return a row for each subject, in the order of the card."""
    return tuple(
        Mark(
            one.subject.value,
            one.label,
            one.grade.value,
            PLACES[one.grade],
            one.measured,
            f"{one.earned} of {one.possible}" if one.measured else "not measured",
        )
        for one in card.subjects
    )


def headline(card: Card) -> str:
    """Return the picture in one sentence."""
    measured = _measured(card)
    if not measured:
        return "Nothing could be measured yet"
    best = measured[0].grade
    if len(measured) == len(card.subjects):
        return f"All {len(measured)} subjects are measured, and the best grade is {best}"
    return f"{len(measured)} of {len(card.subjects)} subjects are measured, and the best grade is {best}"


def telling(card: Card) -> str:
    """Return the two values that say most: the best and the worst of what is measured."""
    measured = _measured(card)
    chosen = dict.fromkeys((*measured[:1], *measured[-1:]))
    return " ".join(f"“{one.label}” has the grade {one.grade}." for one in chosen)


def _measured(card: Card) -> list[MarkedSubject]:
    return sorted((one for one in card.subjects if one.measured), key=lambda one: one.grade.place)


def stands(measure: MarkedMeasure) -> tuple[Stand, ...]:
    """Return the entries that a measure was counted from, log by log."""
    found: dict[str, list[int]] = {}
    for log, index in measure.found.sources:
        found.setdefault(log, []).append(index)
    return tuple(
        Stand(log, tuple(sorted(its)[:NAMED]), max(len(its) - NAMED, 0)) for log, its in sorted(found.items())
    )


def table(card: Card) -> str:
    """Return the card as CSV: a line for each measure, and one for each subject that has none."""
    return sheet(COLUMNS, _lines(card))


def _lines(card: Card) -> Iterator[dict[str, object]]:
    sizes = {f"{read.log}_size": read.size for read in card.logs}
    for subject in card.subjects:
        whole = {"subject": subject.subject, "subject_grade": subject.grade, "on": card.on, **sizes}
        for measure in subject.measures:
            yield whole | _line(measure)
        if not subject.measures:
            nothing = dict.fromkeys(set(COLUMNS) - set(whole))
            yield whole | nothing | {"state": State.NOT_MEASURED, "label": subject.label, "earned": 0}


def _line(measure: MarkedMeasure) -> dict[str, object]:
    found = measure.found
    counted = found.state is State.MEASURED
    return {
        "measure": measure.name,
        "label": measure.label,
        "state": found.state,
        "counted": found.numerator if counted else None,
        "out_of": found.denominator if counted else None,
        "earned": measure.earned if measure.in_sum else None,
        "points": measure.points if measure.in_sum else None,
        "grade": measure.grade,
        "missed": "; ".join(found.missed),
        "entries": "; ".join(f"{log}:{index}" for log, index in found.sources),
    }
