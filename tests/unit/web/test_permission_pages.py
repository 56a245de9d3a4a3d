# SPDX-License-Identifier: Apache-2.0
"""*Yes or no*, press by press. D11, D12, D13; UK GDPR Art 7."""

import re
from dataclasses import replace

import pytest

from beholden.choices.rules import Answer
from unit.web import doubles
from unit.web.test_letter_pages import go, heading, opened, page, words


def asked(reader, box):
    box.notices = (doubles.asking(),)
    opened(reader)
    return go(reader, "/letter/permission/1")


def test_everything_stands_on_the_one_page(reader, box):
    """D12: who, where, who works for them, which facts, from, until, what a no means: no link leads to any of it."""
    said = words(asked(reader, box))
    for part in (
        "May University of Northford, England, see these facts about Maya from 1 April 2027 to 31 March 2029",
        "Datahouse, Wales, works on them for University of Northford.",
        "School year",
        "Days away",
        "31 March 2029",
        "Nothing changes for Maya.",
        "If you say nothing The answer is no.",
    ):
        assert part in said, part
    assert "<details" not in page(go(reader, "/letter/permission/1"))


def test_yes_and_no_are_two_buttons_alike_and_nothing_is_chosen(reader, box):
    shown = page(asked(reader, box))
    yes, no = re.findall(r'<button([^>]*) name="answer" value="[a-z_]+"([^>]*)>', shown)
    assert yes == no
    assert "checked" not in shown
    assert box.answers == []


def test_after_the_day_a_yes_counts_from_the_next_time(reader, box):
    box.notices = (doubles.asking(window_open=False),)
    opened(reader)
    done = go(reader, "/letter/permission/1", {"answer": "agree"})
    assert (done.status_code, "You said yes for Maya." in words(done)) == (200, True)
    late = "The day to answer this one was Friday 19 March 2027. Your answer counts from the next time this use runs."
    assert late in words(done)


def test_no_button_is_no_answer(reader, box):
    asked(reader, box)
    assert reader.post("/letter/permission/1", {}).status_code == 422
    assert reader.post("/letter/permission/1", {"answer": "leave_in"}).status_code == 422
    assert box.answers == []


def test_one_press_for_each_child_and_a_number_for_each(reader, box):
    asked(reader, box)
    done = go(reader, "/letter/permission/1", {"answer": "agree"})
    assert "You said yes for Maya." in words(done)
    assert "4F7K 3KQC" in words(done)
    assert "Next: Sam" in words(done)
    go(reader, "/letter/permission/2")
    done = go(reader, "/letter/permission/2", {"answer": "keep_out"})
    assert "You said no for Sam." in words(done)
    assert "Next:" not in words(done)
    yes, no = box.answers
    assert (yes["child"], yes["asked"]) == (doubles.person(1), "5" * 64)
    assert no["keep_out"] == (doubles.person(2),)


def test_a_no_to_a_letter_is_about_no_facts(reader, box):
    box.notices = (doubles.writing(),)
    opened(reader)
    done = words(go(reader, "/letter/permission/1", {"answer": "keep_out"}))
    assert "We do not pass this letter on to you. A yes that you gave before is over." in done
    assert "facts about" not in done


def test_more_about_a_letter_lists_no_facts(reader, box, monkeypatch):
    from beholden.web.family import answering

    made = replace(doubles.public_use(doubles.UNIVERSITY, None), items=(), invitation=doubles.LETTER)
    monkeypatch.setattr(answering, "public_use", lambda *_: made)
    box.notices = (doubles.writing(),)
    opened(reader)
    assert "Which facts" not in words(go(reader, "/letter/more"))


def test_a_form_sent_twice_is_one_yes(reader, box):
    asked(reader, box)
    first = go(reader, "/letter/permission/1", {"answer": "agree"})
    assert words(go(reader, "/letter/permission/1", {"answer": "agree"})) == words(first)
    assert len(box.answers) == 1


def test_a_yes_after_a_no_is_a_new_yes_also_from_a_page_that_was_open_before(reader, box):
    """Or the receipt of the first yes would be shown for one that was taken back."""
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    go(reader, "/letter/permission/1", {"answer": "keep_out"})
    box.presses.clear()
    box.answers.clear()
    again = go(reader, "/letter/permission/1", {"answer": "agree"})
    assert words(go(reader, "/letter/permission/1", {"answer": "agree"})) == words(again)
    assert len(box.answers) == 1


def test_a_yes_is_taken_back_by_its_number_at_one_press(reader, box):
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    found = go(reader, "/letter/mine", {"number": "4F7K 3KQC"})
    assert "You said yes for Maya." in words(found)
    assert "You said no for Maya." in words(go(reader, "/letter/mine/back", {}))
    assert box.answers[-1]["keep_out"] == (doubles.person(1),)
    assert box.answers[-1]["receipt"] == ""


