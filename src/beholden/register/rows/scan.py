# SPDX-License-Identifier: Apache-2.0
"""Looks into row files for the register's own checks. Returns counts, findings and membership: no item leaves here."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q

from beholden.home import here
from beholden.register.rows import corrected
from beholden.register.rows.files import whole
from beholden.register.rows.models import Stored
from beholden.register.rules import Place

_YEAR = "nc_year"


def on_roll_at(
    school: str, *, collection: str, term: str, year: int, school_years: tuple[str, ...] = ()
) -> frozenset[bytes]:
    """Return the person ids (16 bytes) on roll in a school's return in force of one census, or in the years named.

    Of that census only: an older return still names children who have gone to another school. A year that was put right
    counts as it is now, as it does for the gate. Runs inside `keeper()`.
    """
    files = Stored.objects.filter(
        retired_at__isnull=True,
        source__status="accepted",
        source__school=school,
        source__collection=collection,
        source__term=term,
        source__year=year,
    ).values_list("path", "digest")
    right = corrected.of_census(collection, term, year, (_YEAR,), school=school).get(school, corrected.NONE)
    return _on_roll_in(tuple(files), school_years, right)


def counted_on_roll(
    school: str, *, collection: str, term: str, year: int, school_years: tuple[str, ...] = (), at: datetime
) -> int:
    """Return how many people a school's return of one census had on roll, or in the years named, as held at a moment.

    A return that was superseded later counts for the moments before that, and a year as it was put right by then. Runs
    inside `keeper()`.
    """
    then = Q(made_at__lte=at) & (Q(retired_at__isnull=True) | Q(retired_at__gt=at))
    files = Stored.objects.filter(
        then,
        source__school=school,
        source__collection=collection,
        source__term=term,
        source__year=year,
    ).values_list("path", "digest")
    right = corrected.of_census(collection, term, year, (_YEAR,), school=school, until=at)
    return len(_on_roll_in(tuple(files), school_years, right.get(school, corrected.NONE)))


def has_row(person: UUID, place: Place, item: str) -> bool:
    """Say whether a return in force has a row about a person with a column for an item. Runs inside `keeper()`."""
    files = Stored.objects.filter(
        retired_at__isnull=True,
        source__status="accepted",
        source__school=place.school,
        source__collection=place.collection,
        source__term=place.term,
        source__year=place.year,
    )
    for path, digest in files.values_list("path", "digest"):
        content = whole(path, digest)
        if item not in pq.read_schema(pa.BufferReader(content)).names:
            continue
        people = pq.read_table(pa.BufferReader(content), columns=["person"])["person"]
        if pc.index(people, person.bytes).as_py() >= 0:
            return True
    return False


def _on_roll_in(
    files: tuple[tuple[str, str], ...], school_years: tuple[str, ...], right: corrected.Values
) -> frozenset[bytes]:
    found: set[bytes] = set()
    for path, digest in files:
        content = pa.BufferReader(whole(path, digest))
        table = pq.read_table(content, columns=["person", "on_roll", _YEAR])
        table = table.filter(table["on_roll"])
        if school_years:
            table = corrected.put_over(table, right)
            table = table.filter(pc.is_in(table[_YEAR], value_set=pa.array(school_years)))
        found.update(table["person"].to_pylist())
    return frozenset(found)


def columns(path: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of a row file and their types, in the catalogue's words for types."""
    with pq.ParquetFile(here().rows / path) as file:
        return tuple((column.name, _type(column.type)) for column in file.schema_arrow)


def rows_in(path: str) -> int:
    """Return how many rows a row file has."""
    with pq.ParquetFile(here().rows / path) as file:
        return int(file.metadata.num_rows)


def people_in(path: str) -> Iterator[frozenset[bytes]]:
    """Yield the person ids of a row file, some thousand rows at a time, each batch without doubles."""
    with pq.ParquetFile(here().rows / path) as file:
        for batch in file.iter_batches(batch_size=5_000, columns=["person"]):
            yield frozenset(batch.column(0).to_pylist())


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        inside = kind.value_type
        if pa.types.is_struct(inside):
            parts = ",".join(f"{part.name}:{_type(part.type)}" for part in inside)
            return f"list<struct<{parts}>>"
        return f"list<{_type(inside)}>"
    return {"date32[day]": "date32", "fixed_size_binary[16]": "binary16"}.get(str(kind), str(kind))
