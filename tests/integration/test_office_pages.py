# SPDX-License-Identifier: Apache-2.0
"""The officers' pages with a real keeper behind them: what was typed is never lost, and what stands is said (D18, D26).

The pages run in this process, the keeper answers at the hatch. One use is before the panel, one is agreed and a school
objects to it; the tests stand in the order in which the officers act.
"""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.uses.rules import Recurrence
from integration.officers import shown
from integration.slips import slipped
from integration.use_steps import objects
from integration.world import APPLICANT, CATALOGUE, MEMBERS, REGISTRAR, REVIEWERS, SECOND, World

pytestmark = pytest.mark.story
INSIDER = Actor("member-northford", Role.PANEL, "northford")
LENIENT = replace(CATALOGUE, limits=replace(CATALOGUE.limits, school_objection_percent=100))
"""One school of many does not bring the use back."""

TYPED = "A sentence that took somebody an hour to write."
LONG = "x" * 2_500


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    import homes
    from beholden.hatch.keeping import open_hatch
    from beholden.hatch.table import keeper
    from beholden.people import actions as people
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=200)
        world = World(tmp_path_factory.mktemp("town"), at=at)
        world.returns()
        objected = world.published()
        world.told()
        waits, world.followed = world.before_the_panel(), over_time(world)
        people.appoint(INSIDER.ref, INSIDER.role, INSIDER.organisation, by=REGISTRAR, at=world.at)
        objects(world, objected, world.town.schools[0], catalogue=LENIENT)
        who = (*REVIEWERS, *MEMBERS.values(), APPLICANT, INSIDER, REGISTRAR, SECOND)
        keys = {one.ref: shown(one, at=world.at) for one in who}
        with open_hatch(home, keeper(LENIENT, since=datetime.now(UTC))):
            yield world, waits, objected, keys


class Reader:
    """One officer at the pages."""

    def __init__(self, shown):
        from django.test import Client

        self.client = Client()
        signed = self.client.post("/office/sign-in", {"ref": shown.ref, "key": shown.key})
        assert signed.status_code == 303

    def get(self, address):
        return self.client.get(address)

    def post(self, address, **said):
        return self.client.post(address, {name.replace("__", "-"): text for name, text in said.items()})


@pytest.fixture
def enter(stage):
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield lambda ref: Reader(stage[3][ref])


def text(answer):
    return html.unescape(answer.content.decode())


def beside(answer, field):
    """Say whether an error stands beside one field, and in the list above that leads there."""
    shown = text(answer)
    return f'id="{field}-error"' in shown and f'href="#{field}"' in shown


def test_an_interest_that_is_typed_beside_no_is_kept_and_asked_about(stage, enter):
    """Or somebody would say in public that there is none, and what they wrote would be gone."""
    _, ref, _, _ = stage
    page = enter("reviewer-a")
    address = f"/panel/uses/{ref}/interest"
    for said in ({"interest": "no", "what": TYPED}, {"what": TYPED}, {"interest": "yes", "what": ""}):
        answer = page.post(address, **said)
        assert answer.status_code == 422
        assert said["what"] in text(answer)
    assert beside(page.post(address, interest="no", what=TYPED), "what")
    assert beside(page.post(address, what=TYPED), "interest")
    answer = page.post(address, interest="no", what=LONG)
    assert LONG in text(answer), "nothing is cut on the way back"
    assert page.post(address, interest="no").status_code == 303
    assert page.get(f"/panel/uses/{ref}").status_code == 200


def test_what_a_reviewer_typed_comes_back_whole_and_the_error_stands_beside_its_field(stage, enter):
    _, ref, _, _ = stage
    page, address = enter("reviewer-a"), f"/panel/uses/{ref}/review"
    for field, said in {
        "says-purpose": {"reason__purpose": TYPED, "condition__purpose": "Not for profit."},
        "reason-purpose": {"says__purpose": "yes_if", "condition__purpose": "Not for profit."},
        "condition-purpose": {
            "says__purpose": "yes",
            "reason__purpose": LONG,
            "condition__purpose": "Not for profit.",
        },
    }.items():
        answer = page.post(address, step="purpose", **said)
        assert answer.status_code == 422
        assert beside(answer, field), field
        assert all(one in text(answer) for one in said.values())
    answer = page.post(address, step="purpose", says__purpose="yes_if", reason__purpose=TYPED)
    assert beside(answer, "condition-purpose")


