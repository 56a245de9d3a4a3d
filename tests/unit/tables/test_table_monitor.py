# SPDX-License-Identifier: Apache-2.0
"""The limit on averaging: what one asker may have, what an average of all of it comes to, and who never meets it. D24.

The figures stand in docs/explanation/tables.md under what tables cannot do.
"""

from fractions import Fraction
from itertools import combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.catalogue import load
from beholden.tables import policy
from beholden.tables.monitor import MOST, MOST_NEW, EnoughRefused, Sizes, check, told
from beholden.tables.policy import MISSING
from table_rows import READY

SIZES = Sizes(
    {
        "region": 9,
        "authority": 150,
        "sex": 2,
        "meals": 2,
        "help": 3,
        "background": 7,
        "year": 15,
        "language": 2,
    },
    {("region", "authority"): 12},
)
NAMES = tuple(SIZES.cells)


def table(*names):
    return frozenset(names)


def given_to(wanted, sizes=SIZES):
    """Return what an asker who wants tables in this order is given, and what is refused."""
    had, refused = [], []
    for one in wanted:
        try:
            check(one, frozenset(had), 0, sizes)
        except EnoughRefused as no:
            assert no.code == "tables.overlap"
            refused.append(one)
        else:
            had.append(one)
    return had, refused


def everything(names=NAMES, most=5):
    """Every table there is: the area is one, or none."""
    areas = [name for name in names if name in {"region", "authority"}]
    others = [name for name in names if name not in areas]
    for area in ((), *((one,) for one in areas)):
        for many in range(most + 1 - len(area)):
            yield from (table(*area, *some) for some in combinations(others, many) if area or some)


# --- a naive twin ---


def naive_told(group, had, sizes):
    """Say it cell by cell: lay out every category, and count into how many a table cuts the group."""
    whole = Fraction()
    for one in had:
        wide = dict.fromkeys(one)
        for larger, smaller in sizes.inside:
            if smaller in one and larger in group and smaller not in group:
                wide[larger] = None  # a smaller area says in which larger one it lies
        if set(group) <= set(wide):
            cut = 1
            for name in one:
                if name not in group:
                    inside = [n for (big, small), n in sizes.inside.items() if small == name and big in group]
                    cut *= min(inside) if inside else sizes.cells[name]
            whole += Fraction(1, cut)
    return whole


tables_ = st.lists(st.sampled_from(sorted(everything(), key=sorted)), max_size=8, unique=True)


@given(tables_, st.sampled_from(sorted(everything(), key=sorted)))
@settings(max_examples=300)
def test_what_is_told_of_a_group_is_what_its_naive_twin_says(had, group):
    assert told(group, had, SIZES) == naive_told(group, had, SIZES)


@given(tables_, st.sampled_from(sorted(everything(), key=sorted)))
def test_a_table_is_refused_exactly_if_some_group_would_be_told_of_too_well(had, new):
    too_well = new not in had and any(
        naive_told(group, {*had, new}, SIZES) > MOST and naive_told(group, {new}, SIZES)
        for group in everything()
    )
    try:
        check(new, frozenset(had), 0, SIZES)
    except EnoughRefused:
        assert too_well
    else:
        assert not too_well


# --- who meets it, and who never does ---


def test_the_same_table_again_costs_nothing():
    had = frozenset(everything())
    for one in had:
        check(one, had, MOST_NEW, SIZES)


def test_a_day_has_an_end():
    check(table("sex"), frozenset(), MOST_NEW - 1, SIZES)
    with pytest.raises(EnoughRefused, match=r"tables\.enough_today"):
        check(table("sex"), frozenset(), MOST_NEW, SIZES)


def test_somebody_who_looks_at_thirty_tables_is_never_refused():
    """Every field by itself for the country, regions and authorities, and ten pairs that a newspaper would ask for."""
    fields = ("sex", "meals", "help", "background", "year", "language")
    alone = [table(*area, one) for area in ((), ("region",), ("authority",)) for one in fields]
    pairs = [
        *(table("region"), table("authority")),
        *(
            table("sex", "meals"),
            table("meals", "help"),
            table("meals", "background"),
            table("year", "meals"),
        ),
        *(
            table("region", "meals", "help"),
            table("region", "meals", "background"),
            table("region", "sex", "help"),
        ),
        *(
            table("authority", "meals", "help"),
            table("authority", "year", "meals"),
            table("sex", "year", "help"),
        ),
    ]
    had, refused = given_to([*alone, *pairs])
    assert len(had) == 30
    assert refused == []


def test_whoever_parts_one_group_in_every_way_is_refused():
    wanted = [one for one in everything() if "authority" in one]
    had, refused = given_to(wanted)
    assert refused
    assert all(told(group, had, SIZES) <= MOST for group in everything())


# --- what an average comes to ---


def average(parts, *, groups=1_500):
    """Return the error of the best average of a group's size from tables that part it into so many cells each.

    Cells have keys of their own, and counts so large that each is shown; each sum weighs by how much it tells.
    """
    draw = np.random.default_rng(7)
    noise = READY.counts
    weight = np.array([1 / many for many in parts])
    found = np.zeros(groups)
    for many, share in zip(parts, weight / weight.sum(), strict=True):
        n = draw.integers(100, 400, (groups, many))
        shown = (n + noise.of(n, draw.integers(0, 4096, n.shape)) + 2) // 5 * 5
        found += share * (shown - n).sum(axis=1)
    return float(np.sqrt(np.mean(np.square(found))))


def test_within_the_limit_an_average_is_off_by_half_of_one_table_at_the_least():
    """One table of a group by itself is off by 2.3. The most that one asker is given of it leaves 1.1."""
    alone = average([1])
    assert 2.1 < alone < 2.4
    had, _ = given_to(
        sorted(everything(), key=lambda one: (prod(SIZES.cells[name] for name in one), sorted(one)))
    )
    worst = max(everything(), key=lambda group: told(group, had, SIZES))
    parts = [many for many in (SIZES.parts(one, worst) for one in had) if many is not None and many < 500]
    assert told(worst, had, SIZES) <= MOST
    assert average(parts) >= 0.48 * alone


def test_without_the_limit_all_tables_of_englands_policy_leave_an_error_of_about_one():
    """What nobody can average away, however many askers put their tables together: there are no more tables."""
    rules = policy.read(load().data_set("pupils").policy.encode())
    cells = {one.name: len(set(one.categories) - {MISSING}) for one in rules.variables}
    sizes = Sizes(cells | {"region": 9, "authority": 153}, {("region", "authority"): 10})
    every = list(everything(tuple(sizes.cells)))
    worst = max(every, key=lambda group: told(group, every, sizes))
    most = told(worst, every, sizes)
    assert most < 6.1
    parts = [many for many in (sizes.parts(one, worst) for one in every) if many is not None and many < 500]
    assert average(parts) > 0.85
