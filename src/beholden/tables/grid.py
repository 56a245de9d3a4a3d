# SPDX-License-Identifier: Apache-2.0
"""Lays a table out as people read it: one field across where that fits, the others down, and a mark for each reason.

It decides the layout and nothing else. A symbol that stands for more than one reason gets a number, so that every
hidden cell says which.
"""

from collections import Counter
from dataclasses import dataclass

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
    """Return a table laid out. The period goes across if it can, or else the last field that is short enough.

    A field of which one category is shown takes no room: the title says it.
    """
    alone = dict(table.fixed)
    wide = [place for place, name in enumerate(table.by) if name not in alone] or [len(table.by) - 1]
    fitting = [place for place in wide if len(table.categories[place]) <= MOST_ACROSS]
    if len(wide) == 1:
        fitting = []
    across = next((place for place in fitting if table.by[place] == period), fitting[-1] if fitting else None)
    down = [place for place in wide if place != across]
    found: dict[tuple[str, ...], list[Cell]] = {}
    for at, cell in table.rows():
        found.setdefault(tuple(at[place] for place in down), []).append(cell)
    return Grid(
        tuple(table.by[place] for place in down),
        "" if across is None else table.by[across],
        () if across is None else table.categories[across],
        tuple(Row(at, tuple(cells)) for at, cells in found.items()),
    )


def marks(hidden: tuple[Hidden, ...]) -> dict[str, str]:
    """Return the mark of each reason: its symbol, with a number where the symbol has more than one reason."""
    many = Counter(one.symbol for one in hidden)
    seen: Counter[str] = Counter()
    found: dict[str, str] = {}
    for one in hidden:
        seen[one.symbol] += 1
        found[one.why] = f"{one.symbol}{seen[one.symbol]}" if many[one.symbol] > 1 else one.symbol
    return found
