# SPDX-License-Identifier: Apache-2.0
"""A yes that is asked for, written down, weighed, taken back, and that lapses. D11, D12, D13, D14; UK GDPR Art 7.

The town lives under a tightened catalogue: a study that families could stop needs their yes.
"""

import json
from dataclasses import replace
from datetime import UTC, date, timedelta
from uuid import UUID

import pytest

import homes
from beholden.catalogue import Flag
from beholden.home import postgres
from beholden.kinds import Actor, PersonId, Role
from beholden.ledger import tree
from beholden.refusals import Refusal
from fault.test_change_every_column import changes, without_triggers
from integration.world import FAMILY, REGISTRAR, World
from receipt_reader import counts, read
from rulebooks import where_a_yes_is_needed

CATALOGUE = where_a_yes_is_needed()
WAIT = timedelta(days=CATALOGUE.limits.undo_days)
HELPER = ("Datahouse", "keeps the files", "Wales")


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A town whose families have their letters and are asked for a yes."""
    from beholden.uses.rules import Processor

    with homes.clone(base_home) as home:
        world = World(tmp_path_factory.mktemp("town"), catalogue=CATALOGUE)
        world.returns()
        items = ("nc_year", "sessions_possible", "session_details")
        asked = world.application(items, processors=(Processor(*HELPER),), territory=("England", "Wales"))
        world.application = lambda _: asked
        world.published()
        del world.application
        world.told()
        from django.db import connections

        from beholden.gate.actions.deciding import snapshot_registry

        snapshot_registry(by=REGISTRAR, at=world.at)

        connections.close_all()
        yield home, world


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as home:
        yield home


@pytest.fixture
def world(prepared, home):
    return replace(prepared[1], codes=dict(prepared[1].codes))


@pytest.fixture
def letter(world):
    """An open letter of several children."""
    return world.open(next(one for one in world.letters() if len(one[3]) > 1))


def people(letter):
    return tuple(child.person for child in letter.children)


def say_yes(world, letter, *children, **changed):
    from beholden.rights.actions import agree

    (notice,) = letter.notices
    said = {"use": notice.use, "asked": notice.yes.digest, "by": FAMILY, "at": world.at} | changed
    return [agree(letter, child=child, **said) for child in children or people(letter)]


def say_no(world, letter, *children, **said):
    from beholden.rights.actions import answer

    if not {"purpose", "everything", "invitations"} & said.keys():
        said["use"] = letter.notices[0].use
    return answer(letter, keep_out=children or people(letter), **said, by=FAMILY, at=world.at)


def agreed(world, at=None, *, catalogue=CATALOGUE):
    """Whom the gate would find to have agreed at a moment, and to whom nobody objects."""
    from beholden.gate import registries
    from beholden.gate.actions.weighing import lists, scope
    from beholden.uses.queries import asked

    at = at or world.at
    use = asked(world.use)
    found = lists(use, scope(use, by=REGISTRAR, at=at), registries.newest(), catalogue, by=REGISTRAR, at=at)
    yes, no = ({PersonId(UUID(bytes=raw)) for raw in found[flag].to_pylist()} for flag in SAID)
    return yes - no


SAID = (Flag.NOT_AGREED, Flag.OBJECTED)


def test_what_is_asked_is_one_sentence_that_was_fixed_before_anybody_was_told(world, letter):
    """D12: purpose, recipient, sub-processor, countries, facts and both days, in the same words for everybody."""
    asked = letter.notices[0].yes
    assert asked.about("Maya").startswith(
        "May University of Northford, England, see these facts about Maya from "
    )
    for part in (
        "to study schools",
        "Datahouse, Wales, works on them",
        "If you say no, nothing changes for Maya.",
    ):
        assert part in asked.about("Maya"), part
    assert (asked.gets[0].name, asked.gets[0].helpers) == (
        "University of Northford",
        (("Datahouse", "Wales"),),
    )
    assert len(asked.facts) == 3
    other = world.open(world.letters()[-1])
    assert other.notices[0].yes == asked


def test_silence_is_no_and_a_yes_lets_one_child_in(world, letter):
    """UK GDPR Art 4(11). The use is released with whoever agreed, and nobody else."""
    from beholden.fsck.tables import check_tables
    from beholden.gate import sets
    from beholden.gate.models import Decision
    from beholden.home import here

    assert agreed(world) == set()
    say_yes(world, letter, people(letter)[0])
    assert agreed(world) == {people(letter)[0]}
    decision = Decision.objects.get(pk=world.decided())
    assert sets.read(decision.released) == people(letter)[0].bytes
    assert {one.code for one in check_tables(here(), CATALOGUE)} == {"fsck.waiting"}


def test_a_yes_is_taken_back_at_one_press_and_counts_at_once(world, letter):
    """Art 7(3), D11: from the open letter, without a number; and undoing the no does not bring the yes back."""
    say_yes(world, letter)
    world.at += timedelta(minutes=1)
    no = say_no(world, letter)
    assert agreed(world) == set()
    world.at += timedelta(minutes=1)
    from beholden.rights.actions import answer

    back = {"use": world.use, "leave_in": people(letter), "receipt": no.number}
    answer(letter, **back, by=FAMILY, at=world.at)
    assert agreed(world, world.at + 2 * WAIT) == set(), "a yes that was taken back is asked for afresh"
    again = world.open(next(one for one in world.letters() if len(one[3]) > 1))
    say_yes(world, again)
    assert agreed(world) == set(), "the no stands until its days are over"
    assert agreed(world, world.at + 2 * WAIT) == set(people(letter))


@pytest.mark.parametrize("scope", [{"purpose": "public-interest-study"}, {"everything": True}])
def test_a_no_at_any_scope_beats_a_yes_whoever_said_it_and_whenever(world, letter, scope):
    """D11: said before the yes, and not known to whoever says it."""
    say_no(world, letter, people(letter)[0], **scope)
    world.at += timedelta(minutes=1)
    say_yes(world, letter)
    assert agreed(world) == set(people(letter)[1:])


def test_no_invitations_is_no_no_to_what_invites_nobody(world, letter):
    """*Ex-directory* (D11): it closes the exit *contact* and no other."""
    from beholden.choices.queries import objecting
    from beholden.choices.rules import Question

    say_yes(world, letter)
    world.at += timedelta(minutes=1)
    no = say_no(world, letter, invitations=True)
    assert agreed(world) == set(people(letter)), "this study sends no invitations"
    invites = Question("U-1", "research-contact", refusable=True, invites=True)
    assert objecting(invites, wait=WAIT, at=world.at) == set(people(letter))
    from beholden.rights.actions import answer

    world.at += timedelta(minutes=1)
    back = {"invitations": True, "leave_in": people(letter), "receipt": no.number}
    answer(letter, **back, by=FAMILY, at=world.at)
    assert objecting(invites, wait=WAIT, at=world.at + WAIT) == frozenset()


def test_an_adult_s_yes_lapses_when_the_child_is_of_age_and_a_no_does_not(world, letter):
    """D14. The age is the catalogue's; here it is lowered to an age that the children have reached."""
    grown = replace(CATALOGUE, guardians_end=replace(CATALOGUE.guardians_end, age=3))
    first, *others = people(letter)
    say_yes(world, letter, *others)
    say_no(world, letter, first)
    assert agreed(world) == set(others)
    assert agreed(world, catalogue=grown) == set()
    from beholden.choices.queries import objecting
    from beholden.choices.rules import Question

    question = Question(world.use, "public-interest-study", refusable=True)
    assert first in objecting(question, wait=WAIT, at=world.at + timedelta(days=365 * 40))


