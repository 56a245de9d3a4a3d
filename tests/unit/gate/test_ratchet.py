# SPDX-License-Identifier: Apache-2.0
"""Tighter at once, looser only after its own notice, whatever is set, announced and waited for in whatever order. D41."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.catalogue import Catalogue
from beholden.catalogue.rules import HIGHER_IS_TIGHTER
from beholden.gate import ratchet
from beholden.gate.ratchet import Announced, Loosens, check_may_come, digest, loosenings, notice_ends
from rulebooks import ENGLAND, with_limits

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LOOSER = with_limits(objection_window_days=14)
TIGHTER = with_limits(objection_window_days=42)


def may_come(new, announced=(), *, at=AT, in_force=ENGLAND):
    check_may_come(in_force.hash, in_force, new, announced, at=at)


def refused(*args, **kwargs):
    with pytest.raises(Loosens) as no:
        may_come(*args, **kwargs)
    return no.value


def test_tighter_comes_at_once():
    may_come(TIGHTER)
    may_come(ENGLAND)


def test_looser_is_refused_with_each_change_in_words():
    no = refused(with_limits(objection_window_days=14, smallest_count=5))
    assert "objection_window_days: was 28, is 14." in no.sentence
    assert "smallest_count: was 10, is 5." in no.sentence
    assert len(no.changes) == 2
    assert "rules announce" in no.next_step


def test_looser_comes_when_its_notice_is_over_and_not_a_second_before():
    due = notice_ends(28, at=AT)
    told = (Announced(ENGLAND.hash, LOOSER.hash, due),)
    assert "29 March 2026" in refused(LOOSER, told, at=due - timedelta(seconds=1)).next_step
    may_come(LOOSER, told, at=due)


def test_a_notice_counts_whole_days():
    """An entry knows whole seconds, so the end is one second on: no part of a day is lost."""
    for late in (0, 1, 999_999):
        at = AT.replace(microsecond=late)
        assert notice_ends(28, at=at) - at >= timedelta(days=28)


@pytest.mark.parametrize(
    "told",
    [
        Announced(ENGLAND.hash, with_limits(objection_window_days=21).hash, AT),
        Announced(TIGHTER.hash, LOOSER.hash, AT),
    ],
    ids=["another difference", "against another base"],
)
def test_only_just_this_difference_counts(told):
    refused(LOOSER, (told,), at=AT + timedelta(days=400))


def test_announced_twice_the_first_notice_counts():
    due = notice_ends(28, at=AT)
    again = (
        Announced(ENGLAND.hash, LOOSER.hash, due),
        Announced(ENGLAND.hash, LOOSER.hash, due + timedelta(days=9)),
    )
    may_come(LOOSER, again, at=due)


def test_what_cannot_be_read_cannot_be_compared_and_counts_as_looser():
    """A catalogue of another version: everything in the new one may be looser."""
    assert [one.what for one in loosenings(None, ENGLAND)] == ["everything"]
    with pytest.raises(Loosens):
        check_may_come("00" * 32, None, ENGLAND, (), at=AT)


def test_a_difference_has_a_name_that_anybody_can_make_anew():
    assert digest(loosenings(ENGLAND, LOOSER)) != digest(loosenings(TIGHTER, LOOSER))
    assert digest(loosenings(ENGLAND, LOOSER)) == digest(
        loosenings(ENGLAND, with_limits(objection_window_days=14))
    )


# --- any order of things ---

NUMBERS = {
    "objection_window_days": (7, 14, 28, 42),
    "letter_tries": (3, 5, 9),
    "rules_notice_days": (2, 28, 56),
}
RULEBOOKS = [
    with_limits(objection_window_days=window, letter_tries=tries, rules_notice_days=notice)
    for window in NUMBERS["objection_window_days"]
    for tries in NUMBERS["letter_tries"]
    for notice in NUMBERS["rules_notice_days"]
]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(RULEBOOKS)),
        st.tuples(st.just("announce"), st.sampled_from(RULEBOOKS)),
        st.tuples(st.just("wait"), st.integers(1, 60)),
    ),
    max_size=14,
)


@dataclass
class Naive:
    """What the public sees: for each number, what stood and what was told of it, with the day. No catalogue, no base."""

    in_force: Catalogue
    told: list[tuple[str, int, datetime]] = field(default_factory=list)

    def announced(self, new, at):
        days = timedelta(days=self.in_force.limits.rules_notice_days)
        self.told += [(name, getattr(new.limits, name), at + days) for name in NUMBERS]

    def came(self, new, at):
        """Fail if a number became looser without having been told for its whole notice."""
        for name in NUMBERS:
            before, now = getattr(self.in_force.limits, name), getattr(new.limits, name)
            looser = now < before if name in HIGHER_IS_TIGHTER else now > before
            due = [when for told, value, when in self.told if (told, value) == (name, now)]
            assert not looser or any(at >= when for when in due), (name, before, now)
        self.in_force = new


@given(steps)
def test_no_order_of_setting_announcing_and_waiting_loosens_a_number_before_its_notice_is_over(taken):
    at, announced, public = AT, [], Naive(ENGLAND)
    for what, value in taken:
        held = public.in_force
        if what == "wait":
            at += timedelta(days=value)
        elif what == "announce" and loosenings(held, value):
            due = notice_ends(held.limits.rules_notice_days, at=at)
            announced.append(Announced(held.hash, value.hash, due))
            public.announced(value, at)
        elif what == "set":
            try:
                check_may_come(held.hash, held, value, announced, at=at)
            except Loosens:
                continue
            public.came(value, at)


def test_the_property_can_fail(monkeypatch):
    """With a ratchet that holds nothing, the public's own list finds the loosening."""
    monkeypatch.setattr(ratchet, "loosenings", lambda *_: ())
    public = Naive(ENGLAND)
    ratchet.check_may_come(ENGLAND.hash, ENGLAND, LOOSER, (), at=AT)
    with pytest.raises(AssertionError):
        public.came(LOOSER, AT)
