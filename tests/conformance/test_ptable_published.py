# SPDX-License-Identifier: Apache-2.0
"""Perturbation tables: the figures that the R packages ptable and cellKey publish, and the conditions they rest on. D24.

The figures are read from cellKey's own test of its example (D=5, V=3, js=2, pstay=.5: rows, greatest count, means of p,
of the lower and upper ends of the intervals, and of the errors), and from the vignette of ptable (D=2, V=1.08, js=1).
"""

import numpy as np
import pytest

from beholden.tables import ptable
from beholden.tables.keys import Secret
from beholden.tables.policy import Noise
from table_rows import SECRET

EXAMPLE = Noise(5, 3.0, 2, 0.5)


def test_the_example_of_cellkey_has_the_published_figures():
    made = ptable.rows(EXAMPLE)
    chances = [chance for row in made for chance in row.chances]
    above = [end for row in made for end in np.cumsum(row.chances)]
    errors = [error for row in made for error in row.errors]
    assert len(chances) == 66
    assert max(row.count for row in made) == 8
    assert round(float(np.mean(chances)), 3) == 0.136
    assert round(float(np.mean(np.subtract(above, chances))), 3) == 0.562
    assert round(float(np.mean(above)), 3) == 0.698
    assert round(float(np.mean(errors)), 3) == 1.045


def test_the_example_of_the_vignette_has_the_published_chances():
    row = ptable.rows(Noise(2, 1.08, 1, 0.5), stay=False)[1]
    assert row.errors == (-1, 1, 2)
    assert [round(chance, 4) for chance in row.chances] == [0.5133, 0.46, 0.0267]


CONDITIONS = [EXAMPLE, Noise(4, 2.0, 1, 0.4), Noise(8, 6.0, 3, 0.3), Noise(10, 9.0, 2, 0.4)]


@pytest.mark.parametrize("noise", CONDITIONS, ids=str)
def test_every_row_keeps_the_published_conditions(noise):
    for row in ptable.rows(noise)[1:]:
        errors, chances = np.array(row.errors), np.array(row.chances)
        assert abs(errors).max() <= noise.most
        assert not {row.count + one for one in row.errors} & set(range(1, noise.js + 1))
        assert row.count + errors.min() >= 0
        assert chances.min() > 0
        assert chances.sum() == pytest.approx(1, abs=1e-9)
        assert errors @ chances == pytest.approx(0, abs=1e-9)
        assert errors**2 @ chances == pytest.approx(noise.variance, abs=1e-9)
        if 0 in row.errors:
            stays = row.errors.index(0)
            assert chances[stays] == pytest.approx(noise.stay)
            assert (np.diff(chances[: stays + 1]) >= -1e-9).all()


@pytest.mark.parametrize("noise", CONDITIONS, ids=str)
def test_no_other_chances_have_more_entropy(noise):
    """Every direction in which a row may move without breaking a condition takes entropy away."""
    for row in ptable.rows(noise)[1:]:
        errors, chances = np.array(row.errors, dtype=float), np.array(row.chances)
        free = np.array([bool(one) or 0 not in row.errors for one in row.errors])
        held = np.stack([np.ones(free.sum()), errors[free], errors[free] ** 2])
        *_, basis = np.linalg.svd(held)
        for way in basis[np.linalg.matrix_rank(held) :]:
            for sign in (1e-4, -1e-4):
                moved = chances.copy()
                moved[free] += sign * way
                rising = 0 not in row.errors or (np.diff(moved[: row.errors.index(0) + 1]) >= 0).all()
                if moved.min() > 0 and rising:
                    assert -(moved * np.log(moved)).sum() <= -(chances * np.log(chances)).sum() + 1e-9


def test_conditions_that_contradict_each_other_are_refused():
    for noise in (Noise(10, 5.0, 4, 0.3), Noise(3, 9.0, 1, 0.5), Noise(10, 9.0, 2, 0.2)):
        with pytest.raises(ptable.NoiseRefused):
            ptable.rows(noise)


def test_errors_as_drawn_are_of_mean_nought_and_of_the_variance():
    errors = ptable.counts_table(EXAMPLE, SECRET).errors.astype(int)
    assert not errors[0].any()
    assert not errors.sum(axis=1).any()
    assert abs(errors).max() == 5
    assert abs(errors[1:].var(axis=1) - 3).max() < 0.01


@pytest.mark.parametrize("noise", [EXAMPLE, Noise(8, 6.0, 3, 0.3), Noise(3, 5.0)], ids=str)
def test_errors_of_sums_are_of_mean_nought_and_of_the_variance_and_all_but_different(noise):
    table = ptable.means_table(noise, SECRET, "absence")
    errors = table.errors.astype(int)
    assert not errors[0].any()
    assert not errors.sum(axis=1).any()
    assert abs(errors).max() <= noise.most * ptable.PARTS
    assert abs((errors[1:] / ptable.PARTS).var(axis=1) - noise.variance).max() < 0.001
    assert len(set(errors[1].tolist())) > 3_000


def test_errors_of_sums_are_parts_of_the_spread_and_each_measure_has_its_own():
    absence, grant = (ptable.means_table(EXAMPLE, SECRET, name) for name in ("absence", "grant"))
    n, keys = np.full(4096, 300), np.arange(4096)
    parts = absence.of(n, keys)
    assert np.array_equal(absence.of_sums(n, keys, np.full(4096, ptable.PARTS)), parts)
    assert np.array_equal(absence.of_sums(n, keys, np.full(4096, 1)), np.floor(parts / ptable.PARTS + 0.5))
    assert abs(np.corrcoef(parts, grant.of(n, keys))[0, 1]) < 0.05


def test_errors_are_looked_up_by_count_and_key_and_go_round():
    table = ptable.counts_table(EXAMPLE, SECRET)
    n = np.arange(2_000)
    found = table.of(n, n * 7 + 4096)
    assert found.tolist() == table.of(n, n * 7).tolist()
    assert found[0] == 0
    assert np.array_equal(table.of(n[8:] + ptable.CYCLE, n[8:]), table.of(n[8:], n[8:]))
    assert not ({1, 2} & set((n + found).tolist()))


def test_another_secret_is_another_table():
    one, two = (ptable.counts_table(EXAMPLE, each).errors for each in (SECRET, Secret(bytes(32))))
    assert (one[9:] == two[9:]).mean() < 0.4
