# SPDX-License-Identifier: Apache-2.0
"""A journalist's way: from the first page to one grade, one figure, one entry of the log, and the numbers under all of
them, with nothing made up between (D26, D38, U8)."""

import re

import pytest
from playwright.sync_api import Page

from journeys.screen import SIZES, go, look, screen


def on_first_screen(page: Page, selector: str) -> bool:
    """Say whether something is seen without moving the page."""
    box = page.locator(selector).first.bounding_box()
    return box is not None and box["y"] + box["height"] <= page.viewport_size["height"]


@pytest.mark.parametrize("width", SIZES)
def test_from_the_first_page_to_one_entry_of_the_log(played, pages, browser, width):
    with screen(browser, pages.address, width) as page:
        page.goto("/")
        look(page, "public-home")
        go(page, page.get_by_role("link", name="See our report card"))
        assert on_first_screen(page, ".bh-figure h2"), "the answer stands on the first screen"
        look(page, "public-report-card")
        go(page, page.get_by_role("link", name="Can everybody see what happens?", exact=True))
        assert page.url.endswith("#transparency")
        if width == min(SIZES):  # on a phone the sums stand on the subject's own page
            sums = "The sum, each figure, and where it stands in the log for: Can everybody"
            go(page, page.get_by_role("link", name=sums))
        go(
            page,
            page.get_by_role("link", name=re.compile("^Counted from 2 entries.*: Logged before it left")),
        )
        assert re.search(r"/report-card/transparency#announced$", page.url)
        look(page, "public-report-card-subject")
        go(page, page.locator("section[aria-labelledby=announced] .bh-places a").first)
        assert "was put" in page.locator("h1").inner_text() or "began" in page.locator("h1").inner_text()
        look(page, "public-entry")


@pytest.mark.parametrize("width", SIZES)
def test_from_a_number_of_the_first_page_to_its_sum(played, pages, browser, width):
    with screen(browser, pages.address, width) as page:
        page.goto("/")
        go(page, page.get_by_role("link", name="How this was counted"))
        assert page.locator("h1").inner_text() == "How the uses were counted"
        look(page, "public-counts")
        go(page, page.get_by_role("link", name=played.world.use))
        look(page, "public-use")
        go(page, page.get_by_role("link", name="How this was counted"))
        go(page, page.get_by_role("link", name=re.compile("^Entry .* for this number")).first)
        assert "children, in tens" in page.locator("h1").inner_text()


def test_the_picture_is_read_aloud_and_the_table_says_it_too(pages, browser):
    with screen(browser, pages.address, 1280) as page:
        page.goto("/report-card")
        picture = page.get_by_role("img", name=re.compile("subjects are measured"))
        assert picture.count() == 1
        grades = page.locator(".bh-figure tbody tr strong").all_text_contents()
        drawn = page.locator(
            ".bh-figure svg .bh-pic-letter, .bh-figure svg .bh-pic-open-letter"
        ).all_text_contents()
        assert drawn == grades
        assert len(grades) == 7


def test_on_paper_and_in_forced_colours_the_grades_can_be_read(pages, browser):
    with screen(browser, pages.address, 360) as page:
        page.goto("/report-card")
        page.emulate_media(media="print")
        look(page, "paper-report-card", script=False)
        assert page.locator(".govuk-service-navigation").is_hidden()
        page.emulate_media(media="screen", forced_colors="active")
        look(page, "forced-colours-report-card", script=False)
        page.emulate_media(forced_colors="none")
        page.set_viewport_size({"width": 320, "height": 640})
        for address in ("/report-card", "/report-card/transparency", "/uses/numbers"):
            page.goto(address)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{address}: {wider} px stick out sideways"
