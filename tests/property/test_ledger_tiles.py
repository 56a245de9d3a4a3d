# SPDX-License-Identifier: Apache-2.0
"""Tiles against their definition: every hash is the tree hash of the entries it stands for. D27."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.ledger import tree
from beholden.ledger.tiles import (
    ENTRIES,
    Tile,
    TileLog,
    TileMalformed,
    parse_bundle,
    print_bundle,
    tiles_between,
)


@given(st.integers(ENTRIES, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_has_one_spelling(level, index, width):
    tile = Tile(level, index, width)
    assert Tile.parse(tile.path) == tile


@given(st.text(alphabet="tile/entrisx.p0123456789", max_size=30))
def test_any_path_is_a_tile_or_a_refusal(path):
    try:
        tile = Tile.parse("tile/" + path)
    except TileMalformed:
        return
    assert tile.path == "tile/" + path


@given(st.lists(st.binary(max_size=400), max_size=256))
def test_bundles_print_and_parse(entries):
    assert parse_bundle(print_bundle(entries), len(entries)) == tuple(entries)


@given(st.binary(max_size=60), st.integers(0, 8))
def test_any_bytes_are_a_bundle_or_a_refusal(raw, width):
    try:
        found = parse_bundle(raw, width)
    except TileMalformed:
        return
    assert print_bundle(found) == raw


@given(st.integers(0, 10**7), st.integers(0, 10**4))
def test_tiles_between_two_sizes_are_those_that_only_the_larger_has(old, more):
    """By the formula of the specification: floor(s / 256**l) hashes at level l, the last tile partial."""

    def all_of(size):
        found, level = set(), 0
        while size // 256**level:
            full, width = divmod(size // 256**level, 256)
            found |= {Tile(level, n) for n in range(full)} | ({Tile(level, full, width)} if width else set())
            level += 1
        return found

    old, new = old % 200_000, old % 200_000 + more
    assert set(tiles_between(old, new)) == all_of(new) - all_of(old)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_however_a_log_grows_it_is_the_same_tree(steps):
    with tempfile.TemporaryDirectory() as folder:
        log, entries, sizes = TileLog(Path(folder) / "log"), [], []
        for step in steps:
            fresh = [f"{len(entries) + n}".encode() for n in range(step)]
            log.append(len(entries), fresh)
            entries += fresh
            log.tidy(len(entries) - step, len(entries))
            sizes.append(len(entries))
        leaves = [tree.leaf_hash(one) for one in entries]
        assert log.entries(len(entries)) == tuple(entries)
        assert log.root(len(entries)) == tree.root(leaves)
        log.check(0, len(entries))
        for size in sizes:
            assert log.root(size) == tree.root(leaves[:size])
