# SPDX-License-Identifier: Apache-2.0
"""Says to whoever studies the rows which groups are missing from them, and never who. No clock, no database.

For each fact that the catalogue names (`shows_missing`), and each answer that it may have: about how many of those
asked for gave it, about how many of those are in the rows, and by what a row of the group has to be weighed so that the
groups stand as they stood before anybody was left out (post-stratification; Holt and Smith 1979). One fact at a time;
whoever needs several weighs by each in turn (raking; Deming and Stephan 1940).

Each count bears a random error of its own, as the public figure of who was left out does (docs/adr/0011, 0017): it is
larger, so that all counts to which one child belongs together tell no more than that one figure.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beholden.catalogue import Limits
from beholden.gate.blur import HUNDRED, error, tosses
from beholden.ledger.canonical import Json

Counts = Mapping[str, Mapping[str, int]]
"""How many gave each answer to each fact; an answer that was not given is the empty word."""


@dataclass(frozen=True, slots=True)
class Group:
    """One answer to one fact. Counts are rounded and bear an error; None where a group is too small to be shown.

    `weight` is in_scope / in_it with two decimals, as a word, so that it is the same on every machine.
    """

    item: str
    code: str
    in_scope: int | None
    in_it: int | None
    weight: str | None

    def to_json(self) -> dict[str, Json]:
        """Return the same under lasting names."""
        return {
            "code": self.code,
            "in_it": self.in_it,
            "in_scope": self.in_scope,
            "item": self.item,
            "weight": self.weight,
        }


def share(counts: int, percent: int) -> int | None:
    """Return the coin for each of several counts, so that together they tell no more than one by `percent` would.

    A coin of a per cent makes no count more than 100/a times as likely with one child more or less; so of k counts each
    has the least a with (a/100)^k >= percent/100. None where no coin is large enough.
    """
    coins = range(percent, HUNDRED)
    return next((a for a in coins if a**counts * HUNDRED >= percent * HUNDRED**counts), None)


def table(
    answers: Mapping[str, Sequence[str]],
    scope: Counts,
    released: Counts,
    *,
    size: int,
    secret: bytes,
    limits: Limits,
) -> tuple[Group, ...]:
    """Return every group that the catalogue knows, in its order, whether anybody is in it or not.

    The plan: 1 nothing is said of a scope below the floor of *left out*, nor what cannot be blurred enough; 2 the
    answers are the catalogue's, so that which groups stand here says nothing of anybody; 3 each count gets its error,
    from the secret and its own name alone; 4 it is rounded and cut; 5 a group that is small, in scope or in the rows,
    is not shown. Steps 4 and 5 look at nothing but blurred counts, so they tell nothing that those do not.
    """
    percent = share(len(answers), limits.left_out_blur_percent) if answers else None
    if size < limits.left_out_scope_floor or percent is None:  # 1
        return ()

    def blurred(where: str, item: str, code: str, count: int) -> int:  # 3
        own = hmac.digest(secret, f"beholden/missing/v1\n{where}\n{item}\n{code}".encode(), hashlib.sha256)
        step = limits.left_out_rounding
        return max((count + error(tosses(own, percent=percent)) + step // 2) // step * step, 0)  # 4

    return tuple(
        _group(
            item,
            code,
            blurred("scope", item, code, scope[item].get(code, 0)),
            blurred("rows", item, code, released[item].get(code, 0)),
            smallest=limits.smallest_count,
        )
        for item, codes in answers.items()
        for code in codes  # 2
    )


def _group(item: str, code: str, in_scope: int, in_it: int, *, smallest: int) -> Group:
    if min(in_scope, in_it) < smallest:  # 5
        return Group(item, code, None, None, None)
    hundredths = (200 * in_scope + in_it) // (2 * in_it)
    return Group(item, code, in_scope, in_it, f"{hundredths // 100}.{hundredths % 100:02}")
