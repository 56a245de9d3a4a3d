# SPDX-License-Identifier: Apache-2.0
"""Splink 5 (MIT) reads the model that comes with Beholden and gives every pair the same levels and the same weight."""

import json
import random
from importlib import resources

import pandas as pd
import pytest
from splink import DuckDBAPI, Linker

from beholden.linkage import model
from beholden.linkage.comparing import COMPARISONS
from beholden.linkage.people import columns
from beholden.linkage.scoring import Scale
from linking_twin import somebody

MODEL = model.shipped()
SETTINGS = json.loads((resources.files("beholden.linkage") / "model.json").read_text("utf-8"))
SEED = 20_261

GIVEN = (
    "Ada",
    "Aida",
    "Mohammed",
    "Muhammad",
    "Mohammed Ali",
    "A",
    "Ab",
    "Katherine",
    "Kate",
    "Jayden",
    "Kaylen",
    "Fairweather",
    "Fairweathet",
    "",
)
SURNAMES = (
    "van der Meer",
    "Vandermeer",
    "Meer",
    "García Márquez",
    "Marquez",
    "Nowak",
    "Novak",
    "Khan",
    "Kahn",
    "Dunnock",
    "Dunmore",
    "",
)
BORN = ("2011-03-04", "2011-04-03", "2011-03-05", "2011-01-01", "2012-03-04", "2011-12-04", "1999-08-30", "")
POSTCODES = ("ZZ1 1AA", "ZZ1 1AB", "ZZ1 1XY", "ZZ11AA", "ZZ9 9ZZ", "")
NUMBERS = ("Z100000000001", "Z100000000011", "Z200000000002", "")


def drawn(dice, ref):
    return somebody(
        ref,
        dice.choice(GIVEN),
        dice.choice(SURNAMES),
        dice.choice(BORN),
        dice.choice(POSTCODES),
        dice.choice(("F", "M", "")),
        dice.choice(NUMBERS),
    )


@pytest.fixture(scope="module")
def both():
    """A hundred people on each side, every pair of them weighed by Splink, and the same people here."""
    dice = random.Random(SEED)
    left = [drawn(dice, f"l{n}") for n in range(100)] + [somebody("swapped", "Ada", "Nowak")]
    right = [drawn(dice, f"r{n}") for n in range(100)] + [somebody("swapped", "Nowak", "Ada")]
    counted = model.frequencies(right)
    api = DuckDBAPI()
    tables = [
        api.register(pd.DataFrame(list(columns(side)), dtype="string"), dataset_display_name=name)
        for name, side in (("a_left", left), ("b_right", right))
    ]
    linker = Linker(tables, SETTINGS | {"blocking_rules_to_generate_predictions": ["1=1"]})
    for place, one in enumerate(COMPARISONS):
        if one.frequent:
            values = {dict(flat)[one.frequent] for flat in columns([*left, *right])} - {None}
            u = MODEL.fields[place].u_exact
            table = pd.DataFrame(
                [
                    {one.frequent: value, f"tf_{one.frequent}": counted.share(one.frequent, value, u)}
                    for value in sorted(values)
                ]
            )
            registered = api.register(table, dataset_display_name=f"tf_{one.frequent}")
            linker.table_management.register_term_frequency_lookup(registered, one.frequent)
    predicted = linker.inference.predict().as_pandas_dataframe()
    return left, right, counted, predicted


def test_every_pair_has_the_level_and_the_weight_that_splink_gives_it(both):
    left, right, counted, predicted = both
    mine, theirs = {one.ref: one for one in left}, {one.ref: one for one in right}
    assert len(predicted) == len(left) * len(right)
    seen = {one.field: set() for one in COMPARISONS}
    for row in predicted.to_dict("records"):
        weighed = Scale(MODEL, counted).weigh(mine[row["id_l"]], theirs[row["id_r"]])
        for place, one in enumerate(COMPARISONS):
            gamma = row[f"gamma_{one.field}"]
            wanted = 0 if gamma == -1 else len(one.levels) - 1 - gamma
            assert weighed.levels[place] == wanted, (one.field, one.levels[wanted].name)
            seen[one.field].add(one.levels[wanted].name)
            bits = row[f"mw_{one.field}"] + row.get(f"mw_tf_adj_{one.field}", 0.0)
            assert weighed.bits[place] + weighed.adjusted[place] == pytest.approx(bits, abs=1e-6)
    assert seen == {one.field: {level.name for level in one.levels} for one in COMPARISONS}


def test_the_file_is_what_these_comparisons_write():
    figures = {
        one["output_column_name"]: {
            level["label_for_charts"]: (level["m_probability"], level["u_probability"])
            for level in one["comparison_levels"]
            if "m_probability" in level
        }
        for one in SETTINGS["comparisons"]
    }
    assert model.settings(figures, version=MODEL.version) == SETTINGS
    for field, levels in figures.items():
        assert sum(m for m, _ in levels.values()) == pytest.approx(1, abs=1e-3), field
