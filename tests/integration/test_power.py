# SPDX-License-Identifier: Apache-2.0
"""Power acts everywhere: at the record, the letter, the answer, the relay and the gate (D8, D14, D15, D27, D35)."""

import json
import logging
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

import homes
from beholden.catalogue import PowerSays, Store
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.world import CATALOGUE, FAMILY, REGISTRAR, World

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A home in which families were told of one use."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))
            world.returns()
            world.published()
            world.told()
        yield home, world


@pytest.fixture
def world(prepared):
    from copy import copy

    home, told = prepared
    with homes.copied(home):
        yield copy(told)


def couple(world):
    """Return the letters of two adults who may decide for the same child, and the child's number."""
    letters = world.letters()
    for one in letters:
        for other in letters:
            shared = set(one[3]) & set(other[3])
            if one[0] < other[0] and shared:
                return one, other, min(shared)
    raise AssertionError("the town has no couple at one school")


def person_of(world, number):
    from beholden.gate.actions.empowering import find

    born = next(child.born for child in world.children() if child.upn == number)
    return find(number, born, by=REGISTRAR, at=world.at)


def school_of(world, number):
    return next(child.roll.laestab for child in world.children() if child.upn == number)


def line(world, letter, number, says=PowerSays.RESTRICTED, evidence="court-order", **more):
    from beholden.people.power import Line
    from beholden.people.queries import holder

    who = holder(school_of(world, number), letter[0], "")
    return Line(who, says, evidence, more.pop("since", world.at), **more)


