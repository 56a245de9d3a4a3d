# SPDX-License-Identifier: Apache-2.0
"""What the catalogue says to a request, question by question, before anybody spends a day on it. D11, D18-D20."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest

from beholden.catalogue import Compartment, Law, load
from beholden.refusals import Refusal
from beholden.uses.rules import Linkage, Population, Proposal, Recurrence, Setting, Verdict, triage
from beholden.uses.rules.triage import BUILT, check_compartments, check_key_age, remarks
from unit.uses.asked import ASKER, DRAFT, asking, draft

CATALOGUE = load()
STUDY = Proposal(
    purpose="public-interest-study",
    exit="extract",
    items=("nc_year", "session_details"),
    population=Population("SC", "SPR", 2026),
    recipient_key="age1example",
    check_key="ab" * 32,
)
REFUSED = sorted(code for code, purpose in CATALOGUE.purposes.items() if not purpose.allowed)


def said(changed, asker=ASKER):
    return [(one.question, one.verdict, one.code) for one in remarks(changed, asker, CATALOGUE)]


def test_a_study_with_named_items_may_be_asked_and_nothing_is_remarked():
    triage(STUDY, CATALOGUE)
    assert said(DRAFT) == []


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
        ({"purpose": "To learn, and perhaps to sell"}, "catalogue.unknown_purpose"),
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
        ({"population": Population("SC", "SPR", 2026, ("99",))}, "uses.school_years"),
        ({"population": Population("SC", "SPR", 2026, ("7", "7"))}, "uses.school_years"),
        ({"exit": "table"}, "uses.exit_open"),
        ({"exit": "transfer", "purpose": "school-transfer"}, "uses.exit_alone"),
        ({"untold_under": "dea-2017"}, "uses.untold_under"),
        ({"exit": "enclave", "untold_under": "ca-1989"}, "uses.untold_under"),
        (
            {"exit": "enclave", "purpose": "school-improvement", "untold_under": "dea-2017"},
            "uses.untold_under",
        ),
    ],
)
def test_what_is_not_allowed_is_refused(change, code):
    with pytest.raises(Refusal) as no:
        triage(replace(STUDY, **change), CATALOGUE)
    assert no.value.code == code


@pytest.mark.parametrize("exit_", ["extract", "enclave"])
def test_a_study_may_ask_to_follow_children_over_time(exit_):
    triage(replace(STUDY, exit=exit_, over_time=True), CATALOGUE)


def test_children_are_followed_for_no_other_purpose_and_by_no_law_that_leaves_no_choice():
    """D15: only where the catalogue says so, and only where a family's no keeps its child out."""
    asked = [
        replace(STUDY, purpose=purpose.code, exit=exit_, items=("nc_year",), over_time=True)
        for purpose in CATALOGUE.purposes.values()
        for exit_ in sorted(BUILT.intersection(purpose.exits) - {"contact"})
        if purpose.allowed and purpose.code != STUDY.purpose
    ]
    assert {one.exit for one in asked} >= {"duty_return", "enclave", "extract"}
    for one in asked:
        triage(replace(one, over_time=False), CATALOGUE)
        with pytest.raises(Refusal, match=r"^uses\.over_time:"):
            triage(one, CATALOGUE)
    lax = replace(CATALOGUE.purposes["statutory-return"], over_time=True)
    rules = replace(CATALOGUE, purposes=MappingProxyType({**CATALOGUE.purposes, "statutory-return": lax}))
    (duty,) = [one for one in asked if one.exit == "duty_return"]
    with pytest.raises(Refusal, match=r"^uses\.over_time:"):
        triage(duty, rules)


def test_whoever_was_not_told_may_be_in_the_reading_room_under_the_law_that_its_purpose_names():
    """D6: study in the safe setting, under a named authority, and nothing else. No key: nothing is handed over."""
    triage(replace(STUDY, exit="enclave", untold_under="dea-2017", recipient_key="", check_key=""), CATALOGUE)


@pytest.mark.parametrize(
    ("changed", "question", "code"),
    [
        (draft(untold_under="dea-2017"), "untold_under", "uses.untold_under"),
        (draft(gateway="dea-2017"), "gateway", "uses.gateway"),
        (draft(gateway="a letter"), "gateway", "uses.gateway"),
        (draft(linkage=Linkage.INWARD), "linkage", "uses.linkage_not_built"),
        (draft(linkage=Linkage.OUTWARD), "linkage", "uses.linkage_not_built"),
        (draft(exit="match", recurrence=Recurrence.EACH_TERM), "recurrence", "uses.recurrence"),
        (draft(purpose="press", recurrence=Recurrence.EACH_YEAR), "recurrence", "uses.recurrence"),
        (
            draft(purpose="youth-support", over_time="To follow.", recurrence=Recurrence.EACH_YEAR),
            "over_time",
            "uses.over_time",
        ),
        (draft(setting=Setting.READING_ROOM), "setting", "uses.setting"),
        (draft(territory=("Wales",)), "territory", "uses.country"),
    ],
)
def test_each_question_has_its_own_remark(changed, question, code):
    assert (question, Verdict.REFUSED, code) in said(changed)


