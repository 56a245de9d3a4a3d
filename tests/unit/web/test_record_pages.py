# SPDX-License-Identifier: Apache-2.0
"""The pages behind the second step: what leads to them, what does not, and what each says when it cannot (D35, U1, U7)."""

import re
from dataclasses import replace

import pytest

from unit.web import doubles
from unit.web.doubles import CODE, LETTER, MAYA, OWN, SAM, SECOND

BORN = {"day": "27", "month": "3", "year": "2015"}
PAGES = ("/family", f"/family/{MAYA}/record", f"/family/{MAYA}/used", f"/family/{MAYA}/letters")
FILES = (f"/family/{MAYA}/copy", f"/family/{MAYA}/proof")


@pytest.fixture
def opened(reader, keeper):
    """Return a reader whose letter is open."""
    reader.post("/letter", {"code": CODE})
    reader.post("/letter/check", BORN)
    return reader


@pytest.fixture
def entered(opened):
    """Return a reader who has taken the second step and seen the own code."""
    opened.post("/family/second", {"second": SECOND})
    opened.get("/family/own")
    return opened


@pytest.mark.parametrize("address", PAGES + FILES)
def test_without_a_letter_there_is_only_the_code(reader, keeper, address):
    answer = reader.post(address) if address in FILES else reader.get(address)
    assert (answer.status_code, answer["Location"]) == (303, "/letter")
    assert keeper.asked == []


@pytest.mark.parametrize("address", PAGES + FILES)
def test_with_a_letter_alone_there_is_only_the_second_code(opened, keeper, address):
    answer = opened.post(address) if address in FILES else opened.get(address)
    assert (answer.status_code, answer["Location"]) == (303, "/family/second")
    assert keeper.asked == []


def test_a_code_is_looked_up_at_a_press_alone(opened, keeper):
    opened.get("/family/second?second=" + SECOND)
    assert keeper.asked == []


def test_the_own_code_is_shown_on_one_screen_once(opened):
    answer = opened.post("/family/second", {"second": f"{SECOND[:4].lower()} {SECOND[4:]}"}, follow=True)
    assert f"{OWN[:4]} {OWN[4:8]} {OWN[8:]}" in answer.content.decode()
    again = opened.get("/family/own", follow=True)
    assert OWN[:4] not in again.content.decode()


def test_what_went_wrong_stands_with_the_child_that_is_in_it_and_no_other(entered):
    """D34, UK GDPR Art 34(2): what happened, which facts, what it may mean, what is done, whom to ask."""
    page = entered.get("/family").content.decode()
    assert page.count("Something went wrong with") == 1
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    said = words[words.index("Something went wrong with") :]
    assert "Maya" in said[:80]
    for part in (
        "A file was left on a train.",
        "These facts are in it: school year, days away in England.",
        "What it may mean: Somebody could find out",
        "What we do: The file is back.",
        "Say this number: I-2027-0001.",
    ):
        assert part in said


def test_everybody_reads_the_same_line_before_any_letter_is_open(reader, box):
    """D34: that something went wrong, and nothing of a single child."""
    page = reader.get("/letter").content.decode()
    assert "Something went wrong with some school records (I-2027-0001). A file turned up." in page
    assert "Maya" not in page


def test_where_nobody_knows_which_children_are_in_it_everybody_reads_so(reader, box, monkeypatch):
    """D34, UK GDPR Art 34(3)(c): no page of a family's own can tell it, so the line sends nobody there."""
    from beholden.web.family import opening

    (one,) = doubles.warned_of(at=doubles.NOW)
    monkeypatch.setattr(opening, "warned_of", lambda **_: (replace(one, named=False),))
    page = reader.get("/letter").content.decode()
    assert "We do not know yet which children are in it. Your child can be in it." in page
    assert "Is your child in it?" not in page
    monkeypatch.setattr(opening, "warned_of", lambda **_: (one, replace(one, ref="I-2027-0002"), one))
    page = reader.get("/letter").content.decode()
    assert page.count("Is your child in it?") == 1
    assert "We do not know yet" not in page


def test_an_own_code_leads_straight_on(opened):
    assert opened.post("/family/second", {"second": OWN})["Location"] == "/family"


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_kept_by_nobody_and_name_nobody_in_title_or_address(entered, address):
    """U7; ux.md 2.1."""
    answer = entered.get(address)
    title = answer.content.decode().split("<title>")[1].split("</title>")[0]
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "Maya" not in title
    assert "Maya" not in address


