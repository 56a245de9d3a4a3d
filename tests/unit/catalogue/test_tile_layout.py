# SPDX-License-Identifier: Apache-2.0
"""Where a country's areas stand on a tile map: one tile each, and all areas that its tables know."""

import pytest

from beholden.catalogue import SHIPPED, PackRefused, load
from beholden.catalogue.tiles import tiles


def test_every_region_of_the_tables_has_a_tile_but_the_invented_one():
    (column,) = (one for one in load("england").data_set("pupils").columns if one.name == "region")
    assert set(tiles(SHIPPED["england"])) == set(column.groups.values()) - {"Invented region"}


def test_a_pack_may_have_no_tiles():
    assert tiles(SHIPPED["us"]) == {}


@pytest.mark.parametrize(
    "text",
    [
        'North = ["N", 0, 0]\nSouth = ["S", 0, 0]',
        'North = ["N", 0, 0]\nSouth = ["N", 0, 1]',
        'North = ["N", 0]',
        'North = ["N", "0", 0]',
        "North = 5",
    ],
)
def test_an_area_without_a_tile_of_its_own_is_refused(tmp_path, text):
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles/region.toml").write_text(text)
    with pytest.raises(PackRefused):
        tiles(tmp_path)
