# SPDX-License-Identifier: Apache-2.0
"""Weighs pairs, and says how sure one can be that somebody is one of those found, or nobody in the register.

The sum of a pair's weights is evidence in bits. Of one request record the posterior of candidate j is

    p_j = (λ/N) 2^w_j / ((1 − λ) + Σ_k (λ/N) 2^w_k)

with N people in the register and λ the chance that a record of this request is in it at all. The candidates share one
certainty with each other and with *nobody*. λ is fitted to each request by expectation and maximisation, because lists
differ: of one list that a government handed in, 78 of 100 were in no register (HCWS272, 27 November 2017), and a model
that takes every record to be somewhere finds somebody for each of them.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from beholden.linkage.comparing import COMPARISONS, compare
from beholden.linkage.model import Frequencies, Model
from beholden.linkage.people import COLUMNS, Person

EXPECTED, COUNTS_FOR = 0.2, 10.0
"""What is believed of λ before a request is read, and for how many of its records that belief counts."""

_EXACT = 1
_Frequent = tuple[int, Callable[[Person], str]]
_FREQUENT: tuple[_Frequent, ...] = tuple(
    (place, COLUMNS[one.frequent]) for place, one in enumerate(COMPARISONS) if one.frequent
)
"""The places whose exact level is adjusted, and the value whose frequency then counts."""

_LEAST, _MOST = 0.001, 0.999
_ROUNDS, _STILL = 100, 1e-6


class Weighed(NamedTuple):
    """How one pair agrees: levels by comparison, the bits of each, what frequencies changed, and the sum, in bits.

    A tuple, because a list is answered by millions of them.
    """

    levels: tuple[int, ...]
    bits: tuple[float, ...]
    adjusted: tuple[float, ...]
    weight: float


class Scale:
    """Weighs pairs by one model and one register's frequencies. It remembers what the same levels and values weigh."""

    __slots__ = ("_counted", "_exact", "_model", "_weighed")

    def __init__(self, model: Model, counted: Frequencies) -> None:
        self._model, self._counted = model, counted
        self._exact: dict[tuple[int, ...], tuple[_Frequent, ...]] = {}
        self._weighed: dict[tuple[tuple[int, ...], tuple[str, ...]], Weighed] = {}

    def weigh(self, left: Person, right: Person) -> Weighed:
        """Return how two people agree and what that weighs."""
        levels = compare(left, right)
        exact = self._exact.get(levels)
        if exact is None:
            exact = self._exact[levels] = tuple([one for one in _FREQUENT if levels[one[0]] == _EXACT])
        values = tuple([column(right) for _, column in exact])
        known = self._weighed.get((levels, values))
        if known is None:
            known = self._weighed[levels, values] = self._of(levels, zip(exact, values, strict=True))
        return known

    def _of(self, levels: tuple[int, ...], agreed: Iterable[tuple[_Frequent, str]]) -> Weighed:
        bits = tuple([weights.bits[level] for weights, level in zip(self._model.fields, levels, strict=True)])
        adjusted = [0.0] * len(levels)
        for (place, _), value in agreed:
            u, column = self._model.fields[place].u_exact, COMPARISONS[place].frequent
            adjusted[place] = math.log2(u / self._counted.share(column, value, u))
        return Weighed(levels, bits, tuple(adjusted), math.fsum((*bits, *adjusted)))


@dataclass(frozen=True, slots=True)
class Posterior:
    """How sure one can be of each candidate, in their order, and of nobody; together they are 1."""

    candidates: tuple[float, ...]
    nobody: float


def evidence(weights: Sequence[float]) -> float:
    """Return log2 of the sum of 2^w: all that a record's candidates say together; minus infinity without any."""
    if not weights:
        return -math.inf
    most = max(weights)
    return most + math.log2(math.fsum(2 ** (w - most) for w in weights))


def fit_prior(evidences: Sequence[float], people: int) -> float:
    """Return λ for one request: what fits the evidence of its records best, beginning at what is expected."""
    if not people:
        return _LEAST
    chances = [2 ** min(one - math.log2(people), 1_000) for one in evidences]
    share = EXPECTED
    for _ in range(_ROUNDS):
        inside = math.fsum(share * chance / (1 - share + share * chance) for chance in chances)
        fresh = (inside + EXPECTED * COUNTS_FOR) / (len(chances) + COUNTS_FOR)
        fresh = min(_MOST, max(_LEAST, fresh))
        if abs(fresh - share) < _STILL:
            return fresh
        share = fresh
    return share


def posterior(weights: Sequence[float], *, prior: float, people: int) -> Posterior:
    """Return how sure one can be of each candidate and of nobody."""
    if not weights:
        return Posterior((), 1.0)
    bits = [math.log2(prior / people) + weight for weight in weights]
    none = math.log2(1 - prior)
    most = max(*bits, none)
    parts = [2 ** (one - most) for one in bits]
    nobody = 2 ** (none - most)
    whole = math.fsum(parts) + nobody
    return Posterior(tuple(part / whole for part in parts), nobody / whole)
