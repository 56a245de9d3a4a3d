# SPDX-License-Identifier: Apache-2.0
"""An officer looks at one record: reason first, written down first, shown to the family after one fixed time (D27, D35)."""

from datetime import timedelta

import pytest

import homes
from beholden.catalogue import Store
from beholden.gate.lookups import LookUp
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.world import CATALOGUE, REGISTRAR, SECOND, World
from rulebooks import with_limits

DELAY = timedelta(days=CATALOGUE.limits.look_shown_days)
CORRECTION = LookUp("correction", frozenset({Store.NAMES, Store.ADDRESS, Store.ROWS}))
COMPLAINT = LookUp("complaint", frozenset({Store.NAMES}))


@pytest.fixture(scope="module")
def world(base_home, tmp_path_factory):
    """One world for all tests of this file: each looks at a child of its own."""
    with homes.clone(base_home):
        made = World(tmp_path_factory.mktemp("town"))
        made.returns()
        made.published()
        made.told()
        yield made


def child(world, place):
    return world.children()[place]


def letters_apart(world):
    """Letters about children whom no other test of this file looks at."""
    taken = {one.upn for one in world.children()[:12]}
    return [letter for letter in world.letters() if not taken & set(letter[3])]


def person_of(world, pupil):
    from beholden.register.actions import with_number_and_birth

    (person,) = with_number_and_birth(pupil.upn, pupil.born, by=REGISTRAR, at=world.at)
    return person


def look(
    world, pupil, asked=CORRECTION, *, is_known=False, by=REGISTRAR, at=None, catalogue=CATALOGUE, born=None
):
    from beholden.gate.actions.looking import Sought
    from beholden.gate.actions.looking import look as does

    sought = Sought(pupil.upn, born or pupil.born, is_known)
    return does(sought, asked, catalogue=catalogue, by=by, at=at or world.at)


def hold(world, line, *, until, by=SECOND, at=None, harm="reader-is-danger"):
    from beholden.gate.actions.looking import hold_back

    hold_back(line, harm, until=until, catalogue=CATALOGUE, by=by, at=at or world.at)


def lines():
    from beholden.gate import journal
    from beholden.home import here

    return [line.left for line in journal.lines(here().journal)]


def seen_by_family(world, pupil, *, at):
    from beholden.gate.looks import staff_looks

    return staff_looks(person_of(world, pupil), limits=CATALOGUE.limits, at=at)


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == code


def test_an_officer_sees_what_was_asked_for_and_it_is_written_down(world):
    pupil = child(world, 0)
    got = look(world, pupil)
    known = {fact.item: fact.value for fact in got.known}
    assert known["forename"] == pupil.forename
    assert known["postcode"] == pupil.address.postcode
    assert "upn" not in known
    assert got.told
    assert "birth_date" not in got.not_shown
    written = lines()[-1]
    assert (written.exit, written.what, written.by) == ("look_up", CORRECTION.print(), REGISTRAR.ref)
    assert got.shown_on == (world.at + DELAY).date()


def test_what_was_not_asked_for_is_not_opened(world):
    got = look(world, child(world, 1), COMPLAINT)
    assert {fact.item for fact in got.known} == {"forename", "middle_names", "preferred_surname", "surname"}
    assert got.told == ()


def test_where_a_child_who_is_kept_safe_lives_or_may_be_found_is_opened_in_no_look(world):
    """D35: whatever the reason; that it boards, and when it came to a school or left one, tells where to look."""
    from beholden.people.actions import flag

    pupil = child(world, 2)
    flag(person_of(world, pupil), "hidden", by=REGISTRAR, at=world.at)
    got = look(world, pupil)
    assert not {"postcode", "address_lines"} & {fact.item for fact in got.known}
    assert got.not_shown == ("address_lines", "boarder", "entry_date", "leaving_date", "postcode")
    assert got.flagged
    said = {fact.item for told in got.told for fact in told.facts}
    assert said
    assert not {item for item in said if CATALOGUE.item(item).tells_where}
    assert {"entry_date", "boarder"} <= {
        fact.item for told in look(world, child(world, 9)).told for fact in told.facts
    }


def test_what_is_past_its_day_is_not_shown(world):
    """D33: an officer needs nothing that should be gone."""
    pupil = child(world, 3)
    later = world.at.replace(year=pupil.born.year + 25 + 1, month=1, day=1)
    got = look(world, pupil, at=later, catalogue=_open_until(later))
    ended = [
        item
        for item in CATALOGUE.items.values()
        if item.keep_until.unit == "age" and item.keep_until.amount <= 25
    ]
    assert ended
    shown = {fact.item for fact in got.known} | {fact.item for told in got.told for fact in told.facts}
    assert not shown & {item.id for item in ended}


