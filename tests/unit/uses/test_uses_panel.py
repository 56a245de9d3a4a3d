# SPDX-License-Identifier: Apache-2.0
"""What reviewers and panel say together: truth grids, and a naive twin to argue with. D10, D18, D29."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.refusals import Refusal
from beholden.uses.rules.panel import (
    OVER_TIME,
    QUESTIONS,
    Mark,
    Review,
    Says,
    Seat,
    Vote,
    check_replies,
    check_review,
    check_vote,
    outcome,
    recommended,
    share_reached,
    strictest,
)

YES, IF, NO = Says.YES, Says.YES_IF, Says.NO
ORDER = {YES: 0, IF: 1, NO: 2}
ITEMS = ("nc_year", "sex")


def mark(says, *, without=()):
    return Mark(says, "Because.", "Count nothing under ten." if says is IF else "", without)


def marks(*five, without=()):
    made = {question: mark(says) for question, says in zip(QUESTIONS, five, strict=True)}
    made["facts"] = mark(five[1], without=without)
    return made


def review(who, organisation="", *, says=YES, recommends=None, without=()):
    body = organisation or f"body-of-{who}"
    return Review(who, body, marks(*[says] * 5, without=without), recommends or says)


def vote(who, seat, *, says=YES, organisation="elsewhere"):
    return Vote(who, organisation, seat, says, "Because.", "Tell us." if says is IF else "")


REVIEWS = (review("a"), review("b"))
VOTES = (vote("l", Seat.LAY), vote("p", Seat.PARENT), vote("y", Seat.YOUNG))


def decided(reviews=REVIEWS, votes=VOTES, *, interested=(), reviewers=2, quorum=3, author="author"):
    return outcome(
        reviews,
        votes,
        applicant="northford",
        author=author,
        interested=frozenset(interested),
        reviewers=reviewers,
        quorum=quorum,
    )


# --- one review ---


@pytest.mark.parametrize("five", list(product(Says, repeat=5)))
def test_five_answers_amount_to_the_strictest_of_them(five):
    """All 243 ways to answer the five questions: any no is no, else any condition makes it conditional."""
    expected = NO if NO in five else IF if IF in five else YES
    assert recommended(marks(*five)) is expected
    for recommends in Says:
        laxer = ORDER[recommends] < ORDER[expected]
        if laxer:
            with pytest.raises(Refusal, match=r"^uses\.review_laxer:"):
                check_review(marks(*five), recommends, items=ITEMS)
        else:
            check_review(marks(*five), recommends, items=ITEMS)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"purpose": None}, "uses.review_unfinished"),
        ({"weather": Mark(YES, "Sunny.")}, "uses.review_unfinished"),
        ({"place": Mark(YES, " ")}, "uses.no_reason"),
        ({"place": Mark(IF, "Because.")}, "uses.condition"),
        ({"place": Mark(YES, "Because.", "If.")}, "uses.condition"),
        ({"place": Mark(YES, "Because.", "", ("sex",))}, "uses.review_strikes"),
        ({"facts": Mark(YES, "Because.", "", ("ethnicity",))}, "uses.review_strikes"),
    ],
)
def test_a_review_answers_five_questions_each_with_its_reason(changed, code):
    said = {**marks(YES, YES, YES, YES, YES), **changed}
    given_ = {question: one for question, one in said.items() if one is not None}
    with pytest.raises(Refusal) as no:
        check_review(given_, YES, items=ITEMS)
    assert no.value.code == code


@pytest.mark.parametrize(
    ("says", "reason", "condition", "code"),
    [
        (YES, "", "", "uses.no_reason"),
        (IF, "So.", "", "uses.condition"),
        (NO, "So.", "If.", "uses.condition"),
    ],
)
def test_a_vote_has_its_reason_too(says, reason, condition, code):
    with pytest.raises(Refusal) as no:
        check_vote(says, reason, condition)
    assert no.value.code == code


# --- who counts ---


def test_two_reviewers_of_two_bodies_and_three_members_are_enough():
    assert decided().says is YES


@pytest.mark.parametrize(
    "reviews",
    [
        (),
        (review("a"),),
        (review("a"), review("a")),
        (review("a", "one"), review("b", "one")),
        (review("a", "one"), review("a", "two")),
        (review("a"), review("b", "northford")),
        (review("a"), review("author")),
        (review("a"), review("i")),
    ],
    ids=[
        "none",
        "one",
        "the same twice",
        "one body",
        "one person",
        "the applicant's",
        "the author",
        "interested",
    ],
)
def test_fewer_the_same_the_interested_and_the_applicants_own_do_not_count(reviews):
    """Two independent reviewers, of two bodies, neither the applicant's; nobody reviews an own request."""
    with pytest.raises(Refusal, match=r"^uses\.reviews_missing:"):
        decided(reviews, interested=("i",))


@pytest.mark.parametrize("missing", [Seat.LAY, Seat.PARENT, Seat.YOUNG])
def test_without_a_lay_member_a_parent_or_a_young_one_nothing_is_decided(missing):
    """However many experts sit there (D10)."""
    votes = tuple(one for one in VOTES if one.seat is not missing)
    experts = tuple(vote(f"e{place}", Seat.EXPERT) for place in range(5))
    with pytest.raises(Refusal, match=r"^uses\.no_quorum:"):
        decided(votes=votes + experts)


