# SPDX-License-Identifier: Apache-2.0
"""Two records that may be one child: a rule asks, a person decides, the stricter choice stands (D14, D32)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from beholden.catalogue import Store
from beholden.gate.lookups import LookUp
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.register.rules import Evidence
from integration.officers import shown
from integration.slips import slipped
from integration.typed import command
from integration.world import APPLICANT, CATALOGUE, REGISTRAR, World

DAY = timedelta(days=1)
CORRECTION = LookUp("correction", frozenset({Store.BIRTH}))


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def records(world, child):
    from beholden.register.actions import with_number_and_birth

    (old,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
    (new,) = with_number_and_birth(child.upn, child.born - DAY, by=REGISTRAR, at=world.at)
    return old, new


def waiting(world):
    from beholden.redress import desk

    return desk.questions(by=REGISTRAR, at=world.at)


def decide(world, number, *, same, by=REGISTRAR):
    from beholden.redress import desk

    desk.decide(number, same=same, evidence=Evidence.SCHOOL, by=by, at=world.at)


def test_a_question_says_what_agrees_and_no_value(world, tmp_path):
    child = slipped(world)
    (question,) = waiting(world)
    assert question.rule == "number alone"
    assert question.agrees["number"] is True
    assert question.agrees["birth date"] is False
    assert question.agrees["first name"] is True
    said = repr(question)
    assert child.upn not in said
    assert str(child.born) not in said


@pytest.mark.parametrize("same", [True, False])
def test_once_decided_neither_is_restricted_for_it(world, tmp_path, same):
    from beholden.gate.actions.safety import restricted

    child = slipped(world)
    (question,) = waiting(world)
    both = set(records(world, child))
    assert restricted(by=REGISTRAR, at=world.at) == both
    decide(world, question.number, same=same)
    assert restricted(by=REGISTRAR, at=world.at) == frozenset()
    assert waiting(world) == ()


def test_a_no_about_one_record_keeps_the_other_out(world, tmp_path):
    """The family said no when the child had one record; the return that made the second loses nothing (D14)."""
    from beholden.gate.actions.heeding import objectors
    from beholden.uses.queries import asked

    child = slipped(world)
    old, new = records(world, child)
    keep_out(world, old)
    use = asked(world.use)
    common = {"by": REGISTRAR, "at": world.at}
    assert objectors(use, CATALOGUE, **common) == {old}
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    assert objectors(use, CATALOGUE, **common) == {old, new}
    assert objectors(use, CATALOGUE, among={new}, **common) == {new}
    again = doubt(world, question.number)
    assert objectors(use, CATALOGUE, **common) == {old, new}
    decide(world, again, same=False)
    assert objectors(use, CATALOGUE, **common) == {old}


def keep_out(world, person):
    """A *no* to everything stands about one record, as an answer by letter leaves it."""
    import secrets
    from uuid import uuid4

    from beholden.choices.models import Answered

    Answered.objects.create(
        person=person,
        adult="ad" * 32,
        scope="all",
        target="",
        answer="keep_out",
        at=world.at,
        receipt="ce" * 32,
        seal=b"",
        undoes="",
        letter=uuid4(),
        salt=secrets.token_bytes(32),
    )


def doubt(world, number):
    from beholden.redress import desk

    return desk.ask_again(number, by=REGISTRAR, at=world.at)


def test_who_is_kept_safe_is_so_under_every_record(world, tmp_path):
    """A flag about one record hides the other wherever the gate asks; and not before somebody decided (D35)."""
    from beholden.gate.actions import safety
    from beholden.people.actions import flag

    child = slipped(world)
    old, new = records(world, child)
    flag(old, "hidden", by=REGISTRAR, at=world.at)
    common = {"by": REGISTRAR, "at": world.at}
    assert safety.kept_safe(**common) == {old}
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    assert safety.kept_safe(**common) == {old, new}
    assert safety.flagged_among({new}, **common) == {new}
    assert safety.is_marked(new, **common)
    rules = {"catalogue": CATALOGUE, **common}
    assert safety.hindering({new}, ("nc_year",), **rules) == 1


def test_an_address_that_is_kept_from_somebody_is_so_under_every_record(world, tmp_path):
    """D35: an order of a court that names one record's address is stopped by what stands about the other."""
    from beholden.catalogue import PowerSays
    from beholden.gate.actions import safety
    from beholden.gate.actions.empowering import change_power
    from beholden.people.power import Line

    child = slipped(world)
    old, new = records(world, child)
    line = Line("ad" * 32, PowerSays.RESTRICTED, "protective-order", world.at, takes=("address",))
    rules = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
    change_power(old, line, **rules)
    assert safety.hindering({old}, ("postcode",), **rules) == 1
    assert safety.hindering({new}, ("postcode",), **rules) == 0
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    assert safety.hindering({new}, ("nc_year", "postcode"), **rules) == 1
    assert safety.hindering({new}, ("nc_year", "surname"), **rules) == 0


