# SPDX-License-Identifier: Apache-2.0
"""Given this log, this sum and this grade: what a regulator can read, and hold the keeper to (D38, D26, D9, D41).

Every case is the same year (a study agreed, told, decided, handed over, confirmed; a match refused) with one thing
changed. The figures beside it are the catalogue's points, worked out by hand.
"""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from beholden.catalogue import Letter, MeasureName, Subject
from beholden.ledger.confirmation import Word
from beholden.ledger.texts import PublishedText
from beholden.ledger.vocabulary.events import UseMoved
from beholden.reportcard.card import State
from beholden.reportcard.rules import FORMULAE, grade
from unit.reportcard.paper_log import (
    BEGAN,
    CATALOGUE,
    FRAUD,
    SALT,
    STRANGER,
    STUDY,
    Paper,
    Year,
    run_again,
    text_of,
)

FAIR, OPEN, SAFE = Subject.FAIR_PROCESSING, Subject.TRANSPARENCY, Subject.SECURITY
LONE_DAY = date(2026, 9, 10)
REPOSITORY = Path(__file__).resolve().parents[3]


def card(paper, **given):
    return grade(paper.facts(**given), CATALOGUE)


def line(shown, name):
    measure = CATALOGUE.grades.measures[name]
    return next(one for one in shown.of(measure.subject).measures if one.name is name)


def sums(shown, name):
    """Numerator, denominator and points of one line."""
    one = line(shown, MeasureName(name))
    return one.found.numerator, one.found.denominator, one.earned


def texts(*uses):
    return {use: PublishedText(use, SALT, text_of(use)) for use in uses}


# --- a year without a fault


def test_a_year_without_a_fault_earns_every_point_that_can_be_earned_today():
    """30 + 20 + 25 + 10 of 100: without the yearly sample nobody is better than B (D9)."""
    shown = card(Year().played(), texts=texts(STUDY, FRAUD))
    assert [(one.subject.value, one.grade.value, one.earned, one.possible) for one in shown.subjects] == [
        ("fair-processing", "B", 85, 100),
        ("transparency", "A", 100, 100),
        ("security", "B", 80, 100),
        ("choice", "F", 0, 0),
        ("accuracy", "F", 0, 0),
        ("timeliness", "F", 0, 30),
        ("minimisation", "F", 0, 0),
    ]


def test_what_is_not_measured_is_f_and_says_so():
    """D38: a subject without a measure, and a measure without a fact."""
    shown = card(Year().played())
    assert shown.of(Subject.CHOICE).sentence == "This is not measured yet. What is not measured is F."
    timely = shown.of(Subject.TIMELINESS)
    assert (timely.measured, timely.possible) == (False, 30)
    assert timely.sentence == "One thing here is not measured. What is not measured is F."
    for name in ("knew", "texts", "witnesses"):
        one = line(shown, MeasureName(name))
        assert (one.found.state, one.grade, one.earned) == (State.NOT_MEASURED, Letter.F, 0)
        assert one.in_sum
        assert one.found.why_not.endswith(".")


def test_a_list_that_nobody_replayed_is_a_miss_and_one_that_an_auditor_found_equal_is_none():
    """D27, D28: counted from the log; one auditor who found other rows is not outweighed by another."""
    paper = Year().played()
    shown = card(paper)
    assert (sums(shown, "replays"), line(shown, MeasureName.REPLAYS).found.missed) == (
        (0, 1, 0),
        ("handover 1",),
    )
    paper.audit(1)
    shown = card(paper)
    assert sums(shown, "replays") == (1, 1, 10)
    assert line(shown, MeasureName.REPLAYS).found.sources == (("handovers", 1), ("handovers", 3))
    paper.audit(1, agrees=False, seed=STRANGER)
    assert sums(card(paper), "replays") == (0, 1, 0)


