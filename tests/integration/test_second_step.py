# SPDX-License-Identifier: Apache-2.0
"""From a letter to a record: the second code works once, the own code goes on, a letter alone opens nothing (U1, D35)."""

import json
from datetime import timedelta

import pytest

from beholden.ledger.account import Standing
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from integration.world import CATALOGUE, FAMILY, REGISTRAR, World


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path)
    made.returns()
    made.published()
    made.told()
    return made


def shown(world, letter, second=None):
    from beholden.rights.record import Shown

    handle, code, born, _ = letter
    return Shown(code, born, world.seconds[handle] if second is None else second)


def entered(world, letter):
    """Take the second step, and return what the family shows from then on."""
    from beholden.rights import family

    got = family.enter(shown(world, letter), catalogue=CATALOGUE, at=world.at)
    return shown(world, letter, got.own_code)


def first_child(world, letter):
    from beholden.rights import family
    from beholden.rights.record import AboutChild

    opened = entered(world, letter)
    child = family.overview(opened, catalogue=CATALOGUE, at=world.at).children[0]
    return AboutChild(opened, child.ref)


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == code
    return no.value


def test_a_second_code_works_once_and_gives_an_own_code(world):
    """Who comes second with the right code is told to ring: somebody else was first."""
    from beholden.rights import family

    letter = world.letters()[0]
    own = family.enter(shown(world, letter), catalogue=CATALOGUE, at=world.at).own_code
    assert len(own) == 12
    again = refused(
        "notices.second_used", family.enter, shown(world, letter), catalogue=CATALOGUE, at=world.at
    )
    assert "ring us" in again.next_step
    kept = family.enter(shown(world, letter, own), catalogue=CATALOGUE, at=world.at)
    assert kept.own_code == ""
    assert family.overview(shown(world, letter, own), catalogue=CATALOGUE, at=world.at).children


def test_a_letter_alone_opens_no_record(world):
    """U1: whoever found the letter, and knows a birth date, gets the notice and not the record."""
    from beholden.gate.actions.copying import copy
    from beholden.gate.actions.proving import bundle
    from beholden.rights import family

    letter = world.letters()[0]
    opened = world.open(letter)
    person = opened.children[0].person
    for verb in (copy, bundle):
        named = {"mandate": opened.mandate, "by": FAMILY, "at": world.at}
        if verb is copy:
            named |= {"what": "page", "catalogue": CATALOGUE}
        refused("people.no_record", verb, person, **named)
    stranger = next(other for other in world.letters() if other[0] != letter[0])
    for wrong in (world.seconds[stranger[0]], "CDFGHJK7"):
        no = refused_any(family.enter, shown(world, letter, wrong), catalogue=CATALOGUE, at=world.at)
        assert no.code in {"notices.second_not_opened", "notices.second_mistyped"}


