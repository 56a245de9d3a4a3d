# SPDX-License-Identifier: Apache-2.0
"""Each office at its own door, with nothing made up between: browser, pages, hatch, keeper, register (D7, D18, D26).

One walk for each role, each page at both widths; the pages run as the doors' login, the keeper as its own process.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

import homes
from beholden.cli.serving import kept
from beholden.home import Home
from beholden.rights.shown import Shown
from integration.officers import ANSWERS, shown
from integration.world import APPLICANT, HEARD, World
from journeys.conftest import Site, served
from journeys.screen import SIZES, look, screen


@dataclass
class Offices:
    """A register at work, with its officers' keys, and the pages in front of it."""

    world: World
    site: Site
    keys: dict[str, Shown]


@pytest.fixture(scope="module")
def offices(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - HEARD - timedelta(days=3)
        world = World(tmp_path_factory.mktemp("town"), at=at)
        world.returns()
        world.published()
        keys = {one.ref: shown(one, at=at) for one in (APPLICANT,)}
        with served(home, tmp_path_factory.mktemp("site") / "server.log") as site, kept(home):
            yield Offices(world, site, keys)


@pytest.fixture
def page(offices: Offices, browser: Browser) -> Iterator[Page]:
    with screen(browser, offices.site.address, 1280) as found:
        yield found


def see(page: Page, name: str, *, refused: bool = False) -> None:
    """Look at a page at both widths."""
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        look(page, f"office-{name}", refused=refused)


def sign_in(page: Page, who: Shown) -> None:
    page.goto("/office")
    page.get_by_label("Your reference").fill(who.ref)
    page.get_by_label("Your access key").fill(who.key)
    page.get_by_role("button", name="Sign in").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def main(page: Page) -> str:
    return page.locator("main").inner_text()


def test_an_applicant_asks_question_by_question_and_hears_at_once(offices: Offices, page: Page):
    """D18, D20, U10, U11: a table first; triage on the page where the fault is; the letter beside; then handed in."""
    page.goto("/office/sign-in")
    see(page, "sign-in")
    sign_in(page, offices.keys["applicant-1"])
    see(page, "applicant-requests")
    press(page, "Ask for records")
    see(page, "applicant-new")
    page.get_by_label("No, it needs a row for each child").check()
    press(page, "Continue")
    assert "Cannot start yet" in main(page)
    see(page, "applicant-tasks")
    page.get_by_role("link", name="What kind of use is it?").click()
    page.get_by_label("Looking for benefit fraud").check()
    press(page, "Save and go on")
    assert heading(page) == "What kind of use is it?"
    assert "With this answer we would have to say no." in main(page)
    see(page, "applicant-refused-at-once")
    _answer(page, offices)
    see(page, "applicant-tasks-done")
    page.get_by_role("button", name="Check your answers").click()
    see(page, "applicant-check")
    press(page, "Hand it in")
    assert heading(page) == "Your request is in"
    see(page, "applicant-in")
    page.get_by_role("link", name="Take it back").click()
    see(page, "applicant-withdraw")
    press(page, "Sign out")
    assert heading(page) == "You have signed out"
    said = offices.site.said()
    assert offices.keys["applicant-1"].key not in said
    assert "Traceback" not in said


def _answer(page: Page, offices: Offices) -> None:
    """Answer every question on its own page, from the list; look at one of each kind."""
    address = page.url.rsplit("/", 1)[0]
    for question, answer in ANSWERS.items():
        page.goto(f"{address}/{question}")
        fill(page, question, answer)
        if question == "items":
            page.locator("#need-sen_primary_need").check()
            page.locator("#why-sen_primary_need").fill("It might matter.")
        if question in {"access", "items", "collection", "setting", "dates", "why", "school_years"}:
            see(page, f"applicant-{question}")
        press(page, "Save and go to the list")
        if question == "items":
            assert "'Kind of help' is not needed" in main(page) or "is not needed for this purpose" in main(
                page
            )
            assert "says the same" in main(page)
            see(page, "applicant-items-against")
            page.locator("#need-sen_primary_need").uncheck()
            press(page, "Save and go to the list")
        assert heading(page) == "Your request", (question, main(page))


def fill(page: Page, question: str, answer: object) -> None:
    if question == "items":
        for item, why in answer.items():
            page.locator(f"#need-{item}").check()
            page.locator(f"#why-{item}").fill(why)
    elif question == "setting":
        page.get_by_label("Elsewhere", exact=True).check()
        page.locator("#why_elsewhere").fill(answer["why_elsewhere"])
    elif isinstance(answer, dict):
        for name, value in answer.items():
            page.locator(f"[name='{name}']").fill(value)
    elif page.locator("input[type=radio]").count():
        page.locator(f"input[value='{answer}']").check()
    elif page.locator("textarea").count():
        page.locator("textarea").fill(answer)
