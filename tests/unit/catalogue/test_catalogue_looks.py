# SPDX-License-Identifier: Apache-2.0
"""Why an officer may look at one record is a closed list, and it grows only in public (D27, D41)."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from beholden.catalogue import SHIPPED, Store, load
from beholden.catalogue.reading import FAMILY, reading
from beholden.catalogue.rules import tighter_or_equal

ENGLAND = load()


def changed(kind, which, **values):
    held = dict(getattr(ENGLAND.looks, kind))
    held[which] = replace(held.get(which, next(iter(held.values()))), **values)
    return replace(ENGLAND, looks=replace(ENGLAND.looks, **{kind: MappingProxyType(held)}))


@pytest.mark.parametrize(
    ("kind", "which", "values", "where"),
    [
        ("reasons", "curious", {"name": "curious"}, "look curious"),
        ("reasons", "complaint", {"groups": tuple(store.value for store in Store)}, "look complaint"),
        (
            "reasons",
            "complaint",
            {"authority": ENGLAND.looks.reasons["correction"].authority},
            "look complaint",
        ),
        ("harms", "embarrassing", {"name": "embarrassing"}, "harm embarrassing"),
        (
            "harms",
            "abuse-inquiry",
            {"authority": ENGLAND.looks.reasons["correction"].authority},
            "harm abuse-inquiry",
        ),
    ],
)
def test_one_reason_more_or_one_group_more_needs_its_notice(kind, which, values, where):
    found = tighter_or_equal(ENGLAND, changed(kind, which, **values))
    assert {one.where for one in found} == {where}


def test_fewer_reasons_and_groups_hold_at_once():
    fewer = {name: one for name, one in ENGLAND.looks.reasons.items() if name != "complaint"}
    less = replace(ENGLAND, looks=replace(ENGLAND.looks, reasons=MappingProxyType(fewer)))
    assert tighter_or_equal(ENGLAND, less) == ()
    assert tighter_or_equal(ENGLAND, changed("reasons", "complaint", groups=("names",))) == ()


@pytest.mark.parametrize("pack", sorted(SHIPPED))
def test_what_a_family_reads_is_plain_and_says_nobody(pack):
    """D35: one adult must not learn of another from it. D48: a reading age of about nine."""
    reasons = load(pack).looks.reasons.values()
    assert reading("\n".join(f"It was {one.family_reads}." for one in reasons)).above(FAMILY) == ()
    for one in reasons:
        said = one.family_reads
        assert not {"parent", "mother", "father", "family", "complaint", "guardian"} & set(
            said.lower().split()
        )


@pytest.mark.parametrize("pack", sorted(SHIPPED))
def test_no_question_and_no_complaint_opens_where_a_child_lives(pack):
    """UK GDPR Art 5(1)(c): only a correction may need it."""
    opened = {one.name for one in load(pack).looks.reasons.values() if "address" in one.groups}
    assert opened == {"correction"}
