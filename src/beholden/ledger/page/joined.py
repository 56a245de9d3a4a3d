# SPDX-License-Identifier: Apache-2.0
"""Makes the page: its modules joined in their order, with style and words, in one file that asks for nothing else.

Decides in which order the modules stand, and what the page's policy lets a browser do: run this script, use this style,
and nothing more. The same sources give the same bytes, so that copies can be compared. No Django.
"""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final

NAME: Final = "proof.html"
FIRST: Final = "page.js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z0-9]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) )", re.MULTILINE)
_FOLDER = files("beholden.ledger.page")


@cache
def page() -> bytes:
    """Return the whole page."""
    style, script = _read("page.css"), joined()
    whole = _read("page.html").replace("{policy}", policy())
    return whole.replace("{style}", style).replace("{script}", script).encode()


@cache
def policy() -> str:
    """Return the page's Content-Security-Policy, which stands in the page and is sent with it where it is served.

    One script and one style by their hashes; no connection, no picture, no frame, no form that goes anywhere.
    """
    script, style = _hashed(joined()), _hashed(_read("page.css"))
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; form-action 'none'; base-uri 'none'"
    )


@cache
def joined() -> str:
    """Return the script: each module once, behind those that it imports; names are one for all, and each is unique."""
    order: list[str] = []
    _place(FIRST, order, ())
    return "".join(_EXPORT.sub("", _IMPORT.sub("", _read(name))) for name in order)


def _place(name: str, order: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"{name} imports itself by way of {', '.join(above)}.")
    for needed in _IMPORT.findall(_read(name)):
        _place(needed, order, (*above, name))
    if name not in order:
        order.append(name)


def _hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")
