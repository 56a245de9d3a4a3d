# SPDX-License-Identifier: Apache-2.0
"""A chart or a map as a file of its own: it says what the page says, stands alone, and is read to who cannot see it (D24)."""

import csv
import io
import re
from pathlib import Path

import pytest
from lxml import etree

import homes
from beholden.web.public import drawing

WIDE = {kind: wide for kind, (_, wide) in drawing._KINDS.items()}
SVG = "{http://www.w3.org/2000/svg}"
ONE_CENSUS = "&by=census&show=census:spring%202027"
DRAWN = {
    "bars": ("svg", f"ask=count&by=region{ONE_CENSUS}"),
    "groups": ("svg", f"ask=count&by=region&by=sex{ONE_CENSUS}"),
    "lines": ("svg", "ask=count&by=census&by=sex"),
    "mean": ("svg", f"ask=mean&mean=absence&by=school_year{ONE_CENSUS}"),
    "map": ("map.svg", f"ask=rate&rate=free_meals:yes&by=region{ONE_CENSUS}"),
    "maps": ("map.svg", f"ask=count&by=region&by=sex{ONE_CENSUS}"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_stands_alone_and_says_what_its_table_says(reader, tables, name):
    form, query = DRAWN[name]
    answer = reader.get(f"/tables/pupils.{form}?{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"] == f'attachment; filename="pupils.{form}"'
    drawn = etree.fromstring(answer.content)
    title, told = drawn.find(f"{SVG}title").text, drawn.find(f"{SVG}desc").text
    page = reader.get(f"/tables/pupils?{query}").content.decode()
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in page
    assert drawn.get("aria-labelledby") == "picture-title picture-desc"
    shown = "".join(drawn.itertext())
    lines = list(csv.DictReader(io.StringIO(reader.get(f"/tables/pupils.csv?{query}").content.decode())))
    for line in lines:
        figure = f"{float(line['value']):,.10g}" if line["value"] else f"{line['symbol']}"
        assert figure in told
        assert figure in shown
    words = " ".join(shown.split())
    assert "Source: Pupils on roll" in words
    assert tables.cube.manifest.name in words
    assert "release=second" in words.replace(" ", "")
    assert {one.tag for one in drawn.iter()}.isdisjoint(
        {f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}
    )
    assert "href" not in answer.content.decode()


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_of_a_picture_stands_outside_of_it(reader, tables, name):
    form, query = DRAWN[name]
    drawn = etree.fromstring(reader.get(f"/tables/pupils.{form}?{query}").content)
    width, height = (int(drawn.get(side)) for side in ("width", "height"))
    assert width == 360 or name in {"map", "maps"}
    for line in drawn.findall(f"{SVG}text"):
        assert 0 < float(line.get("y")) < height
        wide = WIDE[line.get("class")]
        assert float(line.get("x")) + len(line.text) * wide <= width
    for one in drawn.findall(f"{SVG}svg"):
        if one.get("aria-hidden") and one.get("y"):
            assert float(one.get("y")) + float(one.get("height")) < height


@pytest.mark.parametrize(
    ("form", "query"),
    [
        ("svg", "ask=count&by=authority&by=census&by=school_year&by=sex"),
        ("map.svg", "ask=count&by=census&by=sex"),
    ],
)
def test_what_is_not_drawn_says_what_to_take_instead(reader, tables, form, query):
    answer = reader.get(f"/tables/pupils.{form}?{query}")
    assert answer.status_code == 422
    assert answer.json()["refused"]["code"] == "tables.not_drawn"
    assert "CSV" in answer.json()["refused"]["next_step"]


def test_a_page_offers_the_pictures_that_it_shows(reader, tables):
    both = reader.get(f"/tables/pupils?{DRAWN['map'][1]}").content.decode()
    assert "/tables/pupils.svg?" in both
    assert "/tables/pupils.map.svg?" in both
    neither = reader.get("/tables/pupils?ask=count&by=authority&by=census&by=school_year&by=sex")
    assert b"/tables/pupils.svg" not in neither.content
    assert b"/tables/pupils.map.svg" not in neither.content


def rules(sheet):
    """Return what a style sheet says of each class, property by property; every value that it ever gives."""
    found = {}
    for names, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        for name in re.findall(r"\.(bh-[a-z0-9-]+)", names):
            for line in filter(None, body.strip().split(";")):
                prop, _, value = line.partition(":")
                plain = value.strip().replace("#ffffff", "#fff")
                found.setdefault((name, prop.strip()), set()).add(plain)
    return found


def test_a_picture_by_itself_looks_as_it_does_on_its_page(reader, tables):
    """It carries its own few rules, because no style sheet goes with it; they are those of the pages."""
    built = Path(__file__).parents[3] / "src/beholden/web/static/built/pages.css"
    if not built.exists():
        homes.lack("the pages are not built: `make pages`")
    of_pages = rules(built.read_text())
    answer = reader.get(f"/tables/pupils.svg?{DRAWN['lines'][1]}").content.decode()
    of_file = rules(re.search(r"<style>(.*?)</style>", answer, re.DOTALL)[1])
    assert len(of_file) > 30
    for what, values in of_file.items():
        assert values <= of_pages[what], what
