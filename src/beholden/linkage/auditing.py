# SPDX-License-Identifier: Apache-2.0
"""Estimates from what people said of a sample how often a match is wrong, and measures those people. Pure.

* **False**: of the pairs that were accepted, how many are two people.
* **Missed**: of the pairs that were compared and not accepted, how many are one person; and of all who are one person
  among those compared, how many were not accepted.

Each stratum weighs as much as it has pairs, however many were looked at. No probability of the model is in any sum.
A pair of which nobody can say, or of which two people say two things, is a miss in neither figure, but stretches its
interval: the lower end takes all of them for right, the upper end all for wrong.

What this cannot see: somebody on the left who is on the right and was compared with nobody, or only with others, is in
no pair. Only people who are known to be on both sides, mixed into the list before it is linked, show how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from beholden.linkage.deciding import Decision
from beholden.linkage.intervals import Tally, interval, share, wilson
from beholden.linkage.sampling import AuditRefused, Opinion, Row, Stratum

LEAST = 5
"""Of so many drawn pairs of a stratum, or of half of them where that is less, somebody must have been able to say."""

_BOTH = NormalDist().inv_cdf(1 - 0.05 / 4)
"""Two intervals, each of 97.5 of 100, hold both truths in 95 (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One share with its interval: of how many pairs, how many looked at, and of how many nobody could say."""

    share: float
    low: float
    high: float
    pairs: int
    looked: int
    unsaid: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a share, with its interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What is said of all pairs, or of those of one group; None where there are no such pairs.

    `missed` is of all that were not accepted; `in_review` and `in_none` of its two parts. What went to a person waits,
    and what came to none is lost.
    """

    false: Rate | None
    missed: Rate | None
    in_review: Rate | None
    in_none: Rate | None
    missed_of_same: Share | None


@dataclass(frozen=True, slots=True)
class Reviewer:
    """How one person did on the pairs whose truth is known: how many, how many right, how many left unsaid."""

    known: int
    right: int
    cannot_say: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """In how many rows two people, neither seeing the other's answers, say the same; and which rows they do not."""

    rows: int
    alike: int
    low: float
    high: float
    apart: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One stratum as answered: how many pairs, how many drawn, and how many of those are errors, or unsaid."""

    pairs: float
    drawn: int
    wrong: int
    unsaid: int


@dataclass(frozen=True, slots=True)
class _Told:
    """One stratum and what was said of its drawn pairs."""

    stratum: Stratum
    said: Mapping[Opinion, int]

    def looked(self, error: Opinion) -> Looked:
        return Looked(self.stratum.pairs, self.stratum.drawn, self.said[error], self.said[Opinion.CANNOT_SAY])


def rates(strata: Sequence[Stratum], rows: Mapping[int, Row], said: Mapping[int, Opinion]) -> Rates:
    """Return the rates over some strata, or refuse them where a stratum has too few answers."""
    return _rates([_told(place, one, rows, said) for place, one in enumerate(strata)])


def by_group(
    strata: Sequence[Stratum], rows: Mapping[int, Row], said: Mapping[int, Opinion]
) -> dict[str, Rates]:
    """Return the same for each group by itself."""
    told = [_told(place, one, rows, said) for place, one in enumerate(strata)]
    groups = sorted({one.group for one in strata})
    return {group: _rates([one for one in told if one.stratum.group == group]) for group in groups}


def _told(place: int, stratum: Stratum, rows: Mapping[int, Row], said: Mapping[int, Opinion]) -> _Told:
    told = [said[number] for number, row in rows.items() if row.stratum == place]
    counted = {opinion: told.count(opinion) for opinion in Opinion}
    could = len(told) - counted[Opinion.CANNOT_SAY]
    if could < max(1, min(LEAST, -(-stratum.drawn // 2))):
        raise AuditRefused(
            "too_few_answers",
            f"Of the pairs that came to {stratum.decision.value} with a probability from {stratum.least:g} to "
            f"{stratum.below:g}{', in one of the groups' if stratum.group else ''}, {could} of {stratum.drawn} have "
            "an answer that says the same or different: too few to say how often it is wrong.",
            "Let somebody answer who can find out more about these people, or draw anew with fewer groups.",
        )
    return _Told(stratum, counted)


def _rates(told: Sequence[_Told]) -> Rates:
    def of(decision: Decision, error: Opinion) -> list[Looked]:
        return [one.looked(error) for one in told if one.stratum.decision is decision]

    accepted = of(Decision.ACCEPT, Opinion.DIFFERENT)
    review, none = of(Decision.REVIEW, Opinion.SAME), of(Decision.NONE, Opinion.SAME)
    rest = [*review, *none]
    return Rates(rate(accepted), rate(rest), rate(review), rate(none), missed_of_same(accepted, rest))


def _tallies(looked: Sequence[Looked]) -> tuple[list[Tally], list[Tally], list[Tally]]:
    """Return the strata thrice: as answered, with what nobody could say taken for right, and taken for wrong."""
    best = [Tally(one.pairs, one.drawn - one.unsaid, one.wrong) for one in looked if one.drawn > one.unsaid]
    low = [Tally(one.pairs, one.drawn, one.wrong) for one in looked]
    high = [Tally(one.pairs, one.drawn, one.wrong + one.unsaid) for one in looked]
    return best, low, high


def rate(looked: Sequence[Looked]) -> Rate | None:
    """Return the share of errors in some strata together; None where there are none, or nobody could say of any."""
    best, low, high = _tallies(looked)
    if not best:
        return None
    return Rate(
        share(best),
        interval(low)[0],
        interval(high)[1],
        round(sum(one.pairs for one in looked)),
        sum(one.drawn for one in looked),
        sum(one.unsaid for one in looked),
    )


def missed_of_same(accepted: Sequence[Looked], rest: Sequence[Looked]) -> Share | None:
    """Return how many of those who are one person were not accepted; its ends from the ends of both rates.

    None where nobody is one person, or where of one side nobody could say anything.
    """
    if any(of and not _tallies(of)[0] for of in (accepted, rest)):
        return None
    many_accepted, many_rest = (sum(one.pairs for one in of) for of in (accepted, rest))

    def of_same(false: float, missed: float) -> float | None:
        right, lost = many_accepted * (1 - false), many_rest * missed
        return lost / (right + lost) if right + lost else None

    ends = [
        ((share(best), interval(low, _BOTH)[0], interval(high, _BOTH)[1]) if best else (0.0, 0.0, 0.0))
        for best, low, high in (_tallies(accepted), _tallies(rest))
    ]
    (false, false_low, false_high), (missed, missed_low, missed_high) = ends
    best_guess = of_same(false, missed)
    if best_guess is None:
        return None
    low, high = of_same(false_low, missed_low), of_same(false_high, missed_high)
    return Share(best_guess, low or 0.0, 1.0 if high is None else high)


def reviewer(rows: Mapping[int, Row], said: Mapping[int, Opinion]) -> Reviewer | None:
    """Return how one person did on known pairs; None where none were mixed in. Unsaid is not right."""
    known = {number: row.known for number, row in rows.items() if row.known and number in said}
    if not known:
        return None
    right = sum(said[number] is truth for number, truth in known.items())
    unsaid = sum(said[number] is Opinion.CANNOT_SAY for number in known)
    return Reviewer(len(known), right, unsaid, *wilson(right, len(known)))


def agreement(first: Mapping[int, Opinion], second: Mapping[int, Opinion]) -> Agreement:
    """Return how far two people agree over the same rows."""
    apart = tuple(sorted(number for number in first if first[number] is not second[number]))
    alike = len(first) - len(apart)
    return Agreement(len(first), alike, *wilson(alike, len(first)), apart)


def settled(
    first: Mapping[int, Opinion],
    second: Mapping[int, Opinion] | None = None,
    third: Mapping[int, Opinion] | None = None,
) -> dict[int, Opinion]:
    """Return what holds: what one says alone, or two alike; else what a third says of it, or that nobody can say."""
    second, third = second or first, third or {}
    return {
        number: one if one is second[number] else third.get(number, Opinion.CANNOT_SAY)
        for number, one in first.items()
    }
