# SPDX-License-Identifier: Apache-2.0
"""Attacks on means, each with the figure of what it recovers of one child. D24.

As in `test_table_attacks`: fixed seeds, and a figure that comes out better for the attacker fails. The attacker here
knows more than anybody should: the true number of children, the spread of a cell, everybody's value but one. *By
guessing* is who knows all of that but has seen no table, and says what is usual.
"""

from itertools import permutations

import numpy as np
import pytest

from beholden.tables import ptable, safe
from table_rows import READY, RULES, SECRET, cells, cube, read, town

SHARE = ptable.means_table(RULES.noise, SECRET, "missed")
OTHER = ptable.means_table(RULES.noise, SECRET, "unagreed")


def missed(draw, many):
    """Return of how many of a thousand half days each child was away: a few of most, and many of a few."""
    return np.rint(np.minimum(draw.gamma(0.9, 65.0, many), 1000)).astype(np.int64)


def means(codes, size, values, record_keys, table=SHARE):
    """Return what is shown of means by one field, in units of the measure, and nothing where nothing is."""
    low, high = np.full(size, 10**6), np.full(size, -1)
    np.minimum.at(low, codes, values)
    np.maximum.at(high, codes, values)
    second = np.full(size, -1)
    largest = np.zeros(len(values), dtype=bool)
    largest[[np.flatnonzero((codes == one) & (values == high[one]))[0] for one in np.unique(codes)]] = True
    np.maximum.at(second, codes[~largest], values[~largest])

    def sums(of):
        return np.bincount(codes, weights=of, minlength=size).astype(np.int64)

    n = sums(np.ones(len(codes)))
    given = safe.Counts(
        n, sums(record_keys), sums(values), np.where(n, low, 0), np.maximum(high, 0), np.maximum(second, 0)
    )
    measure = RULES.measure("share")
    made = safe.mean(
        given,
        measure,
        RULES.rules,
        (READY.counts, table),
        area=False,
        sensitive=(),
        impossible=np.zeros(size, dtype=bool),
    )
    return np.where(made.why == safe.Why.SHOWN, made.values * measure.scale, np.nan)


