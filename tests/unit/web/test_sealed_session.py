# SPDX-License-Identifier: Apache-2.0
"""The one cookie: unreadable, unchangeable, short; and the code never stands in an address or a log."""

import base64
import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.web.sealed_session import open_sealed, seal
from unit.web.doubles import CODE

NOW = 1_800_000_000
HELD = {"code": CODE, "born": "2015-03-27"}


@pytest.fixture(autouse=True)
def _with_a_key(_pages):
    """A key to seal with."""


def test_what_was_sealed_opens_again():
    assert open_sealed(seal(HELD, now=NOW), now=NOW) == HELD


def test_fifteen_minutes_and_no_more():
    text = seal(HELD, now=NOW)
    assert open_sealed(text, now=NOW + 15 * 60) == HELD
    assert open_sealed(text, now=NOW + 15 * 60 + 1) is None
    assert open_sealed(text, now=NOW - 1) is None, "nothing is sealed in the future"


def test_every_changed_sign_is_noticed():
    text = seal(HELD, now=NOW)
    raw = bytearray(base64.urlsafe_b64decode(text))
    for place in range(0, len(raw), 7):
        changed = bytearray(raw)
        changed[place] ^= 1
        assert open_sealed(base64.urlsafe_b64encode(bytes(changed)).decode(), now=NOW) is None


@given(st.text(max_size=300))
def test_whatever_is_not_ours_is_an_empty_session(text):
    assert open_sealed(text, now=NOW) is None


def test_two_sealings_of_the_same_differ_and_are_of_one_length():
    short, long = {"code": CODE}, {**HELD, "draft": {"1": "keep_out", "2": "leave_in"}}
    assert seal(HELD, now=NOW) != seal(HELD, now=NOW)
    assert len(seal(short, now=NOW)) == len(seal(long, now=NOW)), (
        "the length tells nothing about the children"
    )


def _open(reader):
    reader.post("/letter", {"code": CODE})
    reader.post("/letter/check", {"day": "27", "month": "3", "year": "2015"})


def test_one_cookie_and_nothing_readable_in_it(reader, box):
    _open(reader)
    reader.post("/letter/use/1", {"answer": "each"})
    reader.post("/letter/child/1", {"answer": "keep_out"})
    assert list(reader.cookies) == ["beholden"]
    cookie = reader.cookies["beholden"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == "", "the browser forgets it when it closes"
    raw = base64.urlsafe_b64decode(cookie.value)
    for secret in (CODE, "2015", "keep", "Maya", "Sam", "mandate", "born"):
        assert secret not in cookie.value
        assert secret.encode() not in raw


def test_a_cookie_of_three_children_and_two_answers_is_small(reader, box):
    box.names = ("Wilhelmina-Josephine", "Oluwaseun", "Maximilián")
    _open(reader)
    reader.post("/letter/use/1", {"answer": "keep_out"})
    reader.post("/letter/review")
    reader.post("/letter/wider", {"scope": "purpose"})
    assert len(reader.cookies["beholden"].value) < 1500


def test_looking_around_sets_no_cookie(reader, box):
    for address in ("/", "/uses", "/log", "/check", "/privacy", "/letter/lost"):
        answer = reader.get(address)
        assert "Set-Cookie" not in answer.headers
        assert not answer.cookies


@pytest.mark.parametrize(
    "address", [f"/l/{CODE}", f"/L/{CODE}", f"/letter?c={CODE}", f"/letter/{CODE}", f"/letter/{CODE.lower()}"]
)
def test_a_scanned_code_leaves_the_address_at_once_and_opens_nothing(reader, box, address):
    answer = reader.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/letter")
    assert answer.headers["Cache-Control"] == "no-store"
    assert CODE.casefold() not in str(answer.headers).casefold()
    assert box.opened == 0
    shown = reader.get("/letter").content.decode()
    assert " ".join(re.findall("....", CODE)) in shown.upper()


@pytest.mark.parametrize("address", [f"/l/{CODE}", f"/letter?c={CODE}", f"/letter/{CODE}", f"/l/{CODE}/x"])
@pytest.mark.parametrize("host", ["testserver", "elsewhere.example"])
def test_a_code_in_an_address_reaches_no_log(reader, box, address, host, caplog):
    caplog.set_level(logging.DEBUG)
    for method in (reader.get, reader.post, reader.put):
        method(address, headers={"host": host})
    assert CODE not in caplog.text
    assert CODE not in json.dumps([str(record.__dict__) for record in caplog.records])


def test_a_letter_s_pages_are_kept_nowhere(reader, box):
    _open(reader)
    for address in ("/letter", "/letter/use/1", "/letter/nowhere", "/letter/left"):
        answer = reader.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


def test_every_page_carries_the_fence(reader, box):
    for address in ("/", "/letter", "/uses.json", "/nowhere", "/log"):
        held = reader.get(address).headers
        policy = held["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert held["X-Content-Type-Options"] == "nosniff"
        assert held["Referrer-Policy"] == "same-origin"
        assert held["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_form_from_elsewhere_is_refused_in_words(box):
    from django.test import Client
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        reader = Client(enforce_csrf_checks=True)
        answer = reader.post("/letter", {"code": CODE})
        assert answer.status_code == 403
        assert b"This press was not saved." in answer.content
        reader.get("/letter")
        page = reader.get("/letter").content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        said = {"code": CODE, "csrfmiddlewaretoken": token}
        assert reader.post("/letter", said, headers={"origin": "https://evil.example"}).status_code == 403
        assert reader.post("/letter", said, headers={"origin": "http://testserver"}).status_code == 303
