# SPDX-License-Identifier: Apache-2.0
"""Where a use may go, what is refused by name, and how many reviewers it needs. D11, D18, D19, D20, D26."""

from dataclasses import replace

import pytest

from beholden.catalogue import load
from beholden.kinds import Role
from beholden.refusals import Refusal
from beholden.uses.rules import (
    TRANSITIONS,
    Population,
    Proposal,
    Reviewed,
    State,
    check_reviews,
    move,
    triage,
)

CATALOGUE = load()
STUDY = Proposal(
    purpose="public-interest-study",
    exit="extract",
    items=("nc_year", "session_details"),
    population=Population("SC", "SPR", 2026),
    recipient_key="age1example",
    check_key="ab" * 32,
)


def test_a_study_with_named_items_may_be_asked():
    triage(STUDY, CATALOGUE)


REFUSED = sorted(code for code, purpose in CATALOGUE.purposes.items() if not purpose.allowed)


@pytest.mark.parametrize("purpose", REFUSED)
def test_each_refused_purpose_is_refused_by_the_name_of_its_rule(purpose):
    """Press, marketing, immigration, policing, welfare, commerce: one rule each, said in public (D20)."""
    with pytest.raises(Refusal) as no:
        triage(replace(STUDY, purpose=purpose, exit="match"), CATALOGUE)
    assert no.value.code == f"uses.{CATALOGUE.purpose(purpose).rule}"
    assert CATALOGUE.purpose(purpose).reason in no.value.sentence
    assert no.value.next_step


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "something-new"}, "catalogue.unknown_purpose"),
        ({"exit": "carrier-pigeon"}, "catalogue.unknown_exit"),
        ({"exit": "urgent"}, "uses.exit"),
        ({"items": ()}, "uses.items"),
        ({"items": ("nc_year", "nc_year")}, "uses.items"),
        ({"items": ("nationality",)}, "catalogue.unknown_item"),
        ({"items": ("surname",)}, "uses.identifier"),
        ({"items": ("upn",)}, "uses.identifier"),
        ({"items": ("postcode",)}, "uses.identifier"),
        ({"items": ("birth_date",)}, "uses.identifier"),
        ({"recipient_key": ""}, "uses.recipient_key"),
        ({"check_key": ""}, "uses.recipient_key"),
        ({"population": Population("SC", "SPR", 2099)}, "catalogue.unknown_collection"),
        ({"exit": "enclave"}, "uses.exit_not_built"),
    ],
)
def test_what_is_not_allowed_is_refused(change, code):
    with pytest.raises(Refusal) as no:
        triage(replace(STUDY, **change), CATALOGUE)
    assert no.value.code == code


def test_choices_are_no_item_so_no_use_can_ask_for_them():
    """The list of refusers is no data item, and no exit can name it (D13)."""
    assert not [item for item in CATALOGUE.items if "choice" in item or "objection" in item]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", sorted({step.verb for step in TRANSITIONS}))
def test_only_what_stands_in_the_table_can_happen(state, verb):
    allowed = [step for step in TRANSITIONS if step.source is state and step.verb == verb]
    for role in Role:
        try:
            reached = move(state, verb, role=role)
        except Refusal as no:
            assert not [step for step in allowed if step.role is role]
            assert no.code in {"uses.state", "uses.role"}
        else:
            assert [step.target for step in allowed if step.role is role] == [reached]


def test_release_can_only_follow_publication_telling_and_the_window():
    """Walk the table backwards from *released*: every way there passes through all of them (D6, D26)."""
    ways = [[State.RELEASED]]
    finished = []
    while ways:
        way = ways.pop()
        before = [step.source for step in TRANSITIONS if step.target is way[-1]]
        if not before:
            finished.append(way)
        ways += [
            [*way, state] for state in before if state not in way
        ]  # a decision may be taken again and again
    assert finished
    for way in finished:
        assert {
            State.SUBMITTED,
            State.APPROVED,
            State.PUBLISHED,
            State.NOTIFIED,
            State.WINDOW,
            State.CLEARED,
        } <= set(way)


def reviewed(who, organisation="panel", *, yes=True, interest=False):
    return Reviewed(who, organisation, yes, interest)


def test_two_independent_reviewers_of_two_bodies_are_enough():
    check_reviews([reviewed("a", "panel-a"), reviewed("b", "panel-b")], applicant="northford", needed=2)


@pytest.mark.parametrize(
    ("reviews", "code"),
    [
        ([], "uses.reviews_missing"),
        ([reviewed("a")], "uses.reviews_missing"),
        ([reviewed("a"), reviewed("a")], "uses.reviews_missing"),
        ([reviewed("a"), reviewed("b")], "uses.reviews_missing"),
        ([reviewed("a"), reviewed("a", "panel-b")], "uses.reviews_missing"),
        ([reviewed("a"), reviewed("b", "panel-b", interest=True)], "uses.reviews_missing"),
        ([reviewed("a"), reviewed("b", "northford")], "uses.reviews_missing"),
        ([reviewed("a"), reviewed("b", "panel-b"), reviewed("c", yes=False)], "uses.review_says_no"),
    ],
)
def test_fewer_the_same_the_interested_and_the_applicants_own_do_not_count(reviews, code):
    with pytest.raises(Refusal) as no:
        check_reviews(reviews, applicant="northford", needed=2)
    assert no.value.code == code
