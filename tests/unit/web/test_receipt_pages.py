# SPDX-License-Identifier: Apache-2.0
"""The receipt of consent as a file, at the pages that show it to people (D12, D13)."""

import pytest

from beholden.refusals import Refusal
from unit.web import doubles
from unit.web.test_letter_pages import go, page
from unit.web.test_permission_pages import asked


@pytest.fixture
def taken(box, monkeypatch):
    """What the pages asked for, and a file for it."""
    from beholden.web.family import receipts

    calls = []

    def receipt(letter, **said):
        calls.append(said)
        if not said["numbers"]:
            raise Refusal("rights.no_receipt", "No.", next_step="", authority="")
        return b"{}\n"

    monkeypatch.setattr(receipts, "receipt", receipt)
    monkeypatch.setattr(receipts, "now", lambda: doubles.NOW)
    return calls


def test_what_was_pressed_can_be_taken_as_a_file_at_a_press(reader, box, taken):
    asked(reader, box)
    shown = page(go(reader, "/letter/permission/1", {"answer": "agree"}))
    assert 'action="/letter/permission/receipt/1"' in shown
    assert reader.get("/letter/permission/receipt/1").status_code == 405
    got = reader.post("/letter/permission/receipt/1")
    assert (got.status_code, got["Content-Type"], got.content) == (200, "application/ld+json", b"{}\n")
    assert got["Content-Disposition"] == 'attachment; filename="receipt-of-consent.jsonld"'
    assert "no-store" in got["Cache-Control"]
    (said,) = taken
    assert said["child"] == doubles.person(1)
    assert said["numbers"] == (doubles.LetterBox.number(0),)
    assert said["controller"].pages == "http://testserver/"


def test_a_yes_and_the_no_after_it_are_one_receipt(reader, box, taken):
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    go(reader, "/letter/permission/1")
    go(reader, "/letter/permission/1", {"answer": "keep_out"})
    reader.post("/letter/permission/receipt/1")
    assert taken[-1]["numbers"] == (doubles.LetterBox.number(1), doubles.LetterBox.number(0))


def test_by_its_number_an_earlier_answer_has_its_receipt(reader, box, taken):
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    number = doubles.LetterBox.number(0)
    reader.cookies.clear()
    asked(reader, box)
    shown = page(go(reader, "/letter/mine", {"number": number}))
    assert 'action="/letter/mine/receipt/1"' in shown
    assert 'action="/letter/mine/receipt/2"' not in shown
    assert reader.post("/letter/mine/receipt/1").status_code == 200
    assert taken[-1]["numbers"] == (number,)


def test_what_was_pressed_since_is_in_the_receipt_of_a_number_in_any_letter(reader, box, taken):
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    box.notices = (doubles.asking(use=doubles.SLEEP),)
    go(reader, "/letter/mine", {"number": doubles.LetterBox.number(0)})
    go(reader, "/letter/mine/back", {})
    reader.post("/letter/mine/receipt/1")
    assert taken[-1]["numbers"][:2] == (doubles.LetterBox.number(0), doubles.LetterBox.number(1))


def test_an_objection_has_no_receipt_of_consent(reader, box, taken):
    box.notices = (doubles.notice(),)
    from unit.web.test_letter_pages import opened

    opened(reader)
    go(reader, "/letter/use/1", {"answer": "keep_out"})
    assert "receipt" not in page(go(reader, "/letter/review", {}))
    assert "/letter/mine/receipt" not in page(
        go(reader, "/letter/mine", {"number": doubles.LetterBox.number(0)})
    )


def test_who_has_said_nothing_or_names_nobody_gets_no_file(reader, box, taken):
    asked(reader, box)
    assert reader.post("/letter/permission/receipt/1").status_code == 404
    assert reader.post("/letter/permission/receipt/9").status_code == 404
    assert reader.post("/letter/mine/receipt/1").status_code == 404
    reader.cookies.clear()
    assert reader.post("/letter/permission/receipt/1").status_code == 303
