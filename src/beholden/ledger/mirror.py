# SPDX-License-Identifier: Apache-2.0
"""Copies what a keeper has published, from wherever its files can be read: a home, a web server, another copy.

Believes nothing that it reads, and knows no key: whose log it is, says who opens the copy with a key. What a crash
leaves is the copy as it was, and a draft behind it that the next run writes over. No Django, no clock, no network.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beholden.home.files import write_durably
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import Body, parse
from beholden.ledger.note import Key, Note
from beholden.ledger.texts import MAX_TEXT_BYTES, PublishedText, TextMalformed, opens, path_of, put
from beholden.ledger.tiles import (
    ENTRIES,
    LENGTH_BYTES,
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Tile,
    TileLog,
    TileMalformed,
    parse_bundle,
)
from beholden.ledger.tree import EMPTY_ROOT
from beholden.ledger.vocabulary.events import CatalogueAnnounced, CatalogueSet, UseMoved
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS
from beholden.refusals import Refusal

_PUBLIC = 0o644
BATCH = TILE_WIDTH * TILE_WIDTH  # entries that are held at a time
MAX_NOTE_BYTES = 64_000
CATALOGUES = "catalogues"
"""The folder of a copy in which what each set or announced catalogue said lies, under its hash."""
MAX_CATALOGUE_BYTES = 2_000_000
MAX_BUNDLE_BYTES = TILE_WIDTH * (LENGTH_BYTES + MAX_ENTRY_BYTES)

Read = Callable[[str, int], bytes | None]
"""Returns the file of a name like `events/checkpoint`, at most so many bytes and one more; None where there is none."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One log of a copy, and how many of its entries are new."""

    log: str
    size: int
    fresh: int


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds now. `texts` counts those that are new or others than before; `rules` the new catalogues."""

    logs: tuple[Copied, ...]
    texts: int
    rules: int


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A log whose new entries are on disk and give the root of the note, which is not published in the copy yet."""

    log: str
    held: TileLog
    before: bytes | None
    old: int
    new: Checkpoint
    note: bytes
    key: bytes | None

    def bodies(self) -> Iterator[Body]:
        """Yield what every entry of the log says, a tile at a time; what this version cannot read is copied unread."""
        for start in range(0, self.new.size, TILE_WIDTH):
            stop = min(start + TILE_WIDTH, self.new.size)
            for raw in self.held.entries(self.new.size, start, stop):
                with suppress(Refusal):
                    yield parse(raw, log=self.log).body


def mirror(read: Read, to: Path) -> Copy:
    """Bring a folder to the state of what is published, both logs and the texts; run again, it fetches what is new.

    What must hold: 1 the checkpoints are read before any entry, that of the handovers first: what it names of the
    events is then there; 2 a copy only grows: the entries that it has, and the new ones behind them, give the root
    that the new checkpoint states; 3 every text is in its one form, and of a use that the copied log names, and every
    catalogue is the bytes that its hash names; 4 the checkpoints are replaced last, the events' first, and only if all
    else was well.
    """
    heads = {log: _head(read, log) for log in (HANDOVERS, EVENTS)}  # 1
    drafted = [_draft(read, to, log, note) for log, note in heads.items()]  # 2
    events = next(one for one in drafted if one.log == EVENTS)
    texts, rules = _texts(read, to, events), _catalogues(read, to, events)  # 3
    for one in reversed(drafted):  # 4
        if one.key is not None and one.held.published_key() is None:
            one.held.publish_key(one.key)
        one.held.publish(one.note, instead_of=one.before)
        one.held.tidy(one.old, one.new.size)
    return Copy(tuple(Copied(one.log, one.new.size, one.new.size - one.old) for one in drafted), texts, rules)


def _head(read: Read, log: str) -> bytes:
    note = _whole(read, f"{log}/checkpoint", MAX_NOTE_BYTES)
    if note is None:
        raise _refused(
            "no_log",
            f"No log of {log} is published there.",
            "Give the address or the folder under which handovers and events lie, like https://…/log.",
        )
    return note