def test_an_exit_about_one_child_gives_the_record_that_was_named_with_the_marks_of_both(world, tmp_path):
    """D35, D46: an old number does not lead to where a child lives now; and whoever reads is told that she is kept safe."""
    from beholden.gate.actions import urgent
    from beholden.gate.actions.looking import Sought, look
    from beholden.people import actions as people
    from beholden.people.queries import Body

    body = Body("westmere", "County of Westmere", "local authority", "England", "", "")
    people.enrol(body, by=REGISTRAR, at=world.at)
    night = people.appoint("night-1", Role.SAFEGUARDING, "westmere", by=REGISTRAR, at=world.at)
    (_, new), _ = joined(world)
    child = the_slipped(world)
    common = {"catalogue": CATALOGUE, "at": world.at}

    def read():
        found = urgent.find(child.upn, child.born, duty="child-in-danger", by=night, **common)
        asked = LookUp("correction", frozenset({Store.ADDRESS}))
        return found, look(Sought(child.upn, child.born, is_known=False), asked, by=REGISTRAR, **common)

    for is_flagged in (False, True):
        if is_flagged:
            raise_flag(world, new, "hidden")
        found, seen = read()
        assert found.known["birth_date"] == child.born.isoformat()
        assert (found.flagged, seen.flagged) == (is_flagged, is_flagged)
        assert bool(seen.known) is not is_flagged
        assert bool(seen.not_shown) is is_flagged


def joined(world):
    """Two records that are one child by a decision, as (older, newer), and the number of the question."""
    child = slipped(world)
    both = records(world, child)
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    return both, question.number


def severed(world, person):
    from beholden.people.queries import severed_among

    return bool(severed_among((person,), at=world.at))


def raise_flag(world, person, kind="severed", **more):
    from beholden.gate.actions.joining import raise_flag as raised

    raised(person, kind, by=REGISTRAR, at=world.at, **more)


@pytest.mark.parametrize("first", ["flag", "decision"])
def test_a_severance_stands_about_every_record_at_the_doors_too(world, tmp_path, first):
    """The doors know no record but those of their letter: so it is written down about each (D35)."""
    child = slipped(world)
    old, new = records(world, child)
    (question,) = waiting(world)
    until = world.at + 5 * DAY
    if first == "flag":
        raise_flag(world, new, until=until)
        assert not severed(world, old)
        decide(world, question.number, same=True)
    else:
        decide(world, question.number, same=True)
        raise_flag(world, new, until=until)
    assert severed(world, old)
    world.at = until
    assert not severed(world, old)


def test_a_decision_taken_back_ends_what_was_carried_and_nothing_else(world, tmp_path):
    (old, new), number = joined(world)
    raise_flag(world, new)
    decide(world, doubt(world, number), same=False)
    world.at += timedelta(seconds=1)
    assert (severed(world, old), severed(world, new)) == (False, True)


