# SPDX-License-Identifier: Apache-2.0
"""Decides the picture of a table: bars, bars in groups, or lines over the period; and where each mark of it stands.

Widths are in hundredths, so that a picture fits a phone and a wall. Nothing hidden has a length: it is a gap with its
symbol, and a line breaks there. What would need more marks than can be read is not drawn at all.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from beholden.tables.document import Cell, Table
from beholden.tables.grid import marks

MOST_BARS = 60
MOST_PANELS = 6
MOST_POINTS = 6
HEIGHT = 96  # of a panel's lines; nothing is drawn above or below
_WIDEST = 74.0
_EDGE = 9.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One cell as a bar: its words, what stands beside it, and from where to where it reaches. A gap has a mark."""

    words: str
    shown: str
    left: float
    width: float
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together, under their words."""

    words: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One cell as a point over its moment; a gap has a mark, and stands at no height."""

    words: str
    shown: str
    x: float
    y: float
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One line over the period, under its words: its points, the pieces between neighbours that are both shown."""

    words: str
    points: tuple[Point, ...]
    pieces: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of bars."""

    BAR: ClassVar[int] = 58
    HEAD: ClassVar[int] = 36
    """The room of a bar with its words, and of a group's words."""

    groups: tuple[Group, ...]

    @property
    def height(self) -> int:
        """How high it is drawn."""
        return sum(len(group.bars) * self.BAR + (self.HEAD if group.words else 0) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Lines:
    """A picture of lines, all to one scale; `nought` is the height of nothing."""

    PANEL: ClassVar[int] = 212
    """The room of one panel with its words."""

    panels: tuple[Panel, ...]
    nought: float

    @property
    def height(self) -> int:
        """How high it is drawn."""
        return len(self.panels) * self.PANEL


_Series = list[tuple[str, list[tuple[str, Cell]]]]
"""Words, and under them each category of the inner field with its cell."""


def picture(table: Table, period: str = "") -> Bars | Lines | None:
    """Return the picture that fits a table, or nothing where none does."""
    wide = [place for place, listed in enumerate(table.categories) if len(listed) > 1]
    if not 1 <= len(wide) <= 2 or all(cell.value is None for cell in table.cells):  # noqa: PLR2004
        return None
    inner = next((place for place in wide if table.by[place] == period), wide[-1])
    series, named = _series(table, [place for place in wide if place != inner], inner), marks(table.hidden)
    if table.by[inner] == period and len(table.categories[inner]) <= MOST_POINTS:
        return _lines(series, named) if len(series) <= MOST_PANELS else None
    return _bars(series, named) if len(table.cells) <= MOST_BARS else None


def _series(table: Table, outer: list[int], inner: int) -> _Series:
    found: dict[str, list[tuple[str, Cell]]] = {}
    for at, cell in table.rows():
        found.setdefault(at[outer[0]] if outer else "", []).append((at[inner], cell))
    return list(found.items())


def _bars(series: _Series, named: dict[str, str]) -> Bars:
    low, high = _ends(series)
    scale = _WIDEST / (high - low)

    def bar(words: str, cell: Cell) -> Bar:
        if cell.value is None:
            return Bar(words, named[cell.why], round(-low * scale, 2), 0.0, named[cell.why])
        left = min(cell.value, 0) - low
        return Bar(words, f"{cell.value:,}", round(left * scale, 2), round(abs(cell.value) * scale, 2))

    return Bars(tuple(Group(words, tuple(bar(*one) for one in its)) for words, its in series))


def _lines(series: _Series, named: dict[str, str]) -> Lines:
    low, high = _ends(series)
    scale = HEIGHT / (high - low)
    panels = []
    for words, its in series:
        step = (100 - 2 * _EDGE) / max(len(its) - 1, 1)
        points = [
            Point(moment, named[cell.why], round(_EDGE + place * step, 2), HEIGHT / 2, named[cell.why])
            if cell.value is None
            else Point(
                moment,
                f"{cell.value:,}",
                round(_EDGE + place * step, 2),
                round((high - cell.value) * scale, 2),
            )
            for place, (moment, cell) in enumerate(its)
        ]
        pieces = tuple(two for two in pairwise(points) if not (two[0].mark or two[1].mark))
        panels.append(Panel(words, tuple(points), pieces))
    return Lines(tuple(panels), round(high * scale, 2))


def _ends(series: _Series) -> tuple[float, float]:
    """Return the least and the greatest value, with nought among them: lengths begin at nothing."""
    values = [cell.value for _, its in series for _, cell in its if cell.value is not None]
    low, high = min(0, *values), max(0, *values)
    return (low, high) if high > low else (0, 1)
