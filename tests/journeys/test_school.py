# SPDX-License-Identifier: Apache-2.0
"""A school's data lead at the door, with nothing made up between: browser, pages, hatch, keeper, register (D1, D5, D29).

The pages run as the doors' login and the keeper as its own process, as `beholden serve` runs them.
"""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from beholden.cli.serving import kept
from beholden.home import Home
from beholden.rights.shown import Shown
from beholden.town import return_name
from integration.schools import enrolled, sent
from integration.world import REGISTRAR, World
from journeys.conftest import Site
from journeys.screen import SIZES, go, look, screen


@pytest.fixture
def world(keeper_home: Home, tmp_path: Path) -> World:
    """A town of which one school has sent nothing, and one study that is published already."""
    made = World(tmp_path, at=datetime.now(UTC).replace(microsecond=0) - timedelta(days=60))
    other = made.town.schools[1]
    sent(enrolled(made, other), (made.folder / return_name(other)).read_bytes(), at=made.at)
    made.published()
    return made


@pytest.fixture
def keeper(site: Site, keeper_home: Home) -> Iterator[None]:
    with kept(keeper_home):
        yield


@pytest.fixture
def shown(world: World) -> Shown:
    return enrolled(world, world.town.schools[0])


def sign_in(page: Page, shown: Shown) -> None:
    page.goto("/school")
    page.get_by_label("Your reference").fill(shown.ref)
    page.get_by_label("Your access key").fill(shown.key)
    go(page, page.get_by_role("button", name="Sign in"))
    assert page.locator("h1").inner_text() == "Today"


def send(page: Page, file: Path) -> None:
    page.get_by_label("Choose your file").set_input_files(file)
    go(page, page.get_by_role("button", name="Send"))


def spoilt(file: Path) -> Path:
    """The same return with a slip in one pupil number, and in one code."""
    made = file.with_name("first-try.xml")
    text = re.sub(r"<UPN>.", "<UPN>Z", file.read_text(), count=1)
    made.write_text(re.sub(r"<Ethnicity>\w+<", "<Ethnicity>QQQQ<", text, count=1))
    return made


@pytest.mark.parametrize("width", SIZES)
def test_a_return_is_sent_refused_mended_taken_in_and_looked_back_on(
    world: World, site: Site, keeper: None, browser: Browser, shown: Shown, keeper_home: Home, width: int
):
    file = world.folder / return_name(world.town.schools[0])
    with screen(browser, site.address, width) as page:
        page.goto("/school/sign-in")
        look(page, "journey-school-1-sign-in")
        sign_in(page, shown)
        look(page, "journey-school-2-today")
        go(page, page.get_by_role("link", name="Send the School Census"))
        look(page, "journey-school-3-send")
        send(page, spoilt(file))
        look(page, "journey-school-4-refused")
        said = page.locator("main").inner_text()
        listed = page.locator(".bh-found tbody tr").count()
        assert page.locator("h1").inner_text() == f"We did not take this file in: {listed} errors"
        assert listed >= 2
        assert "line" in said.lower()
        go(page, page.get_by_role("button", name="Send the file again"))
        send(page, file)
        look(page, "journey-school-5-received")
        receipt = re.search(r"Receipt (SC-SPR-2026-\S+)", page.locator("main").inner_text())[1]
        go(page, page.get_by_role("link", name="Returns").first)
        look(page, "journey-school-6-returns")
        history = page.locator("main").inner_text()
        assert "2 files so far" in history
        assert receipt in history
        go(page, page.get_by_role("link", name="Uses", exact=True))
        look(page, "journey-school-7-uses")
        assert "A university wants to use school records" in page.locator("main").inner_text()
        go(page, page.get_by_role("link", name="Today"))
        look(page, "journey-school-8-today")
        assert "We have no questions about it." in page.locator("main").inner_text()
        go(page, page.get_by_role("button", name="Sign out"))
        look(page, "journey-school-9-left")
        page.go_back()
        assert page.get_by_label("Your access key").is_visible()
        assert world.town.schools[0].name not in page.content()
    assert list(keeper_home.inbox.iterdir()) == []
    assert_nothing_leaked(site, file, shown)


def test_without_scripts_with_a_zip_and_twice(
    world: World, site: Site, keeper: None, browser: Browser, shown: Shown
):
    """Everything works without JavaScript; the same return a second time, in a zip, is the same return."""
    file = world.folder / return_name(world.town.schools[0])
    zipped = file.with_suffix(".zip")
    subprocess.run(["python3", "-m", "zipfile", "-c", str(zipped), str(file)], check=True)
    with screen(browser, site.address, 360, script=False) as page:
        sign_in(page, shown)
        page.goto("/school/returns/new")
        send(page, file)
        assert page.locator("h1").inner_text() == "Received"
        page.goto("/school/returns/new")
        send(page, zipped)
        assert "You sent this very file before." in page.locator("main").inner_text()
        page.goto("/school/returns")
        assert "1 file so far" in page.locator("main").inner_text()


def test_an_ended_key_ends_the_sitting_at_the_next_press(
    world: World, site: Site, keeper: None, browser: Browser, shown: Shown
):
    from beholden.people.actions import end_key

    with screen(browser, site.address, 360) as page:
        sign_in(page, shown)
        end_key(shown.ref, by=REGISTRAR, at=datetime.now(UTC))
        go(page, page.get_by_role("link", name="Uses", exact=True))
        assert "You are not signed in on this screen now." in page.locator("main").inner_text()
        sign_in_fails(page, shown)


def sign_in_fails(page: Page, shown: Shown) -> None:
    page.get_by_label("Your reference").fill(shown.ref)
    page.get_by_label("Your access key").fill(shown.key)
    go(page, page.get_by_role("button", name="Sign in"))
    assert "We cannot let you in" in page.locator("main").inner_text()


def test_without_a_keeper_the_pages_say_so(world: World, site: Site, browser: Browser, shown: Shown):
    with screen(browser, site.address, 360) as page:
        page.goto("/school/sign-in")
        page.get_by_label("Your reference").fill(shown.ref)
        page.get_by_label("Your access key").fill(shown.key)
        go(page, page.get_by_role("button", name="Sign in"))
        assert "We cannot look into the records at this moment." in page.locator("h1").inner_text()
    assert "Traceback" not in site.said()


def assert_nothing_leaked(site: Site, file: Path, shown: Shown) -> None:
    """The server has said everything it says at its most talkative; no key and no pupil is in it."""
    said = site.said()
    assert shown.key not in said
    assert shown.key.replace(" ", "") not in said.upper()
    text = file.read_text()
    for tag in ("UPN", "Surname", "DOB"):
        for value in set(re.findall(f"<{tag}>(.*?)</{tag}>", text)):
            assert value not in said
    assert "Traceback" not in said
