# SPDX-License-Identifier: Apache-2.0
"""An answer through a letter: a no is quick to say, slow to undo, and seen by nobody. D11, D13, D35, D36; ux.md 8.1.

The attacker of most tests is the school that carried the letters: its system holds every code and knows every birth
date. The attacker of the last ones sits in the doors' own process, with bare SQL.
"""

import hashlib
import threading
from contextlib import contextmanager
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from psycopg.errors import InsufficientPrivilege

import homes
from beholden.choices.rules import Answer, Question, Scope
from beholden.kinds import Actor, Role
from beholden.ledger import tree
from beholden.refusals import Refusal
from integration.world import CATALOGUE, FAMILY, REGISTRAR, World

WAIT = timedelta(days=CATALOGUE.limits.undo_days)
CLOCK = Actor("clock", Role.KEEPER)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A town whose families have their letters and can answer."""
    with homes.clone(base_home) as home:
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        world.told()
        from django.db import connections

        connections.close_all()
        yield home, world


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as home:
        yield home


@pytest.fixture
def world(prepared, home):
    from dataclasses import replace

    return replace(prepared[1], codes=dict(prepared[1].codes))


@pytest.fixture
def letter(world):
    """An open letter of several children."""
    return world.open(next(one for one in world.letters() if len(one[3]) > 1))


def people(letter):
    return tuple(child.person for child in letter.children)


def say(world, letter, **said):
    from beholden.rights.actions import answer

    if not {"use", "purpose", "everything"} & said.keys():
        said["use"] = letter.notices[0].use
    return answer(letter, **said, by=FAMILY, at=world.at)


def kept_out(world, at=None, *, use=None, purpose="public-interest-study"):
    from beholden.choices.queries import objecting

    question = Question(use or world.use, purpose, refusable=True)
    return objecting(question, wait=WAIT, at=at or world.at)


# --- a no is quick to say and slow to undo ---


def test_a_school_that_opens_a_letter_undoes_nothing(world, letter):
    """It can open, it can say leave in, it can say no and take back its own no. The family's no stands through it all."""
    say(world, letter, keep_out=people(letter))
    world.at += timedelta(minutes=10)
    opened = world.open(next(one for one in world.letters() if len(one[3]) > 1))
    say(world, opened, leave_in=people(letter))
    its_own = say(world, opened, keep_out=people(letter))
    say(world, opened, leave_in=people(letter), receipt=its_own.number)
    assert kept_out(world, world.at + 100 * WAIT) == set(people(letter))


def test_a_no_is_taken_back_with_its_number_after_some_days(world, letter):
    no = say(world, letter, keep_out=people(letter))
    world.at += timedelta(minutes=10)
    say(world, letter, leave_in=people(letter)[:1], receipt=f" {no.number.lower().replace(' ', '-')} ")
    assert kept_out(world, world.at + WAIT - timedelta(seconds=1)) == set(people(letter))
    assert kept_out(world, world.at + WAIT) == set(people(letter)[1:])


def test_a_new_no_counts_at_once_and_has_a_number_of_its_own(world, letter):
    first = say(world, letter, keep_out=people(letter))
    world.at += timedelta(minutes=20)
    letter = world.open(next(one for one in world.letters() if len(one[3]) > 1))
    second = say(world, letter, keep_out=people(letter))
    assert second.number != first.number
    assert second.at == world.at, "the moment of an earlier answer would tell that there was one"


@pytest.mark.parametrize("scope", ["use", "purpose", "all"])
def test_a_number_undoes_at_its_own_reach_only(world, letter, scope):
    where = {"use": {}, "purpose": {"purpose": "public-interest-study"}, "all": {"everything": True}}
    no = say(world, letter, keep_out=people(letter), **where[scope])
    for other in set(where) - {scope}:
        with refused("choices.number_unknown"):
            say(world, letter, leave_in=people(letter), receipt=no.number, **where[other])
    say(world, letter, leave_in=people(letter), receipt=no.number, **where[scope])
    assert not kept_out(world, world.at + WAIT)


