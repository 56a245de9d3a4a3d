# SPDX-License-Identifier: Apache-2.0
"""Two records that look alike at the registrar's door, in a real browser: why, the picture, and the press that asks (D32)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

import homes
from beholden.cli.serving import kept
from beholden.home import Home
from beholden.rights.registrar.asked import ALIKE_A_PAGE
from beholden.rights.shown import Shown
from integration.officers import shown
from integration.test_suggested_records import renumbered, suggest
from integration.world import REGISTRAR, World
from journeys.conftest import Site, served
from journeys.screen import SIZES, go, look, screen


@dataclass
class Scene:
    site: Site
    key: Shown


@pytest.fixture(scope="module")
def scene(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=60)
        world = World(tmp_path_factory.mktemp("town"), at=at, pupils=240)
        world.returns()
        world.published()
        renumbered(world, many=ALIKE_A_PAGE + len(SIZES))  # each reader asks about one
        assert suggest(world) >= ALIKE_A_PAGE + len(SIZES)
        key = shown(REGISTRAR, at=world.at)
        with served(home, tmp_path_factory.mktemp("site") / "server.log") as site, kept(home):
            yield Scene(site, key)


@pytest.mark.parametrize("width", SIZES)
def test_a_registrar_sees_why_two_look_alike_and_asks(scene: Scene, browser: Browser, width: int):
    with screen(browser, scene.site.address, width) as page:
        page.goto("/office")
        page.get_by_label("Your reference").fill(scene.key.ref)
        page.get_by_label("Your access key").fill(scene.key.key)
        go(page, page.get_by_role("button", name="Sign in"))
        go(page, page.get_by_role("link", name="Two records that may be one child"))
        look(page, "alike-1-pairs")
        said = page.locator("main").inner_text()
        assert "Page 1 of 2, the surest of" in said
        assert "more than 99.9 in 100" in said
        assert "100.0" not in said, "nobody is that sure"
        go(page, page.get_by_role("link", name="More pairs"))
        assert page.get_by_role("link", name="Pair ").count() >= 1
        look(page, "alike-1-pairs-next")
        go(page, page.get_by_role("link", name="Surer pairs"))
        go(page, page.get_by_role("link", name="Pair ").first)
        if width > min(SIZES):  # on a phone the table alone says it
            assert page.locator("main img").evaluate("one => one.naturalWidth") > 0
        look(page, "alike-2-why")
        go(page, page.get_by_role("button", name="Ask if they are one child"))
        assert "are both records of one child?" in page.locator("h1").inner_text()
        look(page, "alike-3-asked")
