# SPDX-License-Identifier: Apache-2.0
"""Hides cells of a fixed release with margins: the small ones, and as many beside them as it takes; then attacks it.

A fixed release has exact figures that add up, so a single hidden cell is a subtraction away. It decides which further
cells are hidden, so that from everything that is published nobody can tell whether in a hidden small group there is
nobody, or as many as the threshold. The attack is the proof: for each hidden cell the least and the greatest value that
the published figures allow, by linear programming (HiGHS), independent of how the cells were chosen. Between whole
numbers the truth may be narrower than the programme says, never wider. It is one table by itself: two that share cells
are not safe together, and so it is never used live. No clock, no files, no errors in the figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack

Cell = tuple[Any, ...]
"""Of each dimension a category, or a sum: whatever names it."""
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Tree = Mapping[Any, Sequence[Any]]
"""Of each sum in one dimension its parts; the parts of a sum may be sums."""

_NOTHING = 1e-7


class NotHidden(Exception):  # noqa: N818  it says what is the case
    """No table of these sums can hide a cell: what everybody knows to be empty leaves it no room."""


@dataclass(frozen=True, slots=True)
class Margins:
    """A table with everything that it sums to: cells in their order, their values, and which sum is of which."""

    cells: tuple[Cell, ...]
    values: Floats = field(repr=False)
    sums: csr_array = field(repr=False)

    def place(self, cell: Cell) -> int:
        """Return where a cell stands."""
        return self.cells.index(cell)


@dataclass(frozen=True, slots=True)
class Between:
    """What the published figures allow one hidden cell to be."""

    cell: Cell
    least: float
    greatest: float


def margins(counts: Mapping[Cell, int], trees: Sequence[Tree]) -> Margins:
    """Return a table with its sums. `counts` are those of the finest cells; one that is not there is nought."""
    nodes = [
        tuple(dict.fromkeys((*tree, *(part for parts in tree.values() for part in parts)))) for tree in trees
    ]
    cells = tuple(product(*nodes))
    place = {cell: number for number, cell in enumerate(cells)}
    values = np.zeros(len(cells))
    above = [
        {node: tuple(_sums_of(node, tree)) for node in names}
        for names, tree in zip(nodes, trees, strict=True)
    ]
    for cell, many in counts.items():
        if any(one in tree for one, tree in zip(cell, trees, strict=True)):
            raise ValueError("counts are of the finest cells")
        for each in product(*(around[one] for one, around in zip(cell, above, strict=True))):
            values[place[each]] += many
    return Margins(cells, values, _equations(nodes, trees, place))


def _sums_of(node: Any, tree: Tree) -> Iterator[Any]:
    """Yield a node and every sum that it is in."""
    yield node
    for whole, parts in tree.items():
        if node in parts:
            yield from _sums_of(whole, tree)


def _equations(nodes: Sequence[Cell], trees: Sequence[Tree], place: Mapping[Cell, int]) -> csr_array:
    """Return one line for each sum: itself less its parts is nought."""
    lines, columns, signs = [], [], []
    line = 0
    for axis, tree in enumerate(trees):
        for others in product(*(names for place_, names in enumerate(nodes) if place_ != axis)):
            for whole, parts in tree.items():
                for node, sign in ((whole, 1.0), *((part, -1.0) for part in parts)):
                    lines.append(line)
                    columns.append(place[*others[:axis], node, *others[axis:]])
                    signs.append(sign)
                line += 1
    return csr_array((signs, (lines, columns)), shape=(line, len(place)))


def small(table: Margins, threshold: int, empty: Bools | None = None) -> Bools:
    """Return which cells are under the threshold, but for those that everybody knows to be `empty` by their nature."""
    found: Bools = table.values < threshold
    return found if empty is None else found & ~empty


def hide(table: Margins, threshold: int, empty: Bools | None = None) -> Bools:
    """Return which cells are hidden: those that are small, and those that it takes to protect each of them."""
    hidden = primary = small(table, threshold, empty)
    for place in np.argsort(table.values, kind="stable"):
        if not primary[place]:
            continue
        for goal in (float(threshold), 0.0):
            if not _reaches(table, hidden, int(place), goal):
                hidden = hidden | _moved(table, hidden, int(place), goal, empty)
    return hidden


def _moved(table: Margins, hidden: Bools, place: int, goal: float, empty: Bools | None) -> Bools:
    """Return the cells that would change most cheaply if one were as large as the goal and all sums still held.

    A cell that is hidden already costs nothing; one that is shown costs more the larger it is; one that is known to be
    empty cannot change.
    """
    values, step = table.values, goal - table.values[place]
    cost = np.where(hidden, 0.0, 1.0 + values)
    here = csr_array(([1.0], ([0], [place])), shape=(1, len(values)))
    one_way = vstack([table.sums, here])
    both = hstack([one_way, -one_way])
    most = [None] * len(values) if empty is None else [0.0 if one else None for one in empty]
    up = [(0.0, one) for one in most]
    down = [(0.0, float(value)) for value in values]
    found = linprog(
        np.concatenate([cost, cost]),
        A_eq=both,
        b_eq=np.append(np.zeros(table.sums.shape[0]), step),
        bounds=[*up, *down],
        method="highs",
    )
    if not found.success:
        raise NotHidden
    moved: Bools = np.abs(found.x[: len(values)] - found.x[len(values) :]) > _NOTHING
    return moved


def _reaches(table: Margins, hidden: Bools, place: int, goal: float) -> bool:
    """Say whether the published figures allow a hidden cell to be as large, or as small, as a goal."""
    sign = -1.0 if goal > table.values[place] else 1.0
    return sign * _furthest(table, hidden, place, sign) <= sign * goal + _NOTHING


def audit(table: Margins, hidden: Bools, wanted: Bools | None = None) -> tuple[Between, ...]:
    """Attack a table as a reader can: return the least and greatest that each hidden cell may be, or those wanted."""
    return tuple(
        Between(
            table.cells[place], _furthest(table, hidden, place, 1.0), _furthest(table, hidden, place, -1.0)
        )
        for place in map(int, np.nonzero(hidden if wanted is None else wanted)[0])
    )


def _furthest(table: Margins, hidden: Bools, place: int, sign: float) -> float:
    """Return the least (sign 1) or greatest (sign -1) value of a hidden cell; without a bound, infinity."""
    unknown = np.nonzero(hidden)[0]
    lines = table.sums[:, unknown]
    touched = np.nonzero(np.abs(lines).sum(axis=1))[0]
    shown = -(table.sums[:, np.nonzero(~hidden)[0]] @ table.values[~hidden])
    goal = np.where(unknown == place, sign, 0.0)
    found = linprog(goal, A_eq=lines[touched], b_eq=shown[touched], bounds=(0.0, None), method="highs")
    if found.status == _UNBOUNDED:
        return -sign * np.inf
    if not found.success:
        raise RuntimeError("the published figures contradict each other")
    return float(sign * found.fun)


_UNBOUNDED = 3
