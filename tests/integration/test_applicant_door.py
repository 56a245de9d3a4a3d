# SPDX-License-Identifier: Apache-2.0
"""What an applicant may do at the door: write in private, be told at once, hand in once, see where it stands (D18, D20).

Each verb is called as the keeper's process calls it, with a question and nothing else.
"""

import re
from datetime import timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.rights.applicant.asked import Begin, Say, Which, WhichQuestion
from beholden.rights.shown import Shown, WhichUse
from integration.officers import ANSWERS, fields, shown
from integration.world import APPLICANT, BEGAN, CATALOGUE, REVIEWERS, World

NOW = BEGAN + timedelta(days=40)
pytestmark = pytest.mark.story  # its last steps end a key and use up what one body may write
AT = {"catalogue": CATALOGUE, "at": NOW}
OTHER = Actor("applicant-2", Role.APPLICANT, "welfare")


def refused(code):
    return pytest.raises(Refusal, match=f"^{re.escape(code)}:")


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A register with one published use of the university, and officers of two bodies who have keys."""
    import homes
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        yield {one.ref: shown(one, at=BEGAN) for one in (APPLICANT, OTHER, REVIEWERS[0])}, world


@pytest.fixture
def mine(stage):
    return stage[0]["applicant-1"]


@pytest.fixture
def theirs(stage):
    return stage[0]["applicant-2"]


def begin(who, press="a press", **more):
    from beholden.rights.applicant.writing import begin as verb

    return verb(Begin(who, press, **more), **AT).sketch


def save(who, sketch, question, answer=None):
    from beholden.rights.applicant.writing import save as verb

    said = ANSWERS[question] if answer is None else answer
    return verb(Say(who, sketch, question, fields(question, said)), **AT)


def tasks(who, sketch):
    from beholden.rights.applicant.writing import tasks as verb

    return verb(Which(who, sketch), **AT)


def hand_in(who, sketch):
    from beholden.rights.applicant.writing import hand_in as verb

    return verb(Which(who, sketch), **AT)


def answered(who, press, **changes):
    sketch = begin(who, press)
    for question in ANSWERS:
        save(who, sketch, question, changes.get(question))
    return sketch


def requests(who):
    from beholden.rights.applicant.standing import requests as verb

    return verb(who, **AT)


def held():
    """Everything public: references of uses, and the length of both logs."""
    from beholden.ledger.queries import entries
    from beholden.uses.queries import register_of_uses

    return [use.ref for use in register_of_uses(CATALOGUE)], len(list(entries("events")))


def test_a_request_is_written_in_private_and_is_nowhere_until_it_is_handed_in(mine, theirs):
    """Nothing of it reaches register or log, and another body is told that there is no such request."""
    from beholden.rights.applicant.writing import check, one, throw_away
    from beholden.uses.actions.sketching import answer

    before = held()
    sketch = answered(mine, "private")
    assert held() == before
    assert sketch in {line.sketch for line in requests(mine).writing}
    assert requests(theirs).writing == ()
    questions = (
        lambda: tasks(theirs, sketch),
        lambda: save(theirs, sketch, "why"),
        lambda: hand_in(theirs, sketch),
        lambda: check(Which(theirs, sketch), **AT),
        lambda: one(WhichQuestion(theirs, sketch, "why"), **AT),
        lambda: answer(sketch, "why", {"why": ("mine",)}, by=OTHER, at=NOW),
    )
    for question in questions:
        with refused("uses.unknown_sketch"):
            question()
    throw_away(
        Which(theirs, sketch), **AT
    )  # the same answer as for one that is not there, and nothing happens
    assert sketch in {line.sketch for line in requests(mine).writing}
    for _ in range(2):
        throw_away(Which(mine, sketch), **AT)
    with refused("uses.unknown_sketch"):
        tasks(mine, sketch)


def test_a_request_for_a_letter_asks_for_its_text_and_for_no_fact(mine):
    """D16: written, shown again as it was typed, judged on its page, handed in; the question for facts is gone."""
    from beholden.rights.applicant.writing import check, one
    from beholden.uses.queries import asked
    from beholden.uses.rules.invitation import LAST_LINE
    from integration.test_invitation import LETTER

    sketch = begin(mine, "a letter")
    changes = {"purpose": "research-contact", "gateway": "uk-gdpr", "exit": "contact"}
    for question in ("purpose", "exit", *ANSWERS):
        if question != "items":
            save(mine, sketch, question, changes.get(question))
    found = tasks(mine, sketch)
    shown = {task.question: task.mark for part in found.parts for task in part.tasks}
    assert not {"items", "what", "where"} & set(shown)
    assert (shown["invitation"], found.ready) == ("open", False)
    assert found.letter.what == "Nothing from us: no fact, no name and no address."
    with refused("uses.unknown_sketch"):
        one(WhichQuestion(mine, sketch, "items"), **AT)
    pressing = LETTER.to_json() | {"part": "You must answer, and you can win a prize."}
    assert save(mine, sketch, "invitation", pressing).against
    with refused("uses.invitation_answer"):
        save(mine, sketch, "invitation", LETTER.to_json() | {"answer": "Tell your teacher that you will."})
    assert not save(mine, sketch, "invitation", LETTER.to_json()).against
    page = one(WhichQuestion(mine, sketch, "invitation"), **AT)
    assert (page.form, page.notes) == ("letter", ())
    assert {field.name: field.values[0] for field in page.given} == LETTER.to_json()
    lines = {line.question: line.answer for line in check(Which(mine, sketch), **AT).lines}
    assert lines["invitation"] == (*LETTER.parts, LAST_LINE)
    handed = hand_in(mine, sketch)
    assert not handed.refused
    assert asked(handed.ref).invitation == LETTER


def test_a_press_twice_begins_one_and_hands_in_one(mine):
    sketch = answered(mine, "twice")
    assert begin(mine, "twice") == sketch
    first = hand_in(mine, sketch)
    assert hand_in(mine, sketch) == first
    assert tasks(mine, sketch).became == first.ref
    assert [line.ref for line in requests(mine).asked].count(first.ref) == 1
    with refused("uses.unknown_sketch"):
        save(mine, sketch, "why")


def test_what_the_catalogue_refuses_is_said_at_once_and_stands_in_public_when_it_is_handed_in(mine):
    """D20, D26: nobody is kept from asking, and a refusal is public by its rule."""
    from beholden.rights.applicant.standing import stands

    sketch = begin(mine, "fraud")
    said = save(mine, sketch, "purpose", "welfare-fraud")
    assert said.against
    assert {note.question for note in tasks(mine, sketch).notes if note.refuses} == {"purpose"}
    for question in ANSWERS:
        if question != "purpose":
            save(mine, sketch, question)
    done = hand_in(mine, sketch)
    assert done.refused
    found = stands(WhichUse(mine, done.ref), **AT)
    assert found.state_label == "Refused"
    assert found.refused_rule == CATALOGUE.purpose("welfare-fraud").rule
    assert not found.can_withdraw


def test_an_unfinished_request_is_not_handed_in_and_stays_as_it_was(mine):
    sketch = answered(mine, "unfinished", territory="Ruritania")
    before = held()
    with refused("uses.country"):
        hand_in(mine, sketch)
    assert held() == before
    assert tasks(mine, sketch).ready
    assert tasks(mine, sketch).became == ""


def test_what_is_refused_leaves_the_answer_that_was_there(mine):
    sketch = begin(mine, "kept")
    save(mine, sketch, "why", "To learn.")
    with refused("uses.unanswered"):
        save(mine, sketch, "why", " ")
    assert tasks(mine, sketch).letter.why == "To learn."


def test_a_change_of_a_live_use_begins_with_its_answers_and_of_nobody_elses(stage, mine, theirs):
    """D7: a change is a request of its own."""
    use = stage[1].use
    with refused("uses.amends"):
        begin(theirs, "change", amends=use)
    sketch = begin(mine, "change", amends=use)
    found = tasks(mine, sketch)
    assert (found.amends, found.ready) == (use, True)
    with refused("uses.no_difference"):
        hand_in(mine, sketch)
    save(mine, sketch, "outputs", "Two reports, open to all.")
    assert not hand_in(mine, sketch).refused


def test_the_letter_says_whose_families_must_be_told_in_tens_and_the_earliest_day(mine):
    """U10. The town has sixty children, some of them off roll: at most so many."""
    sketch = begin(mine, "letter")
    assert tasks(mine, sketch).letter.most_children is None
    save(mine, sketch, "collection")
    letter = tasks(mine, sketch).letter
    assert letter.most_children >= 60
    assert letter.most_children % 10 == 0
    assert letter.earliest > NOW.date()


def test_only_an_applicants_own_key_opens_these_pages_and_an_ended_one_none(stage, mine):
    from beholden.people.actions import end_key
    from integration.world import REGISTRAR

    keys, _ = stage
    for wrong in (keys["reviewer-a"], Shown("applicant-1", keys["applicant-2"].key)):
        with refused("people.not_let_in"):
            requests(wrong)
    end_key("applicant-2", by=REGISTRAR, at=BEGAN)
    with refused("people.not_let_in"):
        requests(keys["applicant-2"])


def test_one_body_writes_so_many_at_a_time_and_no_more(stage, mine):
    from beholden.rights.applicant.writing import throw_away
    from beholden.uses.actions.sketching import MOST_OPEN

    writing = len(requests(mine).writing)
    assert writing < MOST_OPEN
    for number in range(writing, MOST_OPEN):
        begin(mine, f"many {number}")
    assert len(requests(mine).writing) == MOST_OPEN
    with refused("uses.sketches"):
        begin(mine, "one too many")
    assert len(requests(mine).writing) == MOST_OPEN
    throw_away(Which(mine, requests(mine).writing[0].sketch), **AT)
    begin(mine, "one too many")