def change(world, number, made):
    from beholden.gate.actions.empowering import change_power

    return change_power(person_of(world, number), made, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def judged_able(world, number, **more):
    from beholden.people.power import Line
    from beholden.people.queries import herself

    return change(
        world,
        number,
        Line(herself(person_of(world, number)), PowerSays.ABLE, "understands", world.at, **more),
    )


def old_enough(world):
    """Return the number of a child of a couple who is old enough to be judged able, and the couple's letters."""
    letters = world.letters()
    age = CATALOGUE.able.from_age
    grown = {child.upn for child in world.children() if world.at.date().year - child.born.year > age}
    for one in letters:
        for other in letters:
            shared = set(one[3]) & set(other[3]) & grown
            if one[0] < other[0] and shared:
                return one, other, min(shared)
    raise AssertionError("the town has no such couple")


def entered(world, letter):
    from beholden.rights import family
    from beholden.rights.record import Shown

    handle, code, born, _ = letter
    shown = Shown(code, born, world.seconds[handle])
    return replace(shown, second=family.enter(shown, catalogue=CATALOGUE, at=world.at).own_code)


def about(world, letter, number):
    """Return the question about one child of a letter, whose second step was taken."""
    from beholden.rights import family
    from beholden.rights.record import AboutChild

    shown = entered(world, letter)
    name = next(child.forename for child in world.children() if child.upn == number)
    page = family.overview(shown, catalogue=CATALOGUE, at=world.at)
    return AboutChild(shown, next(child.ref for child in page.children if child.name == name))


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def asks(verb, question, at):
    return verb(question, catalogue=CATALOGUE, at=at)


def test_what_an_order_takes_is_gone_at_the_next_press_and_nothing_says_so(world):
    """D35: one adult no longer sees numbers and birth; the other sees what she saw; neither page names a gap."""
    from beholden.rights import family

    his, hers, number = couple(world)
    him, her = about(world, his, number), about(world, hers, number)
    before = asks(family.record, him, world.at)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    change(world, number, line(world, his, number, takes=("birth", "numbers")))
    after = asks(family.record, him, world.at + HOUR)
    gone = {line.item for group in before.groups for line in group.lines} - {
        line.item for group in after.groups for line in group.lines
    }
    assert gone == {
        item.id for item in CATALOGUE.items.values() if item.store in {Store.BIRTH, Store.NUMBERS}
    }
    assert after.not_shown == before.not_shown
    assert replace(asks(family.record, her, world.at + HOUR), child=before.child) == before


def test_an_order_that_ends_power_ends_record_answer_and_proof(world):
    """D35: all of it, at once; who holds power, written down before, keeps all of it."""
    from beholden.rights import family
    from beholden.rights.actions import answer

    his, hers, number = couple(world)
    him, her = about(world, his, number), about(world, hers, number)
    opened = world.open(his)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    change(world, number, line(world, his, number, PowerSays.ENDED, "discharge"))
    for verb in (family.record, family.used, family.copy_file, family.proof_file):
        with refused("notices.ring_us"):  # his letter is about this child alone
            asks(verb, him, world.at + HOUR)
        asks(verb, her, world.at + HOUR)
    child = next(one for one in opened.children if one.person == person_of(world, number))
    with refused("rights.may_not_decide"):
        answer(opened, use=world.use, keep_out=(child.person,), by=FAMILY, at=world.at + HOUR / 60)


def test_once_an_order_speaks_whoever_is_not_written_down_is_refused(world):
    """D35: a handle at a new school is a stranger; the letter's word no longer opens this child's record."""
    from beholden.rights import family

    his, hers, number = couple(world)
    her = about(world, hers, number)
    change(world, number, line(world, his, number, takes=("decide",)))
    with refused("notices.ring_us"):  # her letter is about this child alone
        asks(family.record, her, world.at + HOUR)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    assert asks(family.record, her, world.at + HOUR).groups


def objecting(world, catalogue=CATALOGUE):
    from beholden.gate.actions.heeding import objectors
    from beholden.uses.queries import asked

    return objectors(asked(world.use), catalogue, by=REGISTRAR, at=world.at)


def say(world, letter, number, answer_, receipt="", opened=None):
    from beholden.rights.actions import answer

    opened = opened or world.open(letter)
    person = person_of(world, number)
    said = {answer_: (person,)}
    return answer(opened, use=world.use, receipt=receipt, by=FAMILY, at=world.at, **said)


def test_who_may_decide_no_more_undoes_nothing_and_what_they_kept_out_stays_out(world):
    """D14: a keep out protects, whoever said it; a leave in counts only from somebody who may decide now."""
    his, _, number = couple(world)
    person = person_of(world, number)
    given = say(world, his, number, "keep_out")
    world.at += HOUR
    say(world, his, number, "leave_in", receipt=given.number)
    world.at += timedelta(days=CATALOGUE.limits.undo_days + 1)
    assert person not in objecting(world)
    change(world, number, line(world, his, number, takes=("decide",)))
    assert person in objecting(world)
    world.at += HOUR
    change(world, number, line(world, his, number, PowerSays.LIFTED, "order-over"))
    assert person not in objecting(world)


def council(world, like="", kind="local authority"):
    """Enrol a body; with the keys of another it is that body by every route."""
    from beholden.people.actions import enrol
    from beholden.people.queries import Body, organisation

    keys = organisation(like) if like else Body("", "", "", "", "", "")
    body = Body("easterly", "Easterly", kind, "England", keys.encryption_key, keys.check_key)
    enrol(body, by=REGISTRAR, at=world.at)


def in_care(world):
    from beholden.people.power import Line
    from beholden.people.queries import holder

    return Line(holder("", "", "easterly"), PowerSays.HOLDS, "care-order", world.at, body="easterly")


def test_a_body_that_holds_power_is_enrolled_and_of_a_kind_that_may(world):
    """D15, D35: a company that somebody typed by mistake holds responsibility for no child."""
    _, _, number = couple(world)
    with refused("people.organisation_unknown"):
        change(world, number, in_care(world))
    council(world, kind="company")
    for line_ in (
        in_care(world),
        replace(in_care(world), says=PowerSays.ENDED, evidence="order-over"),
    ):
        with refused("people.body_kind"):
            change(world, number, line_)


def test_what_only_takes_is_written_though_a_line_of_a_later_moment_stands(world):
    """D35: the clock once ran ahead; an order is not kept out by that, and binds on from there; a grant waits."""
    from beholden.rights import family

    his, hers, number = couple(world)
    him = about(world, his, number)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    now, world.at = world.at, world.at + timedelta(days=900)
    ahead = world.at
    change(world, number, line(world, his, number, PowerSays.HOLDS, "birth-entry"))
    world.at = now
    for says, evidence in (
        (PowerSays.HOLDS, "birth-entry"),
        (PowerSays.LIFTED, "order-over"),
    ):
        with refused("people.power_order"):
            change(world, number, line(world, his, number, says, evidence))
    change(world, number, line(world, his, number, PowerSays.ENDED, "discharge"))
    with refused("people.power_order"):  # the later moment still stands behind the order
        change(world, number, line(world, his, number, PowerSays.HOLDS, "birth-entry"))
    for at in (now + HOUR, ahead + HOUR):
        with pytest.raises(Refusal) as no:
            asks(family.record, him, at)
        assert no.value.code in {"rights.no_such_child", "notices.ring_us"}


def test_a_body_does_not_decide_on_its_own_use(world):
    """D15: the applicant holds parental responsibility: refused with a sentence, and its leave in never counts."""
    from beholden.people.power import Line
    from beholden.people.queries import holder
    from beholden.rights.actions import answer

    his, _, number = couple(world)
    person = person_of(world, number)
    opened = world.open(his)
    given = say(world, his, number, "keep_out")
    world.at += HOUR
    say(world, his, number, "leave_in", receipt=given.number)
    held = Line(
        holder(school_of(world, number), his[0], ""),
        PowerSays.HOLDS,
        "care-order",
        world.at,
        body="easterly",
    )
    council(world, like="northford")
    world.at += timedelta(days=CATALOGUE.limits.undo_days + 1)
    assert person not in objecting(world)
    change(world, number, replace(held, since=world.at))
    assert person in objecting(world)
    fresh = world.open(his)
    assert [one.person for one in fresh.children] == [person]
    assert fresh.notices == ()
    with refused("rights.own_use"):
        answer(fresh, use=world.use, leave_in=(person,), by=FAMILY, at=world.at)
    assert answer(fresh, use=world.use, keep_out=(person,), by=FAMILY, at=world.at).number
    assert opened.notices


def test_whoever_may_not_decide_may_keep_out_and_not_let_in(world):
    """D11, D14, D35: a no protects, whoever says it; what undoes it needs somebody who decides."""
    from beholden.rights.actions import agree, answer

    his, hers, number = couple(world)
    person = person_of(world, number)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    change(world, number, line(world, his, number, takes=("decide",)))
    opened = world.open(his)
    common = {"by": FAMILY, "at": world.at}
    said = [
        (scope, answer(opened, **scope, keep_out=(person,), **common))
        for scope in (
            {"use": world.use},
            {"purpose": "public-interest-study"},
            {"everything": True},
            {"invitations": True},
        )
    ]
    assert person in objecting(world)
    for scope, given in said:
        with refused("rights.may_not_decide"):
            answer(opened, **scope, leave_in=(person,), receipt=given.number, **common)
    with refused("rights.may_not_decide"):
        agree(opened, use=world.use, child=person, asked="0" * 64, **common)


def test_whoever_may_see_and_not_decide_stops_all_letters_and_reads_that_it_stands(world):
    """D11, D16: what `answer` takes from any reader, the page of letters offers any reader."""
    from beholden.rights import letters
    from beholden.rights.record import NoMore

    his, hers, number = couple(world)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    change(world, number, line(world, his, number, takes=("decide",)))
    asked = about(world, his, number)
    page = asks(letters.for_child, asked, world.at)
    assert (page.can_stop, page.decides, page.stopped) == (True, False, False)
    assert asks(letters.no_more, NoMore(asked, "a press"), world.at).number
    assert asks(letters.for_child, asked, world.at).stopped
    other = asks(letters.for_child, about(world, hers, number), world.at)
    assert (other.decides, other.stopped) == (True, False)


def test_a_child_judged_for_one_matter_keeps_out_of_all_and_lets_into_that_one(telling_world):
    """D15: her no counts everywhere; her *leave in* is taken where she was judged, and nowhere else."""
    from beholden.gate.actions import telling
    from beholden.rights.actions import answer

    world = telling_world
    _, _, number = old_enough(world)
    judged_able(world, number, about=("research-contact",))
    pack = packed(world, number, telling.Handle("pupil-own", (number,), own=True))
    born = next(child.born for child in world.children() if child.upn == number)
    opened = world.open(("pupil-own", dict(pack.codes)["pupil-own"], born, (number,)))
    common = {"by": FAMILY, "at": world.at}
    person = person_of(world, number)
    answer(opened, use=world.use, keep_out=(person,), **common)
    answer(opened, purpose="research-contact", leave_in=(person,), **common)
    for scope in ({"use": world.use}, {"purpose": "public-interest-study"}):
        with refused("rights.may_not_decide"):
            answer(opened, **scope, leave_in=(person,), **common)


def packed(world, number, *extra):
    """Let the child's school ask for letters again, with more handles, and return the codes by handle."""
    from beholden.gate.actions import telling

    school = next(one for one in world.town.schools if one.laestab == school_of(world, number))
    system = Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)
    handles = (*world.handles(school), *extra)
    return telling.relay(world.use, school.laestab, handles, by=system, at=world.at)