def _open_until(later):
    """A catalogue whose purpose of looks is not overdue at a much later day."""
    from dataclasses import replace
    from types import MappingProxyType

    held = replace(CATALOGUE.purpose("record-care"), review_on=later.date() + timedelta(days=1))
    return replace(CATALOGUE, purposes=MappingProxyType({**CATALOGUE.purposes, "record-care": held}))


@pytest.mark.parametrize(
    "by",
    [
        Actor("letter", Role.FAMILY),
        Actor("school-3301001", Role.SCHOOL, "3301001"),
        Actor("reviewer-a", Role.REVIEWER, "panel-a"),
        Actor("applicant-1", Role.APPLICANT, "northford"),
    ],
    ids=lambda by: by.role.value,
)
def test_no_other_role_may_look(world, by):
    before = len(lines())
    refused("gate.role", look, world, child(world, 4), by=by)
    refused("people.not_enrolled", look, world, child(world, 4), by=Actor("nobody", Role.REGISTRAR, "keeper"))
    assert len(lines()) == before


def test_without_a_reason_of_the_list_nothing_is_found_or_written(world):
    before = len(lines())
    refused("gate.look_reason", look, world, child(world, 4), LookUp("curious", frozenset({Store.NAMES})))
    refused("gate.look_groups", look, world, child(world, 4), LookUp("complaint", frozenset({Store.ADDRESS})))
    refused("gate.no_such_child", look, world, child(world, 4), born=child(world, 4).born + timedelta(days=1))
    assert len(lines()) == before


def test_who_knows_the_family_is_refused_and_stays_refused(world):
    """D27: a later *no* to the question does not undo an earlier *yes*."""
    before, pupil = len(lines()), child(world, 5)
    refused("gate.look_own", look, world, pupil, is_known=True)
    refused("gate.look_own", look, world, pupil, is_known=False)
    assert len(lines()) == before
    assert look(world, pupil, by=SECOND).known


def test_under_rules_that_are_not_in_force_nobody_looks(world):
    """D41: of a look as of every exit, the log says which rules it goes by; nothing is found or written."""
    before = len(lines())
    refused("gate.not_in_force", look, world, child(world, 4), catalogue=with_limits(looks_per_day=1_000))
    assert len(lines()) == before


def test_the_cap_is_a_day_of_one_officer(world, monkeypatch):
    """D36: counted while nobody else can write, from the journal's own index."""
    from beholden.gate import catalogues
    from beholden.people import actions as people

    tight, day = with_limits(looks_per_day=2), world.at + timedelta(days=40)
    monkeypatch.setattr(
        catalogues, "last_set", lambda: tight.hash
    )  # the world is shared with the other tests
    one, other = (  # who looks in no other test of this file, of which one looks years later
        people.appoint(f"looks-{number}", Role.REGISTRAR, "keeper", by=REGISTRAR, at=world.at)
        for number in (1, 2)
    )
    for place in (6, 7):
        look(world, child(world, place), at=day, catalogue=tight, by=one)
    before = len(lines())
    refused("gate.look_cap", look, world, child(world, 8), at=day, catalogue=tight, by=one)
    assert len(lines()) == before
    look(world, child(world, 8), at=day, catalogue=tight, by=other)
    look(world, child(world, 8), at=day + timedelta(days=1), catalogue=tight, by=one)


def test_the_family_reads_of_it_after_the_one_delay_with_its_reason(world):
    """D27: on its own page, in the catalogue's words; whoever asked for it is not said (D35)."""
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    handle, code, born, numbers = letters_apart(world)[0]
    own = family.enter(Shown(code, born, world.seconds[handle]), catalogue=CATALOGUE, at=world.at).own_code
    shown = Shown(code, born, own)
    pupil = next(one for one in world.children() if one.upn == numbers[0])
    look(world, pupil)

    def staff(at):
        found = []
        for one in family.overview(shown, catalogue=CATALOGUE, at=at).children:
            page = family.used(AboutChild(shown, one.ref), catalogue=CATALOGUE, at=at)
            assert page.looks_after_days == DELAY.days
            found += [line for line in page.looks if line.who == "staff"]
        return found

    assert staff(world.at + DELAY - timedelta(seconds=1)) == []
    (line,) = staff(world.at + DELAY)
    assert (line.what, line.why, line.times) == ("look", "to put a fact right", 1)
    assert line.saw == ("address", "names", "rows")
    assert line.on == world.at.date()


