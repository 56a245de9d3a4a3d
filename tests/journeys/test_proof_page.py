# SPDX-License-Identifier: Apache-2.0
"""A parent checks the proof file in a browser: from a saved copy and from the door, large and small (D27, D28, U6, U8)."""

import json
import urllib.request

import pytest

from beholden.ledger.page.joined import page as page_bytes
from beholden.ledger.page.joined import policy
from beholden.ledger.verify import verify
from journeys.screen import PICTURES, RULES, SIZES, Axe, go, screen
from ledger_builder import small_town
from proof_page import reader


def looked_at(found, name, width):
    """Take the picture, and refuse what a machine can see."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    found.page.screenshot(path=PICTURES / f"proof-page-{name}-{width}.png", full_page=True)
    seen = Axe().run(found.page, options=RULES)
    assert seen.violations_count == 0, seen.generate_report()
    wider = found.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{name}: {wider} px stick out sideways"
    assert found.page.locator("h1").count() == 1


def press(page):
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_selector("#answer:not([hidden])")


def take(page, label, raw, name="family.bundle"):
    page.get_by_label(label, exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": raw}
    )


@pytest.mark.parametrize("width", SIZES)
def test_a_parent_checks_a_file_with_nothing_but_the_page(browser, tmp_path, width):
    """Opened from a file, without a network, with the mouse: in words what is proved, every handover, the data."""
    keeper = small_town()
    raw, number = keeper.bundle(1).print(), keeper.number(1)
    with reader(browser, tmp_path, width=width) as found:
        found.open()
        page = found.page
        assert page.evaluate("isSecureContext && crypto.subtle !== undefined"), "a file is a safe place too"
        looked_at(found, "asks", width)
        take(page, "The proof file", raw)
        page.get_by_label("Your child's pupil number").fill(f"  {number.lower()} ")
        press(page)
        assert page.evaluate("document.activeElement.id") == "answer"
        assert page.get_by_role("heading", name="This file holds together").is_visible()
        expected = verify(raw, number=number)
        assert found.shown() == list(expected.sentences())
        page.get_by_text("Every handover, one by one").click()
        page.locator("#answer tbody tr").first.wait_for()
        assert page.locator("#answer tbody tr").count() == 3
        looked_at(found, "holds", width)
        page.get_by_text("The answer as data").click()
        said = json.loads(page.locator("#answer pre").text_content())
        assert said == json.loads(json.dumps({"proven": True, **expected.to_json()}))
        found.check()


@pytest.mark.parametrize("width", SIZES)
def test_a_parent_is_told_where_a_file_fails_and_never_a_value(browser, tmp_path, width):
    keeper = small_town()
    raw = keeper.bundle(1).print()
    with reader(browser, tmp_path, width=width) as found:
        found.open()
        page = found.page
        page.get_by_role("button", name="Check the file").click()
        assert page.get_by_text("Choose the proof file first.").is_visible()
        looked_at(found, "nothing-given", width)
        take(page, "The proof file", raw)
        page.get_by_label("Your child's pupil number").fill("A123456789012")
        press(page)
        said = page.locator("#answer").inner_text()
        assert page.get_by_role("heading", name="Not proven").is_visible()
        assert "Step 6 (the child's place)" in said
        assert "Do not rely on this file." in said
        assert "Fetch a new file from the register" in said
        assert "123456789012" not in page.locator("main").inner_text()
        looked_at(found, "fails", width)
        page.get_by_label("Your child's pupil number").fill("")
        assert not page.locator("#answer").is_visible(), "that was the answer to another question"
        page.get_by_text("More that you can give").click()
        take(page, "An earlier proof file", raw[:-1])
        looked_at(found, "more", width)
        press(page)
        assert "It is the earlier file that fails." in page.locator("#answer").inner_text()
        found.check()


def test_a_fault_of_the_page_is_no_answer_about_the_file(browser, tmp_path):
    with reader(browser, tmp_path) as found:
        found.page.add_init_script("File.prototype.slice = () => { throw new TypeError('planted'); }")
        found.open()
        take(found.page, "The proof file", small_town().bundle(1).print())
        press(found.page)
        said = found.page.locator("#answer").inner_text()
        assert "Not proven" in said
        assert "This page could not finish." in said
        assert "holds together" not in said


def test_a_file_cannot_become_a_part_of_the_page(browser, tmp_path):
    """Whatever stands in a file or a policy is shown as text, if it is shown at all."""
    with reader(browser, tmp_path) as found:
        policy = b"log <img src=x onerror=alert(1)>\nquorum <b>none</b>\n"
        answer = found.answer(small_town().bundle(1).print(), policy=policy)
        assert answer["proven"] is False
        assert found.page.locator("#answer img, #answer b").count() == 0
        found.check()


PLANTED = {
    "a request": "fetch('https://elsewhere.example/').then(() => 'left', () => 'kept')",
    "a request to its own server": "fetch('/').then(() => 'left', () => 'kept')",
    "a beacon": "navigator.sendBeacon('/beacon', 'x') && 'asked'",
    "a socket": "new Promise((done) => { const one = new WebSocket('wss://elsewhere.example/');"
    " one.onopen = () => done('left'); one.onerror = () => done('kept'); })",
    "a picture": "new Promise((done) => { const one = new Image(); one.onload = () => done('left');"
    " one.onerror = () => done('kept'); one.src = '/mark.png'; })",
    "a script": "new Promise((done) => { const one = document.createElement('script');"
    " one.textContent = 'globalThis.planted = true'; document.body.append(one);"
    " done(globalThis.planted ? 'left' : 'kept'); })",
    "a worker": "new Promise((done) => { try { const one = new Worker('/worker.js');"
    " one.onerror = () => done('kept'); } catch { done('kept'); } })",
    "a frame": "new Promise((done) => { const one = document.createElement('iframe'); one.src = '/';"
    " one.onload = () => done('kept'); document.body.append(one); })",
}


@pytest.mark.parametrize("way", PLANTED)
def test_nothing_that_is_planted_in_the_page_reaches_a_server(browser, way):
    """The page's own policy, which travels in the page: the server here sends none."""
    site, asked = "https://page.test", []
    context = browser.new_context()

    def answered(route):
        asked.append(route.request.url)
        route.fulfill(body=page_bytes(), content_type="text/html; charset=utf-8")

    context.route("**/*", answered)
    page = context.new_page()
    page.goto(f"{site}/proof.html")
    violations = page.evaluate(
        "async (planted) => { const seen = [];"
        " document.addEventListener('securitypolicyviolation', (one) => seen.push(one.effectiveDirective));"
        " const answer = await eval.call(null, planted);"
        " await new Promise((done) => setTimeout(done, 100)); return [answer, seen]; }".replace(
            "await eval.call(null, planted)", f"await ({PLANTED[way]})"
        )
    )
    context.close()
    assert violations[0] in {"kept", "asked"}
    assert violations[1], "the browser did not say that the policy forbids it"
    assert asked == [f"{site}/proof.html"]


