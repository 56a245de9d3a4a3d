# SPDX-License-Identifier: Apache-2.0
"""Finds whom to compare among millions: sorted keys in files that are mapped, not read. Names are not in it.

An index is a folder of *segments*; a segment is two files, `keys` (64 bits, sorted) and `rows` (32 bits, the place of
the person in the caller's register). What changes comes as a further small segment, and `gone` lists rows that no
longer count; `build` makes one segment of all again, beside the old. A block (everybody under one key) that is larger
than the cap is not compared, and is counted in every answer: it is never dropped in silence.

Contract: one writer; a segment has a name that none had before and is on the disk, as its name is, before the list of
segments names it: a kill at any point leaves the index as it was or as it should be, and what it left behind goes with
the next change. Many readers, each of what it opened, whatever is written meanwhile. List and files bear a digest under
the secret, and `open` reads each file once to check it. The secret is not in the folder; a wrong one is refused.
"""

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from beholden.linkage.keys import RULES, Hasher, Keys, asked, stored
from beholden.linkage.people import Person
from beholden.refusals import Refusal

CAP, WEAK_CAP = 500, 20
"""The largest block that is compared whole, under a strong rule and under one that is meant for rare names only."""

Rows = npt.NDArray[np.uint32]
Variants = Sequence[Person]
"""One person as known now and formerly, the present first."""

_Kind = TypeVar("_Kind", np.uint64, np.uint32)
_BATCH = 50_000
_FORM = 2
_LIST, _KEYS, _ROWS, _PART = "index.json", ".keys", ".rows", ".part"


class IndexRefused(Refusal):
    """Says that a folder is no index that can be asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "linkage.index",
            sentence,
            next_step="Build the index again from the register.",
            authority="D21, D32: a match that looks into half a register is no match",
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Whom the rules found for one person: row and rule, each row once; and the rules whose block was too large."""

    rows: tuple[tuple[int, int], ...] = ()
    capped: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Say whether every strong rule could be followed to its end."""
        return not any(RULES[rule].strong for rule in self.capped)


@dataclass(frozen=True, slots=True)
class Segment:
    """Sorted keys and the rows they lead to, in memory or mapped."""

    keys: Keys = field(repr=False)
    rows: Rows = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the list of an index says: each segment's name with the digests of its keys and rows; and what is gone."""

    segments: tuple[tuple[str, str, str], ...]
    gone: tuple[int, ...]


class Index:
    """One index, open to be asked. In memory by `of`, in a folder by `build`, `open` and `add`."""

    __slots__ = ("_cap", "_gone", "_hasher", "_segments")

    def __init__(self, segments: Sequence[Segment], gone: Rows, hasher: Hasher, *, cap: int = CAP) -> None:
        self._segments, self._gone, self._hasher, self._cap = tuple(segments), gone, hasher, cap

    @classmethod
    def of(cls, people: Iterable[Variants], secret: bytes, *, cap: int = CAP) -> "Index":
        """Return an index in memory; a person's row is its place among the people."""
        hasher = Hasher(secret)
        pieces = list(_pieces(enumerate(people), hasher))
        return cls([_sorted(pieces)], np.empty(0, np.uint32), hasher, cap=cap)

    @classmethod
    def open(cls, folder: Path, secret: bytes, *, cap: int = CAP) -> "Index":
        """Map an index that was built, or refuse it."""
        hasher = Hasher(secret)
        listed = _listed(folder, hasher)
        try:
            segments = [_segment(folder, hasher, *one) for one in listed.segments]
        except IndexRefused:
            if _listed(folder, hasher) == listed:
                raise
            return cls.open(folder, secret, cap=cap)  # built anew between the list and the files
        return cls(segments, np.array(listed.gone, dtype=np.uint32), hasher, cap=cap)

    def find(self, people: Sequence[Person]) -> list[Found]:
        """Return for each person whom the rules found."""
        whose: list[int] = []
        parts = []
        for place, one in enumerate(people):
            for row in asked(one):
                whose.append(place)
                parts.append(row)
        owners = np.array(whose, dtype=np.intp)
        rows: list[dict[int, int]] = [{} for _ in people]
        capped: list[dict[int, None]] = [{} for _ in people]
        for rule, (keys, made_of) in enumerate(self._hasher.keys(self._hasher.table(parts))):
            if len(keys):
                self._follow(rule, keys, owners[made_of], rows, capped)
        return [Found(tuple(one.items()), tuple(cut)) for one, cut in zip(rows, capped, strict=True)]

    def _follow(
        self,
        rule: int,
        keys: Keys,
        owners: npt.NDArray[np.intp],
        rows: list[dict[int, int]],
        capped: list[dict[int, None]],
    ) -> None:
        starts = [np.searchsorted(one.keys, keys, "left") for one in self._segments]
        ends = [np.searchsorted(one.keys, keys, "right") for one in self._segments]
        sizes = np.sum([end - start for start, end in zip(starts, ends, strict=True)], axis=0)
        cap = self._cap if RULES[rule].strong else min(self._cap, WEAK_CAP)
        for place in np.nonzero(sizes)[0].tolist():
            owner = int(owners[place])
            if sizes[place] > cap:
                capped[owner][rule] = None
                continue
            for segment, start, end in zip(self._segments, starts, ends, strict=True):
                for row in segment.rows[start[place] : end[place]].tolist():
                    if row not in rows[owner] and not self._is_gone(row):
                        rows[owner][row] = rule

    def _is_gone(self, row: int) -> bool:
        if not len(self._gone):
            return False
        place = int(np.searchsorted(self._gone, row))
        return place < len(self._gone) and int(self._gone[place]) == row


