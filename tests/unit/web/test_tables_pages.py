# SPDX-License-Identifier: Apache-2.0
"""The builder: a form that becomes an address, an address that becomes a table, and a no that says what to ask instead (D24)."""

import csv
import io
import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl

import lxml.html
import openpyxl
import pytest
from django.conf import settings

from beholden.hatch.verbs import silent
from beholden.refusals import Refusal
from beholden.tables import document
from beholden.tables.shelf import Line, Shelf
from beholden.web.present import catalogue
from unit.web.tables_keeper import LATER, shelf

SEX = "/tables/pupils?ask=count&by=region&by=sex&by=census&show=census:spring%202027"


def text(answer):
    return " ".join(answer.content.decode().split())


def ticked(page):
    """Return the fields that are chosen in the form of a page."""
    return {
        one.get("value")
        for one in lxml.html.fromstring(page).xpath("//input[@name='by'][@checked]")
        if one.get("value") != "-"
    }


def test_what_there_is_stands_with_every_release_and_why_one_was_taken_back(reader, tables):
    page = text(reader.get("/tables"))
    assert "Pupils on roll in an invented country, by census" in page
    assert f"<strong>Taken back.</strong> {LATER}" in page
    assert 'href="/log/events/7"' in page
    assert tables.cube.manifest.name in page
    held = reader.get("/tables.json").json()["data_sets"][0]
    assert held["name"] == "pupils"
    assert [one["withdrawn"] for one in held["releases"]] == [None, LATER]


def test_a_data_set_of_which_nothing_stands_offers_no_table(reader, tables):
    tables.shelf = shelf(tables.cube, stands=False)
    assert "No table can be made of it now." in text(reader.get("/tables"))


def test_the_form_becomes_the_address_of_the_table(reader, tables):
    """A browser sends every field: idle ones fall away, and what is left is the question."""
    sent = "ask=count&rate=sex%3AF&mean=&by=region&by=census&by=sex&show=census%3Aspring+2027&show=school_year%3A1+to+6"
    answer = reader.get(f"/tables/pupils?{sent}")
    assert answer.status_code == 302
    assert (
        answer["Location"] == "/tables/pupils?ask=count&by=region&by=census&by=sex&show=census:spring%202027"
    )
    assert not tables.asked
    assert reader.get(answer["Location"]).status_code == 200
    assert tables.asked[0][0] == {
        "about": "pupils",
        "ask": "count",
        "by": ["region", "census", "sex"],
        "show": {"census": ["spring 2027"]},
    }


def test_an_address_that_says_the_same_in_other_signs_is_not_sent_round(reader, tables):
    assert reader.get(SEX.replace("census:", "census%3A")).status_code == 200


def test_all_categories_ticked_are_none_ticked(reader, tables):
    answer = reader.get("/tables/pupils?ask=count&by=census&by=sex&show=sex:F&show=sex:M&show=sex:missing")
    assert answer["Location"] == "/tables/pupils?ask=count&by=census&by=sex"


def test_a_table_stands_with_its_picture_its_map_and_what_is_hidden(reader, tables):
    page = text(reader.get(SEX))
    table = document.read(reader.get(SEX.replace("pupils", "pupils.json")).content)
    assert page.count("<h1") == 1
    assert "Number of children, by region and sex (census: spring 2027)" in page
    for hidden in table.hidden:
        assert hidden.sentence in page
    assert table.error in page
    assert table.cite in page
    shown = {f"{cell.value:,}" for cell in table.cells if cell.value is not None}
    for figure in shown:
        assert f'<td class="govuk-table__cell bh-num">{figure}</td>' in page
        assert f">{figure}</text>" in page
    assert page.count('<polygon class="bh-tile') == 10 * 3
    assert "http://testserver/tables/pupils?ask=count&amp;by=region&amp;by=census&amp;by=sex" in page


OVER_TIME = "/tables/pupils?ask=count&by=census&by=sex"


