# SPDX-License-Identifier: Apache-2.0
"""The school's pages, press by press (D1, D5, D13, D29; notes/ux.md 2.7, 3.3, 4.2)."""

import csv
import io
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from beholden.hatch.verbs import silent
from beholden.home import here
from beholden.refusals import Refusal
from unit.web.office import ASKED, KEPT, KEY, OLDER, QUIET, REF, REFUSED

PAGES = (
    "/school",
    "/school/returns",
    "/school/returns/new",
    "/school/returns/1",
    "/school/uses",
    "/school/post",
)
SEND = "/school/returns/new"


def page(answer) -> str:
    return answer.content.decode()


def words(answer) -> str:
    main = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page(answer), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def heading(answer) -> str:
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page(answer), flags=re.DOTALL)
    assert len(found) == 1, "every page has one H1"
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def sign_in(reader, ref=REF, key=KEY):
    return reader.post("/school/sign-in", {"ref": ref, "key": key}, follow=True)


@pytest.fixture
def lead(reader, office):
    """A data lead who has signed in."""
    assert heading(sign_in(reader)) == "Today"
    return reader


def send(reader, content=b"<Message/>", name="return.xml", field="return"):
    return reader.post(SEND, {field: SimpleUploadedFile(name, content)}, follow=True)


def inbox():
    return list(here().inbox.iterdir())


# --- signing in and out


def test_reference_and_key_open_today_and_the_hat_stands_on_every_page(lead):
    for address in PAGES:
        assert "You are here as: school , Oakfield Primary" in words(lead.get(address))


@pytest.mark.parametrize("address", [*PAGES, "/school/returns/1/findings.csv", "/school/stay"])
def test_without_signing_in_every_page_leads_to_the_sign_in(reader, office, address):
    answer = reader.post(address) if address.endswith("stay") else reader.get(address)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/school/sign-in"
    assert office.times_asked == 0


def test_one_answer_for_an_unknown_reference_and_a_wrong_key(reader, office):
    from beholden.people.signs import check_sign

    wrong = "C" * 15 + check_sign("C" * 15)
    unknown, mistaken = sign_in(reader, ref="school-nobody"), sign_in(reader, key=wrong)
    assert unknown.status_code == mistaken.status_code == 422
    said = [words(one).replace("school-nobody", REF) for one in (unknown, mistaken)]
    assert said[0] == said[1]
    assert "We cannot let you in" in said[0]


def test_a_slip_in_the_key_is_said_at_the_key(reader, office):
    answer = sign_in(reader, key="K")
    assert answer.status_code == 422
    assert "There is a slip in this key" in words(answer)
    assert 'href="#key"' in page(answer)


def test_what_is_missing_is_asked_for(reader, office):
    answer = sign_in(reader, ref=" ", key="")
    assert "Enter your reference" in words(answer)
    assert "Enter your access key" in words(answer)
    assert office.times_asked == 0


def test_the_key_never_comes_back_to_the_screen(reader, office):
    for answer in (sign_in(reader, ref="school-nobody"), sign_in(reader)):
        assert KEY not in page(answer)
        assert KEY.replace(" ", "") not in page(answer)


def test_an_ended_key_ends_the_sitting_at_the_next_press(lead, office):
    office.keys.clear()
    answer = lead.get("/school/uses", follow=True)
    assert heading(answer) == "Sign in for your school"
    assert "You are not signed in on this screen now" in words(answer)
    office.keys.add("whatever")
    assert lead.get("/school").status_code == 303


def test_signing_out_clears_the_screen(lead):
    answer = lead.post("/school/leave")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert heading(lead.get("/school/left")) == "You have signed out"
    assert lead.get("/school").status_code == 303


def test_a_letter_and_a_school_are_never_open_at_once(reader, office, box):
    """One hat at a time: signing in ends an open letter."""
    from unit.web.doubles import CODE

    reader.post("/letter", {"code": CODE})
    reader.post("/letter/check", {"day": "27", "month": "3", "year": "2015"})
    assert reader.get("/letter/use/1").status_code == 200
    sign_in(reader)
    assert reader.get("/letter/use/1").status_code == 303


def test_pages_are_stored_nowhere_and_indexed_nowhere(lead):
    for address in (*PAGES, "/school/sign-in", "/school/returns/1/findings.csv"):
        answer = lead.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_no_title_and_no_address_names_the_school(lead):
    """Shared screens and histories (notes/ux.md U7)."""
    for address in PAGES:
        answer = lead.get(address)
        title = re.search(r"<title>(.*?)</title>", page(answer))[1]
        assert "Oakfield" not in title
        assert "3301234" not in title
        for found in re.findall(r'(?:href|action)="([^"]+)"', page(answer)):
            assert "3301234" not in found
            assert REF not in found


