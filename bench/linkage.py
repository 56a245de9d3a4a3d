# SPDX-License-Identifier: Apache-2.0
"""How long a request takes that asks who of a large register is meant, beside Splink 5 with the same model."""

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

from beholden.linkage import index, linking, model
from beholden.linkage.people import COLUMNS, columns
from matching.crowd import Crowd, read
from measuring import Claim, Limit, Way, Work, folder, main

MILLION = 1_000_000
SIZES = (1, 100, 1_000, 10_000)
SECRET = bytes(32)
SPLINK = "Splink 5, predict_between"
_NAMED = "l.given_spelling = r.given_spelling AND l.surname_spelling = r.surname_spelling"
RULES = (
    "l.birth_date = r.birth_date AND l.surname_spelling = r.surname_spelling",
    "l.birth_date = r.birth_date AND l.given_spelling = r.given_spelling",
    "l.postcode = r.postcode AND l.given_spelling = r.given_spelling",
    "l.postcode = r.postcode AND l.surname_spelling = r.surname_spelling",
    f"{_NAMED} AND left(l.birth_date, 4) = left(r.birth_date, 4)",
    f"{_NAMED} AND right(l.birth_date, 4) = right(r.birth_date, 4)",
    "l.birth_date = r.birth_date AND l.postcode[:-3] = r.postcode[:-3]",
)
"""The strong rules of the index, as SQL. The weak ones stop at a cap there, and a join does not."""

NOTE = """Ours is all that linkage does for a request: keys, candidates, weights, prior, certainty with *nobody*,
decision, for names that are read already; decoys, and what the vault's unsealing takes, are not in it. Splink's is its
prediction alone, with the register loaded and its frequencies counted before the clock starts. *Warm*: the process has
answered such a request before. *First*: it begins with opening the index and reading how frequent values are; the
system may have the files in its memory. People are drawn from made-up syllables, so that nothing about accuracy is
meant. Time grows with the register as blocks fill up: of 25 million people a record is compared with 16. Splink's grows
with the register, since it reads it whole; it weighs pairs many at once, and on all cores."""

BUILDING = """Keys of everybody, hashed, sorted, written, flushed, and how frequent each value is. Pieces of the people
go to all cores as numbers of names, days and homes, and are read there; what the vault's unsealing takes is not in it.
A person costs 108 bytes of index (9 keys of 12 bytes; a pupil number adds one), and as many of the disk while it is
made. *Memory* is the largest process's: beside it there is one for each core that hashes."""


def made(people: int) -> Work:
    """Return how an index over so many people is made, with their frequencies, in a folder of the run's."""
    place = folder() / f"index-{people}"
    crowd = Crowd(people)

    def work() -> None:
        counted = index.build_by_all_cores(place, crowd.pieces(), read, SECRET)
        (place / "counted").write_bytes(pickle.dumps(counted))

    return work


@contextmanager
def building(people: int) -> Iterator[Work]:
    """Make an index of so many people."""
    yield made(people)


@contextmanager
def reading(people: int) -> Iterator[Work]:
    """Read the same people, and do nothing with them: on one core, what there is to hash."""
    crowd = Crowd(people)

    def work() -> None:
        for piece in crowd.pieces():
            read(piece)

    yield work


def opened(people: int, crowd: Crowd) -> linking.Register:
    """Return an index over so many people that is made, with their frequencies."""
    place = folder() / f"index-{people}"
    frequencies = pickle.loads((place / "counted").read_bytes())  # noqa: S301  written by this run itself
    return linking.Register(people, index.Index.open(place, SECRET), frequencies, crowd.look)


