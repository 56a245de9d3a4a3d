# SPDX-License-Identifier: Apache-2.0
"""From the letter to the proof, with nothing made up between: a parent says no in a real browser, the gate releases,
the file lacks the child, and the proof of absence verifies (D11, D13, D28, D48)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from beholden.ledger.account import Standing
from beholden.ledger.verify import verify
from integration.world import REGISTRAR, World
from journeys.conftest import Site
from journeys.screen import SIZES, go, look, screen

LIMIT_SECONDS = 120
WORDS_A_MINUTE = 200
TYPING_THE_CODE, A_FIELD = 15, 4


def walk(page: Page, letter, *, name: str = "", script: bool = True) -> dict[str, int]:
    """Answer as a parent does, by what stands on the page. Returns the words read and fields filled on the way."""
    spent = {"screens": 0, "words": 0, "fields": 0}

    def arrived(step: str) -> None:
        spent["screens"] += 1
        read = page.locator(".govuk-panel" if step == "5-saved" else "main").inner_text()  # then it is done
        spent["words"] += len(re.findall(r"\w+", read))
        if name:
            look(page, f"{name}-{step}", script=script)

    _, code, born, numbers = letter
    page.goto("/letter")
    arrived("1-code")
    page.get_by_label("Enter the code from your letter").fill(code.lower())
    go(page, page.get_by_role("button", name="Continue"))
    arrived("2-check")
    for label, part in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
        page.get_by_label(label).fill(str(part))
        spent["fields"] += 1
    go(page, page.get_by_role("button", name="Continue"))
    arrived("3-use")
    page.get_by_label("Keep it out" if len(numbers) == 1 else "Keep them out").check()
    spent["fields"] += 1
    go(page, page.get_by_role("button", name="Continue"))
    arrived("4-review")
    go(page, page.get_by_role("button", name="Save my answer"))
    arrived("5-saved")
    return spent


@pytest.mark.parametrize("width", SIZES)
def test_no_is_no(world: World, site: Site, browser: Browser, keeper_home, width: int):
    letters = world.letters()
    said_no = next(letter for letter in letters if len(letter[3]) > 1)
    said_nothing = next(letter for letter in letters if not set(letter[3]) & set(said_no[3]))

    with screen(browser, site.address, width) as page:
        spent = walk(page, said_no, name="journey")
        number = page.locator(".bh-code").inner_text()
        page.goto("/letter/use/1")
        assert not page.get_by_label("Keep them out").is_checked(), (
            "an open letter tells nothing of an answer"
        )
        go(page, page.get_by_role("button", name="Leave and clear this screen"))
        page.goto("/letter/use/1")
        assert page.get_by_label("Enter the code from your letter").is_visible()

    seconds = spent["words"] / WORDS_A_MINUTE * 60 + TYPING_THE_CODE + spent["fields"] * A_FIELD
    print(f"{spent}: {seconds:.0f} s of {LIMIT_SECONDS}")
    assert spent["screens"] == 5
    assert seconds <= LIMIT_SECONDS
    assert re.search(r"[A-Z0-9]{4}\s[A-Z0-9]{4}", number)

    disclosure = world.released()
    absent, present = world.open(said_no), world.open(said_nothing)
    sent = released_people()
    assert world.parcel(keeper_home, disclosure).rows.num_rows == len(sent)
    assert not sent & {child.person.bytes for child in absent.children}
    assert {child.person.bytes for child in present.children} <= sent
    for opened, standing in ((absent, Standing.NOT_IN), (present, Standing.IN)):
        for child in opened.children:
            assert standing_of(world, child.person) == standing

    with screen(browser, site.address, width) as page:
        page.goto(f"/uses/{world.use}")
        assert page.get_by_text("Running").is_visible()
        look(page, "journey-6-use")
        page.goto("/log")
        look(page, "journey-7-log")
        page.goto("/")
        look(page, "journey-8-home")
    assert_nothing_leaked(site, world)


def released_people() -> set[bytes]:
    """Return who was decided on; the rows in the file are as many, and carry no person."""
    from beholden.gate import sets
    from beholden.gate.ids import unpacked
    from beholden.gate.models import Decision

    return set(unpacked(sets.read(Decision.objects.get().released)).to_pylist())


def standing_of(world: World, person) -> Standing:
    from beholden.gate.actions.proving import bundle

    account = verify(bundle(person, by=REGISTRAR, at=world.at))
    (handover,) = account.handovers
    return handover.standing


def assert_nothing_leaked(site: Site, world: World) -> None:
    """The server has said everything it says at its most talkative; no code, name or pupil number is in it."""
    said = site.said()
    for _, code, _, numbers in world.letters():
        assert code not in said.upper()
        for number in numbers:
            assert number not in said
    assert "Traceback" not in said


def test_without_scripts(world: World, site: Site, browser: Browser):
    """Everything works without JavaScript."""
    with screen(browser, site.address, 360, script=False) as page:
        walk(page, world.letters()[0], name="journey-no-script", script=False)
        go(page, page.get_by_role("link", name="out of other uses too"))
        page.get_by_label("Everything I am allowed").check()
        go(page, page.get_by_role("button", name="Save"))
        assert "everything you may say no to" in page.locator("main").inner_text()
        go(page, page.get_by_role("button", name="Leave and clear this screen"))
        assert page.locator("h1").inner_text() == "You have left"
        page.go_back()
        assert "you may say no to" not in page.locator("main").inner_text(), "going back shows nothing"


def shown_to_a_stranger(page: Page, letter) -> list[tuple[str, int]]:
    """Open a letter as whoever carried it could, say *leave in* and look about; return what every page says, and its size.

    Numbers and tokens are masked: they are others each time, also for the same reader.
    """
    _, code, born, numbers = letter
    seen = []
    page.goto(f"/l/{code}")
    go(page, page.get_by_role("button", name="Continue"))
    for label, part in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
        page.get_by_label(label).fill(str(part))
    go(page, page.get_by_role("button", name="Continue"))
    seen.append(page.content())
    for address in ("/letter/mine", "/letter/wider", "/letter/more", "/letter/use/1"):
        page.goto(address)
        seen.append(page.content())
    page.get_by_label("Leave it in" if len(numbers) == 1 else "Leave them in").check()
    go(page, page.get_by_role("button", name="Continue"))
    seen.append(page.content())
    go(page, page.get_by_role("button", name="Save my answer"))
    seen.append(page.content())
    go(page, page.get_by_role("button", name="Leave and clear this screen"))
    masked = [MASK.sub("*", text) for text in seen]
    return [(text, len(raw)) for text, raw in zip(masked, seen, strict=True)]


MASK = re.compile(
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]+|[C-X3479]{4} [C-X3479]{4}|([C-X3479], ){7}[C-X3479]|\d+:\d\d[ap]m'
)


def test_an_opened_letter_tells_a_stranger_nothing_and_undoes_nothing(
    world: World, site: Site, browser: Browser
):
    """The school's system holds every code and knows every birth date (D13). Only the number shows and changes an answer."""
    from beholden.choices.queries import objecting
    from beholden.choices.rules import Question

    letter = next(one for one in world.letters() if len(one[3]) > 1)
    with screen(browser, site.address, 360) as page:
        before = shown_to_a_stranger(page, letter)
        walk(page, letter)
        number = page.locator(".bh-code [aria-hidden]").inner_text()
        go(page, page.get_by_role("button", name="Leave and clear this screen"))
        assert shown_to_a_stranger(page, letter) == before
    people = {child.person for child in world.open(letter).children}
    question = Question(world.use, "public-interest-study", refusable=True)
    week = timedelta(days=7)
    assert objecting(question, wait=week, at=datetime.now(UTC) + 9 * week) == people

    for width in SIZES:
        with screen(browser, site.address, width) as page:
            page.goto(f"/l/{letter[1]}")
            go(page, page.get_by_role("button", name="Continue"))
            for label, part in (("Day", letter[2].day), ("Month", letter[2].month), ("Year", letter[2].year)):
                page.get_by_label(label).fill(str(part))
            go(page, page.get_by_role("button", name="Continue"))
            go(page, page.get_by_role("link", name="I have answered before"))
            page.get_by_label("Enter the number of your answer").fill(number.lower())
            go(page, page.get_by_role("button", name="Continue"))
            look(page, "journey-mine")
            if width == max(SIZES):
                page.get_by_label("Leave all of them in").check()
                go(page, page.get_by_role("button", name="Save"))
                look(page, "journey-taken-back")
    assert objecting(question, wait=week, at=datetime.now(UTC) + week - timedelta(hours=1)) == people
    assert not objecting(question, wait=week, at=datetime.now(UTC) + week)
    assert_nothing_leaked(site, world)


