# SPDX-License-Identifier: Apache-2.0
"""Decides the grades: points by share, a sum, a letter, and what a single miss forbids (D38). No clock, no files.

What must hold: 1 every measure earns its points by its share, rounded down; 2 one that is not measured earns nothing
and is F; 3 one with nothing to count takes no part in the sum; 4 the letter is the best that the sum reaches, and no
better than any missed measure allows; 5 a subject of which nothing was measured is F.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from beholden.catalogue import Catalogue, Letter, Measure, MeasureName, Subject
from beholden.reportcard import fairness, openness, safety, seals
from beholden.reportcard.card import Card, Counted, LogRead, MarkedMeasure, MarkedSubject, State
from beholden.reportcard.dangers import months
from beholden.reportcard.facts import Facts
from beholden.reportcard.safety import LOGS
from beholden.reportcard.standing import standing

FORMULAE: Mapping[MeasureName, Callable[[Facts, Catalogue], Counted]] = MappingProxyType(
    {
        MeasureName.TOLD: fairness.told,
        MeasureName.WINDOW: fairness.window,
        MeasureName.SETTLED: fairness.settled,
        MeasureName.TOTALS: fairness.totals,
        MeasureName.KNEW: fairness.knew,
        MeasureName.ANNOUNCED: openness.announced,
        MeasureName.CONFIRMED: openness.confirmed,
        MeasureName.REQUESTS: openness.requests,
        MeasureName.DAYS: openness.days,
        MeasureName.TEXTS: openness.texts,
        MeasureName.RULES: openness.rules,
        MeasureName.WHOLE: safety.whole,
        MeasureName.SIGNED: safety.signed,
        MeasureName.REVIEWS: safety.reviews,
        MeasureName.WORDS: safety.words,
        MeasureName.TIMES: safety.times,
        MeasureName.WITNESSES: safety.witnesses,
        MeasureName.REPLAYS: safety.replays,
        MeasureName.OPENED: seals.opened,
        MeasureName.SEEN: seals.seen,
        MeasureName.COMPLAINTS: seals.complaints,
    }
)
"""Each measure's formula. The words for it, its points and its cap are the catalogue's."""

_IN_100 = 100


def grade(facts: Facts, catalogue: Catalogue) -> Card:
    """Return the report card of a day, from what is published."""
    return Card(
        on=facts.on,
        catalogue=catalogue.hash,
        logs=tuple(_read(facts, log) for log in LOGS),
        least=tuple((letter, catalogue.grades.least[letter]) for letter in Letter if letter is not Letter.F),
        subjects=tuple(_subject(subject, facts, catalogue) for subject in Subject),
        dangers=months(facts),
        seals=standing(facts, catalogue),
    )


def mark(measure: Measure, found: Counted, letter: Callable[[int], Letter]) -> MarkedMeasure:
    """Return one line of a sum: the points that its share earns, rounded down."""
    earned, alone = 0, None
    if found.state is State.MEASURED:
        earned = measure.points * found.numerator // found.denominator
        alone = letter(_IN_100 * found.numerator // found.denominator)
    elif found.state is State.NOT_MEASURED:
        alone = Letter.F
    return MarkedMeasure(
        name=measure.name,
        label=measure.label,
        counted=measure.counted,
        out_of=measure.out_of,
        why=measure.why,
        found=found,
        points=measure.points,
        earned=earned,
        grade=alone,
        if_missed=measure.if_missed,
    )


def add_up(
    subject: Subject, label: str, why: str, lines: tuple[MarkedMeasure, ...], letter: Callable[[int], Letter]
) -> MarkedSubject:
    """Return a subject's sum and its grade."""
    earned = sum(one.earned for one in lines)
    possible = sum(one.points for one in lines if one.in_sum)
    percent = _IN_100 * earned // possible if possible else 0
    by_points = letter(percent)  # of nothing measured, nothing is earned: F
    final = by_points
    for one in lines:
        if not one.found.whole:
            final = final.no_better_than(one.if_missed)
    held_to = tuple(
        one.name for one in lines if final is not by_points and not one.found.whole and one.if_missed is final
    )
    return MarkedSubject(subject, label, why, lines, earned, possible, percent, by_points, final, held_to)


def _subject(subject: Subject, facts: Facts, catalogue: Catalogue) -> MarkedSubject:
    grades = catalogue.grades
    note = grades.subjects[subject]
    lines = tuple(
        mark(measure, FORMULAE[measure.name](facts, catalogue), grades.letter)
        for measure in grades.of(subject)
    )
    return add_up(subject, note.label, note.why, lines, grades.letter)


def _read(facts: Facts, log: str) -> LogRead:
    key = facts.keys[log]
    return LogRead(
        log=log,
        origin=key.split("+", 1)[0],
        size=facts.sizes[log],
        root=facts.roots[log].hex(),
        key=key,
    )
