# SPDX-License-Identifier: Apache-2.0
"""*They mean somebody else*, in a real browser: a family says so, a registrar decides, the family reads what came of it.

The pages run as the doors' login, the keeper's process answers at the hatch (D21, D32, U1).
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
from integration.matched import THIRD, Matched, matched
from integration.officers import shown
from journeys.conftest import Site, served
from journeys.screen import SIZES, go, look, screen
from journeys.test_record import open_letter, take_second_step


@dataclass
class Scene:
    """A match that was released, the pages in front of it, and a registrar who had no hand in it."""

    held: Matched
    site: Site
    key: Shown


@pytest.fixture(scope="module")
def scene(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=120)
        held = matched(tmp_path_factory.mktemp("town"), at=at)
        key = shown(THIRD, at=held.world.at)
        with served(home, tmp_path_factory.mktemp("site") / "server.log") as site, kept(home):
            yield Scene(held, site, key)


def to_who_used(page: Page, scene: Scene, letter) -> None:
    open_letter(page, letter)
    page.goto("/family")
    take_second_step(page, scene.held.world.seconds[letter[0]])
    go(page, page.get_by_role("button", name="I have written it down"))
    go(page, page.get_by_role("link", name="Who used the record"))


@pytest.mark.parametrize("width", SIZES)
def test_a_family_contests_and_a_registrar_decides(scene: Scene, browser: Browser, width: int):
    place = list(SIZES).index(width)
    (letter, _), found = scene.held.letters[place], ("wrong", "right")[place]
    with screen(browser, scene.site.address, width) as page:
        to_who_used(page, scene, letter)
        look(page, "contest-1-used")
        go(page, page.get_by_role("link", name="Do they mean somebody else? Tell us"))
        look(page, "contest-2-question")
        assert scene.held.world.use not in page.url, "no address says which use it is"
        go(page, page.get_by_role("button", name="Tell us"))
        look(page, "contest-2-question-empty", refused=True)
        page.get_by_label("They wrote about somebody we do not know").check()
        go(page, page.get_by_role("button", name="Tell us"))
        assert page.locator("h1").inner_text() == "A person is looking at it"
        look(page, "contest-3-waits")
        with screen(browser, scene.site.address, width) as desk:
            decides(desk, scene, found)
        page.reload()
        said = {"wrong": "The match was wrong", "right": "We looked, and the match is right"}
        assert page.locator("h1").inner_text() == said[found]
        look(page, f"contest-7-{found}")
        go(page, page.get_by_role("link", name="Back"))
        look(page, "contest-8-used")
        assert page.get_by_role("link", name="See what came of it").count() == 1
    assert letter[3][0] not in scene.site.said()


def decides(desk: Page, scene: Scene, found: str) -> None:
    desk.goto("/office")
    desk.get_by_label("Your reference").fill(scene.key.ref)
    desk.get_by_label("Your access key").fill(scene.key.key)
    go(desk, desk.get_by_role("button", name="Sign in"))
    look(desk, "contest-4-today")
    go(desk, desk.get_by_role("link", name="Matches that somebody says are wrong"))
    look(desk, "contest-5-matches")
    go(desk, desk.get_by_role("link", name="Match "))
    look(desk, "contest-6-match")
    go(desk, desk.get_by_role("button", name="Write it down"))
    look(desk, "contest-6-match-empty", refused=True)
    desk.locator(f"input[name=found][value={found}]").check()
    desk.locator("input[name=shows][value=nothing]").check()
    go(desk, desk.get_by_role("button", name="Write it down"))
    assert "do not go together" in desk.locator("main").inner_text()
    look(desk, "contest-6-match-half", refused=True)
    desk.locator("input[name=shows][value=school]").check()
    go(desk, desk.get_by_role("button", name="Write it down"))
    assert "is decided" in desk.locator("main").inner_text()
    look(desk, "contest-6-decided")


@pytest.mark.parametrize("width", SIZES)
def test_everybody_reads_how_often_it_happened(scene: Scene, browser: Browser, width: int):
    """In tens, at the page of the use: the keeper's process has closed the months since."""
    with screen(browser, scene.site.address, width) as page:
        page.goto(f"/uses/{scene.held.world.use}")
        assert "that was said about fewer than 10 people" in page.locator("main").inner_text()
        look(page, "contest-9-public")
