# SPDX-License-Identifier: Apache-2.0
"""A list of names is handed in: decided by printed rules, looked at by people, explained, and answered like any match.

England's catalogue lets no purpose match lists; these worlds live under one that does. D13, D21, D32.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

import homes
from beholden.kinds import Actor, Role
from beholden.ledger.vocabulary.events import ListLinked, RosterHanded
from beholden.linkage.files import Columns
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from integration.test_match import MATCHING, begun, numbers, said
from integration.world import RECIPIENT, REGISTRAR, REVIEWERS, copy_of
from rulebooks import in_compartment

WHERE = Columns("case", {"given_name": "first", "surname": "last", "birth_date": "born", "postcode": "pc"})
HARMING = in_compartment("public-interest-study", "enforcement", catalogue=MATCHING)
THIRD = Actor("reviewer-c", Role.REVIEWER, "panel-b")
STRANGERS = (
    "nobody-1,Zebedee,Quillfeather,2012-05-05,ZZ99 9ZZ",
    "nobody-2,Ottoline,Brackenbury,2013-06-06,ZZ98 8ZZ",
)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def line(case, child, **other):
    said_of = {
        "first": child.forename,
        "last": child.surname,
        "born": child.born.isoformat(),
        "pc": child.address.postcode,
    } | other
    return ",".join((case, *(said_of[name] for name in ("first", "last", "born", "pc"))))


def listed(children):
    return [line(f"case-{place}", child) for place, child in enumerate(children)]


def written(folder, lines, name="names.csv"):
    path = folder / name
    path.write_text("\n".join(("case,first,last,born,pc", *lines, "")), encoding="utf-8")
    return path


def hand_in(world, path, *, by=RECIPIENT, where=WHERE):
    from beholden.gate.actions.linking import hand_in_names

    return hand_in_names(world.use, path, where, catalogue=world.catalogue, by=by, at=world.at)


def released(world):
    from beholden.gate.actions import releasing

    decision = world.decided()
    return releasing.release_use(world.use, decision, catalogue=world.catalogue, by=REGISTRAR, at=world.at)


def known():
    """What is known of each pair that waits: its truth, where it was made up; else the record's reference."""
    from beholden.gate.models import LinkedPair

    return {row.pk: (row.known, row.reference) for row in LinkedPair.objects.filter(accepted=False)}


def look(world, by, says):
    """Let one reviewer look at every pair that waits; `says` gives the answer from what is known of it."""
    from beholden.gate.actions.settling import say
    from beholden.gate.linked_pairs import waiting

    truth = known()
    for one in waiting(by):
        say(one.number, says(*truth[one.number]), by=by, at=world.at)


def rightly(truth, reference):
    """Answer as somebody does who can tell: made-up pairs by their truth, and the one with a wrong name is nobody."""
    return Opinion(truth) if truth else Opinion.SAME


@dataclass
class Told:
    """A home in which a match was told, and the list that its recipient has in hand."""

    home: object
    world: object
    kept_out: tuple
    hidden: object
    roster: object
    yes: frozenset


def told(base_home, folder, catalogue):
    from beholden.settings import found

    stack = ExitStack()
    home = stack.enter_context(homes.fresh(base_home))
    with found.acting_as(home, "keeper"):
        world, kept_out, hidden = begun(folder, catalogue=catalogue)
        children = world.children()
        out = numbers(world, *kept_out, hidden)
        reached = {n for school in world.town.schools for one in world.handles(school) for n in one.numbers}
        yes = frozenset(
            f"case-{place}"
            for place, child in enumerate(children)
            if child.upn in reached and child.upn not in out
        )
    roster = written(folder, [*listed(children), *STRANGERS])
    return stack, Told(home, world, kept_out, hidden, roster, yes)


@pytest.fixture(scope="module")
def kind(base_home, tmp_path_factory):
    """For a purpose that harms nobody."""
    stack, made = told(base_home, tmp_path_factory.mktemp("town"), MATCHING)
    with stack:
        yield made


@pytest.fixture(scope="module")
def harming(base_home, tmp_path_factory):
    """For a purpose that can harm: a person looks at each."""
    stack, made = told(base_home, tmp_path_factory.mktemp("town"), HARMING)
    with stack:
        yield made


def test_who_is_sure_is_answered_and_strangers_and_decoys_are_nobody(kind):
    """The same set expression as for every match: kept out, kept safe, not told are no row (D13)."""
    world = kind.world
    with copy_of(kind) as home:
        given = hand_in(world, kind.roster)
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        parcel = world.parcel(home, released(world))
        (entry,) = said(ListLinked)
        (handed,) = said(RosterHanded)
    assert parcel.rows.column_names == ["tag", "reference"]
    assert set(parcel.rows["reference"].to_pylist()) == kind.yes
    assert parcel.rows.num_rows + len(parcel.padding) == given.rows == handed.rows
    assert (entry.decoys, entry.decoys_accepted) == (12, 0)
    assert entry.by_values == 64


def test_nobody_is_taken_for_anybody_before_people_looked_where_it_can_harm(harming):
    """And nothing is decided while a pair waits (D32)."""
    world = harming.world
    with copy_of(harming) as home:
        hand_in(world, harming.roster)
        with refused("gate.pairs_wait"):
            world.decided()
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        parcel = world.parcel(home, released(world))
        (entry,) = said(ListLinked)
    assert set(parcel.rows["reference"].to_pylist()) == harming.yes
    assert (entry.by_values, entry.by_number, entry.by_people) == (64, 64, 64)
    assert entry.known_right == entry.known > 0
    assert entry.agree_high == 100


def test_two_who_differ_are_settled_by_a_third_and_who_cannot_say_says_nobody(harming):
    from beholden.ledger.actions import sequence
    from beholden.people.actions import appoint

    world = harming.world

    def says(case, said_of_it):
        return lambda truth, reference: said_of_it if reference == case else rightly(truth, reference)

    first, second, *_ = sorted(harming.yes)
    with copy_of(harming) as home:
        hand_in(world, harming.roster)
        look(world, REVIEWERS[0], says(first, Opinion.DIFFERENT))
        look(world, REVIEWERS[1], says(second, Opinion.CANNOT_SAY))
        assert said(ListLinked) == []
        appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
        look(world, THIRD, lambda _, reference: Opinion.SAME if reference == first else Opinion.CANNOT_SAY)
        sequence(at=world.at)
        assert len(said(ListLinked)) == 1
        parcel = world.parcel(home, released(world))
    assert set(parcel.rows["reference"].to_pylist()) == harming.yes - {second}
