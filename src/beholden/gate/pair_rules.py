# SPDX-License-Identifier: Apache-2.0
"""Decides what becomes of a pair that people looked at, when a list with too many errors is stopped, and who looks.

No clock, no database.

Two people say what they think, neither seeing the other's answer. Where they differ a third says, and that holds; who
cannot say, says that it is nobody. Made-up pairs are among the others and look like them: they say how often each is
wrong.
"""

from collections.abc import Sequence
from typing import Protocol

from beholden.catalogue import Catalogue
from beholden.catalogue.words import Compartment
from beholden.linkage.intervals import widened, wilson
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal

BLIND, MOST = 2, 3
"""How many look at a pair before anything is settled, and at most."""

FOOLED_IN = 50
"""One in so many decoys may be taken for somebody; of fewer none."""

_KIND = frozenset({Compartment.LEARNING, Compartment.CARE, Compartment.RIGHTS})
_TWENTIETHS = 20


class Decided(Protocol):
    """What the rules made of a pair: accepted, and the stratum that it was drawn from, if it was."""

    @property
    def accepted(self) -> bool: ...
    @property
    def sampled(self) -> str: ...


def is_adverse(purpose: str, catalogue: Catalogue) -> bool:
    """Say whether a purpose can harm who is found: then nobody is taken for anybody before people looked (D19, D32)."""
    return catalogue.purpose(purpose).compartment not in _KIND


def check_decoys(accepted: int, decoys: int) -> bool:
    """Say whether so few decoys were taken for somebody that the list may be answered at all."""
    return accepted <= decoys // FOOLED_IN


def is_looked_at(pair: Decided) -> bool:
    """Say whether people look at a pair: the rules did not settle it, or it was drawn."""
    return bool(pair.sampled) or not pair.accepted


def outcome(said: Sequence[Opinion]) -> Opinion | None:
    """Return what holds of one pair, opinions in the order in which they came, or None while somebody is waited for."""
    if len(said) < BLIND:
        return None
    if said[0] is said[1]:
        return said[0]
    return said[2] if len(said) >= MOST else None


def is_wanted(said: Sequence[Opinion]) -> bool:
    """Say whether one more person must look."""
    return outcome(said) is None


def check_reviewer(*, has_no_part: bool) -> None:
    """Refuse to show a pair to whoever has a part in the use: as the body that asks, its writer, or by an interest."""
    if not has_no_part:
        raise Refusal(
            "gate.own_pairs",
            "You have a part in this use, so somebody from outside looks at its pairs.",
            next_step="Leave them to a reviewer of another body who has no interest in it.",
            authority="D21, D32",
        )


def agreement(pairs: Sequence[Sequence[Opinion]]) -> tuple[int, int] | None:
    """Return in how many of a hundred pairs the first two say the same, from and to, widened to fives; None of none."""
    both = [said[:BLIND] for said in pairs if len(said) >= BLIND]
    if not both:
        return None
    low, high = widened(wilson(sum(one is two for one, two in both), len(both)), _TWENTIETHS)
    return low * 5, high * 5