def test_a_number_is_no_use_to_another_adult_nor_for_another_child(world, letter):
    no = say(world, letter, keep_out=people(letter)[:1])
    with refused("choices.number_unknown"):
        say(world, letter, leave_in=people(letter), receipt=no.number)
    other = next(
        one for one in map(world.open, world.letters()) if not set(people(one)) & set(people(letter))
    )
    with refused("choices.number_unknown"):
        say(world, other, leave_in=people(other), receipt=no.number)
    for wrong in ("CCCC CCCC", "x", no.number[:-1]):
        with refused("choices.number_unknown"):
            say(world, letter, leave_in=people(letter)[:1], receipt=wrong)


def test_only_an_answer_that_reaches_the_use_is_read(world, letter):
    """This use, its purpose, everything; never another use or another purpose (D11)."""
    child, other = people(letter)[:2]
    say(world, letter, use="U-2026-0999", keep_out=(child,))
    say(world, letter, purpose="school-improvement", keep_out=(child,))
    assert kept_out(world) == set()
    assert kept_out(world, use="U-2026-0999") == {child}
    assert kept_out(world, purpose="school-improvement") == {child}
    say(world, letter, purpose="public-interest-study", keep_out=(child,))
    assert kept_out(world) == {child}
    assert kept_out(world, use="U-2031-0001") == {child}, "now and later"
    say(world, letter, everything=True, keep_out=(other,))
    assert kept_out(world) == {child, other}
    assert kept_out(world, purpose="anything") == {other}


def test_a_no_by_a_clock_that_runs_ahead_counts(world, letter):
    say(world, letter, keep_out=people(letter))
    assert kept_out(world, world.at - timedelta(days=3_000)) == set(people(letter))


def test_a_clock_that_was_set_back_takes_a_no_and_never_a_yes(world, letter):
    """Or what is undone by last year's date would be undone at once, when the clock is right again (D11)."""
    no = say(world, letter, keep_out=people(letter))
    world.at -= timedelta(days=365)
    back = world.open(next(one for one in world.letters() if len(one[3]) > 1))
    with refused("ledger.clock_back"):
        say(world, back, leave_in=people(letter), receipt=no.number)
    say(world, back, keep_out=people(letter))
    assert kept_out(world, world.at + timedelta(days=366)) == set(people(letter))


