# SPDX-License-Identifier: Apache-2.0
"""What a list of pairs with probabilities is worth, where the truth is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Scored = tuple[float, bool]
"""One pair: its probability, and whether it is one person."""

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)


@dataclass(frozen=True, slots=True)
class Point:
    """What taking all pairs from a probability on comes to."""

    at: float
    right: int
    wrong: int
    matches: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.matches)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.right + self.wrong + self.matches)

    def __str__(self) -> str:
        return f"{self.precision:.4f} {self.recall:.4f}"


def curve(pairs: Iterable[Scored], matches: int) -> list[Point]:
    """Return the whole curve, one point for each different probability, the highest first."""
    points: list[Point] = []
    right = wrong = 0
    last = None
    for probability, is_right in sorted(pairs, key=lambda pair: -pair[0]):
        if last is not None and probability != last:
            points.append(Point(last, right, wrong, matches))
        right, wrong, last = right + is_right, wrong + (not is_right), probability
    return [*points, Point(last or 0.0, right, wrong, matches)]


def at(points: Sequence[Point], threshold: float) -> Point:
    """Return the point of a threshold."""
    reached = [point for point in points if point.at >= threshold]
    return reached[-1] if reached else Point(threshold, 0, 0, points[-1].matches)


def best(points: Sequence[Point]) -> Point:
    """Return the point of the best F1, chosen with the truth in hand, and so too good."""
    return max(points, key=lambda point: point.f1)


def at_recall(points: Sequence[Point], recall: float) -> Point | None:
    """Return the first point that reaches a recall."""
    return next((point for point in points if point.recall >= recall), None)
