# SPDX-License-Identifier: Apache-2.0
"""Tighter at once, looser only after its own notice: each kind of loosening is seen, once, by name (D41)."""

from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType

import pytest

from beholden.catalogue import (
    Answer,
    Authority,
    Catalogue,
    Checked,
    Compartment,
    Effect,
    Exit,
    FamilySays,
    Flag,
    Keeper,
    KeepUntil,
    Kind,
    Law,
    Limits,
    Store,
    Told,
    load,
)
from beholden.catalogue.rules import HIGHER_IS_TIGHTER, LOWER_IS_TIGHTER, tighter_or_equal

ENGLAND = load()


def changed(kind: str, name: str, **values) -> Catalogue:
    """England with one entry changed."""
    entries = dict(getattr(ENGLAND, kind))
    entries[name] = replace(entries[name], **values)
    return replace(ENGLAND, **{kind: MappingProxyType(entries)})


def without(kind: str, name: str) -> Catalogue:
    entries = dict(getattr(ENGLAND, kind))
    del entries[name]
    return replace(ENGLAND, **{kind: MappingProxyType(entries)})


def with_effect(name: str, flag: Flag, effect: Effect) -> Catalogue:
    old: Exit = ENGLAND.exit(name)
    effects = tuple((one, effect if one is flag else was) for one, was in old.effects)
    return changed("exits", name, effects=effects)


def test_a_catalogue_is_no_looser_than_itself():
    assert tighter_or_equal(ENGLAND, ENGLAND) == ()


def test_every_number_has_a_tighter_way_and_only_one():
    names = {field.name for field in fields(Limits)}
    assert names == HIGHER_IS_TIGHTER | LOWER_IS_TIGHTER
    assert not HIGHER_IS_TIGHTER & LOWER_IS_TIGHTER


LOOSER = [
    (changed("purposes", "press", keeper=Keeper.ALLOWS), "purpose press", "keeper"),
    (changed("purposes", "press", keeper=Keeper.WAITS), "purpose press", "keeper"),
    (changed("purposes", "policing", keeper=Keeper.ALLOWS), "purpose policing", "keeper"),
    (
        changed("purposes", "public-interest-study", family_says=FamilySays.HEARD),
        "purpose public-interest-study",
        "family_says",
    ),
    (
        changed("purposes", "research-contact", family_says=FamilySays.STOPS),
        "purpose research-contact",
        "family_says",
    ),
    (changed("purposes", "public-interest-study", told=Told.AFTER), "purpose public-interest-study", "told"),
    (changed("purposes", "marketing", law=Law.PERMITS), "purpose marketing", "law"),
    (changed("purposes", "press", exits=("table",)), "purpose press", "exits"),
    (changed("purposes", "press", lawful_basis=("gdpr-6-1-e",)), "purpose press", "lawful_basis"),
    (changed("purposes", "press", covers="Some requests."), "purpose press", "covers"),
    (changed("purposes", "press", compartment=Compartment.LEARNING), "purpose press", "compartment"),
    (changed("purposes", "press", review_on=date(2030, 1, 1)), "purpose press", "review_on"),
    (
        changed("purposes", "research-contact", compatible_with=("school-improvement",)),
        "purpose research-contact",
        "compatible_with",
    ),
    (without("purposes", "press"), "purpose press", "rule"),
    (without("purposes", "subject-access"), "purpose subject-access", "keeper"),
    (changed("purposes", "subject-access", keeper=Keeper.REFUSES), "purpose subject-access", "keeper"),
    (changed("purposes", "child-in-danger", exits=()), "purpose child-in-danger", "exits"),
    (with_effect("extract", Flag.OBJECTED, Effect.IN), "exit extract", "objected"),
    (with_effect("enclave", Flag.HIDDEN, Effect.FIELDS_PER_VIEWER), "exit enclave", "hidden"),
    (with_effect("contact", Flag.NOT_TOLD, Effect.OUT_UNLESS_AUTHORITY), "exit contact", "not_told"),
    (changed("exits", "extract", carries_tags=False), "exit extract", "carries_tags"),
    (changed("exits", "extract", commits_tags=False), "exit extract", "commits_tags"),
    (changed("exits", "extract", needs_recipient_key=False), "exit extract", "needs_recipient_key"),
    (changed("exits", "enclave", personal_rows_leave=True), "exit enclave", "personal_rows_leave"),
    (changed("exits", "urgent", most_children=2), "exit urgent", "most_children"),
    (changed("exits", "urgent", most_children=None), "exit urgent", "most_children"),
    (
        changed("purposes", "public-interest-study", items=("nc_year", "language")),
        "purpose public-interest-study",
        "items",
    ),
    (changed("items", "sen_primary_need", coarser=()), "item sen_primary_need", "coarser"),
    (changed("items", "ethnicity", answer=Answer.COMPULSORY), "item ethnicity", "answer"),
    (changed("items", "ethnicity", refused=()), "item ethnicity", "refused"),
    (changed("items", "ethnicity", unanswered=()), "item ethnicity", "unanswered"),
    (changed("items", "ethnicity", codes=()), "item ethnicity", "codes"),
    (changed("items", "sex", codes=("M", "F", "U")), "item sex", "codes"),
    (changed("items", "upn", identifiability=3), "item upn", "identifiability"),
    (changed("items", "sex", sensitivity="E"), "item sex", "sensitivity"),
    (changed("items", "sex", why="For planning."), "item sex", "why"),
    (changed("items", "nc_year", type=Kind.WHOLE), "item nc_year", "type"),
    (changed("items", "surname", store=Store.ROWS), "item surname", "store"),
    (changed("items", "surname", store=Store.ADDRESS), "item surname", "store"),
    (changed("items", "upn", collections=("SC/SPR/2026", "SC/SUM/2026")), "item upn", "collections"),
    (changed("items", "upn", keep_until=KeepUntil("age", 26)), "item upn", "keep_until"),
    (changed("items", "upn", keep_until=KeepUntil("years", 5)), "item upn", "keep_until"),
    (
        changed("items", "upn", authority=replace(ENGLAND.item("upn").authority, checked=Checked.RECALLED)),
        "item upn",
        "checked",
    ),
    (
        changed("items", "upn", authority=Authority("ea-1996", "s.537A", Checked.SOURCE)),
        "item upn",
        "authority",
    ),
    (changed("law", "ea-1996", review_on=date(2030, 1, 1)), "instrument ea-1996", "review_on"),
    (changed("law", "ea-1996", citation="2030 c. 1"), "instrument ea-1996", "citation"),
    (changed("codes", "sex", values=("M", "F", "U")), "codes sex", "values"),
    (
        changed("collections", "SC/SPR/2026", reference_date=date(2026, 1, 16)),
        "collection SC/SPR/2026",
        "reference_date",
    ),
]


