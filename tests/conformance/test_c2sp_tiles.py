# SPDX-License-Identifier: Apache-2.0
"""Tiles against the worked examples of c2sp.org/tlog-tiles. D27."""

from collections import Counter

import pytest

from beholden.ledger import tree
from beholden.ledger.tiles import ENTRIES, Tile, TileLog, tiles_between


def test_index_1234067_is_spelt_as_in_the_specification():
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert Tile.parse("tile/0/x001/x234/067") == Tile(0, 1_234_067)
    assert Tile.parse("tile/entries/x001/x234/067.p/8") == Tile(ENTRIES, 1_234_067, 8)


def test_a_tree_of_70_000():
    """273 full and a partial of 112 at level 0; 1 full and one of 17 at level 1; one of 1 at level 2."""
    found = Counter((tile.level, tile.width) for tile in tiles_between(0, 70_000))

    assert found == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}


def test_a_tree_of_256():
    assert list(tiles_between(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


def test_no_empty_tile():
    assert list(tiles_between(0, 0)) == []
    assert all(tile.width for size in (1, 255, 256, 257, 65_536) for tile in tiles_between(0, size))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_the_files_of_a_log_are_those_the_specification_names(tmp_path, size):
    entries = [n.to_bytes(2, "big") for n in range(size)]
    log = TileLog(tmp_path / "log")
    log.append(0, entries)
    found = {str(path.relative_to(log.folder)) for path in log.folder.rglob("*") if path.is_file()}
    hashed = {tile.path for tile in tiles_between(0, size)}
    bundles = {Tile(ENTRIES, t.index, t.width).path for t in tiles_between(0, size) if t.level == 0}

    assert found == hashed | bundles
    assert log.root(size) == tree.root(tree.leaf_hash(one) for one in entries)


def test_level_1_holds_the_hash_of_each_full_tile_below(tmp_path):
    """The n-th tile at level l is MTH(D[(n*256+i)*256**l : (n*256+i+1)*256**l]) for i from 0 to 255."""
    entries = [n.to_bytes(2, "big") for n in range(700)]
    log = TileLog(tmp_path / "log")
    log.append(0, entries)
    leaves = [tree.leaf_hash(one) for one in entries]

    assert (log.folder / "tile/1/000.p/2").read_bytes() == tree.root(leaves[:256]) + tree.root(
        leaves[256:512]
    )
    assert (log.folder / "tile/0/002.p/188").read_bytes() == b"".join(leaves[512:])
    bundle = (log.folder / "tile/entries/002.p/188").read_bytes()
    assert bundle[:8] == b"\x00\x02\x02\x00\x00\x02\x02\x01"