def test_rows_that_stay_here_can_be_replayed_by_nobody_and_are_not_counted():
    """D23: what lies in the reading room is in no recipient's hands."""
    shown = card(Year(exit="enclave").played())
    assert line(shown, MeasureName.REPLAYS).found.state is State.NOTHING_TO_COUNT


def test_each_line_says_where_it_was_counted():
    """D26: every figure leads to entries of the log."""
    shown = card(Year().played())
    assert line(shown, MeasureName.TOLD).found.sources == (("handovers", 1), ("events", 6))
    assert line(shown, MeasureName.WINDOW).found.sources[0] == ("events", 8)
    assert line(shown, MeasureName.TOTALS).found.sources[0] == ("handovers", 1)
    assert line(shown, MeasureName.CONFIRMED).found.sources == (("handovers", 1), ("handovers", 2))


# --- one thing changed: (what, measure, its sum, the subject's points and grade)

ONE_FAULT = {
    "half were told": (Year(told=750), "told", (750, 1500, 15), (70, "C")),
    "nobody was told": (Year(told=0), "told", (0, 1500, 0), (55, "D")),
    "1,490 of 1,500 were told: 29.8 points are 29": (Year(told=1490), "told", (1490, 1500, 29), (84, "B")),
    "fewer were to be told than were in the list": (Year(audience=1000, told=1000), "told", (1000, 1500, 20), (75, "B")),
    "more were to be told than were in the list": (Year(audience=3000, told=1500), "told", (750, 1500, 15), (70, "C")),
    "more were told than were to be": (Year(audience=1500, told=9000), "told", (1500, 1500, 30), (85, "B")),
    "no notice at all": (Year(notice=False), "settled", (0, 1, 0), (30, "F")),
    "the notice came afterwards": (Year(notice_late=True), "settled", (0, 1, 0), (30, "F")),
    "and nobody counts as told by it": (Year(notice_late=True), "told", (0, 1500, 0), (30, "F")),
    "a window of 27 days and 23 hours": (Year(window_days=27 + 23 / 24), "window", (0, 1, 0), (65, "D")),
    "a window of 29 days": (Year(window_days=29), "window", (1, 1, 20), (85, "B")),
    "a decision on another use": (Year(decided_use="U-2026-0009"), "settled", (0, 1, 0), (50, "F")),
    "a decision on a list of another size": (Year(decided_scope=1490), "settled", (0, 1, 0), (50, "F")),
    "a notice at the very next place after the list": (Year(notice_late=True, announced_late=True), "told", (0, 1500, 0), (30, "F")),
    "a list, and a window that never ended": (Year(cleared=False), "window", (0, 1, 0), (40, "F")),
    "totals of a list of another size": (Year(decided_scope=1490, released=1450), "totals", (0, 1, 0), (50, "F")),
    "taken back before the list": (Year(fell="withdrawn"), "settled", (0, 1, 0), (60, "F")),
    "a list for another purpose than was asked for": (Year(listed_purpose="press"), "settled", (0, 1, 0), (60, "F")),
    "decided while families could still answer": (Year(cleared_late=True), "settled", (0, 1, 0), (60, "F")),
    "more left out than there are": (Year(left_out=1510, released=0), "totals", (0, 1, 0), (75, "D")),
    "totals that do not add up": (Year(released=1470), "totals", (0, 1, 0), (75, "D")),
    "a total that is not rounded": (Year(left_out=30, released=1460), "totals", (0, 1, 0), (75, "D")),
    "a total kept back though the list is large": (Year(left_out=None, released=None), "totals", (0, 1, 0), (75, "D")),
    "totals told of a small list": (Year(scope=60, audience=60, told=60, left_out=10, released=50), "totals", (0, 1, 0), (75, "D")),
    "totals kept back of a small list": (Year(scope=60, audience=60, told=60, left_out=None, released=None), "totals", (1, 1, 10), (85, "B")),
    "left, and never announced": (Year(announced=False), "announced", (0, 1, 0), (50, "F")),
    "announced after it left": (Year(announced_late=True), "announced", (0, 1, 0), (60, "F")),
    "not confirmed": (Year(word="none"), "confirmed", (0, 1, 0), (65, "C")),
    "no outcome at all": (Year(outcome=None), "confirmed", (0, 1, 0), (65, "C")),
    "end unknown": (Year(outcome="unknown"), "confirmed", (0, 1, 0), (65, "C")),
    "confirmed by another's key": (Year(word="another's key"), "confirmed", (0, 1, 0), (65, "C")),
    "refused without naming the rule": (Year(rule=None), "requests", (1, 2, 7), (77, "C")),
    "one day of 27 not sealed": (Year(gaps=(LONE_DAY,)), "days", (26, 27, 14), (84, "B")),
    "rules never logged": (Year(rules=False), "rules", (0, 2, 0), (75, "D")),
    "a recipient found another list": (Year(word="another list"), "words", (0, 1, 0), (60, "D")),
    "a word that the recipient did not sign": (Year(word="another's key"), "words", (0, 1, 0), (60, "D")),
}  # fmt: skip


