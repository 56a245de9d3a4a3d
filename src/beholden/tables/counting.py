# SPDX-License-Identifier: Apache-2.0
"""Counts a Parquet file once, by everything at the same time: the cells from which every question is answered.

It decides what counts as one child (one row for each pupil and period, or the file is refused), what a hole is (a
category of its own), and which values are none (refused, told by field and never by value). First each pupil's id gives
way to its record key; what is grouped names nobody. Grouping is one Ibis expression of count, integer sum, least and
greatest, so that any engine that Ibis speaks to can do it. It refuses to know questions, rules and errors.
"""

import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beholden.tables.keys import RecordKeys, Secret
from beholden.tables.policy import MISSING, Measure, Policy, TablesRefused

_BATCH = 200_000
_MEMORY = "2GB"
"""As much as the engine may hold at once; what it has no room for it writes into the folder, and takes away again."""


class DataRefused(TablesRefused):
    """Says that a file cannot be counted under a policy. Fields are named, values never."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The cells, coded and sorted, and what the codes of areas mean: all that is learned of categories from data."""

    cells: pa.Table = field(repr=False)
    areas: dict[str, tuple[str, ...]]


def count(path: Path, policy: Policy, secret: Secret, *, work: Path | None = None) -> Counted:
    """Return the cells of a file by everything that the policy counts by, or refuse the file.

    `work`: a folder, of the caller's and for this alone, in which the file is written again with record keys.
    """
    with nullcontext(str(work)) if work else tempfile.TemporaryDirectory(prefix="beholden-") as folder:
        keyed = Path(folder) / "keyed.parquet"
        try:
            write_keyed(path, keyed, policy, secret)
        except (pa.ArrowException, OSError) as wrong:
            if isinstance(wrong, OSError) and wrong.errno:  # the disk's own trouble, not the file's
                raise
            raise DataRefused(
                "unreadable",
                "The file cannot be read to its end, or a column holds no words.",
                "Write it again.",
            ) from wrong
        plain = Path(folder) / "rows.parquet"  # the engine takes signs in a name for a pattern
        plain.symlink_to(path.resolve())
        engine = ibis.duckdb.connect(temp_directory=folder, memory_limit=_MEMORY)
        try:
            _check_once(engine.read_parquet(plain), policy)
            found = grouped(engine.read_parquet(keyed), policy).to_pyarrow()
        finally:
            engine.disconnect()
    return coded(found, policy)


def dimensions(policy: Policy) -> tuple[str, ...]:
    """Return everything that is counted by: areas from large to small, then variables."""
    return (*policy.levels, *(one.name for one in policy.variables))


def grouped(keyed: Any, policy: Policy) -> Any:
    """Return the expression: one line for each combination that exists, with everything that adds up."""
    names = list(dimensions(policy))
    sums: dict[str, Any] = {"n": lambda rows: rows.count(), "keys": lambda rows: rows.record_key.sum()}
    for one in policy.measures:
        if one.dominance:
            order = ibis.row_number().over(group_by=names, order_by=ibis.desc(ibis._[one.name].fill_null(-1)))
            keyed = keyed.mutate(**{f"{one.name}.place": order})
        sums |= _sums(one)
    return keyed.group_by(names).agg(**{name: make(keyed) for name, make in sums.items()})


def _sums(one: Measure) -> dict[str, Any]:
    """Return what adds up of one measure: how many have it, their keys, their sum, the least and the greatest."""
    made = {
        f"{one.name}.n": lambda rows: rows[one.name].count(),
        f"{one.name}.keys": lambda rows: rows.record_key.sum(where=rows[one.name].notnull()).fill_null(0),
        f"{one.name}.sum": lambda rows: rows[one.name].sum().fill_null(0),
        f"{one.name}.low": lambda rows: rows[one.name].min(),
        f"{one.name}.high": lambda rows: rows[one.name].max(),
    }
    if one.dominance:
        made[f"{one.name}.second"] = lambda rows: rows[one.name].max(where=rows[f"{one.name}.place"] == 1)
    return made


# --- a pupil's id gives way to its record key ---


def write_keyed(path: Path, out: Path, policy: Policy, secret: Secret) -> None:
    """Write the file again with record keys for ids, holes as a category, and measures in whole units."""
    file = _opened(path, policy)
    keys = RecordKeys(secret)
    columns = [policy.pupil, *dimensions(policy), *(one.name for one in policy.measures)]
    writer = None
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
        table = _keyed(batch, policy, keys)
        writer = writer or pq.ParquetWriter(out, table.schema)
        writer.write_table(table)
    if writer is None:
        raise DataRefused("empty", "The file holds nobody.", "Give the file of the whole population.")
    writer.close()


