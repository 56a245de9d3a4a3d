# SPDX-License-Identifier: Apache-2.0
"""Columns of 16-byte ids: in order, and who of one column stands in another. No database, no clock, no Django.

Lists are sorted when they are written, so standing in one is a search in order, with no table of hashes beside it:
for 9 million ids half the time of an engine's join and a fifth of its memory (`bench/gate.py` shows both).
"""

from collections.abc import Iterable
from uuid import UUID

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from beholden.kinds import PersonId

SLICE = 1_000_000
"""So many ids are looked for at a time: what is worked with stays small, however many there are."""

SPARSE = 4
"""A list that is so many times shorter than the people is looked for among the people, instead of they in it."""

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
Halves = NDArray[np.uint64]


def column(people: Iterable[PersonId]) -> pa.Array:
    """Return some people as a column of 16-byte ids, in the order of their bytes."""
    return pa.array(sorted(one.bytes for one in people), type=pa.binary(16))


def people_of(column: pa.Array) -> frozenset[PersonId]:
    """Return who stands in a column."""
    return frozenset(PersonId(UUID(bytes=one)) for one in column.to_pylist())


def ordered(column: pa.Array) -> pa.Array:
    """Return a column of ids in the order of their bytes; itself, if it is in order."""
    halves = _halves(column)
    high, low = halves[:, 0], halves[:, 1]
    rises = (high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] >= low[:-1]))
    return column if rises.all() else column.take(pa.array(np.lexsort((low, high))))


def packed(column: pa.Array) -> bytes:
    """Return a column of ids in order, end to end: what a set file holds."""
    return _halves(ordered(column)).tobytes()


def unpacked(content: bytes) -> pa.Array:
    """Return what a set file holds as a column."""
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(content) // 16, [None, pa.py_buffer(content)]
    )


def listed(people: pa.Array, among: pa.Array) -> Flags:
    """Say of each of the people whether they stand among others.

    Of most flags few children bear it: then it is the few who are looked for, if the people are in order and each once.
    Of a flag that does not apply the list is everybody: then nobody is looked for.
    """
    if people.equals(among):
        return np.ones(len(people), np.bool_)
    wanted, held = _halves(people), _halves(ordered(among))
    if len(held) * SPARSE < len(wanted) and _each_once(wanted):
        marked = np.zeros(len(wanted), np.bool_)
        marked[_places(held, wanted)] = True
        return marked
    firsts = held[:, 0].astype(np.uint64)
    slices = [_found(wanted[start : start + SLICE], held, firsts) for start in range(0, len(wanted), SLICE)]
    return np.concatenate([np.zeros(0, np.bool_), *slices])


def _found(wanted: Halves, held: Halves, firsts: Halves) -> Flags:
    return _search(wanted, held, firsts)[0]


def _places(wanted: Halves, held: Halves) -> Rows:
    """Return where those of the wanted stand who are held."""
    found, place = _search(wanted, held, held[:, 0].astype(np.uint64))
    return place[found]


def _search(wanted: Halves, held: Halves, firsts: Halves) -> tuple[Flags, Rows]:
    """Say of each of the wanted whether it is held, and where: the place of what is not held says nothing.

    Searched by the first half; whoever meets another with the same first half looks at the next, and the next.
    """
    first = wanted[:, 0].astype(np.uint64)
    if not len(held):
        return np.zeros(len(wanted), np.bool_), np.zeros(len(wanted), np.int64)
    # Past the end stands whoever is greater than all, and so is not the last either.
    place: Rows = np.minimum(np.searchsorted(firsts, first), len(held) - 1)
    alike = firsts[place] == first
    found = alike & (held[:, 1][place] == wanted[:, 1])
    seeking: Rows = np.flatnonzero(alike & ~found)
    while len(seeking):
        place[seeking] += 1
        seeking = seeking[place[seeking] < len(held)]
        seeking = seeking[firsts[place[seeking]] == first[seeking]]
        same = held[place[seeking], 1] == wanted[seeking, 1]
        found[seeking[same]] = True
        seeking = seeking[~same]
    return found, place


def _each_once(halves: Halves) -> bool:
    """Say whether ids are in order and no two are alike."""
    high = halves[:, 0].astype(np.uint64)
    alike: Rows = np.flatnonzero(high[1:] == high[:-1])
    rises = bool((high[1:] >= high[:-1]).all())
    return rises and bool((halves[alike + 1, 1] > halves[alike, 1]).all())


def _halves(column: pa.Array) -> Halves:
    """Return ids as two numbers each, which compare as their bytes do. Nothing is copied."""
    content = column.buffers()[1] or b""
    return np.frombuffer(content, dtype=">u8", count=2 * len(column), offset=16 * column.offset).reshape(
        -1, 2
    )