def root(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


def alone(values, record_keys, table=SHARE):
    """Return the mean of one group, or nothing."""
    return means(np.zeros(len(values), dtype=int), 1, values, record_keys, table)[0]


# --- asking again, and slices ---


def test_asking_for_a_mean_again_and_otherwise_gives_the_same_figures(tmp_path):
    """Every order of its fields, every way to show it, and another release of the same children."""
    made, again = cube(town(), tmp_path), cube(town(), tmp_path, release="r2")
    whole = cells(read(ask={"mean": "share"}, by=["authority", "sex", "year"]), made)
    assert sum(not symbol for _, symbol in whole.values()) > 20
    assert cells(read(ask={"mean": "share"}, by=["authority", "sex", "year"]), again) == whole
    for by in permutations(["authority", "sex", "year"]):
        for sex in (["F"], ["F", "M"], ["missing", "M"]):
            part = cells(read(ask={"mean": "share"}, by=list(by), show={"sex": sex}), made)
            assert part == {at: cell for at, cell in whole.items() if at[1] in sex}


def test_a_mean_is_of_the_children_of_whom_a_count_would_be_shown_and_of_no_others(tmp_path):
    """What is hidden of a count is hidden of its mean: else means would tell in whom nearly all are alike."""
    columns, draw = town(1_500, 5), np.random.default_rng(5)
    columns["meals"] = [
        "yes" if draw.random() < (0.95 if area > "A08" else 0.4) else "no" for area in columns["authority"]
    ]
    made = cube(columns, tmp_path)
    for by in (["authority", "meals"], ["authority", "meals", "sex"]):
        hidden, shares = (cells(read(ask=ask, by=by), made) for ask in ("count", {"mean": "share"}))
        shown = {at for at, (_, symbol) in shares.items() if not symbol}
        alike = {at for at, (_, symbol) in hidden.items() if symbol}
        assert shown
        assert alike
        assert not shown & alike


# --- everybody's value is known but one ---


@pytest.mark.parametrize("sizes", [(11, 41), (100, 301)], ids=["small", "large"])
def test_who_knows_everybody_but_one_child_does_not_find_its_value(sizes):
    """Nor modulo the spread, which is known: an error of whole spreads would leave what is left of a division by it."""
    draw = np.random.default_rng(1)
    errors, guessed, near, near_guessed = [], [], [], []
    for _ in range(2_000):
        n = int(draw.integers(*sizes))
        values, keys = missed(draw, n), draw.integers(0, 4096, n)
        others, shown = values[1:], alone(values, keys)
        low, spread = others.min(), others.max() - others.min()
        if np.isnan(shown) or not low <= values[0] <= others.max():
            continue
        total = n * shown - others.sum()
        for found in (np.clip(total, low, others.max()), low + (total - low) % spread):
            errors.append(found - values[0])
            near.append(abs(found - values[0]) <= n / 2)
        guessed.append(np.median(others) - values[0])
        near_guessed.append(abs(guessed[-1]) <= n / 2)
    assert len(guessed) > 1_500
    assert root(errors) > root(guessed)
    assert np.mean(near) < np.mean(near_guessed)


def test_a_measure_that_is_known_does_not_tell_of_another():
    """Of one measure everything is known, so also the error of its mean. That of another measure is another."""
    draw = np.random.default_rng(2)
    found = {"shared": [], "its own": [], "guessed": []}
    for _ in range(2_000):
        n = int(draw.integers(11, 41))
        keys, known, values = draw.integers(0, 4096, n), missed(draw, n), missed(draw, n)
        of_known = alone(known, keys)
        if np.isnan(of_known) or not 0 < values[0] < values[1:].max():
            continue
        parts = (n * of_known - known.sum()) / (known.max() - known.min())
        spread = values[1:].max() - values[1:].min()
        for way, table in (("shared", SHARE), ("its own", OTHER)):
            total = n * alone(values, keys, table) - parts * spread
            found[way].append(np.clip(total - values[1:].sum(), 0, 1000) - values[0])
        found["guessed"].append(np.median(values[1:]) - values[0])
    worst = {way: root([one for one in errors if np.isfinite(one)]) for way, errors in found.items()}
    assert worst["shared"] < worst["guessed"] < worst["its own"]


# --- averaging, and one more child ---


def test_averaging_over_partitions_finds_no_sum_to_within_a_child():
    """38 free partitions of a group of 558, of which a policy has far fewer; how many are in each cell is known."""
    errors, children = [], []
    for seed in range(20):
        draw = np.random.default_rng(seed)
        values, keys = missed(draw, 558), draw.integers(0, 4096, 558)
        sums = []
        for _ in range(38):
            codes = draw.integers(0, 6, 558)
            sums.append((means(codes, 6, values, keys) * np.bincount(codes, minlength=6)).sum())
        errors.append(np.nanmean(sums) - values.sum())
        children.append(values - np.median(values))
    assert root(errors) > 2 * root(children)


@pytest.mark.parametrize(
    ("tables", "sizes", "least"),
    [
        (1, (11, 300), 5),
        (20, (11, 300), 1.5),
        (20, (11, 40), 1.2),
        (50, (11, 40), 0.8),
        (176, (11, 300), 0.6),
    ],
    ids=["one", "twenty", "twenty-small", "fifty-small", "all"],
)
def test_a_child_that_came_between_two_releases_is_hardly_told_of(tables, sizes, least):
    """All tables that it is in, before and after it came, its cells' true numbers known; each way weighs by its error.

    `least`: how far off its value comes out, if that of guessing is one. With every table that England's policy has it
    comes out better than by guessing: no asker is given so many.
    """
    draw = np.random.default_rng(3)
    errors, guessed = [], []
    for _ in range(100):
        value, key = missed(draw, 1), draw.integers(0, 4096, 1)
        ways, weights, usual = [], [], []
        for _ in range(tables):
            n = int(draw.integers(*sizes))
            values, keys = missed(draw, n), draw.integers(0, 4096, n)
            before, after = alone(values, keys), alone(np.r_[values, value], np.r_[keys, key])
            if np.isfinite(before) and np.isfinite(after):
                ways.append((n + 1) * after - n * before)
                weights.append(1 / (6.0 * (values.max() - values.min()) ** 2 + n * n / 6))
                usual.append(np.median(values))
        if ways:
            errors.append(np.clip(np.average(ways, weights=weights), 0, 1000) - value[0])
            guessed.append(np.mean(usual) - value[0])
    assert root(errors) > least * root(guessed)


def test_everybody_less_those_of_the_enclave_does_not_tell_what_they_missed_who_refused():
    """A public mean is of everybody, an output of the reading room not of those who refused: here one in fifty or so.

    How many are in each is known. What those who refused missed between them comes out worse than from the mean alone.
    """
    draw = np.random.default_rng(4)
    errors, guessed = [], []
    for _ in range(2_000):
        n = int(draw.integers(30, 300))
        values, keys = missed(draw, n), draw.integers(0, 4096, n)
        stay = draw.random(n) > 0.02
        public, inside = alone(values, keys), alone(values[stay], keys[stay])
        if stay.all() or np.isnan(public) or np.isnan(inside):
            continue
        few, true = int((~stay).sum()), int(values[~stay].sum())
        errors.append(np.clip(n * public - (n - few) * inside, 0, 1_000 * few) - true)
        guessed.append(few * public - true)
    assert len(guessed) > 1_000
    assert root(errors) > 2 * root(guessed)