def _opened(path: Path, policy: Policy) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as wrong:
        raise DataRefused(
            "no_file", "There is no Parquet file that can be read under this name.", "Name one."
        ) from wrong
    for name in (policy.pupil, *dimensions(policy), *(one.name for one in policy.measures)):
        if name not in file.schema_arrow.names:
            raise DataRefused(
                "column",
                f"The file has no column {name}, which the policy names.",
                "Correct the policy or the file.",
            )
    return file


def _keyed(batch: pa.RecordBatch, policy: Policy, keys: RecordKeys) -> pa.Table:
    pupils = batch.column(policy.pupil).cast(pa.string())
    if pupils.null_count:
        raise DataRefused(
            "nobody", "A row of the file does not say whose it is.", "Give every row its pupil."
        )
    made = {"record_key": pa.array(keys.keys(pupils.to_pylist()), type=pa.int32())}
    for name in policy.levels:
        made[name] = pc.fill_null(batch.column(name).cast(pa.string()), MISSING)
    for one in policy.variables:
        codes = pc.index_in(
            pc.fill_null(batch.column(one.name).cast(pa.string()), MISSING), pa.array(one.categories)
        )
        if codes.null_count:
            raise DataRefused(
                "category",
                f"The column {one.name} holds what is none of the categories that the policy lists.",
                "List every category in the policy, whether somebody is of it or not.",
            )
        made[one.name] = codes.cast(pa.int16())
    return pa.table(made | {one.name: _whole(batch.column(one.name), one) for one in policy.measures})


def _whole(values: pa.Array, one: Measure) -> pa.Array:
    """Return a measure in whole units: their sum is the same in any order."""
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    if not any(is_(values.type) for is_ in kinds):
        raise DataRefused(
            "measure", f"The column {one.name} holds no numbers.", "Correct the policy or the file."
        )
    numbers = values.cast(pa.float64())
    numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
    outside = pc.or_(pc.less(numbers, one.low), pc.greater(numbers, one.high))
    if pc.any(outside).as_py():
        raise DataRefused(
            "range",
            f"The column {one.name} holds values outside the range that the policy gives.",
            "Correct the range, or take out what is no measurement.",
        )
    return pc.round(pc.multiply(numbers, float(one.scale))).cast(pa.int64())


def _check_once(rows: Any, policy: Policy) -> None:
    whose = [policy.pupil, *([policy.period] if policy.period else [])]
    often = rows.group_by(whose).agg(rows=rows.count())
    if int(often.filter(often.rows > 1).count().to_pyarrow().as_py()):
        raise DataRefused(
            "twice",
            f"A pupil stands in the file more than once{f' for one {policy.period}' if policy.period else ''}.",
            "Keep one row for each pupil, and for each period where there are several.",
        )


# --- what was found, coded ---


def coded(found: pa.Table, policy: Policy) -> Counted:
    """Return what the expression found with codes for areas, sorted; refuse what contradicts the policy."""
    found = found.combine_chunks()
    areas = {name: tuple(sorted(pc.unique(found[name]).to_pylist())) for name in policy.levels}
    _check_nested(found, areas)
    _check_possible(found, policy)
    for name, codes in areas.items():
        place = found.column_names.index(name)
        found = found.set_column(place, name, pc.index_in(found[name], pa.array(codes)).cast(pa.int32()))
    order = [(name, "ascending") for name in dimensions(policy)]
    return Counted(found.sort_by(order).combine_chunks(), areas)


def _check_nested(found: pa.Table, areas: dict[str, tuple[str, ...]]) -> None:
    """Refuse areas of which one lies in two larger ones: their difference would be a group that nobody looked at."""
    for large, small in zip(areas, list(areas)[1:], strict=False):
        pairs = found.group_by([large, small]).aggregate([])
        named = pairs.filter(pc.not_equal(pairs[small], MISSING))
        if named.num_rows != len(set(areas[small]) - {MISSING}):
            raise DataRefused(
                "areas",
                f"One of the areas {small} lies in two of {large}.",
                "Give areas that lie in one another, or take the level out of the policy.",
            )


def _check_possible(found: pa.Table, policy: Policy) -> None:
    for combination in policy.impossible:
        there = pa.scalar(value=True)
        for name, category in combination:
            variable = policy.variable(name)
            place = variable.categories.index(category) if variable else -1
            there = pc.and_(there, pc.equal(found[name], place))
        if pc.any(there).as_py():
            raise DataRefused(
                "impossible",
                f"The file has children of whom the policy says that there are none: {', '.join(dict(combination))}.",
                "Take the combination out of the policy, or correct the file.",
            )