def test_no_letter_of_one_record_opens_a_child_that_is_severed_under_the_other(world, tmp_path):
    """Letter, second step, copy and proof: of the record that the letter names, once the other is severed (D35)."""
    from beholden.gate.actions.copying import copy
    from beholden.gate.actions.proving import bundle
    from beholden.people.actions import flag
    from beholden.rights import family
    from beholden.rights.record import Shown
    from beholden.rights.second_step import step_in

    world.told()
    child = slipped(world)
    old, new = records(world, child)
    handle, code, born, _ = next(one for one in world.letters() if child.upn in one[3])
    own = family.enter(Shown(code, born, world.seconds[handle]), catalogue=CATALOGUE, at=world.at).own_code
    shown = Shown(code, born, own)
    open_before = step_in(shown, CATALOGUE, world.at)
    assert old in {one.person for one in open_before.seen}
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    flag(new, "severed", by=REGISTRAR, at=world.at)  # about the other alone, so that each door is asked
    world.at += timedelta(seconds=1)
    assert old not in {one.person for one in step_in(shown, CATALOGUE, world.at).seen}
    as_family = {"mandate": open_before.mandate, "by": Actor("letter", Role.FAMILY), "at": world.at}
    for verb, more in ((copy, {"what": "page", "catalogue": CATALOGUE}), (bundle, {})):
        with pytest.raises(Refusal) as no:
            verb(old, **as_family, **more)
        assert no.value.code == "gate.not_yours"