def test_with_the_keyboard_alone(world: World, site: Site, browser: Browser):
    """No mouse: Tab, Space and Enter from the code to the receipt."""
    _, code, born, numbers = world.letters()[0]

    def press_until(page: Page, found: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            focus = page.evaluate(
                "(() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
                " return ((l && l.innerText) || e.innerText || e.value || '').trim() })()"
            )
            if focus.startswith(found):
                outline = page.evaluate(
                    "getComputedStyle(document.activeElement).outlineStyle + "
                    "getComputedStyle(document.activeElement).boxShadow"
                )
                assert outline != "nonenone", f"{found}: the focus cannot be seen"
                return
        raise AssertionError(f"{found} cannot be reached")

    with screen(browser, site.address, 1280) as page:
        page.goto("/letter")
        press_until(page, "Enter the code")
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/letter/check")
        for label, part in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
            press_until(page, label)
            page.keyboard.type(str(part))
        page.keyboard.press("Enter")
        page.wait_for_url("**/letter/use/1")
        press_until(page, "Keep")
        page.keyboard.press("Space")
        press_until(page, "Continue")
        page.keyboard.press("Enter")
        page.wait_for_url("**/letter/review")
        press_until(page, "Save my answer")
        page.keyboard.press("Enter")
        page.wait_for_url("**/letter/saved")
        assert len(numbers) >= 1


def test_a_code_is_locked_after_five_wrong_birth_dates(world: World, site: Site, browser: Browser):
    """Locking is per code: another family's letter opens all the while."""
    first, other = world.letters()[0], world.letters()[1]
    with screen(browser, site.address, 360) as page:
        page.goto(f"/l/{first[1]}")
        go(page, page.get_by_role("button", name="Continue"))
        for _ in range(6):
            page.get_by_label("Day").fill("1")
            page.get_by_label("Month").fill("1")
            page.get_by_label("Year").fill("1999")
            go(page, page.get_by_role("button", name="Continue"))
            if page.locator("h1").inner_text() == "Too many tries":
                break
        look(page, "journey-locked", refused=True)
        assert page.locator("h1").inner_text() == "Too many tries"
    with screen(browser, site.address, 360) as page:
        walk(page, other)
    assert_nothing_leaked(site, world)


def test_a_letter_that_is_not_mine_counts_as_returned(world: World, site: Site, browser: Browser):
    """Who was not reached is left out (D6)."""
    from beholden.notices.queries import told

    letters = world.letters()
    alone = (
        one
        for one in letters
        if not any(set(one[3]) & set(other[3]) for other in letters if other is not one)
    )
    letter = next(alone)
    people = {child.person for child in world.open(letter).children}
    assert people <= told(world.use)
    with screen(browser, site.address, 360) as page:
        page.goto("/letter/not-me")
        page.get_by_label("The code in the letter").fill(letter[1])
        page.get_by_label("They have moved").check()
        go(page, page.get_by_role("button", name="Send"))
        look(page, "journey-not-me")
        assert "written down" in page.locator("h1").inner_text()
    assert not people & told(world.use)