def test_a_silent_keeper_is_said_and_nothing_breaks(lead, office):
    office.refusing = silent()
    for address in ("/school", "/school/returns", "/school/uses"):
        answer = lead.get(address)
        assert answer.status_code == 503
        assert "We cannot look into the records at this moment." in heading(answer)
    office.refusing = None
    assert lead.get("/school").status_code == 200


def test_whatever_the_keeper_refuses_is_said_in_its_words(lead, office):
    """A register that stands still, as with a clock that was set back, is no fault of the page."""
    office.refusing = Refusal(
        "ledger.clock_back", "The clock was set back.", next_step="Set it right.", authority=""
    )
    answer = lead.get("/school/uses")
    assert answer.status_code == 503
    assert heading(answer) == "The clock was set back."
    assert "Set it right." in words(answer)


# --- today


def test_today_says_what_to_mend_send_look_at_and_what_is_open(lead, office):
    from beholden.rights.school.asked import Census

    office.lines = (replace(REFUSED, place=4), *office.lines)
    office.due = (Census("School Census of spring 2027", KEPT.at.date()),)
    said = words(lead.get("/school"))
    assert "Put 3 things right in the file you sent" in said
    assert "Send the School Census of spring 2027" in said
    assert "2 questions about the file we took in" in said
    assert "Sleep and school" in said
    assert "Families can answer until Friday 19 March 2027." in said
    assert "Besides that, all good" in said


def test_all_good_is_said_so_that_silence_is_never_guessed_at(lead, office):
    office.lines, office.open_uses = (QUIET, OLDER), ()
    said = words(lead.get("/school"))
    assert "All good" in said
    assert "Do now" not in said
    assert "we took in 412 pupils on Monday 18 January 2027, 9:14am. We have no questions about it." in said
    assert "We wait for no file from you." in said
    assert "No use of what you sent waits to be settled." in said


def test_a_school_that_never_sent_sees_no_made_up_line(lead, office):
    office.lines, office.open_uses = (), ()
    said = words(lead.get("/school"))
    assert "took in" not in said
    assert "question" not in said


# --- sending


def test_a_file_reaches_the_keeper_from_the_inbox_and_leads_to_its_receipt(lead, office):
    answer = send(lead, b"x" * 1234)
    assert answer.redirect_chain == [("/school/returns/3", 303)]
    assert heading(answer) == "Received"
    ((_, size),) = office.sent
    assert size == 1234
    assert inbox() == [], "the file is gone when the page is there"


def test_a_refused_file_leads_to_its_findings(lead, office):
    office.outcome = ("refused", 1)
    assert heading(send(lead)) == "We did not take this file in: 3 errors"


def test_the_same_file_again_says_that_nothing_changed_and_says_it_once(lead, office):
    office.outcome = ("unchanged", 3)
    assert "You sent this very file before." in words(send(lead))
    assert "You sent this very file before." not in words(lead.get("/school/returns/3"))


def test_no_file_is_asked_for_again(lead, office):
    for answer in (lead.post(SEND), lead.post(SEND, {"return": ""}), send(lead, field="other")):
        assert answer.status_code == 422
        assert "Choose the file that your system made" in words(answer)
    assert office.sent == []
    assert inbox() == []


def test_what_the_keeper_says_of_a_file_stands_at_the_file(lead, office):
    office.refusing = Refusal(
        "intake.zip_many",
        "The zip holds more than one file.",
        next_step="Send the XML file itself.",
        authority="",
    )
    answer = send(lead)
    assert answer.status_code == 422
    assert "The zip holds more than one file. Send the XML file itself." in words(answer)
    assert inbox() == []


def test_a_keeper_who_falls_silent_leaves_no_file_behind(lead, office):
    office.refusing = silent()
    assert send(lead).status_code == 503
    assert inbox() == []


def test_an_ended_key_leaves_no_file_behind(lead, office):
    office.keys.clear()
    assert heading(send(lead)) == "Sign in for your school"
    assert office.sent == []
    assert inbox() == []


# --- findings, receipts, history


