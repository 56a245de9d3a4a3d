# SPDX-License-Identifier: Apache-2.0
"""Writes one immutable row file. A return lands as one file; nothing is ever changed in place.

Contract: when `land` returns, the file and its name are on disk, and what was hashed is what was read back. The
manifest row that names it is committed later, with the vault's rows; a crash between leaves an orphan nobody reads.
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from beholden.home.files import write_durably

SCHEMA = 1
"""The version of the columns. A new type is a new item, never a changed one."""


@dataclass(frozen=True, slots=True)
class Landed:
    """A file on disk: its path below the row folder, SHA-256 of its bytes in hex, and its number of rows."""

    path: str
    digest: str
    rows: int


def land(folder: Path, stem: str, table: pa.Table) -> Landed:
    """Write a table as Parquet (zstd) under a fresh name and return what landed."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_statistics=False)
    name = f"{stem}-{secrets.token_hex(8)}.parquet"
    write_durably(folder / name, buffer.getvalue())
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return Landed(name, digest, table.num_rows)
