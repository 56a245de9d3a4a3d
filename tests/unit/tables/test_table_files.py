# SPDX-License-Identifier: Apache-2.0
"""JSON-stat and Excel, judged by other people's readers: each says what the table says, cell by cell."""

import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonstat_validator import validate_jsonstat

from beholden.refusals import Refusal
from beholden.tables import jsonstat, workbook
from beholden.tables.jsonstat import Roles
from unit.tables.paper_tables import table, tables

SAYS = {"region": "Region", "year": "Year"}
MADE = table({"region": ["North", "South"], "year": ["2026", "2027"]}, [100, "small", "area", 2.5])


def test_json_stat_has_values_and_symbols_side_by_side():
    held = jsonstat.dataset(
        MADE, SAYS, Roles("region", "year"), "https://records.example.org/tables/roll?ask=count"
    )
    assert validate_jsonstat(held)
    assert held["value"] == [100, None, None, 2.5]
    assert held["status"] == {"1": "c", "2": "x"}
    assert held["role"] == {"geo": ["region"], "time": ["year"]}
    assert held["dimension"]["region"] == {"label": "Region", "category": {"index": ["North", "South"]}}
    assert held["label"] == "Number of children, by region and year"
    assert held["extension"]["why"] == {"1": "small", "2": "area"}
    assert "c: Fewer than 10 children, or nearly so." in held["note"]


def test_what_is_not_asked_by_has_no_role():
    held = jsonstat.dataset(table({"sex": ["F"]}, [5]), {}, Roles("region", "year"))
    assert validate_jsonstat(held)
    assert "role" not in held
    assert "href" not in held


@given(tables())
@settings(max_examples=50)
def test_every_table_is_good_json_stat(made):
    held = json.loads(json.dumps(jsonstat.dataset(made, {}, Roles(made.by[0]))))
    assert validate_jsonstat(held)
    assert held["value"] == [cell.value for cell in made.cells]
    assert {int(place): one for place, one in held["status"].items()} == {
        place: cell.symbol for place, cell in enumerate(made.cells) if cell.value is None
    }


def opened(raw):
    return openpyxl.load_workbook(io.BytesIO(raw))


def test_a_workbook_has_the_cells_and_says_what_they_are():
    book = opened(workbook.workbook(MADE, SAYS, "https://records.example.org/tables/roll"))
    assert book.sheetnames == ["Table", "About"]
    assert list(book["Table"].values) == [
        ("Region", "Year", "Value", "Symbol", "Why"),
        ("North", "2026", 100, None, None),
        ("North", "2027", None, "c", "small"),
        ("South", "2026", None, "x", "area"),
        ("South", "2027", 2.5, None, None),
    ]
    about = dict(book["About"].values)
    assert about["What"] == "Number of children, by region and year"
    assert about["Source"] == MADE.cite
    assert about["c"] == "Fewer than 10 children, or nearly so. 1 of the cells."
    assert about["Address"] == "https://records.example.org/tables/roll"


@pytest.mark.parametrize("category", ["=1+1", "{=1+1}", "@SUM(A1)", "http://elsewhere.example", "-5", "007"])
def test_no_category_becomes_a_formula_a_link_or_a_number(category):
    cell = opened(workbook.workbook(table({"area": [category]}, [5]), {}))["Table"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (category, "s", None)


def test_one_table_is_one_file_and_the_file_names_no_day_and_nobody():
    made = workbook.workbook(MADE, SAYS)
    assert made == workbook.workbook(MADE, SAYS)
    with zipfile.ZipFile(io.BytesIO(made)) as held:
        core = held.read("docProps/core.xml").decode()
    assert "2000-01-01" in core
    assert "<dc:creator></dc:creator>" in core


def test_what_is_too_long_for_a_workbook_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_CELLS", 3)
    with pytest.raises(Refusal, match=r"^tables\.too_long:"):
        workbook.workbook(MADE, SAYS)


printed = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=6)


@given(tables(words=printed))
@settings(max_examples=50)
def test_every_table_is_a_good_workbook(made):
    lines = list(opened(workbook.workbook(made, {}))["Table"].values)[1:]
    width = len(made.by)
    assert [tuple(line[:width]) for line in lines] == [at for at, _ in made.rows()]
    assert [line[width] for line in lines] == [cell.value for cell in made.cells]
    assert [line[width + 1] or "" for line in lines] == [cell.symbol for cell in made.cells]
