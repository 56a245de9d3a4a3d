# SPDX-License-Identifier: Apache-2.0
"""A change is a difference that is worked out, whoever asks for it; nobody changes what is not theirs. D7, D45."""

from dataclasses import fields, replace
from datetime import date

import pytest

from beholden.refusals import Refusal
from beholden.uses.rules import Access, Linkage, Population, Processor, Recurrence, Setting, State
from beholden.uses.rules.amending import check_amends, check_differs, difference
from beholden.uses.rules.application import Application, Draft
from beholden.uses.rules.invitation import Invitation
from beholden.uses.rules.life import LIVE
from unit.uses.asked import APPLICATION, DRAFT, asking, draft


def changes(new, *, old=DRAFT, recipient="northford"):
    return difference(old, new, old_recipient="northford", new_recipient=recipient)


def test_the_same_again_is_no_difference():
    assert changes(DRAFT) == ()
    with pytest.raises(Refusal, match=r"^uses\.no_difference:"):
        check_differs(())


OTHER = {
    "title": "Another title",
    "why": "Another reason.",
    "what": "Other facts.",
    "where": "Elsewhere.",
    "purpose": "school-improvement",
    "exit": "table",
    "population": Population("SC", "SPR", 2026, ("7",)),
    "starts_on": date(2026, 4, 1),
    "ends_on": date(2028, 3, 1),
    "standing": "Another body.",
    "gateway": "dea-2017",
    "reasons": (("nc_year", "For another reason."), APPLICATION.reasons[1]),
    "setting": Setting.READING_ROOM,
    "why_elsewhere": "Because.",
    "outputs": "A book.",
    "benefit": "Other.",
    "access": (*APPLICATION.access, Access("researcher-2", "counts", "England")),
    "territory": ("England",),
    "ethics": "Another",
    "dpia": "Another",
    "processors": (Processor("Cloud", "keeps", "Wales"),),
    "linkage": Linkage.INWARD,
    "recurrence": Recurrence.EACH_TERM,
    "untold_under": "dea-2017",
    "over_time": "It asks how the same children change.",
    "invitation": Invitation("Who?", "What?", "How?", "Where?"),
}


@pytest.mark.parametrize("field", OTHER)
def test_each_answer_that_differs_is_named(field):
    """D7: nothing can be changed unseen, whichever answer it is."""
    found = changes(draft(**{field: OTHER[field]}))
    questions = {one.question.split(":")[0] for one in found}
    assert questions == {"items" if field == "reasons" else field}
    assert all(one.before != one.after for one in found)


def test_no_answer_is_left_out_of_the_list_above():
    asked = {one.name for one in (*fields(Draft), *fields(Application))}
    assert asked - set(OTHER) == {"items", "application", "amends"}


def test_an_added_item_stands_alone_with_its_reason():
    old = asking("nc_year")
    new = asking("nc_year", "sex")
    (one,) = changes(new, old=old)
    assert (one.question, one.before, one.after) == ("items: sex", "", "It is needed.")


def test_a_new_recipient_is_a_difference():
    (one,) = changes(DRAFT, recipient="northford-ltd")
    assert (one.question, one.before, one.after) == ("recipient", "northford", "northford-ltd")


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("who", ["northford", "successor", "stranger"])
@pytest.mark.parametrize("named", ["", "successor"])
def test_who_may_ask_for_a_change_of_what(state, who, named):
    """The truth grid: its own recipient while it is live; who took it over, of what was stopped for that (D45)."""
    allowed = (who == "northford" and state in LIVE) or (
        who == "successor" and named == "successor" and state is State.SUSPENDED
    )
    asked = {"applicant": who, "old_applicant": "northford", "successor": named}
    if allowed:
        check_amends(state, **asked)
        return
    with pytest.raises(Refusal, match=r"^uses\.amends:"):
        check_amends(state, **asked)


def test_a_difference_and_its_way_back_are_mirrors():
    new = replace(draft(territory=("England",), title="Another"), ends_on=date(2028, 3, 1))
    there = {(one.question, one.before, one.after) for one in changes(new)}
    back = {(one.question, one.after, one.before) for one in changes(DRAFT, old=new)}
    assert there == back