@pytest.mark.parametrize(
    "address",
    [
        SEX,
        SEX.replace("pupils", "pupils.svg"),
        SEX.replace("pupils", "pupils.map.svg"),
        OVER_TIME,
        OVER_TIME.replace("pupils", "pupils.svg"),
    ],
)
def test_missing_is_written_like_every_other_heading(reader, tables, address):
    """Heads, lines, bars, panels, maps and what can be ticked; only in an address and a file of data it stays small."""
    page = lxml.html.fromstring(reader.get(address).content)
    heads = {one.strip() for one in page.xpath("//text()")}
    assert "Missing" in heads
    assert "missing" not in heads


def test_no_hidden_cell_has_a_figure(reader, tables):
    page = reader.get(SEX).content.decode()
    table = document.read(reader.get(SEX.replace("pupils", "pupils.json")).content)
    hidden = sum(cell.value is None for cell in table.cells)
    assert hidden
    assert page.count("hidden, </span>") == hidden
    assert page.count('class="bh-pic-gap"') == hidden
    assert page.count('class="bh-tile bh-tile-0"') == hidden


def test_each_file_says_what_the_page_says(reader, tables):
    table = document.read(reader.get(SEX.replace("pupils", "pupils.json")).content)
    answer = reader.get(SEX.replace("pupils", "pupils.csv"))
    assert answer["Content-Disposition"] == 'attachment; filename="pupils.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(line["region"], line["value"], line["symbol"]) for line in lines] == [
        (at[0], "" if cell.value is None else str(cell.value), cell.symbol) for at, cell in table.rows()
    ]


def test_excel_and_json_stat_are_of_the_same_table(reader, tables):
    table = document.read(reader.get(SEX.replace("pupils", "pupils.json")).content)
    held = reader.get(SEX.replace("pupils", "pupils.json-stat")).json()
    assert held["value"] == [cell.value for cell in table.cells]
    assert held["role"] == {"geo": ["region"], "time": ["census"]}
    assert held["dimension"]["region"]["label"] == "Region"
    assert held["href"].startswith("http://testserver/tables/pupils?ask=count&by=region")
    answer = reader.get(SEX.replace("pupils", "pupils.xlsx"))
    assert answer["Content-Disposition"] == 'attachment; filename="pupils.xlsx"'
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.content))["Table"].values)
    assert lines[0][:3] == ("Region", "Census", "Sex")
    assert [line[3] for line in lines[1:]] == [cell.value for cell in table.cells]


DATA = (
    *("/tables.json", "/tables/log.json", "/tables/log.csv"),
    *(
        f"/tables/pupils.{form}{SEX.removeprefix('/tables/pupils')}"
        for form in ("json", "csv", "json-stat", "xlsx", "svg", "map.svg")
    ),
    "/tables/pupils.json?ask=count&by=surname",
)


