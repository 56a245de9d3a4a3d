# SPDX-License-Identifier: Apache-2.0
"""A child in danger does not wait (D46): one officer, one child, a named duty, a line on the disk first, a review after."""

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.world import CATALOGUE, REGISTRAR, World

OFFICER = Actor("officer-night", Role.SAFEGUARDING, "westmere")
DUTY = "child-in-danger"


@pytest.fixture
def world(keeper_home, tmp_path):
    from beholden.people import actions as people
    from beholden.people.queries import Body

    made = World(tmp_path)
    made.returns()
    made.published()
    people.enrol(
        Body("westmere", "County of Westmere", "local authority", "England", "", ""), by=REGISTRAR, at=made.at
    )
    people.appoint(OFFICER.ref, OFFICER.role, OFFICER.organisation, by=REGISTRAR, at=made.at)
    return made


def find(world, child, *, duty=DUTY, by=OFFICER, born=None, at=None):
    from beholden.gate.actions.urgent import find as does

    return does(child.upn, born or child.born, duty=duty, catalogue=CATALOGUE, by=by, at=at or world.at)


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == code


def spooled():
    from beholden.gate.looks import urgent_lines

    return urgent_lines()


def test_one_officer_learns_where_one_child_lives(world):
    child = world.children()[0]
    got = find(world, child)
    assert got.known["postcode"] == child.address.postcode
    assert got.known["forename"] == child.forename
    assert [where.on_roll for where in got.schools].count(True) == 1
    assert "sen_provision" not in got.known
    (line,) = spooled()
    assert (line.line, line.left.by, line.left.what, line.sound) == (1, "officer-night", DUTY, None)


@pytest.mark.parametrize(
    "duty", ["policing", "court-order", "welfare-fraud", "subject-access", "at once", ""]
)
def test_nothing_but_a_duty_to_protect_opens_it(world, duty):
    """D22: a letter from the police compels nothing; whatever else is named is no duty of this kind."""
    refused("gate.duty", find, world, world.children()[0], duty=duty)
    assert spooled() == ()


@pytest.mark.parametrize(
    "by",
    [
        REGISTRAR,
        Actor("school", Role.SCHOOL, "3301234"),
        Actor("letter", Role.FAMILY),
        Actor("reviewer-a", Role.REVIEWER, "panel-a"),
    ],
    ids=lambda by: by.role.value,
)
def test_no_other_role_may(world, by):
    refused("gate.role", find, world, world.children()[0], by=by)


def test_an_officer_who_was_not_appointed_may_not(world):
    refused(
        "people.not_enrolled",
        find,
        world,
        world.children()[0],
        by=Actor("officer-2", Role.SAFEGUARDING, "westmere"),
    )


def test_a_number_alone_finds_nobody(world):
    """One child, known to the officer: no fishing by number, and nothing is written for nobody."""
    child = world.children()[0]
    refused("gate.no_such_child", find, world, child, born=child.born + timedelta(days=1))
    assert spooled() == ()


def test_the_cap_is_a_day_of_one_officer(world):
    """D46: the cap is counted from the spool itself."""
    most = CATALOGUE.limits.urgent_per_day
    for child in world.children()[:most]:
        find(world, child)
    refused("gate.urgent_cap", find, world, world.children()[most])
    assert find(world, world.children()[most], at=world.at + timedelta(days=1)).line == most + 1


def test_a_flag_travels_and_takes_nothing_away(world):
    from beholden.people.actions import flag
    from beholden.register.actions import with_number_and_birth

    child = world.children()[0]
    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
    assert find(world, child).flagged is False
    flag(person, "hidden", by=REGISTRAR, at=world.at)
    again = find(world, child, at=world.at + timedelta(seconds=1))
    assert again.flagged
    assert again.known["postcode"] == child.address.postcode


def test_a_ledger_that_is_down_stops_nobody(world, keeper_home):
    """D46: log, signer and the other journal are all unusable; the one officer still gets the one address."""
    from beholden.ledger.actions import sequence

    child = world.children()[0]
    find(world, child)
    (keeper_home.journal / "exits.jsonl").write_bytes(b"not a line\n")
    keeper_home.ledger.rename(keeper_home.root / "ledger-gone")
    keeper_home.ledger.write_bytes(b"")
    with pytest.raises((Refusal, OSError)):
        sequence(at=world.at)
    assert find(world, child).known["postcode"] == child.address.postcode
    assert [line.line for line in spooled()] == [1, 2]


def test_a_damaged_spool_is_put_aside_and_stops_nobody(world, keeper_home):
    """D46: what was written before is kept for a person to look at, and a new chain goes on with the numbers."""
    child = world.children()[0]
    find(world, child)
    spool = keeper_home.journal / "urgent.jsonl"
    spool.write_bytes(spool.read_bytes().replace(b'"seq":1', b'"seq":7'))
    assert find(world, child).line == 2
    (aside,) = keeper_home.journal.glob("urgent.jsonl.*.damaged")
    assert b'"seq":7' in aside.read_bytes()