def whole(says, reason=TYPED):
    questions = ("purpose", "facts", "people", "place", "results")
    answered = {f"says__{one}": says for one in questions} | {f"reason__{one}": reason for one in questions}
    return {"step": "last", **answered}


def test_a_second_review_is_refused_and_what_stands_is_said(stage, enter):
    """D26: never led on as if it had been taken. The same button pressed twice is one review."""
    _, ref, _, _ = stage
    page, address = enter("reviewer-a"), f"/panel/uses/{ref}/review"
    answer = page.post(address, **whole("no"), says__last="yes")
    assert answer.status_code == 422
    assert re.search(r'value="yes"[^>]* checked', text(answer)), "what was recommended is kept"
    for _ in range(2):
        assert page.post(address, **whole("no"), says__last="no").status_code == 303
    answer = page.post(address, **whole("yes"), says__last="yes")
    assert answer.status_code == 422
    assert "You have said this already" in text(answer)
    assert "Reviewer A: No" in text(answer)


def test_a_members_answer_comes_back_whole_and_a_second_one_is_refused(stage, enter):
    _, ref, _, _ = stage
    page, address = enter("lay-1"), f"/panel/uses/{ref}/vote"
    assert page.post(f"/panel/uses/{ref}/interest", interest="no").status_code == 303
    for field, said in {
        "says": {"reason": TYPED, "condition": "Not for profit."},
        "reason": {"says": "yes", "condition": "Not for profit."},
        "condition": {"says": "yes", "reason": TYPED, "condition": "Not for profit."},
    }.items():
        answer = page.post(address, **said)
        assert answer.status_code == 422
        assert beside(answer, field), field
        error = text(answer).partition(f'id="{field}-error"')[2].partition("</p>")[0]
        what_to_do = "Choose one answer." if field == "says" else "Complete the answer."
        assert what_to_do in error, "what to do stands beside each field alike"
        assert all(one in text(answer) for name, one in said.items() if name != "says")
    for _ in range(2):
        assert page.post(address, says="no", reason="Too much.").status_code == 303
    answer = page.post(address, says="yes", reason=TYPED)
    assert answer.status_code == 422
    assert "You have said this already" in text(answer)
    assert "The lay member: No" in text(answer)
    assert page.get(address).status_code == 303, "there is nothing more to answer"


def test_whoever_belongs_to_the_applicant_or_has_an_interest_is_not_asked_and_answers_nobody(stage, enter):
    """D26, D29: neither reads, nor declares, nor answers a school; and nothing of it waits for them."""
    _, ref, objected, _ = stage
    inside = enter(INSIDER.ref)
    assert inside.get(f"/panel/uses/{ref}")["Location"] == f"/panel/uses/{ref}/interest"
    assert "This is not yours to answer" in text(inside.get(f"/panel/uses/{ref}/interest"))
    assert inside.post(f"/panel/uses/{ref}/interest", interest="no").status_code == 422
    assert inside.get(f"/panel/uses/{ref}").status_code == 303
    school = stage[0].town.schools[0].laestab
    assert "Schools that wait for an answer" not in text(inside.get("/panel"))
    assert "Schools that wait for an answer" in text(enter("lay-1").get("/panel"))
    reply = f"/panel/uses/{objected}/schools/{school}"
    assert inside.get(reply).status_code == 303
    inside.post(reply, text=TYPED)
    assert "Schools that wait for an answer" in text(enter("lay-1").get("/panel"))


def test_a_second_answer_to_a_school_is_refused_and_the_first_is_shown(stage, enter):
    """D29: two members answer at once; the second learns it, and reads what stands."""
    world, _, objected, _ = stage
    reply = f"/panel/uses/{objected}/schools/{world.town.schools[0].laestab}"
    first, second = enter("lay-1"), enter("parent-1")
    answer = first.post(reply, text=LONG)
    assert answer.status_code == 422
    assert LONG in text(answer)
    for _ in range(2):
        assert first.post(reply, text="No class is named.").status_code == 303
    answer = second.post(reply, text=TYPED)
    assert answer.status_code == 422
    assert "This school has its answer already" in text(answer)
    assert "No class is named." in text(answer)
    assert TYPED in text(answer)


# --- the registrars' desk ---


