# SPDX-License-Identifier: Apache-2.0
"""Looks into row files for the register's own checks. Returns counts, findings and membership: no item leaves here."""

import pyarrow.parquet as pq

from beholden.home import here
from beholden.register.rows.models import Stored


def on_roll_at(school: str) -> frozenset[bytes]:
    """Return the person ids (16 bytes) on roll in a school's returns in force. Runs inside `keeper()`."""
    folder = here().rows
    found: set[bytes] = set()
    files = Stored.objects.filter(
        retired_at__isnull=True, source__status="accepted", source__school=school
    ).values_list("path", flat=True)
    for path in files:
        table = pq.read_table(folder / path, columns=["person", "on_roll"])
        found.update(table.filter(table["on_roll"])["person"].to_pylist())
    return frozenset(found)
