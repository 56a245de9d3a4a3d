# SPDX-License-Identifier: Apache-2.0
"""Makes perturbation tables: how likely each error is for each count, and which cell key bears which error.

The probabilities are those of maximum entropy under the published conditions (Giessing 2016, doi:10.1007/
978-3-319-45381-1_18, after Fraser and Wooton 2005): the mean error is none, its variance is V, no error is above D, no
count becomes 1 to js, a count stays as it is with the probability pstay, and below the count a larger error is never
likelier than a smaller one. Nought stays nought. It refuses conditions that do not go together, where others give one
of them up. The figures that the R packages ptable and cellKey publish for their example are ours too (a test).

Sums are perturbed by another kind: no whole numbers but 4096 errors in 1024ths of a cell's spread, the quantiles of the
greatest entropy under D and V, and every measure has draws of its own. An error of whole spreads would be taken away by
whoever knows the spread, and one that two measures share by whoever knows what one of them comes to.

It refuses to know data and people. What is secret is which key bears which error; the probabilities anybody may know.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from beholden.refusals import Refusal
from beholden.tables.keys import KEYS, Secret, draws
from beholden.tables.policy import AUTHORITY, Noise

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CYCLE = 256
"""Counts beyond the table go round so many rows, of one distribution and different draws."""
PARTS = 1024
"""Into so many parts a spread is parted, to say how many of them a sum is off by."""
_STEPS = 400
_HALVINGS = 60
_GRID = 20_000
_CLOSE = 1e-11


class NoiseRefused(Refusal):
    """Says that no error was found that has all the properties that a policy asks of it."""

    def __init__(self, count: int) -> None:
        super().__init__(
            "tables.noise",
            f"No error was found that keeps all its conditions at the count {count}: they pull against one another.",
            next_step="Choose another variance, a larger most, or a smaller js or stay.",
            authority=AUTHORITY,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """What one count may become: errors, from lowest to highest, and how likely each is."""

    count: int
    errors: tuple[int, ...]
    chances: tuple[float, ...]


def rows(noise: Noise, *, stay: bool = True) -> tuple[Row, ...]:
    """Return a row for each count up to the first whose errors reach down and up alike; all above it share the last."""
    share = noise.stay if stay else 0.0
    made = [Row(0, (0,), (1.0,))]
    for count in range(1, noise.most + noise.js + 2):
        goals = [0, *range(noise.js + 1, count + noise.most + 1)]
        errors = tuple(goal - count for goal in goals if abs(goal - count) <= noise.most)
        made.append(Row(count, errors, _chances(count, errors, noise.variance, share)))
    return tuple(made)


def _chances(count: int, errors: tuple[int, ...], variance: float, stay: float) -> tuple[float, ...]:
    """Return the chances of greatest entropy, by Newton's method on the dual problem of three multipliers.

    But for an order among them, log p is a + bv + cv². Where the order below the count would break, neighbours share
    their mean: that is what the conditions of Karush, Kuhn and Tucker come to (isotonic regression of log p).
    Where an error would come out likelier than none, the conditions are refused.
    """
    fixed = stay if 0 in errors else 0.0
    v = np.array([one for one in errors if one or not fixed], dtype=np.float64)
    below = int((v < 0).sum() if fixed else (v <= 0).sum()) if 0 in errors else 0
    terms = np.stack([np.ones_like(v), v, v * v])
    goal = np.array([1.0 - fixed, 0.0, variance])
    at = np.array([np.log((1.0 - fixed) / len(v)), 0.0, 0.0])
    value, p, shared = _dual(at, terms, goal, below)
    for _ in range(_STEPS):
        slope = terms @ p - goal
        if np.abs(slope).max() < _CLOSE:
            break
        inner = terms @ shared
        step = np.linalg.lstsq((inner * p) @ inner.T, slope, rcond=None)[0]
        size = 1.0
        tried = _dual(at - step, terms, goal, below)
        while tried[0] > value - 1e-4 * size * float(slope @ step) and size > _CLOSE:
            size /= 2
            tried = _dual(at - size * step, terms, goal, below)
        at, (value, p, shared) = at - size * step, tried
    else:
        raise NoiseRefused(count)
    if fixed and below and p[below - 1] > fixed:
        raise NoiseRefused(count)
    found = dict(zip(v.astype(int), p, strict=True)) | ({0: fixed} if fixed else {})
    return tuple(float(found[one]) for one in errors)


def _dual(at: Floats, terms: Floats, goal: Floats, below: int) -> tuple[float, Floats, Floats]:
    """Return the dual's value at some multipliers, the chances there, and which of them share their mean."""
    logs = at @ terms
    shared = _pooled(logs, below)
    p = np.exp(np.minimum(shared @ logs, 50.0))
    return float(p.sum() - at @ goal), p, shared