def decision_on(page, address):
    """Return which decision's figures a page shows, as its form carries it."""
    return re.search(r'name="decision" value="([0-9]+)"', text(page.get(address)))[1]


def called_off(ref):
    """Call the newest decision off before it goes, so that the use is decided anew."""
    from beholden.gate.actions import releasing
    from beholden.gate.queries import latest_decision

    common = {"by": REGISTRAR, "at": datetime.now(UTC)}
    releasing.call_off(
        releasing.fix_header(ref, latest_decision(ref), catalogue=CATALOGUE, **common), **common
    )


def test_a_step_pressed_twice_leads_to_the_use_as_it_stands(stage, enter):
    _, _, ref, _ = stage
    page, address = enter("registrar"), f"/registrar/uses/{ref}"
    for said in ("Done: Decide, child by child?", "This was done already, or it cannot be done any more."):
        assert page.post(f"{address}/decide")["Location"] == address
        assert said in text(page.get(address))
    assert page.get(f"{address}/decide")["Location"] == address
    assert page.get(f"{address}/no-such-step").status_code == 404


def test_a_registrar_signs_and_hands_over_what_was_shown_and_nothing_decided_since(stage, enter):
    """D18: the form carries which decision its figures are of; after a newer one nothing is done, and both are shown."""
    from beholden.uses.queries import asked

    _, _, ref, _ = stage
    first, second, address = enter("registrar"), enter("registrar-2"), f"/registrar/uses/{ref}"
    old = decision_on(second, f"{address}/countersign")
    called_off(ref)
    assert first.post(f"{address}/decide").status_code == 303
    answer = second.post(f"{address}/countersign", decision=old)
    assert answer.status_code == 422
    assert "It was decided anew since you opened this page." in text(answer)
    assert "When you looked" in text(answer)
    new = decision_on(first, f"{address}/release")
    assert new != old
    assert "A second officer has not agreed" in text(first.post(f"{address}/release", decision=new))
    assert second.post(f"{address}/countersign", decision=new).status_code == 303
    for stale in (old, "", "nonsense"):
        assert first.post(f"{address}/release", decision=stale).status_code == 422
    assert asked(ref).state.value == "cleared"
    for _ in range(2):
        assert first.post(f"{address}/release", decision=new)["Location"] == address
    assert asked(ref).state.value == "released"


def test_what_is_thrown_away_twice_is_gone_and_that_is_no_fault(stage, enter):
    page = enter("applicant-1")
    begun = {page.post("/applicant/new", needs="rows", press="one")["Location"] for _ in range(2)}
    (address,) = begun
    for _ in range(2):
        assert page.post(f"{address}/throw-away")["Location"] == "/applicant"


# --- two records that may be one child ---


@pytest.fixture
def question(stage):
    """Return the number of the one question that waits."""
    from beholden.redress import desk
    from beholden.register.actions import ask_again

    world, now = stage[0], datetime.now(UTC)
    asked = {"by": REGISTRAR, "at": now}
    if not desk.settled(**asked):
        slipped(world, at=now)
    else:
        ask_again(desk.settled(**asked)[0].number, **asked)
    (one,) = desk.questions(**asked)
    return one.number


def test_a_decision_about_two_records_pressed_twice_says_that_it_is_decided_and_under_which_number(
    enter, question
):
    """D32: who decided wrongly finds the number under which it can be asked again."""
    page, address = enter("registrar"), f"/registrar/records/{question}"
    shown = text(page.get(address))
    for said in (
        f"Question {question}: are",
        f"record compare {question}<",
        f"record doubt {question}<",
    ):
        assert said in shown
    whole = {"same": "two", "evidence": "school"}
    for said in (
        f"Question {question} is decided.",
        f"Question {question} does not wait: it was decided already",
    ):
        assert page.post(address, **whole)["Location"] == "/registrar/records"
        listed = text(page.get("/registrar/records"))
        assert said in listed
        assert re.search(rf"<li>Question {question}, on [^<]*: two children</li>", listed)
    gone = (page.get(address), page.post(address, same="two"), page.get("/registrar/records/4711"))
    assert {answer["Location"] for answer in gone} == {"/registrar/records"}


