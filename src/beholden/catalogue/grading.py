# SPDX-License-Identifier: Apache-2.0
"""Reads `grades.toml` into Grades, or refuses it with file and line. Knows which measures exist, and counts none."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from beholden.catalogue.grades import WITH_DAYS, Grades, Letter, Measure, MeasureName, Subject, SubjectNote
from beholden.catalogue.plain import PackRefused
from beholden.catalogue.table import Table

FILE = "grades.toml"
KINDS = ("grade", "subject", "measure")
WHOLE_SUM = 100
_EARNED = tuple(letter for letter in Letter if letter is not Letter.F)  # F is what is left; it needs nothing

Tables = Mapping[tuple[str, str], Table]


def grades(tables: Tables) -> Grades:
    """Return a pack's grading.

    What must hold: 1 every letter from A to E, every subject and every measure stands once, and no other; 2 each letter
    needs less than the one before; 3 the points of a subject that has measures come to 100; 4 a number of days stands
    where the formula has one, and nowhere else.
    """
    least = _each(tables, "grade", [letter.value for letter in _EARNED])
    subjects = _each(tables, "subject", [subject.value for subject in Subject])
    measures = _each(tables, "measure", [name.value for name in MeasureName])
    found = Grades(
        least=MappingProxyType({name: _least(table) for name, table in least.items()}),
        subjects=MappingProxyType({name: _subject(table) for name, table in subjects.items()}),
        measures=MappingProxyType({name: _measure(table) for name, table in measures.items()}),
    )
    for letter, worse in pairwise(_EARNED):
        if found.least[worse] >= found.least[letter]:
            raise least[worse].refused("contradiction", f"{worse} needs less than {letter}.", key="least")
    for subject in Subject:
        _check_sum(found.of(subject), subject, measures)
    return found


def _each(tables: Tables, kind: str, wanted: list[str]) -> dict[str, Table]:
    """Return the tables of one kind in the order of a closed list, or refuse one too many or too few."""
    found = {name: table for (its_kind, name), table in tables.items() if its_kind == kind}
    for name, table in found.items():
        if name not in wanted:
            raise table.refused("unknown_key", f"there is no {kind} of this name.")
    for name in wanted:
        if name not in found:
            raise PackRefused("missing_key", FILE, 1, f"[{kind}.{name}] is missing.")
    return {name: found[name] for name in wanted}


def _least(table: Table) -> int:
    least = table.whole("least", most=WHOLE_SUM)
    table.done()
    return least


def _subject(table: Table) -> SubjectNote:
    note = SubjectNote(Subject(table.found.name), label=table.text("label"), why=table.text("why"))
    table.done()
    return note


def _measure(table: Table) -> Measure:
    name = MeasureName(table.found.name)
    made = Measure(
        name=name,
        subject=table.word("subject", Subject),
        label=table.text("label"),
        counted=table.text("counted"),
        out_of=table.text("out_of"),
        why=table.text("why"),
        points=table.whole("points", most=WHOLE_SUM),
        if_missed=table.word("if_missed", Letter),
        within_days=table.whole("within_days", most=366) if name in WITH_DAYS else None,
    )
    table.done()
    return made


def _check_sum(measures: tuple[Measure, ...], subject: Subject, tables: Mapping[str, Table]) -> None:
    total = sum(measure.points for measure in measures)
    if measures and total != WHOLE_SUM:
        raise tables[measures[-1].name].refused(
            "contradiction", f"the points of {subject} come to {total}, not {WHOLE_SUM}.", key="points"
        )