@pytest.mark.parametrize(
    ("new", "where", "what"), LOOSER, ids=[f"{where}, {what}" for _, where, what in LOOSER]
)
def test_each_loosening_is_seen_by_name(new, where, what):
    assert (where, what) in {(one.where, one.what) for one in tighter_or_equal(ENGLAND, new)}


def test_what_is_new_is_looser_and_what_is_gone_is_not():
    """D7: an added item is a published difference; one that ends takes what was held with it."""
    for kind, name, where in (
        ("items", "boarder", "item boarder"),
        ("exits", "match", "exit match"),
        ("purposes", "school-improvement", "purpose school-improvement"),
        ("purposes", "policing", "purpose policing"),
        ("collections", "SC/SPR/2026", "collection SC/SPR/2026"),
    ):
        added = tighter_or_equal(without(kind, name), ENGLAND)
        assert [(one.where, one.what) for one in added] == [(where, "added")]
    assert tighter_or_equal(ENGLAND, without("items", "boarder")) == ()
    assert tighter_or_equal(ENGLAND, without("exits", "match")) == ()
    assert tighter_or_equal(ENGLAND, without("purposes", "school-improvement")) == ()
    assert tighter_or_equal(without("purposes", "press"), ENGLAND) == ()  # naming a refusal loosens nothing


TIGHTER = {
    "an allowed use is refused": changed("purposes", "school-improvement", keeper=Keeper.REFUSES),
    "families must agree": changed("purposes", "public-interest-study", family_says=FamilySays.MUST_AGREE),
    "a purpose needs fewer facts": changed("purposes", "public-interest-study", items=("nc_year",)),
    "a way out is closed": changed("purposes", "public-interest-study", exits=("table",)),
    "a fact goes into the vault": changed("items", "entry_date", store=Store.BIRTH),
    "a fact may be left out": changed("items", "boarder", answer=Answer.OPTIONAL),
    "a fact is kept less long": changed("items", "upn", keep_until=KeepUntil("age", 19)),
    "a law was read": changed(
        "items",
        "young_carer",
        authority=replace(ENGLAND.item("young_carer").authority, checked=Checked.SOURCE),
    ),
    "law is looked at sooner": changed("law", "ea-1996", review_on=date(2027, 1, 1)),
    "the hidden are left out of the reading room": with_effect("enclave", Flag.HIDDEN, Effect.OUT),
    "a label is put in better words": changed("items", "upn", label="School number"),
}


@pytest.mark.parametrize("name", TIGHTER)
def test_tighter_takes_effect_at_once(name):
    assert tighter_or_equal(ENGLAND, TIGHTER[name]) == ()


def test_a_loosening_can_be_put_into_the_notice_it_needs():
    new = replace(ENGLAND, limits=replace(ENGLAND.limits, objection_window_days=14))
    (one,) = tighter_or_equal(ENGLAND, new)
    assert one.sentence == "limit, objection_window_days: was 28, is 14."
