# SPDX-License-Identifier: Apache-2.0
"""Says what `answering` says, slowly and over plain rows: no cubes, no arrays, no engine. Tests make the two argue.

What it shares with the other: the record key of a pupil, and the drawn table in which an error is looked up. Everything
else is written a second time, a cell at a time.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from beholden.tables.answering import Ready
from beholden.tables.keys import RecordKeys
from beholden.tables.policy import MISSING
from beholden.tables.ptable import Table
from beholden.tables.question import Question

Row = Mapping[str, object]
Cell = tuple[float | None, str]


def answer(question: Question, rows: Sequence[Row], given: Ready) -> dict[tuple[str, ...], Cell]:
    """Return each cell of a question: its value, or nothing and the symbol."""
    policy, rules, area = given.policy, given.policy.rules, question.by[0] in given.policy.levels
    keys = RecordKeys(given.secret)
    people = [(keys.key(str(row[policy.pupil])), row) for row in rows if _measured(question, row)]
    lists = [_categories(name, rows, given) for name in question.dimensions]
    groups = {
        at: [(key, row) for key, row in people if _at(question.dimensions, row) == at]
        for at in product(*lists)
    }
    noisy = {at: _noisy(group, given.counts) for at, group in groups.items()}
    made: dict[tuple[str, ...], Cell] = {}
    for at in product(*lists[: len(question.by)]):
        wanted = dict(question.show)
        if any(name in wanted and one not in wanted[name] for name, one in zip(question.by, at, strict=True)):
            continue
        slice_ = [one for one in groups if not area or one[0] == at[0]]
        held = [one for one in slice_ if noisy[one] > 0]
        small = [one for one in held if not _enough(groups[one], noisy[one], rules.threshold)]
        if _cannot_be(question, at, given):
            made[at] = (None, "z")
        elif not held or len(small) > rules.small_share * len(held):
            made[at] = (None, "x")
        elif question.asked == "rate":
            made[at] = _rate(question, at, groups, given)
        elif question.asked == "mean":
            made[at] = _mean(question, at, groups, given)
        else:
            made[at] = _count(question, at, groups, given)
    return made


def _count(
    question: Question,
    at: tuple[str, ...],
    groups: Mapping[tuple[str, ...], list[tuple[int, Row]]],
    given: Ready,
) -> Cell:
    rules, table = given.policy.rules, given.counts
    value = _noisy(groups[at], table)
    if not _enough(groups[at], value, rules.threshold):
        return None, "c"
    if _tells(question, at, groups, given):
        return None, "c"
    return float(_round(value, rules.round_to)), ""


def _rate(
    question: Question,
    at: tuple[str, ...],
    groups: Mapping[tuple[str, ...], list[tuple[int, Row]]],
    given: Ready,
) -> Cell:
    rules, table = given.policy.rules, given.counts
    beside = [one for place, one in groups.items() if place[:-1] == at]
    part = groups[*at, question.category]
    rest = [one for group in beside if group is not part for one in group]
    whole = part + rest
    for group in (part, rest):
        if not _enough(group, _noisy(group, table), rules.threshold):
            return None, "c"
    if min(len(whole), _noisy(whole, table)) < rules.percent_base:
        return None, "c"
    variable = given.policy.variable(question.subject)
    if variable and variable.sensitive and _alike(beside, given):
        return None, "c"
    over, under = (_round(_noisy(group, table), rules.round_to) for group in (part, whole))
    value = min(math.floor(100 * over / under + 0.5), 100)
    return (float(value), "") if value else (None, "low")


def _mean(
    question: Question,
    at: tuple[str, ...],
    groups: Mapping[tuple[str, ...], list[tuple[int, Row]]],
    given: Ready,
) -> Cell:
    rules, group = given.policy.rules, groups[at]
    measure = next(one for one in given.policy.measures if one.name == question.subject)
    whole = [round(float(str(row[measure.name])) * measure.scale) for _, row in group]
    if not _enough(group, _noisy(group, given.counts), rules.threshold) or len(group) - 1 < rules.freedom:
        return None, "c"
    if len(set(whole)) == 1 or _tells(question, at, groups, given):
        return None, "c"
    first, second, *others = sorted(whole, reverse=True)
    if measure.dominance and first + second >= rules.two_largest * sum(whole):
        return None, "c"
    if measure.dominance and sum(others) < rules.third_share * first:
        return None, "c"
    table = given.means[measure.name]
    parts = Fraction(_error(group, table), table.parts)
    total = sum(whole) + math.floor(parts * (max(whole) - min(whole)) + Fraction(1, 2))
    value = math.floor(Fraction(total, len(group)) + Fraction(1, 2)) / measure.scale
    value = max(measure.low, min(measure.high, value))
    return (value, "") if value else (None, "low")


def _tells(
    question: Question,
    at: tuple[str, ...],
    groups: Mapping[tuple[str, ...], list[tuple[int, Row]]],
    given: Ready,
) -> bool:
    """Say whether nearly all of a group that this cell is in are alike by a sensitive field."""
    for axis, name in enumerate(question.dimensions):
        variable = given.policy.variable(name)
        if variable and variable.sensitive:
            beside = [one for place, one in groups.items() if _but(place, axis) == _but(at, axis)]
            if _alike(beside, given):
                return True
    return False


def _alike(groups: list[list[tuple[int, Row]]], given: Ready) -> bool:
    rules, table = given.policy.rules, given.counts
    whole = [one for group in groups for one in group]
    true = [len(group) for group in groups], len(whole)
    noisy = [_noisy(group, table) for group in groups], _noisy(whole, table)
    return any(
        max(parts) >= rules.class_share * all_ or all_ - max(parts) <= rules.class_within
        for parts, all_ in (true, noisy)
    )


def _error(group: list[tuple[int, Row]], table: Table) -> int:
    key = sum(key for key, _ in group)
    return int(table.of(np.array([len(group)]), np.array([key]))[0])


def _noisy(group: list[tuple[int, Row]], table: Table) -> int:
    return len(group) + _error(group, table)


def _enough(group: list[tuple[int, Row]], noisy: int, threshold: int) -> bool:
    return len(group) >= threshold and noisy >= threshold


def _round(value: int, base: int) -> int:
    return base * math.floor(value / base + 0.5)


def _at(names: Sequence[str], row: Row) -> tuple[str, ...]:
    return tuple(MISSING if row[name] is None else str(row[name]) for name in names)


def _measured(question: Question, row: Row) -> bool:
    return question.asked != "mean" or row[question.subject] is not None


def _categories(name: str, rows: Sequence[Row], given: Ready) -> list[str]:
    variable = given.policy.variable(name)
    return list(variable.categories) if variable else sorted({_at([name], row)[0] for row in rows})


def _cannot_be(question: Question, at: tuple[str, ...], given: Ready) -> bool:
    here = dict(zip(question.by, at, strict=True))
    if question.asked == "rate":
        here[question.subject] = question.category
    return any(
        all(here.get(name) == one for name, one in combination) for combination in given.policy.impossible
    )


def _but(at: tuple[str, ...], axis: int) -> tuple[str, ...]:
    return at[:axis] + at[axis + 1 :]
