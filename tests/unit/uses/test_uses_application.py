# SPDX-License-Identifier: Apache-2.0
"""A question without an answer, and an answer that cannot be meant, are refused, each by its rule. D18, D25."""

from dataclasses import replace
from datetime import date

import pytest

from beholden.refusals import Refusal
from beholden.uses.rules import Access, Population, Processor, Recurrence, Setting
from beholden.uses.rules.application import LONGEST, Application, check_written
from unit.uses.asked import APPLICATION, DRAFT, draft


def test_a_request_with_every_answer_may_be_handed_in():
    check_written(DRAFT)


NOBODY = Access("researcher-1", "counts", "")
BAD = {
    "a purpose in free text": ({"purpose": "To learn, and perhaps to sell"}, "uses.free_text"),
    "two purposes": ({"purpose": "public-interest-study, marketing"}, "uses.free_text"),
    "no purpose": ({"purpose": ""}, "uses.free_text"),
    "a way out in free text": ({"exit": "by e-mail, please"}, "uses.free_text"),
    "a long way out": ({"exit": "x" * 21}, "uses.free_text"),
    "an item in free text": ({"items": ("how often a child is ill",)}, "uses.free_text"),
    "a school year in free text": (
        {"population": Population("SC", "SPR", 2026, ("all of them",))},
        "uses.free_text",
    ),
    "no title": ({"title": " "}, "uses.unanswered"),
    "no why": ({"why": ""}, "uses.unanswered"),
    "no standing": ({"standing": ""}, "uses.unanswered"),
    "no outputs": ({"outputs": "\n"}, "uses.unanswered"),
    "no benefit to children": ({"benefit": ""}, "uses.unanswered"),
    "no ethics reference": ({"ethics": ""}, "uses.unanswered"),
    "no assessment": ({"dpia": ""}, "uses.unanswered"),
    "an endless answer": ({"outputs": "x" * (LONGEST + 1)}, "uses.too_long"),
    "dates reversed": ({"starts_on": date(2027, 3, 1), "ends_on": date(2026, 3, 1)}, "uses.dates"),
    "one day only": ({"ends_on": date(2026, 3, 1)}, "uses.dates"),
    "no item": ({"items": (), "reasons": ()}, "uses.items"),
    "an item twice": ({"items": ("nc_year", "nc_year")}, "uses.items"),
    "an item without a reason": ({"reasons": (("nc_year", "Age."),)}, "uses.item_unjustified"),
    "an empty reason": (
        {"reasons": (("nc_year", "Age."), ("session_details", " "))},
        "uses.item_unjustified",
    ),
    "a reason for what is not asked": (
        {"reasons": (*APPLICATION.reasons, ("sex", "Perhaps."))},
        "uses.item_unjustified",
    ),
    "two reasons for one item": (
        {"reasons": (*APPLICATION.reasons, ("nc_year", "Again."))},
        "uses.item_unjustified",
    ),
    "elsewhere, and no why": ({"why_elsewhere": ""}, "uses.why_elsewhere"),
    "the reading room, and a why": ({"setting": Setting.READING_ROOM}, "uses.why_elsewhere"),
    "nobody sees them": ({"access": ()}, "uses.access"),
    "somebody by name": ({"access": (Access("Dr Jane Doe", "counts", "England"),)}, "uses.access"),
    "somebody twice": ({"access": APPLICATION.access * 2}, "uses.access"),
    "somebody without a task": ({"access": (Access("researcher-1", "", "England"),)}, "uses.access"),
    "no territory": ({"territory": ()}, "uses.territory"),
    "a country twice": ({"territory": ("England", "England")}, "uses.territory"),
    "an empty country": ({"territory": ("England", "Wales", " ")}, "uses.territory"),
    "a person in no country": ({"access": (NOBODY,)}, "uses.country"),
    "a person outside": ({"access": (replace(NOBODY, country="Atlantis"),)}, "uses.country"),
    "a processor outside": ({"processors": (Processor("Cloud", "keeps", "Atlantis"),)}, "uses.country"),
    "following children once": (
        {"over_time": "It asks how the same children change."},
        "uses.over_time_once",
    ),
    "following children for no reason": (
        {"over_time": " ", "recurrence": Recurrence.EACH_YEAR},
        "uses.unanswered",
    ),
    "following children for an endless one": (
        {"over_time": "x" * (LONGEST + 1), "recurrence": Recurrence.EACH_YEAR},
        "uses.too_long",
    ),
    "a processor without a name": ({"processors": (Processor("", "keeps", "Wales"),)}, "uses.processors"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_answer_is_refused_by_its_rule(what):
    changes, code = BAD[what]
    with pytest.raises(Refusal) as no:
        check_written(draft(**changes))
    assert no.value.code == code
    assert no.value.sentence.endswith(".")
    assert no.value.next_step


def test_answers_are_read_back_as_they_were_written():
    assert Application.from_json(APPLICATION.to_json()) == replace(
        APPLICATION, reasons=tuple(sorted(APPLICATION.reasons))
    )
