# SPDX-License-Identifier: Apache-2.0
"""A real browser for pages: how it is started, what it may not do, and what is looked at on each page.

Pictures lie in build/pictures and are looked at by people: a test cannot see what a tired parent stumbles over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, Locator, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = REPOSITORY / "build" / "pictures"
BUILT = REPOSITORY / "src/beholden/web/static/built/pages.css"
SIZES = {360: 740, 1280: 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def chromium(program: Path) -> Iterator[Browser]:
    """Run Debian's Chromium, without a sandbox because tests may run as root."""
    if not BUILT.exists():
        pytest.fail("the pages are not built: run `make pages`")
    with _beside_django(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        with _own_connections():
            yield browser
        browser.close()


@contextmanager
def _beside_django() -> Iterator[None]:
    """Let the test's own thread use the database: Playwright keeps an event loop in it, which Django takes for ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@contextmanager
def _own_connections() -> Iterator[None]:
    """Close what Django opened beside the loop: it keeps a connection for each, and the next browser would find it."""
    try:
        yield
    finally:
        if settings.configured:  # a test of a page alone has no home, and asks no database
            connections.close_all()


@contextmanager
def screen(browser: Browser, site: str, width: int, *, script: bool = True) -> Iterator[Page]:
    """Lend a page of a fresh context. What it complains of, and every request to another host, is in `page.errors`."""
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        base_url=site,
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    page = context.new_page()
    errors: list[str] = []
    page.errors = errors  # type: ignore[attr-defined]
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: errors.append(str(fault)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((site, "data:")) else errors.append(f"foreign: {asked.url}")
        ),
    )
    yield page
    context.close()


def go(page: Page, pressed: Locator) -> None:
    """Press what leads to a page, and wait until that page is there whole, as a reader does: a click waits for nothing."""
    pressed.wait_for()
    with page.expect_navigation():
        pressed.click()


def look(page: Page, name: str, *, refused: bool = False, script: bool = True) -> None:
    """Take the picture, and refuse what a machine can see. `refused`: the page answers with a 4xx, as it should."""
    page.wait_for_load_state()
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"]
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    if script:  # axe is a script itself; without scripts the picture and the page's own words are checked
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name}: {wider} px stick out sideways"
    assert page.locator("h1").count() == 1
    errors = [text for text in page.errors if not (refused and "status of 4" in text)]  # type: ignore[attr-defined]
    assert errors == []
    page.errors.clear()  # type: ignore[attr-defined]