def test_without_javascript_the_page_says_so_and_names_the_command(browser, tmp_path):
    place = tmp_path / "proof.html"
    place.write_bytes(page_bytes())
    with screen(browser, place.as_uri(), 360, script=False) as page:
        page.goto(place.as_uri())
        assert page.get_by_text("This page needs JavaScript.").is_visible()
        assert page.get_by_text("beholden verify family.bundle").is_visible()
        assert not page.locator("#ask").is_visible()
        page.screenshot(path=PICTURES / "proof-page-without-javascript-360.png", full_page=True)


def test_the_door_serves_the_same_bytes_under_the_same_policy(browser, pages):
    """And by this door it works and asks nothing: the policy that is sent with it is its own."""
    with urllib.request.urlopen(f"{pages.address}/check/proof", timeout=60) as answer:  # noqa: S310  our own address
        assert answer.read() == page_bytes()
        assert answer.headers["Content-Security-Policy"] == f"{policy()}; frame-ancestors 'none'"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Set-Cookie" not in answer.headers
    raw = small_town().bundle(2).print()
    with screen(browser, pages.address, 360) as page:
        page.goto("/check")
        go(page, page.get_by_role("link", name="Open the page that checks a proof file"))
        asked = []
        page.on("request", lambda one: asked.append(one.url))
        take(page, "The proof file", raw)
        press(page)
        assert page.locator("#answer > ul > li").all_text_contents() == list(verify(raw).sentences())
        assert asked == []
        assert page.errors == []
