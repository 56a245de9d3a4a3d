# SPDX-License-Identifier: Apache-2.0
"""Makes the sorted keys of millions of people out of pieces of them, by all cores, in little memory.

A piece is whatever people can be read of, and how that is done its caller says: so what is large, or sealed, is read
where its keys are made. Keys come back, and how often each value stands, in clear. Keys are random bits, so equal
shares of all that can be are equal work: sorted piece by piece they lie in a file that no name leads to, and each share
of it is then sorted by itself. What goes to other processes and back goes through pipes. Decides nothing about people;
knows no index.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from beholden.cores import shared_out
from beholden.linkage.keys import Hasher
from beholden.linkage.model import Frequencies, frequencies
from beholden.linkage.people import Person
from beholden.linkage.segments import Rows, Sorted

Variants = Sequence[Person]
"""One person as known now and formerly, the present first."""

_Piece = TypeVar("_Piece")
_SHARES = 256
_AT_ONCE = 4_000_000
"""Keys that are sorted at once, about."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a piece came to: its sorted keys, whose each is by place in the piece, how many people, and their values."""

    keys: npt.NDArray[np.uint64] = field(repr=False)
    rows: Rows = field(repr=False)
    people: int
    counted: Frequencies


def made(people: Sequence[Variants], hasher: Hasher) -> Made:
    """Return what some people come to."""
    lengths = np.array([len(one) for one in people], np.intp)
    owners = np.repeat(np.arange(len(people), dtype=np.uint32), lengths)
    every = hasher.stored(list(chain.from_iterable(people)))
    keys = np.concatenate([keys for _, keys, _ in every])
    rows = owners[np.concatenate([places for _, _, places in every])]
    several = lengths[rows] > 1
    if several.any():  # two surnames of one person often make the same key
        pairs = np.empty(int(several.sum()), dtype=[("key", np.uint64), ("row", np.uint32)])
        pairs["key"], pairs["row"] = keys[several], rows[several]
        pairs = np.unique(pairs)
        keys = np.concatenate((keys[~several], pairs["key"]))
        rows = np.concatenate((rows[~several], pairs["row"]))
    order = np.argsort(keys)
    return Made(keys[order], rows[order], len(people), frequencies(one[0] for one in people))


def by_all_cores(
    pieces: Iterable[_Piece], read: Callable[[_Piece], Sequence[Variants]], secret: bytes
) -> Iterator[Made]:
    """Yield what each piece comes to, in their order. `read` goes to other processes, so it must be one that can."""
    return shared_out(partial(_read_and_made, read, secret), pieces)


def _read_and_made(read: Callable[[_Piece], Sequence[Variants]], secret: bytes, piece: _Piece) -> Made:
    return made(read(piece), _hasher(secret))


@lru_cache(maxsize=1)
def _hasher(secret: bytes) -> Hasher:
    """Return the one hasher of another process, which remembers what it has hashed."""
    return Hasher(secret)


class Gathered:
    """What all pieces came to: their people, one after another, and how often each value stands among them."""

    def __init__(self, folder: Path) -> None:
        """Begin with nobody; keys will lie in a file of the folder that is gone when this is."""
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115  closed at the end of the block
        self._runs: list[tuple[int, npt.NDArray[np.intp]]] = []
        self.people, self.counted = 0, frequencies(())

    def take(self, pieces: Iterable[Made]) -> None:
        """Take every piece in."""
        totals, counts = Counter[str](), self.counted.counts
        for one in pieces:
            fences = np.arange(1, _SHARES, dtype=np.uint64) * np.uint64(2**64 // _SHARES)
            cuts = np.concatenate(([0], np.searchsorted(one.keys, fences), [len(one.keys)]))
            self._runs.append((self._file.tell(), cuts))
            self._file.write(one.keys.tobytes())
            self._file.write((one.rows + np.uint32(self.people)).tobytes())
            self.people += one.people
            totals.update(one.counted.totals)
            for column, counter in one.counted.counts.items():
                counts[column].update(counter)
        self.counted = Frequencies({column: totals[column] for column in counts}, counts)

    def __enter__(self) -> Self:
        """Lend what was gathered."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the file go."""
        self._file.close()

    def parts(self) -> Iterator[Sorted]:
        """Yield all keys in their order, a part at a time."""
        self._file.flush()
        sizes = (
            np.sum([np.diff(cuts) for _, cuts in self._runs], axis=0)
            if self._runs
            else np.zeros(_SHARES, int)
        )
        first, held = 0, 0
        for share, size in enumerate(sizes.tolist(), start=1):
            held += size
            if held >= _AT_ONCE or share == _SHARES:
                yield self._sorted(first, share)
                first, held = share, 0

    def _sorted(self, first: int, stop: int) -> Sorted:
        keys, rows = [], []
        for start, cuts in self._runs:
            low, high, whole = int(cuts[first]), int(cuts[stop]), int(cuts[-1])
            keys.append(np.frombuffer(self._read(start + 8 * low, 8 * (high - low)), np.uint64))
            rows.append(np.frombuffer(self._read(start + 8 * whole + 4 * low, 4 * (high - low)), np.uint32))
        every = np.concatenate(keys) if keys else np.empty(0, np.uint64)
        order = np.argsort(every)
        return every[order], (np.concatenate(rows) if rows else np.empty(0, np.uint32))[order]

    def _read(self, start: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, start)