def ours(people: int, *, warm: bool) -> Way:
    """Answer a request of a size; `warm`: the same process has answered one before."""

    @contextmanager
    def way(records: int) -> Iterator[Work]:
        crowd, weights = Crowd(people), model.shipped()
        if not (folder() / f"index-{people}" / "counted").exists():
            made(people)()
        asked, held = crowd.request(records), []

        def work() -> None:
            if not held or not warm:
                held[:] = [opened(people, crowd)]
            found = sum(len(one.pairs) for one in linking.match(asked, held[0], weights, adverse=False))
            if records >= 100 and not found:
                raise RuntimeError("nobody was found")

        if warm:
            work()
        yield work

    return way


def splink(people: int) -> Way:
    """Predict between a request and the whole register, as Splink does it."""

    @contextmanager
    def way(records: int) -> Iterator[Work]:
        import duckdb
        import pandas as pd
        import pyarrow as pa
        from pyarrow import parquet
        from splink import DuckDBAPI, Linker

        crowd, place = Crowd(people), folder() / f"people-{people}.parquet"
        if not place.exists():
            shape = pa.schema([(name, pa.string()) for name in COLUMNS])
            with parquet.ParquetWriter(place, shape) as file:
                for piece in crowd.pieces():
                    flat = columns(one for (one,) in read(piece))
                    file.write_table(pa.Table.from_pylist(list(flat), schema=shape))
        # Tables of its own: of Arrow's it knows no sizes, and then compares everybody with everybody.
        within = duckdb.connect()
        within.execute("create table people as from read_parquet(?)", [str(place)])
        within.register("read", pd.DataFrame(list(columns(crowd.request(records))), dtype="string"))
        within.execute("create table request as from read")
        api = DuckDBAPI(connection=within)
        said = json.loads((resources.files("beholden.linkage") / "model.json").read_text("utf-8"))
        held = api.register("people", dataset_display_name="register")
        asked = api.register("request", dataset_display_name="asked")
        linker = Linker([asked, held], said | {"blocking_rules_to_generate_predictions": list(RULES)})
        for column in ("given_name", "surname", "birth_date", "postcode"):
            linker.table_management.compute_tf_table(column)

        def work() -> None:
            linker.inference.predict_between(asked, held).as_pandas_dataframe()

        work()
        yield work

    return way


def ways(people: int, *, beside: bool = True) -> dict[str, Way]:
    """Return ours, of a process that has answered before and of one that has not, and the peer where it can run."""
    mine = {"index, warm": ours(people, warm=True), "index, first": ours(people, warm=False)}
    return mine | ({SPLINK: splink(people)} if beside else {})


MAKING = {"index": building, "reading the people alone, on one core": reading}


if __name__ == "__main__":
    main(
        Claim(
            "linkage.making",
            "An index made of a register",
            "people",
            MAKING,
            (10_000, 100_000, MILLION),
            Limit("rate", 52_000),
            BUILDING,
            rounds=1,
        ),
        Claim(
            "linkage.country",
            "An index made of a register of 25 million",
            "people",
            MAKING,
            (),
            Limit("whole", 240),
            BUILDING,
            large=(MILLION, 5 * MILLION, 25 * MILLION),
            rounds=1,
        ),
        Claim(
            "linkage.one",
            "A request answered from a register of a million",
            "records",
            ways(MILLION),
            SIZES,
            Limit("each", 0.001),
            NOTE,
            rounds=1,
        ),
        Claim(
            "linkage.few",
            "A few names answered from a register of 5 million",
            "records",
            ways(5 * MILLION),
            (),
            Limit("ratio", 1 / 50, SPLINK),
            NOTE,
            large=(1, 3, 10),
            rounds=1,
        ),
        Claim(
            "linkage.large",
            "A request answered from a register of 5 million",
            "records",
            ways(5 * MILLION),
            (),
            Limit("ratio", 1 / 5, SPLINK),
            NOTE,
            large=SIZES,
            rounds=1,
        ),
        Claim(
            "linkage.whole",
            "A request answered from a register of 25 million",
            "records",
            ways(25 * MILLION, beside=False),
            (),
            Limit("whole", 3.0),
            NOTE,
            large=SIZES,
            rounds=1,
        ),
    )
