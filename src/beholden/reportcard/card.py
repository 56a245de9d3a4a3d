# SPDX-License-Identifier: Apache-2.0
"""The report card as a frozen value: every sum with its parts, and where each part stands. Computes no grade.

A page, a command and a stranger's program show the same value; `print` gives its one spelling (RFC 8785).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from beholden.catalogue import Letter, MeasureName, Subject
from beholden.ledger.canonical import Json, print_json
from beholden.reportcard.dangers import Month
from beholden.reportcard.facts import Source
from beholden.reportcard.standing import Standing

FORMAT = "beholden/report-card/v1"


class State(StrEnum):
    """Whether a measure could be taken. Only the last of them counts against nobody."""

    MEASURED = "measured"
    NOT_MEASURED = "not measured"
    NOTHING_TO_COUNT = "nothing to count"


@dataclass(frozen=True, slots=True)
class Counted:
    """What one measure found: how many of how many, what was missed, by name, and where all of it stands.

    `why_not` says why it could not be measured, or that there is nothing to count; then both numbers are 0.
    """

    state: State
    numerator: int
    denominator: int
    missed: tuple[str, ...]
    sources: tuple[Source, ...]
    why_not: str

    @property
    def whole(self) -> bool:
        """Whether nothing was missed. What is not measured is not whole; where there is nothing, nothing is missed."""
        if self.state is State.MEASURED:
            return self.numerator == self.denominator
        return self.state is State.NOTHING_TO_COUNT


@dataclass(frozen=True, slots=True)
class MarkedMeasure:
    """One line of a sum: the measure in words, what it found, and the points it earned.

    `grade` is the letter that this share alone would have; None where there is nothing to count.
    """

    name: MeasureName
    label: str
    counted: str
    out_of: str
    why: str
    found: Counted
    points: int
    earned: int
    grade: Letter | None
    if_missed: Letter

    @property
    def in_sum(self) -> bool:
        """Whether it takes part in the sum."""
        return self.found.state is not State.NOTHING_TO_COUNT

    def to_json(self) -> dict[str, Json]:
        return {
            "counted": self.counted,
            "denominator": self.found.denominator,
            "earned": self.earned,
            "grade": self.grade.value if self.grade else None,
            "if_missed": self.if_missed.value,
            "in_sum": self.in_sum,
            "label": self.label,
            "measure": self.name.value,
            "missed": list(self.found.missed),
            "numerator": self.found.numerator,
            "out_of": self.out_of,
            "points": self.points,
            "sources": [{"entry": index, "log": log} for log, index in self.found.sources],
            "state": self.found.state.value,
            "why": self.why,
            "why_not": self.found.why_not,
        }


@dataclass(frozen=True, slots=True)
class MarkedSubject:
    """One subject: its measures, the points earned of those that could be, and the grade.

    `held_to` names the measures that keep the grade below what the points alone would give.
    """

    subject: Subject
    label: str
    why: str
    measures: tuple[MarkedMeasure, ...]
    earned: int
    possible: int
    percent: int
    by_points: Letter
    grade: Letter
    held_to: tuple[MeasureName, ...]

    @property
    def measured(self) -> bool:
        """Whether at least one of its measures was taken."""
        return any(one.found.state is State.MEASURED for one in self.measures)

    @property
    def sentence(self) -> str:
        """How the grade came about, in one sentence or two."""
        if not self.measures:
            return "This is not measured yet. What is not measured is F."
        if not self.measured:
            return f"{self._not_measured()} What is not measured is F."
        sums = f"{self.earned} of {self.possible} points are {self.percent} in 100"
        if not self.held_to:
            return f"{sums}: grade {self.grade}."
        names = ", ".join(f"“{one.label}”" for one in self.measures if one.name in self.held_to)
        return f"{sums}, which alone would be {self.by_points}. It is {self.grade}, for what was missed in {names}."

    def _not_measured(self) -> str:
        missing = sum(one.found.state is State.NOT_MEASURED for one in self.measures)
        match missing:
            case 0:
                return "There was nothing here that could be measured yet."
            case 1:
                return "One thing here is not measured."
            case _:
                return f"{missing} things here are not measured."

    def to_json(self) -> dict[str, Json]:
        return {
            "by_points": self.by_points.value,
            "earned": self.earned,
            "grade": self.grade.value,
            "held_to": [name.value for name in self.held_to],
            "label": self.label,
            "measured": self.measured,
            "measures": [one.to_json() for one in self.measures],
            "percent": self.percent,
            "possible": self.possible,
            "sentence": self.sentence,
            "subject": self.subject.value,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class LogRead:
    """One log as it was read: how long, which root, and the key that signed it."""

    log: str
    origin: str
    size: int
    root: str
    key: str

    def to_json(self) -> dict[str, Json]:
        return {
            "key": self.key,
            "log": self.log,
            "origin": self.origin,
            "root": self.root,
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class Card:
    """The whole report card. The same published files, catalogue and day always give the same card."""

    on: date
    catalogue: str
    logs: tuple[LogRead, ...]
    least: tuple[tuple[Letter, int], ...]
    subjects: tuple[MarkedSubject, ...]
    dangers: tuple[Month, ...]
    seals: tuple[Standing, ...]

    def of(self, subject: Subject) -> MarkedSubject:
        """Return one subject."""
        return next(one for one in self.subjects if one.subject is subject)

    def to_json(self) -> dict[str, Json]:
        return {
            "about": FORMAT,
            "catalogue": self.catalogue,
            "dangers": [one.to_json() for one in self.dangers],
            "grades": [{"grade": letter.value, "least": least} for letter, least in self.least],
            "logs": [one.to_json() for one in self.logs],
            "on": self.on.isoformat(),
            "seals": [one.to_json() for one in self.seals],
            "subjects": [one.to_json() for one in self.subjects],
        }

    def print(self) -> bytes:
        """Return the card's one spelling, so that two readers can compare bytes."""
        return print_json(self.to_json())