def test_a_form_sent_twice_is_one_answer_also_at_the_same_moment(world, letter):
    from django.db import connections

    from beholden.choices.models import Answered

    done = []

    def press():
        try:
            done.append(say(world, letter, keep_out=people(letter), press="one press").number)
        finally:
            connections.close_all()

    both = [threading.Thread(target=press) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(done) == 2
    assert len(set(done)) == 1
    assert Answered.objects.count() == len(people(letter))
    say(world, letter, keep_out=people(letter), press="another")
    assert Answered.objects.count() == 2 * len(people(letter))


def test_an_answer_waits_for_the_same_adult_s_that_is_being_written(world, letter):
    """Else a form sent twice would be two answers, and one of them without a number that the family has."""
    from django.db import connections, transaction

    from beholden.choices.models import Answered

    done = []

    def press():
        try:
            done.append(say(world, letter, keep_out=people(letter), press="one press").number)
        finally:
            connections.close_all()

    second = threading.Thread(target=press)
    with transaction.atomic():
        first = say(world, letter, keep_out=people(letter), press="one press")
        second.start()
        second.join(timeout=1)
        assert done == [], "it did not wait"
    second.join(timeout=30)
    assert done == [first.number]
    assert Answered.objects.count() == len(people(letter))


def test_a_no_said_again_after_it_was_taken_back_is_a_new_no(world, letter):
    """Even under the very same press: what was undone is spent."""
    once = say(world, letter, keep_out=people(letter), press="p")
    say(world, letter, leave_in=people(letter), receipt=once.number, press="p")
    again = say(world, letter, keep_out=people(letter), press="p")
    assert again.number != once.number
    assert kept_out(world, world.at + 2 * WAIT) == set(people(letter))


# --- who may answer, and until when ---


def test_an_old_mandate_and_a_dead_letter_answer_nothing(world, letter):
    world.at += timedelta(minutes=15, seconds=1)
    with refused("people.mandate"):
        say(world, letter, keep_out=people(letter))


def test_a_letter_that_no_longer_opens_takes_no_answer(world, letter, as_owner):
    """Replaced before it was carried: the letter and what it granted are dead at once."""
    as_owner("update notices_letter set replaced_at = now(), delivered = '', delivered_at = null")
    with refused("notices.ring_us"):
        say(world, letter, keep_out=people(letter))


def test_a_severed_child_is_in_no_letter_any_more(world, letter):
    """D35: access ends at once, in an open sitting too, and the others of the letter stay."""
    from beholden.people.actions import flag

    mine = next(one for one in world.letters() if len(one[3]) > 1)
    first, *others = people(letter)
    flag(first, "severed", by=REGISTRAR, at=world.at)
    with refused("notices.ring_us"):
        say(world, letter, keep_out=people(letter))
    again = world.open(mine)
    assert people(again) == tuple(others)
    with refused("choices.children"):
        say(world, again, keep_out=(first,))
    for child in others:
        flag(child, "severed", by=REGISTRAR, at=world.at)
    with refused("notices.ring_us"):
        world.open(mine)


@pytest.mark.parametrize("kind", ["hidden", "restricted"])
def test_another_flag_takes_no_name_from_the_screen(world, letter, kind):
    """A name that goes would tell; the gate keeps the child out whatever is answered (notes/ux.md 8.1)."""
    from beholden.people.actions import flag

    mine = next(one for one in world.letters() if len(one[3]) > 1)
    flag(people(letter)[0], kind, by=REGISTRAR, at=world.at)
    assert people(world.open(mine)) == people(letter)


def test_a_family_that_opens_early_is_not_told_that_it_is_late(base_home, tmp_path):
    """The letter is open from the hand-over on, not from the end of the carrying (D6)."""
    from beholden.gate.actions import telling

    with homes.clone(base_home):
        world = World(tmp_path)
        world.returns()
        world.published()
        world.at += timedelta(days=1)
        until = world.at + timedelta(days=CATALOGUE.limits.objection_window_days + 2)
        telling.begin(world.use, answer_by=until, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        school = world.town.schools[0]
        system = Actor("school-1", Role.SCHOOL, school.laestab)
        pack = telling.relay(world.use, school.laestab, world.handles(school), by=system, at=world.at)
        world.codes |= dict(pack.codes)
        born = {child.upn: child.born for child in world.children()}
        first = world.handles(school)[0]
        mine = (first.adult, world.codes[first.adult], born[first.numbers[0]], first.numbers)
        (notice,) = world.open(mine).notices
        assert (notice.answer_by, notice.window_open) == (until, True)
        world.at = until + timedelta(seconds=1)
        assert not world.open(mine).notices[0].window_open


# --- what a number shows ---


def earlier(world, letter, number):
    from beholden.rights.actions import earlier_answer

    return earlier_answer(letter, number=number, catalogue=CATALOGUE, by=FAMILY, at=world.at)


def test_a_number_shows_what_was_said_under_it_and_nothing_else(world, letter):
    first, second = people(letter)[:2]
    no = say(world, letter, keep_out=(first,), leave_in=(second,))
    wide = say(world, letter, everything=True, keep_out=(first,))
    shown = earlier(world, letter, no.number)
    assert (shown.scope, shown.use, shown.purpose, shown.at) == (Scope.USE, world.use, None, no.at)
    assert [(one.child.person, one.answer, one.undone_from) for one in shown.children] == [
        (first, Answer.KEEP_OUT, None),
        (second, Answer.LEAVE_IN, None),
    ]
    assert earlier(world, letter, wide.number).scope is Scope.ALL
    say(world, letter, leave_in=(first,), receipt=no.number)
    assert earlier(world, letter, no.number).children[0].undone_from == world.at + WAIT
    assert earlier(world, letter, wide.number).children[0].undone_from is None


def test_another_adult_sees_nothing_with_a_number(world, letter):
    """Said by one adult of a child, it is nothing to the other (D13, U5)."""
    mine = next(one for one in world.letters() if len(one[3]) > 1)
    no = say(world, letter, keep_out=people(letter))
    others = [one for one in world.letters() if one != mine]
    assert any(set(one[3]) & set(mine[3]) for one in others), (
        "the town has a child with two adults who have letters"
    )
    for one in others:
        with refused("choices.number_unknown"):
            earlier(world, world.open(one), no.number)


def test_a_school_s_own_number_does_not_show_the_family_s_no(world, letter):
    """What a number shows is the same whether or not somebody said no before."""
    theirs = say(world, letter, keep_out=people(letter))
    its_own = say(world, letter, keep_out=people(letter), press="the school")
    say(world, letter, leave_in=people(letter), receipt=its_own.number)
    shown = earlier(world, letter, its_own.number)
    assert all(one.undone_from == world.at + WAIT for one in shown.children)
    assert all(one.undone_from is None for one in earlier(world, letter, theirs.number).children)


def test_a_number_shows_nothing_of_a_child_who_left_the_letter(world, letter):
    from beholden.people.actions import flag

    gone = people(letter)[0]
    alone = say(world, letter, keep_out=(gone,))
    every = say(world, letter, everything=True, keep_out=people(letter))
    flag(gone, "severed", by=REGISTRAR, at=world.at)
    again = world.open(next(one for one in world.letters() if len(one[3]) > 1))
    with refused("choices.number_unknown"):
        earlier(world, again, alone.number)
    assert gone not in {one.child.person for one in earlier(world, again, every.number).children}


def test_an_open_letter_holds_nothing_of_an_answer(world, letter):
    from dataclasses import replace

    mine = next(one for one in world.letters() if len(one[3]) > 1)
    say(world, letter, keep_out=people(letter))
    say(world, letter, everything=True, keep_out=people(letter))
    assert replace(world.open(mine), mandate="") == replace(letter, mandate="")


# --- what binds the keeper ---


def test_an_answer_that_was_being_written_when_its_day_was_closed_is_bound_by_the_next(world, letter):
    """No answer falls between two days, however late it commits; each is bound once; nobody can count them."""
    from beholden.choices.actions import close_day
    from beholden.choices.models import Answered, Committed, Day
    from beholden.choices.queries import bound
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.people.mandate import check

    no = say(world, letter, keep_out=people(letter))
    day = world.at.astimezone(UTC).date()
    with refused("choices.day_open"):
        close_day(day, by=CLOCK, at=world.at)
    assert close_day(day - timedelta(days=1), by=CLOCK, at=world.at) is not None
    assert Committed.objects.count() == 0
    assert close_day(day, by=CLOCK, at=world.at + timedelta(days=1))
    late = say(
        world, letter, keep_out=people(letter), press="late"
    )  # of the closed day, and in no root of it
    assert close_day(day, by=CLOCK, at=world.at + timedelta(days=1)) is None
    assert close_day(day + timedelta(days=1), by=CLOCK, at=world.at + timedelta(days=2))
    assert Committed.objects.count() == Answered.objects.count()
    adult = check(letter.mandate, key=load(here(), "letters"), at=world.at).adult
    for receipt, bound_by in ((no, day), (late, day + timedelta(days=1))):
        for one in bound(receipt.number, adult=adult):
            assert one.day == bound_by
            leaf = hashlib.sha256(one.salt + one.said).digest()
            tree.verify_inclusion(
                index=one.index, size=one.size, leaf=leaf, proof=one.path, root=bytes.fromhex(one.root)
            )
            assert str(one.said).count(adult) == 1
    for held in Day.objects.all():
        assert (held.band, len(bytes(held.leaves))) == (64, 64 * 32), "every small day looks alike"
        assert len({bytes(held.leaves)[n : n + 32] for n in range(0, 2_048, 32)}) == 64


def test_a_day_that_is_closed_late_binds_nothing_of_the_next(world, letter):
    from beholden.choices.actions import close_day
    from beholden.choices.models import Committed

    day = world.at.date()
    say(world, letter, keep_out=people(letter))
    world.at += timedelta(days=1)
    say(world, world.open(next(one for one in world.letters() if len(one[3]) > 1)), keep_out=people(letter))
    close_day(day, by=CLOCK, at=world.at + timedelta(days=1))
    assert Committed.objects.count() == len(people(letter))
    close_day(world.at.date(), by=CLOCK, at=world.at + timedelta(days=1))
    assert Committed.objects.count() == 2 * len(people(letter))


def test_a_quiet_day_is_closed_too(world):
    from beholden.choices.actions import close_day
    from beholden.choices.models import Day

    day = world.at.date()
    assert close_day(day, by=CLOCK, at=world.at + timedelta(days=1)) is not None
    assert Day.objects.get(day=day).band == 64


# --- somebody inside the doors' process, with bare SQL ---


@pytest.fixture
def as_owner(home):
    from beholden.home import postgres

    def run(statement):
        with postgres.connected(home, "owner") as connection:
            connection.execute(statement)

    return run


@pytest.fixture
def doors(home):
    from beholden.home import postgres

    with postgres.connected(home, "web") as connection:
        connection.execute("set role doors")
        yield connection


@contextmanager
def at_the_doors(home):
    from beholden.settings.found import acting_as

    with acting_as(home, "web"):
        yield


FORBIDDEN = {
    "who said no, and at which school": "select a.person, l.school from choices_answered a join notices_letter l using (adult)",
    "the children of a letter in clear": "select children from notices_letter",
    "a whole letter": "select * from notices_letter",
    "the salts": "select salt from choices_answered",
    "changing an answer": "update choices_answered set answer = 'leave_in'",
    "taking an answer away": "delete from choices_answered",
    "emptying it": "truncate choices_answered",
    "unbinding it": "delete from choices_committed",
    "which day binds which answer": "select * from choices_committed",
    "the leaves of a day": "select leaves from choices_day",
    "handing a letter over": "update notices_letter set delivered = 'handed over', delivered_at = now()",
    "another adult's letter": "update notices_letter set adult = repeat('0', 64)",
    "another code": "update notices_letter set code = repeat('0', 64)",
    "other children": "update notices_letter set children = '{}'",
    "another seal": "update notices_letter set sealed = ''",
    "a dead letter": "update notices_letter set replaced_at = null",
    "resetting tries with more": "update notices_letter set tries = 0, school = '0000000'",
    "a letter of one's own": "insert into notices_letter (id) values (gen_random_uuid())",
    "no letter": "delete from notices_letter",
    "a longer window": "update notices_run set answer_by = now()",
    "another use": "update uses_use set state = 'window'",
    "who is hidden, by hand": "insert into people_safetyflag (person, kind) values (gen_random_uuid(), 'hidden')",
    "who flagged": "select by from people_safetyflag",
    "what waits to be said": "select body from ledger_outbox",
    "who said what in the log": "select by from ledger_outbox",
    "comments": "select * from uses_comment",
    "who sits on the panel": "select * from uses_seat",
    "an agreement of one's own": "insert into uses_paper (kind) values ('agreement')",
    "another agreement": "update uses_paper set body = '{}'",
    "switching the rules on rows off": "alter table choices_answered disable row level security",
    "a rule of one's own": "create policy mine on choices_answered for select to doors using (true)",
    "dropping a rule": "drop policy doors_see on choices_answered",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_doors_are_refused(doors, what):
    with pytest.raises(InsufficientPrivilege):
        doors.execute(FORBIDDEN[what])


@pytest.mark.parametrize("shown", ["", "0", "{}", "%", "' or true --", "ab" * 32])
def test_the_doors_see_no_answer_without_the_digest_of_its_number(world, letter, doors, shown):
    no = say(world, letter, keep_out=people(letter))
    say(world, letter, leave_in=people(letter)[:1], receipt=no.number)
    assert doors.execute("select count(*) from choices_answered").fetchone() == (0,), "nothing was ever shown"
    doors.execute("select set_config('beholden.number', %s, false)", (shown,))
    assert doors.execute("select count(*) from choices_answered").fetchone() == (0,)
    (mark,) = _as_keeper("select receipt from choices_answered where undoes = '' limit 1")
    doors.execute("select set_config('beholden.number', %s, false)", (mark,))
    seen = doors.execute("select answer from choices_answered order by id").fetchall()
    assert seen == [("keep_out",)] * len(people(letter)) + [("leave_in",)], (
        "the answers of one number, and no more"
    )


def _as_keeper(question):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()


def test_the_doors_see_no_draft(world, doors):
    """A draft is nobody's business yet (D26)."""
    from beholden.kinds import UseRef
    from beholden.uses import actions as uses
    from integration.world import APPLICANT

    drafted = uses.draft(world.draft(title="Not yet said"), by=APPLICANT, at=world.at)
    seen = [ref for (ref,) in doors.execute("select ref from uses_use").fetchall()]
    assert seen == [world.use]
    assert doors.execute("select count(*) from uses_use where ref = %s", (drafted,)).fetchone() == (0,)
    uses.submit(UseRef(drafted), catalogue=CATALOGUE, by=APPLICANT, at=world.at)
    assert len(doors.execute("select ref from uses_use").fetchall()) == 2


def test_the_doors_learn_of_a_severed_tie_only_by_naming_the_child(world, letter, doors):
    from beholden.people.actions import flag

    child, other = people(letter)[:2]
    flag(child, "severed", by=REGISTRAR, at=world.at)
    flag(other, "hidden", by=REGISTRAR, at=world.at)
    count = "select count(*) from people_safetyflag"
    for named, seen in (
        ("", 0),
        ("{}", 0),
        (f"{{{uuid4()}}}", 0),
        (f"{{{child},{other}}}", 1),
        (f"{{{other}}}", 0),
    ):
        doors.execute("select set_config('beholden.children', %s, false)", (named,))
        assert doors.execute(count).fetchone() == (seen,), named


def forge(doors, world, letter, answer, *, seal=b"", undoes="", receipt="0" * 64, **changed):
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.people.mandate import check

    held = check(letter.mandate, key=load(here(), "letters"), at=world.at)
    row = {
        "person": letter.children[0].person,
        "adult": held.adult,
        "scope": "use",
        "target": world.use,
        "answer": answer,
        "at": world.at - 2 * WAIT,
        "receipt": receipt,
        "undoes": undoes,
        "seal": seal,
        "letter": held.letter,
        "salt": bytes(32),
    } | changed
    doors.execute(
        f"insert into choices_answered ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",
        tuple(row.values()),
    )
    doors.commit()


def test_a_forged_leave_in_is_nobody_s_answer_and_a_forged_no_protects(world, letter, doors):
    from beholden.choices.models import Answered
    from beholden.choices.queries import held_answers

    no = say(world, letter, keep_out=people(letter))
    (mark,) = _as_keeper("select receipt from choices_answered limit 1")
    forge(doors, world, letter, "leave_in", undoes=mark)
    forge(doors, world, letter, "leave_in", undoes=mark, seal=bytes(32))
    assert kept_out(world, world.at + 9 * WAIT) == set(people(letter))
    assert sum(not one.is_whole for one in held_answers()) == 2, "and fsck finds it"
    say(world, letter, leave_in=people(letter)[1:], receipt=no.number)
    true = Answered.objects.get(answer="leave_in", person=people(letter)[1], undoes=mark)
    forge(
        doors, world, letter, "leave_in", undoes=mark, seal=bytes(true.seal), receipt=true.receipt, at=true.at
    )
    assert kept_out(world, world.at + 9 * WAIT) == set(people(letter)[:1]), (
        "a seal cannot be moved to another child"
    )
    other = next(
        one for one in map(world.open, world.letters()) if not set(people(one)) & set(people(letter))
    )
    forge(doors, world, other, "keep_out")
    assert other.children[0].person in kept_out(world)


def test_the_doors_own_code_needs_no_more_than_it_has(world, letter, home):
    """Everything that a family does, under the doors' login: open, answer, look again, take back, say *not me*."""
    from beholden.notices.actions import report_not_mine
    from beholden.uses.queries import register_of_uses

    mine = next(one for one in world.letters() if len(one[3]) > 1)
    with at_the_doors(home):
        opened = world.open(mine)
        no = say(world, opened, keep_out=people(opened))
        assert say(world, opened, keep_out=people(opened)) == no
        assert earlier(world, opened, no.number).children[0].answer is Answer.KEEP_OUT
        back = say(world, opened, leave_in=people(opened), receipt=no.number)
        assert earlier(world, opened, back.number).children[0].answer is Answer.LEAVE_IN
        assert earlier(world, opened, no.number).children[0].undone_from == world.at + WAIT
        with refused("notices.not_opened"):
            world.open((mine[0], mine[1], mine[2] - timedelta(days=1), mine[3]))
        assert [one.ref for one in register_of_uses(CATALOGUE)] == [world.use]
        report_not_mine(code=mine[1], why="moved", by=FAMILY, at=world.at)


# --- the desk ---


def test_a_proof_is_the_registrar_s_act_after_a_look_at_who_asks(world):
    """A proof of absence can tell one adult what another said, so a letter alone is not enough (U1, D35)."""
    from beholden.ledger.verify import verify
    from beholden.rights.desk import prove

    mine = world.letters()[0]
    world.released()
    asked = {"code": mine[1], "born_on": mine[2], "child": 1, "catalogue": CATALOGUE, "at": world.at}
    with refused("gate.role"):
        prove(**asked, identity_seen=True, by=FAMILY)
    with refused("people.not_enrolled"):
        prove(**asked, identity_seen=True, by=Actor("nobody", Role.REGISTRAR, "keeper"))
    with refused("rights.identity_not_seen"):
        prove(**asked, identity_seen=False, by=REGISTRAR)
    with refused("rights.no_such_child"):
        prove(**(asked | {"child": 9}), identity_seen=True, by=REGISTRAR)
    assert verify(prove(**asked, identity_seen=True, by=REGISTRAR)).handovers


def test_neither_code_nor_birth_date_is_a_word_of_the_command(world, home, tmp_path):
    import subprocess
    import sys

    mine = world.letters()[0]
    world.released()
    out = tmp_path / "proof.json"
    command = [sys.executable, "-m", "beholden.cli", "--home", str(home.root), "bundle", "--out", str(out)]

    def asked(*lines):
        return subprocess.run(
            command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120, check=False
        )

    for born in ("27 3 2015", "2015-13-01", ""):
        done = asked(mine[1], born, "yes")
        assert (done.returncode, out.exists()) == (1, False)
        assert "Traceback" not in done.stderr
        assert not born or born not in done.stderr + done.stdout
    done = asked(mine[1], mine[2].isoformat(), "no")
    assert (done.returncode, out.exists()) == (1, False)
    done = asked(mine[1], mine[2].isoformat(), "yes")
    assert done.returncode == 0, done.stderr
    assert out.stat().st_mode & 0o077 == 0
