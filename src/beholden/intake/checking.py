# SPDX-License-Identifier: Apache-2.0
"""Hold the rules against the rows, all at once, and say of the rows that break them where they stand.

Sentences are made only for rows that break a rule and only as many as are listed; the rest is counted. A rule that
gives no answer for a row counts as broken. Lines are found by reading the listed records again, and only those.
"""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import acero

from beholden.intake import faults
from beholden.intake.census_rules import Rule
from beholden.intake.findings import Finding, Findings, Severity, shares
from beholden.intake.sent_bytes import Records
from beholden.intake.vectors import Rows

_LONGEST_READ = 1 << 18
"""A record longer than this is not read again for one line: its first line is told instead."""


@dataclass(frozen=True, slots=True)
class Roll:
    """The rows of a return as places in its file: on roll first, then those no longer on roll."""

    handle: BinaryIO
    records: tuple[Records, Records]
    years: pa.Array  # the year group of each pupil, as sent
    known_years: frozenset[str]

    def place(self, row: int) -> str:
        """Return where a row stands, by count and year group; a year group that is no code is not repeated."""
        on_roll = len(self.records[0].lines)
        year = self.years[row].as_py() or ""
        number = row if row < on_roll else row - on_roll
        return faults.pupil_place(
            number + 1, on_roll=row < on_roll, year=year if year in self.known_years else ""
        )

    def line(self, row: int, rule: Rule, nth: int) -> int:
        """Return the line of the element that a rule is about."""
        on_roll = len(self.records[0].lines)
        records, number = (self.records[0], row) if row < on_roll else (self.records[1], row - on_roll)
        start = records.offsets[number]
        self.handle.seek(start)
        record = self.handle.read(_LONGEST_READ)
        return records.lines[number] + faults.line_of(record, path=rule.at, nth=nth, leaf=rule.leaf)


def check(judged: pa.Table, rules: tuple[Rule, ...], roll: Roll) -> Findings:
    """Return every breach of every rule, counted, and as many as can be listed."""
    broken = dict(zip(rules, _breaches(judged, rules), strict=True))
    broken = {rule: rows for rule, rows in broken.items() if len(rows)}
    totals: dict[str, int] = {}
    for rule, rows in broken.items():
        totals[rule.number] = totals.get(rule.number, 0) + len(rows)
    room = shares(totals)
    listed: list[Finding] = []
    for rule, rows in broken.items():
        nths = judged[rule.nth].take(pa.array(rows)).to_pylist() if rule.nth else ()
        for place, row in enumerate(rows[: room[rule.number]].tolist()):
            nth = nths[place] if rule.nth else 0
            listed.append(
                Finding(
                    rule.number,
                    rule.severity,
                    roll.line(row, rule, nth),
                    roll.place(row),
                    rule.sentence,
                    rule.what_to_do,
                )
            )
        room[rule.number] -= min(len(rows), room[rule.number])
    errors = sum(len(rows) for rule, rows in broken.items() if rule.severity is Severity.ERROR)
    ordered = Findings.of(listed)
    return Findings(ordered.listed, totals, errors)


def _breaches(judged: pa.Table, rules: tuple[Rule, ...]) -> tuple[Rows, ...]:
    """Return for each rule the rows that break it. One pass, in the order of the rows."""
    names = [str(place) for place in range(len(rules))]
    plan = acero.Declaration.from_sequence(
        [
            acero.Declaration("table_source", acero.TableSourceNodeOptions(judged)),
            acero.Declaration("project", acero.ProjectNodeOptions([rule.fails for rule in rules], names)),
        ]
    )
    answers = plan.to_table(use_threads=False)
    return tuple(_true_or_null(answers[name]) for name in names)


def _true_or_null(answers: pa.ChunkedArray) -> Rows:
    kept = answers.combine_chunks().fill_null(True)
    return np.flatnonzero(kept.to_numpy(zero_copy_only=False))
