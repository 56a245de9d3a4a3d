# SPDX-License-Identifier: Apache-2.0
"""What no log may bring about: a grade that rises because families knew less (D38, D6, D9)."""

from dataclasses import replace

from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from beholden.catalogue import Letter, MeasureName, Subject
from beholden.ledger.vocabulary.events import NoticeGiven
from beholden.reportcard.card import Counted, State
from beholden.reportcard.rules import add_up, grade, mark
from unit.reportcard.paper_log import CATALOGUE, STUDY, Paper, Year

SEED = 20261123
tens = st.integers(0, 200).map(lambda number: number * 10)
scopes = st.integers(10, 2000)


def fair(paper):
    return grade(paper.facts(), CATALOGUE).of(Subject.FAIR_PROCESSING)


def line(subject, name):
    return next(one for one in subject.measures if one.name is name)


@st.composite
def releases(draw):
    """What one list needs: its size, and the notices about it, each with audience and told."""
    notices = draw(st.lists(st.tuples(tens, tens), max_size=2))
    return draw(scopes), tuple(notices)


def played(lists):
    """Several uses one after another, each with its own notices; nothing else at fault."""
    paper = Paper()
    paper.rules()
    for number, (scope, notices) in enumerate(lists, start=1):
        use = f"U-2026-{number:04d}"
        for state in ("submitted", "approved", "published"):
            paper.move(use, state)
        for audience, told in notices:
            paper.notice(use, told=told, audience=audience)
        paper.move(use, "window")
        paper.pass_days(28)
        paper.move(use, "cleared")
        left_out, released = (None, None) if scope < 1000 else (0, scope - scope % 10)
        decision = paper.decision(use, scope=scope, left_out=left_out, released=released)
        paper.announce(use, scope=scope, decision=decision)
        paper.move(use, "released")
    return paper


@seed(SEED)
@settings(max_examples=60, deadline=None)
@given(lists=st.lists(releases(), min_size=1, max_size=3), data=st.data())
def test_more_told_never_lowers(lists, data):
    print(f"seed {SEED}")
    at = data.draw(st.integers(0, len(lists) - 1))
    scope, notices = lists[at]
    assume(notices)
    which = data.draw(st.integers(0, len(notices) - 1))
    audience, told = notices[which]
    more = (*notices[:which], (audience, told + data.draw(tens)), *notices[which + 1 :])
    before, after = fair(played(lists)), fair(played([*lists[:at], (scope, more), *lists[at + 1 :]]))
    assert line(before, MeasureName.TOLD).earned <= line(after, MeasureName.TOLD).earned
    assert before.percent <= after.percent
    assert before.grade.place >= after.grade.place


def test_of_two_tellings_the_one_that_reached_more_of_the_list_counts():
    """Found by the property below: 20 of 30 is less of a list of ten than 10 of ten."""
    both, better = fair(played([(10, ((0, 10), (30, 20)))])), fair(played([(10, ((0, 10),))]))
    assert line(both, MeasureName.TOLD).earned == line(better, MeasureName.TOLD).earned == 30


@seed(SEED)
@settings(max_examples=60, deadline=None)
@given(lists=st.lists(releases(), min_size=1, max_size=3), data=st.data())
def test_a_missing_notice_never_raises(lists, data):
    """Also where two were given, and the worse of them is the one that is left out."""
    print(f"seed {SEED}")
    at = data.draw(st.integers(0, len(lists) - 1))
    scope, notices = lists[at]
    assume(notices)
    which = data.draw(st.integers(0, len(notices) - 1))
    fewer = (*notices[:which], *notices[which + 1 :])
    before, after = fair(played(lists)), fair(played([*lists[:at], (scope, fewer), *lists[at + 1 :]]))
    for name in (MeasureName.TOLD, MeasureName.SETTLED):
        assert line(after, name).earned <= line(before, name).earned
        assert line(after, name).found.denominator == line(before, name).found.denominator
    assert after.percent <= before.percent
    assert after.grade.place >= before.grade.place
    if not fewer:
        assert after.grade is Letter.F


@seed(SEED)
@settings(max_examples=40, deadline=None)
@given(hours=st.integers(0, 1440), more=st.integers(0, 720))
def test_a_longer_window_never_lowers(hours, more):
    print(f"seed {SEED}")
    short, long = (fair(Year(window_days=one).played()) for one in (hours / 24, (hours + more) / 24))
    assert line(short, MeasureName.WINDOW).earned <= line(long, MeasureName.WINDOW).earned
    assert short.grade.place >= long.grade.place


