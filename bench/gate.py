# SPDX-License-Identifier: Apache-2.0
"""How fast the gate weighs a whole population, every reason for every child, beside engines that only count."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import ibis
import numpy as np
import pyarrow as pa

from beholden.catalogue import Flag
from beholden.gate.expression import weigh
from beholden.gate.rules import IN_LIST
from measuring import Claim, Limit, Work, main

SHARES = {
    Flag.NOT_TOLD: 0.9,
    Flag.OBJECTED: 0.03,
    Flag.NOT_AGREED: 1.0,
    Flag.HIDDEN: 0.02,
    Flag.RESTRICTED: 0.001,
    Flag.NO_KEY: 0.99,
    Flag.PAST_RETENTION: 0.01,
}
"""How much of the scope stands in each list."""

NOTE = """Lists are sorted on disk, so each child is looked for in order, on one core and with no table of hashes; the
engines may use every core. Ibis is shown because the decision was once written in it: the same answer, in more time and
memory. Not in these figures: the lists themselves, of which *past retention* costs most, because every birth date is
sealed under its child's own key."""

MEMORY = """Scope and seven lists alone are 63 bytes a child; drawing and sorting them for the measurement is part of
what the process had. Each a process of its own, the most that it ever had."""

COUNT_ONLY = "NOT EXISTS, count only (DuckDB)"


def population(children: int) -> tuple[pa.Array, dict[Flag, pa.Array]]:
    """Return a scope and a list for each flag, sorted as they lie on disk, from a fixed seed."""
    chance = np.random.default_rng(20261123)
    halves = np.frombuffer(chance.bytes(16 * children), dtype=">u8").reshape(-1, 2)
    ids = halves[np.lexsort((halves[:, 1], halves[:, 0]))]
    return column(ids), {flag: column(ids[chance.random(children) < share]) for flag, share in SHARES.items()}


def column(ids) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(ids), [None, pa.py_buffer(ids.tobytes())])


@contextmanager
def every_reason(children: int) -> Iterator[Work]:
    scope, lists = population(children)
    yield lambda: weigh(scope, lists, Flag)


def engine(answer: Callable[[duckdb.DuckDBPyConnection], object]) -> Callable[[int], object]:
    """Ask DuckDB, which reads the very same columns where they lie."""

    @contextmanager
    def way(children: int) -> Iterator[Work]:
        scope, lists = population(children)
        database = duckdb.connect()
        for name, ids in (("scope", scope), *((flag.value, ids) for flag, ids in lists.items())):
            database.register(name, pa.table({"person": ids}))
        yield lambda: answer(database)

    return way


def count_only(database: duckdb.DuckDBPyConnection) -> object:
    conditions = (
        f"{'not ' if flag in IN_LIST else ''}exists (from {flag.value} x where x.person = scope.person)"
        for flag in Flag
    )
    return database.execute(f"from scope select count(*) where {' and '.join(conditions)}").fetchall()


@contextmanager
def with_ibis(children: int) -> Iterator[Work]:
    """The same Boolean columns by Ibis's isin() over UUIDs, grouped by all flags, and the places of the released."""
    scope, lists = population(children)

    def answer() -> object:
        backend = ibis.duckdb.connect()
        for name, ids in (("scope", scope), *((flag.value, ids) for flag, ids in lists.items())):
            uuids = pa.ExtensionArray.from_storage(pa.uuid(), ids)
            backend.con.register(name, pa.table({"person": uuids, "place": np.arange(len(ids))}))
        people = backend.table("scope")
        flags = {flag.value: people.person.isin(backend.table(flag.value).person) for flag in Flag}
        flags = {name: borne if Flag(name) in IN_LIST else ~borne for name, borne in flags.items()}
        flagged = backend.create_table("flagged", people.select("place", **flags), temp=True)
        groups = flagged.group_by(list(flags)).aggregate(children=flagged.count()).to_pyarrow()
        kept = flagged.filter([~flagged[name] for name in flags])
        return groups, scope.take(kept.order_by("place").place.to_pyarrow())

    yield answer


if __name__ == "__main__":
    main(
        Claim(
            "gate",
            "A decision about 9 million children, every reason for every child, and who is released",
            "children",
            {
                "weigh": every_reason,
                COUNT_ONLY: engine(count_only),
                "every reason (Ibis, isin, UUIDs)": with_ibis,
            },
            (1_000_000, 3_000_000, 9_000_000),
            Limit("ratio", 1.0, COUNT_ONLY),
            NOTE,
        ),
        Claim(
            "gate.memory",
            "Memory for a decision about everybody there is, every reason for every child",
            "children",
            {"weigh": every_reason, COUNT_ONLY: engine(count_only)},
            (),
            Limit("memory", 4 * 2**30),
            MEMORY,
            large=(6_250_000, 12_500_000, 25_000_000),
            rounds=1,
        ),
    )
