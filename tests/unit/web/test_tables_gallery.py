# SPDX-License-Identifier: Apache-2.0
"""The pages of tables in every state, in a real browser, narrow and wide: no rule of WCAG broken, nothing sideways."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from beholden.hatch.verbs import silent
from beholden.tables.shelf import Line
from journeys.screen import look
from unit.web.tables_keeper import TablesKeeper
from unit.web.test_gallery import browser, screen, site  # noqa: F401  the same pages, the same browser

ONE_CENSUS = "&by=census&show=census:spring%202027"
PAGES = {
    "tables": "/tables",
    "tables-form": "/tables/pupils",
    "tables-regions": f"/tables/pupils?ask=count&by=region{ONE_CENSUS}",
    "tables-groups": f"/tables/pupils?ask=count&by=region&by=sex{ONE_CENSUS}",
    "tables-over-time": "/tables/pupils?ask=count&by=census&by=sex",
    "tables-share": f"/tables/pupils?ask=rate&rate=free_meals:yes&by=region{ONE_CENSUS}",
    "tables-mean": f"/tables/pupils?ask=mean&mean=absence&by=school_year{ONE_CENSUS}",
    "tables-authorities": f"/tables/pupils?ask=count&by=authority{ONE_CENSUS}",
    "tables-large": "/tables/pupils?ask=count&by=authority&by=census&by=school_year&by=sex",
    "tables-nothing": "/tables/pupils?ask=count&by=region&by=census&show=region:Nowhere",
    "tables-log-empty": "/tables/log",
}


@pytest.mark.parametrize("name", PAGES)
def test_tables_pages(tables: TablesKeeper, screen: Page, name: str) -> None:  # noqa: F811
    screen.goto(PAGES[name])
    look(screen, name)


def test_what_was_asked(tables: TablesKeeper, screen: Page) -> None:  # noqa: F811
    long = {"about": "pupils", "ask": "count", "by": ["region", "census", "free_meals", "school_year", "sex"]}
    short = {"about": "pupils", "ask": {"rate": "F", "of": "sex"}, "by": ["census"]}
    tables.lines = (Line("2027-03-03", json.dumps(long), 12), Line("2027-03-02", json.dumps(short), 1))
    screen.goto("/tables/log")
    look(screen, "tables-log")


def test_a_no(tables: TablesKeeper, screen: Page) -> None:  # noqa: F811
    screen.goto("/tables/pupils?ask=count&by=authority&by=census&by=free_meals")
    look(screen, "tables-no", refused=True)
    tables.refusing["tables.shelf"] = silent()
    screen.goto("/tables")
    screen.errors.clear()  # type: ignore[attr-defined]  # the browser says that the answer was a 503, as it is meant
    look(screen, "tables-silent")


@pytest.mark.parametrize("form", ["svg", "map.svg"])
def test_pictures_as_files(tables: TablesKeeper, screen: Page, form: str) -> None:  # noqa: F811
    """A file as whoever has it sees it: nothing sideways, and a name and a description for those who are read to."""
    query = PAGES["tables-share"].partition("?")[2]
    drawn = screen.request.get(f"/tables/pupils.{form}?{query}").text()
    around = '<html lang="en"><title>A picture</title><body style="margin: 0"><main><h1>A picture</h1>'
    screen.set_content(f"<!DOCTYPE html>{around}{drawn}</main>")
    look(screen, f"tables-file-{form.partition('.')[0]}")


def test_by_the_keyboard_alone(tables: TablesKeeper, screen: Page) -> None:  # noqa: F811
    """From the form to the table: whoever has no mouse reaches each field, the button and the table's own box."""
    screen.goto("/tables/pupils")
    screen.get_by_label("How many children", exact=True).focus()
    screen.get_by_label("Region").focus()
    screen.keyboard.press("Space")
    screen.get_by_label("Sex", exact=True).focus()
    screen.keyboard.press("Space")
    with screen.expect_navigation():
        screen.keyboard.press("Enter")
    assert screen.locator("h1").inner_text() == "Number of children, by region, census and sex"
    box = screen.get_by_role("region", name="The table")
    box.focus()
    assert box.evaluate("box => box === document.activeElement")


def test_on_paper_and_in_forced_colours_a_table_can_be_read(tables: TablesKeeper, screen: Page) -> None:  # noqa: F811
    screen.goto(PAGES["tables-share"])
    screen.emulate_media(media="print")
    look(screen, "paper-tables", script=False)
    assert screen.get_by_role("button", name="Make the table").is_hidden()
    assert screen.get_by_role("table").is_visible()
    screen.emulate_media(media="screen", forced_colors="active")
    look(screen, "forced-colours-tables", script=False)


TUTORIAL_PICTURE = Path(__file__).parents[3] / "docs" / "pictures" / "table.png"
SHOWN = ("North East", "North West", "East Midlands", "London", "South West", "Invented region")


def test_the_picture_in_the_tutorial(tables: TablesKeeper, browser: Browser, site: str) -> None:  # noqa: F811
    """The tutorial shows a table as it is. Delete the picture, and this test makes it anew."""
    context = browser.new_context(
        viewport={"width": 680, "height": 1500}, base_url=site, device_scale_factor=1.5
    )
    page = context.new_page()
    shown = "".join(f"&show=region:{quote(one)}" for one in SHOWN)
    page.goto(f"/tables/pupils?ask=rate&rate=free_meals:yes&by=region{ONE_CENSUS}{shown}")
    page.evaluate("document.fonts.ready")
    last = page.locator(".bh-figure").last.bounding_box()
    assert last
    made = page.screenshot(
        clip={"x": 0, "y": 170, "width": 680, "height": last["y"] + last["height"] - 170}, full_page=True
    )
    context.close()
    if not TUTORIAL_PICTURE.exists():
        TUTORIAL_PICTURE.write_bytes(made)
    size = slice(16, 24)  # width and height in a PNG's first chunk
    assert TUTORIAL_PICTURE.read_bytes()[size] == made[size], "the picture in the tutorial is of another page"