def test_what_a_decision_about_two_records_lacks_is_said_beside_its_own_question(enter, question):
    page, address = enter("registrar"), f"/registrar/records/{question}"
    for given, lacks in (
        ({"same": "one"}, {"evidence"}),
        ({"evidence": "school"}, {"same"}),
        ({"same": "one", "evidence": "a guess"}, {"evidence"}),
        ({}, {"same", "evidence"}),
    ):
        answer = page.post(address, **given)
        assert answer.status_code == 422
        assert {field for field in ("same", "evidence") if beside(answer, field)} == lacks
    shown = text(answer)
    heading = re.search(r"<h1[^>]*>([^<]*)</h1>", shown)[1].strip()
    legends = {one.strip() for one in re.findall(r"<legend[^>]*>([^<]*)</legend>", shown)}
    assert not any(one.casefold() in heading.casefold() for one in legends)
    page.post(address, same="two", evidence="school")


def test_today_says_how_many_questions_about_two_records_wait(enter, question):
    page = enter("registrar")
    for said in ("1 question waits.", "No question waits."):
        listed = re.sub(r"<[^>]+>", "", text(page.get("/registrar")))
        assert f"Two records that may be one child {said}" in listed
        page.post(f"/registrar/records/{question}", same="two", evidence="school")


def test_a_page_about_two_records_asks_the_keeper_once(enter, question, monkeypatch):
    """What is asked opens sealed facts, so no page asks for them twice."""
    from beholden.web.registrar import records

    page, address, asked = enter("registrar"), f"/registrar/records/{question}", []
    really = records.ask
    monkeypatch.setattr(records, "ask", lambda verb, what: (asked.append(verb.name), really(verb, what))[1])
    page.get(address)
    page.post(address, same="one")
    page.post(address, same="two", evidence="school")
    assert asked == ["registrar.pair", "registrar.pair", "registrar.decide"]


# --- a study over time ---


def test_whether_children_are_followed_is_asked_of_what_comes_again_with_the_reason_beside_it(stage, enter):
    """D15: no answer is chosen beforehand, a yes without its reason is none, and what was typed is never lost."""
    page = enter(APPLICANT.ref)
    press = re.search(r'name="press" value="([^"]+)"', text(page.get("/applicant/new"))).group(1)
    written = page.post("/applicant/new", needs="rows", press=press).headers["Location"].rstrip("/")
    address = f"{written}/over_time"
    assert page.get(address).status_code == 404, "what is done once has no such question"
    assert page.post(f"{written}/recurrence", recurrence="each_year").headers["Location"] == address
    asked = text(page.get(address))
    assert "Must each child have the same made-up number every time?" in asked
    assert " checked" not in asked
    answer = page.post(address, over_time="same", why_over_time=" ")
    assert answer.status_code == 422
    assert beside(answer, "why_over_time"), "what is missing is the reason"
    assert not beside(answer, "over_time")
    assert beside(page.post(address, why_over_time=TYPED), "over_time"), "what is missing is the answer"
    assert page.post(f"{written}/exit", exit="extract").status_code == 303
    there = page.post(f"{written}/setting", setting="elsewhere", why_elsewhere=" ")
    assert beside(there, "why_elsewhere")
    assert not beside(there, "setting")
    assert beside(page.post(f"{written}/setting"), "setting")
    assert re.search(r'value="same"[^>]* checked', text(answer))
    assert page.post(address, over_time="same", why_over_time=TYPED).status_code == 303
    assert TYPED in text(page.get(address))
    assert TYPED in text(page.get(f"{written}/check"))


def test_a_reviewer_reads_it_with_its_reason_and_can_strike_it_out(stage, enter):
    world, ref, _, _ = stage
    page = enter("reviewer-b")
    for use, is_asked in ((ref, False), (world.followed, True)):
        page.post(f"/panel/uses/{use}/interest", interest="no")
        shown_ = text(page.get(f"/panel/uses/{use}"))
        assert ("Must each child have the same made-up number every time?" in shown_) is is_asked
        facts = text(
            page.post(f"/panel/uses/{use}/review", step="purpose", says__purpose="yes", reason__purpose=".")
        )
        assert ("That each child has the same made-up number every time" in facts) is is_asked
    struck = whole("yes") | {"without": "over_time"}
    assert page.post(f"/panel/uses/{use}/review", **struck, says__last="yes").status_code == 303


def over_time(world):
    """A study over time, before the panel."""
    items = ("nc_year", "sessions_possible", "session_details")
    how = {"recurrence": Recurrence.EACH_YEAR, "over_time": TYPED}
    return world.before_the_panel(application=world.application(items, **how))