def test_a_review_is_due_on_the_next_working_day_and_is_made_once(world):
    from beholden.gate.actions.urgent import review
    from beholden.gate.rules import review_due

    assert [review_due(date(2026, 11, day)).day for day in (26, 27, 28, 29)] == [27, 30, 30, 30]
    line = find(world, world.children()[0]).line
    (waiting,) = spooled()
    assert not waiting.overdue(waiting.review_by)
    assert waiting.overdue(waiting.review_by + timedelta(days=1))
    refused("gate.role", review, line, sound=True, may_tell=True, by=OFFICER, at=world.at)
    review(line, sound=True, may_tell=False, by=REGISTRAR, at=world.at)
    refused("gate.no_review", review, line, sound=True, may_tell=True, by=REGISTRAR, at=world.at)
    (done,) = spooled()
    assert (done.sound, done.may_tell, done.overdue(date(2030, 1, 1))) == (True, False, False)


@pytest.mark.parametrize("may_tell", [True, False])
def test_a_family_is_told_afterwards_only_if_a_person_says_so(world, may_tell):
    """D35, D46: whoever reads the list may be the danger."""
    from beholden.gate.actions.urgent import review
    from beholden.gate.looks import looks_at
    from beholden.register.actions import with_number_and_birth

    child = world.children()[0]
    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
    line = find(world, child).line
    assert looks_at(person) == ()
    review(line, sound=True, may_tell=may_tell, by=REGISTRAR, at=world.at)
    assert len(looks_at(person)) == may_tell


def counted(at):
    from beholden.gate.actions.counting import count_urgent

    return count_urgent(by=Actor("clock", Role.KEEPER), at=at)


def months_said(home):
    from beholden.ledger.actions import sequence
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries

    sequence(at=AFTER)
    bodies = [parse(raw, log="events").body for raw in entries("events")]
    return {one.month: (one.band, one.late) for one in bodies if one.kind == "urgent"}


AFTER = datetime(2026, 4, 10, 9, tzinfo=UTC)


def test_the_public_learns_by_month_how_many_and_how_many_late_in_steps(world, keeper_home):
    """D6, D46: counted from the first minute, and late for ever, whatever is reviewed afterwards."""
    from beholden.fsck.singles import check_urgent
    from beholden.gate.actions.urgent import review
    from beholden.home import here
    from beholden.reportcard.queries import card_of_home

    first = find(world, world.children()[0]).line
    find(world, world.children()[1])
    review(first, sound=True, may_tell=False, by=REGISTRAR, at=world.at)
    assert [one.month.month for one in counted(AFTER)] == [2, 3]
    assert counted(AFTER) == ()
    assert months_said(keeper_home) == {date(2026, 2, 1): (64, 64), date(2026, 3, 1): (64, 0)}
    review(2, sound=True, may_tell=False, by=REGISTRAR, at=AFTER)
    assert list(check_urgent(here())) == []
    card = card_of_home(keeper_home, catalogue=CATALOGUE, on=AFTER.date())
    assert [(one.month.month, one.band, one.late) for one in card.dangers] == [(3, 64, 0), (2, 64, 64)]


def damage(home, *, line=0):
    """Spoil one line of the spool as a bad disk does: nobody can read it any more."""
    spool = home.journal / "urgent.jsonl"
    lines = spool.read_bytes().split(b"\n")
    lines[line] = b"\0" * len(lines[line])
    spool.write_bytes(b"\n".join(lines))


def urgent_findings(home):
    from beholden.fsck.singles import check_urgent

    return [one.code for one in check_urgent(home)]


@pytest.mark.parametrize("is_moved", [False, True], ids=["lies there", "moved away"])
@pytest.mark.parametrize("line", [0, 1])
def test_after_a_spool_was_put_aside_each_exit_is_reviewed_and_counted_once(
    world, keeper_home, tmp_path, is_moved, line
):
    """D46: by what can still be read, and by the journal; wherever the damaged file lies, and whatever line it lost."""
    from beholden.gate.actions.urgent import review

    first, second, third = world.children()[:3]
    find(world, first)
    find(world, second)
    review(1, sound=True, may_tell=False, by=REGISTRAR, at=world.at)
    damage(keeper_home, line=line)
    assert find(world, third).line == 3
    (aside,) = keeper_home.journal.glob("urgent.jsonl.*.damaged")
    if is_moved:
        shutil.move(aside, tmp_path)
    people = [one.left.person for one in spooled()]
    assert [one.line for one in spooled()] == [1, 2, 3]
    assert len(set(people)) == 3
    assert [one.sound for one in spooled()] == [True, None, None]
    for number in (2, 3):
        review(number, sound=True, may_tell=False, by=REGISTRAR, at=world.at)
    refused("gate.no_review", review, 1, sound=True, may_tell=True, by=REGISTRAR, at=world.at)
    assert [one.sound for one in spooled()] == [True] * 3
    assert [(one.month.month, one.band, one.late) for one in counted(AFTER)] == [(2, 64, 0), (3, 64, 0)]
    assert months_said(keeper_home)[date(2026, 2, 1)] == (64, 0)
    assert urgent_findings(keeper_home) == ([] if is_moved else ["fsck.urgent_aside"])