@pytest.fixture
def telling_world(base_home, tmp_path_factory):
    """A home in which families are being told: the telling has begun, and letters can be asked for."""
    from beholden.gate.actions import telling

    with homes.clone(base_home):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        world.at += timedelta(days=1)
        world.answer_by = world.at + timedelta(days=CATALOGUE.limits.objection_window_days + 1)
        telling.begin(world.use, answer_by=world.answer_by, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        for school in world.town.schools:
            system = Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)
            pack = telling.relay(world.use, school.laestab, world.handles(school), by=system, at=world.at)
            world.codes |= dict(pack.codes)
            world.seconds |= dict(pack.second_codes)
        yield world


def test_whoever_may_not_be_contacted_gets_a_code_that_names_no_child_and_the_school_cannot_tell(
    telling_world,
):
    """D35: the pack is the same but for the codes."""
    world = telling_world
    his, hers, number = couple(world)
    before = packed(world, number)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    change(world, number, line(world, his, number, takes=("contact",)))
    after = packed(world, number)
    for one, other in ((before.codes, after.codes), (before.second_codes, after.second_codes)):
        assert [handle for handle, _ in one] == [handle for handle, _ in other]
    assert (before.not_on_roll, before.answer_by) == (after.not_on_roll, after.answer_by)
    person = person_of(world, number)
    assert (len(his[3]), len(hers[3])) == (1, 1)
    codes = dict(after.codes)
    with refused("notices.ring_us"):
        world.open((his[0], codes[his[0]], *his[2:]))
    assert [one.person for one in world.open((hers[0], codes[hers[0]], *hers[2:])).children] == [person]


