# SPDX-License-Identifier: Apache-2.0
"""Where a country's areas stand on a tile map. It belongs to a pack, decides nothing, and no hash covers it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from beholden.catalogue.chosen import chosen
from beholden.catalogue.pack import SHIPPED
from beholden.catalogue.plain import PackRefused
from beholden.home import here

Tiles = Mapping[str, tuple[str, int, int]]
"""Each area's letters, column and row."""


def tiles_here() -> Tiles:
    """Return the tiles of the pack that this home is under; a pack may have none."""
    return tiles(SHIPPED[chosen(here())])


@cache
def tiles(pack: Path) -> Tiles:
    """Return the tiles of a pack, or refuse a file in which two areas stand on one tile, or have the same letters."""
    found: dict[str, tuple[str, int, int]] = {}
    for file in sorted((pack / "tiles").glob("*.toml")):
        for name, said in tomllib.loads(file.read_text("utf-8")).items():
            match said:
                case [str(letters), int(column), int(row)] if _is_free(name, (letters, column, row), found):
                    found[name] = (letters, column, row)
                case _:
                    raise PackRefused("tile", file.name, 1, f"{name} has no tile of its own")
    return found


def _is_free(name: str, tile: tuple[str, int, int], found: Tiles) -> bool:
    return name not in found and not any(tile[0] == one[0] or tile[1:] == one[1:] for one in found.values())