@pytest.mark.parametrize("what", ONE_FAULT)
def test_one_fault_shows_in_its_line_and_in_the_grade(what):
    year, name, expected, (points, letter) = ONE_FAULT[what]
    shown = card(year.played())
    assert sums(shown, name) == expected
    subject = shown.of(CATALOGUE.grades.measures[MeasureName(name)].subject)
    assert (subject.percent, subject.grade) == (points, letter)
    assert bool(line(shown, MeasureName(name)).found.missed) == (expected[0] < expected[1])


def test_a_grade_that_is_held_down_says_by_what():
    shown = card(Year(window_days=20).played()).of(FAIR)
    assert (shown.by_points, shown.grade, shown.held_to) == ("C", "D", (MeasureName.WINDOW,))
    assert (
        shown.sentence
        == "65 of 100 points are 65 in 100, which alone would be C. It is D, for what was missed in “Time to answer”."
    )


def test_a_decision_that_was_taken_again_counts_the_window_that_families_had():
    """Called off, fallen back to *window*, cleared and decided again at once: the four weeks are the first ones."""
    paper = Year(announced=False).played()
    paper.events.pop()
    paper.move(STUDY, "window")
    paper.move(STUDY, "cleared")
    decision = paper.decision(STUDY, scope=1500, left_out=40, released=1460)
    paper.announce(STUDY, scope=1500, decision=decision)
    paper.move(STUDY, "released")
    shown = card(paper)
    assert [sums(shown, name)[:2] for name in ("window", "settled", "announced")] == [(1, 1)] * 3


RUNS = {
    "without a fault": ({}, {"told": (3000, 3000), "window": (2, 2), "settled": (2, 2), "announced": (2, 2)}),
    "and after one that was left off": (
        {"again": True}, {"told": (3000, 3000), "window": (2, 2), "settled": (2, 2), "announced": (2, 2)},
    ),
    "with a window of 20 days": ({"days": 20}, {"window": (1, 2), "settled": (2, 2), "announced": (2, 2)}),
    "and 20 days after one that was left off": ({"days": 20, "again": True}, {"window": (1, 2), "settled": (2, 2)}),
    "without a telling": ({"skip": ("notice",)}, {"told": (3000, 3000), "settled": (1, 2), "announced": (2, 2)}),
    "without one, after one that was left off": ({"skip": ("notice",), "again": True}, {"settled": (1, 2)}),
    "without a list": ({"skip": ("list",)}, {"window": (2, 2), "settled": (1, 1), "announced": (1, 2)}),
}  # fmt: skip


@pytest.mark.parametrize("what", RUNS)
def test_each_run_of_what_recurs_is_graded_for_itself(what):
    """D6, D26: nothing of the first run makes up for what the second lacks; who was told before stays told."""
    changed, expected = RUNS[what]
    shown = card(run_again(Year().played(), **changed))
    assert {name: sums(shown, name)[:2] for name in expected} == expected
    missed = {name for name in expected if line(shown, MeasureName(name)).found.missed}
    assert missed == {name for name, (got, of) in expected.items() if got < of}