def test_findings_say_what_is_wrong_what_to_do_and_where_rule_by_rule(lead):
    answer = lead.get("/school/returns/1")
    said = words(answer)
    assert heading(answer) == "We did not take this file in: 3 errors"
    for part in (
        "The pupil number (UPN) does not agree with its check letter.",
        "What to do: Correct it in your system and send the return again.",
        "Rule 1510: 2 places",
        "2,114 Pupil 12 on roll, year 4",
        "Nothing from it was kept.",
    ):
        assert part in said


def test_the_number_in_a_heading_is_the_length_of_the_list_below_it(lead, office):
    office.groups[1] = (*office.groups[1], ASKED)
    said = page(lead.get("/school/returns/1"))
    errors, questions = re.split(r"<h2[^>]*>2 things to look at</h2>", said)
    assert len(re.findall(r"<td class=\"govuk-table__cell\">", errors)) == 3
    assert len(re.findall(r"<td class=\"govuk-table__cell\">", questions)) == 2
    assert '<h2 class="govuk-heading-m">3 errors to put right</h2>' in errors


def test_a_list_that_is_cut_says_so(lead, office):
    assert "There may be more" not in words(lead.get("/school/returns/1"))
    office.all_listed = False
    assert "There may be more" in words(lead.get("/school/returns/1"))


def test_findings_as_csv_are_the_same_findings(lead, office):
    answer = lead.get("/school/returns/1/findings.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = csv.reader(io.StringIO(page(answer)))
    assert head == ["rule", "kind", "line", "place", "what is wrong", "what to do"]
    wanted = [
        [group.rule, "error", str(spot.line), spot.place, group.sentence, group.what_to_do]
        for group in office.groups[1]
        for spot in group.spots
    ]
    assert rows == wanted


def test_a_receipt_can_be_read_and_asks_what_it_asks(lead):
    said = words(lead.get("/school/returns/3"))
    assert "Receipt SC-SPR-2027-3301234-1badcafe" in said
    assert "412 pupils. School Census of spring 2027." in said
    assert "2 things we would like to ask" in said


def test_a_replaced_file_says_that_it_was_replaced(lead):
    said = words(lead.get("/school/returns/2"))
    assert "A newer file of yours has replaced this one." in said
    assert "What happens now" not in said


def test_history_has_every_file_newest_first(lead):
    said = page(lead.get("/school/returns"))
    assert re.findall(r'href="/school/returns/(\d)"', said) == ["3", "2", "1"]
    for part in ("Taken in", "Taken in, then replaced by a newer file", "Not taken in", "3 things found"):
        assert part in said


@pytest.mark.parametrize(
    "address", ["/school/returns/9", "/school/returns/9/findings.csv", "/school/returns/x"]
)
def test_a_place_where_no_file_is_is_not_found(lead, address):
    answer = lead.get(address)
    assert answer.status_code == 404
    assert "sign in again" in words(answer)


# --- uses


def test_every_use_says_who_why_what_days_and_leads_to_its_public_page(lead):
    answer = lead.get("/school/uses")
    said = words(answer)
    for part in (
        "University of Northford, England",
        "To learn how sleep and school go together.",
        "1 April 2027 to 31 March 2029",
        "We said no. Records that are taken for school must not be used to punish families.",
    ):
        assert part in said
    for ref in ("U-2026-0002", "U-2027-0041", "U-2027-0007"):
        assert f'href="/uses/{ref}"' in page(answer)


def test_numbers_are_in_tens_and_few_are_few(lead):
    said = words(lead.get("/school/uses"))
    assert "The use was about 410 of them, counted in tens." in said
    assert "The use was about fewer than 10 of them." in said
    assert said.count("Your children") == 2, "only where something was handed over"


def test_no_page_says_how_many_were_left_out_or_released(lead):
    """D13: at the scale of a school that would be a family."""
    for address in PAGES:
        said = words(lead.get(address)).lower()
        assert not re.search(r"\d+ (records|children|pupils)? ?(were )?(left out|released|kept out)", said)


def test_how_to_object_is_said_and_there_is_no_dead_button(lead):
    answer = lead.get("/school/uses")
    assert "Your school can object, in public and under its name." in words(answer)
    main = re.search(r"<main\b.*?</main>", page(answer), flags=re.DOTALL)[0]
    assert "<form" not in main


def test_empty_lists_say_so(lead, office):
    office.lines, office.uses = (), ()
    assert "You have sent no file yet." in words(lead.get("/school/returns"))
    assert "Nobody has asked for records that you sent." in words(lead.get("/school/uses"))


FORBIDDEN = ("GDS Transport", "crown", "crest", "#1d70b8", "GOV.UK")


def test_no_page_borrows_a_crown_or_runs_a_script_of_its_own(lead):
    """The look is our own, and the policy holds (notes/ux.md 7.1)."""
    for address in (*PAGES, "/school/returns/3", "/school/sign-in", "/school/left"):
        said = page(lead.get(address))
        assert not [word for word in FORBIDDEN if word in said]
        assert "<style" not in said
        assert " style=" not in said
        assert not re.search(r"<script(?![^>]*\bsrc=)", said)
        assert not re.search(r"\son[a-z]+=", said)


def test_a_form_without_its_token_is_refused_and_the_file_is_gone(office, box):
    """A forged form may carry a file; it is read by nobody and stays nowhere."""
    from django.test import Client
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        reader = Client(enforce_csrf_checks=True)
        reader.get("/school/sign-in")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page(reader.get("/school/sign-in")))[
            1
        ]
        said = reader.post("/school/sign-in", {"ref": REF, "key": KEY, "csrfmiddlewaretoken": token})
        assert said.status_code == 303
        answer = reader.post(SEND, {"return": SimpleUploadedFile("r.xml", b"x" * 100)})
        assert answer.status_code == 403
        assert "Sign in again" in words(answer)
    assert office.sent == []
    assert inbox() == []


