# SPDX-License-Identifier: Apache-2.0
"""The order of rules, case by case, on arrays whose errors are chosen. D24."""

import numpy as np
import pytest

from beholden.tables import ptable, safe
from beholden.tables.policy import Measure, Rules
from beholden.tables.safe import Counts, Why

RULES = Rules()


def errors(one=0):
    """A perturbation table in which every count but nought bears the same error."""
    made = np.full((ptable.CYCLE + 1, 4096), one, dtype=np.int8)
    made[0] = 0
    return ptable.Table(made, 1)


def counts(n, **more):
    n = np.array(n)
    return Counts(n, np.zeros_like(n), **{name: np.array(one) for name, one in more.items()})


def count(n, error=0, *, area=False, sensitive=(), impossible=None):
    given = counts(n)
    none = np.zeros(given.n.shape, dtype=bool) if impossible is None else np.array(impossible)
    made = safe.count(given, RULES, errors(error), area=area, sensitive=sensitive, impossible=none)
    return made.values.tolist(), [[Why(one) for one in row] for row in np.atleast_2d(made.why)]


S, C, K, X, Z = Why.SHOWN, Why.SMALL, Why.CLASS, Why.AREA, Why.IMPOSSIBLE


@pytest.mark.parametrize(
    ("value", "shown"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (22, 20), (7, 5), (8, 10)]
)
def test_figures_are_rounded_to_the_nearest_five(value, shown):
    assert safe.rounded(np.array([value]), 5).tolist() == [shown]
    assert safe.rounded(np.array([value]), 10).tolist() == [(value + 5) // 10 * 10]


def test_a_group_under_the_threshold_is_never_shown_whatever_its_error():
    for error in (-5, 0, 5):
        _, whys = count([100, 100, 100, 9], error)
        assert whys == [[S, S, S, C]]
    _, whys = count([100, 100, 12, 10], -3)
    assert whys == [[S, S, C, C]]
    values, whys = count([100, 100, 100, 10], 0)
    assert (values[-1], whys[0][-1]) == (10, S)


def test_nobody_and_few_look_alike():
    for small in (0, 1, 9):
        assert count([100, 100, small])[1] == [[S, S, C]]


def test_an_area_of_small_groups_is_closed_whole():
    """Half of what is inhabited may be small, and no more; what is empty does not count."""
    assert count([[50, 50, 3, 4], [50, 3, 4, 5], [50, 3, 0, 0], [0, 0, 0, 0]], area=True)[1] == [
        [S, S, C, C],
        [X, X, X, X],
        [S, C, C, C],
        [X, X, X, X],
    ]


def test_no_number_is_kept_behind_a_symbol():
    values, whys = count([[50, 50, 3, 4], [50, 3, 4, 5]], area=True)
    for row, why in zip(values, whys, strict=True):
        assert [bool(np.isnan(value)) for value in row] == [one is not S for one in why]


def test_without_an_area_the_country_is_one():
    assert count([[50, 50], [3, 4]])[1] == [[S, S], [C, C]]
    assert count([[50, 3], [3, 4]])[1] == [[X, X], [X, X]]


def test_a_group_that_is_nearly_all_of_one_kind_is_not_shown_by_that_kind():
    assert count([[95, 10], [80, 20]], sensitive=(1,))[1] == [[K, K], [S, S]]
    assert count([[17, 2], [80, 20]], sensitive=(1,))[1] == [[K, C], [S, S]]
    assert count([[17, 3], [80, 20]], sensitive=(1,))[1] == [[S, C], [S, S]]
    assert count([[95, 10], [80, 20]])[1] == [[S, S], [S, S]]
    assert count([[60, 20], [10, 20]], sensitive=(0,))[1] == [[S, S], [S, S]]


def test_what_cannot_be_says_so():
    assert count([[50, 60], [70, 0]], impossible=[[False, False], [False, True]])[1] == [[S, S], [S, Z]]


def _or_nothing(value):
    return None if np.isnan(value) else value


def rate(n, error=0, **more):
    given = counts(n)
    made = safe.rate(
        given,
        0,
        RULES,
        errors(error),
        area=False,
        sensitive=more.get("sensitive", False),
        impossible=np.zeros(given.n.shape[:-1], dtype=bool),
    )
    return [
        (_or_nothing(value), Why(why))
        for value, why in zip(made.values.tolist(), made.why.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("n", "value", "why"),
    [
        ([30, 70], 30, S),
        ([10, 12], 45, Why.BASE),  # 22 children
        ([10, 13], 40, S),  # 23 of them: 10 of 25, as both would be shown
        ([9, 91], None, C),
        ([91, 9], None, C),
        ([0, 100], None, C),
        ([100, 0], None, C),
        ([10, 4_000], None, Why.LOW),
        ([40, 4_000], 1, S),
    ],
)
def test_a_rate_is_shown_where_both_of_its_groups_may_be(n, value, why):
    ((shown, said),) = rate([n, [500, 500]])[:1]
    assert said is why
    assert value is None or why is not S or shown == value


def test_the_base_of_a_rate_is_large_enough_as_it_is_and_as_perturbed():
    assert rate([[10, 12], [500, 500]], 1)[0][1] is Why.BASE
    assert rate([[12, 12], [500, 500]], -2)[0][1] is Why.BASE
    assert rate([[12, 12], [500, 500]], -1)[0][1] is S


def test_a_rate_of_a_guarded_kind_is_hidden_where_nearly_all_are_alike():
    assert [why for _, why in rate([[95, 10], [80, 20]], sensitive=True)] == [K, S]
    assert [why for _, why in rate([[95, 10], [80, 20]])] == [S, S]


def test_a_rate_is_of_the_counts_as_they_would_be_shown():
    """31 of 102 are shown as 30 of 100."""
    assert rate([[31, 71], [500, 500]])[0][0] == 30


SCORE = Measure("score", "Score", 0.0, 200.0)
MONEY = Measure("grant", "Grant", 0.0, 10_000.0, 2, dominance=True)


def mean(measure, error=0, **given):
    made = safe.mean(
        counts(**given),
        measure,
        RULES,
        (errors(), errors(error)),
        area=False,
        sensitive=(),
        impossible=np.zeros(len(given["n"]), bool),
    )
    return [
        (_or_nothing(value), Why(why))
        for value, why in zip(made.values.tolist(), made.why.tolist(), strict=True)
    ]


def test_a_mean_needs_ten_beside_the_first():
    made = mean(SCORE, n=[10, 11, 100], total=[500, 550, 5000], low=[1, 1, 1], high=[99, 99, 99])
    assert [why for _, why in made] == [C, S, S]


def test_a_mean_is_off_by_the_error_times_the_spread_and_stays_in_its_range():
    given = {"n": [20, 20], "total": [1_000, 20], "low": [40, 0], "high": [80, 20]}
    assert [value for value, _ in mean(SCORE, 0, **given)] == [50, 1]
    assert [value for value, _ in mean(SCORE, 5, **given)] == [60, 6]
    assert mean(SCORE, -5, **given) == [(40, S), (None, Why.LOW)]


def test_a_mean_of_alike_values_is_not_shown():
    assert mean(SCORE, n=[20], total=[400], low=[20], high=[20]) == [(None, Why.SAME)]


@pytest.mark.parametrize(
    ("total", "high", "second", "why"),
    [
        (1000, 450, 449, S),
        (1000, 450, 450, Why.LARGEST),  # the two largest hold 90 of 100
        (1000, 800, 119, Why.LARGEST),
        (1000, 470, 400, S),
        (100, 82, 9, Why.LARGEST),
    ],
)
def test_a_sum_of_one_or_two_is_not_shown(total, high, second, why):
    given = {"n": [20], "total": [total], "low": [1], "high": [high], "second": [second]}
    assert mean(MONEY, **given)[0][1] is why
    assert mean(SCORE, **given)[0][1] is S


def test_a_mean_without_its_sums_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="a mean needs"):
        mean(SCORE, n=[20])
