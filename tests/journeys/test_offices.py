# SPDX-License-Identifier: Apache-2.0
"""Each office at its own door, with nothing made up between: browser, pages, hatch, keeper, register (D7, D18, D26).

One walk for each role, each page at both widths; the pages run as the doors' login, the keeper as its own process.
"""

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
from beholden.uses.rules import Seat
from beholden.uses.rules.agreement import sign as sign_text
from integration.officers import ANSWERS, shown
from integration.slips import slipped
from integration.world import (
    APPLICANT,
    CATALOGUE,
    MEMBERS,
    RECIPIENT,
    REGISTRAR,
    REVIEWERS,
    SECOND,
    SEED,
    World,
)
from journeys.conftest import Site, served
from journeys.screen import SIZES, go, look, screen


@dataclass
class Offices:
    """A register at work, with its officers' keys, the pages in front of it, and a use at each turn of its life."""

    world: World
    site: Site
    keys: dict[str, Shown]
    told: str
    with_panel: str
    to_sign: str
    handed_in: str


@pytest.fixture(scope="module")
def offices(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    from beholden.settings import found
    from beholden.uses import actions as uses

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=200)
        world = World(tmp_path_factory.mktemp("town"), at=at)
        world.returns()
        told = world.published()
        world.told()
        with_panel = world.before_the_panel(title="A second study")
        to_sign = world.before_the_panel(title="A third study")
        world.heard(to_sign)
        digest = uses.draw_up(to_sign, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        uses.sign(to_sign, digest=digest, by=REGISTRAR, at=world.at)
        handed_in = uses.draft(world.draft(title="A fourth study"), by=APPLICANT, at=world.at)
        uses.submit(handed_in, catalogue=CATALOGUE, by=APPLICANT, at=world.at)
        who = (APPLICANT, RECIPIENT, REVIEWERS[0], MEMBERS[Seat.LAY], REGISTRAR, SECOND)
        keys = {one.ref: shown(one, at=world.at) for one in who}
        with served(home, tmp_path_factory.mktemp("site") / "server.log") as site, kept(home):
            yield Offices(world, site, keys, told, with_panel, to_sign, handed_in)


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
    go(page, page.get_by_role("button", name="Sign in"))


def press(page: Page, name: str) -> None:
    go(page, page.get_by_role("button", name=name, exact=True))


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
    go(page, page.get_by_role("link", name="What kind of use is it?"))
    page.get_by_label("Looking for benefit fraud").check()
    press(page, "Save and go on")
    assert heading(page) == "What kind of use is it?"
    assert "With this answer we would have to say no." in main(page)
    see(page, "applicant-refused-at-once")
    _answer(page, offices)
    see(page, "applicant-tasks-done")
    go(page, page.get_by_role("button", name="Check your answers"))
    see(page, "applicant-check")
    press(page, "Hand it in")
    assert heading(page) == "Your request is in"
    see(page, "applicant-in")
    go(page, page.get_by_role("link", name="Take it back"))
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
            assert "'Main reason for extra help' is not needed for this purpose." in main(page)
            less = "'Extra help in class' says the same as 'Main reason for extra help', less exactly."
            assert less in main(page)
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


def test_a_recipient_sees_its_routes_and_signs_with_its_own_key(offices: Offices, page: Page):
    """D19, D25: all routes on one page; the text is taken away, signed elsewhere, and its signature brought back."""
    from beholden.uses.standing import drawn

    sign_in(page, offices.keys["recipient"])
    see(page, "recipient-routes")
    go(page, page.get_by_role("link", name="Sign the agreement"))
    see(page, "recipient-sign")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take the text to sign away").click()
    held = drawn(offices.to_sign)
    assert taken.value.path().read_text() == f"beholden/agreement/v1\n{held.text}"
    page.get_by_label("The signature").fill("00" * 64)
    press(page, "Sign")
    assert "This is not the signature of your enrolled key" in main(page)
    page.get_by_label("The signature").fill(sign_text(held.text, seed=SEED).hex())
    press(page, "Sign")
    assert "Your signature was checked and filed." in main(page)
    see(page, "recipient-signed", refused=True)
    page.goto(f"/recipient/uses/{offices.told}/wiped")
    see(page, "recipient-wipe")
    page.goto(f"/recipient/uses/{offices.told}/receipt")
    see(page, "recipient-receipt")
    page.goto("/recipients/northford")
    see(page, "public-recipient")
    page.goto("/recipients")
    see(page, "public-recipients")


def test_a_reviewer_declares_reads_and_answers_five_questions(offices: Offices, page: Page):
    """D26: nothing is read before the interest is declared; one question a page; the others' words stay closed."""
    sign_in(page, offices.keys["reviewer-a"])
    see(page, "panel-waiting")
    page.goto(f"/panel/uses/{offices.with_panel}")
    assert heading(page) == "Do you have an interest in this request?"
    assert "come back to school" not in main(page)
    see(page, "panel-interest")
    page.get_by_label("No", exact=True).check()
    press(page, "Continue")
    see(page, "panel-request")
    press(page, "Answer")
    press(page, "Continue")
    assert "Choose one answer" in main(page)
    for question in range(5):
        page.get_by_label("Yes", exact=True).check()
        page.get_by_label("Why?").fill("Needed, fair and safe.")
        if question == 1:
            see(page, "panel-review-facts", refused=True)
        press(page, "Continue")
    see(page, "panel-review-last")
    page.get_by_label("Yes", exact=True).check()
    press(page, "Hand in your review")
    assert "You have answered." in main(page)
    assert "Reviewer A: Yes" in main(page)


def test_a_member_votes_for_a_seat(offices: Offices, page: Page):
    sign_in(page, offices.keys["lay-1"])
    page.goto(f"/panel/uses/{offices.with_panel}/interest")
    page.get_by_label("No", exact=True).check()
    press(page, "Continue")
    press(page, "Answer")
    page.get_by_label("Yes, if", exact=True).check()
    page.get_by_label("Why?").fill("Fair.")
    press(page, "Hand in your answer")
    assert "'Yes if' says what must be done first" in main(page)
    see(page, "panel-vote", refused=True)
    page.get_by_label("If “Yes, if”: what must be done first?").fill("Nothing about fewer than ten.")
    press(page, "Hand in your answer")
    assert "The lay member: Yes, if" in main(page)


def test_registrars_open_decide_countersign_and_hand_over_never_one_alone(offices: Offices, page: Page):
    """D18: each step is one question, with the exact figures; the second officer's yes is another person's."""
    sign_in(page, offices.keys["registrar"])
    see(page, "registrar-today")
    go(page, page.get_by_role("link", name=f"Open it for comment? {offices.handed_in}"))
    see(page, "registrar-open")
    press(page, "Open it")
    assert "Everybody can comment." in main(page)
    see(page, "registrar-use")
    page.goto(f"/registrar/uses/{offices.told}/decide")
    press(page, "Decide")
    page.goto(f"/registrar/uses/{offices.told}/release")
    see(page, "registrar-release", refused=True)
    press(page, "Hand over")
    assert "A second officer has not agreed" in main(page)
    press(page, "Sign out")
    sign_in(page, offices.keys["registrar-2"])
    page.goto(f"/registrar/uses/{offices.told}/countersign")
    assert "Rows that would leave" in main(page)
    press(page, "Countersign")
    press(page, "Sign out")
    sign_in(page, offices.keys["registrar"])
    page.goto(f"/registrar/uses/{offices.told}/release")
    press(page, "Hand over")
    assert "The records were handed over." in main(page)
    page.goto(f"/registrar/uses/{offices.told}/direction")
    see(page, "registrar-direction", refused=True)
    said = offices.site.said()
    assert "Traceback" not in said
    assert not [one.ref for one in offices.keys.values() if one.key in said]


def test_a_registrar_decides_about_two_records_and_sees_no_value(offices: Offices, page: Page):
    """D14, D32: what agrees stands there and nothing else; half an answer is asked for again; a press from before ends."""
    child = slipped(offices.world, at=datetime.now(UTC))
    sign_in(page, offices.keys["registrar"])
    go(page, page.get_by_role("link", name="Two records that may be one child"))
    see(page, "registrar-pairs")
    go(page, page.get_by_role("link", name="Question 1"))
    see(page, "registrar-pair")
    assert re.search(r"Birth date\s+Differs", main(page))
    assert child.upn not in page.content()
    assert child.forename not in main(page)
    page.get_by_label("Yes, one child").check()
    press(page, "Write it down")
    see(page, "registrar-pair-half", refused=True)
    page.get_by_label("The school told me").check()
    press(page, "Write it down")
    assert "Question 1 is decided." in main(page)
    assert "Nothing waits." in main(page)
    see(page, "registrar-pairs-none")
    page.goto("/registrar/records/1")
    assert "Question 1 does not wait" in main(page)
    assert "Question 1, on" in main(page)
