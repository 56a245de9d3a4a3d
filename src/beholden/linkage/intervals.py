# SPDX-License-Identifier: Apache-2.0
"""How far a share that was counted in a sample may be from the share in the whole. Wilson's interval, 95 of 100.

For one stratum it is Wilson's own (E. B. Wilson, 1927, *Journal of the American Statistical Association* 22, 209–212).
For several, of which some were looked at more closely than others, it is Wilson's with the *effective* size of the
sample in the place of its size, as C. Franco, R. J. A. Little, T. A. Louis and E. V. Slud (2019) recommend after
comparing seven (*Journal of Survey Statistics and Methodology* 7, 334–364, PMC6690503). Of two effective sizes the
smaller is taken:

* the size by the design effect that the answers themselves show. Where hardly any is wrong, they show almost nothing;
* the size by the weights alone (L. Kish, 1965, *Survey Sampling*). It forgets that strata differ.

Alone, the first covers the truth in fewer than 65 of 100 trials of a large stratum with few errors beside a small one
with many; both together in 98. Nothing is taken off for strata that were looked at whole: the interval is of lists
like this one, and too wide for this one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""Both ends together leave out 5 of 100."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """One stratum: how many pairs it has, how many of them were looked at, and how many of those were hits."""

    pairs: float
    looked: int
    hits: float


def wilson(hits: float, of: float, z: float = Z) -> Interval:
    """Return Wilson's interval for a share: from nothing to all where nothing was looked at."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, min(share, middle - half)), min(
        1.0, max(share, middle + half)
    )  # rounding leaves out no share


def widened(found: Interval, steps: int) -> tuple[int, int]:
    """Return an interval in whole steps of so many to the whole, never narrower."""
    low, high = found
    return math.floor(low * steps), math.ceil(high * steps)


def share(strata: Sequence[Tally]) -> float:
    """Return the share of hits in all strata together, each weighing as much as it has pairs."""
    whole = sum(one.pairs for one in strata)
    return sum(one.pairs / whole * one.hits / one.looked for one in strata)


def effective(strata: Sequence[Tally]) -> float:
    """Return the size of an unstratified sample that would tell as much: the smaller of two."""
    whole = sum(one.pairs for one in strata)
    looked = sum(one.looked for one in strata)
    by_weights = 1 / sum((one.pairs / whole) ** 2 / one.looked for one in strata)
    spread = sum((one.pairs / whole) ** 2 * _spread(one.hits / one.looked, one.looked) for one in strata)
    if not spread:
        return by_weights
    return min(by_weights, looked * _spread(share(strata), looked) / spread)


def _spread(of: float, looked: int) -> float:
    """Return the estimated variance of a share that was counted in a plain sample."""
    return of * (1 - of) / max(looked - 1, 1)


def interval(strata: Sequence[Tally], z: float = Z) -> Interval:
    """Return the interval for the share of hits in all strata together."""
    size = effective(strata)
    return wilson(share(strata) * size, size, z)