def test_nothing_is_taken_back_under_a_number_that_says_no_yes(reader, box):
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "keep_out"})
    go(reader, "/letter/mine", {"number": "4F7K 3KQC"})
    assert heading(go(reader, "/letter/mine/back", {})) == "Enter the number of your answer"
    assert len(box.answers) == 1


def typed_number(reader):
    return go(reader, "/letter/mine", {"number": doubles.LetterBox.number(0)})


def test_what_is_taken_back_is_shown_under_its_own_use(reader, box):
    """UK GDPR Art 7(3): the letter has another use, too, and that one is open."""
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    box.notices = (doubles.asking(use=doubles.SLEEP), doubles.asking())
    go(reader, "/letter/use/1")
    typed_number(reader)
    done = words(go(reader, "/letter/mine/back", {}))
    assert "You said no for Maya." in done
    assert f"Use {doubles.UNIVERSITY}." in done


def test_what_is_taken_back_in_the_letter_of_another_use_names_its_own(reader, box):
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    go(reader, "/letter/leave", {})
    box.notices = (doubles.asking(use=doubles.SLEEP, title="Sleep"),)
    opened(reader)
    typed_number(reader)
    done = words(go(reader, "/letter/mine/back", {}))
    assert "Maya is kept out. Your number is 4F7K 3KQD" in done
    assert "It is about: Coming back to school after illness." in done
    assert "A yes that you gave before is over." in done
    assert doubles.SLEEP not in done


def test_however_long_a_title_is_a_browser_keeps_the_cookie(reader, box, monkeypatch):
    """Browsers keep 4,096 bytes of a cookie (RFC 6265 section 6.1), and throw a longer one away, with the sitting."""
    from beholden.web.family import answering

    long = replace(doubles.public_use(doubles.UNIVERSITY, None), title="Ŵ" * 200)
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    go(reader, "/letter/leave", {})
    box.notices, box.title = (doubles.asking(use=doubles.SLEEP, title="Sleep"),), long.title
    monkeypatch.setattr(answering, "public_use", lambda *_: long)
    opened(reader)
    for _ in range(3):
        typed_number(reader)
        done = words(go(reader, "/letter/mine/back", {}))
        assert f"It is about: {long.title}." in done
    cookie = reader.cookies["beholden"]
    assert len(f"beholden={cookie.value}") < 1500


def test_a_cookie_from_before_the_update_is_no_fault(reader, box):
    """Until then a saved answer was five values."""
    asked(reader, box)
    held = reader.session
    held["saved"] = [["use", 1, "4F7K 3KQC", doubles.NOW.isoformat(), {"1": "keep_out"}]]
    held.save()
    reader.cookies["beholden"] = held.session_key
    assert reader.get("/letter/use/1").status_code == 200
    assert heading(go(reader, "/letter/saved")).startswith("A university wants to use")


@pytest.mark.parametrize("scope", ["purpose", "all"])
def test_what_is_about_more_than_one_use_names_none(reader, box, scope):
    opened(reader)
    wider = words(go(reader, "/letter/wider", {"scope": scope}))
    typed_number(reader)
    undone = words(go(reader, "/letter/mine/answer", {"back": "all"}))
    assert "You took your no for Maya and Sam back." in undone
    for said in (wider, undone):
        assert doubles.UNIVERSITY not in said
    assert ("It is about: A study by a university or a research body." in undone) is (scope == "purpose")


def test_where_no_yes_is_asked_there_is_no_such_page(reader, box):
    opened(reader)
    assert reader.get("/letter/permission/1").status_code == 404
    assert reader.get("/letter/permission/saved/1").status_code == 404
    box.notices = (doubles.asking(),)
    assert reader.get("/letter/permission/3").status_code == 404
    assert heading(go(reader, "/letter/permission/saved/2")) == "Do you say yes for Sam?"


def test_after_a_yes_the_page_of_saved_answers_is_the_page_of_the_yes(reader, box):
    """D12, D15: never *kept out of everything*, which nobody said."""
    asked(reader, box)
    go(reader, "/letter/permission/1", {"answer": "agree"})
    done = go(reader, "/letter/saved")
    assert done.request["PATH_INFO"] == "/letter/permission/saved/1"
    assert "You said yes for Maya." in words(done)
    assert "kept out" not in words(done)


def test_no_invitations_is_one_of_the_wider_answers(reader, box):
    """*Ex-directory* (D11)."""
    opened(reader)
    go(reader, "/letter/wider")
    done = go(reader, "/letter/wider", {"scope": "contact"})
    assert "No one may ask Maya and Sam or you to take part in something" in words(done)
    (said,) = box.answers
    assert said["invitations"] is True
    assert said["everything"] is False


def test_a_yes_is_none_of_the_two_words_of_an_objection():
    assert "agree" not in set(Answer)
