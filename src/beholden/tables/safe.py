# SPDX-License-Identifier: Apache-2.0
"""The order of rules: perturb, look at each area whole, hide what is small or speaks of everybody, then round.

It takes dense arrays (how many are in each cell, and the sum of their record keys) and gives dense arrays: what is
shown, and for each cell that is not, why. Everything is decided on the whole table; what a reader wants to see of it is
cut out afterwards, or a choice of categories would be a way round the rule about areas. It refuses to know names, files
and questions.

A cell that is hidden never says whether it was empty, small, or small by its error alone.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from beholden.tables.policy import Measure, Rules
from beholden.tables.ptable import Table

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Why(IntEnum):
    """Why a cell shows no figure. The order is that of precedence."""

    SHOWN = 0
    IMPOSSIBLE = 1
    AREA = 2
    SMALL = 3
    CLASS = 4
    BASE = 5
    SAME = 6
    LARGEST = 7
    LOW = 8

    @property
    def symbol(self) -> str:
        """The sign that stands in the cell, as official statistics write it."""
        return _SYMBOLS[self]


_SYMBOLS = {
    Why.SHOWN: "",
    Why.IMPOSSIBLE: "z",
    Why.AREA: "x",
    Why.LOW: "low",
    **dict.fromkeys((Why.SMALL, Why.CLASS, Why.BASE, Why.SAME, Why.LARGEST), "c"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Counts:
    """How many are in each cell and the sum of their record keys; for means also what their values come to.

    True numbers, which no trace prints.
    """

    n: Ints
    keys: Ints
    total: Ints | None = None
    low: Ints | None = None
    high: Ints | None = None
    second: Ints | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What stands in each cell, and why nothing does where nothing does: no number is kept behind a symbol."""

    values: Floats
    why: npt.NDArray[np.int8]


def rounded(values: Ints, base: int) -> Ints:
    """Return each value at the nearest multiple of the base; the middle goes up."""
    return (2 * values + base) // (2 * base) * base


def enough(n: Ints, noisy: Ints, rules: Rules) -> Bools:
    """Say which cells reach the threshold, as they are and as perturbed: a group under it is never shown."""
    return (n >= rules.threshold) & (noisy >= rules.threshold)


def count(
    given: Counts, rules: Rules, table: Table, *, area: bool, sensitive: tuple[int, ...], impossible: Bools
) -> Shown:
    """Return the counts of a table. `area`: its first axis is one; `sensitive`: the axes that speak of the class."""
    noisy = given.n + table.of(given.n, given.keys)
    open_ = enough(given.n, noisy, rules)
    why = np.where(open_, Why.SHOWN, Why.SMALL).astype(np.int8)
    for axis in sensitive:
        why[telling(given, noisy, rules, table, axis) & open_] = Why.CLASS
    return _shown(rounded(noisy, rules.round_to), why, sparse(noisy, open_, rules, area=area), impossible)


def sparse(noisy: Ints, open_: Bools, rules: Rules, *, area: bool) -> Bools:
    """Say in which areas too many cells are small, seen over the whole table before anything is picked from it."""
    inside = tuple(range(1, noisy.ndim)) if area else None
    held, small = (noisy > 0).sum(axis=inside), ((noisy > 0) & ~open_).sum(axis=inside)
    closed = small > rules.small_share * held
    closed = closed | (held == 0)
    return np.broadcast_to(
        np.reshape(closed, (-1, *(1,) * (noisy.ndim - 1))) if area else closed, noisy.shape
    )


def telling(given: Counts, noisy: Ints, rules: Rules, table: Table, axis: int) -> Bools:
    """Say which groups are nearly all of one category: to be in them is to be told of.

    The shares are looked at as they are and as perturbed; either is enough.
    """
    n, keys = given.n.sum(axis=axis, keepdims=True), given.keys.sum(axis=axis, keepdims=True)
    whole = n + table.of(n, keys)
    found = np.zeros(n.shape, dtype=np.bool_)
    for part, all_ in ((given.n, n), (noisy, whole)):
        most = part.max(axis=axis, keepdims=True)
        found |= (most >= rules.class_share * all_) | (all_ - most <= rules.class_within)
    return np.broadcast_to(found, given.n.shape)


