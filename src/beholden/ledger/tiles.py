# SPDX-License-Identifier: Apache-2.0
"""One log on disk, exactly as c2sp.org/tlog-tiles: hash tiles, entry bundles, and the published checkpoint.

Decides where a hash or an entry lies and how it reaches the disk. Does not know what an entry says, holds no
key, and does not decide what may be signed: `signer` does. Only the checkpoint says how large the log is;
tiles beyond the size that the signer has committed are a draft, and the next append writes over them.

    checkpoint                      the only file that is ever replaced
    vkey                            the verifier key, a line: ours, the specification has no place for it
    tile/0/x001/x234/067            256 leaf hashes
    tile/1/000.p/17                 17 hashes, each over one full tile of level 0
    tile/entries/000.p/112          112 entries, each with its length in two bytes before it
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from beholden.home.files import fsync_folder, write_durably, write_new
from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.note import Note
from beholden.refusals import Refusal

TILE_WIDTH = 256
TILE_HEIGHT = 8  # 2**8 hashes: one tile is a subtree of eight levels
MAX_LEVEL = 63
ENTRIES = -1  # the level under level 0: the entries themselves
MAX_ENTRY_BYTES = 65_535  # what a two-byte length can say
LENGTH_BYTES = 2
_PUBLIC = 0o644  # a tile is public by its nature; the home's folder decides who may reach it
_AUTHORITY = "c2sp.org/tlog-tiles"
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class TileMalformed(Refusal):
    """Says that bytes or a path are not a tile, or that an entry cannot be put into one."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.tile_malformed",
            sentence,
            next_step="Compare the log's files with a public copy; put back the one that differs.",
            authority=_AUTHORITY,
        )


@dataclass(frozen=True, slots=True)
class Tile:
    """The name of one file: a level (`ENTRIES` for a bundle), an index within it, a width of 1 to 256."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Return the path under the log's prefix: three digits an element, all but the last marked x."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{place}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")

    def is_within(self, size: int) -> bool:
        """Say whether a log of that size has everything that this file holds."""
        known = size >> TILE_HEIGHT * max(self.level, 0)
        return self.index * TILE_WIDTH + self.width <= known

    @classmethod
    def parse(cls, path: str) -> Self:
        """Read a path; refuse what is not the one spelling of one tile."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise TileMalformed("That is not the path of a tile.")
        level, place, width = found.groups()
        tile = cls(
            ENTRIES if level == "entries" else int(level),
            int(place.replace("x", "").replace("/", "")),
            int(width) if width else TILE_WIDTH,
        )
        if tile.path != path or tile.level > MAX_LEVEL:
            raise TileMalformed("That is not the path of a tile.")
        return tile


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield the hash tiles that a tree of the new size has and one of the old size has not.

    A hash enters a level above only when its tile is full: a partial tile is never hashed upward.
    """
    level = 0
    while new:
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH) if new > old else 0):
            yield Tile(level, index, min(TILE_WIDTH, new - index * TILE_WIDTH))
        level, old, new = level + 1, old // TILE_WIDTH, new // TILE_WIDTH


def print_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bytes of an entry bundle: each entry after its length, two bytes, the greater first."""
    return b"".join(len(entry).to_bytes(LENGTH_BYTES, "big") + entry for entry in entries)


