# SPDX-License-Identifier: Apache-2.0
"""A record goes to the new school when both schools have said so: locked, written down first, without the address (D18, D35)."""

import json
from datetime import timedelta

import msgspec
import pyrage
import pytest

import homes
from beholden.hatch import verbs
from beholden.hatch.verbs import Answered, Asked
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.rights.school.asked import Fetch, Shown
from integration.world import CATALOGUE, REGISTRAR, World
from rulebooks import with_limits

DAYS = timedelta(days=CATALOGUE.limits.transfer_days)


@pytest.fixture(scope="module")
def world(base_home, tmp_path_factory):
    """One world with three movers, whose new schools have an officer and a key of their own."""
    from beholden.people import actions as people
    from beholden.people.queries import Body

    with homes.clone(base_home):
        made = World(tmp_path_factory.mktemp("town"), pupils=150)
        made.returns()
        made.published()
        made.told()
        assert (
            len({child.upn for child, _, _ in movers(made)}) == 3
        )  # two tests mark one each, and no test another's
        assert all(old != new for _, old, new in movers(made))
        made.keys, made.doors = {}, {}
        for school in made.town.schools:
            key = made.keys[school.laestab] = pyrage.x25519.Identity.generate()
            body = Body(school.laestab, school.name, "school", "England", str(key.to_public()), "")
            people.enrol(body, by=REGISTRAR, at=made.at)
            officer = people.appoint(
                f"data-{school.laestab}", Role.SCHOOL, school.laestab, by=REGISTRAR, at=made.at
            )
            made.doors[school.laestab] = Shown(
                officer.ref, people.give_key(officer.ref, by=REGISTRAR, at=made.at)
            )
        yield made


def movers(world):
    """Children who left one school and are on the roll of another: the child, the old school, the new one."""
    return [
        (child, next(stay.laestab for stay in child.stays if stay.left), child.roll.laestab)
        for child in world.children()
        if any(stay.left for stay in child.stays)
    ]


def officer(school):
    return Actor(f"data-{school}", Role.SCHOOL, school)


def fetch(world, child, school, *, at=None, by=None, born=None, catalogue=CATALOGUE):
    from beholden.gate.actions.transferring import transfer

    return transfer(
        child.upn, born or child.born, catalogue=catalogue, by=by or officer(school), at=at or world.at
    )


def opened(world, sent, school):
    return json.loads(pyrage.decrypt(sent.ciphertext, [world.keys[school]]))


def lines():
    from beholden.gate import journal
    from beholden.home import here

    return [line.left for line in journal.lines(here().journal)]


def refused(code, does, *args, **named):
    with pytest.raises(Refusal) as no:
        does(*args, **named)
    assert no.value.code == code
    return no.value.sentence


def person_of(world, child):
    from beholden.register.actions import with_number_and_birth

    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
    return person


def test_the_new_school_opens_the_record_and_nobody_else_does(world):
    child, old, new = movers(world)[0]
    sent = fetch(world, child, new)
    got = opened(world, sent, new)
    assert got["child"]["forename"] == child.forename
    assert {one["on_roll"] for one in got["told"]} == {True, False}
    with pytest.raises(pyrage.DecryptError):
        opened(world, sent, old)
    written = lines()[-1]
    assert (written.exit, written.by, written.person) == ("transfer", f"data-{new}", person_of(world, child))


def test_where_the_child_lives_and_every_number_but_the_one_typed_stay_here(world):
    """D35: of every child, so that a child who is kept safe looks like every other."""
    child, _, new = movers(world)[0]
    content = json.dumps(opened(world, fetch(world, child, new), new))
    assert child.address.postcode not in content
    assert "postcode" not in content
    assert "address_lines" not in content
    assert "former_upn" not in content


def test_a_child_who_is_kept_safe_and_a_familys_no_change_nothing(world):
    """D13, D35: neither what goes nor what is refused tells of a flag or of a choice."""
    from beholden.people.actions import flag

    child, _, new = movers(world)[1]
    before = opened(world, fetch(world, child, new), new)
    for letter in world.letters():
        if child.upn in letter[3]:
            world.keep_out(letter)
    flag(person_of(world, child), "hidden", by=REGISTRAR, at=world.at)
    assert opened(world, fetch(world, child, new), new) == before


def test_a_restriction_travels_with_it(world):
    from beholden.people.actions import flag

    child, _, new = movers(world)[2]
    assert opened(world, fetch(world, child, new), new)["restricted"] is False
    flag(
        person_of(world, child),
        "restricted",
        by=REGISTRAR,
        at=world.at,
        until=world.at + timedelta(seconds=1),
    )
    assert opened(world, fetch(world, child, new), new)["restricted"] is True