def test_a_review_made_while_the_spool_was_away_stands_when_it_is_put_back(world, keeper_home):
    """D46: it was made of the journal's line, and counts for the spool's of the same exit; and for no other's."""
    from beholden.gate.actions.urgent import review

    first, second, third = world.children()[:3]
    find(world, first)
    find(world, second)
    kept = (keeper_home.journal / "urgent.jsonl").read_bytes()
    damage(keeper_home)
    find(world, third)
    (aside,) = keeper_home.journal.glob("urgent.jsonl.*.damaged")
    aside.unlink()
    review(2, sound=False, may_tell=True, by=REGISTRAR, at=world.at)
    reviewed = [(one.line, one.left.person, one.sound) for one in spooled()]
    assert [sound for _, _, sound in reviewed] == [None, False, None]
    aside.write_bytes(kept)  # a good copy is put back
    assert [(one.line, one.left.person, one.sound) for one in spooled()] == reviewed
    refused("gate.no_review", review, 2, sound=True, may_tell=True, by=REGISTRAR, at=world.at)
    review(1, sound=True, may_tell=False, by=REGISTRAR, at=world.at)
    assert urgent_findings(keeper_home) == ["fsck.urgent_aside"]
    aside.unlink()  # and lost again: each still has its own
    assert [one.sound for one in spooled()] == [True, False, None]


def test_a_review_under_a_number_that_is_another_exit_s_by_now_keeps_none_waiting(
    world, keeper_home, monkeypatch
):
    """While the spool was away the second exit was the first that anything knew. Put back, each is reviewed once (D46)."""
    from beholden.gate.actions import urgent

    with monkeypatch.context() as patch:
        patch.setattr(urgent, "_note", lambda *_, **__: None)  # the journal could not be written
        find(world, world.children()[0])
    find(world, world.children()[1])
    kept = (keeper_home.journal / "urgent.jsonl").read_bytes()
    damage(keeper_home)
    find(world, world.children()[2])
    (aside,) = keeper_home.journal.glob("urgent.jsonl.*.damaged")
    aside.unlink()
    urgent.review(1, sound=False, may_tell=False, by=REGISTRAR, at=world.at)
    aside.write_bytes(kept)  # a good copy is put back
    assert [(one.line, one.sound) for one in spooled()] == [(1, None), (2, False), (3, None)]
    refused("gate.no_review", urgent.review, 2, sound=True, may_tell=True, by=REGISTRAR, at=world.at)
    urgent.review(1, sound=True, may_tell=False, by=REGISTRAR, at=world.at)
    assert [one.sound for one in spooled()] == [True, False, None]
    assert urgent_findings(keeper_home) == ["fsck.urgent_aside"]


@pytest.mark.parametrize("is_moved", [False, True], ids=["lies there", "moved away"])
def test_a_line_that_is_known_from_nothing_keeps_back_the_months_that_it_may_be_of(
    world, keeper_home, tmp_path, monkeypatch, is_moved
):
    """A figure that is too small would be worse than none: the card says that the log is silent, of those months alone."""
    from beholden.gate.actions import urgent

    with monkeypatch.context() as patch:
        patch.setattr(urgent, "_note", lambda *_, **__: None)  # the journal could not be written either
        find(world, world.children()[0])
        kept = (keeper_home.journal / "urgent.jsonl").read_bytes()
    damage(keeper_home)
    find(world, world.children()[1])
    (aside,) = keeper_home.journal.glob("urgent.jsonl.*.damaged")
    if is_moved:
        shutil.move(aside, tmp_path)
    refused("gate.spool_aside", counted, AFTER)
    refused("gate.spool_aside", counted, AFTER)
    assert months_said(keeper_home) == {date(2026, 3, 1): (64, 0)}
    assert urgent_findings(keeper_home)[-1] == "fsck.urgent_lost"
    aside.write_bytes(kept)  # a good copy is put back
    assert [one.month.month for one in counted(AFTER)] == [2]
    assert urgent_findings(keeper_home) == ["fsck.urgent_aside"]


def test_a_spool_that_was_taken_away_is_missed(world, keeper_home):
    find(world, world.children()[0])
    (keeper_home.journal / "urgent.jsonl").unlink()
    assert urgent_findings(keeper_home) == ["fsck.urgent"]
    assert find(world, world.children()[1]).line == 2


def test_a_month_that_is_not_what_the_spool_says_is_found(world, keeper_home):
    """A figure is made anew by fsck from spool and reviews."""
    from beholden.fsck.singles import check_urgent
    from beholden.ledger.actions import propose

    find(world, world.children()[0])
    with transaction.atomic():
        wrong = {"band": 64, "late": 0, "month": "2026-02-01"}
        propose(log="events", kind="urgent", body=wrong, by=REGISTRAR, at=AFTER)
    assert [one.code for one in check_urgent(keeper_home)] == ["fsck.urgent_month"]