def test_the_list_to_pass_on_has_the_same_line_for_every_pupil(lead, office):
    """D13, D16."""
    assert "A letter about free time" in words(lead.get("/school/post"))
    answer = lead.get("/school/post/U-2027-0050.csv")
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.decode().splitlines() == [
        "pupil number,pass this on",
        "A123456789012,There is post.",
        "B123456789012,There is post.",
    ]
    assert lead.get("/school/post/U-2027-0041.csv").status_code == 404
    office.posts = ()
    assert "There is no post for you to pass on." in words(lead.get("/school/post"))


# --- objecting


OBJECTION = "/school/uses/U-2026-0002/objection"


def test_a_school_objects_in_public_and_a_second_press_says_it_once(lead, office):
    assert "Everybody can read what you write" in words(lead.get(OBJECTION))
    answer = lead.post(OBJECTION, {"reason": "Our year groups are small."})
    assert (answer.status_code, answer.headers["Location"]) == (303, OBJECTION)
    after = words(lead.get(OBJECTION))
    assert "Our year groups are small." in after
    assert "Nothing yet. The panel must answer you by name" in after
    assert office.objected == {"U-2026-0002": "Our year groups are small."}


def test_an_objection_without_words_is_asked_for_again_and_nothing_is_kept(lead, office):
    answer = lead.post(OBJECTION, {"reason": "  "})
    assert answer.status_code == 422
    assert page(answer).count("Nothing is written.") == 2  # above the page, and beside the field
    assert office.objected == {}


def test_a_use_that_is_over_has_no_form_and_an_unknown_one_is_not_there(lead):
    assert "<textarea" not in page(lead.get("/school/uses/U-2027-0007/objection"))
    assert lead.get("/school/uses/U-1999-0001/objection").status_code == 404
    assert 'href="/school/uses/U-2027-0007/objection"' not in page(lead.get("/school/uses"))
    assert lead.post("/school/uses/U-1999-0001/objection", {"reason": "No."}).status_code == 404


def test_what_is_not_open_for_comment_yet_offers_no_objection_and_says_why(lead):
    address = "/school/uses/U-2027-0051/objection"
    assert f'href="{address}"' not in page(lead.get("/school/uses"))
    said = words(lead.get(address))
    assert "It is not open for comment yet." in said
    assert "it was refused" not in said


def test_a_school_that_objected_is_led_to_its_objection(lead, office):
    assert "Object to it (Sleep and school)" in words(lead.get("/school/uses"))
    office.objected["U-2026-0002"] = "Our year groups are small."
    listed = words(lead.get("/school/uses"))
    assert "Your objection (Sleep and school)" in listed
    assert "Object to it (Sleep and school)" not in listed


def test_an_objection_asks_the_keeper_once_and_says_above_too_what_to_do(lead, office):
    before = office.times_asked
    lead.post(OBJECTION, {"reason": "Our year groups are small."})
    assert office.times_asked == before + 1
    office.objected.clear()
    summary = page(lead.post(OBJECTION, {"reason": " "})).partition('href="#reason"')[2].partition("</a>")[0]
    assert "Nothing is written. Write why." in summary
