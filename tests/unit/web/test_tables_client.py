# SPDX-License-Identifier: Apache-2.0
"""The client of notebooks, against the pages as they are served: cell by cell, and no by no (D24)."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pandas as pd
import polars as pl
import pytest

from beholden.refusals import Refusal
from beholden.tables import client, document
from beholden.tables.client import Tables
from unit.web.test_gallery import site  # noqa: F401  the same pages


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@pytest.fixture
def roll(tables, site):  # noqa: F811
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
        yield Tables(site, "pupils")


def test_a_count_is_the_table_of_the_page(roll, tables):
    answer = roll.count(by=["region", "sex", "census"], show={"census": ["spring 2027"]})
    assert tables.asked[-1][0] == {
        "about": "pupils",
        "ask": "count",
        "by": ["region", "sex", "census"],
        "show": {"census": ["spring 2027"]},
    }
    assert answer.table.by == ("region", "census", "sex")
    assert answer.cite == f"Pupils on roll in an invented country, by census. {tables.cube.manifest.name}."
    assert answer.hidden[0].symbol == "c"
    assert "random error" in answer.error


def test_rates_and_means_are_asked_too(roll):
    assert roll.rate("yes", of="free_meals", by=["census"]).table.asked == "rate"
    assert roll.mean("absence", by=["census", "sex"]).table.asked == "mean"
    assert roll.ask({"about": "pupils", "ask": "count", "by": ("census",)}).table.asked == "count"


def test_where_there_is_one_data_set_it_need_not_be_named(roll, site):  # noqa: F811
    assert Tables(site + "/").count(by=["census"]).table.question["about"] == "pupils"
    assert list(roll.data_sets) == ["pupils"]


def test_a_hidden_cell_is_missing_with_its_symbol_in_a_column_of_its_own(roll):
    answer = roll.count(by=["region", "sex", "census"], show={"census": ["spring 2027"]})
    hidden = [cell.value is None for cell in answer.table.cells]
    frame = answer.pandas()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["region", "census", "sex", "value", "symbol", "why"]
    assert frame["value"].isna().tolist() == hidden
    assert frame["symbol"].isna().tolist() == [not one for one in hidden]
    assert frame["value"].sum() == sum(cell.value or 0 for cell in answer.table.cells)
    other = answer.polars()
    assert isinstance(other, pl.DataFrame)
    assert other["value"].is_null().to_list() == hidden
    assert other["why"].drop_nulls().unique().to_list() == ["small"]
    assert other.rows() == [
        (*at, cell.value, cell.symbol or None, cell.why or None) for at, cell in answer.table.rows()
    ]


def test_a_table_without_cells_has_its_columns(roll):
    answer = roll.count(by=["region", "census"], show={"region": ["Nowhere"]})
    assert (
        list(answer.pandas().columns)
        == answer.polars().columns
        == ["region", "census", "value", "symbol", "why"]
    )
    assert len(answer.pandas()) == answer.polars().height == 0


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_not_there_is_said(roll, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    with refused("tables.library"):
        getattr(roll.count(by=["census"]), library)()


def test_a_no_of_the_keeper_is_raised_as_it_came(roll, tables):
    with pytest.raises(Refusal) as no:
        roll.count(by=["census", "religion"])
    assert no.value.code == "tables.withheld"
    assert no.value.next_step == "Nobody's religion is counted. Ask for the number of pupils alone."
    tables.refusing["tables.ask"] = Refusal(
        "tables.enough_today", "Enough.", next_step="Wait.", authority="D24"
    )
    with refused("tables.enough_today"):
        roll.count(by=["census"])


def test_a_data_set_that_is_not_there_is_said(roll, site):  # noqa: F811
    with refused("tables.no_table"):
        Tables(site, "teachers/x").count(by=["census"])


@pytest.mark.parametrize(
    "named", ["records.example.org", "file:///etc", "ftp://records.example.org", "https://", "http://x?y"]
)
def test_what_is_no_site_is_refused(named):
    with refused("tables.site"):
        Tables(named)


def test_a_site_that_does_not_answer_is_said():
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as nobody:
        port = nobody.server_port
    with refused("tables.unreachable"):
        Tables(f"http://127.0.0.1:{port}", "pupils").count(by=["sex"])


@pytest.fixture
def liar():
    """Serve whatever a test says."""

    class Says(BaseHTTPRequestHandler):
        status, body = 200, b""

        def do_GET(self):
            self.send_response(self.status)
            self.send_header("Content-Length", str(len(self.body)))
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Says) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Says.site = f"http://127.0.0.1:{server.server_port}"
        yield Says
        server.shutdown()


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"form": "beholden/table/v1"}', b"\xff\xfe"])
def test_what_is_no_whole_table_is_refused(liar, body):
    liar.body = body
    with refused("tables.document"):
        Tables(liar.site, "pupils").count(by=["sex"])


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data_sets": 5}', b'{"data_sets": [{}]}'])
def test_a_site_that_does_not_say_what_it_has_is_refused(liar, body):
    liar.body = body
    with refused("tables.document"):
        Tables(liar.site).count(by=["sex"])


def test_a_site_of_several_data_sets_must_be_told_which(liar):
    liar.body = b'{"data_sets": [{"name": "pupils"}, {"name": "days"}]}'
    with refused("tables.unnamed"):
        Tables(liar.site).count(by=["sex"])


@pytest.mark.parametrize("body", [b"", b"[]", b'{"refused": {"code": "x"}}', b"<html>"])
def test_a_no_that_cannot_be_read_is_a_no(liar, body):
    liar.status, liar.body = 422, body
    with refused("tables.no_table"):
        Tables(liar.site, "pupils").count(by=["sex"])


def test_an_answer_that_is_larger_than_any_table_is_refused(liar, monkeypatch):
    monkeypatch.setattr(client, "MOST_BYTES", 10)
    liar.body = b"x" * 11
    with pytest.raises(document.DocumentRefused):
        Tables(liar.site, "pupils").count(by=["sex"])
