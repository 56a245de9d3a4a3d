# SPDX-License-Identifier: Apache-2.0
"""The letter's pages, press by press (D11, D13, D48; notes/ux.md 4.1)."""

import re
from dataclasses import replace
from datetime import date

import pytest

from beholden.catalogue import FamilySays
from beholden.choices.rules import Answer
from beholden.uses.rules import Recurrence
from beholden.uses.runs import Recurs
from unit.web import doubles
from unit.web.doubles import CODE, LetterBox, notice


def go(reader, address: str, said: dict[str, str] | None = None):
    """Post or get, then follow redirects to the page a person would see."""
    return reader.post(address, said, follow=True) if said is not None else reader.get(address, follow=True)


def page(answer) -> str:
    return answer.content.decode()


def words(answer) -> str:
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page(answer), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def opened(reader):
    go(reader, "/letter", {"code": CODE})
    return go(reader, "/letter/check", {"day": "27", "month": "3", "year": "2015"})


def heading(answer) -> str:
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page(answer), flags=re.DOTALL)
    assert len(found) == 1, "every page has one H1"
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_five_screens_from_code_to_receipt(reader, box):
    assert heading(go(reader, "/letter")) == "Enter the code from your letter"
    assert heading(go(reader, "/letter", {"code": "ktfm 7rwx d3p" + CODE[-1].lower()})) == (
        "When was one of your children born?"
    )
    asked = go(reader, "/letter/check", {"day": "27", "month": "march", "year": "2015"})
    assert heading(asked) == "A university wants to use the school records of Maya and Sam"
    assert "Answer by Friday 19 March 2027." in words(asked)
    assert heading(go(reader, "/letter/use/1", {"answer": "keep_out"})) == "Check your answer"
    assert box.answers == []
    done = go(reader, "/letter/review", {})
    assert heading(done) == "Your answer is saved"
    assert "Maya and Sam are kept out." in words(done)
    assert "4F7K 3KQC" in words(done)
    (said,) = box.answers
    assert said["keep_out"] == (doubles.person(1), doubles.person(2))
    assert said["leave_in"] == ()


def test_nothing_is_chosen_beforehand(reader, box):
    assert "checked" not in page(opened(reader))


def test_each_child_can_have_its_own_answer(reader, box):
    opened(reader)
    assert "Maya" in heading(go(reader, "/letter/use/1", {"answer": "each"}))
    assert "Sam" in heading(go(reader, "/letter/child/1", {"answer": "keep_out"}))
    assert heading(go(reader, "/letter/child/2", {"answer": "leave_in"})) == "Check your answer"
    done = go(reader, "/letter/review", {})
    assert "Maya is kept out. You said: leave Sam in." in words(done)
    (said,) = box.answers
    assert (said["keep_out"], said["leave_in"]) == ((doubles.person(1),), (doubles.person(2),))


def test_one_child_is_asked_about_in_the_singular(reader, box):
    box.names = ("Iris",)
    asked = opened(reader)
    assert "Keep it out" in words(asked)
    assert "different answer for each" not in words(asked)
    assert "the record of Iris" in words(asked)


def test_more_than_three_children_are_counted_and_then_named(reader, box):
    box.names = ("Maya", "Sam", "Iris", "Ali")
    asked = opened(reader)
    assert heading(asked).endswith("of your 4 children")
    assert "Your letter is about Maya, Sam, Iris and Ali." in words(asked)


def test_a_form_sent_twice_is_one_answer(reader, box):
    opened(reader)
    go(reader, "/letter/use/1", {"answer": "keep_out"})
    first = go(reader, "/letter/review", {})
    second = go(reader, "/letter/review", {})
    assert words(first) == words(second)
    assert len(box.answers) == 1


def said(reader, answer):
    go(reader, "/letter/use/1", {"answer": answer})
    return go(reader, "/letter/review", {})


def only_words(answer):
    """What a page says, without the number, which is another each time."""
    return re.sub(r"4F7K 3KQ.|4, F, 7, K, 3, K, Q, .", "…", words(answer))


