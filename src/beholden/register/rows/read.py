# SPDX-License-Identifier: Apache-2.0
"""Reads rows out of the register. Only `beholden.gate.actions` may open this room (an import contract holds it).

Every file is checked against its manifest before a row of it is used: a changed byte refuses the whole read. What was
put right stands in the place of what the file says (`corrected`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Max

from beholden.refusals import Refusal
from beholden.register.rows import corrected
from beholden.register.rows.files import whole
from beholden.register.rows.models import Correction, Return, Stored
from beholden.register.rules import Scalar, Verdict
from beholden.register.vault.wall import keeper


@dataclass(frozen=True, slots=True)
class Upto:
    """What of one census was there to read: the numbers of its newest row file and its newest correction, or 0.

    Numbers are given while nobody else enters anything (`one_at_a_time`), so they come in the order of the commits, and
    what came after is behind them. Times do not: each is that of an action's begin.
    """

    file: int
    correction: int


def upto(collection: str, term: str, year: int) -> Upto:
    """Return what of one census is there to read by now, so that the very same can be read again."""
    census = {"year": year, "term": term, "collection": collection}
    with keeper():
        files = Stored.objects.filter(**{f"source__{name}": value for name, value in census.items()})
        lines = Correction.objects.filter(**census)
        newest = [rows.aggregate(newest=Max("pk"))["newest"] or 0 for rows in (files, lines)]
    return Upto(*newest)


def population(collection: str, term: str, year: int, school_years: tuple[str, ...] = ()) -> pa.Table:
    """Return `person` (16 bytes, sorted, each once) of everybody on roll in one census, or in the years named."""
    table = _on_roll(collection, term, year, ("nc_year",))
    if school_years:
        table = table.filter(pc.is_in(table["nc_year"], value_set=pa.array(school_years)))
    ids = pc.unique(table["person"])
    return pa.table({"person": ids.take(pc.sort_indices(ids))})


def rows(
    collection: str,
    term: str,
    year: int,
    items: tuple[str, ...],
    people: pa.Array,
    *,
    upto: Upto | None = None,
) -> pa.Table:
    """Return `person` and the named items of the named people, one row each, as the newest accepted returns say.

    `upto`: as they said when no more was there than that, whatever was superseded or put right since. A child on two
    rolls at once (dual registration) gives the row of the main registration: enrol status C or M first.
    """
    table = _on_roll(collection, term, year, tuple(dict.fromkeys((*items, "enrol_status"))), upto=upto)
    return table.take(_places(table, people)).select(["person", *items])


def everybody(
    collection: str, term: str, year: int, items: tuple[str, ...], *, among: pa.Array | None = None
) -> pa.Table:
    """Return `person`, `school` and the named items of everybody on roll in one census, or of some, one row each.

    Which row, where a child has two: as `rows` has it. The school is the one that sent it.
    """
    columns = tuple(dict.fromkeys((*items, "enrol_status")))
    table = _on_roll(collection, term, year, columns, schools=True)
    places = _places(table, pc.unique(table["person"]) if among is None else among)
    return table.take(places).select(["person", "school", *items])


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


def named_by_school(collection: str, term: str, year: int, people: pa.Array) -> dict[str, tuple[int, int]]:
    """Return for each school of one census how many of the named people are on its roll, and how many there are."""
    with keeper():
        files = Stored.objects.filter(
            retired_at__isnull=True,
            source__status="accepted",
            source__collection=collection,
            source__term=term,
            source__year=year,
        )
        held = list(files.select_related("source"))
    found: dict[str, tuple[int, int]] = {}
    for file in held:
        content = pa.BufferReader(whole(file.path, file.digest))
        table = pq.read_table(content, columns=["person", "on_roll"])
        ids = pc.unique(table.filter(table["on_roll"])["person"])
        named = int(pc.sum(pc.is_in(ids, value_set=people)).as_py() or 0)
        before = found.get(file.source.school, (0, 0))
        found[file.source.school] = (before[0] + named, before[1] + len(ids))
    return found


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What one return in force says of one person: of which census, from which school, received when.

    `put_right` are the items whose value was corrected, `disputed` those with which the family disagrees.
    """

    collection: str
    term: str
    year: int
    school: str
    received_at: datetime
    on_roll: bool
    values: Mapping[str, object] = field(repr=False)
    put_right: frozenset[str] = frozenset()
    disputed: frozenset[str] = frozenset()


def of_person(person: UUID) -> tuple[HeldRow, ...]:
    """Return everything that the returns in force say of one person, newest census first.

    Looks into every file for the one id, so it takes longer the more files there are (bench/subject_copy.py).
    """
    found: list[HeldRow] = []
    with keeper():
        right = corrected.of_person(person)
    for source, content in _naming(person):
        rows = pq.read_table(content)
        rows = rows.filter(pc.equal(rows["person"], pa.scalar(person.bytes, type=rows["person"].type)))
        mine = right.get((source.collection, source.term, source.year or 0, source.school), corrected.NONE)
        for row in corrected.put_over(rows, mine).to_pylist():
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
                    frozenset(item for (_, item), one in mine.items() if one.put_right),
                    frozenset(item for (_, item), one in mine.items() if one.disputed),
                )
            )
    return tuple(sorted(found, key=lambda one: one.received_at, reverse=True))