def test_an_adult_s_yes_lapses_too_when_the_child_is_able_under_another_record(world):
    """D14, D15: two records that are one child are judged once; until somebody has decided, each stands for itself."""
    from beholden.catalogue import PowerSays
    from beholden.gate.actions.empowering import change_power
    from beholden.people.power import Line
    from beholden.people.queries import herself
    from beholden.redress import desk
    from beholden.register.rules import Evidence
    from integration.slips import slipped

    child = slipped(world)
    (question,) = desk.questions(by=REGISTRAR, at=world.at)
    letter = world.open(next(one for one in world.letters() if child.upn in one[3]))
    old, new = records(world, child)
    say_yes(world, letter, old)
    world.at += timedelta(hours=1)
    young = replace(CATALOGUE, able=replace(CATALOGUE.able, from_age=3))
    able = Line(herself(new), PowerSays.ABLE, "understands", world.at)
    change_power(new, able, catalogue=young, by=REGISTRAR, at=world.at)
    assert agreed(world) == {old}
    desk.decide(question.number, same=True, evidence=Evidence.SCHOOL, by=REGISTRAR, at=world.at)
    assert agreed(world) == set()


def records(world, child):
    from beholden.register.actions import with_number_and_birth

    days = (child.born, child.born - timedelta(days=1))
    found = (with_number_and_birth(child.upn, day, by=REGISTRAR, at=world.at) for day in days)
    return [person for (person,) in found]


