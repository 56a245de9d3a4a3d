# SPDX-License-Identifier: Apache-2.0
"""From the first page to a table of the register's own rows, its files and the log of questions, with nothing made up
between: browser, pages, hatch, keeper, cube (D20, D24, U11)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

import homes
from beholden.cli.serving import kept
from beholden.home import Home
from beholden.tables.client import Tables
from integration.world import CATALOGUE, REGISTRAR, World
from journeys.conftest import Site, served
from journeys.screen import SIZES, go, look, screen

CENSUS = "SC/SPR/2026"


@dataclass
class Counted:
    """A register of which one census was frozen, and the pages in front of it."""

    world: World
    site: Site
    release: str


@pytest.fixture(scope="module")
def counted(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        from beholden.gate.actions.freezing import freeze
        from beholden.gate.actions.governing import set_catalogue

        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
        world = World(tmp_path_factory.mktemp("town"), at=at, pupils=400)
        set_catalogue(CATALOGUE, by=REGISTRAR, at=at)
        world.returns()
        release = freeze("pupils", CENSUS, catalogue=CATALOGUE, by=REGISTRAR, at=at)
        with served(home, tmp_path_factory.mktemp("site") / "server.log") as site, kept(home):
            yield Counted(world, site, release)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", SIZES)
def test_anybody_makes_a_table_and_takes_it_away(counted, browser, width, script):
    suffix = "" if script else "-plain"
    with screen(browser, counted.site.address, width, script=script) as page:
        page.goto("/")
        go(page, page.get_by_role("link", name="Make a table: how many children there are, and where"))
        look(page, f"tables-shelf{suffix}", script=script)
        go(page, page.get_by_role("link", name="Make a table of Pupils on roll in state schools"))
        look(page, f"tables-ask{suffix}", script=script)
        page.get_by_label("Boy or girl").check()
        page.get_by_label("School year").check()
        go(page, page.get_by_role("button", name="Make the table"))
        assert page.locator("h1").inner_text() == "Number of children, by school year and boy or girl"
        look(page, f"tables-made{suffix}", script=script)
        with page.expect_download() as taken:
            page.get_by_role("link", name="CSV").click()
        lines = list(csv.DictReader(io.StringIO(taken.value.path().read_text())))
        cells = [one for one in page.locator(".bh-scroll td.bh-num").all_inner_texts() if one]
        assert len(cells) == len(lines)
        shown = sorted(one["value"] for one in lines if one["value"])
        assert shown == sorted(one.replace(",", "") for one in cells if one[:1].isdigit())
        page.get_by_text("Show only some of: boy or girl").click()
        page.get_by_label("Girls").check()
        go(page, page.get_by_role("button", name="Make the table"))
        assert page.locator("h1").inner_text() == "Number of children, by school year (boy or girl: Girls)"
        go(page, page.get_by_role("link", name="All tables"))
        go(page, page.get_by_role("link", name="See what others asked"))
        look(page, f"tables-asked{suffix}", script=script)
        # Others of this file ask of the same home, in any order: this reader follows its own question. It stands
        # there as the table that was made, not as the part of it that was shown.
        go(page, page.locator(".bh-entries a", has_text="by school year and boy or girl").first)
        assert page.locator("h1").inner_text() == "Number of children, by school year and boy or girl"


@pytest.mark.parametrize("width", SIZES)
def test_anybody_asks_a_rate_and_a_mean(counted: Counted, browser: Browser, width: int):
    """With their symbols and reasons; a notebook has the very figures of the page."""
    with screen(browser, counted.site.address, width) as page:
        page.goto("/tables/pupils")
        page.get_by_label("How many of 100 children").check()
        page.get_by_label("Who have what?").select_option("Free school meals: Yes")
        page.get_by_label("Boy or girl").check()
        go(page, page.get_by_role("button", name="Make the table"))
        assert page.locator("h1").inner_text().startswith("Of 100 children, how many have free school meals")
        look(page, "tables-rate")
        page.goto("/tables/pupils")
        page.get_by_label("A mean").check()
        page.get_by_role("group", name="Of what?").get_by_label("Half days missed, of every 100").check()
        page.get_by_label("Extra help in class").check()
        go(page, page.get_by_role("button", name="Make the table"))
        assert (
            page.locator("h1").inner_text()
            == "Mean of half days missed, of every 100, by extra help in class"
        )
        assert "times the difference between" in page.locator("main").inner_text()
        assert any(one.startswith("c") for one in page.locator("dl.bh-facts dt").all_inner_texts())
        look(page, "tables-mean")
        shown = [one for one in page.locator(".bh-scroll td.bh-num").all_inner_texts() if one[:1].isdigit()]
    answer = Tables(counted.site.address, "pupils").mean("missed", by=["special_needs"])
    assert [f"{cell.value:,}" for cell in answer.table.cells if cell.value is not None] == shown


def test_what_may_not_be_asked_is_refused_on_the_page(counted: Counted, browser: Browser):
    with screen(browser, counted.site.address, 360) as page:
        page.goto("/tables/pupils?ask=count&by=surname")
        assert "A name is one child. Ask for a count by area." in page.locator("main").inner_text()
        page.goto("/tables/pupils")
        page.get_by_label("How many of 100 children").check()
        go(page, page.get_by_role("button", name="Make the table"))
        assert page.get_by_label("How many of 100 children").is_checked()
        look(page, "tables-refused", refused=True)


def test_a_notebook_has_the_table_of_the_page(counted: Counted):
    roll = Tables(counted.site.address, "pupils")
    answer = roll.count(by=["sex", "school_year"])
    assert answer.table.release == counted.release
    told = [cell.value for cell in answer.table.cells if cell.value is not None]
    assert abs(sum(told) - len(counted.world.children())) < 10 * len(answer.table.cells)
    assert answer.polars().height == len(answer.pandas()) == len(answer.table.cells)
