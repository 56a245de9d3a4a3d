# SPDX-License-Identifier: Apache-2.0
"""How long a request takes that asks who of a large register is meant, beside Splink 5 with the same model."""

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

from beholden.linkage import index, linking, model
from beholden.linkage.people import columns
from matching.crowd import Crowd
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

NOTE = """Ours is the whole answer: keys, candidates, weights, prior, certainty with *nobody*, decision, for names that
are read already. Splink's is its prediction alone, with the register loaded and its frequencies counted before the
clock starts. *First* is the first request of a process, whose pages of the index were not asked for before, though the
system may have them in its memory. People are drawn from made-up syllables, so that nothing about accuracy is meant.
Time grows with the register where blocks fill up, and hardly otherwise; Splink's grows with the register, since it
reads it whole."""


def register(people: int) -> linking.Register:
    """Return an index over so many people, built once in a run, with their frequencies."""
    crowd, place = Crowd(people), folder() / f"index-{people}"
    counted = place / "counted"
    if not counted.exists():
        index.build(place, (crowd[row] for row in range(people)), SECRET)
        counted.write_bytes(pickle.dumps(model.frequencies(crowd[row][0] for row in range(people))))
    frequencies = pickle.loads(counted.read_bytes())  # noqa: S301  written by this run itself
    return linking.Register(people, index.Index.open(place, SECRET), frequencies, crowd.__getitem__)


def ours(people: int, *, warm: bool) -> Way:
    """Answer a request of a size; `warm`: the same process has answered one before."""

    @contextmanager
    def way(records: int) -> Iterator[Work]:
        held, weights = register(people), model.shipped()
        asked = Crowd(people).request(records)

        def work() -> None:
            found = sum(len(one.pairs) for one in linking.match(asked, held, weights, adverse=False))
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
        import pandas as pd
        from splink import DuckDBAPI, Linker

        crowd, place = Crowd(people), folder() / f"people-{people}.parquet"
        if not place.exists():
            rows = (flat for row in range(people) for flat in columns(crowd[row]))
            pd.DataFrame(rows, dtype="string").to_parquet(place)
        api = DuckDBAPI()
        said = json.loads((resources.files("beholden.linkage") / "model.json").read_text("utf-8"))
        held = api.register(pd.read_parquet(place), dataset_display_name="register")
        asked = api.register(
            pd.DataFrame(list(columns(crowd.request(records))), dtype="string"), dataset_display_name="asked"
        )
        linker = Linker([asked, held], said | {"blocking_rules_to_generate_predictions": list(RULES)})
        for column in ("given_name", "surname", "birth_date", "postcode"):
            linker.table_management.compute_tf_table(column)

        def work() -> None:
            linker.inference.predict_between(asked, held).as_pandas_dataframe()

        work()
        yield work

    return way


def ways(people: int) -> dict[str, Way]:
    """Return ours, of a process that has answered before and of one that has not, and the peer."""
    return {
        "index, warm": ours(people, warm=True),
        "index, first": ours(people, warm=False),
        SPLINK: splink(people),
    }


if __name__ == "__main__":
    main(
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
            ways(25 * MILLION),
            (),
            Limit("whole", 3.0),
            NOTE,
            large=SIZES,
            rounds=1,
        ),
    )