def rate(
    given: Counts, place: int, rules: Rules, table: Table, *, area: bool, sensitive: bool, impossible: Bools
) -> Shown:
    """Return how many of a hundred are of one category of the last axis, from the two counts as they would be shown.

    A rate tells both: of how many are, and of how many are not. So both must be fit to be shown.
    """
    noisy = given.n + table.of(given.n, given.keys)
    closed = sparse(noisy, enough(given.n, noisy, rules), rules, area=area)[..., 0]
    n, keys = given.n.sum(axis=-1), given.keys.sum(axis=-1)
    base = n + table.of(n, keys)
    rest = n - given.n[..., place]
    others = rest + table.of(rest, keys - given.keys[..., place])
    part = noisy[..., place]
    fit = enough(given.n[..., place], part, rules) & enough(rest, others, rules)
    why = np.where(fit, Why.SHOWN, Why.SMALL).astype(np.int8)
    why[fit & ((n < rules.percent_base) | (base < rules.percent_base))] = Why.BASE
    if sensitive:
        why[telling(given, noisy, rules, table, given.n.ndim - 1)[..., 0] & fit] = Why.CLASS
    whole = np.maximum(rounded(base, rules.round_to), 1)
    values = np.minimum((200 * rounded(part, rules.round_to) + whole) // (2 * whole), 100)
    why[(why == Why.SHOWN) & (values == 0)] = Why.LOW
    return _shown(values, why, closed, impossible)


def mean(
    given: Counts,
    measure: Measure,
    rules: Rules,
    tables: tuple[Table, Table],
    *,
    area: bool,
    sensitive: tuple[int, ...],
    impossible: Bools,
) -> Shown:
    """Return means: the sum bears an error of up to D times the spread of the cell, so of D children or so.

    `tables`: that of counts, by which a cell is small or not, and that of this measure. Which cells have a mean tells
    which are not small, so a sensitive axis is guarded as it is where counts are shown.
    """
    total, low, high = _given(given.total), _given(given.low), _given(given.high)
    noisy = given.n + tables[0].of(given.n, given.keys)
    open_ = enough(given.n, noisy, rules) & (given.n - 1 >= rules.freedom)
    why = np.where(open_, Why.SHOWN, Why.SMALL).astype(np.int8)
    why[open_ & (high == low)] = Why.SAME
    if measure.dominance:
        why[open_ & dominated(total, high, _given(given.second), rules)] = Why.LARGEST
    for axis in sensitive:
        why[telling(given, noisy, rules, tables[0], axis) & open_] = Why.CLASS
    error = tables[1].of_sums(np.maximum(given.n, 1), given.keys, high - low)
    whole, rest = np.divmod(
        total + error, np.maximum(given.n, 1)
    )  # of units, of which a mean is shown in whole ones
    values = (whole + (2 * rest >= np.maximum(given.n, 1))) / measure.scale
    values = np.clip(values, measure.low, measure.high)
    why[(why == Why.SHOWN) & (values == 0)] = Why.LOW
    closed = sparse(noisy, enough(given.n, noisy, rules), rules, area=area)
    return _shown(values, why, closed, impossible)


def dominated(total: Ints, largest: Ints, second: Ints, rules: Rules) -> Bools:
    """Say which sums tell of one contributor: the two largest hold nearly all, or the rest cannot hide the first."""
    return (largest + second >= rules.two_largest * total) | (
        total - largest - second < rules.third_share * largest
    )


def _shown(values: Ints | Floats, why: npt.NDArray[np.int8], closed: Bools, impossible: Bools) -> Shown:
    """Close what is closed whole, and drop every number that is not shown."""
    why[closed] = Why.AREA
    why[impossible] = Why.IMPOSSIBLE
    return Shown(np.where(why == Why.SHOWN, values, np.nan), why)


def _given(one: Ints | None) -> Ints:
    if one is None:
        raise ValueError("a mean needs what its values come to")
    return one
