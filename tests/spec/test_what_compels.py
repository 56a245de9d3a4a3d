# SPDX-License-Identifier: Apache-2.0
"""What compels, and what may be handed over in secret: a table for lawyers. Each line is one paper (D22, D19)."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from beholden.catalogue import Keeper, Store, load
from beholden.gate.orders import (
    Compels,
    Issuer,
    NamedChild,
    Order,
    Shown,
    SoughtChild,
    check_compels,
    check_no_whole_school,
    check_unhindered,
)
from beholden.refusals import Refusal

ENGLAND = load("england")
TODAY = date(2026, 11, 27)
BORN = date(2014, 5, 4)
ORDER = Order(
    shown=Shown.COURT_ORDER,
    issuer=Issuer.FAMILY_COURT,
    instrument="dpa-2018",
    paragraph="Sch 2 Part 1 para 5(2)",
    reference="A-1",
    made_on=TODAY,
    purpose="court-order",
    serves="court-order",
    reason="missing_child",
    recipient="court-7",
    collection=("SC", "SPR", 2026),
    items=("nc_year",),
    children=(NamedChild("child-1", BORN), NamedChild("child-2", BORN)),
    whole_school=False,
    recurring=False,
    knows_of_safety=False,
    opens_by=TODAY + timedelta(days=90),
)
NOTICE = {"shown": Shown.STATUTORY_NOTICE, "issuer": Issuer.PUBLIC_OFFICER, "purpose": "statutory-notice"}
POLICE = {"shown": Shown.LETTER, "issuer": Issuer.POLICE, "purpose": "policing", "serves": "policing"}
HOME = {"items": ("address_lines", "postcode")}
SOUGHT = (SoughtChild("Ada", "Lee", BORN), SoughtChild("", "Lee", BORN, "ZZ1 1ZZ"))
MANY_SOUGHT = tuple(SoughtChild(f"Ada {number}", "Lee", BORN) for number in range(65))
MANY = tuple(NamedChild(f"child-{number}", BORN) for number in range(65_537))

PAPERS = {
    "an order of a family court about two children": ({}, "court_order"),
    "an order of a coroner": ({"issuer": Issuer.CORONER, "reason": "inquest"}, "court_order"),
    "an order of a criminal court for the police": (
        {"issuer": Issuer.CRIMINAL_COURT, "serves": "policing", "reason": "criminal_investigation"},
        "court_order",
    ),
    "an order of a court for a whole school": ({"whole_school": True}, "court_order"),
    "a notice under a law that compels": (NOTICE, "statutory_power"),
    "a letter from the police": (POLICE, "gate.only_asked"),
    "a form of the police that names an exemption": (POLICE | {"shown": Shown.FORM}, "gate.only_asked"),
    "a letter that says there is an order": ({"shown": Shown.LETTER}, "gate.only_asked"),
    "a letter of a court, which is no order": (
        {"shown": Shown.LETTER, "issuer": Issuer.CIVIL_COURT},
        "gate.only_asked",
    ),
    "a direction of a minister": (
        {"shown": Shown.DIRECTION, "issuer": Issuer.MINISTER},
        "gate.direction_is_public",
    ),
    "an order of a court that the police have made": ({"issuer": Issuer.POLICE}, "gate.not_an_order"),
    "a notice that the police have made": (NOTICE | {"issuer": Issuer.POLICE}, "gate.not_an_order"),
    "a notice that a minister has made": (NOTICE | {"issuer": Issuer.MINISTER}, "gate.not_an_order"),
    "an order under no law that is known here": ({"instrument": "royal-wish"}, "gate.not_an_order"),
    "an order without a number": ({"reference": ""}, "gate.not_an_order"),
    "an order of tomorrow": ({"made_on": TODAY + timedelta(days=1)}, "gate.not_an_order"),
    "an order for what the law only permits": ({"purpose": "policing"}, "gate.merely_permitted"),
    "an order for a study": ({"purpose": "public-interest-study"}, "gate.merely_permitted"),
    "an order that serves immigration control": (
        {"serves": "immigration-enforcement"},
        "gate.order_serves",
    ),
    "a notice that serves to stop benefits": (NOTICE | {"serves": "welfare-fraud"}, "gate.order_serves"),
    "an order for every month": ({"recurring": True}, "gate.order_recurring"),
    "a notice for a whole school": (NOTICE | {"whole_school": True}, "gate.order_whole_school"),
    "an order about nobody": ({"children": ()}, "gate.order_children"),
    "an order that names one child twice": ({"children": ORDER.children[:1] * 2}, "gate.order_children"),
    "an order about more than any band holds": ({"children": MANY}, "gate.order_children"),
    "an order for no fact": ({"items": ()}, "gate.order_items"),
    "an order of a court for a name and an address": (
        {"items": ("surname", "forename", "address_lines", "postcode", "nc_year")},
        "court_order",
    ),
    "an order of a court for an address and nothing else": ({"items": ("postcode",)}, "court_order"),
    "an order of a criminal court for the police, for an address": (
        {"issuer": Issuer.CRIMINAL_COURT, "serves": "policing", "reason": "criminal_investigation", **HOME},
        "court_order",
    ),
    "a letter from the police about an address": (POLICE | HOME, "gate.only_asked"),
    "a letter of a court about an address": (
        {"shown": Shown.LETTER, "issuer": Issuer.FAMILY_COURT, **HOME},
        "gate.only_asked",
    ),
    "a notice for an address": (NOTICE | HOME, "gate.order_who"),
    "a notice for a name, heard as if a court had ordered it": (
        NOTICE | {"purpose": "court-order", "items": ("surname",)},
        "gate.order_who",
    ),
    "an order heard as a notice, for a name": (
        {"purpose": "statutory-notice", "items": ("surname",)},
        "gate.order_who",
    ),
    "an order for the number by which it names the child": ({"items": ("upn",)}, "gate.order_who"),
    "an order for another number": ({"items": ("nc_year", "uln")}, "gate.order_who"),
    "an order for the birth date by which it names the child": (
        {"items": ("birth_date",)},
        "gate.order_who",
    ),
    "an order of a court for the addresses of a whole school": (
        {"whole_school": True, **HOME},
        "gate.order_who_many",
    ),
    "an order of a court for 64 addresses": ({"children": MANY[:64], **HOME}, "court_order"),
    "an order of a court for 65 addresses": ({"children": MANY[:65], **HOME}, "gate.order_who_many"),
    "an order for an address that serves immigration control": (
        {"serves": "immigration-enforcement", **HOME},
        "gate.order_serves",
    ),
    "an order for an address, every month": ({"recurring": True, **HOME}, "gate.order_recurring"),
    "an order for an address that should be gone by now": (
        {"children": (NamedChild("child-1", date(2007, 1, 1)),), **HOME},
        "gate.order_past_retention",
    ),
    "an order that names its children by name": ({"children": SOUGHT}, "court_order"),
    "an order for the address of a child that it names by name": (
        {"children": SOUGHT, **HOME},
        "court_order",
    ),
    "an order that names 64 children by name": ({"children": MANY_SOUGHT[:64]}, "court_order"),
    "an order that names 65 children by name": ({"children": MANY_SOUGHT}, "gate.order_by_name"),
    "an order that names one child by name twice": ({"children": SOUGHT[:1] * 2}, "gate.order_children"),
    "an order that names some by name and some by number": (
        {"children": (*SOUGHT, *ORDER.children)},
        "gate.order_by_name",
    ),
    "an order that names a child by no name": (
        {"children": (SoughtChild("", "", BORN, "ZZ1 1ZZ"),)},
        "gate.order_by_name",
    ),
    "a notice that names its children by name": (NOTICE | {"children": SOUGHT}, "gate.order_by_name"),
    "a letter that names its children by name": (POLICE | {"children": SOUGHT}, "gate.only_asked"),
    "an order of a court for a whole school, by name": (
        {"whole_school": True, "children": SOUGHT},
        "gate.order_by_name",
    ),
    "an order by name for facts that should be gone by now": (
        {"children": (SoughtChild("Ada", "Lee", date(1980, 1, 1)),)},
        "gate.order_past_retention",
    ),
    "an order that never opens": ({"opens_by": date(2099, 1, 1)}, "gate.order_opens"),
    "an order that opens today": ({"opens_by": TODAY}, "gate.order_opens"),
    "an order for no reason that the log knows": ({"reason": "national interest"}, "gate.order_reason"),
    "an order for facts that should be gone by now": (
        {"children": (NamedChild("child-1", date(1980, 1, 1)),)},
        "gate.order_past_retention",
    ),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_what_compels(paper):
    """The whole table: what is shown, and what comes of it."""
    changed, expected = PAPERS[paper]
    shown = replace(ORDER, **changed)
    if not expected.startswith("gate."):
        compels = check_compels(shown, ENGLAND, on=TODAY)
        assert compels.power == expected
        assert compels.who == bool({"surname", "postcode"} & set(shown.items))
        return
    with pytest.raises(Refusal) as no:
        check_compels(shown, ENGLAND, on=TODAY)
    assert no.value.code == expected
    assert no.value.next_step
    assert "child-1" not in str(no.value)


def test_a_letter_from_the_police_is_told_what_instead():
    """The public words of the rule, and the way that is open."""
    with pytest.raises(Refusal) as no:
        check_compels(replace(ORDER, **POLICE), ENGLAND, on=TODAY)
    assert no.value.sentence == (
        "We do not give records to the police because a letter asks for them. A letter asks; only an order compels."
    )
    assert no.value.next_step.startswith("A court can order it.")
    assert no.value.authority == "D22; rule P4"


def test_nothing_that_is_refused_here_can_be_served_in_secret():
    """Every purpose with a rule that refuses, immigration control first among them."""
    refused = [one.code for one in ENGLAND.purposes.values() if one.keeper is Keeper.REFUSES]
    assert "immigration-enforcement" in refused
    for code in refused:
        for paper in ({}, NOTICE):
            with pytest.raises(Refusal, match=r"^gate\.order_serves:"):
                check_compels(replace(ORDER, **(paper | {"serves": code})), ENGLAND, on=TODAY)


def test_no_letter_of_anybody_about_anything_compels():
    """Whoever writes, about whatever: what is no order and no notice asks."""
    for issuer in Issuer:
        for purpose in ENGLAND.purposes:
            for shown in (Shown.LETTER, Shown.FORM):
                asked = replace(ORDER, shown=shown, issuer=issuer, purpose=purpose)
                with pytest.raises(Refusal, match=r"^gate\.only_asked:"):
                    check_compels(asked, ENGLAND, on=TODAY)


@pytest.mark.parametrize(
    ("power", "named", "on_roll", "stands"),
    [
        ("statutory_power", 9, 20, True),  # fewer than the smallest published count: a family is no school
        ("statutory_power", 10, 100, True),
        ("statutory_power", 11, 100, False),
        ("statutory_power", 2_136, 2_136, False),
        ("court_order", 2_136, 2_136, True),
    ],
)
def test_a_list_of_names_can_be_a_whole_school(power, named, on_roll, stands):
    """Without a court, a list of names that takes a school with it is refused like the school itself."""
    check_school(Compels(power, 4_096), named, on_roll, stands=stands)


@pytest.mark.parametrize(("named", "on_roll", "stands"), [(9, 20, True), (10, 100, True), (64, 100, False)])
def test_by_a_court_too_names_and_addresses_are_of_no_whole_school(named, on_roll, stands):
    """A court may order the facts of a school; where every child of it lives, it learns from nobody at once."""
    check_school(Compels("court_order", 64, who=True), named, on_roll, stands=stands)


def check_school(compels, named, on_roll, *, stands):
    schools = {"a": (0, 500), "b": (named, on_roll)}
    if stands:
        check_no_whole_school(compels, schools, limits=ENGLAND.limits)
        return
    with pytest.raises(Refusal, match=r"^gate\.order_whole_school:"):
        check_no_whole_school(compels, schools, limits=ENGLAND.limits)


def test_only_the_reason_of_a_court_reaches_names_and_addresses_and_none_reaches_how_a_child_is_named():
    """The catalogue says how far an order reaches. What is refused, or merely permitted, reaches nobody."""
    reach = {one.code: one.orders_reach for one in ENGLAND.purposes.values() if one.orders_reach}
    assert reach == {"court-order": (Store.NAMES, Store.ADDRESS)}
    none = replace(ENGLAND.purposes["court-order"], orders_reach=())
    rules = replace(ENGLAND, purposes=MappingProxyType({**ENGLAND.purposes, "court-order": none}))
    with pytest.raises(Refusal, match=r"^gate\.order_who:"):
        check_compels(replace(ORDER, **HOME), rules, on=TODAY)


def test_a_child_who_is_kept_safe_stops_an_order_made_without_knowing_it():
    """D35: the court decides, knowing; not the register, silently. So too an address that is kept from somebody."""
    check_unhindered(hidden=0, knows_of_safety=False)
    check_unhindered(hidden=1, knows_of_safety=True)
    with pytest.raises(Refusal, match=r"^gate\.order_safety:"):
        check_unhindered(hidden=1, knows_of_safety=False)


def test_the_paper_and_its_children_are_not_printed_by_accident():
    assert "child-1" not in repr(ORDER)
    assert "A-1" not in repr(ORDER)
    assert "Lee" not in repr(replace(ORDER, children=SOUGHT)) + repr(SOUGHT)