def test_an_able_childs_own_letter_is_hers_and_she_sees_that_an_adult_looked(telling_world):
    """D15, D27: own code, own birth date, own answer; an adult's look is there without a name, and hers is not his."""
    from beholden.gate.actions import telling
    from beholden.notices.rules import Delivered
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    world = telling_world
    his, _, number = old_enough(world)
    person = person_of(world, number)
    own = telling.Handle("pupil-own", (number,), own=True)
    early = packed(world, number, own)
    born = next(child.born for child in world.children() if child.upn == number)
    with refused("notices.ring_us"):
        world.open(("pupil-own", dict(early.codes)["pupil-own"], born, (number,)))
    judged_able(world, number)
    pack = packed(world, number, own)
    world.codes, world.seconds = dict(pack.codes), dict(pack.second_codes)
    letter = ("pupil-own", world.codes["pupil-own"], born, (number,))
    school = school_of(world, number)
    system = Actor("system", Role.SCHOOL, school)
    facts = (("pupil-own", Delivered.HANDED_OVER),)
    assert telling.carried(world.use, school, facts, by=system, at=world.at) == 1
    opened = world.open(letter)
    assert opened.own
    assert [one.person for one in opened.children] == [person]
    parent = (his[0], world.codes[his[0]], *his[2:])
    assert not world.open(parent).own
    him = about(world, parent, number)
    asks(family.record, him, world.at)
    shown = Shown(letter[1], born, world.seconds["pupil-own"])
    shown = replace(shown, second=family.enter(shown, catalogue=CATALOGUE, at=world.at).own_code)
    ref = family.overview(shown, catalogue=CATALOGUE, at=world.at).children[0].ref
    herself = AboutChild(shown, ref)
    items = {line.item for group in asks(family.record, herself, world.at).groups for line in group.lines}
    looks = asks(family.used, herself, world.at).looks
    assert ("adult", "page", 1) in {(one.who, one.what, one.times) for one in looks}
    assert all(one.who == "you" for one in asks(family.used, him, world.at).looks)
    assert "young_carer" in items
    his_items = {line.item for group in asks(family.record, him, world.at).groups for line in group.lines}
    assert items - his_items == {"young_carer"}