@seed(SEED)
@settings(max_examples=60, deadline=None)
@given(scope=st.integers(10, 5000), told=tens, audience=tens)
def test_nobody_is_counted_as_told_who_was_not(scope, told, audience):
    """The share is a lower bound, and never more than the list."""
    print(f"seed {SEED}")
    found = line(fair(Year(scope=scope, told=told, audience=audience).played()), MeasureName.TOLD).found
    assert found.denominator == scope
    assert 0 <= found.numerator <= min(told, scope)
    if audience <= scope:
        assert found.numerator == min(told, scope)


# --- the sum itself, against a twin that is read by people

counts = st.one_of(
    st.builds(
        lambda of, got: Counted(State.MEASURED, min(got, of), of, (), (), ""),
        st.integers(1, 10**9),
        st.integers(0, 10**9),
    ),
    st.just(Counted(State.NOT_MEASURED, 0, 0, (), (), "Not there.")),
    st.just(Counted(State.NOTHING_TO_COUNT, 0, 0, (), (), "Nothing yet.")),
)


def naive(measures, found):
    """The rule as the document says it, one line after another."""
    earned = possible = 0
    best = "A"
    anything = False
    for measure, one in zip(measures, found, strict=True):
        if one.state is State.NOTHING_TO_COUNT:
            continue
        possible += measure.points
        if one.state is State.MEASURED:
            anything = True
            earned += measure.points * one.numerator // one.denominator
        if one.state is State.NOT_MEASURED or one.numerator < one.denominator:
            best = max(best, measure.if_missed.value)
    if not anything:
        return "F"
    percent = earned * 100 // possible
    letter = "F"
    for name in "EDCBA":
        if percent >= CATALOGUE.grades.least[name]:
            letter = name
    return max(letter, best)


def marked(subject, found):
    measures = CATALOGUE.grades.of(subject)
    letter = CATALOGUE.grades.letter
    lines = tuple(mark(measure, one, letter) for measure, one in zip(measures, found, strict=True))
    return add_up(subject, "", "", lines, letter)


GRADED = (Subject.FAIR_PROCESSING, Subject.TRANSPARENCY, Subject.SECURITY)


@seed(SEED)
@settings(max_examples=400, deadline=None)
@given(subject=st.sampled_from(GRADED), data=st.data())
def test_the_sum_says_what_its_naive_twin_says(subject, data):
    print(f"seed {SEED}")
    measures = CATALOGUE.grades.of(subject)
    found = [data.draw(counts) for _ in measures]
    made = marked(subject, found)
    assert made.grade.value == naive(measures, found)
    assert made.earned == sum(one.earned for one in made.measures)
    assert made.earned <= made.possible <= 100
    assert made.grade.place >= made.by_points.place
    assert bool(made.held_to) == (made.grade is not made.by_points)


@seed(SEED)
@settings(max_examples=300, deadline=None)
@given(subject=st.sampled_from(GRADED), data=st.data())
def test_one_more_that_holds_never_lowers_and_one_fact_fewer_never_raises(subject, data):
    """In any line: a higher numerator, and a measure that stops being measured."""
    print(f"seed {SEED}")
    found = [data.draw(counts) for _ in CATALOGUE.grades.of(subject)]
    at = data.draw(st.integers(0, len(found) - 1))
    one = found[at]
    assume(one.state is State.MEASURED and one.numerator < one.denominator)
    better = [*found]
    better[at] = replace(one, numerator=data.draw(st.integers(one.numerator, one.denominator)))
    blind = [*found]
    blind[at] = Counted(State.NOT_MEASURED, 0, 0, (), (), "Not there.")
    worst, middle, best = (marked(subject, which) for which in (blind, found, better))
    assert worst.percent <= middle.percent <= best.percent
    assert worst.grade.place >= middle.grade.place >= best.grade.place


def test_a_notice_is_what_the_property_takes_away():
    """The property would be empty if the paper log gave no notice."""
    paper = played([(1500, ((1500, 1500),))])
    assert [one.body.use for one in paper.facts().events if isinstance(one.body, NoticeGiven)] == [STUDY]
    assert fair(paper).grade is Letter.B