JOURNEY = [
    ("/letter/use/1", None),
    ("/letter/more", None),
    ("/letter/mine", None),
    ("/letter/child/1", None),
    ("/letter/wider", None),
    ("/letter/use/1", {"answer": "leave_in"}),
    ("/letter/review", {}),
    ("/letter/wider", None),
    ("/letter/mine", {"number": "CCCC CCCC"}),
]


@pytest.mark.parametrize("before", ["keep_out", "leave_in"])
def test_no_page_tells_whether_something_was_answered_before(reader, box, before):
    """Whoever carries the letters can open one: byte for byte, a letter that was answered reads like a fresh one (D13)."""
    opened(reader)
    fresh = [go(reader, address, posted) for address, posted in JOURNEY]
    go(reader, "/letter/leave", {})
    box.answers.clear()
    box.presses.clear()
    opened(reader)
    said(reader, before)
    go(reader, "/letter/wider", {"scope": "all"})
    go(reader, "/letter/leave", {})
    opened(reader)
    for one, (address, posted) in zip(fresh, JOURNEY, strict=True):
        again = go(reader, address, posted)
        assert only_words(again) == only_words(one), address
        assert len(again.content) == len(one.content), address
        assert again.status_code == one.status_code


def test_a_leave_in_says_in_general_words_that_a_no_still_counts(reader, box):
    opened(reader)
    done = words(said(reader, "leave_in"))
    assert "If you said no before, that no still counts. To take it back, type its number" in done
    assert "left in" not in done


def with_number(reader, number):
    return go(reader, "/letter/mine", {"number": number})


def test_with_its_number_an_answer_is_shown_and_taken_back(reader, box):
    """Undoing a no takes effect after some days, and never without the number (notes/ux.md 8.1)."""
    opened(reader)
    said(reader, "keep_out")
    go(reader, "/letter/leave", {})
    opened(reader)
    assert heading(go(reader, "/letter/mine")) == "Enter the number of your answer"
    shown = with_number(reader, "4f7k-3kqc")
    assert heading(shown) == "What you said"
    assert "You said: keep Maya and Sam out." in words(shown)
    done = go(reader, "/letter/mine/answer", {"back": "2"})
    assert "You took your no for Sam back." in words(done)
    assert "This counts from Wednesday 10 March 2027. Until then the no counts." in words(done)
    assert box.answers[-1]["leave_in"] == (doubles.person(2),)
    assert box.answers[-1]["receipt"] == "4f7k-3kqc"
    assert box.answers[-1]["use"] == doubles.UNIVERSITY
    again = words(with_number(reader, "4F7K 3KQC"))
    assert (
        "You said: keep Sam out. Then you took that back. This counts from Wednesday 10 March 2027." in again
    )
    assert "You said: keep Maya out." in again


@pytest.mark.parametrize("scope", ["purpose", "all"])
def test_a_wider_no_is_taken_back_at_its_own_reach(reader, box, scope):
    opened(reader)
    said(reader, "keep_out")
    go(reader, "/letter/wider", {"scope": scope})
    shown = words(with_number(reader, "4F7K 3KQD"))
    assert ("all uses of this kind" if scope == "purpose" else "everything you may say no to") in shown
    go(reader, "/letter/mine/answer", {"back": "all"})
    last = box.answers[-1]
    assert (last["use"], last["everything"]) == (None, scope == "all")
    assert last["purpose"] == ("public-interest-study" if scope == "purpose" else None)


@pytest.mark.parametrize("number", ["", "CCCC CCCC", "4F7K", "<script>", "4F7K 3KQC 3"])
def test_a_number_that_is_none_of_this_adult_s_shows_nothing(reader, box, number):
    opened(reader)
    said(reader, "keep_out")
    answer = with_number(reader, number)
    assert answer.status_code == 422
    assert ("We do not know this number" if number else "Enter the number of your answer") in words(answer)
    assert reader.get("/letter/mine/answer").status_code == 303
    assert reader.post("/letter/mine/answer", {"back": "all"}).status_code == 303
    assert len(box.answers) == 1


def test_nothing_is_taken_back_by_pressing_save_alone(reader, box):
    opened(reader)
    said(reader, "keep_out")
    with_number(reader, "4F7K 3KQC")
    for nothing in ({}, {"back": "3"}, {"back": "x"}):
        answer = go(reader, "/letter/mine/answer", nothing)
        assert answer.status_code == 422
        assert "Choose what should happen now" in words(answer)
    assert go(reader, "/letter/mine/answer", {"back": "keep_out"}).request["PATH_INFO"] == "/letter/use/1"
    assert len(box.answers) == 1