@pytest.mark.parametrize("address", DATA)
def test_a_page_of_another_site_may_read_data_which_is_the_same_whatever_cookie_comes(
    reader, tables, address
):
    """A notebook in a browser is such a page. With * a browser gives it nothing that was asked for with a cookie."""
    plain = reader.get(address)
    assert plain["Access-Control-Allow-Origin"] == "*"
    assert plain["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in plain
    assert not plain.cookies
    reader.cookies[settings.SESSION_COOKIE_NAME] = "somebody's"
    again = reader.get(address)
    assert again["Access-Control-Allow-Origin"] == "*"
    if "xlsx" not in address:  # zipped at another second
        assert again.content == plain.content


@pytest.mark.parametrize(
    "address", ["/tables", SEX, "/tables/pupils", "/tables/log", "/", "/letter", "/school", "/office/sign-in"]
)
def test_no_page_may_be_read_by_another_site(reader, tables, address):
    answer = reader.get(address)
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_a_page_names_as_a_source_asks_the_very_release(reader, tables):
    """A link that was made last year gives last year's table, or says why it cannot."""
    page = text(reader.get(SEX))
    assert "show=census:spring%202027&amp;release=second" in page
    assert reader.get(f"{SEX}&release=second").status_code == 200
    assert [question.get("release") for question, _ in tables.asked] == [None, "second"]


def test_where_several_releases_stand_the_form_asks_which(reader, tables):
    held = shelf(tables.cube).sets[0]
    assert '<input type="hidden" name="release" value="second">' in text(reader.get("/tables/pupils"))
    other = replace(held.releases[0], name="pupils-third", release="third", moments=("SC/SPR/2026",))
    tables.shelf = Shelf((replace(held, releases=(other, *held.releases)),))
    page = lxml.html.fromstring(text(reader.get("/tables/pupils")))
    assert page.xpath("//input[@name='release']/@value") == ["third", "second"]
    assert page.xpath("//input[@name='release'][@checked]/@value") == ["third"]
    assert catalogue().collections["SC/SPR/2026"].label in page.text_content()


def test_one_question_is_asked_under_one_asker_and_never_under_an_address(reader, tables):
    reader.get(SEX)
    reader.get(SEX.replace("pupils", "pupils.csv"))
    assert len({asker for _, asker in tables.asked}) == 1
    assert re.fullmatch(r"[0-9a-f]{64}", tables.asked[0][1])


REFUSED = {
    "twice": "ask=rate&rate=sex:F&by=census&by=sex",
    "dimensions": "ask=rate&rate=sex:F&by=census&by=region&by=free_meals&by=school_year&by=ethnicity",
    "too_fine": "ask=count&by=census&by=authority&by=free_meals",
    "withheld": "ask=count&by=census&by=religion",
    "unknown": "ask=count&by=census&by=height",
    "period": "ask=count&by=sex",
    "two_areas": "ask=count&by=census&by=region&by=authority",
    "category": "ask=rate&rate=sex:X&by=census",
    "address": "ask=rate&rate=sex&by=census",
}


def test_what_nobody_may_ask_by_stands_there_in_the_words_of_the_catalogue(reader, tables):
    page = reader.get("/tables/pupils").content.decode()
    assert "<dt>Pupil number</dt><dd>A pupil number is one child. Ask for a count by area.</dd>" in page
    assert "<dt>Religion</dt>" in page  # no fact of the catalogue: its own name


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_a_no_says_what_to_ask_instead_and_keeps_the_form(reader, tables, query):
    answer = reader.get(f"/tables/pupils?{query}")
    page = text(answer)
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert "<title>Error: " in page
    known = {one.name for one in shelf(tables.cube).sets[0].fields} - {"census"}
    assert ticked(page) == {value for name, value in parse_qsl(query) if name == "by" and value in known}
    data = reader.get(f"/tables/pupils.json?{query}")
    assert data.status_code == 422
    said = data.json()["refused"]
    assert said["sentence"] in page.replace("&#39;", "'")
    assert said["next_step"] in page.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ask=rate&rate=&mean=&by=-&by=census", "You did not say who of 100 children."),
        ("ask=mean&rate=&mean=&by=-&by=census", "You did not say the mean of what."),
        ("ask=count&rate=&mean=&by=-", "You did not say by what."),
    ],
)
def test_what_was_left_out_of_the_form_is_said_in_its_words(reader, tables, query, sentence):
    answer = reader.get(f"/tables/pupils?{query}")
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not tables.asked


def test_a_filter_in_the_address_is_not_heeded(reader, tables):
    """The form has no such field, so the page leaves it out; the file, asked for by programs, says so."""
    answer = reader.get("/tables/pupils?ask=count&by=census&by=sex&where=sex:F")
    assert answer["Location"] == "/tables/pupils?ask=count&by=census&by=sex"
    assert reader.get("/tables/pupils.csv?ask=count&by=census&by=sex&where=sex:F").status_code == 422


