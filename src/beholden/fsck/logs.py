# SPDX-License-Identifier: Apache-2.0
"""Checks one log on disk: memory of the signer, signed checkpoint, every tile against the entries. No Django.

The entries are read once, in order, and every hash above them is made anew. Where that gives the signed root, a file
that differs is the damaged one; where it does not, the entries that do not fit their hashes are. Memory: 32 bytes for
256 entries, and one tile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beholden.fsck.files import is_leftover, walk
from beholden.fsck.rules import RESTORE, TIDY, Finding, Findings, found, note
from beholden.home import Home
from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.note import Note
from beholden.ledger.signer import Signer, keeper_origin, log_of, still
from beholden.ledger.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    TileLog,
    TileMalformed,
    parse_bundle,
    print_bundle,
)
from beholden.refusals import Refusal

_HASH = tree.HASH_BYTES
_SIGN = "Nothing is signed until an operator has proved the state from outside: from a public copy or another reader."
_AHEAD = (
    "Something was restored from an older copy, or lost. Bring back the newest log files, byte for byte, from a "
    "public copy. Nothing is signed, accepted or released until then."
)


def signed_size(home: Home, log: str) -> int:
    """Return to how many entries the signer has committed, by its memory or else by the checkpoint."""
    memory, published = _memory(home, log), _published(home, log)
    sizes = [head.size for head in (memory, published) if isinstance(head, Checkpoint)]
    return max(sizes, default=0)


def published_size(home: Home, log: str) -> int:
    """Return how many entries the published checkpoint covers; 0 where there is none that can be read."""
    published = _published(home, log)
    return published.size if isinstance(published, Checkpoint) else 0


def check_log(home: Home, log: str) -> Findings:
    """Compare one log's memory, checkpoint and tiles.

    Must hold: (1) memory and checkpoint can be read and are of this log; (2) the checkpoint is signed with the log's
    key; (3) the tiles give the memory's root, and (4) the checkpoint's, which is not newer; (5) every file says what
    the entries say, and none is missing.
    """
    with still(home, log):  # a keeper may be at work beside us
        memory, published = _memory(home, log), _published(home, log)
    for trouble in (memory, published):
        if isinstance(trouble, Finding):
            yield trouble
    known = memory if isinstance(memory, Checkpoint) else None
    shown = published if isinstance(published, Checkpoint) else None
    if known is None and shown is None:
        return
    yield from _origins(home, log, known, shown)  # (1)
    unsigned = tuple(_signature(home, log)) if shown is not None else ()
    yield from unsigned  # (2)
    if any(one.code == "fsck.checkpoint" for one in unsigned):
        shown = None
    if memory is None and shown is not None and shown.size:
        sentence = (
            f"The signer has no memory of the log {log}, of which {shown.size:,} entries are published."
        )
        yield found("signer_lost", f"signer/{log}", sentence, _SIGN)
    head = known or shown
    if head is not None:
        yield from _tiles(home, log, head, shown)


def _memory(home: Home, log: str) -> Checkpoint | Finding | None:
    where = f"signer/{log}"
    try:
        return Checkpoint.parse((home.signer_state / log).read_bytes().decode())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, Refusal):
        return found(
            "signer", where, "The signer's memory cannot be read, so it is not known what was signed.", _SIGN
        )


def _published(home: Home, log: str) -> Checkpoint | Finding | None:
    try:
        raw = log_of(home, log).published()
        return None if raw is None else Checkpoint.parse(Note.parse(raw).text)
    except (OSError, ValueError, Refusal):
        return found("checkpoint", f"ledger/{log}/checkpoint", "The published checkpoint cannot be read.")


def _origins(home: Home, log: str, known: Checkpoint | None, shown: Checkpoint | None) -> Findings:
    file, heads = home.ledger / "origin", [head for head in (known, shown) if head is not None]
    try:
        origin = keeper_origin(home)
        whole = not file.exists() or file.read_bytes() == f"{origin}\n".encode()
    except (OSError, ValueError):
        yield found("origin", "ledger/origin", "The name of the keeper's logs cannot be read.")
        return
    off = [head for head in heads if head.origin != f"{origin}/{log}"]
    if not whole or (len(off) == len(heads) and off[0].origin == off[-1].origin):
        sentence = f"The log {log} is signed under another name than this file gives it."
        yield found("origin", "ledger/origin", sentence)
    elif known in off:
        yield found("signer", f"signer/{log}", "This speaks of another log.", _SIGN)
    elif off:
        yield found("checkpoint", f"ledger/{log}/checkpoint", "This speaks of another log.")


def _signature(home: Home, log: str) -> Findings:
    where = f"ledger/{log}/checkpoint"
    try:
        signer = Signer.of(home, log)
    except (OSError, ValueError, Refusal):  # key or origin; said where they are looked at
        return
    if signer.log.published_key() != signer.key_file:
        yield found(
            "vkey", f"ledger/{log}/vkey", "The key published beside the log is not the log's key, or missing."
        )
    try:
        signer.opened(signer.log.published())
    except (OSError, ValueError, Refusal):
        yield found("checkpoint", where, "The checkpoint is not signed with the key of this log.")


def _tiles(home: Home, log: str, head: Checkpoint, shown: Checkpoint | None) -> Findings:
    survey = Survey(log_of(home, log), log)
    root = survey.run(head.size)
    yield from survey.judge(fits=root == head.root)
    known = shown is not None and (home.signer_state / log).exists()
    if root != head.root:
        if shown is not None and shown.size < head.size:
            sentence = (
                f"The signer has signed {head.size:,} entries of {log}; its files hold fewer, or others."
            )
            yield found("signer_ahead", f"signer/{log}", sentence, _AHEAD)
        elif root is not None and not survey.doubted:
            blames_memory = known and shown is not None and (shown.size, shown.root) == (head.size, root)
            where = f"signer/{log}" if blames_memory else f"ledger/{log}"
            sentence = f"The {head.size:,} entries of {log} give another root than was signed."
            yield found("root", where, sentence, _SIGN if blames_memory else RESTORE)
    if shown is None or not known:
        return
    if shown.size > head.size:
        sentence = f"The signer remembers {head.size:,} entries of {log}, and {shown.size:,} are published."
        yield found("signer_behind", f"signer/{log}", sentence, _SIGN)
    elif root == head.root and _root(survey.held, shown.size) != shown.root:
        yield found(
            "checkpoint",
            f"ledger/{log}/checkpoint",
            "The published checkpoint has another root than the log.",
        )
    elif shown.size < head.size and root == head.root:
        sentence = f"{head.size - shown.size:,} entries of {log} are signed for and not published yet."
        yield note(
            "unpublished",
            f"ledger/{log}/checkpoint",
            sentence,
            "Run any command that writes: it finishes this.",
        )


def _root(log: TileLog, size: int) -> bytes | None:
    try:
        return log.root(size)
    except TileMalformed:
        return None


@dataclass(slots=True)
class Survey:
    """One reading of a log's files: what is missing, cannot be read, differs, is in doubt; what nobody needs."""

    held: TileLog
    log: str
    missing: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    drafts: int = 0

    def run(self, size: int) -> bytes | None:
        """Read everything; return the root that the entries give, or None where that cannot be known."""
        roots: list[bytes] = []
        for index in range(-(-size // TILE_WIDTH)):
            leaves = self._leaves(index, min(TILE_WIDTH, size - index * TILE_WIDTH))
            if leaves is None:
                self._others(size)
                return None
            roots.append(tree.root(leaves))
        level, row = 1, roots[: size // TILE_WIDTH]
        while row:
            groups = [row[at : at + TILE_WIDTH] for at in range(0, len(row), TILE_WIDTH)]
            for index, group in enumerate(groups):
                self._compare(Tile(level, index, len(group)), group)
            level, row = level + 1, [tree.root(group) for group in groups if len(group) == TILE_WIDTH]
        self._others(size)
        return tree.root(roots)

    def _leaves(self, index: int, width: int) -> tuple[bytes, ...] | None:
        """Return the leaf hashes of one bundle; from its hash tile where the bundle itself cannot be read."""
        bundle, hashes = Tile(ENTRIES, index, width), Tile(0, index, width)
        entries, stored = self._entries(bundle), self._stored(hashes)
        if entries is None:
            return stored
        leaves = tuple(tree.leaf_hash(entry) for entry in entries)
        if leaves != stored:
            self.doubted.append(self._name(self.current(bundle) or self.held.folder))
        self._compare(bundle, entries)
        self._compare(hashes, leaves)
        return leaves

    def _entries(self, bundle: Tile) -> tuple[bytes, ...] | None:
        path = self.current(bundle)
        if path is None:
            self.missing.append(bundle.path)
            return None
        try:
            return parse_bundle(path.read_bytes(), Tile.parse(self._name(path)).width)[: bundle.width]
        except TileMalformed:
            self.unreadable.append(self._name(path))
            return None

    def _stored(self, hashes: Tile) -> tuple[bytes, ...] | None:
        path = self.current(hashes)
        if path is None:
            self.missing.append(hashes.path)
            return None
        raw = path.read_bytes()[: hashes.width * _HASH]
        found_there = tuple(raw[at : at + _HASH] for at in range(0, len(raw), _HASH))
        return found_there if len(raw) == hashes.width * _HASH else None

    def _compare(self, tile: Tile, items: Sequence[bytes]) -> None:
        """Compare every file of one tile, also of its earlier and later widths, with what it must begin with."""
        if tile.level > 0 and self.current(tile) is None:
            self.missing.append(tile.path)
        for path, width in self._files(tile):
            wanted = items[:width]
            expected = print_bundle(wanted) if tile.level == ENTRIES else b"".join(wanted)
            content = path.read_bytes()
            if width > tile.width:
                self.drafts += 1
                content = content[: len(expected)]
            if content != expected:
                self.differing.append(self._name(path))

    def current(self, tile: Tile) -> Path | None:
        """Return the file that a reader of this size takes: the partial tile, or the full one in its place."""
        for one in (tile, Tile(tile.level, tile.index)):
            path = self.held.folder / one.path
            if path.is_file():
                return path
        return None

    def _files(self, tile: Tile) -> Iterator[tuple[Path, int]]:
        full = self.held.folder / Tile(tile.level, tile.index).path
        partial = full.with_name(full.name + ".p")
        for path in (*sorted(walk(partial)), full):
            one = self._tile(path)
            if one is not None and path.is_file():
                yield path, one.width

    def _others(self, size: int) -> None:
        for path in walk(self.held.folder):
            name, tile = self._name(path), self._tile(path)
            if tile is not None:
                self.drafts += tile.index * TILE_WIDTH >= size // TILE_WIDTH ** max(tile.level, 0)
            elif name not in {"checkpoint", "vkey"} and not is_leftover(path.name):
                self.unknown.append(name)

    def _tile(self, path: Path) -> Tile | None:
        try:
            return Tile.parse(self._name(path))
        except TileMalformed:
            return None

    def _name(self, path: Path) -> str:
        return path.relative_to(self.held.folder).as_posix()

    def judge(self, *, fits: bool) -> Findings:
        """Say which files are wrong: where the entries are as signed, those that differ; else what does not fit."""
        where = f"ledger/{self.log}"
        for name in self.missing:
            yield found("log_missing", f"{where}/{name}", "A file of the log is not there.")
        wrong = (*self.unreadable, *(self.differing if fits else self.doubted))
        for name in dict.fromkeys(wrong):
            yield found("log_file", f"{where}/{name}", "This file does not say what the signed log says.")
        for name in self.unknown:
            yield note("unknown_file", f"{where}/{name}", "This is no file of a log.", TIDY)
        if self.drafts:
            sentence = f"{self.drafts:,} files hold a draft that nobody signed: an append was cut off."
            yield note("draft", where, sentence, "Nothing: the next append writes over them.")


def check_earlier(home: Home, log: str, size: int, now: int) -> Findings:
    """Say which files are gone that a reader of an earlier published size needs, and no full tile replaces."""
    survey = Survey(log_of(home, log), log)
    level, known, later = 0, size, now
    while known:
        index, width = divmod(known, TILE_WIDTH)
        if width and index == later // TILE_WIDTH:
            for one in (Tile(level, index, width), *([Tile(ENTRIES, index, width)] if level == 0 else ())):
                if survey.current(one) is None:
                    sentence = (
                        f"Whoever knows the log at {size:,} entries needs this file, and it is not there."
                    )
                    yield found("log_missing", f"ledger/{log}/{one.path}", sentence)
        level, known, later = level + 1, known // TILE_WIDTH, later // TILE_WIDTH