def test_a_yes_ends_with_its_days(world, letter):
    say_yes(world, letter)
    last = letter.notices[0].yes.last_on
    end = world.at.replace(year=last.year, month=last.month, day=last.day)
    assert agreed(world, end) == set(people(letter))
    assert agreed(world, end + timedelta(days=1)) == set()


def test_a_yes_is_to_exactly_what_was_asked(world, letter, home):
    """D7, D12: other words are refused, and a use that asks for something else now is not decided."""
    with refused("choices.asked"):
        say_yes(world, letter, asked="0" * 64)
    other = world.open(
        next(one for one in world.letters() if not set(people(world.open(one))) & set(people(letter)))
    )
    with refused("choices.children"):
        say_yes(world, letter, people(other)[0])
    say_yes(world, letter)
    with postgres.connected(home, "owner") as connection:
        without_triggers(connection, home)
        connection.execute("update uses_use set ends_on = ends_on + 1")
    with refused("gate.asked_otherwise"):
        agreed(world)


def test_a_use_never_asks_for_something_else_than_it_did_before(world):
    """D7, D12: of what it asks later nobody is told, and what was asked first stands."""
    from beholden.choices.actions import ask
    from beholden.choices.queries import asked_by

    now = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
    held = asked_by(world.use)
    for changed in ({"items": held.consent.items[1:]}, {"last_on": held.consent.last_on - timedelta(days=1)}):
        with refused("choices.asked_otherwise"):
            ask(world.use, replace(held.consent, **changed), **now)
    assert ask(world.use, held.consent, **now) == held == asked_by(world.use)


def test_one_press_is_one_yes(world, letter):
    once = say_yes(world, letter, people(letter)[0], press="one")
    assert say_yes(world, letter, people(letter)[0], press="one") == once
    assert say_yes(world, letter, people(letter)[0], press="two") != once
    assert say_yes(world, letter, people(letter)[1], press="one") != once


def test_the_number_shows_the_yes_to_whoever_has_it_and_to_nobody_else(world, letter):
    from beholden.choices.rules import Permission
    from beholden.rights.actions import earlier_answer

    (given, _) = say_yes(world, letter)[:2]
    said = {"number": given.number, "catalogue": CATALOGUE, "by": FAMILY, "at": world.at}
    found = earlier_answer(letter, **said)
    assert [(one.child.person, one.answer) for one in found.children] == [
        (people(letter)[0], Permission.AGREE)
    ]
    other = world.open(
        next(one for one in world.letters() if not set(people(world.open(one))) & set(people(letter)))
    )
    with refused("choices.number_unknown"):
        earlier_answer(other, **said)