def test_a_later_run_is_missed_by_its_number():
    shown = card(run_again(Year().played(), skip=("list",), again=True))
    assert line(shown, MeasureName.ANNOUNCED).found.missed == (f"{STUDY} run 3",)


def test_a_rounding_that_became_stricter_is_held_against_the_totals():
    """40 left out is rounded to tens, and not to fifties."""
    stricter = replace(CATALOGUE, limits=replace(CATALOGUE.limits, left_out_rounding=50))
    assert sums(grade(Year().played().facts(), stricter), "totals") == (0, 1, 0)


def test_a_list_that_is_dated_after_the_records_left_was_not_announced():
    paper = Year(announced=False).played()
    paper.events.pop()  # *released*, to be said again an hour before the list
    paper.announce(STUDY, scope=1500, decision=len(paper.events) - 1)
    paper.at -= timedelta(hours=1)
    paper.move(STUDY, "released")
    assert sums(card(paper, on=BEGAN.date() + timedelta(days=90)), "announced") == (0, 1, 0)


def test_a_request_that_was_granted_before_it_was_asked_shows():
    """D26: nobody could have seen it, or objected."""
    paper = Paper()
    paper.rules()
    paper.move(STUDY, "approved")
    paper.move(STUDY, "submitted")
    assert sums(card(paper), "requests") == (0, 1, 0)


# --- nothing to count


def test_a_list_that_was_taken_back_is_no_list_that_left():
    """Withdrawn before delivery: nothing left, nothing is counted, and the rest of the sum stands alone."""
    shown = card(Year(outcome="withdrawn").played())
    for name in ("told", "settled", "totals", "confirmed", "words"):
        one = line(shown, MeasureName(name))
        assert (one.found.state, one.grade, one.in_sum) == (State.NOTHING_TO_COUNT, None, False)
        assert one.found.why_not.endswith(".")
    assert sums(shown, "announced") == (0, 1, 0), "the events log says that records left, and no list stands"


def test_an_empty_log_has_no_good_grade():
    """Nothing done is nothing measured: a keeper that has not begun is no A."""
    shown = card(Paper())
    assert shown.of(FAIR).grade is Letter.F
    assert shown.of(FAIR).possible == 15
    assert sums(shown, "rules") == (0, 1, 0)
    assert line(shown, MeasureName.WHOLE).found.state is State.NOTHING_TO_COUNT


def test_a_use_whose_window_is_open_counts_neither_way():
    paper = Paper()
    paper.rules()
    for state in ("submitted", "approved", "published", "notified", "window"):
        paper.move(STUDY, state)
    assert line(card(paper), MeasureName.WINDOW).found.state is State.NOTHING_TO_COUNT


# --- days


@pytest.mark.parametrize(
    ("sealed_at", "good"),
    [("2026-09-02T00:00:00", 1), ("2026-09-02T23:59:59", 1), ("2026-09-03T00:00:00", 1), ("2026-09-03T00:00:01", 0), ("2026-09-01T23:59:59", 0)],
)  # fmt: skip
def test_a_day_is_sealed_after_its_end_and_within_a_day(sealed_at, good):
    """Sealed before midnight, answers could still come; sealed much later, they could have been changed."""
    paper = Paper()
    paper.rules()
    paper.at = datetime.fromisoformat(sealed_at).replace(tzinfo=BEGAN.tzinfo)
    paper.seal_day(date(2026, 9, 1))
    shown = card(paper, on=date(2026, 9, 3))
    assert sums(shown, "days")[:2] == (good, 1)


def test_a_keeper_that_falls_silent_loses_points_day_by_day():
    """The card is of a day, and that day is named: silence is no way to keep a grade."""
    paper = Year().played()
    later = [sums(card(paper, on=paper.at.date() + timedelta(days=days)), "days") for days in (0, 1, 30, 365)]
    assert [found[1] - found[0] for found in later] == [0, 0, 29, 364]
    assert [found[2] for found in later] == [15, 15, 7, 1]