@dataclass(frozen=True, slots=True)
class Roll:
    """That one return in force names a person: of which census and school, received when, and if on its roll."""

    collection: str
    term: str
    year: int
    school: str
    received_at: datetime
    on_roll: bool


def rolls_of(person: UUID) -> tuple[Roll, ...]:
    """Return on which rolls a person stands or stood, by the returns in force, newest first. Reads no item."""
    found: list[Roll] = []
    for source, content in _naming(person):
        rows = pq.read_table(content, columns=["person", "on_roll"])
        rows = rows.filter(pc.equal(rows["person"], pa.scalar(person.bytes, type=rows["person"].type)))
        found += [
            Roll(source.collection, source.term, source.year or 0, source.school, source.at, on_roll)
            for on_roll in rows["on_roll"].to_pylist()
        ]
    return tuple(sorted(found, key=lambda one: one.received_at, reverse=True))


def _naming(person: UUID) -> Iterator[tuple[Return, pa.BufferReader]]:
    """Yield each return in force whose row file names a person, with the file, checked."""
    with keeper():
        files = Stored.objects.filter(retired_at__isnull=True, source__status="accepted")
        held = list(files.select_related("source"))
    for file in held:
        content = pa.BufferReader(whole(file.path, file.digest))
        if pc.index(pq.read_table(content, columns=["person"])["person"], person.bytes).as_py() >= 0:
            yield file.source, content


@dataclass(frozen=True, slots=True)
class Changed:
    """One line about a value: its number, whose, which school's, which item, what came of it, what holds instead."""

    number: int
    person: UUID
    school: str
    item: str
    verdict: Verdict
    value: Scalar = field(repr=False)


def changed(
    collection: str, term: str, year: int, *, after: int, since: datetime
) -> tuple[tuple[Changed, ...], int]:
    """Return every line about one census behind a number and not before a moment, and the newest number there is.

    A dispute that still stands is returned from before that moment, too. Numbers come in the order of their commits, so
    behind the newest that is returned here nothing older appears.
    """
    with keeper():
        rows = Correction.objects.filter(pk__gt=after).order_by("pk")
        held = list(rows)
    upto = held[-1].pk if held else after
    mine = [row for row in held if (row.collection, row.term, row.year) == (collection, term, year)]
    newest = {(row.person, row.school, row.item): row.pk for row in mine}
    return tuple(
        Changed(row.pk, row.person, row.school, row.item, Verdict(row.verdict), row.value)
        for row in mine
        if row.at >= since
        or (row.verdict == Verdict.DISPUTED.value and newest[row.person, row.school, row.item] == row.pk)
    ), upto


def _shifted(column: pa.Array) -> pa.Array:
    """The same column one place later, with a null before it: what each row is compared with."""
    return pa.concat_arrays([pa.nulls(1, column.type), column[:-1]]) if len(column) else column


def _on_roll(
    collection: str,
    term: str,
    year: int,
    columns: tuple[str, ...],
    *,
    upto: Upto | None = None,
    schools: bool = False,
) -> pa.Table:
    tables = []
    with keeper():
        files = Stored.objects.filter(
            source__collection=collection, source__term=term, source__year=year
        ).order_by("id")
        if upto is None:
            files = files.filter(retired_at__isnull=True, source__status="accepted")
        else:
            files = files.filter(pk__lte=upto.file)
        held = list(files.select_related("source"))
        newest = {
            file.source.school: file.source.pk for file in held
        }  # each return supersedes the one before
        named = [
            (file.path, file.digest, file.rows, file.source.school)
            for file in held
            if file.source.pk == newest[file.source.school]
        ]
        right = corrected.of_census(
            collection, term, year, columns, upto=None if upto is None else upto.correction
        )
    wanted = ["person", "on_roll", *columns]
    for path, digest, count, school in named:
        # A school's file is small: to look for partitions and to start threads would take a quarter of the time.
        file = pq.ParquetFile(pa.BufferReader(whole(path, digest)))
        table = file.read(wanted, use_threads=False).select(wanted)
        if table.num_rows != count:
            raise Refusal(
                "register.file_changed",
                f"The row file {path} has another number of rows than its manifest says.",
                next_step="Run `beholden fsck`, and restore this file from a backup.",
                authority="UK GDPR Art 32(1)(b)",
            )
        table = corrected.put_over(table, right.get(school, corrected.NONE))
        if schools:
            table = table.append_column("school", pa.repeat(school, table.num_rows))
        tables.append(table.filter(table["on_roll"]).drop_columns(["on_roll"]))
    if not tables:
        raise Refusal(
            "register.nothing_held",
            "The register holds no return of this collection and term.",
            next_step="Look at which returns have been received.",
            authority="D1",
        )
    return pa.concat_tables(tables).combine_chunks()
