# SPDX-License-Identifier: Apache-2.0
"""Every published vector, asked of the page in a real browser: the answer of `beholden verify`, word for word (D27, D28)."""

import json

import pytest

from beholden.ledger.policy import Policy
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from conformance.test_published_answers import VECTORS, asked, named
from journeys.screen import chromium
from proof_page import reader

NUMBERS = {"fraction"}
"""Vectors whose number a browser reads as the whole number it is: it says that the spelling is another one."""


@pytest.fixture(scope="module")
def browser(require):
    with chromium(require("chromium")) as found:
        yield found


@pytest.fixture(scope="module", params=["the browser's cryptography", "its own"])
def page(request, browser, tmp_path_factory):
    with reader(browser, tmp_path_factory.mktemp("page"), own=request.param == "its own") as found:
        yield found


def said_by_python(raw, given):
    """What the command says of the same, as data."""
    policy = given["policy"] and Policy.parse(given["policy"])
    try:
        return {"proven": True, **verify(raw, **{**given, "policy": policy}).to_json()}
    except Refusal as no:
        return {
            "proven": False,
            "code": no.code,
            "step": getattr(no, "step", None),
            "sentence": no.sentence,
            "next_step": no.next_step,
            "authority": no.authority,
        }


@pytest.mark.parametrize("one", VECTORS, ids=named)
def test_the_page_answers_as_the_list_says_and_as_the_command_does(one, page):
    raw, given = asked(one)
    found = page.answer(raw, **given)
    assert found.get("step") == one["step"]
    expected = json.loads(json.dumps(said_by_python(raw, given)))
    if one["name"] in NUMBERS:
        found.pop("sentence"), expected.pop("sentence")
    assert found == expected
    if one["step"] is None:
        assert page.shown() == expected["sentences"]
        assert {name: found[name] for name in one["account"]} == one["account"]
    else:
        assert page.shown() == []
    page.check()
