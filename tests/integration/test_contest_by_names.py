# SPDX-License-Identifier: Apache-2.0
"""A match by a list of names is contested like any other, and whoever judged its pair does not judge the contest (D21, D32)."""

from beholden.rights.registrar.asked import WhichMatch
from integration.matched import THIRD
from integration.named import HARMING, hand_in, look, released, rightly
from integration.officers import shown
from integration.world import REGISTRAR, REVIEWERS, copy_of


def test_the_recipients_own_reference_finds_whom_a_list_of_names_was_answered_with(harming):
    from beholden.contests.queries import frozen
    from beholden.contests.rules import Reason, Verdict, Why
    from beholden.gate.actions.contesting import Paper, contest_by_post, decide
    from beholden.gate.answered import made_by, matches_of
    from beholden.people.actions import appoint
    from beholden.rights.registrar import matches

    world, reference = harming.world, min(harming.yes)
    with copy_of(harming):
        appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
        hand_in(world, harming.roster)
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        released(world)
        assert {one.ref for one in REVIEWERS} <= made_by(world.use)
        said = Paper("P-1", Why.NOT_US, reference=reference)
        number = contest_by_post(world.use, said, catalogue=HARMING, by=REGISTRAR, at=world.at)
        (person,) = frozen(world.use).waiting
        assert [one.use for one in matches_of(person)] == [world.use]
        page = matches.one(WhichMatch(shown(THIRD, at=world.at), number), catalogue=HARMING, at=world.at)
        assert page.match.found_by.startswith("By what is alike. ")
        assert "The given name is the same." in page.match.found_by
        child = world.children()[int(reference.removeprefix("case-"))]
        assert child.surname not in page.match.found_by
        decide(number, Verdict.WRONG, Reason.RECIPIENT, by=THIRD, at=world.at)
        assert frozen(world.use).reversed == {person}