def test_a_leave_in_has_nothing_to_take_back(reader, box):
    opened(reader)
    said(reader, "leave_in")
    shown = with_number(reader, "4F7K 3KQC")
    assert "You said: leave Maya and Sam in." in words(shown)
    assert 'type="radio"' not in page(shown)
    assert "You can say no at any time" in words(shown)


def test_leaving_forgets_the_number(reader, box):
    opened(reader)
    said(reader, "keep_out")
    with_number(reader, "4F7K 3KQC")
    go(reader, "/letter/leave", {})
    opened(reader)
    assert go(reader, "/letter/mine/answer").request["PATH_INFO"] == "/letter/mine"


def test_after_the_day_the_answer_counts_from_the_next_time(reader, box):
    box.notices = (notice(window_open=False),)
    late = "The day to answer this one was Friday 19 March 2027. Your answer counts from the next time this use runs."
    pages = [opened(reader)]
    pages += [go(reader, "/letter/use/1", {"answer": "keep_out"}), go(reader, "/letter/review", {})]
    assert [heading(one) for one in pages[1:]] == ["Check your answer", "Your answer is saved"]
    for shown in pages:
        assert shown.status_code == 200
        assert late in words(shown), heading(shown)
    assert "take a no back" not in words(pages[-1])


def test_two_uses_are_answered_one_by_one(reader, box):
    box.notices = (notice(), notice(use="U-2027-0044", kind_of_organisation="council"))
    opened(reader)
    go(reader, "/letter/use/1", {"answer": "keep_out"})
    assert "1 more to answer." in words(go(reader, "/letter/review", {}))
    asked = go(reader, "/letter/use/2")
    assert heading(asked).startswith("A council wants")
    assert "checked" not in page(asked), "the draft for one use is never the draft for another"
    go(reader, "/letter/use/2", {"answer": "leave_in"})
    assert "more to answer" not in words(go(reader, "/letter/review", {}))
    assert [said["use"] for said in box.answers] == [doubles.UNIVERSITY, "U-2027-0044"]


def test_half_an_answer_to_one_use_is_none_to_another(reader, box):
    box.notices = (notice(), notice(use="U-2027-0044"))
    opened(reader)
    go(reader, "/letter/use/1", {"answer": "keep_out"})
    assert "checked" not in page(go(reader, "/letter/use/2"))
    assert go(reader, "/letter/review").request["PATH_INFO"] == "/letter/use/2"
    assert box.answers == []


@pytest.mark.parametrize(
    ("scope", "sent", "sentence"),
    [
        (
            "purpose",
            {"purpose": "public-interest-study", "everything": False},
            "kept out of all uses of this kind",
        ),
        ("all", {"purpose": None, "everything": True}, "everything you may say no to, now and later"),
    ],
)
def test_a_wider_no_is_one_more_press(reader, box, scope, sent, sentence):
    """One switch for everything (D11, U3)."""
    opened(reader)
    go(reader, "/letter/use/1", {"answer": "keep_out"})
    go(reader, "/letter/review", {})
    assert heading(go(reader, "/letter/wider")) == "Keep Maya and Sam out of other uses too?"
    done = go(reader, "/letter/wider", {"scope": scope})
    assert sentence in words(done)
    assert box.answers[-1]["use"] is None
    assert {key: box.answers[-1][key] for key in sent} == sent
    assert box.answers[-1]["keep_out"] == (doubles.person(1), doubles.person(2))


def test_only_those_kept_out_are_kept_out_more_widely(reader, box):
    opened(reader)
    go(reader, "/letter/use/1", {"answer": "each"})
    go(reader, "/letter/child/1", {"answer": "leave_in"})
    go(reader, "/letter/child/2", {"answer": "keep_out"})
    go(reader, "/letter/review", {})
    assert heading(go(reader, "/letter/wider")) == "Keep Sam out of other uses too?"
    go(reader, "/letter/wider", {"scope": "all"})
    assert box.answers[-1]["keep_out"] == (doubles.person(2),)


