# SPDX-License-Identifier: Apache-2.0
"""Makes one fixed table: exact figures that add up, small groups hidden, and proof that no subtraction finds them.

For what is published once, with its sums. Exact figures speak of whole groups, so a sensitive field is refused here;
and what is hidden depends on the whole table, so nothing is picked from it. One table by itself: another that shares
its cells, fixed or live, can open both (`suppress`). Nothing here can see that, so whoever publishes must.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import numpy as np

from beholden.tables import answering, cubes, suppress
from beholden.tables.cubes import Cube
from beholden.tables.policy import Policy, TablesRefused
from beholden.tables.question import Question, QuestionRefused
from beholden.tables.safe import Bools
from beholden.tables.suppress import Margins, Tree

FORM = "beholden/fixed-table/v1"
MOST_CELLS = 3_000
"""With sums. Each hidden cell is attacked twice, by a programme over the whole table."""

_ALL = ("", "")
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """One table whose cells add up: of a data set with a period, that of one moment."""

    moment: str
    cells: Margins = field(repr=False)
    hidden: Bools = field(repr=False)
    empty: Bools = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A whole fixed table, hidden and attacked."""

    question: Question
    release: str
    policy: Policy
    parts: tuple[Part, ...]


def fixed(question: Question, cube: Cube, policy: Policy) -> Fixed:
    """Return the fixed table of a question, or refuse it.

    The plan: 1 it is a whole table of counts, by no sensitive field; 2 its cells are counted, and those that are empty
    by their nature are known; 3 every sum is made; 4 what is under the threshold is hidden, and what it takes beside
    it; 5 the attack: each small cell may still be nobody, or as many as the threshold, or nothing is given.
    """
    check(question, policy)  # 1
    counts = cubes.counts(cube, question, policy).n  # 2
    empty = answering.impossible(question.by, cube, policy)
    axes = [_axis(name, cube, policy) for name in question.by if name != policy.period]
    trees = [tree for _, tree in axes]
    if np.prod([sum(map(len, tree.values())) + 1 for tree in trees]) > MOST_CELLS:
        raise QuestionRefused(
            "too_large",
            f"A fixed table has at most {MOST_CELLS:,} cells with its sums.",
            "Ask by fewer fields, or by larger areas.",
        )
    names = [leaves for leaves, _ in axes]
    parts = [
        _part(moment, _margins(names, trees, some), _margins(names, trees, ~nobody).values == 0, policy)
        for moment, some, nobody in _moments(question, cube, policy, counts, empty)
    ]
    return Fixed(question, cube.manifest.name, policy, tuple(parts))


def check(question: Question, policy: Policy) -> None:
    """Refuse what no fixed table answers, before anything is counted."""
    if question.asked != "count":
        raise QuestionRefused("fixed", "A fixed table is of counts.", "Ask for a count.")
    if question.show:
        raise QuestionRefused("fixed", "A fixed table is given whole.", "Leave out the field show.")
    for name in question.by:
        variable = policy.variable(name)
        if variable and variable.sensitive:
            raise QuestionRefused(
                "fixed",
                f"{variable.says} is sensitive, and exact figures would tell what everybody of a group has.",
                "Ask for it as a table whose figures bear an error, or leave the field out.",
            )


Node = tuple[str, str]
"""A field and its category; of the sum over a field, two empty words."""

Axis = tuple[list[Node], dict[Node, tuple[Node, ...]]]


def _axis(name: str, cube: Cube, policy: Policy) -> Axis:
    """Return the finest categories of a dimension, and what each sum of it is of: areas add up to the larger ones."""
    leaves = [(name, one) for one in cube.categories(name, policy)]
    if name not in policy.levels:
        return leaves, {_ALL: tuple(leaves)}
    levels = policy.levels[: policy.levels.index(name) + 1]
    codes = {level: cube.categories(level, policy) for level in levels}
    tree: dict[Node, list[Node]] = {}
    for row in (
        cube.cells.group_by(list(levels))
        .aggregate([])
        .sort_by([(one, "ascending") for one in levels])
        .to_pylist()
    ):
        path = [_ALL, *((level, codes[level][row[level]]) for level in levels)]
        for above, below in pairwise(path):
            if below not in tree.setdefault(above, []):
                tree[above].append(below)
    return leaves, {above: tuple(below) for above, below in tree.items()}


def _moments(
    question: Question, cube: Cube, policy: Policy, counts: Any, empty: Bools
) -> Iterator[tuple[str, Any, Bools]]:
    """Yield the cells of each moment: nobody is added up over two."""
    if policy.period not in question.by:
        yield "", counts, empty
        return
    axis = question.by.index(policy.period)
    for place, moment in enumerate(cube.categories(policy.period, policy)):
        if moment in cube.manifest.moments:
            yield moment, np.take(counts, place, axis), np.take(empty, place, axis)


def _margins(names: Sequence[list[Node]], trees: Sequence[Tree], cells: Any) -> Margins:
    return suppress.margins(
        dict(zip(product(*names), cells.astype(int).ravel().tolist(), strict=True)), trees
    )  # 3


def _part(moment: str, table: Margins, nobody: Bools, policy: Policy) -> Part:
    threshold = policy.rules.threshold
    try:
        hidden = suppress.hide(table, threshold, nobody)  # 4
    except suppress.NotHidden as open_to_all:
        raise _open() from open_to_all
    for one in suppress.audit(table, hidden, suppress.small(table, threshold, nobody)):  # 5
        if not (one.least <= _SLACK and one.greatest >= threshold - _SLACK):
            raise _open()
    return Part(moment, table, hidden, nobody)


def _open() -> TablesRefused:
    return TablesRefused(
        "fixed_open",
        "However much of this table is hidden, its sums tell of a small group.",
        "Ask by fewer fields, or by larger areas.",
    )


def document(made: Fixed) -> dict[str, Any]:
    """Return a fixed table as it is written to a file. A cell is summed over the fields that it does not name."""
    policy = made.policy
    by = made.question.by
    areas = policy.levels[: policy.levels.index(by[0]) + 1] if by[0] in policy.levels else ()
    names = (*areas, *(name for name in by if name not in areas))
    cells: list[dict[str, Any]] = []
    hidden = 0
    for part in made.parts:
        moment = {policy.period: part.moment} if part.moment else {}
        for cell, value, is_hidden, is_empty in zip(
            part.cells.cells,
            part.cells.values.tolist(),
            part.hidden.tolist(),
            part.empty.tolist(),
            strict=True,
        ):
            said = moment | {name: category for name, category in cell if name}
            where = {name: said[name] for name in names if name in said}
            if is_hidden:
                cells.append({"at": where, "symbol": "c"})
            elif is_empty:
                cells.append({"at": where, "symbol": "z"})
            else:
                cells.append({"at": where, "value": int(value)})
            hidden += is_hidden
    return {
        "form": FORM,
        "question": answering.written(made.question),
        "cite": f"{policy.says}. {made.release}.",
        "release": made.release,
        "policy": policy.sha256,
        "error": "Figures are exact and add up.",
        "fields": [*names],
        "cells": cells,
        "hidden": {
            "cells": hidden,
            "sentence": (
                f"Groups of fewer than {policy.rules.threshold} are hidden, and others beside them. From what is "
                f"shown, each of those groups may be of nobody or of {policy.rules.threshold}."
            ),
        },
    }