@pytest.mark.parametrize(
    "votes",
    [
        VOTES[:2],
        (*VOTES[:2], VOTES[1]),
        (*VOTES[:2], vote("y", Seat.YOUNG, organisation="northford")),
        (*VOTES[:2], vote("author", Seat.YOUNG)),
        (*VOTES[:2], vote("i", Seat.YOUNG)),
        (*VOTES[:2], vote("a", Seat.YOUNG)),
    ],
    ids=["two", "one twice", "the applicant's", "the author", "interested", "a reviewer"],
)
def test_members_with_a_conflict_do_not_count_towards_the_quorum(votes):
    with pytest.raises(Refusal, match=r"^uses\.no_quorum:"):
        decided(votes=votes, interested=("i",))


def test_an_interested_members_no_does_not_count_either():
    votes = (*VOTES, vote("i", Seat.EXPERT, says=NO), vote("j", Seat.EXPERT, says=NO))
    assert decided(votes=(*votes, vote("k", Seat.EXPERT, says=NO)), interested=("i", "j", "k")).says is YES


# --- what it comes to ---


@pytest.mark.parametrize(("first", "second"), list(product(Says, repeat=2)))
@pytest.mark.parametrize("three", list(product(Says, repeat=3)))
def test_the_panel_may_be_stricter_than_the_reviewers_and_never_laxer(first, second, three):
    """All 243 panels of two reviewers and three members."""
    reviews = (review("a", says=first), review("b", says=second))
    votes = tuple(vote(one.member, one.seat, says=says) for one, says in zip(VOTES, three, strict=True))
    found = decided(reviews, votes)
    said = Counter(three)
    majority = YES if said[YES] >= 2 else IF if said[YES] + said[IF] >= 2 else NO
    assert ORDER[found.says] == max(ORDER[first], ORDER[second], ORDER[majority])
    asked = bool(found.conditions)
    assert asked == (IF in (first, second) or (majority is not YES and IF in three))


@given(st.lists(st.sampled_from(list(Says)), min_size=3, max_size=9))
def test_a_majority_is_what_more_than_half_are_content_with(said):
    """The naive twin: sort from lax to strict, and take the member in the middle, the stricter of two."""
    seats = [Seat.LAY, Seat.PARENT, Seat.YOUNG, *[Seat.EXPERT] * 6]
    votes = tuple(vote(f"m{at}", seats[at], says=says) for at, says in enumerate(said))
    middle = sorted(said, key=ORDER.get)[len(said) // 2]
    assert decided(votes=votes).says is middle


def test_facts_that_a_reviewer_wants_less_exact_are_named_and_what_is_struck_out_is_out():
    facts = Mark(YES, "Because.", without=("sex",), coarser=("nc_year", "sex"))
    one = Review("a", "body-a", {**marks(*[YES] * 5), "facts": facts}, YES)
    found = decided((one, review("b")))
    assert (found.without, found.coarser) == (("sex",), ("nc_year",))
    with pytest.raises(Refusal, match=r"^uses\.review_strikes:"):
        check_review(
            {**marks(*[YES] * 5), "people": Mark(YES, "Because.", coarser=("sex",))}, YES, items=("sex",)
        )


def test_following_children_over_time_is_struck_out_like_a_fact_and_is_never_less_exact():
    """D15: it is there or it is not, and who was not asked for it cannot strike it."""
    struck = {**marks(*[YES] * 5), "facts": Mark(YES, "Because.", "", (OVER_TIME,))}
    check_review(struck, YES, items=ITEMS, over_time=True)
    rough = {**marks(*[YES] * 5), "facts": Mark(YES, "Because.", coarser=(OVER_TIME,))}
    elsewhere = {**marks(*[YES] * 5), "people": Mark(YES, "Because.", "", (OVER_TIME,))}
    for said, asked in ((struck, False), (rough, True), (elsewhere, True)):
        with pytest.raises(Refusal, match=r"^uses\.review_strikes:"):
            check_review(said, YES, items=ITEMS, over_time=asked)


def test_what_one_reviewer_strikes_out_is_out():
    """Least data: one of two is enough (D18)."""
    found = decided((review("a", without=("sex",)), review("b", without=("nc_year",))))
    assert found.without == ("nc_year", "sex")


def test_a_condition_is_said_once():
    assert decided((review("a", says=IF), review("b", says=IF))).conditions == ("Count nothing under ten.",)


def test_silence_is_no_yes():
    assert strictest(()) is NO


# --- schools ---


@pytest.mark.parametrize(
    ("objecting", "in_scope", "percent", "reached"),
    [
        (0, 3, 10, False),
        (1, 3, 10, True),
        (1, 10, 10, True),
        (1, 11, 10, False),
        (2, 11, 10, True),
        (2_399, 24_000, 10, False),
        (2_400, 24_000, 10, True),
        (0, 0, 10, False),
        (1, 0, 10, True),
    ],
)
def test_the_share_of_schools_that_brings_a_use_back(objecting, in_scope, percent, reached):
    """D29: the catalogue's share, and never none."""
    assert share_reached(objecting, in_scope, percent=percent) is reached


@pytest.mark.parametrize(
    ("open_objections", "replies", "good"),
    [
        ((), {}, True),
        (("one",), {"one": "Yes."}, True),
        (("one",), {}, False),
        (("one",), {"one": " "}, False),
        (("one", "two"), {"one": "Yes."}, False),
        ((), {"one": "Yes."}, False),
        (("one",), {"one": "Yes.", "two": "And you."}, False),
    ],
)
def test_each_school_that_objects_is_answered_by_name(open_objections, replies, good):
    if good:
        check_replies(open_objections, replies)
        return
    with pytest.raises(Refusal, match=r"^uses\.objection_unanswered:"):
        check_replies(open_objections, replies)
