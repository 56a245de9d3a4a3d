# SPDX-License-Identifier: Apache-2.0
"""Two reviewers look at the pairs of a match by names, each alone: browser, pages, hatch, keeper, register (D32)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

import homes
from beholden.cli.serving import kept
from beholden.home import Home
from beholden.rights.shown import Shown
from integration.named import (
    HARMING,
    STRANGERS,
    THIRD,
    hand_in,
    listed,
    released,
    rightly,
    written,
)
from integration.named import look as answer
from integration.officers import shown
from integration.world import REGISTRAR, REVIEWERS, World
from journeys.conftest import Site, served
from journeys.screen import go, screen
from journeys.test_offices import main, press, see, sign_in
from journeys.test_record import open_letter, take_second_step

pytestmark = pytest.mark.story


@dataclass
class Desk:
    """A list of names that was handed in, and two reviewers' keys."""

    world: World
    site: Site
    keys: dict[str, Shown]


@pytest.fixture(scope="module")
def desk(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    from beholden.settings import found

    folder = tmp_path_factory.mktemp("town")
    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=100)
        world = World(folder, pupils=40, catalogue=HARMING, at=at)
        world.returns()
        world.published()
        world.use = world.another(exit="match", items=(), title="A court asks about some children")
        world.told()
        child = world.children()[0]
        nearly = ",".join(("case-n", f"{child.forename[0]}.", child.surname, child.born.isoformat(), ""))
        hand_in(world, written(folder, [*listed(world.children()[1:4]), nearly, *STRANGERS]))
        keys = {one.ref: shown(one, at=world.at) for one in REVIEWERS}
        with served(home, tmp_path_factory.mktemp("site") / "server.log") as site, kept(home):
            yield Desk(world, site, keys)


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    with screen(browser, desk.site.address, 1280) as found:
        yield found


def test_reviewers_look_at_each_pair_and_see_no_more_than_is_needed(desk: Desk, page: Page):
    """D32: field by field and no date, address or number; the next follows; nothing is said of the other's answer."""
    sign_in(page, desk.keys["reviewer-a"])
    page.goto("/panel/pairs")
    see(page, "pairs-waiting")
    page.get_by_role("button", name="Look at the next pair").click()
    number = re.search(r"/pairs/(\d+)", page.url)
    see(page, "pairs-one")
    child = desk.world.children()[0]
    assert "We do not show what the rules made of this pair." in main(page)
    assert not re.search(r"[-+\N{MINUS SIGN}]\d+\.\d|bits", main(page)), "weights add up to the sum"
    assert child.born.isoformat() not in page.content()
    assert child.address.postcode not in page.content()
    press(page, "Write it down")
    assert "Choose one answer" in main(page)
    see(page, "pairs-one-nothing", refused=True)
    pictured = False
    while "/pairs/" in page.url:
        if "In the list:" in main(page) and not pictured:
            see(page, "pairs-one-name")
            pictured = True
        page.get_by_label("Yes, the same person").check()
        press(page, "Write it down")
    assert pictured
    assert "Nothing waits for you." in main(page)
    see(page, "pairs-none")
    page.goto(f"/panel/pairs/{number[1] if number else ''}")
    assert "This pair does not wait for you any more." in main(page)


def test_the_public_reads_how_a_list_was_matched_and_a_family_how_its_record_was_found(
    desk: Desk, page: Page
):
    """D26, D32: figures of made-up people exactly, of others in bands; how it agrees in words, and no value."""
    from beholden.ledger.actions import sequence
    from beholden.people.actions import appoint

    world = desk.world
    world.pass_to(datetime.now(UTC))
    appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
    for reviewer in (*REVIEWERS, THIRD):
        answer(world, reviewer, rightly)
    released(world)
    sequence(at=world.at)
    page.goto(f"/uses/{world.use}")
    see(page, "pairs-use")
    assert "Made-up people whom we mixed in" in main(page)
    assert "We cannot say for this list." in main(page)
    found = page.request.get(f"/uses/{world.use}.json").json()["matches"]
    assert [(one["rows"], one["decoys"], one["decoys_accepted"]) for one in found] == [(10, 12, 0)]
    assert [one["audit"]["false"] for one in found] == [None]
    listed_child = world.children()[1]
    letter = next(one for one in world.letters() if listed_child.upn in one[3])
    open_letter(page, letter)
    page.goto("/family")
    take_second_step(page, world.seconds[letter[0]])
    go(page, page.get_by_role("button", name="I have written it down"))
    said = ""
    for link in range(page.get_by_role("link", name=re.compile("Who used the record")).count()):
        go(page, page.get_by_role("link", name=re.compile("Who used the record")).nth(link))
        if "How we found the record" in main(page):
            said = main(page)
            see(page, "pairs-family")
        page.goto("/family")
    assert "The birth date that they sent is the same." in said
    assert "So they were told: yes." in said
