# SPDX-License-Identifier: Apache-2.0
"""The naive twin and the walk through cube, engine and arrays say the same of any rows and any question. D24."""

import tempfile

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.tables import naive
from table_rows import READY, RULES, cells, cube, read, rows

BY = ("region", "authority", "sex", "meals", "year", "phase")


@st.composite
def asked(draw):
    """Any question that the policy lets through."""
    ask = draw(
        st.sampled_from(
            [
                "count",
                {"rate": "yes", "of": "meals"},
                {"rate": "missing", "of": "sex"},
                {"rate": "upper", "of": "phase"},
                {"mean": "absence"},
                {"mean": "grant"},
                {"mean": "share"},
            ]
        )
    )
    free = [name for name in BY if not (isinstance(ask, dict) and ask.get("of") == name)]
    by = draw(st.lists(st.sampled_from(free), min_size=1, max_size=3, unique=True))
    if {"region", "authority"} <= set(by):
        by.remove("region")
    show = {}
    for name in by:
        if RULES.variable(name) and draw(st.booleans()):
            listed = RULES.variable(name).categories
            show[name] = draw(st.lists(st.sampled_from(listed), min_size=1, unique=True))
    return read(ask=ask, by=by, show=show)


@st.composite
def people(draw):
    """Rows in lumps, so that groups lie about the threshold, and values at the ends of their ranges."""
    lumps = draw(st.lists(st.integers(1, 60), min_size=1, max_size=14))
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made = {name: [] for name in ("pupil", *BY, "absence", "grant", "share")}
    for number, many in enumerate(lumps):
        area = int(seed.integers(0, 4))
        year = str(seed.choice(["7", "8", "9"]))
        phase = "middle" if year == "7" else str(seed.choice(["middle", "upper"]))
        level = int(seed.integers(0, 3))
        for one in range(many):
            made["pupil"].append(f"p{number}-{one}")
            made["region"].append(f"R{area // 2}")
            made["authority"].append(f"A{area}")
            made["sex"].append(seed.choice(["F", "M", None], p=[0.5, 0.45, 0.05]))
            made["meals"].append(seed.choice(["yes", "no", None], p=[0.2, 0.75, 0.05]))
            made["year"].append(year)
            made["phase"].append(phase if seed.random() > 0.05 else None)
            made["absence"].append(
                None if seed.random() < 0.2 else int(seed.integers(0, 401) if level else 7)
            )
            made["grant"].append(
                round(float(seed.integers(0, 10_000_000)) / 100, 2) if one == 0 or level == 2 else 0.5
            )
            made["share"].append(round(float(seed.gamma(0.9, 6.5)), 1) if seed.random() > 0.1 else None)
    return made


@given(people(), st.lists(asked(), min_size=3, max_size=6))
@settings(max_examples=40)
def test_cube_and_rows_give_the_same_table(columns, questions):
    with tempfile.TemporaryDirectory() as folder:
        made = cube(columns, folder)
    plain = rows(columns)
    for one in questions:
        assert cells(one, made) == naive.answer(one, plain, READY)
