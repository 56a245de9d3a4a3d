# SPDX-License-Identifier: Apache-2.0
"""Finds whom to compare among millions, by sorted keys in files of which only what is asked for is read. No names.

An index is a folder of *segments*: keys (64 bits, sorted) and rows (32 bits, the place of the person in the caller's
register). What changes comes as a further small segment with the rows of which the earlier ones no longer count; small
ones are folded into one. A block (everybody under one key) that is larger than the cap is not compared, and is counted
in every answer: it is never dropped in silence.

Contract: one writer; a segment has a name that none had before and is on the disk, as its name is, before the list of
segments names it: a kill at any point leaves the index as it was or as it should be, and what it left behind goes with
the next change. Many readers, each of what it opened, whatever is written meanwhile. The list bears a digest under the
secret, and so does each segment's table; every piece of a segment is checked whenever it is read. The secret is not in
the folder; a wrong one is refused.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from beholden.linkage import segments
from beholden.linkage.keys import RULES, Hasher, Keys
from beholden.linkage.making import Gathered, Made, Variants, by_all_cores, made
from beholden.linkage.model import Frequencies
from beholden.linkage.people import Person
from beholden.linkage.segments import MARKS, PART, PIECES, IndexRefused, Rows, Segment, Sorted

CAP, WEAK_CAP = 500, 20
"""The largest block that is compared whole, under a strong rule and under one that is meant for rare names only."""

SMALL = 8
"""Small segments an index has at most, beside its first."""

_Piece = TypeVar("_Piece")
_BATCH = 50_000
_FORM = 3
_LIST = "index.json"
_NOBODY = np.empty(0, np.uint32)
_CAPS = np.array([CAP if rule.strong else WEAK_CAP for rule in RULES])


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
class _Listed:
    """What the list says of one segment: name, digest of its table, and rows of which earlier ones no longer count."""

    name: str
    digest: str
    gone: tuple[int, ...] = ()


class Index:
    """One index, open to be asked. In memory by `of`, in a folder by `build`, `open` and `add`."""

    __slots__ = ("_caps", "_gone", "_hasher", "_segments")

    def __init__(self, held: Sequence[tuple[Segment, Rows]], hasher: Hasher, *, cap: int = CAP) -> None:
        self._segments = tuple(one for one, _ in held)
        self._gone = tuple(_after(held, place) for place in range(len(held)))
        self._hasher, self._caps = hasher, np.minimum(_CAPS, cap)

    @classmethod
    def of(cls, people: Iterable[Variants], secret: bytes, *, cap: int = CAP) -> "Index":
        """Return an index in memory; a person's row is its place among the people."""
        hasher = Hasher(secret)
        one = made(list(people), hasher)
        return cls([(segments.held(one.keys, one.rows), _NOBODY)], hasher, cap=cap)

    @classmethod
    def open(cls, folder: Path, secret: bytes, *, cap: int = CAP) -> "Index":
        """Open an index that was built, or refuse it."""
        hasher = Hasher(secret)
        listed = _listed(folder, hasher)
        try:
            held = [
                (segments.opened(folder, one.name, one.digest, hasher), np.array(one.gone, np.uint32))
                for one in listed
            ]
        except IndexRefused:
            if _listed(folder, hasher) == listed:
                raise
            return cls.open(folder, secret, cap=cap)  # built anew between the list and the files
        return cls(held, hasher, cap=cap)

    def find(self, people: Sequence[Person]) -> list[Found]:
        """Return for each person whom the rules found."""
        every = self._hasher.asked(people)
        keys, each = np.unique(np.concatenate([keys for _, keys, _ in every]), return_inverse=True)
        rules = np.repeat([rule for rule, _, _ in every], [len(keys) for _, keys, _ in every])
        owners, width = np.concatenate([whose for _, _, whose in every]), max(1, len(keys))
        ways = np.unique(
            (owners * len(RULES) + rules) * width + each
        )  # once each, in order of person and rule
        probes = np.stack((ways // width // len(RULES), ways // width % len(RULES), ways % width), axis=1)
        return self._followed(len(people), keys, probes)

    def total(self, without: Iterable[int] = ()) -> int:
        """Return which keys lead to which rows, as one number (`Hasher.total`), but for some rows."""
        left_out, whole = np.unique(np.array(list(without), np.uint32)), 0
        for segment, gone in zip(self._segments, self._gone, strict=True):
            void = np.union1d(gone, left_out)
            for keys, rows in segment.all():
                counts = segments.counting(rows, void)
                whole += Hasher.total(keys[counts], rows[counts])
        return whole % 2**64

    def _followed(self, people: int, keys: Keys, probes: npt.NDArray[np.intp]) -> list[Found]:
        """Return what each person's probes (who, rule, key; in their order) lead to. A key has one rule alone."""
        most = int(self._caps.max())
        searched = [
            one.search(keys, most, gone) for one, gone in zip(self._segments, self._gone, strict=True)
        ]
        sizes = np.sum([sizes for sizes, _ in searched], axis=0) if searched else np.zeros(len(keys), int)
        found: list[dict[int, int]] = [{} for _ in range(people)]
        capped: list[dict[int, None]] = [{} for _ in range(people)]
        caps, led = self._caps.tolist(), sizes.tolist()
        rows: dict[int, list[int]] = {}
        for owner, rule, key in probes[sizes[probes[:, 2]] > 0].tolist():
            if led[key] > caps[rule]:
                capped[owner][rule] = None
                continue
            if key not in rows:
                rows[key] = [row for _, led in searched if key in led for row in led[key].tolist()]
            mine = found[owner]
            for row in rows[key]:
                mine.setdefault(row, rule)
        return [Found(tuple(one.items()), tuple(cut)) for one, cut in zip(found, capped, strict=True)]


def _after(held: Sequence[tuple[Segment, Rows]], place: int) -> Rows:
    """Return the rows of which a segment no longer counts: those that later ones have said so of."""
    return np.unique(np.concatenate([_NOBODY, *(gone for _, gone in held[place + 1 :])]))


def build(folder: Path, people: Iterable[Variants], secret: bytes) -> Frequencies:
    """Write an index of one segment; a person's row is its place among the people. Return how often each value is."""
    hasher = Hasher(secret)
    return _build(folder, (made(some, hasher) for some in _batches(people)), hasher)


def build_by_all_cores(
    folder: Path, pieces: Iterable[_Piece], read: Callable[[_Piece], Sequence[Variants]], secret: bytes
) -> Frequencies:
    """Write the same of many people at once: `read` gives the people of a piece, in another process."""
    return _build(folder, by_all_cores(pieces, read, secret), Hasher(secret))


def _build(folder: Path, pieces: Iterable[Made], hasher: Hasher) -> Frequencies:
    folder.mkdir(parents=True, exist_ok=True)
    with Gathered(folder) as gathered:
        gathered.take(pieces)
        _list(folder, hasher, [_write(folder, gathered.parts(), hasher)])
        return gathered.counted


def add(
    folder: Path, people: Iterable[tuple[int, Variants]], secret: bytes, *, gone: Iterable[int] = ()
) -> None:
    """Write what changed as a further segment: people under rows, and rows of which nothing before this counts.

    Small segments beyond a few become one with it.
    """
    hasher = Hasher(secret)
    listed = _listed(folder, hasher)
    numbered = list(people)
    one = made([variants for _, variants in numbered], hasher)
    rows = np.array([row for row, _ in numbered], np.uint32)[one.rows]
    keys, now = one.keys, np.unique(np.array(list(gone), np.uint32))
    if len(listed) > SMALL:
        keys, rows, now = _folded(folder, listed[1:], (keys, rows), now, hasher)
        listed = listed[:1]
    fresh = _write(folder, [(keys, rows)], hasher)
    _list(folder, hasher, [*listed, _Listed(fresh.name, fresh.digest, tuple(now.tolist()))])


def _folded(
    folder: Path, small: Sequence[_Listed], latest: Sorted, gone: Rows, hasher: Hasher
) -> tuple[Keys, Rows, Rows]:
    """Return small segments and what comes after them as one."""
    every_key, every_row = [latest[0]], [latest[1]]
    for one in reversed(small):
        for keys, rows in segments.opened(folder, one.name, one.digest, hasher).all():
            counts = segments.counting(rows, gone)
            every_key.append(keys[counts])
            every_row.append(rows[counts])
        gone = np.union1d(gone, np.array(one.gone, np.uint32))
    keys = np.concatenate(every_key)
    order = np.argsort(keys)
    return keys[order], np.concatenate(every_row)[order], gone


def _batches(people: Iterable[Variants]) -> Iterator[list[Variants]]:
    source = iter(people)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _write(folder: Path, parts: Iterable[Sorted], hasher: Hasher) -> _Listed:
    """Write a segment under a name of its own; return it as the list has it."""
    name = secrets.token_hex(8)
    return _Listed(name, segments.write(folder, name, parts, hasher))


def _listed(folder: Path, hasher: Hasher) -> list[_Listed]:
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
    return [_Listed(name, digest, tuple(gone)) for name, digest, gone in said["segments"]]


def _list(folder: Path, hasher: Hasher, listed: Sequence[_Listed]) -> None:
    """Name the segments of an index, and remove every file that is no longer one of it."""
    said: dict[str, Any] = {
        "form": _FORM,
        "rules": [rule.name for rule in RULES],
        "check": hasher.check(),
        "segments": [[one.name, one.digest, list(one.gone)] for one in listed],
    }
    segments.put(folder / _LIST, _raw(said | {"seal": hasher.seal(_raw(said))}))
    named = {one.name for one in listed}
    for path in folder.iterdir():
        if path.suffix == PART or (path.suffix in {PIECES, MARKS} and path.stem not in named):
            path.unlink()


def _raw(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True).encode()
