# SPDX-License-Identifier: Apache-2.0
"""A table as an Excel workbook: one sheet with a line for each cell, one that says what it is and what is hidden.

Nothing in it is a formula, whatever a category is called, and no day or name of a maker is written into the file.
"""

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from beholden.tables.document import Table
from beholden.tables.policy import TablesRefused

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CELLS = 100_000
"""So many lines a person may still look at, and they are written in some seconds. CSV has room for more."""

_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST = 40


def workbook(table: Table, says: Mapping[str, str], address: str = "") -> bytes:
    """Return a table as the bytes of a workbook. `says` has the words for fields; `address` is where it was had."""
    if len(table.cells) > MOST_CELLS:
        raise TablesRefused(
            "too_long",
            f"This table has more than {MOST_CELLS:,} lines, which is the most that a workbook is made of.",
            "Take it as CSV, or ask by fewer fields.",
        )
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _PLAIN) as book:
        book.set_properties({"title": table.title(says), "created": _NO_DAY})
        bold = book.add_format({"bold": True})
        _cells(book.add_worksheet("Table"), table, says, bold)
        _about(book.add_worksheet("About"), table, says, address, bold)
    return held.getvalue()


def _cells(sheet: Worksheet, table: Table, says: Mapping[str, str], bold: object) -> None:
    heads = [*(says.get(name, name) for name in table.by), "Value", "Symbol", "Why"]
    sheet.write_row(0, 0, heads, bold)
    for number, (at, cell) in enumerate(table.rows(), start=1):
        for place, words in enumerate(at):
            sheet.write_string(number, place, words)
        if cell.value is not None:
            sheet.write_number(number, len(at), cell.value)
        else:
            sheet.write_string(number, len(at) + 1, cell.symbol)
            sheet.write_string(number, len(at) + 2, cell.why)
    for place, listed in enumerate(table.categories):
        sheet.set_column(place, place, min(max(map(len, (heads[place], *listed))) + 2, _WIDEST))
    sheet.autofilter(0, 0, len(table.cells), len(heads) - 1)
    sheet.freeze_panes(1, 0)


def _about(sheet: Worksheet, table: Table, says: Mapping[str, str], address: str, bold: object) -> None:
    lines = [
        ("What", table.title(says)),
        ("Source", table.cite),
        ("How exact", table.error),
        *((one.symbol, f"{one.sentence} {one.cells:,} of the cells.") for one in table.hidden),
        ("Address", address),
    ]
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 100)
    for number, (name, words) in enumerate(one for one in lines if one[1]):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, words)
