# SPDX-License-Identifier: Apache-2.0
"""Showing one child's record is killed before each durable step, its disk fails at each, and two readers meet.

Nothing is ever shown that is not in the journal, on the disk; the journal is one unbroken chain, and its index catches up
(D27: staff look-ups and copies included). The second code gives one own code or none.
"""

import pytest

import homes
from fault import kills
from integration.world import CATALOGUE, World


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A home in which a family has its own code, and one line is in the journal."""
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))

            def tell():
                world.returns()
                world.published()
                world.told()
                handle, code, born, _ = world.letters()[0]
                own = family.enter(
                    Shown(code, born, world.seconds[handle]), catalogue=CATALOGUE, at=world.at
                ).own_code
                shown = Shown(code, born, own)
                child = family.overview(shown, catalogue=CATALOGUE, at=world.at).children[0]
                about = AboutChild(shown, child.ref)
                family.record(about, catalogue=CATALOGUE, at=world.at)
                return about, world

            about, world = kills.answer(tell)
        yield home, about, world


def look(about, world):
    from beholden.rights import family

    return family.record(about, catalogue=CATALOGUE, at=world.at)


def lines(home):
    from beholden.gate import journal

    return tuple(journal.lines(home.journal))


def check(home):
    """Everything in the home agrees with everything else; a line without its row is only a note."""
    from beholden.fsck.rules import Weight
    from beholden.fsck.singles import check_batches, check_journal

    return [one.code for one in (*check_journal(home), *check_batches()) if one.weight is Weight.FINDING]


def shown_and_written(home, about, world):
    """Look once more, and see that the index has every line."""
    from beholden.gate.looks import known_lines

    page = look(about, world)
    assert page.groups
    assert known_lines() == len(lines(home))


def test_a_look_that_is_killed_leaves_at_most_a_line(stage):
    """Killed before its line is on the disk, nothing was shown; after, the line says more than happened."""
    home, about, world = stage
    met = []
    for struck in kills.each_kill(home, lambda: look(about, world)):
        met.append(len(lines(struck.home)))
        assert kills.answer(lambda struck=struck: check(struck.home)) == [], struck.name
        kills.answer(lambda struck=struck: shown_and_written(struck.home, about, world))
    nothing_then_one_line(met, before=1)


def nothing_then_one_line(met, *, before):
    """Of all the kills, the first left the journal as it was, and from one of them on, to the last, one line more."""
    assert set(met) == {before, before + 1}
    assert met == sorted(met)


def test_nothing_is_shown_when_the_disk_fails(stage):
    home, about, world = stage

    shown, met = [], []

    def show():
        shown.append(look(about, world))

    def nothing_was_shown():
        assert shown == []
        assert len(lines(_here())) in (1, 2)

    for struck in kills.each_failure(home, show, nothing_was_shown):
        met.append(len(lines(struck.home)))
        assert kills.answer(lambda struck=struck: check(struck.home)) == [], struck.name
    assert (set(met), met[-1]) == (
        {2, 3},
        2,
    )  # where the disk failed after the line was on it, there is one too many


def test_two_readers_at_once_are_two_lines(stage):
    home, about, world = stage
    for met in kills.each_meeting(home, lambda: look(about, world), lambda: look(about, world)):
        assert (met.first, met.second) == (0, 0)
        assert [line.seq for line in lines(met.home)] == [1, 2, 3]
        assert kills.answer(lambda met=met: check(met.home)) == []


def test_an_exchange_that_is_killed_used_the_code_up_or_did_not(stage):
    """The own code and the mark on the second code commit together: no code is lost between them."""
    from beholden.notices.models import OwnCode, SecondCode
    from beholden.rights import family
    from beholden.rights.record import Shown

    home, _, world = stage
    handle, code, born, _ = world.letters()[1]

    def exchange():
        family.enter(Shown(code, born, world.seconds[handle]), catalogue=CATALOGUE, at=world.at)

    for struck in kills.each_kill(home, exchange):
        used, own = kills.answer(
            lambda: (SecondCode.objects.filter(used_at__isnull=False).count(), OwnCode.objects.count())
        )
        assert used == own, struck.name
        assert own == (2 if struck.last else 1), struck.name


def test_a_journal_that_lost_a_line_shows_nothing_more(stage):
    """D27: a journal put back from an older copy, or shortened, stops every look until a person has seen to it."""
    home, about, world = stage
    with homes.copied(home) as copied:
        path = copied.journal / "exits.jsonl"
        path.write_bytes(b"")

        def refused():
            from beholden.refusals import Refusal

            with pytest.raises(Refusal) as no:
                look(about, world)
            return no.value.code

        assert kills.answer(refused) == "gate.journal_damaged"
        assert kills.answer(lambda: check(copied)) == ["fsck.journal"]


def appointed(world):
    """One officer may open a record at once."""
    from beholden.kinds import Actor, Role
    from beholden.people import actions as people
    from beholden.people.queries import Body
    from integration.world import REGISTRAR

    officer = Actor("officer-night", Role.SAFEGUARDING, "westmere")
    body = Body("westmere", "County of Westmere", "local authority", "England", "", "")
    people.enrol(body, by=REGISTRAR, at=world.at)
    people.appoint(officer.ref, officer.role, officer.organisation, by=REGISTRAR, at=world.at)
    return officer


def find(world, officer):
    from beholden.gate.actions import urgent

    child = world.children()[0]
    got = urgent.find(
        child.upn, child.born, duty="child-in-danger", catalogue=CATALOGUE, by=officer, at=world.at
    )
    assert got.known["postcode"] == child.address.postcode


def spooled(home):
    from beholden.gate import journal

    return len(tuple(journal.lines(home.journal, name=journal.URGENT)))


def test_an_urgent_exit_that_is_killed_leaves_its_line_or_showed_nothing(stage):
    """D46: the spool is never lost, and nothing is shown before its line is on the disk."""
    home, _, world = stage
    with homes.copied(home) as ready:
        officer = kills.answer(lambda: appointed(world))
        met = []
        for struck in kills.each_kill(ready, lambda: find(world, officer)):
            before = spooled(struck.home)
            met.append(before)
            kills.answer(lambda: find(world, officer))
            assert spooled(struck.home) == before + 1
        nothing_then_one_line(met, before=0)


def test_two_who_meet_a_damaged_spool_both_find_and_put_it_aside_once(stage):
    """D46: what is sound is never put aside, and no officer waits for a file that another moved."""
    from beholden.gate import journal

    home, _, world = stage
    with homes.copied(home) as ready:
        officer = kills.answer(lambda: appointed(world))
        kills.answer(lambda: find(world, officer))
        (ready.journal / journal.URGENT).write_bytes(b"nothing that anybody wrote\n")

        def both():
            find(world, officer)

        for met in kills.each_meeting(ready, both, both):
            assert (met.first, met.second) == (0, 0), met.step
            assert (len(journal.asides(met.home.journal)), spooled(met.home)) == (1, 2), met.step


def test_a_look_by_an_officer_that_is_killed_leaves_at_most_a_line(stage):
    """D27: nothing is shown before it is in the journal; the cap and the index agree with the file afterwards."""
    from beholden.catalogue import Store
    from beholden.gate.actions.looking import Sought, look
    from beholden.gate.lookups import LookUp
    from integration.world import REGISTRAR

    home, _, world = stage
    child = world.children()[3]
    asked = LookUp("correction", frozenset({Store.NAMES, Store.ROWS}))
    met = []

    def look_up():
        got = look(
            Sought(child.upn, child.born, is_known=False),
            asked,
            catalogue=CATALOGUE,
            by=REGISTRAR,
            at=world.at,
        )
        assert got.line == len(lines(_here()))
        assert got.known
        assert got.told

    for struck in kills.each_kill(home, look_up):
        written = len(lines(struck.home))
        met.append(written)
        assert kills.answer(lambda struck=struck: check(struck.home)) == [], struck.name
        kills.answer(look_up)
        assert len(lines(struck.home)) == written + 1
    nothing_then_one_line(met, before=1)


def test_a_transfer_that_is_killed_leaves_at_most_a_line_and_can_be_fetched_again(stage):
    """D18: nothing is locked for a school before it is in the journal; a kill does not use the move up."""
    from beholden.gate.actions.transferring import transfer
    from beholden.kinds import Actor, Role
    from beholden.people import actions as people
    from beholden.people.queries import Body
    from integration.world import IDENTITY, REGISTRAR

    home, _, world = stage
    child = next(one for one in world.children() if any(stay.left for stay in one.stays))
    officer = Actor("data-new", Role.SCHOOL, child.roll.laestab)

    def appointed():
        body = Body(officer.organisation, "A school", "school", "England", str(IDENTITY.to_public()), "")
        people.enrol(body, by=REGISTRAR, at=world.at)
        people.appoint(officer.ref, officer.role, officer.organisation, by=REGISTRAR, at=world.at)

    def fetch():
        assert transfer(child.upn, child.born, catalogue=CATALOGUE, by=officer, at=world.at).ciphertext

    with homes.copied(home) as ready:
        kills.answer(appointed)
        met = []
        for struck in kills.each_kill(ready, fetch):
            written = len(lines(struck.home))
            met.append(written)
            kills.answer(fetch)
            assert len(lines(struck.home)) == written + 1
            assert kills.answer(lambda struck=struck: check(struck.home)) == [], struck.name
        nothing_then_one_line(met, before=1)


def test_counting_months_that_is_killed_says_each_month_once(stage):
    """D46: an entry in the letter box or none; the next run goes on, and no month is said twice."""
    from datetime import timedelta

    from beholden.gate.actions.counting import count_urgent
    from beholden.gate.looks import urgent_figures
    from beholden.kinds import Actor, Role

    home, _, world = stage
    at = world.at + timedelta(days=45)

    def count():
        count_urgent(by=Actor("clock", Role.KEEPER), at=at)

    def again():
        count()
        return [one.month.month for one in urgent_figures()]

    for struck in kills.each_kill(home, count):
        assert kills.answer(again) == [2, 3], struck.name


def test_with_log_and_journal_down_and_a_failing_disk_the_officer_still_gets_the_address(stage):
    """D46: nothing that may be broken stands in the way, each disk step fails once, and no line of the spool is lost."""
    from beholden.gate import journal
    from beholden.gate.actions import urgent
    from beholden.kinds import Actor, Role
    from beholden.people import actions as people
    from beholden.people.queries import Body
    from integration.world import REGISTRAR

    home, _, world = stage
    child = world.children()[0]
    officer = Actor("officer-night", Role.SAFEGUARDING, "westmere")

    def broken():
        body = Body("westmere", "County of Westmere", "local authority", "England", "", "")
        people.enrol(body, by=REGISTRAR, at=world.at)
        people.appoint(officer.ref, officer.role, officer.organisation, by=REGISTRAR, at=world.at)
        find()
        home = _here()
        (home.journal / journal.NAME).write_bytes(b"not a line\n")
        home.ledger.rename(home.root / "ledger-gone")
        home.ledger.write_bytes(b"")

    def find():
        got = urgent.find(
            child.upn, child.born, duty="child-in-danger", catalogue=CATALOGUE, by=officer, at=world.at
        )
        assert got.known["postcode"] == child.address.postcode

    def spooled():
        return [line.seq for line in journal.lines(_here().journal, name=journal.URGENT)]

    def nothing_lost():
        assert spooled()[:1] == [1]

    with homes.copied(home) as ready:
        kills.answer(broken)
        for struck in kills.each_failure(ready, find, nothing_lost):
            found = kills.answer(spooled)
            assert found == list(range(1, len(found) + 1)), struck.name
            assert len(found) >= 2, struck.name


def _here():
    from beholden.home import here

    return here()
