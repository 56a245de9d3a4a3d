# SPDX-License-Identifier: Apache-2.0
"""From the letter to the record, in a real browser: second code, own code, what is held, who used it, copy and proof.

The pages run as the doors' login, which can read neither vault nor rows; the keeper's process answers at the hatch
(D4, D27, D28, D30, D35, U1).
"""

import json
import re

import pytest
from playwright.sync_api import Browser, Page

from beholden.ledger.verify import verify
from integration.world import World
from journeys.conftest import Site
from journeys.screen import SIZES, go, look, screen


def open_letter(page: Page, letter) -> None:
    _, code, born, _ = letter
    page.goto("/letter")
    page.get_by_label("Enter the code from your letter").fill(code)
    go(page, page.get_by_role("button", name="Continue"))
    for label, part in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
        page.get_by_label(label).fill(str(part))
    go(page, page.get_by_role("button", name="Continue"))


def take_second_step(page: Page, code: str) -> None:
    page.get_by_label("Enter the second code").fill(code)
    go(page, page.get_by_role("button", name="Continue"))


@pytest.mark.parametrize("width", SIZES)
def test_a_parent_sees_the_record(world: World, keeper, site: Site, browser: Browser, width: int):
    letter = next(one for one in world.letters() if len(one[3]) > 1)
    children = {child.upn: child for child in world.children()}
    names = {children[number].forename for number in letter[3]}
    with screen(browser, site.address, width) as page:
        open_letter(page, letter)
        go(page, page.get_by_role("link", name=re.compile("See the records? of")))
        look(page, "record-1-second")
        take_second_step(page, "CDFG HJKM")
        look(page, "record-1-second-wrong", refused=True)
        take_second_step(page, world.seconds[letter[0]])
        own = page.locator(".bh-code span").first.inner_text()
        look(page, "record-2-own")
        go(page, page.get_by_role("button", name="I have written it down"))
        look(page, "record-3-overview")
        assert set(page.locator("main h2").all_inner_texts()) == names
        go(page, page.get_by_role("link", name=re.compile("What is in the record")).first)
        assert "/record" in page.url
        assert not any(name in page.title() or name in page.url for name in names), "U7"
        page.locator("details").nth(3).locator("summary").click()
        look(page, "record-4-record")
        said = page.locator("main").inner_text()
        assert not any(child.address.street in said for child in world.children())
        with page.expect_download() as taken:
            page.get_by_role("button", name="Get the copy").click()
        assert json.loads(taken.value.path().read_text())["groups"]
        assert not any(name in taken.value.suggested_filename for name in names), "U7"
        go(page, page.get_by_role("link", name="Back"))
        go(page, page.get_by_role("link", name=re.compile("Who used the record")).first)
        look(page, "record-5-used")
        with page.expect_download() as taken:
            page.get_by_role("button", name="Get the proof file").click()
        assert verify(taken.value.path().read_bytes())
        go(page, page.get_by_role("button", name="Leave and clear this screen"))
        page.goto("/family")
        assert page.get_by_label("Enter the code from your letter").is_visible()

        open_letter(page, letter)
        page.goto("/family")
        take_second_step(page, world.seconds[letter[0]])
        assert "used before" in page.locator("main").inner_text()
        look(page, "record-6-used-before", refused=True)
        take_second_step(page, own)
        assert page.locator("main h1").inner_text() == "Your children's school records"

    said = site.said()
    assert not any(name in said for name in names)
    assert own not in said
    assert own.replace(" ", "") not in said


def test_without_a_keeper_the_letter_goes_on_and_the_record_says_not_now(
    world: World, site: Site, browser: Browser
):
    letter = world.letters()[0]
    with screen(browser, site.address, 360) as page:
        open_letter(page, letter)
        assert page.get_by_label(re.compile("Keep (it|them) out")).is_visible()
        page.goto("/family")
        take_second_step(page, world.seconds[letter[0]])
        assert page.locator("h1").inner_text() == "We cannot look into the records now"
        look_errors = [text for text in page.errors if "503" not in text]
        assert look_errors == []
