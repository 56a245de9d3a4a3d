# SPDX-License-Identifier: Apache-2.0
"""Reads rows out of the register. Only `beholden.gate.actions` may open this room (an import contract holds it).

Every file is checked against its manifest before a row of it is used: a changed byte refuses the whole read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beholden.refusals import Refusal
from beholden.register.rows.files import whole
from beholden.register.rows.models import Stored
from beholden.register.vault.wall import keeper


def population(collection: str, term: str, year: int, school_years: tuple[str, ...] = ()) -> pa.Table:
    """Return `person` (16 bytes, sorted, each once) of everybody on roll in one census, or in the years named."""
    table = _on_roll(collection, term, year, ("nc_year",))
    if school_years:
        table = table.filter(pc.is_in(table["nc_year"], value_set=pa.array(school_years)))
    ids = pc.unique(table["person"])
    return pa.table({"person": ids.take(pc.sort_indices(ids))})


def rows(collection: str, term: str, year: int, items: tuple[str, ...], people: pa.Array) -> pa.Table:
    """Return `person` and the named items of the named people, one row each, as the newest accepted returns say.

    A child on two rolls at once (dual registration) gives the row of the main registration: enrol status C or M first.
    """
    table = _on_roll(collection, term, year, tuple(dict.fromkeys((*items, "enrol_status"))))
    return table.take(_places(table, people)).select(["person", *items])


def _places(table: pa.Table, people: pa.Array) -> pa.Array:
    """Return where the one row of each of the named people stands, in the order of people.

    Found in two columns alone, so that all the others are moved once.
    """
    places = pc.indices_nonzero(pc.is_in(table["person"], value_set=people))
    person = table["person"].take(places)
    main = pc.is_in(table["enrol_status"].take(places), value_set=pa.array(["C", "M"]))
    found = pa.table({"person": person, "rank": pc.if_else(main, 0, 1), "place": places})
    found = found.sort_by([("person", "ascending"), ("rank", "ascending"), ("place", "ascending")])
    person = found["person"].combine_chunks()
    first = pc.fill_null(pc.not_equal(person, _shifted(person)), fill_value=True)
    return found["place"].filter(first).combine_chunks()


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What one return in force says of one person: of which census, from which school, received when."""

    collection: str
    term: str
    year: int
    school: str
    received_at: datetime
    on_roll: bool
    values: Mapping[str, object]


def of_person(person: UUID) -> tuple[HeldRow, ...]:
    """Return everything that the returns in force say of one person, newest census first.

    Looks into every file for the one id, so it takes longer the more files there are (bench/subject_copy.py).
    """
    found: list[HeldRow] = []
    with keeper():
        files = Stored.objects.filter(retired_at__isnull=True, source__status="accepted")
        held = list(files.select_related("source"))
    for file in held:
        content = pa.BufferReader(whole(file.path, file.digest))
        place = pc.index(pq.read_table(content, columns=["person"])["person"], person.bytes).as_py()
        if place < 0:
            continue
        rows = pq.read_table(content)
        rows = rows.filter(pc.equal(rows["person"], pa.scalar(person.bytes, type=rows["person"].type)))
        source = file.source
        for row in rows.to_pylist():
            values = {name: value for name, value in row.items() if name not in {"person", "on_roll"}}
            found.append(
                HeldRow(
                    source.collection,
                    source.term,
                    source.year or 0,
                    source.school,
                    source.at,
                    row["on_roll"],
                    values,
                )
            )
    return tuple(sorted(found, key=lambda one: one.received_at, reverse=True))


def _shifted(column: pa.Array) -> pa.Array:
    """The same column one place later, with a null before it: what each row is compared with."""
    return pa.concat_arrays([pa.nulls(1, column.type), column[:-1]]) if len(column) else column


def _on_roll(collection: str, term: str, year: int, columns: tuple[str, ...]) -> pa.Table:
    tables = []
    with keeper():
        files = Stored.objects.filter(
            retired_at__isnull=True,
            source__status="accepted",
            source__collection=collection,
            source__term=term,
            source__year=year,
        ).order_by("id")
        named = [(file.path, file.digest, file.rows) for file in files]
    for path, digest, count in named:
        content = whole(path, digest)
        table = pq.read_table(pa.BufferReader(content), columns=["person", "on_roll", *columns])
        if table.num_rows != count:
            raise Refusal(
                "register.file_changed",
                f"The row file {path} has another number of rows than its manifest says.",
                next_step="Run `beholden fsck`, and restore this file from a backup.",
                authority="UK GDPR Art 32(1)(b)",
            )
        tables.append(table.filter(table["on_roll"]).drop_columns(["on_roll"]))
    if not tables:
        raise Refusal(
            "register.nothing_held",
            "The register holds no return of this collection and term.",
            next_step="Look at which returns have been received.",
            authority="D1",
        )
    return pa.concat_tables(tables).combine_chunks()