def test_whoever_may_not_have_it_hears_one_sentence(world):
    """A school learns nothing of other schools' pupils, not even that they are in the register."""
    child, old, new = movers(world)[0]
    stayed = next(one for one in world.children() if len(one.stays) == 1 and one.roll.laestab == old)
    before = len(lines())
    said = {
        refused("gate.no_transfer", fetch, world, child, old),
        refused("gate.no_transfer", fetch, world, stayed, new),
        refused("gate.no_transfer", fetch, world, stayed, old),
        refused("gate.no_transfer", fetch, world, child, new, born=child.born + timedelta(days=1)),
    }
    assert len(said) == 1
    assert len(lines()) == before


@pytest.mark.parametrize(
    "by", [REGISTRAR, Actor("letter", Role.FAMILY), Actor("recipient", Role.RECIPIENT, "northford")]
)
def test_no_other_role_may_fetch(world, by):
    child, _, new = movers(world)[0]
    refused("gate.role", fetch, world, child, new, by=by)
    refused("people.not_enrolled", fetch, world, child, new, by=Actor("nobody", Role.SCHOOL, new))


def test_under_rules_that_are_not_in_force_no_record_moves(world):
    """D41: of a move as of every exit, the log says which rules it goes by; nothing is written."""
    child, _, new = movers(world)[0]
    before = len(lines())
    refused("gate.not_in_force", fetch, world, child, new, catalogue=with_limits(transfer_days=9_999))
    assert len(lines()) == before


def test_once_for_a_move_and_again_only_while_the_time_runs(world):
    child, _, new = movers(world)[0]
    fetch(world, child, new)
    fetch(world, child, new, at=world.at + DAYS - timedelta(seconds=1))
    before = len(lines())
    refused("gate.transfer_over", fetch, world, child, new, at=world.at + DAYS)
    assert len(lines()) == before


def test_a_school_without_a_key_gets_nothing(world):
    from beholden.people import actions as people
    from beholden.people.queries import Body

    child = movers(world)[0][0]
    people.enrol(Body("keyless", "A school", "school", "England", "", ""), by=REGISTRAR, at=world.at)
    by = people.appoint("data-keyless", Role.SCHOOL, "keyless", by=REGISTRAR, at=world.at)
    refused("gate.school_key", fetch, world, child, "keyless", by=by)


def test_it_goes_through_the_hatch_with_the_schools_own_key(world):
    """D36: the door passes on a locked file that it cannot open."""
    from beholden.hatch.table import keeper

    child, _, new = movers(world)[0]
    question = Fetch(world.doors[new], child.upn, child.born)
    raw = msgspec.json.encode(Asked(verbs.SCHOOL_FETCH.name, msgspec.Raw(msgspec.json.encode(question))))
    back = msgspec.json.decode(keeper(CATALOGUE, since=world.at).answer(raw, at=world.at), type=Answered)
    got = msgspec.json.decode(back.answer, type=verbs.SCHOOL_FETCH.answer)
    assert json.loads(pyrage.decrypt(got.content, [world.keys[new]]))["number"] == child.upn
    assert child.upn not in got.name
    assert child.upn not in repr(question)
    assert child.born.isoformat() not in repr(question)


def test_the_family_reads_of_it_at_once_and_not_which_school(world):
    """D27, D35."""
    from beholden.gate.looks import looks_at
    from beholden.rights import family
    from beholden.rights.record import AboutChild

    reached = {number for letter in world.letters() for number in letter[3]}
    child, _, new = next(one for one in movers(world) if one[0].upn in reached)
    fetch(world, child, new)
    letter = next(one for one in world.letters() if child.upn in one[3])
    from beholden.rights.record import Shown as Letter

    own = family.enter(
        Letter(letter[1], letter[2], world.seconds[letter[0]]), catalogue=CATALOGUE, at=world.at
    ).own_code
    shown = Letter(letter[1], letter[2], own)
    found = []
    for one in family.overview(shown, catalogue=CATALOGUE, at=world.at).children:
        page = family.used(AboutChild(shown, one.ref), catalogue=CATALOGUE, at=world.at)
        assert new not in repr(page.looks)
        found += [line for line in page.looks if line.what == "transfer"]
    assert {line.who for line in found} == {"school"}
    assert "transfer" in {look.exit for look in looks_at(person_of(world, child))}