@pytest.mark.parametrize("address", FILES)
def test_a_file_is_taken_at_a_press_alone_and_its_name_names_nobody(entered, address):
    assert entered.get(address).status_code == 405
    answer = entered.post(address)
    assert answer["Content-Disposition"].startswith('attachment; filename="school-record-')
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "ref", ["CCCCCCCC", "77777777", "cdfghjkm", "../../etc", "CDFGHJK", "CDFGHJKMN", "%00"]
)
@pytest.mark.parametrize("page", ["record", "used"])
def test_another_familys_reference_is_not_there(entered, ref, page):
    answer = entered.get(f"/family/{ref}/{page}")
    assert answer.status_code == 404
    assert "Maya" not in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("hatch.silent", 503, "We cannot look into the records now"),
        ("gate.journal_damaged", 503, "We cannot look into the records now"),
        ("register.file_changed", 503, "We cannot look into the records now"),
        ("a.new_refusal", 503, "We cannot look into the records now"),
        ("notices.too_many_tries", 429, "Too many tries"),
        ("notices.ring_us", 429, "Ring us about this letter"),
    ],
)
def test_what_cannot_be_shown_says_what_to_do(entered, keeper, code, status, words):
    keeper.refusing = code
    answer = entered.get(f"/family/{SAM}/record")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_newer_own_code_asks_for_it_and_a_dead_letter_for_the_letter(entered, keeper):
    keeper.refusing = "notices.second_not_opened"
    assert entered.get("/family")["Location"] == "/family/second"
    keeper.refusing = ""
    entered.post("/family/second", {"second": OWN})
    keeper.refusing = "notices.not_opened"
    assert entered.get("/family")["Location"] == "/letter"
    assert entered.get("/family")["Location"] == "/letter"


def test_leaving_forgets_the_codes(entered):
    entered.post("/letter/leave")
    assert entered.get("/family")["Location"] == "/letter"


def test_the_list_of_uses_says_why_a_look_by_staff_stands_there_later(entered):
    """D27, decision 0018: one wait for every child, and a longer one where a look could do harm, which ends too."""
    said = entered.get(f"/family/{MAYA}/used").content.decode()
    assert "If one of our staff looks, it stands here 7 days later." in said
    assert "because news of a look can put a child in danger" in said
    assert "The wait is the same for each child." in said


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_who_used_it_names_a_letter_and_not_for_whom_it_was(entered):
    """U5: whether the child was written to stands nowhere; the two lists beside it say in and not in."""
    said = words(entered.get(f"/family/{MAYA}/used"))
    assert "We passed on a letter from 1 April 2027 on. No record was given to anybody." in said
    assert said.count("Maya was in this list") == said.count("Maya was not in this list") == 1


def test_a_letter_is_read_whole_and_who_has_none_reads_only_what_they_said(entered):
    """D16, U5: no reason but the reader's own word."""
    said = words(entered.get(f"/family/{MAYA}/letters"))
    assert all(part in said for part in LETTER.parts)
    assert "You do not have to do anything." in said
    assert said.count("There is no letter for Maya here.") == 3
    assert "You said no." in said
    assert "You did not say yes." in said
    assert "We do not show why." in said


def test_no_more_letters_is_one_press_with_a_number_that_is_shown_once(entered, keeper):
    """D11."""
    assert entered.get(f"/family/{MAYA}/no-more").status_code == 405
    entered.get(f"/family/{MAYA}/letters")
    answer = entered.post(f"/family/{MAYA}/no-more", follow=True)
    assert "Your number is 4F7K 3KQC" in words(answer)
    assert "With it you can take this back." in words(answer)
    assert "</span>. Write" in answer.content.decode()
    later = entered.get(f"/family/{MAYA}/letters")
    assert "4F7K" not in words(later)
    assert "You said no to all letters. Take it back with its number" in words(later)
    for shown in (answer, later):
        assert f"/family/{MAYA}/no-more" not in shown.content.decode()
    assert keeper.asked.count("family.no_more") == 1


def test_who_may_not_decide_may_stop_letters_and_is_promised_no_way_back(entered, keeper):
    """D11: a no protects, whoever says it; only who decides takes it back."""
    keeper.restricted = True
    assert "No more letters" in words(entered.get(f"/family/{MAYA}/letters"))
    stopped = entered.post(f"/family/{MAYA}/no-more", follow=True)
    later = entered.get(f"/family/{MAYA}/letters")
    assert "Your number is 4F7K 3KQC" in words(stopped)
    assert "You said no to all letters." in words(later)
    for shown in (stopped, later):
        assert "back" not in words(shown).partition("Letters for Maya")[2].partition("Questions?")[0]
