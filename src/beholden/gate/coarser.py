# SPDX-License-Identifier: Apache-2.0
"""Makes a fact as coarse as it was granted: of a day, its month. Reads nothing and keeps nothing."""

import pyarrow as pa
import pyarrow.compute as pc


def by_month(rows: pa.Table, items: tuple[str, ...]) -> pa.Table:
    """Return rows in which a day of these items is the first of its month."""
    for item in items:
        month = pc.floor_temporal(rows[item], unit="month").cast(rows[item].type)
        rows = rows.set_column(rows.column_names.index(item), item, month)
    return rows
