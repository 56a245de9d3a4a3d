# SPDX-License-Identifier: Apache-2.0
"""One log on disk: what is written, what is refused, what a draft may do. D27."""

import itertools

import pytest

from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.tiles import (
    MAX_ENTRY_BYTES,
    Tile,
    TileLog,
    TileMalformed,
    parse_bundle,
    print_bundle,
    tiles_between,
)
from beholden.refusals import Refusal

SEED = bytes(32)


@pytest.fixture
def log(tmp_path):
    return TileLog(tmp_path / "log")


def some(start, stop):
    return tuple(f"entry {n}".encode() for n in range(start, stop))


def files(log):
    return {path: path.read_bytes() for path in log.folder.rglob("*") if path.is_file()}


def test_what_is_appended_is_read(log):
    log.append(0, some(0, 3))
    log.append(3, some(3, 600))

    assert log.entries(600) == some(0, 600)
    assert log.entries(600, 250, 260) == some(250, 260)
    assert log.entries(600, 5, 5) == ()
    log.check(0, 600)


def test_one_entry_of_a_partial_tile_is_read(log):
    """Its own width was never published: only the sizes of checkpoints have partial tiles."""
    log.append(0, some(0, 3))

    assert log.entries(3, 1, 2) == some(1, 2)
    assert not (log.folder / "tile/entries/000.p/2").exists()


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (2, 1), (0, 4), (3, 4)])
def test_nothing_is_read_outside_the_log(log, start, stop):
    log.append(0, some(0, 3))
    with pytest.raises(TileMalformed):
        log.entries(3, start, stop)


def test_the_same_append_again_writes_the_same_bytes(log):
    log.append(0, some(0, 255))
    log.append(255, some(255, 520))
    before = files(log)
    log.append(255, some(255, 520))

    assert files(log) == before


def test_a_draft_is_written_over_and_leaves_what_was_committed(log):
    log.append(0, some(0, 250))
    root = log.root(250)
    log.append(250, [b"draft"] * 300)
    log.append(250, some(250, 270))

    assert log.root(250) == root
    assert log.entries(270) == some(0, 270)
    assert log.root(270) == tree.root(tree.leaf_hash(one) for one in some(0, 270))
    log.check(0, 270)


def test_an_entry_has_at_most_what_two_bytes_can_say(log):
    log.append(0, [bytes(MAX_ENTRY_BYTES)])
    with pytest.raises(TileMalformed):
        log.append(1, [b"fits", bytes(MAX_ENTRY_BYTES + 1)])

    assert log.entries(1) == (bytes(MAX_ENTRY_BYTES),)
    assert not (log.folder / "tile/0/000.p/2").exists()


def test_proofs_from_tiles_are_the_proofs_from_leaves(log):
    log.append(0, some(0, 700))
    leaves = [tree.leaf_hash(one) for one in some(0, 700)]
    for index, old in itertools.product((0, 255, 256, 511, 699), (1, 256, 300, 512, 699, 700)):
        assert log.inclusion_proof(index, 700) == tree.inclusion_proof(leaves, index)
        assert log.consistency_proof(old, 700) == tree.consistency_proof(leaves, old)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"])
def test_a_changed_byte_in_any_file_is_found(log, path):
    log.append(0, some(0, 300))
    file = log.folder / path
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)
    with pytest.raises(TileMalformed):
        log.check(0, 300)


@pytest.mark.parametrize("cut", [1, 33])
def test_a_cut_file_is_refused(log, cut):
    log.append(0, some(0, 300))
    for path in ("tile/0/001.p/44", "tile/entries/001.p/44"):
        file = log.folder / path
        whole = file.read_bytes()
        file.write_bytes(whole[:-cut])
        with pytest.raises(TileMalformed):
            log.check(0, 300)
        file.write_bytes(whole)


def test_a_missing_file_is_refused_by_name(log):
    log.append(0, some(0, 3))
    with pytest.raises(TileMalformed, match=r"tile/0/000\.p/4"):
        log.root(4)


def test_tidying_leaves_every_size_readable(log):
    log.append(0, some(0, 200))
    log.append(200, some(200, 256))
    log.tidy(200, 256)

    assert not (log.folder / "tile/0/000.p").exists()
    assert not (log.folder / "tile/entries/000.p").exists()
    assert (log.folder / "tile/1/000.p/1").exists()
    assert log.entries(200) == some(0, 200)
    assert log.root(200) == tree.root(tree.leaf_hash(one) for one in some(0, 200))


def test_a_checkpoint_is_published_over_the_one_that_was_seen(log):
    first, second, third = (
        sign_checkpoint(Checkpoint("beholden.example/t", size, bytes(32)), seed=SEED) for size in (1, 2, 3)
    )
    assert (log.published(), log.size) == (None, 0)
    log.publish(first, instead_of=None)
    log.publish(second, instead_of=first)
    with pytest.raises(Refusal) as refused:
        log.publish(third, instead_of=first)

    assert refused.value.code == "ledger.checkpoint_moved"
    assert (log.published(), log.size) == (second, 2)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/x001/x002",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../../key",
        "tile/0/٠٠٠",
        "tile/0/000\n",
    ],
)
def test_paths_that_name_no_tile(path):
    with pytest.raises(TileMalformed):
        Tile.parse(path)


@pytest.mark.parametrize(
    ("raw", "width"), [(b"\x00", 1), (b"\x00\x02a", 1), (b"\x00\x01a", 2), (b"", 1), (b"\x00\x01ab", 1)]
)
def test_bundles_that_are_none(raw, width):
    with pytest.raises(TileMalformed):
        parse_bundle(raw, width)


def test_an_empty_entry_has_a_place_in_a_bundle():
    assert parse_bundle(print_bundle([b"", b"a"]), 2) == (b"", b"a")


def test_nothing_lies_between_a_size_and_itself():
    assert list(tiles_between(300, 300)) == []
    assert list(tiles_between(300, 301)) == [Tile(0, 1, 45)]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000])
def test_a_file_is_within_a_log_that_has_all_of_it(size):
    """Every tile that a log of the size needs is within it, and none that holds one entry more."""
    needed = [tile for tile in tiles_between(0, size) if tile.index < 2 or tile.width < 256]
    assert all(tile.is_within(size) for tile in needed)
    for tile in needed:
        last = size >> 8 * tile.level == tile.index * 256 + tile.width
        assert Tile(tile.level, tile.index, min(tile.width + 1, 256)).is_within(size) == (
            not last or tile.width == 256
        )
    assert not Tile(0, size // 256, size % 256 + 1).is_within(size)
    assert not Tile(-1, size // 256).is_within(size)


def test_no_file_of_a_level_that_a_log_has_not_reached_is_within_it():
    assert not Tile(3, 0, 1).is_within(256**3 - 1)
    assert Tile(3, 0, 1).is_within(256**3)
