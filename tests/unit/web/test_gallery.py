# SPDX-License-Identifier: Apache-2.0
"""Every page in every state, in a real browser, narrow and wide: no rule of WCAG broken, nothing sideways, nothing foreign.

With a stand-in behind the pages; tests/journeys does the same with the real domain.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, Page

from beholden.catalogue import FamilySays
from beholden.web.present import catalogue
from journeys.screen import PICTURES, SIZES, chromium, look
from journeys.screen import screen as new_screen
from unit.web import doubles
from unit.web.doubles import CODE, LetterBox, notice


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: an address may hold a code."""


@pytest.fixture
def site(box: LetterBox) -> Iterator[str]:
    """Serve the pages on this machine, with the stand-in behind them."""
    from beholden.web.wsgi import application

    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(require: Callable[[str], Path]) -> Iterator[Browser]:
    with chromium(require("chromium")) as found:
        yield found


@pytest.fixture(params=SIZES, ids=lambda width: f"{width}px")
def screen(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    with new_screen(browser, site, request.param) as page:
        yield page


def open_letter(page: Page) -> None:
    page.goto("/letter")
    page.get_by_label("Enter the code from your letter").fill(CODE)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Day").fill("27")
    page.get_by_label("Month").fill("3")
    page.get_by_label("Year").fill("2015")
    page.get_by_role("button", name="Continue").click()


PUBLIC = {
    "home": "/",
    "uses": "/uses",
    "uses-refused": "/uses?state=Refused",
    "uses-none": "/uses?q=nothing+of+the+kind",
    "use-running": f"/uses/{doubles.UNIVERSITY}",
    "use-refused": f"/uses/{doubles.FRAUD}",
    "use-open": f"/uses/{doubles.SLEEP}",
    "use-to-decide": f"/uses/{doubles.COLLEGE}",
    "numbers": f"/uses/{doubles.UNIVERSITY}/numbers",
    "counts": "/uses/numbers",
    "log": "/log",
    "report-card": "/report-card",
    "report-card-fair": "/report-card/fair-processing",
    "report-card-security": "/report-card/security",
    "report-card-choice": "/report-card/choice",
    "entry": "/log/events/6",
    "rules": "/rules",
    "check": "/check",
    "cannot": "/cannot",
    "words": "/words",
    "help": "/help",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "lost": "/letter/lost",
    "left": "/letter/left",
    "not-me": "/letter/not-me",
    "not-me-thanks": "/letter/not-me/thanks",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages(screen: Page, name: str) -> None:
    screen.goto(PUBLIC[name])
    look(screen, name)


def test_no_card_for_a_log_that_does_not_hold(screen: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    from beholden.web.public import report

    monkeypatch.setattr(report, "report_card", doubles.no_report_card)
    screen.goto("/report-card")
    screen.errors.clear()  # type: ignore[attr-defined]  # the browser says that the answer was a 503, as it is meant
    look(screen, "report-card-none")


def test_a_page_that_is_not_there(screen: Page) -> None:
    screen.goto("/uses/U-1999-0001")
    look(screen, "not-found", refused=True)


def test_the_letter_from_code_to_receipt(screen: Page) -> None:
    screen.goto(f"/l/{CODE}")
    assert screen.url.endswith("/letter")
    look(screen, "letter-1-code")
    screen.get_by_role("button", name="Continue").click()
    look(screen, "letter-2-check")
    screen.get_by_label("Day").fill("27")
    screen.get_by_label("Month").fill("3")
    screen.get_by_label("Year").fill("2015")
    screen.get_by_role("button", name="Continue").click()
    look(screen, "letter-3-use")
    screen.get_by_label("Keep them out").check()
    screen.get_by_role("button", name="Continue").click()
    look(screen, "letter-4-review")
    screen.get_by_role("button", name="Save my answer").click()
    look(screen, "letter-5-saved")
    screen.get_by_role("link", name="Keep Maya and Sam out of other uses too").click()
    look(screen, "letter-6-wider")
    screen.get_by_label("Everything I am allowed").check()
    screen.get_by_role("button", name="Save").click()
    look(screen, "letter-7-saved-all")
    screen.get_by_role("button", name="Leave and clear this screen").click()
    look(screen, "letter-8-left")


def test_the_letter_child_by_child(screen: Page) -> None:
    open_letter(screen)
    screen.get_by_label("A different answer for each child").check()
    screen.get_by_role("button", name="Continue").click()
    look(screen, "letter-child-1")
    screen.get_by_label("Keep it out").check()
    screen.get_by_role("button", name="Continue").click()
    screen.get_by_label("Leave it in").check()
    screen.get_by_role("button", name="Continue").click()
    look(screen, "letter-review-each")
    screen.get_by_role("button", name="Save my answer").click()
    look(screen, "letter-saved-each")


def test_more_before_answering(screen: Page) -> None:
    open_letter(screen)
    screen.get_by_role("link", name="I want to know more first").click()
    look(screen, "letter-more")


def test_answering_after_the_day_and_once_more(screen: Page, box: LetterBox) -> None:
    box.notices = (notice(window_open=False), notice(use=doubles.SLEEP))
    open_letter(screen)
    look(screen, "letter-late")
    screen.get_by_label("Keep them out").check()
    screen.get_by_role("button", name="Continue").click()
    screen.get_by_role("button", name="Save my answer").click()
    look(screen, "letter-late-saved")


def test_answered_before(screen: Page) -> None:
    open_letter(screen)
    screen.get_by_label("Keep them out").check()
    screen.get_by_role("button", name="Continue").click()
    screen.get_by_role("button", name="Save my answer").click()
    screen.goto("/letter/use/1")
    assert not screen.get_by_label("Keep them out").is_checked()
    screen.get_by_role("link", name="I have answered before").click()
    look(screen, "letter-mine")
    screen.get_by_role("button", name="Continue").click()
    look(screen, "fault-mine", refused=True)
    screen.get_by_label("Enter the number of your answer").fill("4f7k3kqc")
    screen.get_by_role("button", name="Continue").click()
    look(screen, "letter-mine-answer")
    screen.get_by_role("button", name="Save").click()
    look(screen, "fault-mine-answer", refused=True)
    screen.get_by_label("Leave Sam in").check()
    screen.get_by_role("button", name="Save").click()
    look(screen, "letter-taken-back")
    screen.goto("/letter/mine/answer")
    look(screen, "letter-mine-taken-back")
    screen.goto("/letter/use/1")
    screen.get_by_label("Leave them in").check()
    screen.get_by_role("button", name="Continue").click()
    screen.get_by_role("button", name="Save my answer").click()
    look(screen, "letter-saved-leave-in")


def test_told_and_not_asked(screen: Page, box: LetterBox) -> None:
    for name, says in (("needs-yes", FamilySays.MUST_AGREE), ("compulsory", FamilySays.NOTHING)):
        code = next(code for code, one in catalogue().purposes.items() if one.family_says is says)
        box.notices = (notice(purpose=code),)
        open_letter(screen)
        look(screen, f"letter-{name}")


def test_yes_or_no(screen: Page, box: LetterBox) -> None:
    """D12: both buttons of one size and colour, nothing chosen beforehand; a yes is taken back at one press."""
    box.notices = (doubles.asking(),)
    open_letter(screen)
    look(screen, "yes-1-told")
    screen.get_by_role("button", name="Read the question").click()
    look(screen, "yes-2-question")
    looks = "it => [it.offsetWidth, it.offsetHeight, getComputedStyle(it).backgroundColor, getComputedStyle(it).color]"
    yes, no = (screen.get_by_role("button", name=name, exact=True) for name in ("Yes", "No"))
    assert yes.evaluate(looks) == no.evaluate(looks)
    yes.click()
    look(screen, "yes-3-saved")
    screen.get_by_role("button", name="Take my yes back").click()
    look(screen, "yes-4-taken-back")
    screen.goto("/letter/mine")
    screen.get_by_label("Enter the number of your answer").fill(LetterBox.number(0))
    screen.get_by_role("button", name="Continue").click()
    look(screen, "yes-5-by-its-number")
    screen.get_by_role("button", name="Take my yes back").click()
    screen.get_by_role("button", name="Next: Sam").click()
    screen.get_by_role("button", name="No", exact=True).click()
    look(screen, "yes-6-no")


def test_a_letter_that_is_asked_for_and_then_passed_on(screen: Page, box: LetterBox) -> None:
    """D16: the letter is there to read before anybody says yes; once it has come, this page is the same for all."""
    box.notices = (doubles.writing(),)
    open_letter(screen)
    look(screen, "post-1-told")
    screen.get_by_role("button", name="Read the question").click()
    look(screen, "post-2-question")
    box.notices = (doubles.writing(letter_is_here=True),)
    screen.goto("/letter/use/1")
    look(screen, "post-3-has-come")
    screen.goto("/letter/permission/1")
    screen.get_by_role("button", name="No", exact=True).click()
    look(screen, "post-3-no")


def test_a_childs_own_letter(screen: Page, box: LetterBox) -> None:
    """D14: to her it says *you*, and that she answers herself."""
    box.own, box.names, box.notices = True, ("Maya",), (doubles.asking(),)
    open_letter(screen)
    screen.get_by_role("button", name="Read the question").click()
    look(screen, "own-1-question")
    screen.get_by_role("button", name="Yes", exact=True).click()
    look(screen, "own-2-saved")
    box.notices = (doubles.writing(use=doubles.SLEEP),)
    screen.goto("/letter/mine")
    screen.get_by_label("Enter the number of your answer").fill(LetterBox.number(0))
    screen.get_by_role("button", name="Continue").click()
    look(screen, "own-3-by-its-number")
    screen.get_by_role("button", name="Take my yes back").click()
    look(screen, "own-4-about-another-use")


def test_what_went_wrong_where_nobody_knows_with_whom(screen: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """D34: whoever has no letter open, and everybody at the use's page, reads that any child can be in it."""
    from beholden.web.family import opening
    from beholden.web.public import register

    unnamed = tuple(replace(one, named=False) for one in doubles.warned_of(at=doubles.NOW))
    monkeypatch.setattr(opening, "warned_of", lambda **_: unnamed)
    monkeypatch.setattr(register, "incidents", lambda **_: unnamed)
    screen.goto("/letter")
    look(screen, "unnamed-letter")
    screen.goto(f"/uses/{doubles.UNIVERSITY}")
    look(screen, "unnamed-use")


@pytest.mark.parametrize("held", ["all", "little"])
def test_how_often_lists_of_names_were_matched_wrongly(
    screen: Page, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """D32: a list with its figures and the year's beside it, and both where there is next to nothing to say."""
    from beholden.web.public import register

    one, year = replace(doubles.LIST, rows=120, by_values=512, audit=doubles.AUDIT), doubles.YEAR
    if held == "little":
        one = replace(
            one, rows=10, by_values=64, known=0, agree=None, audit=replace(doubles.AUDIT, false=None)
        )
        year = replace(year, missed=None, lost=None, groups=())
    monkeypatch.setattr(register, "matched", lambda _: (one,))
    monkeypatch.setattr(register, "year_of_lists", lambda: year)
    screen.goto(f"/uses/{doubles.UNIVERSITY}")
    look(screen, f"use-matched-{held}")


def test_letters_behind_the_own_code(screen: Page, box: LetterBox, keeper: doubles.Keeper) -> None:
    """D16: the letter, or that there is none, and one press against more."""
    open_letter(screen)
    screen.goto("/family/second")
    screen.locator("input[name=second]").fill(doubles.OWN)
    screen.get_by_role("button", name="Continue").click()
    screen.goto(f"/family/{doubles.MAYA}/letters")
    look(screen, "post-4-letters")
    screen.get_by_role("button", name="No more letters").click()
    look(screen, "post-5-no-more")
    keeper.empty, keeper.restricted = True, True
    screen.goto(f"/family/{doubles.MAYA}/letters")
    look(screen, "post-6-none")


def test_what_went_wrong_behind_the_own_code(screen: Page, keeper: doubles.Keeper) -> None:
    """D34, UK GDPR Art 34: the notice of a high risk, with the child that is in it, before everything else of hers."""
    open_letter(screen)
    screen.goto("/family/second")
    screen.locator("input[name=second]").fill(doubles.OWN)
    screen.get_by_role("button", name="Continue").click()
    look(screen, "went-wrong")
    assert screen.get_by_role("heading", name="Something went wrong with the record of Maya").is_visible()


def test_the_sums_of_the_card_stand_on_a_phone_each_on_its_own_page(screen: Page) -> None:
    screen.goto("/report-card")
    wide = screen.viewport_size["width"] > min(SIZES)
    assert screen.locator(".bh-sum").first.is_visible() == wide
    screen.goto("/report-card/security")
    assert screen.locator(".bh-sum").is_visible()


def test_many_children_with_long_names(screen: Page, box: LetterBox) -> None:
    box.names = ("Wilhelmina-Josephine", "Nguyễn Thị Mỹ Duyên", "Oluwaseun Ọlámidé", "Maximilián")
    open_letter(screen)
    look(screen, "letter-many")
    box.names = box.names[:3]
    screen.goto("/letter/use/1")
    look(screen, "letter-long-names")


def test_what_goes_wrong(screen: Page, box: LetterBox) -> None:
    screen.goto("/letter")
    screen.get_by_role("button", name="Continue").click()
    look(screen, "fault-code", refused=True)
    assert screen.locator(".govuk-error-summary").evaluate("it => it === document.activeElement")
    screen.get_by_label("Enter the code from your letter").fill(CODE)
    screen.get_by_role("button", name="Continue").click()
    screen.get_by_label("Day").fill("28")
    screen.get_by_label("Month").fill("3")
    screen.get_by_label("Year").fill("2015")
    screen.get_by_role("button", name="Continue").click()
    look(screen, "fault-born", refused=True)
    box.refusing = "notices.too_many_tries"
    screen.get_by_role("button", name="Continue").click()
    look(screen, "fault-locked", refused=True)
    box.refusing = ""
    open_letter(screen)
    screen.get_by_role("button", name="Continue").click()
    look(screen, "fault-use", refused=True)
    screen.goto("/letter/use/1")
    screen.context.clear_cookies()
    screen.get_by_label("Keep them out").check()
    screen.get_by_role("button", name="Continue").click()
    look(screen, "fault-cold", refused=True)
    screen.goto("/letter/use/1")
    look(screen, "letter-closed")


def test_the_idle_warning(screen: Page) -> None:
    screen.clock.install()
    open_letter(screen)
    assert screen.locator("[data-idle]").is_hidden()
    screen.clock.fast_forward("12:30")
    assert screen.locator("[data-idle]").is_visible()
    look(screen, "idle")
    with screen.expect_response("**/letter/stay") as answered:
        screen.get_by_role("button", name="Keep it open").click()
    assert answered.value.status == 204
    screen.locator("[data-idle]").wait_for(state="hidden")
    screen.clock.fast_forward("15:30")
    screen.wait_for_url("**/letter/left")


def test_narrow_and_printed(browser: Browser, site: str, box: LetterBox) -> None:
    """320 px wide (a phone at its narrowest, a screen at 400 %): nothing sideways. On paper: no navigation."""
    box.names = ("Wilhelmina-Josephine", "Nguyễn Thị Mỹ Duyên", "Oluwaseun Ọlámidé")
    with new_screen(browser, site, 360) as page:
        page.set_viewport_size({"width": 320, "height": 640})
        for address in (*PUBLIC.values(), "/letter"):
            page.goto(address)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{address}: {wider} px stick out sideways"
        open_letter(page)
        look(page, "narrow-letter")
        page.get_by_label("Keep them out").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Save my answer").click()
        look(page, "narrow-saved")
        page.emulate_media(media="print")
        assert page.locator(".bh-hat").is_hidden()
        assert page.get_by_text("4F7K").is_visible()
        page.screenshot(path=PICTURES / "paper-saved.png", full_page=True)
        page.emulate_media(forced_colors="active", media="screen")
        page.goto("/letter/use/1")
        page.screenshot(path=PICTURES / "forced-colours-letter.png", full_page=True)


README_PICTURE = Path(__file__).parents[3] / "docs" / "pictures" / "family-notice.png"


def test_the_picture_in_the_readme(browser: Browser, site: str) -> None:
    """The README shows the notice as it is. Delete the picture, and this test makes it anew."""
    context = browser.new_context(
        viewport={"width": 860, "height": 960}, base_url=site, device_scale_factor=1.5
    )
    page = context.new_page()
    open_letter(page)
    page.evaluate("document.fonts.ready")
    shown = page.screenshot()
    context.close()
    if not README_PICTURE.exists():
        README_PICTURE.parent.mkdir(exist_ok=True)
        README_PICTURE.write_bytes(shown)
    size = slice(16, 24)  # width and height in a PNG's first chunk
    assert README_PICTURE.read_bytes()[size] == shown[size], "the picture in the README is of another page"
