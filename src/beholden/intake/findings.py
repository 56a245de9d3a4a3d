# SPDX-License-Identifier: Apache-2.0
"""What was found wrong in a return, said so that the school can put it right.

It decides the form of a finding and which of very many are listed one by one. It refuses to know any pupil's
value: a finding names the rule, the line and the place, and its sentences are written beforehand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LISTED = 1_000
"""How many findings are listed one by one. All are counted."""


class Severity(StrEnum):
    """An error keeps the whole file out; a query is kept with the record for somebody to explain."""

    ERROR = "error"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `rule` is DfE's own number where one is known, else `group.reason`; `line` counts from 1.

    `place` says where in the return ("pupil 12 on roll, year 9"), never whom.
    """

    rule: str
    severity: Severity
    line: int
    place: str
    sentence: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What is listed, errors first and then by line, and how often each rule was broken in all."""

    listed: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: int = 0

    @classmethod
    def of(cls, found: Iterable[Finding]) -> "Findings":
        """Return findings of which every one is listed."""
        listed = tuple(sorted(found, key=_errors_first))
        counts: dict[str, int] = {}
        for one in listed:
            counts[one.rule] = counts.get(one.rule, 0) + 1
        return cls(listed, counts, sum(one.severity is Severity.ERROR for one in listed))

    def __add__(self, other: "Findings") -> "Findings":
        """Return both sets of findings as one, listed in one order."""
        counts = dict(self.counts)
        for rule, count in other.counts.items():
            counts[rule] = counts.get(rule, 0) + count
        listed = tuple(sorted((*self.listed, *other.listed), key=_errors_first)[:LISTED])
        return Findings(listed, counts, self.errors + other.errors)


def shares(totals: Mapping[str, int], *, room: int = LISTED) -> dict[str, int]:
    """Return how many findings of each rule are listed when there is room for so many in all.

    The rarest rule is served first, so that one fault in every record cannot hide one fault in one record.
    """
    given: dict[str, int] = {}
    for served, (rule, total) in enumerate(sorted(totals.items(), key=lambda pair: (pair[1], pair[0]))):
        given[rule] = min(total, room // (len(totals) - served))
        room -= given[rule]
    return given


def _errors_first(finding: Finding) -> tuple[bool, int, str]:
    return finding.severity is Severity.QUERY, finding.line, finding.rule
