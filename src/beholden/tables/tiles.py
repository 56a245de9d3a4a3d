# SPDX-License-Identifier: Apache-2.0
"""Decides the tile map of a table by area: a hexagon for each, its shade by steps, or the symbol of what is hidden.

It knows no country and no boundary: where a tile stands is handed in, or areas stand in the order of their names. All
tiles are of one size, so that many children in few streets weigh as much as few in a wide land.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import ceil, floor, log10, sqrt

from beholden.tables.document import Cell, Table
from beholden.tables.grid import marks

MOST_MAPS = 4
MOST_STEPS = 5
WIDTH = 68
"""How wide a tile is: four and a half of them fit a phone."""

_SHADES = {1: (3,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
"""The shades of so many steps: apart enough to tell, and not so far that two steps look like all and nothing."""

_HEIGHT = WIDTH * 2 / sqrt(3)
_EDGE = 2
_FEW = 20
_LETTERS, _MORE_LETTERS = 4, 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tile of one area stands, and the few letters that fit on it. Odd rows stand half a tile right."""

    short: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Step:
    """One shade from 1, the lightest, to 5: from one value to below another (the last: and with it)."""

    shade: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tile:
    """One area: its name, its letters, what is shown, its shade (0: a mark instead), its corners and its middle."""

    name: str
    short: str
    shown: str
    shade: int
    mark: str
    corners: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TileMap:
    """One map, with the categories that it is of, if there is more than one."""

    words: str
    tiles: tuple[Tile, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Maps:
    """All maps of one table, to one list of steps."""

    maps: tuple[TileMap, ...]
    steps: tuple[Step, ...]

    @property
    def legend(self) -> tuple[tuple[int, str], ...]:
        """Return each shade with its words, and last how what is hidden looks."""
        *most, last = self.steps
        said = [(one.shade, f"{one.low:,} to below {one.high:,}") for one in most]
        return (*said, (last.shade, f"{last.low:,} to {last.high:,}"), (0, "hidden"))


def maps(table: Table, area: str, known: Mapping[str, Place]) -> Maps | None:
    """Return the maps of a table by this field; nothing where there are too many to see, or nothing to see."""
    if area not in table.by:
        return None
    place = table.by.index(area)
    others = [listed for other, listed in enumerate(table.categories) if other != place]
    of = list(product(*others))
    values = [cell.value for cell in table.cells if cell.value is not None]
    if len(of) > MOST_MAPS or not values:
        return None
    cells: dict[tuple[str, ...], dict[str, Cell]] = {one: {} for one in of}
    for at, cell in table.rows():
        cells[(*at[:place], *at[place + 1 :])][at[place]] = cell
    found, named = steps(values), marks(table.hidden)
    places = placed(table.categories[place], known)
    return Maps(
        tuple(_map(_words(one, others), cells[one], places, found, named) for one in of),
        found,
    )


def _words(at: tuple[str, ...], listed: list[tuple[str, ...]]) -> str:
    """Return the categories by which one map differs from the others."""
    return ", ".join(one for one, others in zip(at, listed, strict=True) if len(others) > 1)


def placed(areas: tuple[str, ...], known: Mapping[str, Place]) -> dict[str, Place]:
    """Return where each area stands: where it is known to, or else in rows below, by the order of names."""
    held = {name: known[name] for name in areas if name in known}
    rest = sorted(name for name in areas if name not in held)
    below = max((one.row for one in held.values()), default=-1) + 1
    across = 4 if len(rest) <= _FEW else ceil(sqrt(len(rest)))
    letters = shorts(rest)
    for number, name in enumerate(rest):
        held[name] = Place(letters[name], number % across, below + number // across)
    return {name: held[name] for name in areas}


def shorts(names: Iterable[str]) -> dict[str, str]:
    """Return few letters for each name, no two alike: initials or the first letters, else its number in the list."""
    names = list(names)
    found: dict[str, str] = {}
    for tried in (
        {name: _initials(name) for name in names},
        {name: name[:_MORE_LETTERS] for name in names},
        {name: f"{number}." for number, name in enumerate(names, start=1)},
    ):
        left = [name for name in names if name not in found]
        many = Counter(tried[name] for name in left)
        taken = set(found.values())
        found |= {name: tried[name] for name in left if many[tried[name]] == 1 and tried[name] not in taken}
    return found


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words[:_LETTERS]) if len(words) > 1 else name[:_LETTERS]


def steps(values: list[float]) -> tuple[Step, ...]:
    """Return at most five steps of one round size that hold every value."""
    low, high = min(values), max(values)
    least = 1 if all(value == int(value) for value in values) else 0  # whole figures have whole steps
    size = 10.0 ** floor(log10((high - low) / MOST_STEPS)) if high > low else max(abs(high), 1)
    for factor in (1, 2, 5, 10, 20, 50):
        wide = max(size * factor, least)
        first, last = floor(low / wide), max(ceil(high / wide), floor(low / wide) + 1)
        if last - first <= MOST_STEPS:
            shades = zip(range(first, last), _SHADES[last - first], strict=True)
            return tuple(
                Step(shade, _plain(number * wide), _plain((number + 1) * wide)) for number, shade in shades
            )
    raise ArithmeticError("no step is wide enough")


def _plain(value: float) -> float:
    return int(value) if value == int(value) else round(value, 6)


def step_of(value: float, found: tuple[Step, ...]) -> Step:
    """Return the step that a value lies in."""
    return next((one for one in found if value < one.high), found[-1])


def _map(
    words: str,
    cells: Mapping[str, Cell],
    places: Mapping[str, Place],
    found: tuple[Step, ...],
    named: Mapping[str, str],
) -> TileMap:
    tiles = []
    left, top = min(one.column for one in places.values()), min(one.row for one in places.values())
    for name, at in places.items():
        cell = cells[name]
        x = _EDGE + WIDTH * (at.column - left + (1 if at.row % 2 else 0.5))
        y = _EDGE + _HEIGHT * (0.75 * (at.row - top) + 0.5)
        shown = named[cell.why] if cell.value is None else brief(cell.value)
        shade = 0 if cell.value is None else step_of(cell.value, found).shade
        tiles.append(
            Tile(
                name,
                at.short,
                shown,
                shade,
                named.get(cell.why, ""),
                _corners(x, y),
                round(x, 1),
                round(y, 1),
            )
        )
    return TileMap(
        words,
        tuple(tiles),
        ceil(max(one.x for one in tiles) + WIDTH / 2 + _EDGE),
        ceil(max(one.y for one in tiles) + _HEIGHT / 2 + _EDGE),
    )


def _corners(x: float, y: float) -> str:
    half, tall = WIDTH / 2, _HEIGHT / 2
    six = ((0, -tall), (half, -tall / 2), (half, tall / 2), (0, tall), (-half, tall / 2), (-half, -tall / 2))
    return " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in six)


def brief(value: float) -> str:
    """Return a figure that fits a tile: 12,345, and from a million on 1.2m. The table has it whole."""
    million = 1_000_000
    return f"{value / million:.1f}m" if abs(value) >= million else f"{value:,}"