def test_only_this_use_changes_nothing(reader, box):
    opened(reader)
    go(reader, "/letter/use/1", {"answer": "keep_out"})
    go(reader, "/letter/review", {})
    go(reader, "/letter/wider", {"scope": "use"})
    assert len(box.answers) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"code": ""}, "Enter the code from your letter"),
        ({"code": "KTFM"}, "There is a slip in this code"),
        ({"code": CODE[:-1] + ("C" if CODE[-1] != "C" else "D")}, "There is a slip in this code"),
        ({"code": "<script>" * 50}, "There is a slip in this code"),
    ],
)
def test_a_slip_in_the_code_is_said_at_once(reader, box, said, sentence):
    answer = go(reader, "/letter", said)
    assert answer.status_code == 422
    assert page(answer).count("<title>Error: ") == 1
    assert sentence in words(answer)
    assert "<script>" not in page(answer).replace('<script src="', "")


@pytest.mark.parametrize(
    ("day", "month", "year", "sentence"),
    [
        ("", "", "", "Enter a date, like 27 3 2015"),
        ("27", "", "2015", "Enter the month too"),
        ("31", "2", "2015", "Enter a real date"),
        ("27", "3", "15", "Enter the year with 4 numbers"),
        ("27", "3", "2031", "Enter a day in the past"),
        ("²", "3", "2015", "Enter a real date"),
        ("27", "smarch", "2015", "Enter a real date"),
        ("28", "3", "2015", "We cannot open a letter with this code and this birth date"),
    ],
)
def test_a_wrong_birth_date_says_what_to_do(reader, box, day, month, year, sentence):
    go(reader, "/letter", {"code": CODE})
    answer = go(reader, "/letter/check", {"day": day, "month": month, "year": year})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert reader.get("/letter/use/1").status_code == 303, "no letter is open"


def test_an_unknown_code_leads_back_to_the_code(reader, box):
    box.refusing = "notices.code_unknown"
    go(reader, "/letter", {"code": CODE})
    answer = go(reader, "/letter/check", {"day": "27", "month": "3", "year": "2015"})
    assert heading(answer) == "Enter the code from your letter"
    assert "We do not know this code. Look at each letter again, or ring us" in words(answer)


def test_too_many_tries_say_how_long_and_whom_to_ring(reader, box):
    box.refusing = "notices.too_many_tries"
    go(reader, "/letter", {"code": CODE})
    answer = go(reader, "/letter/check", {"day": "27", "month": "3", "year": "2015"})
    assert answer.status_code == 429
    assert heading(answer) == "Too many tries"
    assert "0800" in words(answer)


def test_a_letter_that_only_a_person_can_help_with_says_whom_to_ring(reader, box):
    box.refusing = "notices.ring_us"
    go(reader, "/letter", {"code": CODE})
    answer = go(reader, "/letter/check", {"day": "27", "month": "3", "year": "2015"})
    assert answer.status_code == 429
    assert heading(answer) == "Ring us about this letter"
    assert "0800" in words(answer)


def test_access_that_ends_ends_at_the_next_press(reader, box):
    """An order or a dead code ends an open sitting at once (D35, notes/ux.md 8.1)."""
    opened(reader)
    box.refusing = "notices.code_unknown"
    answer = go(reader, "/letter/use/1")
    assert heading(answer) == "Enter the code from your letter"
    assert "Maya" not in page(answer)
    box.refusing = ""
    assert reader.get("/letter/use/1").status_code == 303, "the sitting does not come back by itself"


def test_without_a_letter_no_page_of_it_opens(reader, box):
    for address in ("use/1", "child/1", "review", "saved", "wider", "more", "mine", "mine/answer"):
        for method in (reader.get, reader.post):
            if address in {"saved", "more"} and method == reader.post:
                continue
            answer = method(f"/letter/{address}")
            assert (answer.status_code, answer.headers["Location"]) == (303, "/letter")
    assert reader.post("/letter/stay").status_code == 303


def test_pages_cannot_be_jumped_into(reader, box):
    opened(reader)
    assert go(reader, "/letter/review").request["PATH_INFO"] == "/letter/use/1"
    assert go(reader, "/letter/saved").request["PATH_INFO"] == "/letter/use/1"
    assert reader.get("/letter/use/2").status_code == 404
    assert reader.get("/letter/child/3").status_code == 404
    assert reader.post("/letter/review").status_code == 303
    assert box.answers == []


