# SPDX-License-Identifier: Apache-2.0
"""How long it takes to count a release into a cube, and to answer a question from it, beside the bare GROUP BY."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations, islice
from pathlib import Path

from beholden.tables import answering, cubes, keys, policy, question
from measuring import Claim, Limit, Said, Way, Work, folder, main, spread

SIZES = (100_000, 1_000_000, 10_000_000)
SECRET = keys.Secret(bytes(range(32)))
QUESTIONS = 60
ETHNICITIES = 18
DIMENSIONS = ("region", "authority", "year_group", "sex", "ethnicity", "meals", "support")
RULES = policy.read(
    f"""
name = "roll"
says = "Pupils on roll, invented"
pupil = "pupil"
areas = ["region", "authority"]
[variables.year_group]
says = "Year group"
categories = {json.dumps([str(one) for one in range(14)])}
[variables.sex]
says = "Sex"
categories = ["F", "M"]
[variables.ethnicity]
says = "Ethnicity"
categories = {json.dumps([f"E{one}" for one in range(ETHNICITIES)])}
[variables.meals]
says = "Free meals"
categories = ["yes", "no"]
[variables.support]
says = "Special needs"
categories = ["none", "support", "plan"]
[measures.absence]
says = "Sessions missed"
low = 0
high = 400
""".encode()
)

BUILD = """Each pupil's id gives way to its HMAC first, in Python and on one core, and that is more than half; then
everything is grouped by everything. The peer groups the same columns and keeps no keys. A file is counted once for a
release. It has 150 areas, six fields and a measure; ids are words."""
ASK = """Sixty mixed questions (counts, rates and means by one to four fields) by a process that has the cube in its
memory: up to 513,000 cells each, eight of them above 81,000; rules and all, documents not written. The peer is what a
database is asked without any of it: GROUP BY over the rows. Questions are as many at each size; what grows is the
release. *In the middle* is of the questions of one round, one by one."""


def rows(people: int) -> Path:
    """Return the file of so many invented pupils, written once in a run."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = folder() / f"rows-{people}.parquet"
    if place.exists():
        return place
    draw = np.random.default_rng(1)
    area = draw.integers(0, 150, people)

    def words(listed: list[str], codes: "np.ndarray") -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), listed)

    skewed = (ETHNICITIES * draw.random(people) ** 3).astype(np.int64)
    table = pa.table(
        {
            "pupil": [f"P{one:012d}" for one in range(people)],
            "region": words([f"R{one}" for one in range(10)], area // 15),
            "authority": words([f"A{one:03}" for one in range(150)], area),
            "year_group": words([str(one) for one in range(14)], draw.integers(0, 14, people)),
            "sex": words(["F", "M"], draw.integers(0, 2, people)),
            "ethnicity": words([f"E{one}" for one in range(ETHNICITIES)], skewed),
            "meals": words(["yes", "no"], (draw.random(people) > 0.25).astype(np.int64)),
            "support": words(["none", "support", "plan"], draw.choice(3, people, p=[0.82, 0.14, 0.04])),
            "absence": draw.integers(0, 60, people),
        }
    )
    part = place.with_suffix(".part")
    pq.write_table(table, part)
    part.rename(place)
    return place


def asked() -> tuple[question.Question, ...]:
    """Return the questions: every kind by turns, over every choice of fields, the largest table among them."""
    kinds = ("count", {"rate": "yes", "of": "meals"}, {"mean": "absence"})
    areas = [["authority"], ["region"], []]
    others = ("sex", "year_group", "support", "ethnicity")
    choices = [list(some) for many in (3, 1, 2) for some in combinations(others, many)]
    every = ((kind, area + some) for some in choices for area in areas for kind in kinds)
    return tuple(
        question.read(json.dumps({"about": "roll", "ask": kind, "by": by}).encode(), RULES)
        for kind, by in islice(every, QUESTIONS)
    )


@contextmanager
def build(people: int) -> Iterator[Work]:
    """Count a file into a cube."""
    path = rows(people)
    yield lambda: cubes.build(path, RULES, SECRET, release="r1")


@contextmanager
def group_all(people: int) -> Iterator[Work]:
    """Group a file by everything, with the sum, the least and the greatest."""
    import duckdb

    path, by = rows(people), ", ".join(DIMENSIONS)
    statement = f"SELECT {by}, count(*), sum(absence), min(absence), max(absence) FROM '{path}' GROUP BY {by}"  # noqa: S608

    def work() -> None:
        duckdb.sql(statement).to_arrow_table()

    yield work


@contextmanager
def ask(people: int) -> Iterator[Work]:
    """Answer the questions from a cube that stands."""
    stands = folder() / f"cubes-{people}"
    if not stands.exists():
        with tempfile.TemporaryDirectory(dir=folder()) as part:
            cubes.freeze(cubes.build(rows(people), RULES, SECRET, release="r1"), Path(part) / "cubes")
            (Path(part) / "cubes").rename(stands)
    cube, ready, questions = cubes.load(stands, "roll"), answering.ready(RULES, SECRET), asked()

    def work() -> Said:
        seconds = []
        for one in questions:
            start = time.perf_counter()
            answering.answer(one, cube, ready)
            seconds.append(time.perf_counter() - start)
        return Said(spread(seconds))

    yield work


@contextmanager
def group_each(people: int) -> Iterator[Work]:
    """Group the rows for each question."""
    import duckdb

    path, questions = rows(people), asked()

    def work() -> Said:
        seconds = []
        for one in questions:
            by = ", ".join(one.dimensions)
            start = time.perf_counter()
            duckdb.sql(f"SELECT {by}, count(*), sum(absence) FROM '{path}' GROUP BY {by}").to_arrow_table()  # noqa: S608
            seconds.append(time.perf_counter() - start)
        return Said(spread(seconds))

    yield work


BARE = "DuckDB, bare GROUP BY over the rows"
COUNTING: dict[str, Way] = {"cube": build, BARE: group_all}
ASKING: dict[str, Way] = {"from the cube": ask, BARE: group_each}

if __name__ == "__main__":
    main(
        Claim(
            "tables.build",
            "A release counted into a cube",
            "pupils",
            COUNTING,
            SIZES,
            Limit("rate", 50_000),
            BUILD,
        ),
        Claim(
            "tables.ask",
            "Sixty questions answered from a cube",
            "pupils",
            ASKING,
            SIZES,
            Limit("ratio", 1.0, BARE),
            ASK,
        ),
    )
