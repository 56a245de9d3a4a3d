# SPDX-License-Identifier: Apache-2.0
"""Draws from the pairs that a match compared those that a person is to look at. Pure; the same seed draws the same.

The strata are what was decided, times a band of probability, times, if wanted, a group. Each pair of a stratum is drawn
with the same known probability: as many as were drawn of as many as there are. Pairs whose truth is known already are
mixed in, to measure whoever looks; they count in no rate, unless they were drawn too. The order tells nothing.

Only `random.Random.random()` is used: its sequence for a seed is promised for every Python.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import TypeVar

from beholden.linkage.deciding import Decision
from beholden.refusals import Refusal

CUTS = (0.01, 0.25, 0.9, 0.99, 0.9999)
"""Where one band of probability ends and the next begins."""

FEWEST = 10
"""A band with fewer pairs is joined with its neighbour, so that one pair nobody can judge does not stop the whole."""

MOST_GROUPS = 30
"""A column with more values than this tells people apart, and not groups."""

_T = TypeVar("_T")

Pair = tuple[str, str]
"""The id on the left and the id on the right."""


class Opinion(StrEnum):
    """What a person says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    CANNOT_SAY = "cannot say"


class AuditRefused(Refusal):
    """Says that nothing can be drawn, or nothing honest be said of what was."""

    def __init__(self, code: str, sentence: str, next_step: str) -> None:
        super().__init__(
            f"linkage.{code}",
            sentence,
            next_step=next_step,
            authority="Error is measured by people who look at samples, and never by the model itself",
        )


def other_list() -> AuditRefused:
    """Say that a pair names somebody whom the lists do not have."""
    return AuditRefused(
        "other_list",
        "A pair names somebody who is in neither list, or not on that side.",
        "Hand in the two lists that were linked, and known pairs of these lists.",
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One pair as a match printed it."""

    pair: Pair
    probability: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pairs of one decision, band (from `least`, and below `below`, or 1) and group: how many, and how many drawn."""

    decision: Decision
    least: float
    below: float
    group: str
    pairs: int
    drawn: int

    @property
    def chance(self) -> float:
        """The probability with which each of its pairs was drawn."""
        return self.drawn / self.pairs


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: the stratum that it was drawn from, by its place, and what is known of it already."""

    stratum: int | None
    known: Opinion | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """All strata, and the pairs to look at in an order that tells nothing."""

    strata: tuple[Stratum, ...]
    rows: tuple[tuple[Pair, Row], ...]


def draw(
    compared: Iterable[Compared],
    *,
    seed: int,
    per_stratum: int,
    groups: Mapping[str, str] | None = None,
    known: Mapping[Pair, Opinion] | None = None,
) -> Sample:
    """Return a sample. `groups` says by the id on the left of which group a pair is; `known` is mixed in."""
    if per_stratum < 1:
        raise AuditRefused("per_stratum", "Nothing is drawn from any stratum.", "Draw at least one of each.")
    if groups and len(set(groups.values())) > MOST_GROUPS:
        raise AuditRefused(
            "groups",
            f"The column has more than {MOST_GROUPS} values, so it tells people apart and not groups.",
            "Name a column that many share, like a region, or make one.",
        )
    members = _strata(compared, groups)
    throw = Random(seed).random  # noqa: S311  repeatable, not secret
    strata, where = [], dict[Pair, int]()
    for place, ((decision, least, below, group), pairs) in enumerate(members):
        drawn = _shuffled(pairs, throw)[:per_stratum]
        strata.append(Stratum(decision, least, below, group, len(pairs), len(drawn)))
        where.update(dict.fromkeys(drawn, place))
    known = known or {}
    rows = [(pair, Row(where.get(pair), known.get(pair))) for pair in sorted({*where, *known})]
    return Sample(tuple(strata), tuple(_shuffled(rows, throw)))


def _shuffled(things: Iterable[_T], throw: Callable[[], float]) -> list[_T]:
    return sorted(things, key=lambda _: throw())


_Kind = tuple[Decision, float, float, str]


def _strata(compared: Iterable[Compared], groups: Mapping[str, str] | None) -> list[tuple[_Kind, list[Pair]]]:
    """Return the strata in a fixed order, each with its pairs as they were printed."""
    bands: dict[tuple[Decision, str], dict[int, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    seen = set[Pair]()
    for one in compared:
        if one.pair in seen:
            raise AuditRefused(
                "pair_twice",
                "The result has one pair twice: two lines of the list on the left have one id.",
                "Give each line on the left an id of its own, link again, and draw from that.",
            )
        seen.add(one.pair)
        band = sum(one.probability >= cut for cut in CUTS)
        if groups is not None and one.pair[0] not in groups:
            raise other_list()
        bands[one.decision, groups[one.pair[0]] if groups else ""][band].append(one.pair)
    if not seen:
        raise AuditRefused("no_pairs", "No pair was compared, so there is nothing to look at.", "Link first.")
    ends = (0.0, *CUTS, 1.0)
    return [
        ((decision, ends[first], ends[last + 1], group), pairs)
        for (decision, group), found in sorted(bands.items())
        for first, last, pairs in _joined(found)
    ]


def _joined(found: Mapping[int, list[Pair]]) -> list[tuple[int, int, list[Pair]]]:
    """Join each band that is too small with the next below, and the lowest with the one above."""
    joined: list[tuple[int, int, list[Pair]]] = []
    for band in sorted(found, reverse=True):
        last, pairs = band, found[band]
        if joined and len(joined[-1][2]) < FEWEST:
            _, last, above = joined.pop()
            pairs = above + pairs
        joined.append((band, last, pairs))
    if len(joined) > 1 and len(joined[-1][2]) < FEWEST:
        first, _, pairs = joined.pop()
        _, last, above = joined.pop()
        joined.append((first, last, above + pairs))
    return joined[::-1]