def build(folder: Path, people: Iterable[Variants], secret: bytes) -> None:
    """Write an index of one segment; a person's row is its place among the people."""
    folder.mkdir(parents=True, exist_ok=True)
    hasher = Hasher(secret)
    fresh = _write(folder, hasher, _sorted(list(_pieces(enumerate(people), hasher))))
    _list(folder, hasher, _Listed((fresh,), ()))


def add(
    folder: Path, people: Iterable[tuple[int, Variants]], secret: bytes, *, gone: Iterable[int] = ()
) -> None:
    """Write what changed as a further segment: people under rows of their own, and rows that no longer count."""
    hasher = Hasher(secret)
    listed = _listed(folder, hasher)
    fresh = _write(folder, hasher, _sorted(list(_pieces(people, hasher))))
    _list(folder, hasher, _Listed((*listed.segments, fresh), tuple(sorted({*listed.gone, *gone}))))


def _pieces(people: Iterable[tuple[int, Variants]], hasher: Hasher) -> Iterator[tuple[Keys, Rows]]:
    """Yield keys with their rows, a batch at a time."""
    whose: list[int] = []
    parts: list[tuple[str, ...]] = []
    for row, variants in people:
        for one in variants:
            for part in stored(one):
                whose.append(row)
                parts.append(part)
        if len(parts) >= _BATCH:
            yield from _batch(whose, parts, hasher)
            whose, parts = [], []
    yield from _batch(whose, parts, hasher)


def _batch(whose: list[int], parts: list[tuple[str, ...]], hasher: Hasher) -> Iterator[tuple[Keys, Rows]]:
    owners = np.array(whose, dtype=np.uint32)
    for keys, made_of in hasher.keys(hasher.table(parts)):
        pairs = np.empty(len(keys), dtype=[("key", np.uint64), ("row", np.uint32)])
        pairs["key"], pairs["row"] = keys, owners[made_of]
        pairs = np.unique(pairs)  # two surnames of one person often make the same key
        yield pairs["key"].copy(), pairs["row"].copy()


def _sorted(pieces: list[tuple[Keys, Rows]]) -> Segment:
    keys = np.concatenate([one for one, _ in pieces]) if pieces else np.empty(0, np.uint64)
    rows = np.concatenate([one for _, one in pieces]) if pieces else np.empty(0, np.uint32)
    order = np.argsort(keys, kind="stable")
    return Segment(keys[order], rows[order])


def _segment(folder: Path, hasher: Hasher, name: str, keys: str, rows: str) -> Segment:
    """Map one segment whose files are, byte for byte, those that were written."""
    keys_at, rows_at = folder / f"{name}{_KEYS}", folder / f"{name}{_ROWS}"
    try:
        segment = Segment(_mapped(keys_at, np.uint64), _mapped(rows_at, np.uint32))
        found = hasher.file(keys_at), hasher.file(rows_at)
    except (OSError, ValueError) as wrong:
        raise IndexRefused("A file of this index is missing, or cannot be read.") from wrong
    if found != (keys, rows):
        raise IndexRefused("A file of this index is not as it was written.")
    return segment


def _mapped(path: Path, kind: type[_Kind]) -> npt.NDArray[_Kind]:
    return np.memmap(path, dtype=kind, mode="r") if path.stat().st_size else np.empty(0, kind)


def _write(folder: Path, hasher: Hasher, segment: Segment) -> tuple[str, str, str]:
    """Write a segment under a name of its own; return it as the list has it."""
    name = secrets.token_hex(8)
    keys, rows = segment.keys.tobytes(), segment.rows.tobytes()
    _put(folder / f"{name}{_KEYS}", keys)
    _put(folder / f"{name}{_ROWS}", rows)
    return name, hasher.seal(keys), hasher.seal(rows)


def _listed(folder: Path, hasher: Hasher) -> _Listed:
    try:
        said = json.loads((folder / _LIST).read_bytes())
        form, rules, check, seal = said["form"], said["rules"], said["check"], said.pop("seal", "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise IndexRefused("There is no index in this folder, or its list cannot be read.") from wrong
    if form != _FORM or rules != [rule.name for rule in RULES]:
        raise IndexRefused("This index was made by other rules.")
    if check != hasher.check():
        raise IndexRefused("This index was made under another secret.")
    if seal != hasher.seal(_raw(said)):
        raise IndexRefused("The list of this index is not as it was written.")
    return _Listed(tuple((name, keys, rows) for name, keys, rows in said["segments"]), tuple(said["gone"]))


def _list(folder: Path, hasher: Hasher, listed: _Listed) -> None:
    """Name the segments of an index, and remove every file that is no longer one of it."""
    said: dict[str, Any] = {
        "form": _FORM,
        "rules": [rule.name for rule in RULES],
        "check": hasher.check(),
        "segments": [list(one) for one in listed.segments],
        "gone": list(listed.gone),
    }
    _put(folder / _LIST, _raw(said | {"seal": hasher.seal(_raw(said))}))
    named = {name for name, _, _ in listed.segments}
    for path in folder.iterdir():
        if path.suffix == _PART or (path.suffix in {_KEYS, _ROWS} and path.stem not in named):
            path.unlink()


def _raw(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True).encode()


def _put(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all; when this returns, it is on the disk under its name, and so is the name."""
    fresh = path.with_name(f"{path.name}{_PART}")
    with fresh.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