def test_an_answer_that_is_none_is_asked_for_again(reader, box):
    opened(reader)
    for said in ({}, {"answer": "yes"}, {"answer": ""}):
        answer = go(reader, "/letter/use/1", said)
        assert answer.status_code == 422
        assert "Choose what should happen with the records of Maya and Sam" in words(answer)
    go(reader, "/letter/use/1", {"answer": "each"})
    assert "Choose what should happen with the record of Maya" in words(go(reader, "/letter/child/1", {}))
    assert "Choose one of the four" in words(go(reader, "/letter/wider", {}))


def test_not_for_me_asks_two_things_and_needs_no_birth_date(reader, box):
    answer = go(reader, "/letter/not-me", {"code": CODE})
    assert "Choose one of the three" in words(answer)
    answer = go(reader, "/letter/not-me", {"code": CODE, "why": "moved"})
    assert heading(answer) == "Thank you. It is written down"
    assert box.not_mine == [(CODE, "moved")]


def test_not_for_me_says_the_same_of_an_unknown_code(reader, box):
    """So that nobody learns here which codes there are; a slip is told before, by the check sign."""
    other = "C" * 11 + doubles.check_sign("C" * 11)
    answer = go(reader, "/letter/not-me", {"code": other, "why": "moved"})
    assert heading(answer) == "Thank you. It is written down"
    assert box.not_mine == []


def test_leaving_clears_the_screen(reader, box):
    """Sign-out sends Clear-Site-Data (notes/ux.md 2.1)."""
    opened(reader)
    answer = reader.post("/letter/leave")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert reader.cookies["beholden"].value == ""
    assert reader.get("/letter/use/1").status_code == 303


def test_the_idle_warning_can_be_answered(reader, box):
    opened(reader)
    assert reader.post("/letter/stay").status_code == 204


def test_more_about_this_use(reader, box):
    opened(reader)
    assert heading(go(reader, "/letter/more")) == "More about this use"


def test_a_letter_without_a_question(reader, box):
    box.notices = ()
    assert heading(opened(reader)) == "Nothing to decide today"


def code_of(says):
    """Return a purpose of the real catalogue that gives families this say."""
    from beholden.web.present import catalogue

    return next(code for code, purpose in catalogue().purposes.items() if purpose.family_says is says)


def test_where_a_yes_is_needed_nobody_is_asked_to_leave_in(reader, box):
    """*Leave in* is never consent: silence is no (D12, notes/ux.md 4.1)."""
    box.notices = (notice(purpose=code_of(FamilySays.MUST_AGREE)),)
    asked = opened(reader)
    assert "If you say nothing, the answer is no." in words(asked)
    assert "Leave" not in words(asked).replace("Leave and clear this screen", "")
    go(reader, "/letter/use/1", {"answer": "leave_in"})
    assert reader.post("/letter/child/1", {"answer": "leave_in"}).status_code == 404
    go(reader, "/letter/review", {})
    assert box.answers == []


def test_where_the_law_gives_no_say_no_question_is_asked(reader, box):
    box.notices = (notice(purpose=code_of(FamilySays.NOTHING)),)
    asked = opened(reader)
    assert "You cannot stop it." in words(asked)
    assert 'type="radio"' not in page(asked)


def test_no_title_and_no_address_names_a_child(reader, box):
    """U7: no names outside the page itself."""
    seen = [opened(reader)]
    for address, said in [
        ("/letter/use/1", {"answer": "each"}),
        ("/letter/child/1", {"answer": "keep_out"}),
        ("/letter/child/2", {"answer": "leave_in"}),
        ("/letter/review", {}),
        ("/letter/wider", {"scope": "all"}),
    ]:
        seen.append(go(reader, address, said))
    for answer in seen:
        title = re.search(r"<title>(.*?)</title>", page(answer)).group(1)
        assert "Maya" not in title
        assert "Sam" not in title
        for name in re.findall(r'(?:href|action|src|id|name)="([^"]*)"', page(answer)):
            assert "maya" not in name.lower()
        assert "maya" not in str(dict(answer.headers)).lower()


