# SPDX-License-Identifier: Apache-2.0
"""How long a browser takes to prove one family's file on the page, beside the command, over the same bytes.

From the press of the button to the words on the page; the file lies on the disk, the browser and the page are open, as
they are when a parent presses. The command starts anew, as it does when a parent calls it. How large the files are and
how they are made: `verify`.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import sync_playwright
from verify import NUMBER, Keeper, filled

from beholden.ledger import confirmation
from beholden.ledger.page.joined import page as page_bytes
from beholden.ledger.tags import Committed
from beholden.ledger.verify import subject
from beholden.ledger.vocabulary.handovers import Intent, Outcome, Recomputed, Registry
from beholden.ledger.vocabulary.terms import recipient_key_hash
from measuring import Claim, Limit, Said, Work, folder, main

RECIPIENT = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32)
PUBLIC = RECIPIENT.public_key().public_bytes_raw()
NO_CRYPTOGRAPHY = "Object.defineProperty(globalThis, 'crypto', {value: undefined})"
NOTE = """Lists of a thousand to nine million children, a registry for every fifty handovers, the number's place proved.
*With each recipient's word*: an outcome after each handover, with a signature to check. *Own arithmetic*: as in a
browser that has no Ed25519, where the page works every signature out itself, in whole numbers."""


@dataclass
class Heard(Keeper):
    """The same, and after each handover its recipient signs that it found the very list."""

    def recipient(self) -> bytes:
        return recipient_key_hash(PUBLIC)

    def add(self, body: Registry | Intent) -> int:
        index = super().add(body)
        if isinstance(body, Intent):
            found = Committed(n=body.set.n, depth=body.set.depth, root=body.set.root)
            signature = RECIPIENT.sign(confirmation.message(subject(body), found))
            word = Recomputed(key=PUBLIC, n=found.n, root=found.root, signature=signature)
            super().add(Outcome(id=body.id, outcome="delivered", recomputed=word, seq=body.seq))
        return index


Kind = Callable[[], Keeper]


def silent() -> Keeper:
    return Keeper(mixed=True)


def heard() -> Keeper:
    return Heard(mixed=True)


def in_page(kind: Kind, *, own: bool = False) -> Callable[[int], object]:
    """Press the button and wait for the answer, in Chromium."""

    @contextmanager
    def way(handovers: int) -> Iterator[Work]:
        raw, vkey = filled(kind(), handovers).bundle()
        bundle, place = folder() / "family.bundle", folder() / "proof.html"
        bundle.write_bytes(raw)
        place.write_bytes(page_bytes())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
            context = browser.new_context(offline=True)
            if own:
                context.add_init_script(NO_CRYPTOGRAPHY)
            page = context.new_page()
            page.goto(place.as_uri())
            page.set_input_files("#file", bundle)
            page.evaluate("document.querySelector('form details').open = true")
            page.fill("#key", vkey)
            page.fill("#number", NUMBER)

            def work() -> Said:
                page.click("button")
                page.wait_for_selector("#answer:not([hidden])", timeout=300_000)
                if not page.get_by_text("This file holds together").is_visible():
                    raise SystemExit(page.inner_text("#answer"))
                return Said(f"a file of {len(raw) / 2**20:.1f} MB")

            yield work
            browser.close()

    return way


def by_command(kind: Kind) -> Callable[[int], object]:
    """Run the command on the same file."""

    @contextmanager
    def way(handovers: int) -> Iterator[Work]:
        raw, vkey = filled(kind(), handovers).bundle()
        place = folder() / "family.bundle"
        place.write_bytes(raw)
        program = shutil.which("beholden", path=str(sys.prefix) + "/bin") or "beholden"
        asked = [program, "verify", str(place), "--key", vkey, "--number", NUMBER]
        yield lambda: subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)

    return way


if __name__ == "__main__":
    main(
        Claim(
            "page",
            "The page that proves a family's file in a browser, 3,000 handovers of mixed sizes in it",
            "handovers",
            {
                "page": in_page(silent),
                "beholden verify": by_command(silent),
                "page, with each recipient's word": in_page(heard),
                "beholden verify, with each recipient's word": by_command(heard),
                "page, own arithmetic, with each recipient's word": in_page(heard, own=True),
            },
            (300, 1_000, 3_000),
            Limit("whole", 5),
            NOTE,
        )
    )
