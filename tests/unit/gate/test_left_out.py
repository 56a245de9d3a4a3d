# SPDX-License-Identifier: Apache-2.0
"""The one public figure of who was left out: what one child more or less does to it, by enumeration. D13, D26.

The exact distribution is written down once, in fractions, beside the code: the naive twin. The code's own coin is held
against it toss by toss. Then two worlds that differ in one child's choice are compared, for every count there can be.
"""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import chain, islice, repeat

import pytest

from beholden.catalogue import load
from beholden.gate.blur import FAIR, HUNDRED, error, tosses
from beholden.gate.rules import public_left_out

LIMITS = load().limits
A = Fraction(LIMITS.left_out_blur_percent, 100)
FARTHEST = (1 - A) / (1 + A)
"""How far apart two neighbouring distributions may lie: 33/167, a little under one in five."""

SMALL = replace(LIMITS, left_out_scope_floor=120)


def at_least(x):
    """P(error >= x), in fractions: the tail of the two-sided geometric distribution."""
    return A**x / (1 + A) if x > 0 else 1 - A ** (1 - x) / (1 + A)


def twin(scope, left_out, step=10):
    """P(figure) for every figure there can be, by what the module's docstring promises."""
    top = scope - scope % step
    lower = {figure: at_least(figure - step // 2 - left_out) for figure in range(step, top + step, step)}
    edges = [Fraction(1), *lower.values(), Fraction(0)]
    return {step * place: edges[place] - edges[place + 1] for place in range(len(edges) - 1)}


def drawn(scope, left_out, error_wanted):
    """The figure that the code gives for one error: a secret is stood in for by the tosses that give it."""
    return public_left_out(scope, scope - left_out, secret=secrets_by_error()[error_wanted], limits=SMALL)


@cache
def secrets_by_error():
    """For each error the first of four thousand secrets that gives it."""
    found = {}
    for number in range(4_000):
        secret = number.to_bytes(32, "big")
        found.setdefault(error(tosses(secret, percent=LIMITS.left_out_blur_percent)), secret)
    return found


# --- the coin ---


def test_every_byte_that_counts_is_as_likely_and_two_thirds_fall_heads():
    heads = [byte % HUNDRED < LIMITS.left_out_blur_percent for byte in range(256) if byte < FAIR]
    assert Fraction(sum(heads), len(heads)) == A


def test_the_error_of_every_run_of_tosses_has_the_weight_that_it_should():
    """The code is run on each sequence of tosses with at most sixty heads in a row; what is left over has no weight."""
    most, weight = 60, Counter()
    for first in range(most):
        for second in range(most):
            run = chain(repeat(True, first), [False], repeat(True, second), [False])
            weight[error(run)] += A ** (first + second) * (1 - A) ** 2
    left_over = 2 * A**most
    for x in range(-30, 31):
        exactly = FARTHEST * A ** abs(x)
        assert exactly - left_over <= weight[x] <= exactly


def test_the_tosses_of_one_secret_are_its_own_and_always_the_same():
    def run(secret):
        return list(islice(tosses(secret, percent=67), 500))

    assert run(b"one") == run(b"one") != run(b"two")


def test_many_secrets_give_errors_as_often_as_they_should():
    """Ten thousand secrets, chosen before anybody looked: each error within five standard deviations."""
    many = 10_000
    met = Counter(error(tosses(number.to_bytes(32, "big"), percent=67)) for number in range(many))
    for x in range(-15, 16):
        expected = float(FARTHEST * A ** abs(x)) * many
        assert abs(met[x] - expected) <= 5 * expected**0.5 + 1


@pytest.mark.parametrize("percent", [0, 100, -1])
def test_a_coin_that_falls_one_way_is_refused(percent):
    with pytest.raises(ValueError, match="one way"):
        tosses(b"", percent=percent)


# --- the figure ---


def test_nothing_is_said_of_a_small_scope():
    assert public_left_out(999, 940, secret=bytes(32), limits=LIMITS) is None
    assert public_left_out(1_000, 940, secret=bytes(32), limits=LIMITS) is not None


def test_the_figure_is_the_blurred_count_to_the_nearest_ten_and_never_more_than_there_are():
    for scope, left_out in ((120, 0), (127, 46), (127, 127), (129, 125)):
        for x in range(-12, 13):
            nearest = (left_out + x + 5) // 10 * 10
            assert drawn(scope, left_out, x) == min(max(nearest, 0), scope // 10 * 10)


def test_the_twin_says_the_same_of_every_figure():
    """Each error that can be drawn, weighed as it should be, gives the twin's distribution of figures."""
    for left_out in (0, 4, 5, 46, 121):
        met = Counter()
        for x in range(-12, 13):
            met[drawn(124, left_out, x)] += FARTHEST * A ** abs(x)
        for figure, weight in twin(124, left_out).items():
            assert met[figure] <= weight <= met[figure] + 2 * at_least(13)


# --- two worlds that differ in one child ---


@pytest.mark.parametrize("scope", [120, 124, 129])
def test_one_child_makes_no_figure_more_than_one_and_a_half_times_as_likely(scope):
    """Every count, every figure. So no figure, ever, proves that a child was left out, or was not (D13)."""
    for left_out in range(scope):
        here, there = twin(scope, left_out), twin(scope, left_out + 1)
        assert sum(here.values()) == sum(there.values()) == 1
        for figure in here:
            assert A <= here[figure] / there[figure] <= 1 / A < Fraction(3, 2)


@pytest.mark.parametrize("scope", [120, 124, 129])
def test_one_child_moves_at_most_a_fifth_of_the_chances(scope):
    """The distance of the two distributions; at the edge of a step the bound is nearly met, so it is no idle one."""
    distances = []
    for left_out in range(scope):
        here, there = twin(scope, left_out), twin(scope, left_out + 1)
        distances.append(sum(abs(here[figure] - there[figure]) for figure in here) / 2)
    assert max(distances) <= FARTHEST < Fraction(1, 5)
    assert max(distances) > FARTHEST * Fraction(95, 100)


def test_the_public_still_learns_how_many():
    """1,454 of 1,500 released: *about 40* or *about 50* in 97 of 100, and one ten beside it in all but one of 400."""
    said = twin(1_500, 46)
    assert said[40] + said[50] > Fraction(97, 100)
    assert said[30] + said[40] + said[50] + said[60] > 1 - Fraction(1, 400)