def test_another_kind_of_asker_is_called_by_name(reader, box):
    box.notices = (replace(notice(), kind_of_organisation="a thing unheard of"),)
    assert heading(opened(reader)).startswith("University of Northford wants")


def test_answers_are_the_domain_s_own_words():
    assert {one.value for one in Answer} == {"keep_out", "leave_in"}


def test_box_is_typed_like_the_domain():
    """The stand-in opens as the domain does, or these tests say nothing."""
    assert LetterBox().open_letter(code=CODE, born_on=doubles.BORN).children[0].name == "Maya"


def test_a_childs_own_letter_speaks_to_the_child(reader, box):
    """D14, notes/ux.md 4.8: *you*, never *your child* and never the child's own name as somebody else's."""
    box.own, box.names, box.notices = True, ("Maya",), (notice(), doubles.asking())
    opened(reader)
    seen = {"use": go(reader, "/letter/use/1"), "use, empty": go(reader, "/letter/use/1", {})}
    seen["review"] = go(reader, "/letter/use/1", {"answer": "keep_out"})
    seen["saved"] = go(reader, "/letter/review", {})
    seen["wider"] = go(reader, "/letter/wider")
    for scope in ("purpose", "contact", "all"):
        go(reader, "/letter/wider")
        seen[scope] = go(reader, "/letter/wider", {"scope": scope})
        seen[f"mine, {scope}"] = go(reader, "/letter/mine", {"number": box.number(len(box.answers) - 1)})
    seen["mine"] = go(reader, "/letter/mine", {"number": box.number(0)})
    seen["undone"] = go(reader, "/letter/mine/answer", {"back": "all"})
    seen["mine, undone"] = go(reader, "/letter/mine", {"number": box.number(0)})
    go(reader, "/letter/use/2")
    seen["question"] = go(reader, "/letter/permission/1")
    seen["question, empty"] = go(reader, "/letter/permission/1", {})
    box.notices = (notice(), doubles.writing())
    seen["question, a letter"] = go(reader, "/letter/permission/1")
    box.notices = (notice(), doubles.asking())
    seen["yes"] = go(reader, "/letter/permission/1", {"answer": "agree"})
    seen["no"] = go(reader, "/letter/permission/1", {"answer": "keep_out"})
    seen["second"] = go(reader, "/family/second")
    for name, shown in seen.items():
        said = words(shown)
        assert "Maya" not in said, name
        assert "our child" not in said, name
        assert not re.search(r"\b[Kk]eep them\b", page(shown)), name
        assert "An adult answers" not in said, name
    for name in ("question", "question, a letter", "yes", "no"):
        assert "You answer this yourself." in words(seen[name]), name
    assert "May we pass letters on to you, from 1 April 2027" in words(seen["question, a letter"])
    assert "You are kept out of everything" in words(seen["all"])
    assert "No one may ask you to take part" in words(seen["contact"])
    assert "see these facts about you from" in words(seen["question"])
    assert "Do you say yes?" in words(seen["question"])
    assert "can decide alone" not in words(seen["yes"])


YEARLY = Recurs(Recurrence.EACH_YEAR, date(2029, 3, 31), 1, date(2028, 4, 1))


def test_what_comes_again_says_so_before_the_question(reader, box):
    """D6, D12: how often, until when, and the first day of the next time, on the page where the answer is given."""
    assert "It comes again" not in words(opened(reader))
    box.notices = (notice(recurs=YEARLY),)
    said = words(opened(reader))
    assert "It comes again every year until 31 March 2029. The next time is not before 1 April 2028." in said
    assert "A no counts each time." in said
    assert "made-up number" not in said
    box.notices = (notice(recurs=replace(YEARLY, over_time=True)),)
    said = words(opened(reader))
    assert (
        "Each child keeps the same made-up number, so they can see how a child changes. A no counts" in said
    )


def test_what_the_law_makes_us_send_again_promises_nothing_of_a_no(reader, box):
    """A no does not count there, so nothing says that it does."""
    box.notices = (notice(purpose=code_of(FamilySays.NOTHING), recurs=YEARLY),)
    said = words(opened(reader))
    assert "It comes again every year" in said
    assert "A no counts" not in said
