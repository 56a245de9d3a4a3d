# SPDX-License-Identifier: Apache-2.0
"""What reviewers and members may do at the door: declare, then read, then answer, then read the others (D26, D29).

Each verb is called as the keeper's process calls it, with a question and nothing else. One use is taken through its
round, so the tests stand in that order.
"""

import re
from dataclasses import replace

import pytest

from beholden.refusals import Refusal
from beholden.rights.panel.asked import Declared, Marked, Replied, Reviewed, Voted
from beholden.rights.shown import WhichUse
from beholden.uses.rules import QUESTIONS
from integration.officers import shown
from integration.use_steps import objects
from integration.world import APPLICANT, CATALOGUE, MEMBERS, REVIEWERS, World

pytestmark = pytest.mark.story
ALL = (*REVIEWERS, *MEMBERS.values(), APPLICANT)


def refused(code):
    return pytest.raises(Refusal, match=f"^{re.escape(code)}:")


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """One use before the panel, and one that is published and that a school objects to."""
    import homes
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        objected = world.published()
        waits = world.before_the_panel()
        yield world, waits, objected, {one.ref: shown(one, at=world.at) for one in ALL}


@pytest.fixture
def ask(stage):
    from beholden.rights.panel import looking

    def asked(name, question):
        return getattr(looking, name)(question, catalogue=CATALOGUE, at=stage[0].at)

    return asked


FIVE = tuple(Marked(question, "yes", "Needed, fair and safe.", "") for question in QUESTIONS)


def test_nothing_is_read_before_an_interest_is_declared_and_nothing_by_whoever_has_one(stage, ask):
    _, ref, _, keys = stage
    reader, other = keys["reviewer-a"], keys["young-1"]
    for who in (reader, other):
        with refused("uses.interest_first"):
            ask("request", WhichUse(who, ref))
    cover = ask("cover", WhichUse(reader, ref))
    assert cover.use.then == "declare"
    ask("declare", Declared(reader, ref, False, ""))
    assert ask("request", WhichUse(reader, ref)).lines
    with refused("uses.interest"):
        ask("declare", Declared(other, ref, True, ""))
    done = ask("declare", Declared(other, ref, True, "A cousin works there."))
    assert done.use.then == ""
    with refused("uses.interest_first"):
        ask("request", WhichUse(other, ref))
    with refused("uses.said_already"):
        ask("declare", Declared(other, ref, False, ""))


def test_an_applicant_has_no_way_in(stage, ask):
    _, ref, _, keys = stage
    for name, question in (("waiting", keys["applicant-1"]), ("request", WhichUse(keys["applicant-1"], ref))):
        with refused("people.not_let_in"):
            ask(name, question)


def test_a_review_is_closed_to_the_other_until_both_are_in(stage, ask):
    """Five questions, each with its reason; the first reads only the own words until the second has spoken."""
    _, ref, _, keys = stage
    first, second, member = keys["reviewer-a"], keys["reviewer-b"], keys["lay-1"]
    for who in (second, member):
        ask("declare", Declared(who, ref, False, ""))
    with refused("uses.review_unfinished"):
        ask("review", Reviewed(first, ref, FIVE[:4], "yes"))
    with refused("uses.unanswered"):
        ask("review", Reviewed(first, ref, FIVE, "perhaps"))
    done = ask("review", Reviewed(first, ref, FIVE, "yes"))
    assert {voice.who for voice in done.voices} == {"Reviewer A"}
    assert ask("request", WhichUse(second, ref)).voices == ()
    assert ask("request", WhichUse(member, ref)).voices == ()
    done = ask("review", Reviewed(second, ref, FIVE, "no"))
    assert {voice.who for voice in done.voices} == {"Reviewer A", "Reviewer B"}
    assert {voice.who for voice in ask("request", WhichUse(first, ref)).voices} == {
        "Reviewer A",
        "Reviewer B",
    }


def test_a_vote_is_seen_by_the_others_only_after_their_own(stage, ask):
    _, ref, _, keys = stage
    lay, parent = keys["lay-1"], keys["parent-1"]
    ask("declare", Declared(parent, ref, False, ""))
    with refused("uses.no_reason"):
        ask("vote", Voted(lay, ref, "yes", " ", ""))
    ask("vote", Voted(lay, ref, "yes", "Fair.", ""))
    before = {voice.who for voice in ask("request", WhichUse(parent, ref)).voices}
    assert before == {"Reviewer A", "Reviewer B"}
    after = ask("vote", Voted(parent, ref, "no", "Too much.", ""))
    assert {"The lay member", "The parent member"} < {voice.who for voice in after.voices}
    with refused("people.not_let_in"):
        ask("vote", Voted(keys["applicant-1"], ref, "yes", "Ours.", ""))
    assert ask("waiting", lay).waits == ()


def test_a_school_gets_an_answer_by_name_from_a_member_alone(stage, ask):
    """D29. Of a use that is agreed, one school of many objects: less than the share that brings it back."""
    world, _, objected, keys = stage
    lenient = replace(CATALOGUE, limits=replace(CATALOGUE.limits, school_objection_percent=100))
    school = world.town.schools[0]
    objects(world, objected, school, catalogue=lenient)
    (found,) = ask("waiting", keys["lay-1"]).objections
    assert (found.ref, found.school) == (objected, school.laestab)
    assert ask("waiting", keys["reviewer-a"]).objections == ()
    with refused("uses.text"):
        ask("reply", Replied(keys["lay-1"], objected, school.laestab, " "))
    assert (
        ask("reply", Replied(keys["lay-1"], objected, school.laestab, "No class is named.")).objections == ()
    )


def test_what_was_heard_is_public_and_how_many_commented_but_not_what(stage):
    """D10, D26: objections and children with their answers; a comment's words stand on no page."""
    from beholden.uses.voices import heard

    found = heard(stage[2])
    assert found.comments == 1
    assert [answer for _, _, answer in found.objections] == ["No class is named."]
    assert (found.children.view, bool(found.children.answer)) == ("It is fair.", True)
