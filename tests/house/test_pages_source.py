# SPDX-License-Identifier: Apache-2.0
"""What no page template of ours may hold, read from the source; each rule is seen to catch a planted breach.

The rendered pages are checked too (tests/unit/web); this one also reads the branches that no test renders.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "src" / "beholden" / "web"
PAGES = sorted((WEB / "templates").rglob("*.html")) + sorted((WEB / "components").glob("*.html"))
SCRIPTS = sorted((WEB / "static" / "own").glob("*.js"))
STYLES = sorted((WEB / "sass").glob("*.scss"))

TITLE = re.compile(r"\{% block title %\}(.*?)\{% endblock %\}", re.DOTALL)
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)


def forms_without_token(text: str) -> list[str]:
    return [form[:60] for form in FORM.findall(text) if 'method="post"' in form and "csrf_input" not in form]


def titles_with_values(text: str) -> list[str]:
    """U7: no names outside the page itself, so a title is fixed words."""
    return [title for title in TITLE.findall(text) if "{{" in title]


RULES: dict[str, Callable[[str], list[str]]] = {
    "a style in a tag, or a style sheet in the page": re.compile(r"\sstyle=|<style\b").findall,
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)").findall,
    "a handler in a tag": re.compile(r"\son[a-z]+\s*=").findall,
    "another host": re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""").findall,
    "a borrowed name, face, colour or crown": re.compile(
        r"GDS Transport|crown|crest|#1d70b8|GOV\.UK(?!'s)", re.IGNORECASE
    ).findall,
    "text that is trusted blindly": re.compile(r"\|\s*safe\b|Markup\(").findall,
    "a new window": re.compile(r"target=").findall,
    "a form without a token": forms_without_token,
    "a title with a value in it": titles_with_values,
    "a focus that jumps": re.compile(r"\bautofocus\b").findall,
    "a language that is taken from a record": re.compile(r"\.language\b").findall,
}
PLANTED = {
    "a style in a tag, or a style sheet in the page": '<p style="color:red">',
    "a script in the page": "<script>alert(1)</script>",
    "a handler in a tag": '<button onclick="go()">',
    "another host": '<img src="https://elsewhere.example/pixel.gif">',
    "a borrowed name, face, colour or crown": '<svg class="govuk-footer__crown">',
    "text that is trusted blindly": "{{ use.title | safe }}",
    "a new window": '<a href="/uses" target="_blank">',
    "a form without a token": '<form method="post"><button>Send</button></form>',
    "a title with a value in it": "{% block title %}The record of {{ child.name }}{% endblock %}",
    "a focus that jumps": "<input autofocus>",
    "a language that is taken from a record": '<html lang="{{ child.language }}">',
}


@pytest.mark.parametrize("rule", RULES)
def test_no_page_holds(rule):
    found = {page.relative_to(WEB).as_posix(): RULES[rule](page.read_text()) for page in PAGES}
    assert not {page: held for page, held in found.items() if held}
    assert len(PAGES) > 30, "the templates have moved: this rule reads nothing"


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_catches(rule):
    assert RULES[rule](PLANTED[rule])


def test_scripts_and_styles_are_our_own():
    """No word that a page sends to a browser names a host; nothing is stored in the browser, nothing is counted."""
    for file in (*SCRIPTS, *STYLES):
        text = re.sub(r"^\s*//.*$", "", file.read_text(), flags=re.MULTILINE)
        assert not re.findall(r"https?://", text), file.name
        assert not re.findall(
            r"localStorage|sessionStorage|indexedDB|sendBeacon|document\.cookie|eval\(", text
        )
    assert SCRIPTS


def test_every_page_of_the_letter_is_a_letter_s_page():
    """What an opened letter promises (a way out, no public navigation, no token forgotten) stands in one file."""
    for page in (WEB / "templates" / "family").glob("*.html"):
        if page.name != "letter.html" and not page.name.startswith("_"):
            assert page.read_text().startswith('{% extends "family/letter.html" %}'), page.name


def test_components_stand_alone():
    """One macro a file, with a sentence that says what it is for."""
    for page in (WEB / "components").glob("*.html"):
        text = page.read_text()
        if page.name == "mark.html":
            continue
        assert text.startswith("{#"), page.name
        assert re.findall(r"\{% macro (\w+)", text) == [page.stem], page.name


def test_only_one_place_reads_the_clock():
    """Domain calls are told the time by the door, and the door reads it in one place (and the cookie in another)."""
    readers = {
        file.relative_to(WEB).as_posix()
        for file in WEB.rglob("*.py")
        if re.search(r"timezone\.now|datetime\.now|time\.time\(", file.read_text())
    }
    assert readers == {"present.py", "sealed_session.py"}
