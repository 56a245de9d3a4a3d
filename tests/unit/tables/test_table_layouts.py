# SPDX-License-Identifier: Apache-2.0
"""A table laid out and as CSV says what the table says, cell by cell."""

import csv
import io

from hypothesis import given

from beholden.tables import grid, tidy
from unit.tables.paper_tables import table, tables


@given(tables())
def test_csv_has_each_cell_once_with_a_value_or_a_symbol(made):
    lines = list(csv.reader(io.StringIO(tidy.table(made), newline="")))
    assert lines[0] == [*made.by, "value", "symbol", "why"]
    assert len(lines) == 1 + len(made.cells)
    for line, (at, cell) in zip(lines[1:], made.rows(), strict=True):
        assert [one.removeprefix("'") for one in line[: len(at)]] == [one.removeprefix("'") for one in at]
        value, symbol, why = line[len(at) :]
        assert (value == "") == (symbol != "") == (why != "")
        assert (float(value) if value else None) == cell.value


def test_a_field_that_is_called_like_a_column_keeps_its_name():
    made = table({"value": ["F"], "why": ["x"]}, [5])
    assert tidy.table(made).splitlines() == ["value,why,value_,symbol,why_", "F,x,5,,"]


def test_no_category_is_run_as_a_formula():
    made = table({"area": ["=1+1", "@home", "-5", "North"]}, [5, 10, -15, "small"])
    lines = tidy.table(made).splitlines()
    assert lines[1:] == ["'=1+1,5,,", "'@home,10,,", "'-5,-15,,", "North,,c,small"]


@given(tables(most=4))
def test_laid_out_each_cell_stands_where_its_heads_say(made):
    cells, alone = dict(made.rows()), dict(made.fixed)
    for period in ("", *made.by):
        laid = grid.grid(made, period)
        seen = 0
        for row in laid.rows:
            for head, cell in zip(laid.heads or ("",), row.cells, strict=True):
                where = alone | dict(zip(laid.down, row.at, strict=True))
                where |= {laid.across: head} if laid.across else {}
                assert cells[tuple(where[name] for name in made.by)] == cell
                seen += 1
        assert seen == len(made.cells)


def test_the_period_goes_across_if_it_fits():
    made = table({"area": ["A", "B"], "sex": ["F", "M"], "year": ["2026", "2027"]}, range(8))
    assert (grid.grid(made, "year").across, grid.grid(made, "sex").across) == ("year", "sex")
    assert grid.grid(made).across == "year"
    long = table({"area": [str(one) for one in range(9)], "sex": ["F"]}, range(9))
    assert (grid.grid(long).across, grid.grid(long).down) == ("", ("area",))
    assert grid.grid(table({"sex": ["F"]}, [5])).down == ("sex",)


def test_each_reason_has_a_mark_of_its_own():
    made = table(
        {"sex": ["F", "M", "missing"], "year": ["7", "8"]}, ["small", "class", "area", "small", 5, 10]
    )
    assert grid.marks(made.hidden) == {"small": "c1", "class": "c2", "area": "x"}
    alone = table({"sex": ["F", "M"]}, ["small", 5])
    assert grid.marks(alone.hidden) == {"small": "c"}
