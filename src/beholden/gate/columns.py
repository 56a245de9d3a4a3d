# SPDX-License-Identifier: Apache-2.0
"""Says of which group of a column each row is, as public tables have it, and how the log names it. No clock."""

import hashlib
import re

import pyarrow as pa
import pyarrow.compute as pc

from beholden.catalogue import Column

_NO_SIGN = re.compile(r"[^a-z0-9]+")


def group_of(column: Column, rows: pa.Table) -> pa.Array:
    """Return the group of each row; nothing where no group has its code."""
    codes = (
        pc.utf8_slice_codeunits(rows["school"], 0, column.signs)
        if column.item is None
        else pc.cast(rows[column.item], pa.string())
    )
    places = pc.index_in(codes, value_set=pa.array(list(column.groups)))
    return pa.array(list(column.groups.values()), type=pa.string()).take(
        pa.chunked_array(places).combine_chunks()
    )


def slug(group: str) -> str:
    """Return a group's name as the log has it: one word, also where none of its letters stands in a word of the log."""
    plain = _NO_SIGN.sub("-", group.lower()).strip("-")
    return plain[:60] or f"group-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