def test_a_second_officer_holds_it_back_for_a_while_and_then_it_is_shown(world):
    """D35: never for ever; and while it is held, the list is as if there were no look."""
    pupil = child(world, 10)
    line = look(world, pupil).line
    refused("gate.hold_own", hold, world, line, until=(world.at + timedelta(days=30)).date(), by=REGISTRAR)
    refused("gate.no_look", hold, world, 10_000, until=(world.at + timedelta(days=30)).date())
    refused(
        "gate.role",
        hold,
        world,
        line,
        until=world.at.date(),
        by=Actor("reviewer-a", Role.REVIEWER, "panel-a"),
    )
    ends = (world.at + timedelta(days=30)).date()
    hold(world, line, until=ends)
    day = timedelta(days=1)
    assert seen_by_family(world, pupil, at=world.at + DELAY) == ()
    assert seen_by_family(world, pupil, at=world.at + 29 * day) == ()
    (shown,) = seen_by_family(world, pupil, at=world.at + 30 * day)
    assert shown.line == line
    refused("gate.hold_late", hold, world, line, until=ends + 30 * day, at=world.at + 30 * day)


def test_it_can_be_held_back_longer_only_by_another_test_in_time(world):
    pupil, day = child(world, 11), timedelta(days=1)
    line = look(world, pupil).line
    hold(world, line, until=(world.at + 30 * day).date())
    hold(world, line, until=(world.at + 60 * day).date(), at=world.at + 29 * day)
    assert seen_by_family(world, pupil, at=world.at + 59 * day) == ()
    assert len(seen_by_family(world, pupil, at=world.at + 60 * day)) == 1


def test_a_familys_no_changes_nothing_that_an_officer_sees(world):
    """D13: a look is no list, and shows nothing of a choice."""
    letter = letters_apart(world)[-1]
    pupil = next(one for one in world.children() if one.upn == letter[3][0])
    first = look(world, pupil)
    world.keep_out(letter)
    again = look(world, pupil)
    assert (again.known, again.told, again.not_shown, again.flagged) == (
        first.known,
        first.told,
        first.not_shown,
        first.flagged,
    )


WRONG = {
    # what is changed by hand: the table, the change, and what fsck says of it
    "a look that says for nothing": ("gate_singleexit", "what = 'curious'", {"fsck.journal", "fsck.look"}),
    "a look by somebody else": ("gate_singleexit", "by = 'officer-9'", {"fsck.journal"}),
    "a look that is none": ("gate_singleexit", "exit = 'page'", {"fsck.journal", "fsck.look_hold"}),
    "a holding back of another line": ("gate_lookhold", "digest = repeat('0', 64)", {"fsck.look_hold"}),
    "a holding back for no harm": ("gate_lookhold", "harm = 'quiet'", {"fsck.look_hold"}),
    "a holding back by who looked": ("gate_lookhold", "by = 'registrar'", {"fsck.look_hold"}),
    "a holding back by a stranger": ("gate_lookhold", "by = 'stranger'", {"fsck.look_hold"}),
    "a holding back that was over": (
        "gate_lookhold",
        "until = (at - interval '1 day')::date",
        {"fsck.look_hold"},
    ),
    "a stranger who knows a family": ("gate_lookconflict", "officer = 'stranger'", {"fsck.look_conflict"}),
    "an officer who knows nobody": (
        "gate_lookconflict",
        "person = gen_random_uuid()",
        {"fsck.look_conflict"},
    ),
}


@pytest.fixture(scope="module")
def looked(base_home, tmp_path_factory):
    """A home with one look, held back, and one officer who knows the family of another child."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            made = World(tmp_path_factory.mktemp("town"), pupils=20)
            made.returns()
            made.published()
            line = look(made, child(made, 0)).line
            hold(made, line, until=(made.at + timedelta(days=30)).date())
            refused("gate.look_own", look, made, child(made, 1), is_known=True)
        yield home


def test_everything_of_it_agrees_for_fsck(looked):
    with homes.copied(looked):
        assert checked() == set()


@pytest.mark.parametrize("fault", WRONG)
def test_what_was_changed_by_hand_is_found(looked, fault):
    """D27: neither the look, nor its holding back, nor who knows whom can be bent afterwards."""
    from beholden.home import postgres

    table, change, codes = WRONG[fault]
    with homes.copied(looked) as home:
        with postgres.connected(home, "owner") as connection:
            connection.execute(f"alter table {table} disable trigger user")
            assert connection.execute(f"update {table} set {change}").rowcount == 1
        assert checked() == codes


def checked():
    from beholden.fsck.rules import Weight
    from beholden.fsck.singles import check_journal, check_looks
    from beholden.home import here

    found = [*check_journal(here()), *check_looks(CATALOGUE)]
    return {one.code for one in found if one.weight is Weight.FINDING}