def test_a_pupil_of_age_needs_no_line_and_her_guardians_see_and_decide_nothing(telling_world):
    """D8, D14: at 18 her own handle is enough; then no letter of theirs names her, and their leave in counts no more."""
    from beholden.gate.actions import telling
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    world = telling_world
    on = world.at.date()
    grown = next(
        child
        for child in world.children()
        if CATALOGUE.guardians_end.has_come_by(child.born, on)
        and any(child.upn in letter[3] for letter in world.letters())
    )
    theirs = next(letter for letter in world.letters() if grown.upn in letter[3])
    shown = entered(world, theirs)
    assert grown.forename not in {
        one.name for one in family.overview(shown, catalogue=CATALOGUE, at=world.at).children
    }
    before = say(world, theirs, grown.upn, "keep_out")
    say(world, theirs, grown.upn, "leave_in", receipt=before.number)
    world.at += timedelta(days=CATALOGUE.limits.undo_days)
    person = person_of(world, grown.upn)
    assert person in objecting(world)
    pack = packed(world, grown.upn, telling.Handle("pupil-own", (grown.upn,), own=True))
    fresh = (theirs[0], dict(pack.codes)[theirs[0]], *theirs[2:])
    younger = [number for number in theirs[3] if number != grown.upn]
    assert {one.person for one in world.open(fresh).children} == {person_of(world, one) for one in younger}
    assert younger
    own = ("pupil-own", dict(pack.codes)["pupil-own"], grown.born, (grown.upn,))
    assert world.open(own).own
    hers = Shown(own[1], grown.born, dict(pack.second_codes)["pupil-own"])
    hers = replace(hers, second=family.enter(hers, catalogue=CATALOGUE, at=world.at).own_code)
    ref = family.overview(hers, catalogue=CATALOGUE, at=world.at).children[0].ref
    assert asks(family.record, AboutChild(hers, ref), world.at).groups
    say(world, own, grown.upn, "leave_in")
    world.at += timedelta(days=CATALOGUE.limits.undo_days)
    assert person not in objecting(world)


def hers_alone(catalogue=CATALOGUE):
    """The catalogue, were the study's purpose the able child's alone."""
    from types import MappingProxyType

    purpose = replace(catalogue.purpose("public-interest-study"), hers_alone=True)
    return replace(catalogue, purposes=MappingProxyType({**catalogue.purposes, purpose.code: purpose}))


def test_where_the_choice_is_hers_alone_her_own_answer_stands_and_before_it_everybodys_no(telling_world):
    """D14, D15: what a guardian kept out passes on to her; she may leave herself in, which counts after the wait."""
    from beholden.gate.actions import telling

    world = telling_world
    his, _, number = old_enough(world)
    person = person_of(world, number)
    judged_able(world, number)
    pack = packed(world, number, telling.Handle("pupil-own", (number,), own=True))
    world.codes = dict(pack.codes)
    born = next(child.born for child in world.children() if child.upn == number)
    letter = ("pupil-own", world.codes["pupil-own"], born, (number,))
    say(world, (his[0], world.codes[his[0]], *his[2:]), number, "keep_out")
    rules = hers_alone()
    assert person in objecting(world, rules)
    world.at += HOUR
    say(world, letter, number, "leave_in")
    assert person in objecting(world, rules)
    world.at += timedelta(days=CATALOGUE.limits.undo_days)
    assert person not in objecting(world, rules)
    assert person in objecting(world)  # where it is not hers alone, the safer answer counts
    world.at -= timedelta(days=1)
    say(world, letter, number, "keep_out")
    assert person in objecting(world, rules)


def test_at_the_desk_an_able_childs_own_use_is_not_there_for_her_guardians(world):
    """D15: `history` tells no more than the family's own page."""
    from beholden.rights.desk import recall

    his, _, number = old_enough(world)
    world.released()
    judged_able(world, number)
    opened = world.open(his)
    (child,) = (
        one.position for one in (*opened.children, *opened.watched) if one.person == person_of(world, number)
    )

    def told(rules):
        asked = {"code": his[1], "born_on": his[2], "child": child, "identity_seen": True}
        return recall(**asked, catalogue=rules, by=REGISTRAR, at=world.at)

    assert [(one.use, in_list) for one, in_list in told(CATALOGUE)] == [(world.use, True)]
    assert told(hers_alone()) == ()


