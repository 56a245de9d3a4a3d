# SPDX-License-Identifier: Apache-2.0
"""Every page of the school's door in every state, in a real browser, narrow and wide: no rule of WCAG broken.

With a stand-in behind the pages; tests/journeys does the same with the real keeper.
"""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from beholden.hatch.verbs import silent
from beholden.rights.school.asked import Census
from journeys.screen import look
from unit.web.office import ASKED, KEPT, KEY, QUIET, REF, REFUSED, Office
from unit.web.test_gallery import browser, screen, site  # noqa: F401  the same pages, the same browser


@pytest.fixture
def lead(office: Office, screen: Page) -> Page:  # noqa: F811
    """A data lead who has signed in, by what stands on the page."""
    screen.goto("/school")
    screen.get_by_label("Your reference").fill(REF)
    screen.get_by_label("Your access key").fill(KEY)
    screen.get_by_role("button", name="Sign in").click()
    return screen


def test_signing_in_and_out(office: Office, screen: Page) -> None:  # noqa: F811
    screen.goto("/school/sign-in")
    look(screen, "school-sign-in")
    screen.goto("/school/uses")
    look(screen, "school-sign-in-closed")
    screen.get_by_label("Your reference").fill("school-nobody")
    screen.get_by_label("Your access key").fill(KEY)
    screen.get_by_role("button", name="Sign in").click()
    look(screen, "school-sign-in-no", refused=True)
    screen.get_by_label("Your access key").fill("K")
    screen.get_by_role("button", name="Sign in").click()
    look(screen, "school-sign-in-slip", refused=True)
    screen.get_by_label("Your reference").fill(REF)
    screen.get_by_label("Your access key").fill(KEY)
    screen.get_by_role("button", name="Sign in").click()
    screen.get_by_role("button", name="Sign out").click()
    look(screen, "school-left")


def test_today(lead: Page, office: Office) -> None:
    look(lead, "school-today")
    office.lines = (replace(REFUSED, place=4), *office.lines)
    office.due = (Census("School Census of spring 2027", KEPT.at.date()),)
    lead.goto("/school")
    look(lead, "school-today-much")
    office.lines, office.open_uses, office.due = (QUIET,), (), ()
    lead.goto("/school")
    look(lead, "school-today-all-good")
    office.lines = ()
    lead.goto("/school")
    look(lead, "school-today-new")


def test_returns(lead: Page, office: Office) -> None:
    lead.goto("/school/returns")
    look(lead, "school-returns")
    lead.get_by_role("button", name="Send a file").click()
    look(lead, "school-send")
    lead.get_by_role("button", name="Send").click()
    look(lead, "school-send-nothing", refused=True)
    lead.get_by_label("Choose your file").set_input_files(
        {"name": "return.xml", "mimeType": "text/xml", "buffer": b"<Message/>"}
    )
    lead.get_by_role("button", name="Send").click()
    look(lead, "school-received-questions")
    lead.goto("/school/returns/2")
    look(lead, "school-received-replaced")
    office.groups[1] = (*office.groups[1], ASKED)
    lead.goto("/school/returns/1")
    look(lead, "school-refused")
    office.groups[1] = tuple(replace(group, spots=group.spots * 40) for group in office.groups[1])
    office.all_listed = False
    lead.goto("/school/returns/1")
    look(lead, "school-refused-long")
    office.lines = ()
    lead.goto("/school/returns")
    look(lead, "school-returns-none")


def test_uses(lead: Page, office: Office) -> None:
    lead.goto("/school/uses")
    look(lead, "school-uses")
    office.uses = ()
    lead.goto("/school/uses")
    look(lead, "school-uses-none")


def test_when_the_keeper_is_silent_or_nothing_is_there(lead: Page, office: Office) -> None:
    lead.goto("/school/returns/9")
    look(lead, "school-not-found", refused=True)
    office.refusing = silent()
    lead.goto("/school")
    lead.errors.clear()  # type: ignore[attr-defined]  # the browser notes the 503 itself
    look(lead, "school-silent")


def test_the_page_works_on_paper(lead: Page) -> None:
    """Print keeps findings and receipts, and drops what only a screen can press."""
    lead.goto("/school/returns/1")
    lead.emulate_media(media="print")
    assert lead.get_by_text("2,114").is_visible()
    for gone in ("Send the file again", "This list as CSV", "Sign out"):
        assert not lead.get_by_text(gone).is_visible()


def test_post_to_pass_on(lead: Page, office: Office) -> None:
    lead.goto("/school/post")
    look(lead, "school-post")
    office.posts = ()
    lead.goto("/school/post")
    look(lead, "school-post-none")


def test_an_objection(lead: Page, office: Office) -> None:
    lead.goto("/school/uses")
    lead.get_by_role("link", name="Object to it (Sleep and school)").click()
    look(lead, "school-objection")
    lead.get_by_role("button", name="Object in public").click()
    look(lead, "school-objection-empty", refused=True)
    lead.get_by_label("Why does your school object?").fill(
        "We know our year groups: so few could be told apart."
    )
    lead.get_by_role("button", name="Object in public").click()
    look(lead, "school-objection-waits")
    office.answered["U-2026-0002"] = "No number under ten is shown."
    lead.reload()
    look(lead, "school-objection-answered")
    lead.goto("/school/uses/U-2027-0007/objection")
    look(lead, "school-objection-closed")
    lead.goto("/school/uses/U-2027-0051/objection")
    look(lead, "school-objection-early")
