# SPDX-License-Identifier: Apache-2.0
"""A request while it is written: each answer is read or refused on its own page, and triage speaks at once (D18, D20)."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from beholden.catalogue import load
from beholden.refusals import Refusal
from beholden.uses.rules.questions import QUESTIONS, Mark, asked_in, mark
from beholden.uses.rules.sketch import answers_of, asked_of, earliest, early, read, whole
from beholden.uses.rules.triage import Asker, Verdict, remarks
from integration.officers import ANSWERS, fields
from unit.uses.asked import draft

CATALOGUE = load()
ASKER = Asker("England", "age1key", "00" * 32)


def typed(question, answer=None):
    said = ANSWERS[question] if answer is None else answer
    return {field.name: field.values for field in fields(question, said)}


ANSWERED = {question: read(question, typed(question)) for question in ANSWERS}


def test_the_questions_are_those_of_the_application_and_each_is_read():
    assert set(ANSWERS) == set(asked_in("extract"))
    made = whole(ANSWERED)
    assert made.population.collection == "SC"
    assert made.reasons == ANSWERS["items"]
    assert remarks(made, ASKER, CATALOGUE) == early(ANSWERED, ASKER, CATALOGUE) == ()


@pytest.mark.parametrize(
    "made",
    [
        draft(),
        whole(ANSWERED),
        replace(whole(ANSWERED), population=replace(draft().population, school_years=("10", "9"))),
    ],
)
def test_what_is_asked_to_be_changed_begins_with_its_own_answers(made):
    """D7: an amendment differs from what it amends by what was answered anew, and by nothing else."""
    assert whole(answers_of(made)) == made


@pytest.mark.parametrize(
    ("question", "said", "code"),
    [
        ("why", {"why": ("  ",)}, "uses.unanswered"),
        ("why", {"why": ("x" * 4001,)}, "uses.too_long"),
        ("purpose", {}, "uses.unanswered"),
        ("purpose", {"purpose": ("for everything we may need",)}, "uses.free_text"),
        ("linkage", {"linkage": ("perhaps",)}, "uses.unanswered"),
        ("school_years", {"school_years": ("nine and ten",)}, "uses.free_text"),
        ("access", {"access": ("",)}, "uses.access"),
        ("access", {"access": ("Ann Other; counts; England",)}, "uses.access"),
        ("access", {"access": ("researcher-1; counts",)}, "uses.line"),
        ("processors", {"processors": ("A firm; ; England",)}, "uses.line"),
        ("territory", {"territory": ("England\nEngland",)}, "uses.territory"),
        ("items", {}, "uses.items"),
        ("items", {"items": ("nc_year",), "why-nc_year": ("",)}, "uses.item_unjustified"),
        ("setting", {"setting": ("elsewhere",), "why_elsewhere": ("",)}, "uses.unanswered"),
        ("dates", typed("dates") | {"ends_on-day": ("31",), "ends_on-month": ("2",)}, "uses.day"),
        ("dates", typed("dates") | {"ends_on-year": ("99999999999",)}, "uses.day"),
        ("dates", typed("dates") | {"ends_on-year": ("2026",)}, "uses.dates"),
    ],
)
def test_an_answer_that_is_none_is_refused_on_its_own_page(question, said, code):
    with pytest.raises(Refusal, match=f"^{re.escape(code)}:"):
        read(question, said)


def said(answers):
    return {(one.question, one.verdict) for one in early(answers, ASKER, CATALOGUE)}


def test_nothing_is_said_to_an_answer_before_what_it_leans_on_is_there():
    for question, said in ANSWERED.items():
        assert early({question: said}, ASKER, CATALOGUE) == (), question
    assert early({}, ASKER, CATALOGUE) == ()


@pytest.mark.parametrize(
    ("question", "answer", "page"),
    [
        ("purpose", "welfare-fraud", "purpose"),
        ("purpose", "no-such-purpose", "purpose"),
        ("exit", "match", "exit"),
        ("collection", "SC/SPR/1999", "collection"),
        ("school_years", ["99"], "school_years"),
        ("items", {"surname": "To know them."}, "items"),
        ("gateway", "ea-1996", "gateway"),
        ("linkage", "inward", "linkage"),
        ("setting", {"setting": "reading_room", "why": ""}, "setting"),
        ("territory", ["Ruritania"], "territory"),
        ("processors", [{"name": "A firm", "task": "stores", "country": "Ruritania"}], "territory"),
    ],
)
def test_what_would_be_refused_is_said_on_the_page_where_the_fault_is(question, answer, page):
    """D18, D20: at once, while it is written, and with what can be asked for instead."""
    found = [
        one
        for one in early(ANSWERED | {question: answer}, ASKER, CATALOGUE)
        if one.verdict is Verdict.REFUSED
    ]
    assert page in {one.question for one in found}
    assert all(one.next_step for one in found)


def test_a_repetition_in_a_way_that_cannot_be_repeated_is_said_at_once():
    """D21: a list that is matched is asked for each time; a copy for a study may leave each year."""
    asked = ANSWERED | {"recurrence": "each_year"}
    assert ("recurrence", Verdict.REFUSED) not in said(asked)
    assert ("recurrence", Verdict.REFUSED) in said(asked | {"exit": "match"})


def test_whether_children_are_followed_is_asked_of_what_comes_again_and_kept_with_its_reason():
    """D15: its own question, no by default, and a yes says why."""
    again = ANSWERED | {"recurrence": "each_year"}
    assert set(asked_of(again)) - set(asked_of(ANSWERED)) == {"over_time"}
    with pytest.raises(Refusal, match=r"^uses\.unanswered:"):
        whole(again)
    no = read(
        "over_time", {"over_time": ("apart",), "why_over_time": ("What is typed beside a no is not kept.",)}
    )
    assert no == {"numbers": "apart", "why": ""}
    yes = read(
        "over_time", {"over_time": ("same",), "why_over_time": ("It asks how the same children change.",)}
    )
    made = whole(again | {"over_time": yes})
    assert made.application.over_time == "It asks how the same children change."
    assert whole(again | {"over_time": no}).application.over_time == ""
    assert whole(ANSWERED | {"over_time": yes}).application.over_time == "", (
        "what is done once has no next time"
    )
    for kept in (made, whole(again | {"over_time": no})):
        assert whole(answers_of(kept)) == kept
    for typed_ in ({}, {"over_time": ("same",)}, {"over_time": ("yes",), "why_over_time": ("So.",)}):
        with pytest.raises(Refusal, match=r"^uses\.unanswered:"):
            read("over_time", typed_)
    assert ("over_time", Verdict.REFUSED) not in said(again | {"over_time": yes})
    assert ("over_time", Verdict.REFUSED) in said(again | {"over_time": yes, "purpose": "youth-support"})
    assert ("over_time", Verdict.REFUSED) not in said({"over_time": yes, "purpose": "youth-support"})


def test_a_fact_that_is_not_needed_is_said_and_the_coarser_one_is_offered():
    """D18: cut to the least that serves."""
    more = {**ANSWERED["items"], "sen_primary_need": "It might matter."}
    found = early(ANSWERED | {"items": more}, ASKER, CATALOGUE)
    assert {(one.about, one.verdict) for one in found} == {
        ("sen_primary_need", Verdict.NOT_NEEDED),
        ("sen_primary_need", Verdict.COARSER),
    }


def test_a_missing_answer_keeps_the_request_from_being_handed_in():
    for question in ANSWERED:
        rest = {name: one for name, one in ANSWERED.items() if name != question}
        with pytest.raises(Refusal, match=r"^uses\.unanswered:"):
            whole(rest)


def test_the_list_says_done_look_again_not_yet_and_cannot_start_yet():
    gateway = QUESTIONS["gateway"]
    none, there = frozenset(), frozenset({"purpose"})
    assert mark(gateway, none, none) is Mark.WAITS
    assert mark(gateway, there, none) is Mark.OPEN
    assert mark(gateway, there | {"gateway"}, none) is Mark.DONE
    assert mark(gateway, there | {"gateway"}, frozenset({"gateway"})) is Mark.LOOK


def test_the_earliest_day_counts_both_waits_to_their_end():
    """U10: comments, then the families' window; neither is over before its last day is."""
    limits = CATALOGUE.limits
    assert earliest(date(2027, 1, 1), limits) == date(2027, 1, 1) + timedelta(
        days=limits.comment_days + limits.objection_window_days + 2
    )
