# SPDX-License-Identifier: Apache-2.0
"""What no module of the page that checks a proof may hold, and how they are joined; each rule catches a planted breach."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from beholden.ledger.handovers import STEPS
from beholden.ledger.page import joined

FOLDER = Path(joined.__file__).parent
MODULES = sorted(FOLDER.glob("*.js"))
IMPORTED = re.compile(r'^import \{([^}]*)\} from "\./([a-z0-9]+\.js)";$', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async function|function|class|const) ([A-Za-z0-9_]+)", re.MULTILINE)
DECLARED = re.compile(
    r"^(?:export )?(?:async function|function|class|const|let) ([A-Za-z0-9_]+)", re.MULTILINE
)


def bare(text: str) -> str:
    """A module without its comments."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)


RULES: dict[str, Callable[[str], list[str]]] = {
    "a connection": re.compile(
        r"\bfetch\b|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeer|\bimport\(|\bWorker\b|\blocation\b"
    ).findall,
    "a host": re.compile(r"https?://").findall,
    "text that becomes a part of the page": re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|srcdoc|DOMParser"
    ).findall,
    "something kept": re.compile(r"localStorage|sessionStorage|indexedDB|\bcaches\b|cookie").findall,
    "a clock": re.compile(r"\bDate\b").findall,
    "chance": re.compile(r"Math\.random|getRandomValues").findall,
    "a word left for a console": re.compile(r"\bconsole\b|\bdebugger\b|\balert\(").findall,
    "an export that is not taken away": re.compile(
        r"^export (?!(?:async function|function|class|const) )", re.MULTILINE
    ).findall,
    "an import that is not joined": re.compile(
        r'^import (?!\{[^}]*\} from "\./[a-z0-9]+\.js";$)', re.MULTILINE
    ).findall,
    "a name that is changed on its way": re.compile(r"^import \{[^}]*\bas\b", re.MULTILINE).findall,
    "an end of the script": re.compile(r"</script|<!--", re.IGNORECASE).findall,
}
PLANTED = {
    "a connection": "await fetch('/x');",
    "a host": 'const there = "https://elsewhere.example";',
    "text that becomes a part of the page": "answer.innerHTML = said;",
    "something kept": "localStorage.number = number;",
    "a clock": "const now = new Date();",
    "chance": "Math.random();",
    "a word left for a console": "console.log(number);",
    "an export that is not taken away": "export { verify };",
    "an import that is not joined": 'import sha from "./sha2.js";',
    "a name that is changed on its way": 'import { sha256 as hash } from "./sha2.js";',
    "an end of the script": "const end = '</script>';",
}


@pytest.mark.parametrize("rule", RULES)
def test_no_module_holds(rule):
    found = {one.name: RULES[rule](bare(one.read_text("utf-8"))) for one in MODULES}
    assert not {name: held for name, held in found.items() if held}
    assert len(MODULES) > 15, "the modules have moved: this rule reads nothing"


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_catches(rule):
    assert RULES[rule](bare(PLANTED[rule]))


@pytest.mark.parametrize("module", MODULES, ids=lambda one: one.name)
def test_a_module_says_what_it_is_for_and_is_short(module):
    lines = module.read_text("utf-8").splitlines()
    assert lines[0] == "// SPDX-License-Identifier: Apache-2.0"
    assert lines[1].startswith("// ")
    assert len(lines) < 400
    assert max(map(len, lines)) <= 120


def test_every_export_says_what_it_promises():
    """A comment stands before it, or before the run of constants that it is one of."""
    for module in MODULES:
        lines = module.read_text("utf-8").splitlines()
        for at, line in enumerate(lines):
            if line.startswith(("export function", "export async function", "export class")):
                assert lines[at - 1].strip().endswith("*/"), f"{module.name}: {line}"


def test_every_module_is_joined_once_behind_what_it_needs_and_names_are_unique():
    """One script has one room for names: two modules with one name would be one module."""
    names = [name for one in MODULES for name in DECLARED.findall(one.read_text("utf-8"))]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    whole = joined.joined()
    heads = [whole.index(one.read_text("utf-8").split("\n\n")[0]) for one in MODULES]
    assert whole.count("SPDX-License-Identifier") == len(MODULES) == len(set(heads))
    place = {one.name: at for one, at in zip(MODULES, heads, strict=True)}
    for one in MODULES:
        for _, needed in IMPORTED.findall(one.read_text("utf-8")):
            assert place[needed] < place[one.name], f"{one.name} stands before {needed}"
    assert not re.findall(r"^(?:import|export) ", whole, re.MULTILINE)


def test_what_is_imported_is_exported_and_used():
    exported = {one.name: set(EXPORTED.findall(one.read_text("utf-8"))) for one in MODULES}
    for one in MODULES:
        text = one.read_text("utf-8")
        for names, module in IMPORTED.findall(text):
            for name in filter(None, (word.strip() for word in names.split(","))):
                assert name in exported[module], f"{one.name} wants {name} of {module}"
                assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{one.name} does not use {name}"


def test_a_ring_of_modules_is_refused(monkeypatch):
    texts = {"page.js": 'import { a } from "./other.js";\n', "other.js": 'import { b } from "./page.js";\n'}
    monkeypatch.setattr(joined, "_read", texts.__getitem__)
    joined.joined.cache_clear()
    with pytest.raises(ValueError, match="imports itself"):
        joined.joined()
    joined.joined.cache_clear()


def test_the_steps_have_the_names_that_the_command_gives_them():
    text = (FOLDER / "refusals.js").read_text("utf-8")
    listed = re.search(r"STEPS = \[\n(.*?)\];", text, re.DOTALL)[1]
    assert tuple(re.findall(r'"([^"]+)"', listed)) == STEPS


def test_the_page_asks_for_nothing_and_its_policy_forbids_it():
    whole = joined.page().decode()
    assert joined.policy().startswith("default-src 'none'; script-src 'sha256-")
    assert f'content="{joined.policy()}"' in whole
    outside = whole[: whole.index("<style>")] + whole[whole.index("</style>") : whole.index("<script")]
    assert not re.findall(r'(?:src|href|action|srcset|data|poster)="', outside)
    assert not re.findall(r"\son[a-z]+=|\sstyle=", outside)
    assert not re.findall(r"url\(|@import|@font-face", (FOLDER / "page.css").read_text("utf-8"))
    assert whole.count("<script") == whole.count("<style") == 1
    assert joined.page() is joined.page()