def test_what_ends_power_about_one_record_ends_it_about_the_other(world, tmp_path):
    """An adult has what every record gives; and what one gives, the other need not (D14, D35)."""
    from beholden.catalogue import PowerSays
    from beholden.gate.actions.empowering import change_power, powers_about
    from beholden.people.power import NOTHING, Line
    from beholden.people.queries import holder

    (old, new), number = joined(world)
    adult = holder("1234567", "adult-1", "")

    def power(person):
        pair = (person, adult)
        return powers_about([pair], catalogue=CATALOGUE, by=REGISTRAR, at=world.at)[pair]

    assert power(old).sees
    ended = Line(adult, PowerSays.ENDED, "discharge", world.at)
    change_power(new, ended, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert (power(old), power(new)) == (NOTHING, NOTHING)
    world.at += DAY
    again = Line(adult, PowerSays.HOLDS, "birth-entry", world.at)
    change_power(old, again, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert power(old) == NOTHING
    decide(world, doubt(world, number), same=False)
    assert power(old).sees
    assert power(new) == NOTHING


def test_a_judgement_of_one_record_opens_nothing_of_the_other_and_one_against_her_counts_for_both(
    world, tmp_path
):
    """What is written for the child herself about one record gives her nothing about another (D14, D15)."""
    from beholden.catalogue import PowerSays
    from beholden.gate.actions.empowering import change_power, powers_about
    from beholden.people.power import Line
    from beholden.people.queries import herself

    both, _ = joined(world)
    young = replace(CATALOGUE, able=replace(CATALOGUE.able, from_age=3))

    def judged(person, says):
        world.at += DAY
        line = Line(herself(person), says, "understands", world.at)
        change_power(person, line, catalogue=young, by=REGISTRAR, at=world.at)
        pairs = [(one, herself(one)) for one in both]
        power = powers_about(pairs, catalogue=young, by=REGISTRAR, at=world.at)
        return [power[pair].decides for pair in pairs]

    old, new = both
    assert judged(new, PowerSays.ABLE) == [False, True]
    assert judged(old, PowerSays.ABLE) == [True, True]
    assert judged(new, PowerSays.NOT_ABLE) == [False, False]


def test_a_child_of_two_records_is_in_no_list_once_a_no_stands_about_either(world, tmp_path):
    """Through the whole gate: told, said no, decided; the row of the new record stays here (D11, D14)."""
    child = slipped(world)
    old, new = records(world, child)
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    world.told()
    keep_out(world, old)
    from beholden.gate import sets
    from beholden.gate.ids import people_of, unpacked
    from beholden.gate.models import Decision

    world.released()
    held = Decision.objects.select_related("released", "scope").get(use=world.use)
    assert new in people_of(unpacked(sets.read(held.scope)))
    assert new not in people_of(unpacked(sets.read(held.released)))


def test_each_record_is_found_by_its_own_birth_date_and_a_roll_of_both_names_one_once_decided(
    world, tmp_path
):
    """The desk reaches either, for a power or a flag; a letter about a roll that had both names the older (D14)."""
    from beholden.register.vault.people import named
    from beholden.register.vault.wall import keeper

    (old, new), number = joined(world)
    child = the_slipped(world)
    assert records(world, child) == (old, new)
    roll = frozenset({old.bytes, new.bytes})
    with keeper():
        assert {one.person for one in named([child.upn], among=roll).values()} == {old}
    decide(world, doubt(world, number), same=False)
    with keeper():
        assert named([child.upn], among=roll) == {}


def test_two_under_one_number_and_birth_date_are_matched_with_nobody_whatever_was_decided(world, tmp_path):
    """No return makes such two. Where a damaged table has them, nothing leaves and nothing is written about either."""
    from beholden.gate.actions.singles import one_child
    from beholden.register.actions import matching
    from beholden.register.vault.models import Lookup
    from beholden.register.vault.wall import keeper

    (old, new), _ = joined(world)
    child = the_slipped(world)
    with keeper():
        theirs = Lookup.objects.get(person=old, scheme="number+birth")
        Lookup.objects.create(person_id=new, scheme="number+birth", digest=bytes(theirs.digest))
    assert matching([(child.upn, child.born)], by=REGISTRAR, at=world.at) == (None,)
    with pytest.raises(Refusal) as no:
        one_child(child.upn, child.born, by=REGISTRAR, at=world.at)
    assert no.value.code == "gate.no_such_child"


def the_slipped(world):
    school = world.town.schools[0].laestab
    return next(one for one in world.children() if one.roll.laestab == school)


def test_looking_at_both_is_written_down_twice_and_both_families_read_of_it(world, tmp_path):
    from beholden.gate.actions.looking import look_at_both
    from beholden.gate.looks import staff_looks

    child = slipped(world)
    old, new = records(world, child)
    (question,) = waiting(world)
    groups = frozenset({Store.BIRTH, Store.NAMES})
    seen = look_at_both(
        question.number, groups, is_known=False, catalogue=CATALOGUE, by=REGISTRAR, at=world.at
    )
    assert [{fact.item for fact in one.known} >= {"birth_date", "forename"} for one in seen] == [True, True]
    assert {one.line for one in seen} == {1, 2}
    for person in (old, new):
        (look,) = staff_looks(person, limits=CATALOGUE.limits, at=world.at + 400 * DAY)
        assert look.looked.print() == "two-records:birth+names"


def test_whoever_compares_two_records_is_told_of_each_what_was_kept_shut_and_that_it_is_flagged(
    world, keeper_home
):
    """D27, D35: as of one record that is looked at, or nothing there would be taken for nothing held."""
    from beholden.people.actions import flag

    child = slipped(world)
    _, new = records(world, child)
    flag(new, "hidden", by=REGISTRAR, at=world.at)
    (question,) = waiting(world)
    words = ("record", "compare", question.number, "--by", REGISTRAR.ref, "--open", "rows")
    status, said = command(keeper_home, *words, typed=(shown(REGISTRAR, at=world.at).key, "no"))
    assert status == 0
    both = said.split("Written down as number ")[:2]
    assert sum("Not opened in any look at this record: " in part for part in both) == 1
    for part in both:
        assert part.count("This record is under a flag, or may be of two children.") == 1


def test_looking_at_both_takes_two_of_a_days_looks_or_none(world, tmp_path):
    """No family reads of a look whose other half was refused (D27)."""
    from beholden.gate.actions import governing
    from beholden.gate.actions.looking import look_at_both
    from beholden.gate.looks import staff_looks
    from rulebooks import with_limits

    both = records(world, slipped(world))
    (question,) = waiting(world)
    tight = with_limits(looks_per_day=1)
    governing.set_catalogue(tight, by=REGISTRAR, at=world.at)
    with pytest.raises(Refusal) as no:
        look_at_both(
            question.number,
            frozenset({Store.BIRTH}),
            is_known=False,
            catalogue=tight,
            by=REGISTRAR,
            at=world.at,
        )
    assert no.value.code == "gate.look_cap"
    for person in both:
        assert not list(staff_looks(person, limits=CATALOGUE.limits, at=world.at + 400 * DAY))


def test_who_knows_one_of_the_families_looks_at_neither_record_nor_later_at_one_alone(world, tmp_path):
    """What was said about one record counts for every record of the child, whatever is said afterwards (D27)."""
    from beholden.gate.actions.looking import Sought, look, look_at_both

    child = slipped(world)
    days = (child.born, child.born - timedelta(days=1))
    (question,) = waiting(world)
    common = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}

    def refused(verb, *more, **named):
        with pytest.raises(Refusal) as no:
            verb(*more, **named, **common)
        assert no.value.code == "gate.look_own"

    refused(look_at_both, question.number, frozenset({Store.BIRTH}), is_known=True)
    for born in days:
        refused(look, Sought(child.upn, born, is_known=False), CORRECTION)


def test_who_said_to_know_one_record_of_a_child_looks_at_no_other(world, tmp_path):
    from beholden.gate.actions.looking import Sought, look

    joined(world)
    child = the_slipped(world)
    for born, is_known in ((child.born, True), (child.born - timedelta(days=1), False)):
        with pytest.raises(Refusal) as no:
            look(
                Sought(child.upn, born, is_known), CORRECTION, catalogue=CATALOGUE, by=REGISTRAR, at=world.at
            )
        assert no.value.code == "gate.look_own"


@pytest.mark.parametrize("who", [APPLICANT, Actor("somebody", Role.REGISTRAR, "keeper")])
def test_only_an_enrolled_registrar_decides(world, tmp_path, who):
    slipped(world)
    (question,) = waiting(world)
    with pytest.raises(Refusal) as no:
        decide(world, question.number, same=True, by=who)
    assert no.value.code in {"redress.role", "people.not_enrolled"}
    assert len(waiting(world)) == 1


def test_a_question_is_decided_once_and_doubted_once(world, tmp_path):
    slipped(world)
    (question,) = waiting(world)
    with pytest.raises(Refusal) as no:
        doubt(world, question.number)
    assert no.value.code == "register.not_decided"
    decide(world, question.number, same=False)
    with pytest.raises(Refusal) as no:
        decide(world, question.number, same=True)
    assert no.value.code == "register.no_question"
    again = doubt(world, question.number)
    assert again != question.number
    with pytest.raises(Refusal) as no:
        doubt(world, question.number)
    assert no.value.code == "register.not_decided"


def test_what_was_decided_last_is_listed_first_by_the_numbers_under_which_it_can_be_doubted(world):
    from beholden.redress import desk

    slipped(world)
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    again = doubt(world, question.number)
    world.at += DAY
    decide(world, again, same=False)
    settled = desk.settled(by=REGISTRAR, at=world.at)
    assert [(one.number, one.same) for one in settled] == [(again, False), (question.number, True)]
    with pytest.raises(Refusal):
        desk.settled(by=APPLICANT, at=world.at)


def test_one_question_opens_its_own_two_records_and_to_count_them_opens_none(world, monkeypatch):
    """D36: least access; a page that shows one question, or how many wait, has no use for anybody else's facts."""
    from beholden.redress import desk
    from beholden.register.vault import questions

    for place in (0, 1):
        slipped(world, place=place)
    both, opened, really = waiting(world), set(), questions.unseal

    def seen(own, person, *rest):
        opened.add(person)
        return really(own, person, *rest)

    monkeypatch.setattr(questions, "unseal", seen)
    asked = {"by": REGISTRAR, "at": world.at}
    assert desk.how_many_wait(**asked) == len(both) == 2
    assert opened == set()
    assert [desk.question(both[1].number, **asked)] == [both[1]]
    assert len(opened) == 2
    for ask in (lambda **who: desk.question(both[1].number, **who), desk.how_many_wait):
        with pytest.raises(Refusal):
            ask(by=APPLICANT, at=world.at)


def test_fsck_finds_a_decided_home_clean_and_a_decision_without_evidence_impossible(
    world, tmp_path, keeper_home
):
    from django.db import IntegrityError

    from beholden.fsck.held import check_vault
    from beholden.register.vault.models import Question
    from beholden.register.vault.wall import keeper

    slipped(world)
    (question,) = waiting(world)
    decide(world, question.number, same=True)
    doubt(world, question.number)
    assert not [one for one in check_vault(keeper_home) if one.code == "fsck.question"]
    with pytest.raises(IntegrityError), keeper():
        Question.objects.filter(pk=question.number).update(evidence="")
    with keeper():
        Question.objects.filter(pk=question.number).update(evidence="a guess")
    assert [one.code for one in check_vault(keeper_home) if "question" in one.code] == ["fsck.question"]


def test_the_page_takes_whole_answers_alone(world):
    """D14, D36: the door passes on a decision with its evidence, and half of one is refused and changes nothing."""
    from beholden.rights.registrar import records as page
    from beholden.rights.registrar.asked import STEP_OVER, DecideRecords, WhichPair, WhichPairs

    slipped(world)
    inside, when = shown(REGISTRAR, at=world.at), {"catalogue": CATALOGUE, "at": world.at}
    (pair,) = page.waiting(WhichPairs(inside, 1), **when).pairs
    assert dict(pair.agrees)["birth date"] == "Differs"
    for half in (
        DecideRecords(inside, pair.number, "", "school"),
        DecideRecords(inside, pair.number, "two", "a guess"),
    ):
        with pytest.raises(Refusal) as no:
            page.decide(half, **when)
        assert no.value.code == "rights.records_half"
    assert page.one(WhichPair(inside, pair.number), **when).pair == pair
    whole = DecideRecords(inside, pair.number, "two", "school")
    assert page.decide(whole, **when).number == pair.number
    found = page.waiting(WhichPairs(inside, 1), **when)
    assert found.pairs == ()
    assert [(one.number, one.same) for one in found.decided] == [(pair.number, False)]
    for again in (
        lambda: page.decide(whole, **when),
        lambda: page.one(WhichPair(inside, pair.number), **when),
    ):
        with pytest.raises(Refusal) as no:
            again()
        assert no.value.code == STEP_OVER


def test_the_records_of_many_questions_are_read_together(world, monkeypatch):
    """A list of a thousand is one reading, and the page of one question another, of its own two (D36)."""
    from beholden.redress import desk
    from beholden.register.vault import bulk, questions
    from beholden.register.vault.models import Person, Question
    from beholden.register.vault.wall import keeper

    both = set(records(world, slipped(world)))
    with keeper():
        people = list(Person.objects.exclude(pk__in=both).order_by("pk").values_list("pk", flat=True)[:7])
        Question.objects.bulk_create(
            Question(
                person_id=one, candidate_id=people[0], rule="number alone", receipt="R", asked_at=world.at
            )
            for one in people[1:]
        )
    opened, read = [], bulk.read

    def watched(people, groups, **more):
        opened.append(set(people))
        return read(opened[-1], groups, **more)

    monkeypatch.setattr(questions.bulk, "read", watched)
    every = waiting(world)
    assert opened == [both.union(people)]
    assert len(every) == 7
    assert desk.question(every[0].number, by=REGISTRAR, at=world.at) == every[0]
    assert opened[1:] == [both]


def test_the_door_offers_every_evidence_that_counts_and_no_other():
    from beholden.rights.registrar.asked import SEEN

    assert set(SEEN) == set(Evidence)
