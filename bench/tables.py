# SPDX-License-Identifier: Apache-2.0
"""How long it takes to count a release into a cube and to answer a question from it, beside the bare GROUP BY, and
beside what others make one safe table with."""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations, islice
from math import prod
from pathlib import Path

from beholden.tables import answering, cubes, keys, policy, question
from measuring import BENCH, Claim, Limit, Parts, Way, Work, folder, machine, main, parts

MILLION = 1_000_000
SIZES = (MILLION // 10, MILLION, 10 * MILLION)
SECRET = keys.Secret(bytes(range(32)))
QUESTIONS, MOST_CELLS = 200, 90_000
YEARS, ETHNICITIES = 10, 18
DIMENSIONS = ("region", "authority", "year", "year_group", "sex", "ethnicity", "meals", "support")
RULES = policy.read(
    f"""
name = "roll"
says = "Pupils on roll, invented"
pupil = "pupil"
period = "year"
areas = ["region", "authority"]
[variables.year]
says = "Year"
categories = {json.dumps([str(2017 + one) for one in range(YEARS)])}
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
says = "Half days missed"
low = 0
high = 400
""".encode()
)

BUILD = """A row is a pupil in one of ten years. Each pupil's id gives way to its HMAC first, in Python and on one core,
and that is more than half; then it is made sure that nobody stands in a year twice, and everything is grouped by
everything. The peer groups the same columns and does neither. A file is counted once for a release. It has 150 areas,
ten years, six fields and a measure; ids are words. Rows are invented before the clock starts."""
MEMORY = """The same work. What is kept in memory grows with the cells of the cube, and not with the rows; what the
engine does not find room for it writes beside the file."""
ASK = """Two hundred mixed questions (counts, rates and means by one to five fields, the year always among them) by a
process that has the cube in its memory: up to 85,500 cells each; rules and all, documents not written. The peer is what
a database is asked without any of it: GROUP BY over the rows. Questions are as many at each size; what grows is the
release. *In the middle* is of the questions of one round, one by one."""
COUNTS = """One table of counts by authority and ethnicity. Ours is from a cube that stands, and by the year too,
which is ten times as many cells; the others have the rows in memory, as codes, and count them each time: neither is
made for a door that is asked all day."""
MEANS = """One table of means by region and ethnicity; as before."""


# --- rows ---


def rows(people: int) -> Path:
    """Return the file of so many invented pupil-years, written once in a run, a million at a time."""
    import pyarrow.parquet as pq

    place = folder() / f"rows-{people}.parquet"
    if place.exists():
        return place
    part, writer = place.with_suffix(".part"), None
    for start in range(0, people, MILLION):
        table = lump(start, min(MILLION, people - start), people)
        writer = writer or pq.ParquetWriter(part, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    part.rename(place)
    return place


def lump(start: int, many: int, people: int):
    """Return some of so many rows. The pupils of a year are all who are on roll, and so in each year the same."""
    import numpy as np
    import pyarrow as pa

    draw = np.random.default_rng([1, start])
    number = np.arange(start, start + many)
    pupil, year = number % (people // YEARS), number // (people // YEARS)
    area = pupil * 7_919 % 150

    def words(listed: list[str], codes: "np.ndarray") -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), listed)

    skewed = (ETHNICITIES * draw.random(many) ** 3).astype(np.int64)
    return pa.table(
        {
            "pupil": [f"P{one:012d}" for one in pupil.tolist()],
            "region": words([f"R{one}" for one in range(10)], area // 15),
            "authority": words([f"A{one:03}" for one in range(150)], area),
            "year": words([str(2017 + one) for one in range(YEARS)], year),
            "year_group": words([str(one) for one in range(14)], draw.integers(0, 14, many)),
            "sex": words(["F", "M"], draw.integers(0, 2, many)),
            "ethnicity": words([f"E{one}" for one in range(ETHNICITIES)], skewed),
            "meals": words(["yes", "no"], (draw.random(many) > 0.25).astype(np.int64)),
            "support": words(["none", "support", "plan"], draw.choice(3, many, p=[0.82, 0.14, 0.04])),
            "absence": draw.integers(0, 60, many),
        }
    )


def frozen(people: int) -> tuple[cubes.Cube, answering.Ready]:
    """Return the cube of so many, counted once in a run."""
    stands = folder() / f"cubes-{people}"
    if not stands.exists():
        with tempfile.TemporaryDirectory(dir=folder()) as part:
            cubes.freeze(cubes.build(rows(people), RULES, SECRET, release="r1"), Path(part) / "cubes")
            (Path(part) / "cubes").rename(stands)
    return cubes.load(stands, "roll"), answering.ready(RULES, SECRET)


# --- questions ---


def asked() -> tuple[question.Question, ...]:
    """Return the questions: every kind by turns, over every choice of fields that is not too large."""
    kinds = ("count", {"rate": "yes", "of": "meals"}, {"mean": "absence"}, {"rate": "plan", "of": "support"})
    areas = [["authority"], ["region"], []]
    others = ("sex", "year_group", "support", "ethnicity", "meals")
    choices = [list(some) for many in (2, 1, 3, 0, 4) for some in combinations(others, many)]
    every = ((kind, ["year", *area, *some]) for some in choices for area in areas for kind in kinds)
    found = (
        question.read(json.dumps({"about": "roll", "ask": kind, "by": by}).encode(), RULES)
        for kind, by in every
        if fits(kind, by)
    )
    return tuple(islice((one for one in found if cells(one) <= MOST_CELLS), QUESTIONS))


def fits(kind: str | dict[str, str], by: list[str]) -> bool:
    """Say whether a question names no field twice, and no more than there may be."""
    named = [*by, *([kind["of"]] if "of" in kind else [])]
    return len(set(named)) == len(named) <= policy.MOST_DIMENSIONS


def cells(one: question.Question) -> int:
    """Return how many cells are counted for a question."""
    sizes = {"region": 10, "authority": 150} | {one.name: len(one.categories) for one in RULES.variables}
    return prod(sizes[name] for name in one.dimensions)


# --- ways ---


@contextmanager
def build(people: int) -> Iterator[Work]:
    """Count a file into a cube."""
    path = rows(people)
    yield lambda: cubes.build(path, RULES, SECRET, release="r1", work=Path(tempfile.mkdtemp(dir=folder())))


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
    cube, ready = frozen(people)
    questions = asked()

    def work() -> Parts:
        seconds = []
        for one in questions:
            start = time.perf_counter()
            answering.answer(one, cube, ready)
            seconds.append(time.perf_counter() - start)
        return parts(seconds)

    yield work


@contextmanager
def group_each(people: int) -> Iterator[Work]:
    """Group the rows for each question."""
    import duckdb

    path, questions = rows(people), asked()

    def work() -> Parts:
        seconds = []
        for one in questions:
            by = ", ".join(one.dimensions)
            start = time.perf_counter()
            duckdb.sql(f"SELECT {by}, count(*), sum(absence) FROM '{path}' GROUP BY {by}").to_arrow_table()  # noqa: S608
            seconds.append(time.perf_counter() - start)
        return parts(seconds)

    yield work


def one_table(said: dict) -> Way:
    """Answer one question from a cube that stands."""

    @contextmanager
    def way(people: int) -> Iterator[Work]:
        cube, ready = frozen(people)
        read = question.read(json.dumps({"about": "roll"} | said).encode(), RULES)
        yield lambda: answering.answer(read, cube, ready)

    return way


def theirs(name: str) -> Way:
    """Have somebody else's tool make one table of the rows, which it has in memory."""

    @contextmanager
    def way(people: int) -> Iterator[Work]:
        import numpy as np
        import pyarrow.parquet as pq

        place = folder() / f"codes-{people}.npz"
        if not place.exists():
            table = pq.read_table(rows(people), read_dictionary=["region", "authority"]).combine_chunks()
            held = {one: table[one].combine_chunks() for one in ("region", "authority", "sex", "ethnicity")}
            codes = {one: column.dictionary_encode().indices.to_numpy() for one, column in held.items()}
            drawn = np.random.default_rng(2).integers(0, keys.KEYS, people)
            np.savez(place, **codes, absence=table["absence"].to_numpy(), record_key=drawn)
        python = BENCH.parent / ".venv" / "oracles" / "bin" / "python"
        command = [str(python), str(BENCH / "peers" / "tables.py"), name, str(place)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as child:

            def work() -> None:
                print("go", file=child.stdin, flush=True)
                said, _, seconds = child.stdout.readline().partition(" ")
                if said != "done":
                    raise RuntimeError(f"{name} failed")
                machine.count(float(seconds))

            if child.stdout.readline() != "ready\n":
                raise RuntimeError(f"{name} did not begin")
            yield work

    return way


BARE = "DuckDB, bare GROUP BY over the rows"
KEYS_OF_THE_OFFICE = "cell_key_perturbation, pandas"
COUNTING: dict[str, Way] = {"cube": build, BARE: group_all}
ASKING: dict[str, Way] = {"from the cube": ask, BARE: group_each}
BY_TWO = {"ask": "count", "by": ["authority", "year", "ethnicity"]}
LARGE = (100 * MILLION,)

if __name__ == "__main__":
    main(
        Claim(
            "tables.build",
            "A release counted into a cube",
            "pupil-years",
            COUNTING,
            SIZES,
            Limit("rate", 50_000),
            BUILD,
            large=LARGE,
        ),
        Claim(
            "tables.memory",
            "Memory for a release counted into a cube",
            "pupil-years",
            COUNTING,
            (),
            Limit("memory", 4 * 2**30),
            MEMORY,
            large=SIZES + LARGE,
            rounds=1,
        ),
        Claim(
            "tables.ask",
            "Two hundred questions answered from a cube",
            "pupil-years",
            ASKING,
            SIZES,
            Limit("late", 0.5),
            ASK,
            large=LARGE,
            rounds=1,
        ),
        Claim(
            "tables.counts",
            "One table of counts made safe, beside others' tools",
            "pupil-years",
            {
                "from the cube": one_table(BY_TWO),
                KEYS_OF_THE_OFFICE: theirs("cell_keys"),
                "acro, crosstab": theirs("acro_counts"),
            },
            (MILLION // 100, MILLION // 10, MILLION),
            Limit("ratio", 1.0, KEYS_OF_THE_OFFICE),
            COUNTS,
        ),
        Claim(
            "tables.means",
            "One table of means made safe, beside another's tool",
            "pupil-years",
            {
                "from the cube": one_table(
                    {"ask": {"mean": "absence"}, "by": ["region", "year", "ethnicity"]}
                ),
                "acro, pivot_table": theirs("acro_means"),
            },
            (MILLION // 100, MILLION // 10, MILLION),
            Limit("ratio", 1.0, "acro, pivot_table"),
            MEANS,
        ),
    )
