# SPDX-License-Identifier: Apache-2.0
"""A table as CSV, one line for each cell: where it is, its value, and its symbol and reason where it has none."""

import csv
import io

from beholden.tables.document import Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(given: Table) -> str:
    """Return a table as CSV (RFC 4180). A hidden cell is empty and has its symbol; it is never nought."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*given.by, *heads(given.by)])
    for at, cell in given.rows():
        value = "" if cell.value is None else cell.value
        writer.writerow([*map(harmless, at), value, cell.symbol, cell.why])
    return out.getvalue()


def heads(by: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the names of the columns that no field has: of values, of symbols, of reasons."""
    value, symbol, why = (f"{name}_" if name in by else name for name in ("value", "symbol", "why"))
    return value, symbol, why


def harmless(cell: str) -> str:
    """Return words so that no spreadsheet runs them as a formula: with an apostrophe before them, if it would."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