def test_a_yes_stands_in_the_same_root_as_a_no(world, letter):
    """D13: the public sees a band and a root, and both worlds have as many leaves."""
    from beholden.choices.actions import close_day
    from beholden.choices.models import Day
    from beholden.choices.queries import bound
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.people.mandate import check

    (given,) = say_yes(world, letter, people(letter)[0])
    say_no(world, letter, people(letter)[1])
    day = world.at.astimezone(UTC).date()
    close_day(day, by=Actor("clock", Role.KEEPER), at=world.at + timedelta(days=1))
    adult = check(letter.mandate, key=load(here(), "letters"), at=world.at).adult
    (one,) = bound(given.number, adult=adult)
    held = Day.objects.get(pk=day)
    assert (one.root, one.size) == (held.root, held.band)
    assert b'"asked"' in one.said
    assert (
        tree.root(bytes(held.leaves)[n : n + 32] for n in range(0, len(held.leaves), 32)).hex() == held.root
    )


FORGED = {
    "without a seal": {"seal": b""},
    "under another's seal": {"seal": bytes(32)},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_yes_that_was_forged_at_the_doors_is_nobody_s(world, letter, home, how):
    """Whoever broke into the doors' database can write rows: a yes among them counts for nothing, and fsck says so."""
    from beholden.fsck.tables import check_tables
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.people.mandate import check

    held = check(letter.mandate, key=load(here(), "letters"), at=world.at)
    row = {
        "person": letter.children[0].person,
        "adult": held.adult,
        "scope": "use",
        "target": world.use,
        "answer": "agree",
        "at": world.at,
        "receipt": "0" * 64,
        "undoes": "",
        "letter": held.letter,
        "salt": bytes(32),
        "giver": "guardian",
        "asked": letter.notices[0].yes.digest,
    } | FORGED[how]
    with postgres.connected(home, "web") as doors:
        doors.execute("set role doors")
        doors.execute(
            f"insert into choices_answered ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",
            tuple(row.values()),
        )
    assert agreed(world) == set()
    assert "fsck.answer" in {one.code for one in check_tables(home, CATALOGUE)}


def test_the_doors_own_code_needs_no_more_than_it_has(world, home):
    """Asked, yes, looked up, taken back: all under the doors' login."""
    from beholden.rights.actions import earlier_answer
    from beholden.settings.found import acting_as

    mine = next(one for one in world.letters() if len(one[3]) > 1)
    with acting_as(home, "web"):
        opened = world.open(mine)
        (given, *_) = say_yes(world, opened)
        said = {"number": given.number, "catalogue": CATALOGUE, "by": FAMILY, "at": world.at}
        assert earlier_answer(opened, **said).use == world.use
        say_no(world, opened)


def test_a_use_that_cannot_be_asked_in_one_sentence_is_told_to_nobody(world):
    """D12: a yes would last longer than one may; so nobody is asked, and nobody is told."""
    from beholden.gate.actions import telling
    from beholden.notices.queries import telling as run

    long = timedelta(days=CATALOGUE.limits.consent_days)
    ref = world.another(ends_on=world.at.date() + 2 * long)
    soon = world.at + timedelta(days=CATALOGUE.limits.objection_window_days + 1)
    with refused("consent.too_long"):
        telling.begin(ref, answer_by=soon, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert run(ref) is None


def test_a_lost_or_changed_yes_is_found(world, letter, home):
    """Between the door and the gate nothing is lost unseen: the day's root, and what the gate read, to the row."""
    from beholden.fsck.counted import check_weighings
    from beholden.fsck.said import check_answers

    say_yes(world, letter)
    world.sealing = world.at.date()
    world.decided()

    def is_found():
        return [one.code for one in (*check_answers(CATALOGUE), *check_weighings())]

    assert is_found() == []
    unseen = set()
    with postgres.connected(home, "owner") as connection:
        without_triggers(connection, home)
        for table in ("public.choices_answered", "public.choices_asked", "public.choices_weighed"):
            columns = connection.execute(
                "select column_name, data_type from information_schema.columns where table_schema || '.' || "
                "table_name = %s",
                [table],
            ).fetchall()
            for column, kind in columns:
                for what in changes(connection, table, column, kind):
                    if what == "changed" and not is_found():
                        unseen.add(f"{table}.{column}")
        assert unseen == {"public.choices_weighed.id"}
        for table, of in (("choices_committed", "answered_id"), ("choices_answered", "id")):
            connection.execute(f"delete from {table} where {of} = (select min(id) from choices_answered)")
        assert "fsck.weighed_otherwise" in is_found()


def test_every_hop_is_counted_and_a_lost_answer_is_an_alarm(world, letter, home):
    """150,000 objections were once lost between two hops of another register, and nobody counted."""
    from beholden.choices.actions import close_day
    from beholden.fsck.counted import check_numbers, hops

    say_yes(world, letter)
    say_no(world, letter, people(letter)[0])
    count = len(people(letter)) + 1
    found = hops(home, at=world.at)
    assert (found.shown, found.held, found.bound, found.gaps) == (count, count, 0, ())
    later = world.at + timedelta(days=3)
    (gap,) = hops(home, at=later).gaps
    assert gap.startswith("Answers of days that are over stand in no root")
    close_day(world.at.astimezone(UTC).date(), by=Actor("clock", Role.KEEPER), at=later)
    found = hops(home, at=later)
    assert (found.bound, found.gaps) == (count, ())
    with postgres.connected(home, "owner") as connection:
        without_triggers(connection, home)
        connection.execute(
            "delete from choices_committed where answered_id = (select min(id) from choices_answered)"
        )
        connection.execute("delete from choices_answered where id = (select min(id) from choices_answered)")
    assert hops(home, at=later).gaps == ("Numbers were shown at the door under which no answer stands.",)
    assert [one.code for one in check_numbers(home)] == ["fsck.answers_lost"]


def test_a_door_that_went_silent_is_an_alarm(world, home, monkeypatch):
    """Many families can answer, and for days nobody does."""
    from beholden.fsck import counted

    assert hops_gaps(home, world.at + timedelta(days=4)) == ()
    monkeypatch.setattr(counted, "_MANY", 5)
    assert hops_gaps(home, world.at + timedelta(days=2)) == ()
    (gap,) = hops_gaps(home, world.at + timedelta(days=4))
    assert "nobody did" in gap
    began = world.at
    world.at += timedelta(days=2)
    say_no(world, world.open(world.letters()[0]))
    assert gap not in hops_gaps(home, began + timedelta(days=4))


def hops_gaps(home, at):
    from beholden.fsck.counted import hops

    return hops(home, at=at).gaps


def test_the_command_prints_no_small_count_and_ends_1_on_a_gap(world, letter, home, capsys):
    from beholden.cli.answers import compare

    assert compare(home.root, as_json=False, at=world.at) == 0
    said = capsys.readouterr().out
    assert "fewer than 10" in said
    assert "Nothing is lost on the way." in said
    say_yes(world, letter)
    assert compare(home.root, as_json=True, at=world.at + timedelta(days=5)) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["held"] == 0
    assert told["gaps"]


def test_ages_are_reached_on_the_day(world):
    from beholden.register.rules import birthday

    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
    assert birthday(date(2008, 5, 6), 18) == date(2026, 5, 6)


# --- who may decide ---


def test_a_yes_of_somebody_whose_power_an_order_ended_counts_no_more(world):
    """D14, D35: at once, and nobody else's."""
    from beholden.catalogue import PowerSays
    from integration import test_power as power

    his, hers, number = power.couple(world)
    person = power.person_of(world, number)
    say_yes(world, world.open(his), person)
    assert agreed(world) == {person}
    power.change(world, number, power.line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    power.change(world, number, power.line(world, his, number, PowerSays.ENDED, "discharge"))
    assert person not in agreed(world)
    say_yes(world, world.open(hers), person)
    assert person in agreed(world)


def test_a_child_who_is_judged_able_is_asked_afresh_and_says_it_herself(asking):
    """D14, D15: an adult's yes lapses at the judgement; her own, by her own letter, counts; her own no ends it."""
    from beholden.gate.actions.telling import Handle
    from integration import test_power as power

    world = asking
    his, _, number = power.old_enough(world)
    person = power.person_of(world, number)
    say_yes(world, world.open(his), person)
    assert agreed(world) == {person}
    world.at += timedelta(minutes=1)
    power.judged_able(world, number)
    assert agreed(world) == set(), "the adult's yes is over"
    world.at += timedelta(minutes=1)
    pack = power.packed(world, number, Handle("pupil-own", (number,), own=True))
    born = next(child.born for child in world.children() if child.upn == number)
    own = world.open(("pupil-own", dict(pack.codes)["pupil-own"], born, (number,)))
    assert own.own
    say_yes(world, own, person)
    assert agreed(world) == {person}
    world.at += timedelta(minutes=1)
    say_no(world, own, person)
    assert agreed(world) == set()


@pytest.fixture
def asking(base_home, tmp_path_factory):
    """A home in which families are being asked, and letters can still be handed in."""
    from beholden.gate.actions import telling
    from beholden.gate.actions.deciding import snapshot_registry

    with homes.clone(base_home):
        world = World(tmp_path_factory.mktemp("town"), catalogue=CATALOGUE)
        world.returns()
        world.published()
        world.at += timedelta(days=1)
        world.answer_by = world.at + timedelta(days=CATALOGUE.limits.objection_window_days + 1)
        telling.begin(world.use, answer_by=world.answer_by, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        for school in world.town.schools:
            system = Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)
            pack = telling.relay(world.use, school.laestab, world.handles(school), by=system, at=world.at)
            world.codes |= dict(pack.codes)
        snapshot_registry(by=REGISTRAR, at=world.at)
        yield world


# --- the receipt as a file (ISO/IEC TS 27560) ---


def receipt(world, letter, child, *numbers, at=None):
    from beholden.choices.consent.receipt import Controller
    from beholden.rights import receipts

    at = at or world.at
    keeper = Controller("The keeper", "Freepost", "0800 000 0000", "https://records.example/")
    raw = receipts.receipt(
        letter, child=child, numbers=numbers, controller=keeper, catalogue=CATALOGUE, by=FAMILY, at=at
    )
    return read(raw, CATALOGUE), raw


def test_the_receipt_says_what_the_gate_weighs(world, letter, home):
    """D12, D14: the same purpose, recipients, facts, days and words; and it counts when the gate finds a yes."""
    from beholden.gate.asking import consent_asked
    from beholden.settings.found import acting_as
    from beholden.uses.queries import asked

    first, second, *_ = people(letter)
    given, other = say_yes(world, letter, first, second)
    with acting_as(home, "web"):  # under the doors' own login
        found, _ = receipt(world, letter, first, given.number)
    assert found.asked.consent == consent_asked(asked(world.use), CATALOGUE)
    assert found.asked.digest == letter.notices[0].yes.digest
    begins = world.at.replace(
        year=found.asked.consent.first_on.year,
        month=found.asked.consent.first_on.month,
        day=found.asked.consent.first_on.day,
    )
    begins = max(begins, world.at)
    assert first in agreed(world, begins)
    assert counts(found, begins)
    end = world.at.replace(
        year=found.asked.consent.last_on.year,
        month=found.asked.consent.last_on.month,
        day=found.asked.consent.last_on.day,
    )
    assert (counts(found, end), counts(found, end + timedelta(days=1))) == (True, False)
    assert (first in agreed(world, end), first in agreed(world, end + timedelta(days=1))) == (True, False)
    world.at = max(world.at, begins) + timedelta(minutes=1)
    letter = world.open(next(one for one in world.letters() if len(one[3]) > 1))
    no = say_no(world, letter, first)
    found, _ = receipt(world, letter, first, given.number, no.number)
    assert first not in agreed(world)
    assert not counts(found, world.at)
    assert second in agreed(world)
    assert counts(receipt(world, letter, second, other.number)[0], world.at)


def test_the_receipt_names_what_the_log_bound(world, letter):
    """D6, D26: the commitment in it stands in the events log, in the entry that it names."""
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries

    (given, *_) = say_yes(world, letter)
    notice = receipt(world, letter, people(letter)[0], given.number)[0].notice
    (raw,) = entries("events", notice.entry, notice.entry + 1)
    said = parse(raw, log="events").body
    assert (said.use, said.state, said.commitment.hex()) == (world.use, "published", notice.commitment)


def test_the_receipt_tells_nobody_who_and_opens_nothing(world, letter):
    """D13: no name, no identifier of ours, and not the number that takes a no back."""
    first, second, *_ = people(letter)
    given, other = say_yes(world, letter, first, second)
    one, raw = receipt(world, letter, first, given.number)
    for secret in (str(first), first.hex, given.number, given.number.replace(" ", "")):
        assert secret.encode() not in raw
    for child in letter.children:
        assert child.name.encode() not in raw
    again, _ = receipt(world, letter, second, other.number)
    assert len({one.principal, again.principal, one.record, again.record, one.receipt, again.receipt}) == 6
    later, _ = receipt(world, letter, first, given.number, at=world.at + timedelta(minutes=1))
    assert (later.principal, later.record) == (one.principal, one.record)
    assert later.receipt != one.receipt


def test_no_receipt_without_the_number_or_for_what_is_no_consent(world, letter):
    """D13: the letter alone tells nobody whether anything was said."""
    first, second, *_ = people(letter)
    (given,) = say_yes(world, letter, first)
    objection = say_no(world, letter, second, everything=True)
    with refused("rights.no_receipt"):
        receipt(world, letter, first)
    with refused("choices.number_unknown"):
        receipt(world, letter, first, "CDFG HJKM")
    with refused("choices.number_unknown"):
        receipt(world, letter, second, given.number)
    with refused("rights.no_receipt"):
        receipt(world, letter, second, objection.number)
    other = world.open(
        next(one for one in world.letters() if not set(people(world.open(one))) & set(people(letter)))
    )
    with refused("choices.number_unknown"):
        receipt(world, other, people(other)[0], given.number)
    with refused("rights.no_receipt"):
        receipt(world, other, first, given.number)


def test_at_the_desk_a_receipt_says_that_a_yes_ended_by_age(world, letter):
    """D14: the desk knows who is of age; the family's pages say it as a condition."""
    from beholden.choices.consent.receipt import OF_AGE, Controller, State
    from beholden.rights import desk

    grown = replace(CATALOGUE, guardians_end=replace(CATALOGUE.guardians_end, age=3))
    _, code, born, _ = next(one for one in world.letters() if len(one[3]) > 1)
    (given,) = say_yes(world, letter, people(letter)[0])
    raw = desk.write_receipt(
        code=code,
        born_on=born,
        child=1,
        numbers=(given.number,),
        controller=Controller("The keeper", "Freepost", "0800 000 0000", ""),
        catalogue=grown,
        by=REGISTRAR,
        at=world.at,
    )
    states = [(one.state, one.why) for one in read(raw, grown).events]
    assert states == [(State.GIVEN, ""), (State.EXPIRED, OF_AGE)]
    assert agreed(world, catalogue=grown) == set()
    assert [one.state for one in receipt(world, letter, people(letter)[0], given.number)[0].events] == [
        State.GIVEN
    ]