def test_whoever_asked_much_is_told_when_to_come_back(reader, tables):
    no = Refusal(
        "tables.enough_today", "You had 100 today.", next_step="Ask again tomorrow.", authority="D24"
    )
    tables.refusing["tables.ask"] = no
    answer = reader.get(SEX)
    assert answer.status_code == 429
    assert "Ask again tomorrow." in text(answer)
    assert reader.get(SEX.replace("pupils", "pupils.csv")).status_code == 429


@pytest.mark.parametrize("address", ["/tables", "/tables/pupils", SEX, "/tables/log"])
def test_without_a_keeper_there_are_no_tables_and_no_older_ones(reader, tables, address):
    tables.refusing |= dict.fromkeys(("tables.shelf", "tables.log"), silent())
    answer = reader.get(address)
    assert answer.status_code == 503
    assert "Try again in some minutes" in text(answer)


@pytest.mark.parametrize("address", ["/tables.json", "/tables/log.json", "/tables/log.csv"])
def test_without_a_keeper_there_is_no_data(reader, tables, address):
    tables.refusing |= dict.fromkeys(("tables.shelf", "tables.log"), silent())
    answer = reader.get(address)
    assert answer.status_code == 503
    assert answer.json()["refused"]["code"] == "hatch.silent"


def test_a_data_set_that_is_not_there_is_nowhere(reader, tables):
    assert reader.get("/tables/teachers").status_code == 404


def test_a_large_table_shows_its_first_lines_and_says_so(reader, tables):
    page = text(reader.get("/tables/pupils?ask=count&by=authority&by=census&by=school_year&by=sex"))
    assert re.search(r"The first 60 of \d+ lines\. The files below have all\.", page)
    assert page.count('<tr class="govuk-table__row">') < 70
    assert "This table is not drawn." in page
    assert "No map is drawn" in page


def test_over_the_period_a_line_is_drawn(reader, tables):
    page = text(reader.get("/tables/pupils?ask=count&by=census&by=sex"))
    table = document.read(reader.get("/tables/pupils.json?ask=count&by=census&by=sex").content)
    assert page.count('class="bh-pic-point"') == sum(cell.value is not None for cell in table.cells) >= 6
    assert page.count('class="bh-pic-gap"') == len(table.cells) - page.count('class="bh-pic-point"')


def test_what_was_asked_stands_by_day_and_nobody_with_it(reader, tables):
    question = json.dumps(
        {"about": "pupils", "ask": "count", "by": ["census", "sex"], "show": {"sex": ["F"]}}
    )
    years = {"school_year": ["12 to 13", "1 to 6", "7 to 11", "Reception"]}
    other = json.dumps({"about": "pupils", "ask": "count", "by": ["census", "school_year"], "show": years})
    tables.lines = (Line("2027-03-03", question, 2), Line("2027-03-02", other, 1))
    page = text(reader.get("/tables/log"))
    assert "3 March 2027" in page
    link = '<a class="govuk-link" rel="nofollow" href="/tables/pupils?ask=count&amp;by=census&amp;by=sex&amp;show=sex:F">'
    assert f"{link}Number of children, by census (sex: F)</a>" in page
    assert "2 times" in page
    assert (
        "Number of children, by census and school year (school year: 12 to 13, 1 to 6, 7 to 11 and 1 more)"
        in page
    )
    told = reader.get("/tables/log.json").json()["questions"]
    assert told[0] == {"day": "2027-03-03", "question": json.loads(question), "often": 2}
    lines = list(csv.DictReader(io.StringIO(reader.get("/tables/log.csv").content.decode())))
    assert [(one["day"], one["often"]) for one in lines] == [("2027-03-03", "2"), ("2027-03-02", "1")]
    tables.lines = ()
    assert "Nobody has asked yet." in text(reader.get("/tables/log"))


def test_a_shelf_with_nothing_on_it_says_so(reader, tables):
    tables.shelf = replace(shelf(tables.cube), sets=())
    assert "There is nothing to make tables of yet." in text(reader.get("/tables"))