def _draft(read: Read, to: Path, log: str, note: bytes) -> _Drafted:
    """Write what is new behind what the copy has. The tiles are made from the entries, so they cannot differ."""
    held, new = TileLog(to / log), Checkpoint.parse(Note.parse(note).text)
    before = held.published()
    old = (
        Checkpoint(new.origin, 0, EMPTY_ROOT) if before is None else Checkpoint.parse(Note.parse(before).text)
    )
    if new.origin != old.origin:
        sentence = f"The copy is of the log {old.origin}, and not of {new.origin}."
        raise _refused("another", sentence, "Name another folder.")
    if new.size < old.size:
        raise _refused(
            "shorter",
            f"The log of {log} has {new.size:,} entries there, and the copy has {old.size:,}.",
            "Keep the copy as it is. A log that became shorter is for the regulator to see.",
        )
    held.folder.mkdir(parents=True, exist_ok=True)
    size = old.size
    for batch in _batches(_entries(read, log, old.size, new.size)):
        held.append(size, batch)
        size += len(batch)
    if held.root(new.size) != new.root:
        raise _refused(
            "not_the_log",
            f"The entries of {log} do not give the root that its checkpoint states, behind those of the copy.",
            "Copy once more. If it fails again, keep what you have: somebody may have been shown another log.",
        )
    return _Drafted(log, held, before, old.size, new, note, _key(read, log, held))


def _entries(read: Read, log: str, start: int, stop: int) -> Iterator[bytes]:
    """Yield entries as they are published. A partial bundle that is gone is the beginning of the full one."""
    while start < stop:
        index, begin = divmod(start, TILE_WIDTH)
        width = min(TILE_WIDTH, stop - index * TILE_WIDTH)
        for tile in (Tile(ENTRIES, index, width), Tile(ENTRIES, index)):
            raw = _whole(read, f"{log}/{tile.path}", MAX_BUNDLE_BYTES)
            if raw is not None:
                yield from parse_bundle(raw, tile.width)[begin:width]
                break
        else:
            raise TileMalformed(f"The log of {log} has no file {Tile(ENTRIES, index, width).path}.")
        start = index * TILE_WIDTH + width


def _batches(entries: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _texts(read: Read, to: Path, events: _Drafted) -> int:
    """Copy the text of each use that the log names, but for those that are here and open it: they cannot change.

    One that is not published is left out. One that opens nothing is copied as it is: that is for a reader to see.
    """
    moves: dict[str, list[UseMoved]] = {}
    for said in events.bodies():
        if isinstance(said, UseMoved):
            moves.setdefault(said.use, []).append(said)
    count = 0
    for use, its in moves.items():
        try:
            path = path_of(use)
        except TextMalformed:  # no name of a file: there is no text of it
            continue
        here = _text(_local(to, path, MAX_TEXT_BYTES), use)
        if here is not None and opens(here, its):
            continue
        there = _text(_whole(read, path, MAX_TEXT_BYTES), use)
        count += there is not None and put(there, beside=to)
    return count


def _catalogues(read: Read, to: Path, events: _Drafted) -> int:
    """Copy what each catalogue said that the log names as set or announced. One that is not published is left out.

    Other bytes than the hash names are left out too: whoever watches misses them, and says so.
    """
    named = (one.hash.hex() for one in events.bodies() if isinstance(one, CatalogueSet | CatalogueAnnounced))
    count = 0
    for name in dict.fromkeys(named):
        path = f"{CATALOGUES}/{name}.json"
        if _local(to, path, MAX_CATALOGUE_BYTES) is not None:
            continue
        raw = _whole(read, path, MAX_CATALOGUE_BYTES)
        if raw is not None and hashlib.sha256(raw).hexdigest() == name:
            (to / CATALOGUES).mkdir(exist_ok=True)
            write_durably(to / path, raw, mode=_PUBLIC)
            count += 1
    return count


def _text(raw: bytes | None, use: str) -> PublishedText | None:
    if raw is None:
        return None
    found = PublishedText.parse(raw)
    if found.use != use:
        raise TextMalformed
    return found


def _key(read: Read, log: str, held: TileLog) -> bytes | None:
    """Return the key that lies beside a log, to lie beside the copy; worth nothing until its reader has compared it."""
    raw = _whole(read, f"{log}/vkey", MAX_NOTE_BYTES)
    if raw is None:
        return None
    here = held.published_key()
    Key.parse(raw.decode("utf-8", "replace").removesuffix("\n"))  # or it is no key at all, and says so
    if here is not None and here != raw:
        raise _refused(
            "another_key",
            f"Beside the log of {log} lies another key than beside the copy.",
            "Keep the copy as it is, and tell the regulator. A log that changes its key is another log.",
        )
    return raw


def _whole(read: Read, path: str, most: int) -> bytes | None:
    raw = read(path, most)
    if raw is not None and len(raw) > most:
        raise _refused("too_long", f"The file {path} is longer than it can be.", "Ask who publishes it.")
    return raw


def from_folder(folder: Path) -> Read:
    """Return a reader of a folder that holds published files."""
    return lambda path, most: _local(folder, path, most)


def _local(folder: Path, path: str, most: int) -> bytes | None:
    try:
        with (folder / path).open("rb") as file:
            return file.read(most + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _refused(code: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(f"mirror.{code}", sentence, next_step=next_step, authority="D26; c2sp.org/tlog-tiles")