def parse_bundle(raw: bytes, width: int) -> tuple[bytes, ...]:
    """Read an entry bundle of exactly `width` entries with no byte left over."""
    found, at = [], 0
    while at < len(raw):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(raw[at:start], "big")
        if start > len(raw) or at > len(raw):
            raise TileMalformed("An entry bundle ends in the middle of an entry.")
        found.append(raw[start:at])
    if len(found) != width:
        raise TileMalformed(f"An entry bundle holds {len(found)} entries where {width} belong.")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class TileLog:
    """The folder of one log. Readers need no lock; a writer must be alone (see `signer.Signer.turn`)."""

    folder: Path

    def published(self) -> bytes | None:
        """Return the published checkpoint as it is served, or None before the first."""
        try:
            return (self.folder / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None

    def published_key(self) -> bytes | None:
        """Return the file that says with which key the log is signed, or None before the log was opened."""
        try:
            return (self.folder / "vkey").read_bytes()
        except FileNotFoundError:
            return None

    def publish_key(self, raw: bytes) -> None:
        """Put the verifier key beside the log, once: a log that changes its key is another log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_new(self.folder / "vkey", raw, mode=_PUBLIC)

    @property
    def size(self) -> int:
        """How many entries the published checkpoint covers; its signature is for `signer` or a verifier."""
        raw = self.published()
        return Checkpoint.parse(Note.parse(raw).text).size if raw is not None else 0

    def entries(self, size: int, start: int = 0, stop: int | None = None) -> tuple[bytes, ...]:
        """Return the entries of a log of that size, or those from `start` to before `stop`.

        The size is one that a checkpoint was published for (or that is being written): only for those are
        there partial tiles.
        """
        return self._row(ENTRIES, start, size if stop is None else stop, size, parse_bundle)

    def hashes(self, level: int, start: int, stop: int, *, size: int) -> tuple[bytes, ...]:
        """Return hashes of one level, from `start` to before `stop`, in the tree of that size."""
        return self._row(level, start, stop, size // TILE_WIDTH**level, _split_hashes)

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries, from the tiles."""
        return tree.span_hash(0, size, self._subtrees(size))

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the audit path of one entry in the tree of that size, from the tiles."""
        subtree = self._subtrees(size)
        return tuple(tree.span_hash(*span, subtree) for span in tree.inclusion_spans(index, size))

    def consistency_proof(self, old: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of the old size is a prefix, from the tiles."""
        subtree = self._subtrees(size)
        return tuple(tree.span_hash(*span, subtree) for span in tree.consistency_spans(old, size))

    def append(self, size: int, entries: Sequence[bytes]) -> None:
        """Write the entries behind the first `size` ones. Durable when it returns; the log is not longer yet.

        Run again with the same entries it writes the same bytes. Run again with others, before anything was
        signed, it writes over the draft: only the signer can make a tile count. A crash anywhere in here
        leaves the first `size` entries as they were, since a tile that a committed size needs has a name that
        no later size uses, or is full and is written with the same hashes.
        """
        if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
            raise TileMalformed(f"An entry has at most {MAX_ENTRY_BYTES:,} bytes; this one is longer.")
        if not entries:
            return
        first = size - size % TILE_WIDTH
        touched = self._write_row(ENTRIES, first, (*self.entries(size, first), *entries), print_bundle)
        level, held, fresh = 0, size, tuple(tree.leaf_hash(entry) for entry in entries)
        while fresh:
            first = held - held % TILE_WIDTH
            row = (*self.hashes(level, first, held, size=size), *fresh)
            touched |= self._write_row(level, first, row, b"".join)
            full = range(0, len(row) - TILE_WIDTH + 1, TILE_WIDTH)
            fresh = tuple(tree.root(row[i : i + TILE_WIDTH]) for i in full)
            level, held = level + 1, held // TILE_WIDTH
        # A folder that an interrupted run made is on the disk only once its parent was flushed; so all the
        # way up is flushed each time, whoever made the folder.
        for folder in sorted(touched, key=lambda path: len(path.parts), reverse=True):
            fsync_folder(folder)

    def check(self, start: int, size: int) -> None:
        """Refuse unless every entry has its leaf hash, and every full tile its hash in the level above.

        Only what a log of the size has from `start` on is read; `check(0, size)` is the whole log.
        """
        held = tuple(tree.leaf_hash(entry) for entry in self.entries(size, start))
        if held != self.hashes(0, start, size, size=size):
            raise TileMalformed("An entry of the log does not have the hash that stands in its tile.")
        level, stop = 0, size
        while stop >= TILE_WIDTH:
            above, end = start // TILE_WIDTH, stop // TILE_WIDTH
            expected = self.hashes(level + 1, above, end, size=size)
            within = self.hashes(level, above * TILE_WIDTH, end * TILE_WIDTH, size=size)
            for at, one in enumerate(expected):
                if tree.root(within[at * TILE_WIDTH : (at + 1) * TILE_WIDTH]) != one:
                    raise TileMalformed("A tile of the log does not have the hash that stands above it.")
            level, start, stop = level + 1, above, end

    def publish(self, raw: bytes, *, instead_of: bytes | None) -> None:
        """Replace the published checkpoint, if it is still the one the caller has seen (compare-and-swap).

        The caller is alone (`signer.Signer.turn`); the comparison catches whoever writes without asking.
        """
        if self.published() != instead_of:
            raise Refusal(
                "ledger.checkpoint_moved",
                "Somebody else has replaced the published checkpoint in the meantime.",
                next_step="Find out which process writes to this log beside the sequencer, and stop it.",
                authority="ARCHITECTURE section 5: checkpoints by compare-and-swap",
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        write_durably(self.folder / "checkpoint", raw, mode=_PUBLIC)

    def tidy(self, old: int, new: int) -> None:
        """Remove partial tiles whose full tile is published; a reader of an older size takes the full one.

        What a crash leaves behind here is only rubbish that nobody needs.
        """
        for tile in tiles_between(old, new):
            if tile.width == TILE_WIDTH:
                for level in (tile.level, ENTRIES) if tile.level == 0 else (tile.level,):
                    partial = self.folder / (Tile(level, tile.index).path + ".p")
                    shutil.rmtree(partial, ignore_errors=True)

    def _subtrees(self, size: int) -> Callable[[int, int], bytes]:
        kept: dict[Tile, tuple[bytes, ...]] = {}

        def subtree(height: int, index: int) -> bytes:
            level, below = divmod(height, TILE_HEIGHT)
            start, stop = index << below, (index + 1) << below
            at = start // TILE_WIDTH
            known = size // TILE_WIDTH**level  # how many hashes the level has in a tree of this size
            tile = Tile(level, at, min(TILE_WIDTH, known - at * TILE_WIDTH))
            if tile not in kept:
                kept[tile] = self._read(tile, _split_hashes)
            return tree.root(kept[tile][start % TILE_WIDTH : start % TILE_WIDTH + stop - start])

        return subtree

    def _row(
        self, level: int, start: int, stop: int, held: int, split: Callable[[bytes, int], tuple[bytes, ...]]
    ) -> tuple[bytes, ...]:
        """Return what stands from `start` to before `stop` in a level that holds `held` of them."""
        if not 0 <= start <= stop <= held:
            raise TileMalformed(f"A log of this size has nothing from {start} to {stop} there.")
        found: list[bytes] = []
        while start < stop:
            index, begin = divmod(start, TILE_WIDTH)
            first = index * TILE_WIDTH
            tile = Tile(level, index, min(TILE_WIDTH, held - first))
            found.extend(self._read(tile, split)[begin : stop - first])
            start = first + TILE_WIDTH
        return tuple(found)

    def _read(self, tile: Tile, split: Callable[[bytes, int], tuple[bytes, ...]]) -> tuple[bytes, ...]:
        """Read a tile; where its partial form is gone, the beginning of the full one is the same hashes."""
        for name in (tile, Tile(tile.level, tile.index)):
            try:
                raw = (self.folder / name.path).read_bytes()
            except FileNotFoundError:
                continue
            return split(raw, name.width)[: tile.width]
        raise TileMalformed(f"The log has no file {tile.path}.")

    def _write_row(
        self, level: int, first: int, row: Sequence[bytes], join: Callable[[Sequence[bytes]], bytes]
    ) -> frozenset[Path]:
        """Write what a level holds from `first`, the start of a tile, on; return every folder it lies in."""
        touched: set[Path] = set()
        for at in range(0, len(row), TILE_WIDTH):
            held = row[at : at + TILE_WIDTH]
            path = self.folder / Tile(level, (first + at) // TILE_WIDTH, len(held)).path
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, join(held), mode=_PUBLIC)
            touched.update(parent for parent in path.parents if parent.is_relative_to(self.folder))
        return frozenset({*touched, self.folder.parent})


def _split_hashes(raw: bytes, width: int) -> tuple[bytes, ...]:
    if len(raw) != width * tree.HASH_BYTES:
        raise TileMalformed(
            f"A tile of {width} hashes has {width * tree.HASH_BYTES} bytes; this one has not."
        )
    return tuple(raw[i : i + tree.HASH_BYTES] for i in range(0, len(raw), tree.HASH_BYTES))
