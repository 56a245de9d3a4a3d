# SPDX-License-Identifier: Apache-2.0
"""When a record goes from school to school: both must have said so, and once for a move (D18, D35)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from beholden.gate.moves import Standing, check_fetch, has_moved
from beholden.refusals import Refusal

OLD, NEW = "3304001", "3304002"
SPRING, AUTUMN = date(2026, 1, 15), date(2026, 10, 1)
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
DAYS = 28


def said(school, *, on_roll, census=SPRING):
    return Standing(school, census, on_roll)


@pytest.mark.parametrize(
    ("what", "standings", "moved"),
    [
        ("both have said so", (said(NEW, on_roll=True), said(OLD, on_roll=False)), True),
        (
            "the old one, in an earlier census",
            (said(NEW, on_roll=True, census=AUTUMN), said(OLD, on_roll=True)),
            True,
        ),
        ("no other school knows the child", (said(NEW, on_roll=True),), False),
        ("the child is not on our roll", (said(NEW, on_roll=False), said(OLD, on_roll=False)), False),
        ("only the old one speaks", (said(OLD, on_roll=False),), False),
        ("still on roll there", (said(NEW, on_roll=True), said(OLD, on_roll=True)), False),
        ("back there since", (said(NEW, on_roll=True), said(OLD, on_roll=True, census=AUTUMN)), False),
        (
            "gone from us to a third",
            (said(NEW, on_roll=True), said("3304003", on_roll=True, census=AUTUMN)),
            False,
        ),
        ("nobody knows the child", (), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_child_has_moved_if_both_schools_say_so(what, standings, moved):
    """A school that writes another school's pupil into its return gets nothing."""
    assert has_moved(standings, NEW, heard={NEW, OLD, "3304003"}) is moved


def test_a_school_that_sends_first_gets_nothing_before_the_other_has_spoken():
    """Else whoever wrote a stranger's pupil into the term's first return would get the record."""
    standings = (said(NEW, on_roll=True, census=AUTUMN), said(OLD, on_roll=True))
    assert not has_moved(standings, NEW, heard={NEW})
    assert has_moved(standings, NEW, heard={NEW, OLD})


def test_a_school_that_said_so_itself_need_not_say_it_again():
    standings = (said(NEW, on_roll=True, census=AUTUMN), said(OLD, on_roll=False))
    assert has_moved(standings, NEW, heard={NEW})


def test_who_had_the_child_long_ago_need_not_speak():
    """A school that has closed since then holds nobody's record back."""
    closed = Standing("3304009", date(2020, 1, 16), on_roll=True)
    standings = (said(NEW, on_roll=True), said(OLD, on_roll=False), closed)
    assert has_moved(standings, NEW, heard={NEW, OLD})


def test_a_file_that_was_lost_is_fetched_again_while_the_time_runs():
    standings = (said(NEW, on_roll=True), said(OLD, on_roll=False))
    check_fetch(standings, NEW, (), days=DAYS, at=AT)
    check_fetch(standings, NEW, (AT,), days=DAYS, at=AT + timedelta(days=DAYS) - timedelta(seconds=1))


def test_once_for_a_move_and_a_repeat_does_not_begin_it_again():
    standings = (said(NEW, on_roll=True), said(OLD, on_roll=False))
    again = AT + timedelta(days=DAYS - 1)
    with pytest.raises(Refusal) as no:
        check_fetch(standings, NEW, (AT, again), days=DAYS, at=AT + timedelta(days=DAYS))
    assert no.value.code == "gate.transfer_over"


def test_who_was_elsewhere_since_then_moves_anew():
    """By the day of the census on which another school had the child on roll, not by when its return came."""
    back = said(OLD, on_roll=True, census=date(2027, 1, 21))
    now = said(NEW, on_roll=True, census=date(2027, 10, 7))
    check_fetch((now, back), NEW, (AT,), days=DAYS, at=AT + timedelta(days=320))


def test_an_old_census_that_is_sent_again_after_the_fetching_begins_no_new_move():
    """The old school corrects its spring return months later: the child has not moved again."""
    standings = (said(NEW, on_roll=True, census=AUTUMN), said(OLD, on_roll=True, census=SPRING))
    with pytest.raises(Refusal) as no:
        check_fetch(standings, NEW, (AT,), days=DAYS, at=AT + timedelta(days=DAYS))
    assert no.value.code == "gate.transfer_over"
