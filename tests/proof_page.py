# SPDX-License-Identifier: Apache-2.0
"""The page that checks a proof file, opened from a file in a real browser and asked as a person asks it.

Every request that it makes is kept, and one that leaves the file fails the test. `own` takes the browser's cryptography
away, so that the page's own arithmetic answers.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from beholden.ledger.page.joined import page as page_bytes

NO_CRYPTOGRAPHY = "Object.defineProperty(globalThis, 'crypto', {value: undefined})"


ASKED = """async () => {
  const answer = document.getElementById("answer");
  const given = new Promise((resolve) => {
    new MutationObserver(() => answer.hidden || resolve()).observe(answer, { attributes: true });
  });
  document.getElementById("ask").requestSubmit();
  await given;
  const last = answer.querySelector(":scope > details:last-child");
  const opened = new Promise((resolve) => last.addEventListener("toggle", resolve));
  last.open = true;
  await opened;
  return last.querySelector("pre").textContent;
}"""


class Reader:
    """Asks the page, and returns what it answers in the form of `beholden verify --json`."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda asked: self.requests.append(asked.url))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: self.errors.append(str(fault)))

    def open(self) -> None:
        self.page.goto(self.address)

    def fill(self, raw: bytes, *, key=None, number=None, policy=None, earlier=None) -> None:
        """Give the page what a reader gives it, and take away what was given before."""
        self.page.evaluate(
            "([key, number]) => { for (const one of document.querySelectorAll('input')) one.value = '';"
            " given('key').value = key; given('number').value = number;"
            " function given(name) { return document.getElementById(name); } }",
            [key or "", number or ""],
        )
        for name, content in (("file", raw), ("earlier", earlier), ("policy", policy)):
            if content is not None:
                self.page.set_input_files(f"#{name}", {"name": name, "mimeType": "", "buffer": content})

    def answer(self, raw: bytes, **beside: Any) -> dict[str, Any]:
        """Ask about a file, and return the answer as the page has it as data. Many are asked so: no mouse is moved."""
        if self.page.url != self.address:
            self.open()
        self.fill(raw, **beside)
        found: dict[str, Any] = json.loads(self.page.evaluate(ASKED))
        return found

    def shown(self) -> list[str]:
        """Return the sentences as they stand on the page."""
        return self.page.locator("#answer > ul > li").all_text_contents()

    def check(self) -> None:
        """Refuse a request for anything but the page, and whatever the browser complained of."""
        assert set(self.requests) <= {self.address}
        assert self.errors == []


@contextmanager
def reader(browser: Browser, folder: Path, *, own: bool = False, width: int = 1280) -> Iterator[Reader]:
    """Lend the page as somebody who saved it has it, in a browser that reaches no network."""
    place = folder / "proof.html"
    place.write_bytes(page_bytes())
    context = browser.new_context(
        offline=True, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    if own:
        context.add_init_script(NO_CRYPTOGRAPHY)
    try:
        yield Reader(context.new_page(), place.as_uri())
    finally:
        context.close()
