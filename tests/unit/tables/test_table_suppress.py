# SPDX-License-Identifier: Apache-2.0
"""Fixed releases: what is hidden beside the small groups, and what the published figures still allow. D24."""

import numpy as np
import pytest

from beholden.tables import suppress

ALL = {"all": ("a", "b", "c")}


def table(rows, trees=({"all": ("x", "y", "z")}, ALL)):
    names = [
        [*dict.fromkeys(part for parts in tree.values() for part in parts if part not in tree)]
        for tree in trees
    ]
    counts = {
        (one, two): n
        for one, row in zip(names[0], rows, strict=True)
        for two, n in zip(names[1], row, strict=True)
    }
    return suppress.margins(counts, trees)


def by_cell(found):
    return {one.cell: one for one in found}


def test_a_table_has_its_sums():
    made = table([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert made.values[made.place(("all", "all"))] == 45
    assert made.values[made.place(("x", "all"))] == 6
    assert made.values[made.place(("all", "b"))] == 15
    assert not (made.sums @ made.values).any()


def test_sums_of_sums_hold():
    made = table([[5], [7], [11]], ({"n": ("x", "y"), "all": ("n", "z")}, {"every": ("a",)}))
    assert made.values[made.place(("n", "every"))] == 12
    assert made.values[made.place(("all", "a"))] == 23
    assert not (made.sums @ made.values).any()


def test_a_small_group_hidden_alone_is_one_subtraction_away():
    made = table([[4, 50, 60], [40, 70, 80], [90, 30, 20]])
    alone = made.values < 10
    (between,) = suppress.audit(made, alone)
    assert (between.least, between.greatest) == (4, 4)


def test_beside_it_as_many_are_hidden_as_it_takes():
    made = table([[4, 50, 60], [40, 70, 80], [90, 30, 20]])
    hidden = suppress.hide(made, 10)
    found = by_cell(suppress.audit(made, hidden))
    assert found["x", "a"].least <= 1e-6
    assert found["x", "a"].greatest >= 10 - 1e-6
    assert hidden.sum() == 4
    assert not hidden[made.place(("all", "all"))]


def test_nothing_small_hides_nothing():
    made = table([[40, 50, 60], [40, 70, 80], [90, 30, 20]])
    assert not suppress.hide(made, 10).any()
    assert suppress.audit(made, made.values < 10) == ()


def test_a_table_whose_every_group_is_small_hides_its_sums_as_well():
    made = table([[1, 2, 0], [3, 0, 1], [0, 2, 1]])
    hidden = suppress.hide(made, 10)
    for one in suppress.audit(made, hidden):
        if made.values[made.place(one.cell)] < 10:
            assert one.least <= 1e-6
            assert one.greatest >= 10 - 1e-6


def test_counts_are_of_the_finest_cells():
    with pytest.raises(ValueError, match="finest"):
        suppress.margins({("all", "a"): 3}, [{"all": ("x",)}, {"every": ("a",)}])


@pytest.mark.parametrize("seed", range(6))
def test_no_table_of_three_dimensions_tells_of_a_small_group(seed):
    draw = np.random.default_rng(seed)
    parts = [[f"{letter}{one}" for one in range(size)] for letter, size in zip("abc", (5, 4, 3), strict=True)]
    trees = [
        {"north": parts[0][:2], "south": parts[0][2:], "all": ("north", "south")},
        {"every": parts[1]},
        {"both": parts[2]},
    ]
    counts = {
        (one, two, three): int(draw.geometric(0.03)) - 1
        for one in parts[0]
        for two in parts[1]
        for three in parts[2]
    }
    made = suppress.margins(counts, trees)
    hidden = suppress.hide(made, 10)
    small = {cell for cell, value in zip(made.cells, made.values, strict=True) if value < 10}
    assert small <= {cell for cell, is_ in zip(made.cells, hidden, strict=True) if is_}
    for one in suppress.audit(made, hidden):
        true = made.values[made.place(one.cell)]
        assert one.least - 1e-6 <= true <= one.greatest + 1e-6
        if one.cell in small:
            assert one.least <= 1e-6
            assert one.greatest >= 10 - 1e-6