def test_a_recipient_in_no_country_is_refused():
    assert ("territory", Verdict.REFUSED, "uses.country") in said(DRAFT, replace(ASKER, country=""))


def test_everything_that_is_wrong_is_said_at_once():
    """The applicant learns all of it in one go, each beside its question, and each once."""
    changed = draft(purpose="press", exit="match", linkage=Linkage.INWARD, recurrence=Recurrence.EACH_YEAR)
    found = said(changed)
    assert {code for _, _, code in found} >= {
        "uses.P3", "uses.exit", "uses.linkage_not_built", "uses.recurrence",
    }  # fmt: skip
    assert len(found) == len(set(found))


def test_an_unknown_purpose_is_one_remark_and_not_one_for_each_question():
    assert said(draft(purpose="whatever-else")) == [("purpose", Verdict.REFUSED, "catalogue.unknown_purpose")]


def test_a_fact_that_the_purpose_does_not_need_is_named():
    """Least data: it is not refused, and the panel has to grant it by name (D18)."""
    (one,) = remarks(asking("nc_year", "language"), ASKER, CATALOGUE)
    assert (one.question, one.about, one.verdict) == ("items", "language", Verdict.NOT_NEEDED)
    assert CATALOGUE.item("language").label in one.sentence


def test_a_coarser_fact_is_offered():
    found = remarks(asking("sen_primary_need"), ASKER, CATALOGUE)
    coarser = next(one for one in found if one.verdict is Verdict.COARSER)
    assert coarser.about == "sen_primary_need"
    assert "'sen_provision'" in coarser.next_step


def test_what_names_a_child_is_refused_and_offered_coarser():
    found = {one.code for one in remarks(asking("birth_date"), ASKER, CATALOGUE)}
    assert {"uses.identifier", "uses.item_coarser"} <= found


def test_choices_are_no_item_so_no_use_can_ask_for_them():
    """The list of refusers is no data item, and no exit can name it (D13)."""
    assert not [item for item in CATALOGUE.items if "choice" in item or "objection" in item]


def test_no_purpose_needs_what_names_a_child():
    for purpose in CATALOGUE.purposes.values():
        for item in purpose.items:
            assert CATALOGUE.item(item).identifiability >= 4


@pytest.mark.parametrize("other", sorted(CATALOGUE.purposes))
def test_compartments_do_not_meet_under_one_key(other):
    """The truth table of D19: the compartment is the unit, and not the organisation."""
    mixes = CATALOGUE.purpose(other).compartment is not Compartment.LEARNING
    if mixes:
        with pytest.raises(Refusal, match=r"^uses\.compartments:"):
            check_compartments("public-interest-study", (other,), CATALOGUE)
        assert ("purpose", Verdict.REFUSED, "uses.compartments") in said(DRAFT, replace(ASKER, live=(other,)))
    else:
        check_compartments("public-interest-study", (other,), CATALOGUE)


def test_a_purpose_that_the_catalogue_lost_counts_as_another_compartments():
    """Unknown is never *no reason*."""
    with pytest.raises(Refusal, match=r"^uses\.compartments:"):
        check_compartments("public-interest-study", ("gone",), CATALOGUE)


@pytest.mark.parametrize(("age", "old"), [(0, False), (730, False), (731, True)])
def test_a_key_is_good_for_the_catalogues_days(age, old):
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    on = date(2026, 1, 1) + timedelta(days=age)
    if not old:
        check_key_age(since, days=730, on=on)
        return
    with pytest.raises(Refusal, match=r"^uses\.recipient_key_old:"):
        check_key_age(since, days=730, on=on)


def test_only_what_a_law_requires_leaves_whatever_families_say():
    """D11: a way out on which a *no* does not count is for a duty, and a pack cannot lend it to what is permitted."""
    duty = replace(STUDY, purpose="statutory-return", exit="duty_return")
    triage(duty, CATALOGUE)
    permitted = replace(CATALOGUE.purpose("statutory-return"), law=Law.PERMITS)
    lent = MappingProxyType({**CATALOGUE.purposes, "statutory-return": permitted})
    with pytest.raises(Refusal) as no:
        triage(duty, replace(CATALOGUE, purposes=lent))
    assert no.value.code == "uses.exit_needs_law"