@pytest.mark.parametrize("widened", [False, True], ids=["as the door is", "were addresses shown there"])
def test_a_marked_address_is_in_nothing_that_an_adult_can_fetch(telling_world, caplog, monkeypatch, widened):
    """D35: record, uses, copy, proof, letter, pack, refusals, log lines: the child's address is in none of them.

    This door shows no address to anybody. Were it to show them, the other adult would read it in record and copy, and
    he of whom it is kept would still read nothing: so it is the order that hides it, and the look can find it.
    """
    from beholden.people import rules
    from beholden.rights import family

    if widened:
        monkeypatch.setattr(rules, "SHOWN_AT_THE_DOOR", rules.SHOWN_AT_THE_DOOR | {Store.ADDRESS})
    caplog.set_level(logging.DEBUG)
    world = telling_world
    his, hers, number = couple(world)
    child = next(one for one in world.children() if one.upn == number)
    marks = (child.address.street, child.address.postcode, child.address.postcode.replace(" ", ""))
    him, her = about(world, his, number), about(world, hers, number)
    change(world, number, line(world, hers, number, PowerSays.HOLDS, "birth-entry"))
    change(world, number, line(world, his, number, takes=("address",)))
    reads = {page for page, said in fetched(world, hers, her).items() if any(mark in said for mark in marks)}
    assert reads == ({"record", "copy_file"} if widened else set())
    said = list(fetched(world, his, him).values())
    change(world, number, line(world, his, number, PowerSays.ENDED, "discharge"))
    for verb in (family.record, family.used, family.copy_file, family.proof_file):
        with refused("notices.ring_us") as no:
            asks(verb, him, world.at)
        said.append(f"{no.value} {no.value.next_step} {no.value.authority}")
    said += [str(packed(world, number)), caplog.text]  # the pack last: then the letter has another code
    assert not [mark for mark in marks for one in said if mark in one]


def fetched(world, letter, question):
    """Return everything that one adult may fetch about one child, by what it is called."""
    from beholden.rights import family

    pages = {
        verb.__name__: json.dumps(asdict(asks(verb, question, world.at)), default=str)
        for verb in (family.record, family.used)
    }
    files = {
        verb.__name__: asks(verb, question, world.at).content.decode()
        for verb in (family.copy_file, family.proof_file)
    }
    overview = str(family.overview(question.shown, catalogue=CATALOGUE, at=world.at))
    return {**pages, **files, "letter": str(world.open(letter)), "overview": overview}


def test_the_room_of_consents_learns_who_was_judged_able_and_since_when(world):
    """D14."""
    from beholden.people import queries

    _, _, number = old_enough(world)
    person = person_of(world, number)
    assert queries.judged_able([person], at=world.at) == {}
    judged_able(world, number)
    assert queries.judged_able([person], at=world.at) == {person: world.at}
    assert queries.judged_able([person], at=world.at - HOUR) == {}


def test_nobody_so_young_is_recorded_as_able(world):
    """D15: the catalogue's age is the least; below it a child is heard with her guardians."""
    young = min((child for child in world.children()), key=lambda child: -child.born.toordinal())
    with refused("gate.too_young"):
        judged_able(world, young.upn)


def test_after_a_change_of_power_nothing_leaves_under_the_old_key_and_old_files_still_verify(world):
    """DESIGN, keys: yesterday's file looks into nothing to come; what happened before can still be proved."""
    from beholden.catalogue import Flag
    from beholden.fsck.rules import Weight
    from beholden.fsck.tables import check_tables
    from beholden.gate.actions import deciding
    from beholden.gate.actions.proving import bundle
    from beholden.gate.actions.weighing import lists, scope
    from beholden.gate.registries import newest
    from beholden.home import here
    from beholden.ledger.account import Standing
    from beholden.ledger.verify import verify
    from beholden.uses.queries import asked

    his, _, number = couple(world)
    person = person_of(world, number)
    world.released()
    old = bundle(person, by=REGISTRAR, at=world.at)
    change(world, number, line(world, his, number, takes=("decide",)))

    def keyed():
        among = scope(asked(world.use), by=REGISTRAR, at=world.at)
        made = lists(asked(world.use), among, newest(), CATALOGUE, by=REGISTRAR, at=world.at)
        return person.bytes in made[Flag.NO_KEY].to_pylist()

    assert not keyed()
    world.at += HOUR
    deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    assert keyed()
    fresh = bundle(person, by=REGISTRAR, at=world.at)
    for raw in (old, fresh):
        assert [one.standing for one in verify(raw).handovers] == [Standing.IN]
    assert [one for one in check_tables(here(), CATALOGUE) if one.weight is Weight.FINDING] == []


def test_a_newest_line_that_is_taken_away_is_found(world):
    """D35: nothing after it binds it, but the vault knows how often the child's key was changed."""
    from beholden.fsck.powers import check_powers
    from beholden.home import here, postgres

    his, _, number = couple(world)
    change(world, number, line(world, his, number, takes=("address",)))
    assert list(check_powers(CATALOGUE)) == []
    with postgres.connected(here(), "owner") as connection:
        connection.execute("alter table people_powerline disable trigger user")
        connection.execute("delete from people_powerline")
    assert [one.code for one in check_powers(CATALOGUE)] == ["fsck.power_count"]
