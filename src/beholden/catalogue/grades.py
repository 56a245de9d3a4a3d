# SPDX-License-Identifier: Apache-2.0
"""The report card as data: how much each grade needs, and what each measure counts (D38). Reads and counts nothing.

The names of subjects, measures and grades are closed lists, because each is computed by code; points, thresholds and
the words for numerator and denominator are the catalogue's, under the ratchet (D41).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Letter(StrEnum):
    """A grade, best first. F is also the grade of whatever is not measured."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"

    @property
    def place(self) -> int:
        """How far from the best: 0 for A."""
        return tuple(Letter).index(self)

    def no_better_than(self, other: "Letter") -> "Letter":
        """Return the worse of the two."""
        return max(self, other, key=lambda letter: letter.place)


class Subject(StrEnum):
    """What is graded: the seven subjects of D38. One without a measure is not measured, and F."""

    FAIR_PROCESSING = "fair-processing"
    TRANSPARENCY = "transparency"
    SECURITY = "security"
    CHOICE = "choice"
    ACCURACY = "accuracy"
    TIMELINESS = "timeliness"
    MINIMISATION = "minimisation"


class MeasureName(StrEnum):
    """Every measure that the report card can count. A pack names exactly these, so that none is left out quietly."""

    TOLD = "told"
    WINDOW = "window"
    SETTLED = "settled"
    TOTALS = "totals"
    KNEW = "knew"
    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    REQUESTS = "requests"
    DAYS = "days"
    TEXTS = "texts"
    RULES = "rules"
    WHOLE = "whole"
    SIGNED = "signed"
    REVIEWS = "reviews"
    WORDS = "words"
    TIMES = "times"
    WITNESSES = "witnesses"
    REPLAYS = "replays"
    OPENED = "opened"
    SEEN = "seen"
    COMPLAINTS = "complaints"


WITH_DAYS = frozenset({MeasureName.DAYS, MeasureName.TIMES})
"""Measures whose formula has a number of days in it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of a subject's sum: what is counted, out of what, and for how many points."""

    name: MeasureName
    subject: Subject
    label: str
    counted: str  # the numerator, in words
    out_of: str  # the denominator, in words
    why: str
    points: int
    if_missed: Letter  # the best grade the subject can have while one case is missed, or this is not measured
    within_days: int | None


@dataclass(frozen=True, slots=True)
class SubjectNote:
    """What a subject is called, and why it is graded, for the page."""

    subject: Subject
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Grades:
    """All of a pack's grading: how many per cent each letter needs, the subjects, and the measures of each."""

    least: Mapping[str, int]  # by letter, A to E: below E is F
    subjects: Mapping[str, SubjectNote]
    measures: Mapping[str, Measure]

    def letter(self, percent: int) -> Letter:
        """Return the best grade that so many per cent reach."""
        return next((letter for letter in Letter if percent >= self.least.get(letter, 0)), Letter.F)

    def of(self, subject: Subject) -> tuple[Measure, ...]:
        """Return the measures of a subject, in their lasting order."""
        return tuple(self.measures[name] for name in MeasureName if self.measures[name].subject is subject)
