# SPDX-License-Identifier: Apache-2.0
"""Lays a table's chart, or its map of tiles, out as a file of its own (SVG): with title, reasons, source and address.

A file goes where no page goes with it, so everything that a reader has to know stands in it, as text and for those who
are read to. It is as wide as a phone, or as its map.
"""

from dataclasses import dataclass
from textwrap import wrap

from beholden.tables.chart import Bars, Lines
from beholden.tables.document import Table
from beholden.tables.grid import marks
from beholden.tables.policy import TablesRefused
from beholden.tables.tiles import Maps, TileMap
from beholden.web.words import capitalised

MARGIN = 14
_NARROW = 360
_KINDS = {"title": (27, 11.8), "words": (22, 7.9), "step": (26, 7.9), "mono": (19, 7.9)}
"""Each kind of line: how high it is, and how wide a sign of it is at the most."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, and where it stands. `shade`: of which shade a swatch stands before it, or none."""

    words: str
    kind: str
    y: int
    shade: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """One picture, and where it stands."""

    shown: Bars | Lines | TileMap
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole file: its title, what it shows in words, its size, and what stands where."""

    title: str
    told: str
    width: int
    height: int
    pictures: tuple[Placed, ...]
    lines: tuple[Line, ...]


class _Sheet:
    """What is drawn from top to bottom."""

    def __init__(self, width: int) -> None:
        self.width, self.y = width, MARGIN
        self.lines: list[Line] = []
        self.pictures: list[Placed] = []

    def write(self, words: str, kind: str = "words", shade: int | None = None) -> None:
        """Write one paragraph, in as many lines as it takes."""
        tall, wide = _KINDS[kind]
        room = int((self.width - 2 * MARGIN - (34 if kind == "step" else 0)) / wide)
        for line in wrap(words, room) or [""]:
            self.y += tall
            self.lines.append(Line(line, kind, self.y - tall // 4, shade))

    def draw(self, shown: Bars | Lines | TileMap) -> None:
        self.pictures.append(Placed(shown, self.y))
        self.y += shown.height

    def gap(self, tall: int = 12) -> None:
        self.y += tall


def drawing(table: Table, title: str, shown: Bars | Lines | Maps | None, address: str) -> Drawing:
    """Return a table's picture as a file of its own; refuse one that is not drawn."""
    if shown is None:
        raise TablesRefused(
            "not_drawn",
            "This table is not drawn: it would be too much to see, or all of it is hidden.",
            "Ask by fewer fields, or show fewer of them; or take it as CSV.",
        )
    maps = shown.maps if isinstance(shown, Maps) else ()
    sheet = _Sheet(max(_NARROW, *(one.width + 2 * MARGIN for one in maps), 0))
    sheet.write(title, "title")
    sheet.gap()
    if isinstance(shown, Maps):
        _maps(sheet, shown)
    else:
        sheet.draw(shown)
    sheet.gap()
    _said(sheet, table, address)
    sheet.gap(MARGIN)
    return Drawing(title, _told(table), sheet.width, sheet.y, tuple(sheet.pictures), tuple(sheet.lines))


def _maps(sheet: _Sheet, shown: Maps) -> None:
    for one in shown.maps:
        if one.words:
            sheet.write(capitalised(one.words), "title")
        sheet.gap(6)
        sheet.draw(one)
    sheet.gap()
    for shade, words in shown.legend:
        sheet.write(words, "step", shade)
    sheet.gap(6)
    sheet.write("; ".join(f"{tile.short} is {tile.name}" for tile in shown.maps[0].tiles) + ".")


def _said(sheet: _Sheet, table: Table, address: str) -> None:
    """Write what stands under every picture: what is hidden and why, how exact it is, its source and its address."""
    named = marks(table.hidden)
    for one in table.hidden:
        sheet.write(f"{named[one.why]}: {one.sentence}")
    for words in (table.error, f"Source: {table.cite}"):
        sheet.gap(6)
        sheet.write(words)
    sheet.write(address, "mono")


def _told(table: Table) -> str:
    """Return every figure in words, for those who are read to."""
    named = marks(table.hidden)
    why = {one.why: one.sentence for one in table.hidden}
    cells = (
        f"{', '.join(at)}: {f'{cell.value:,}' if cell.value is not None else f'{named[cell.why]}, hidden'}"
        for at, cell in table.rows()
    )
    reasons = (f"{named[one]} means: {sentence}" for one, sentence in why.items())
    return " ".join(("; ".join(cells) + ".", *reasons))