def _pooled(logs: Floats, below: int) -> Floats:
    """Return the matrix of means that makes the first `below` values rise (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for one in logs[:below]:
        mean, size = float(one), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    matrix = np.eye(len(logs))
    start = 0
    for _, size in blocks:
        matrix[start : start + size, start : start + size] = 1 / size
        start += size
    return matrix


# --- from chances to draws ---


@dataclass(frozen=True, slots=True)
class Table:
    """Which error each cell key bears, by count: one row a count, then rows that counts beyond go round in.

    `parts`: into how many parts a whole one is parted, of which errors say how many; of counts 1.
    """

    errors: npt.NDArray[np.int8] | npt.NDArray[np.int16]
    top: int
    parts: int = 1

    def of(self, counts: Ints, keys: Ints) -> Ints:
        """Return the error of each cell, from how many are in it and the sum of their record keys."""
        beyond = self.top + (counts - self.top) % CYCLE
        return self.errors[np.where(counts < self.top, counts, beyond), keys % KEYS].astype(np.int64)

    def of_sums(self, counts: Ints, keys: Ints, spreads: Ints) -> Ints:
        """Return the error of each sum: so many parts of the spread of its cell, to the nearest whole unit."""
        return (2 * self.of(counts, keys) * spreads + self.parts) // (2 * self.parts)


def counts_table(noise: Noise, secret: Secret) -> Table:
    """Return the table by which counts are perturbed."""
    return _drawn(rows(noise), secret, b"counts")


def means_table(noise: Noise, secret: Secret, measure: str) -> Table:
    """Return the table by which sums of a measure are perturbed: one distribution for every count, none is spared."""
    order = draws(secret, b"means/" + measure.encode(), CYCLE + 1)
    errors = np.empty((CYCLE + 1, KEYS), dtype=np.int16)
    np.put_along_axis(errors, order, _quantiles(noise)[np.newaxis, :], axis=1)
    errors[0] = 0
    return Table(errors, 1, PARTS)


def _quantiles(noise: Noise) -> npt.NDArray[np.int16]:
    """Return 4096 errors from lowest to highest, in parts, that have between them the chances of greatest entropy.

    With no error above D and the variance V, log p is a + cv²; c is found by halving, and what is below nought is what
    is above it, so that the mean is none.
    """
    v = np.linspace(0.0, noise.most, _GRID + 1)
    low, high = -float(_GRID), float(_GRID)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _bent(v, middle) @ (v * v) < noise.variance else (low, middle)
    p = _bent(v, low)
    upper = np.interp((np.arange(KEYS // 2) + 0.5) / (KEYS // 2), np.cumsum(p) - p / 2, v)
    parts = np.rint(upper * PARTS).astype(np.int16)
    return np.concatenate([-parts[::-1], parts])


def _bent(v: Floats, c: float) -> Floats:
    """Return the chances of errors of which log p is a + cv²."""
    p = np.exp(c * v * v - max(c, 0.0) * v[-1] ** 2)
    return np.asarray(p / p.sum())


def _drawn(made: tuple[Row, ...], secret: Secret, label: bytes) -> Table:
    top = len(made) - 1
    shares = [shared_out(row) for row in (*made, *(made[-1],) * (CYCLE - 1))]
    order = draws(secret, label, len(shares))
    errors = np.empty((len(shares), KEYS), dtype=np.int8)
    for row, (values, many) in enumerate(shares):
        errors[row, order[row]] = np.repeat(np.array(values, dtype=np.int8), many)
    return Table(errors, top)


def shared_out(row: Row) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how many of the 4096 keys bear each error: as near to the chances as whole keys go, and of mean nought.

    First the greatest remainders are given; then single keys move to the neighbouring error until the mean is nought.
    """
    wanted = np.array(row.chances) * KEYS
    many = np.floor(wanted).astype(int)
    for place in np.argsort(many - wanted, kind="stable")[: KEYS - many.sum()]:
        many[place] += 1
    while (lean := int(many @ np.array(row.errors))) != 0:
        moves = [
            (abs(step + lean), many[source] == 0, -many[source], source, goal)
            for source in range(len(many))
            for goal in (source - 1, source + 1)
            if 0 <= goal < len(many) and many[source] > 0
            for step in (row.errors[goal] - row.errors[source],)
            if abs(step + lean) < abs(lean)
        ]
        if not moves:
            raise NoiseRefused(row.count)
        *_, source, goal = min(moves)
        many[source] -= 1
        many[goal] += 1
    return row.errors, tuple(int(one) for one in many)