# --- texts, rules, reviews, times


def test_a_text_that_was_changed_afterwards_does_not_open():
    changed = texts(STUDY, FRAUD)
    changed[STUDY] = PublishedText(STUDY, SALT, b'{"title":"Something else"}')
    shown = card(Year().played(), texts=changed)
    assert sums(shown, "texts") == (1, 2, 7)
    assert line(shown, MeasureName.TEXTS).found.missed == (STUDY,)
    assert sums(card(Year().played(), texts={}), "texts") == (0, 2, 0)


def test_a_text_that_changed_on_the_way_does_not_open_every_entry():
    paper = Year().played()
    body = UseMoved(
        commitment=bytes(32),
        exit="extract",
        purpose="public-interest-study",
        rule=None,
        state="in_use",
        use=STUDY,
    )
    paper.say(body)
    assert sums(card(paper, texts=texts(STUDY, FRAUD)), "texts") == (1, 2, 7)


def test_a_decision_under_rules_that_were_not_in_force_shows():
    """D41: each decision cites the catalogue; the log says which was in force."""
    paper = Year().played()
    assert sums(card(paper), "rules") == (2, 2, 10)
    paper.rules(bytes(32))
    assert sums(card(paper), "rules") == (1, 2, 5), "then this card is not under the rules in force"
    paper.decision(STUDY, scope=1500, left_out=40, released=1460)
    assert sums(card(paper), "rules") == (1, 3, 3)


def test_an_overdue_review_shows_by_name():
    """D39."""
    paper = Year().played()
    late = CATALOGUE.overdue(on=date(2028, 1, 1))
    shown = card(paper, on=date(2028, 1, 1))
    dated = len(CATALOGUE.law) + len(CATALOGUE.collections) + len(CATALOGUE.purposes)
    assert late
    assert sums(shown, "reviews")[:2] == (dated - len(late), dated)
    assert line(shown, MeasureName.REVIEWS).found.missed == late


def test_an_entry_that_is_dated_back_shows():
    paper = Year().played()
    paper.at -= timedelta(days=1)
    paper.seal_day(date(2026, 8, 1))
    assert line(card(paper), MeasureName.TIMES).found.missed == (), "a day's slack is allowed"
    paper.at -= timedelta(seconds=1)
    paper.seal_day(date(2026, 8, 2))
    found = line(card(paper, on=paper.at.date() + timedelta(days=2)), MeasureName.TIMES).found
    assert found.missed == (f"events entry {len(paper.events) - 1}",)
    assert found.sources == (("events", len(paper.events) - 1),)


# --- the catalogue and the code


def test_every_measure_of_the_catalogue_has_one_formula():
    assert set(FORMULAE) == set(MeasureName) == set(CATALOGUE.grades.measures)


def test_the_card_is_one_value_with_one_spelling():
    paper = Year().played()
    assert card(paper).print() == card(paper).print()
    assert card(paper) == card(paper)
    assert hash(card(paper)) == hash(card(paper))


def test_a_word_that_agrees_is_what_the_log_module_says_it_is():
    (release,) = Year().played().facts().releases
    assert release.word is Word.AGREES


def test_the_document_says_what_the_catalogue_says():
    """docs/explanation/report-card.md: points, days and the best grade left, line by line."""
    text = (REPOSITORY / "docs" / "explanation" / "report-card.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z]+) \| (\d+) \|.*\| ([A-F]) \|$", text, re.MULTILINE)
    measures = CATALOGUE.grades.measures.values()
    assert rows == [(one.name.value, str(one.points), one.if_missed.value) for one in measures]
    said = ", ".join(f"{letter} from {least}" for letter, least in CATALOGUE.grades.least.items())
    assert said in text
    assert {one.within_days for one in measures if one.within_days} == {1}
    assert "within 1 day of it" in text
    assert "no more than 1 day before" in text
