# SPDX-License-Identifier: Apache-2.0
"""Lays a table out as people read it: one field across where that fits, the others down, and a mark for each reason.

It decides the layout and nothing else. A symbol that stands for more than one reason gets a number, so that every
hidden cell says which.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import product
from math import prod

from beholden.tables.document import Cell, Hidden, Table

MOST_ACROSS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its categories, and its cells from left to right."""

    at: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table laid out: the fields down, the field across with its categories (or none), and the lines."""

    down: tuple[str, ...]
    across: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def grid(table: Table, period: str = "") -> Grid:
    """Return a table laid out. The period goes across if it can, or else the last field that is short enough."""
    lengths = [len(listed) for listed in table.categories]
    fitting = [
        place
        for place, many in enumerate(lengths)
        if 2 <= many <= MOST_ACROSS  # noqa: PLR2004  one is no row
    ]
    if len(table.by) == 1 or not fitting:
        rows = tuple(Row(at, (cell,)) for at, cell in table.rows())
        return Grid(table.by, "", (), rows)
    named = [place for place in fitting if table.by[place] == period]
    place = (named or fitting)[-1]
    heads = table.categories[place]
    others = [listed for other, listed in enumerate(table.categories) if other != place]
    step, block = prod(lengths[place + 1 :]), prod(lengths[place:])
    rows = tuple(
        Row(at, tuple(table.cells[_first(number, step, block) + one * step] for one in range(len(heads))))
        for number, at in enumerate(product(*others))
    )
    down = tuple(name for other, name in enumerate(table.by) if other != place)
    return Grid(down, table.by[place], heads, rows)


def _first(number: int, step: int, block: int) -> int:
    """Return where the first cell of a line stands, among cells in the order of their categories."""
    return number // step * block + number % step


def marks(hidden: tuple[Hidden, ...]) -> dict[str, str]:
    """Return the mark of each reason: its symbol, with a number where the symbol has more than one reason."""
    many = Counter(one.symbol for one in hidden)
    seen: Counter[str] = Counter()
    found: dict[str, str] = {}
    for one in hidden:
        seen[one.symbol] += 1
        found[one.why] = f"{one.symbol}{seen[one.symbol]}" if many[one.symbol] > 1 else one.symbol
    return found