def refused_any(does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    return no.value


def test_the_second_code_itself_opens_no_page(world):
    """Only the own code goes on: what the school carried is worthless once it was used."""
    from beholden.rights import family

    letter = world.letters()[0]
    refused(
        "notices.second_not_opened",
        family.overview,
        shown(world, letter),
        catalogue=CATALOGUE,
        at=world.at,
    )


def test_wrong_second_codes_are_counted_and_locked(world):
    """D36: five tries, then a wait that doubles, and in the end a person; also for the right code."""
    from beholden.notices.rules import code_from
    from beholden.rights import family

    letter = world.letters()[0]
    limits = CATALOGUE.limits
    wrong = code_from((1, 2, 3, 4, 5, 6, 7), signs=8)
    at = world.at
    for turn in range(4):
        for _ in range(limits.letter_tries):
            refused(
                "notices.second_not_opened",
                family.enter,
                shown(world, letter, wrong),
                catalogue=CATALOGUE,
                at=at,
            )
        if turn < 3:
            refused("notices.too_many_tries", family.enter, shown(world, letter), catalogue=CATALOGUE, at=at)
        at += timedelta(minutes=limits.letter_wait_minutes * 2**turn)
    refused("notices.ring_us", family.enter, shown(world, letter), catalogue=CATALOGUE, at=at)


def test_a_newer_letter_brings_a_newer_own_code(world):
    """The newest exchange counts: a family that lost its own code is not locked out for ever."""
    from beholden.gate.actions import telling
    from beholden.kinds import Actor, Role
    from beholden.rights import family

    letter = world.letters()[0]
    first = entered(world, letter)
    world.use = world.another()
    telling.begin(
        world.use,
        answer_by=world.at + timedelta(days=40),
        catalogue=CATALOGUE,
        by=REGISTRAR,
        at=world.at,
    )
    school = next(one for one in world.town.schools if letter[0] in {h.adult for h in world.handles(one)})
    by = Actor("system", Role.SCHOOL, school.laestab)
    pack = telling.relay(world.use, school.laestab, world.handles(school), by=by, at=world.at)
    newer = (letter[0], dict(pack.codes)[letter[0]], *letter[2:])
    world.seconds |= dict(pack.second_codes)
    second = entered(world, newer)
    assert family.overview(second, catalogue=CATALOGUE, at=world.at).children
    refused("notices.second_not_opened", family.overview, first, catalogue=CATALOGUE, at=world.at)


def test_the_record_says_what_the_school_sent_and_not_where_the_child_lives(world):
    """D4, D30, D35: values in words, each with its law; no address on any page of this door."""
    from beholden.rights import family

    letter = world.letters()[0]
    page = family.record(first_child(world, letter), catalogue=CATALOGUE, at=world.at)
    children = {child.upn: child for child in world.children()}
    child = next(children[number] for number in letter[3] if children[number].forename == page.child.name)
    lines = {line.item: line for group in page.groups for line in group.lines}
    assert lines["upn"].value == child.upn
    assert lines["forename"].value == child.forename
    assert lines["birth_date"].value == f"{child.born.day} {child.born:%B %Y}"
    assert {line.owed for line in lines.values()} >= {"compulsory", "refusable"}
    assert all(line.why and line.law and line.kept for line in lines.values())
    said = json.dumps([[line.label, line.value] for line in lines.values()])
    assert child.address.street not in said
    assert child.address.postcode not in said
    assert page.not_shown == ("Home address", "Postcode of the home")
    held = {item.id for item in CATALOGUE.items.values()}
    assert set(lines) == held - {"address_lines", "postcode"}


def test_another_familys_reference_is_as_good_as_none(world):
    """D35: two adults of one child have two references; a copied address opens nothing for anybody else."""
    from beholden.rights import family
    from beholden.rights.record import AboutChild

    ours, theirs = (first_child(world, letter) for letter in world.letters()[:2])
    assert ours.child != theirs.child
    for verb in (family.record, family.used, family.copy_file, family.proof_file):
        refused(
            "rights.no_such_child",
            verb,
            AboutChild(ours.shown, theirs.child),
            catalogue=CATALOGUE,
            at=world.at,
        )


def test_a_severed_child_is_gone_at_the_next_press(world):
    """D35: an order ends everything at once; the others in the letter stay."""
    from beholden.people.actions import flag
    from beholden.rights import family

    letter = next(one for one in world.letters() if len(one[3]) > 1)
    about = first_child(world, letter)
    person = world.open(letter).children[0].person
    flag(person, "severed", by=REGISTRAR, at=world.at)
    after = world.at + timedelta(seconds=1)
    refused("rights.no_such_child", family.record, about, catalogue=CATALOGUE, at=after)
    left = family.overview(about.shown, catalogue=CATALOGUE, at=after)
    assert about.child not in {child.ref for child in left.children}
    assert left.children


def test_a_hidden_child_looks_like_every_other(world):
    """D35: nothing at this door says that somebody is kept safe."""
    from dataclasses import replace

    from beholden.people.actions import flag
    from beholden.rights import family

    about = first_child(world, world.letters()[0])
    before = family.record(about, catalogue=CATALOGUE, at=world.at)
    flag(world.open(world.letters()[0]).children[0].person, "hidden", by=REGISTRAR, at=world.at)
    after = family.record(about, catalogue=CATALOGUE, at=world.at + timedelta(seconds=1))
    assert replace(after) == before


def test_every_look_is_in_the_journal_before_it_is_shown_and_is_shown_to_its_own_reader(world):
    """D27: own looks by day and kind; another adult's are nobody's business here."""
    from beholden.gate.looks import looks_at
    from beholden.rights import family

    letter = world.letters()[0]
    about = first_child(world, letter)
    person = world.open(letter).children[0].person
    assert looks_at(person) == ()
    family.record(about, catalogue=CATALOGUE, at=world.at)
    family.copy_file(about, catalogue=CATALOGUE, at=world.at)
    page = family.used(about, catalogue=CATALOGUE, at=world.at)
    assert [(look.what, look.who, look.times) for look in page.looks] == [
        ("uses", "you", 1),
        ("page", "you", 1),
        ("file", "you", 1),
    ]
    from beholden.gate.actions.singles import write_down

    write_down("subject_copy", "page", person, reader="ab" * 32, by=FAMILY, at=world.at)
    assert family.used(about, catalogue=CATALOGUE, at=world.at).looks[0].times == 2
    assert all(look.who == "you" for look in family.used(about, catalogue=CATALOGUE, at=world.at).looks)


def test_uses_proposed_and_used_with_one_wording(world):
    """U5: in the list, or not in this use; never why. The page and the proof say the same."""
    from beholden.rights import family

    letters = world.letters()
    said_no = letters[0]
    other = next(one for one in letters if not set(one[3]) & set(said_no[3]))
    absent, present = first_child(world, said_no), first_child(world, other)
    before = family.used(absent, catalogue=CATALOGUE, at=world.at)
    assert [(line.use, line.in_list) for line in before.proposed] == [(world.use, None)]
    assert before.used == ()
    world.keep_out(said_no)
    world.released()
    for about, in_list in ((absent, False), (present, True)):
        page = family.used(about, catalogue=CATALOGUE, at=world.at)
        assert page.proposed == ()
        assert [(line.use, line.in_list) for line in page.used] == [(world.use, in_list)]
        read = verify(family.proof_file(about, catalogue=CATALOGUE, at=world.at).content)
        standings = {one.standing for one in read.handovers}
        assert standings == ({Standing.IN} if in_list else {Standing.NOT_IN})


def test_the_copy_is_a_file_that_a_machine_reads(world):
    """D30; UK GDPR Art 15(3), Art 20. Its name names nobody (U7)."""
    from beholden.rights import family

    about = first_child(world, world.letters()[0])
    got = family.copy_file(about, catalogue=CATALOGUE, at=world.at)
    read = json.loads(got.content)
    assert got.name == f"school-record-{world.at:%Y-%m-%d}.json"
    assert read["groups"][0]["title"] == "Who this record is about"
    assert set(read["groups"][1]["facts"][0]) == {
        *("label", "value", "why", "law", "owed", "kept", "item", "mark")
    }
