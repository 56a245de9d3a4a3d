# SPDX-License-Identifier: Apache-2.0
"""A survey's letter goes through the register: no address leaves, no school learns who is invited. D13, D16, D18.

One world is played for the module; each test looks at what came of it, or goes on from a copy.
"""

from dataclasses import dataclass

import pytest

import homes
from beholden.kinds import Actor, Role
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from beholden.rights.record import Shown
from beholden.uses.rules.invitation import Invitation
from integration.schools import enrolled
from integration.test_consents import say_yes
from integration.world import CATALOGUE, FAMILY, REGISTRAR, World

LETTER = Invitation(
    "We are the University of Northford. We study what young people do after school.",
    "We would like to ask you how you spend your free time, and what you would like to do.",
    "You fill in a form once. It takes a quarter of an hour. You can stop at any question.",
    "Write to survey@northford.example, or ring 0800 123 456, and we send you the form.",
)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def asked_for(world, **changes):
    typed = {"gateway": "uk-gdpr", "why_elsewhere": "No record leaves.", "invitation": LETTER} | changes
    return {
        "purpose": "research-contact",
        "exit": "contact",
        "items": (),
        "application": world.application((), **typed),
    }


@dataclass
class Asked:
    """A home in which a letter waits to be passed on: who said yes, who no, who is hidden."""

    home: object
    world: World
    agreed: tuple
    kept_out: tuple
    hidden: tuple
    silent: tuple


def begun(folder, *, yes=6, no=()):
    """A survey whose window is over: the first letters' children agreed, the next was kept out, one is hidden."""

    world = World(folder, pupils=40)
    world.returns()
    world.published()
    world.use = world.another(**asked_for(world))
    world.told()
    letters = world.letters()
    for letter in letters[:yes]:
        say_yes(world, world.open(letter))
    for letter in no:
        world.keep_out(letters[letter])
    return world


@pytest.fixture(scope="module")
def passed_on(base_home, tmp_path_factory):
    from beholden.people.actions import flag
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = begun(tmp_path_factory.mktemp("town"), no=(1,))
            letters = world.letters()
            flag(world.open(letters[2]).children[0].person, "hidden", by=REGISTRAR, at=world.at)
            world.disclosure = world.released()
        with found.acting_as(home, "keeper"):
            yield home, world


def family(world, letter):
    """What a family shows when it comes with its letter, its birth date and its own code."""
    from beholden.rights import family

    shown = Shown(letter[1], letter[2], world.seconds[letter[0]])
    own = family.enter(shown, catalogue=CATALOGUE, at=world.at).own_code
    if own:
        world.seconds[letter[0]] = own
    return Shown(letter[1], letter[2], own or shown.second)


def test_end_to_end(passed_on):
    home, world = passed_on
    print(list(home.post.iterdir()), list(home.released.iterdir()))
    from beholden.gate.actions import inviting
    from beholden.gate.models import Decision

    made = Decision.objects.get()
    print(made.combinations, made.scope.count, made.released.count)
    for school in world.town.schools:
        shown = enrolled(world, school)
        system = Actor(shown.ref, Role.SCHOOL, school.laestab)
        pack = inviting.take(world.use, school.laestab, by=system, at=world.at)
        print(len(pack.numbers))
    from beholden.gate.actions.proving import bundle

    for letter in world.letters()[:8]:
        opened = world.open(letter)
        from beholden.home.keys import load
        from beholden.people.mandate import check

        adult = check(opened.mandate, key=load(home, "letters"), at=world.at).adult
        for child in opened.children:
            (got,) = inviting.letters_for(child.person, adult, catalogue=CATALOGUE, by=FAMILY, at=world.at)
            account = verify(bundle(child.person, by=REGISTRAR, at=world.at))
            print(got.invitation is not None, got.own, len(account.present), len(account.absent))
    from beholden.fsck.tables import check_tables

    assert list(check_tables(home, CATALOGUE)) == []
