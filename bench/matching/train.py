# SPDX-License-Identifier: Apache-2.0
"""Trains the model that comes with Beholden, offline, with Splink 5, and writes `src/beholden/linkage/model.json`.

m by expectation and maximisation, without labels, on two sets: febrl 3 (invented Australians, errors by others) and a
town of 20,000 with our own errors; each counts half. u by random sampling between that town and a request about
another, which share nobody: within one, the few pairs that are one person would pass for chance. Nothing is measured
on any of these: bench/ reports on febrl 4 and on towns of other seeds. Run: `python bench/matching/train.py`; it takes
some minutes.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas as pd
import splink
from splink import DuckDBAPI, Linker, block_on

from beholden.linkage import model
from beholden.linkage.comparing import COMPARISONS, ELSE, MISSING
from beholden.linkage.people import Person, columns
from matching import public, worlds

VERSION = "beholden-2026-11"
SEED = 20_261
PLACE = Path(__file__).resolve().parents[2] / "src" / "beholden" / "linkage" / "model.json"
LEAST = 1e-4
"""What a level that a set never shows is given of m: rare is not impossible."""

NUMBERS = {"exact": 1e-7, "slip": 1e-6}
"""u of pupil numbers, set by hand: a number is given once, so that chance never shows what mistakes do."""

Figures = dict[str, dict[str, tuple[float, float]]]


def frame(people: list[Person]) -> pd.DataFrame:
    return pd.DataFrame(list(columns(people)))


def trained(tables: list[pd.DataFrame], *, link_type: str, pairs: float) -> Figures:
    """Return m and u of every level as Splink finds them."""
    api = DuckDBAPI()
    said = model.settings({}, version=VERSION) | {"link_type": link_type}
    linker = Linker(
        [api.register(table, dataset_display_name=f"t{n}") for n, table in enumerate(tables)], said
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
    for rule in (
        block_on("birth_date"),
        block_on("given_name", "surname"),
        block_on("postcode", "surname_first"),
    ):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return figures_of(linker)


def by_chance(tables: list[pd.DataFrame]) -> Figures:
    """Return u of every level between tables that share nobody (m is left as it begins)."""
    api = DuckDBAPI()
    linker = Linker(
        [api.register(table, dataset_display_name=f"t{n}") for n, table in enumerate(tables)],
        model.settings({}, version=VERSION),
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e7, seed=1)
    return figures_of(linker)


def figures_of(linker: Linker) -> Figures:
    """Return m and u by field and level, 0 where Splink has none."""
    return {
        one["output_column_name"]: {
            level["label_for_charts"]: (level.get("m_probability") or 0.0, level.get("u_probability") or 0.0)
            for level in one["comparison_levels"]
        }
        for one in linker.misc.save_model_to_json()["comparisons"]
    }


def joined(ours: Figures, theirs: Figures, chance: Figures) -> Figures:
    """Return m of both sets by halves (of one, where the other lacks the field), and u of chance."""
    made: Figures = {}
    for one in COMPARISONS:
        levels = [level.name for level in one.levels if level.name != MISSING]
        m = {}
        for level in levels:
            a, b = (figures[one.field].get(level, (0.0, 0.0))[0] for figures in (ours, theirs))
            m[level] = max(LEAST, (a + b) / 2 if sum(x[0] for x in theirs[one.field].values()) > 0.5 else a)
        odds = m[ELSE] / chance[one.field][ELSE][1]  # to agree a little is never worse than not at all
        m = {
            level: max(share, odds * chance[one.field].get(level, (0.0, 0.0))[1])
            for level, share in m.items()
        }
        whole = sum(m.values())
        u = {level: max(1e-7, chance[one.field].get(level, (0.0, 0.0))[1]) for level in levels}
        if one.field == "pupil_number":
            u |= NUMBERS
        if one.field == "surname":
            u["swapped"] = (
                m["swapped"] / whole
            )  # names that are swapped are one event, and count with the given name
        made[one.field] = {level: (round(m[level] / whole, 8), round(u[level], 10)) for level in levels}
    return made


def main() -> None:
    print(f"Splink {splink.__version__}")
    town = worlds.world(20_000, SEED, members=20_000)
    ours = trained([frame(town.request), frame(town.register)], link_type="link_only", pairs=1e6)
    away = worlds.world(20_000, SEED + 1, members=20_000)
    chance = by_chance([frame(away.request), frame(town.register)])
    people, _ = public.febrl3()
    theirs = trained([frame(people)], link_type="dedupe_only", pairs=1e6)
    PLACE.write_text(
        json.dumps(model.settings(joined(ours, theirs, chance), version=VERSION), indent=1) + "\n", "utf-8"
    )
    for name, figures in (("town", ours), ("febrl3", theirs), ("chance", chance)):
        for field, levels in figures.items():
            print(name, field, {level: (f"{m:.5f}", f"{u:.3g}") for level, (m, u) in levels.items()})


if __name__ == "__main__":
    main()
