# SPDX-License-Identifier: Apache-2.0
"""A keeper of tables for the pages: invented pupils, and the tables' own rules. Only the register is not there."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from beholden.hatch import verbs
from beholden.hatch.verbs import Verb
from beholden.refusals import Refusal
from beholden.tables import answering, cubes, keys, policy, question
from beholden.tables.shelf import DataSet, Field, Given, Line, Lines, Measured, Release, Shelf

REGIONS = (
    "North East",
    "North West",
    "Yorkshire and The Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "London",
    "South East",
    "South West",
    "Invented region",
)
SHARES = (2, 5, 4, 3, 4, 5, 7, 7, 4, 0.04)
POLICY = policy.read(
    b"""
name = "pupils"
says = "Pupils on roll in an invented country, by census"
pupil = "pupil"
period = "census"
areas = ["region", "authority"]

[variables.census]
says = "Census"
categories = ["spring 2025", "spring 2026", "spring 2027"]

[variables.sex]
says = "Sex"
categories = ["F", "M"]

[variables.free_meals]
says = "Free meals"
categories = ["yes", "no"]
sensitive = true
finest = "region"

[variables.school_year]
says = "School year"
categories = ["Reception", "1 to 6", "7 to 11", "12 to 13"]

[measures.absence]
says = "Sessions missed"
low = 0
high = 400

[withheld]
upn = "A pupil number is one child. Ask for a count by area."
religion = "Nobody's religion is counted. Ask for the number of pupils alone."
"""
)
SECRET = keys.Secret(bytes(range(32)))
READY = answering.ready(POLICY, SECRET)
MADE = datetime(2027, 3, 1, 9, 14, tzinfo=UTC)
LATER = "A whole county was sent in twice. Use the release of 2 March in its place."


def rows(folder: Path) -> Path:
    """Write invented pupils of three censuses, and return the file."""
    draw = np.random.default_rng(7)
    share = np.array(SHARES) / sum(SHARES)
    made: dict[str, list[Any]] = {
        name: [] for name in ("pupil", *POLICY.levels, *(one.name for one in POLICY.variables))
    }
    made["absence"] = []
    for census in POLICY.variables[0].categories:
        many = 24_000
        region = draw.choice(len(REGIONS), many, p=share)
        made["pupil"] += [f"p{one}" for one in range(many)]
        made["census"] += [census] * many
        made["region"] += [REGIONS[one] for one in region]
        made["authority"] += [f"{REGIONS[one]} {1 + n % 3}" for n, one in enumerate(region)]
        made["sex"] += [None if one < 0.0004 else "F" if one < 0.49 else "M" for one in draw.random(many)]
        made["free_meals"] += ["yes" if one < 0.2 else "no" for one in draw.random(many)]
        made["school_year"] += [POLICY.variables[3].categories[one] for one in draw.integers(0, 4, many)]
        made["absence"] += [int(one) for one in draw.integers(0, 44, many)]
    path = folder / "rows.parquet"
    pq.write_table(pa.table(made), path)
    return path


def shelf(cube: cubes.Cube, *, stands: bool = True) -> Shelf:
    """Return what is on offer: one data set, with one release that stands and one that was taken back."""
    areas = tuple(
        Field(name, says, cube.categories(name, POLICY), area=True)
        for name, says in (("region", "Region"), ("authority", "Local authority"))
    )
    others = tuple(
        Field(one.name, one.says, one.categories, sensitive=one.sensitive, finest=one.finest)
        for one in POLICY.variables
    )
    moments = POLICY.variables[0].categories
    back = Release("pupils/first/0123456789abcdef", "first", moments[:2], MADE, 7, LATER)
    now = Release(cube.manifest.name, "second", moments, MADE, 8, "" if stands else LATER)
    measures = tuple(Measured(one.name, one.says) for one in POLICY.measures)
    return Shelf(
        (
            DataSet(
                "pupils",
                POLICY.says,
                POLICY.period,
                (*areas, *others),
                measures,
                POLICY.withheld,
                (now, back),
                POLICY.sha256,
            ),
        )
    )


@dataclass
class TablesKeeper:
    """What the pages ask of the keeper, answered by the tables' own rules from a cube of invented pupils."""

    cube: cubes.Cube
    refusing: dict[str, Refusal] = field(default_factory=dict)
    asked: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    lines: tuple[Line, ...] = ()
    shelf: Shelf | None = None

    def ask(self, verb: Verb[Any, Any], said: Any) -> Any:
        if verb.name in self.refusing:
            raise self.refusing[verb.name]
        if verb is verbs.TABLES_SHELF:
            return self.shelf or shelf(self.cube)
        if verb is verbs.TABLES_LOG:
            return Lines(self.lines)
        self.asked.append((json.loads(said.question), said.asker))
        read = question.read(said.question.encode(), POLICY)
        return Given(json.dumps(answering.document(answering.answer(read, self.cube, READY))))
