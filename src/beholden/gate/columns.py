# SPDX-License-Identifier: Apache-2.0
"""Says of which group of a column each row is, as public tables have it, and what share it has. No clock."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beholden.catalogue import Column, Share


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


def share_of(share: Share, rows: pa.Table, kept: pa.Array) -> pa.Array:
    """Return of each row how many of a hundred of its whole are of the codes.

    Nothing of whose facts should have been wiped (`kept` is false), of whom nothing is said, of who has no whole, and
    where more is of the codes than there is of the whole: that is a slip of the school, and no share.
    """
    counted, whole = (rows[item].combine_chunks() for item in share.items)
    each = counted.flatten()
    of_codes = pc.is_in(each.field("code"), value_set=pa.array(share.codes))
    many = pc.if_else(of_codes, pc.fill_null(each.field("sessions"), 0), 0)
    sums = np.bincount(pc.list_parent_indices(counted), weights=many, minlength=len(counted))
    most = pc.fill_null(whole, 0).to_numpy()
    said = pc.and_(pc.is_valid(counted), kept).to_numpy(zero_copy_only=False) & (most > 0) & (sums <= most)
    return pa.array(100.0 * sums / np.maximum(most, 1), mask=~said)
