# SPDX-License-Identifier: Apache-2.0
"""Invented rows, a policy for them and a secret: what the tests of tables share."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from beholden.tables import answering, cubes, keys, policy, question

SECRET = keys.Secret(bytes(range(32)))

POLICY = """
name = "roll"
says = "Pupils on roll in an invented town"
pupil = "pupil"
areas = ["region", "authority"]

[variables.sex]
says = "Sex"
categories = ["F", "M"]

[variables.meals]
says = "Free meals"
categories = ["yes", "no"]
sensitive = true
finest = "authority"

[variables.year]
says = "Year group"
categories = ["7", "8", "9"]

[variables.phase]
says = "Phase"
categories = ["middle", "upper"]

[measures.absence]
says = "Sessions missed"
low = 0
high = 400

[measures.grant]
says = "Grant in pounds"
low = 0
high = 100000
decimals = 2
dominance = true

[measures.share]
says = "Half days missed, of 100"
low = 0
high = 100
decimals = 1
dominance = true

[[impossible]]
phase = "upper"
year = "7"

[withheld]
religion = "Nobody's religion is counted. Ask for the number of pupils alone."
"""

RULES = policy.read(POLICY.encode())


def read(**said):
    """Return a question by its fields."""
    return question.read(json.dumps({"about": "roll"} | said).encode(), RULES)


def town(people=4_000, seed=1, areas=12):
    """Return rows as columns: some areas are small, some values are holes, nobody of year 7 is in an upper school."""
    draw = np.random.default_rng(seed)
    share = np.arange(1, areas + 1) ** 1.5
    area = draw.choice(areas, people, p=share / share.sum())
    year = draw.choice(["7", "8", "9"], people)
    phase = np.where((year == "7") | (draw.random(people) < 0.4), "middle", "upper")
    return {
        "pupil": [f"p{one}" for one in range(people)],
        "region": [f"R{one // 4}" for one in area],
        "authority": [f"A{one:02}" for one in area],
        "sex": [None if one < 0.02 else "F" if one < 0.5 else "M" for one in draw.random(people)],
        "meals": [None if one < 0.03 else "yes" if one < 0.25 else "no" for one in draw.random(people)],
        "year": year.tolist(),
        "phase": phase.tolist(),
        "absence": [None if one > 40 else int(one) for one in draw.integers(0, 44, people)],
        "grant": [round(float(one), 2) for one in draw.pareto(1.2, people).clip(0, 900) * 100],
        "share": [round(float(one), 1) for one in draw.gamma(0.9, 6.5, people).clip(0, 100)],
    }


def written(columns, folder):
    """Return the path of a Parquet file with these columns."""
    path = Path(folder) / "rows.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def cube(columns, folder, given=RULES, release="r1"):
    """Return the cube of these columns."""
    return cubes.build(written(columns, folder), given, SECRET, release=release)


READY = answering.ready(RULES, SECRET)


def cells(asked, made, ready=READY):
    """Return an answer as a mapping of places to value and symbol."""
    return {at: (value, why.symbol) for at, value, why in answering.answer(asked, made, ready).cells()}


def rows(columns):
    """Return columns as a list of rows."""
    return [dict(zip(columns, one, strict=True)) for one in zip(*columns.values(), strict=True)]
