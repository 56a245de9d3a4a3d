# SPDX-License-Identifier: Apache-2.0
"""Puts what was corrected over what a row file says. The one place that does; every reader of rows comes through here.

A correction is a pending difference: files are immutable, so it lies beside them until a rewrite folds it in
(docs/adr/0006). Of several about one value the newest counts. Runs inside `keeper()`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from beholden.register.rows.models import Correction
from beholden.register.rules import Scalar, Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of one value now: `value` in place of the return's own, if put right; and whether it is disputed."""

    put_right: bool
    value: Scalar = field(repr=False)
    disputed: bool


Values = Mapping[tuple[UUID, str], Standing]
"""By person and item, within one school's return of one census."""

NONE: Values = MappingProxyType({})


def of_census(
    collection: str,
    term: str,
    year: int,
    items: Sequence[str],
    *,
    school: str | None = None,
    until: datetime | None = None,
    upto: int | None = None,
) -> Mapping[str, Values]:
    """Return what counts of these items in one census, by school. A school without a correction is absent.

    `school`: of that school alone. `until`: as it counted at a moment; `upto`: as it counted when that was the newest
    line; neither: as it counts now.
    """
    rows = Correction.objects.filter(collection=collection, term=term, year=year, item__in=items)
    if school is not None:
        rows = rows.filter(school=school)
    if until is not None:
        rows = rows.filter(at__lte=until)
    if upto is not None:
        rows = rows.filter(pk__lte=upto)
    found: dict[str, dict[tuple[UUID, str], Standing]] = {}
    for row in rows.order_by("pk").iterator(chunk_size=1_000):
        _add(found.setdefault(row.school, {}), row)
    return found


def of_person(person: UUID) -> Mapping[tuple[str, str, int, str], Values]:
    """Return what counts of one person's values, by collection, term, year and school."""
    found: dict[tuple[str, str, int, str], dict[tuple[UUID, str], Standing]] = {}
    for row in Correction.objects.filter(person=person).order_by("pk"):
        place = (row.collection, row.term, row.year, row.school)
        _add(found.setdefault(place, {}), row)
    return found


def _add(found: dict[tuple[UUID, str], Standing], row: Correction) -> None:
    """Let a newer line speak: a new value ends a dispute; a dispute leaves standing what stood."""
    before = found.get((row.person, row.item))
    if row.verdict == Verdict.PUT_RIGHT.value:
        found[row.person, row.item] = Standing(put_right=True, value=row.value, disputed=False)
    elif before is None:
        found[row.person, row.item] = Standing(put_right=False, value=None, disputed=True)
    else:
        found[row.person, row.item] = Standing(before.put_right, before.value, disputed=True)


def put_over(table: pa.Table, values: Values) -> pa.Table:
    """Return rows of one school's return with every value that was put right in its place."""
    for item in sorted({item for (_, item), one in values.items() if one.put_right}):
        if item in table.column_names:
            table = _put(table, item, values)
    return table


def _put(table: pa.Table, item: str, values: Values) -> pa.Table:
    right = {person.bytes: one.value for (person, of), one in values.items() if of == item and one.put_right}
    place, kind = table.column_names.index(item), table[item].type
    ids = table["person"].combine_chunks()
    mask = pc.is_in(ids, value_set=pa.array(list(right), type=ids.type))
    wanted = [typed(right[one], kind) for one in ids.filter(mask).to_pylist()]
    column = pc.replace_with_mask(table[item].combine_chunks(), mask, pa.array(wanted, type=kind))
    return table.set_column(place, item, column)


def typed(value: Scalar, kind: pa.DataType) -> Scalar | date:
    """Return a corrected value as its column has it: a day is kept as ISO text."""
    return date.fromisoformat(value) if pa.types.is_date(kind) and isinstance(value, str) else value
