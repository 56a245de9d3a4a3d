# SPDX-License-Identifier: Apache-2.0
"""When an officer may look, when the family reads of it, and when later: cases that a lawyer could read (D27, D35)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.catalogue import Keeper, Store, load
from beholden.gate.lookups import (
    Hold,
    LookUp,
    check_cap,
    check_hold,
    check_reason,
    is_held,
    is_shown,
)
from beholden.refusals import Refusal

ENGLAND = load()
AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
DAYS = ENGLAND.limits.look_shown_days
MOST = ENGLAND.limits.look_held_days
NOW = replace(ENGLAND.limits, look_shown_days=0)
GROUPS = st.frozensets(st.sampled_from(list(Store)), min_size=1)


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == code


@given(reason=st.sampled_from(sorted(ENGLAND.looks.reasons)), groups=GROUPS)
def test_a_line_of_the_journal_reads_back_to_what_was_looked_at(reason, groups):
    asked = LookUp(reason, groups)
    assert LookUp.parse(asked.print()) == asked
    assert len(asked.print()) <= 80


@pytest.mark.parametrize(
    "text", ["", "correction", "correction:", ":birth", "correction:names+birth", "x:shoes"]
)
def test_every_other_spelling_is_refused(text):
    refused("gate.look_line", LookUp.parse, text)


@pytest.mark.parametrize("reason", ["curious", "policing", "child-in-danger", ""])
def test_no_reason_that_is_not_in_the_list_opens_a_record(reason):
    asked = LookUp(reason, frozenset({Store.NAMES}))
    refused("gate.look_reason", check_reason, asked, ENGLAND, on=AT.date())


def test_a_reason_opens_what_the_list_says_and_no_more():
    """UK GDPR Art 5(1)(c): a complaint is looked into without the address."""
    on = AT.date()
    check_reason(LookUp("complaint", frozenset({Store.NAMES, Store.ROWS})), ENGLAND, on=on)
    refused("gate.look_groups", check_reason, LookUp("complaint", frozenset({Store.ADDRESS})), ENGLAND, on=on)
    refused("gate.look_groups", check_reason, LookUp("complaint", frozenset()), ENGLAND, on=on)


def test_a_purpose_that_is_closed_or_overdue_opens_nothing():
    """D39: an old rule is looked at again before it is used."""
    asked, held = LookUp("correction", frozenset({Store.NAMES})), ENGLAND.purpose("record-care")
    refused("gate.look_reason", check_reason, asked, ENGLAND, on=held.review_on)
    shut = replace(held, keeper=Keeper.REFUSES, exits=())
    closed = replace(ENGLAND, purposes=MappingProxyType({**ENGLAND.purposes, "record-care": shut}))
    refused("gate.look_reason", check_reason, asked, closed, on=AT.date())


def test_the_cap_is_a_number_of_the_catalogue():
    check_cap(19, most=20)
    refused("gate.look_cap", check_cap, 20, most=20)


def test_every_family_reads_of_a_look_after_the_same_time():
    """D27: a fixed delay, so that what comes sooner or later tells nothing."""
    due = AT + timedelta(days=DAYS)
    assert not is_shown(AT, (), limits=ENGLAND.limits, at=due - timedelta(seconds=1))
    assert is_shown(AT, (), limits=ENGLAND.limits, at=due)


@given(lasts=st.lists(st.integers(1, MOST), max_size=3), later=st.integers(0, 2 * MOST))
def test_holding_back_lapses_on_its_day_whatever_came_before(lasts, later):
    """D27: held back for ever is impossible: without a new test the look is shown."""
    holds = tuple(Hold("reader-is-danger", AT, (AT + timedelta(days=days)).date()) for days in lasts)
    at = AT + timedelta(days=later)
    assert is_held(holds, limits=NOW, at=at) == (later < max(lasts, default=0))
    assert is_shown(AT, holds, limits=NOW, at=at) == (later >= max(lasts, default=0))


def test_a_holding_back_that_somebody_wrote_into_the_table_ends_with_the_limit():
    """D27, D41: a shorter limit ends it at once, and a date in the table cannot go round it."""
    holds = (Hold("reader-is-danger", AT, date(9999, 1, 1)),)
    assert is_held(holds, limits=NOW, at=AT + timedelta(days=MOST - 1))
    assert not is_held(holds, limits=NOW, at=AT + timedelta(days=MOST))
    assert not is_held(holds, limits=replace(NOW, look_held_days=1), at=AT + timedelta(days=1))


def hold(**changes):
    new = Hold("reader-is-danger", AT, (AT + timedelta(days=MOST)).date())
    said = {"by": "registrar-2", "looked_by": "registrar", "was_shown": False, "catalogue": ENGLAND}
    check_hold(replace(new, **{k: v for k, v in changes.items() if k in {"harm", "until"}}), **{
        **said, **{k: v for k, v in changes.items() if k not in {"harm", "until"}}
    })  # fmt: skip


def test_a_second_officer_may_find_a_harm_for_a_while():
    hold()
    hold(until=(AT + timedelta(days=1)).date())


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("gate.hold_own", {"by": "registrar"}),
        ("gate.hold_harm", {"harm": "embarrassing"}),
        ("gate.hold_late", {"was_shown": True}),
        ("gate.hold_until", {"until": AT.date()}),
        ("gate.hold_until", {"until": (AT + timedelta(days=MOST + 1)).date()}),
        ("gate.hold_until", {"until": date(9999, 1, 1)}),
    ],
)
def test_nothing_else_keeps_a_look_from_its_family(code, changes):
    refused(code, hold, **changes)
