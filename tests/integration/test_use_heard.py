# SPDX-License-Identifier: Apache-2.0
"""A use is asked for and heard, with the real database: triage, comments, schools, children. D7, D10, D18, D19, D29."""

from datetime import timedelta

import pytest

from beholden.catalogue import Compartment
from beholden.kinds import Actor, Role
from beholden.uses.rules import Mark, Says, State
from integration.use_steps import (
    DAYS,
    MEMBER,
    YES,
    entries,
    limits,
    objects,
    opened,
    papers,
    refused,
    sign_all,
    speak,
    state,
    with_compartment,
)
from integration.world import (
    APPLICANT,
    CATALOGUE,
    FAMILY,
    REGISTRAR,
    World,
)


@pytest.fixture
def world(keeper_home, tmp_path):
    """A town whose use is published, and nothing more has happened to it."""
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


# --- asking ---


def test_a_request_that_can_be_mended_stays_a_draft(world):
    """An old key is a new enrolment away; nothing is refused in public for it."""
    from beholden.uses import actions as uses

    ref = uses.draft(world.draft(), by=APPLICANT, at=world.at)
    late = world.at + timedelta(days=CATALOGUE.limits.recipient_key_days + 1)
    with refused("uses.recipient_key_old"):
        uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=late)
    assert state(ref) == "draft"


def test_what_triage_says_is_filed_question_by_question(world):
    """D18: the applicant and the panel read the same remarks."""
    ref = opened(world, items=("nc_year", "language"))
    (said,) = papers(ref, "triage")
    assert [(one["question"], one["about"], one["verdict"]) for one in said.body["remarks"]] == [
        ("items", "language", "not_needed")
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"purpose": "something-new"}, "unknown_purpose"),
        ({"items": ("shoe_size",)}, "unknown_item"),
        ({"exit": "table"}, "exit_open"),
    ],
)
def test_what_the_catalogue_refuses_is_refused_at_once_in_public(world, changes, rule):
    from beholden.uses import actions as uses
    from beholden.uses.queries import public_use

    ref = uses.draft(world.draft(**changes), by=APPLICANT, at=world.at)
    assert uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at) is State.REFUSED
    assert public_use(ref, CATALOGUE).refused_rule == rule


def test_what_punishes_and_what_cares_do_not_meet_under_one_key(world):
    """D19: the department has the university's key, and the study is live: refused by name, in public."""
    from beholden.uses import actions as uses
    from beholden.uses.queries import public_use

    mixed = with_compartment("school-improvement", Compartment.ENFORCEMENT)
    for by in (APPLICANT, Actor("applicant-2", Role.APPLICANT, "welfare")):
        ref = uses.draft(world.draft(purpose="school-improvement"), by=by, at=world.at)
        assert uses.submit(ref, catalogue=mixed, by=by, at=world.at) is State.REFUSED
        assert public_use(ref, mixed).refused_rule == "compartments"


def test_a_button_that_is_pressed_twice_is_one_step(world, keeper_home):
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    ref = uses.draft(world.draft(), by=APPLICANT, at=world.at)
    for _ in range(2):
        assert uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at) is State.TRIAGE
    until = {open_for_comment(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at) for _ in range(2)}
    (over,) = until
    world.at = over + timedelta(seconds=1)
    uses.hear_children(ref, who="A council.", view="Fair.", by=REGISTRAR, at=world.at)
    for _ in range(2):
        uses.call_panel(ref, by=REGISTRAR, at=world.at)
    world.heard(ref)
    said = {"replies": {}, "to_children": "Thank you.", "catalogue": CATALOGUE, "at": world.at}
    assert uses.close_panel(ref, by=REGISTRAR, **said) is State.APPROVED
    digests = {uses.draw_up(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at) for _ in range(2)}
    (digest,) = digests
    for side in (REGISTRAR, APPLICANT) * 2:
        uses.sign(ref, digest=digest, by=side, at=world.at)
    for _ in range(2):
        uses.publish(ref, by=REGISTRAR, at=world.at)
    said = entries(ref)
    assert [said.count(one) for one in ("submitted", "comment", "panel", "approved", "[agreement]")] == [
        1
    ] * 5
    assert (said.count("[signature]"), said.count("published")) == (2, 1)


# --- being heard ---


def test_a_comment_is_kept_by_a_reference_that_names_nobody_and_counted_once(world, keeper_home, as_login):
    """D7, D10: anyone may comment; a button pressed twice is one comment."""
    from beholden.uses.actions import comment
    from beholden.uses.standing import hearing

    ref = opened(world)
    said = {"text": "Please publish what you find.", "by": FAMILY, "at": world.at}
    first = comment(ref, press="one", **said)
    assert comment(ref, press="one", **said) == first
    assert comment(ref, press="two", **said) != first
    assert hearing(ref).comments == 2
    with as_login("owner") as connection:
        columns = connection.execute(
            "select column_name from information_schema.columns where table_name = 'uses_comment'"
        ).fetchall()
    assert {name for (name,) in columns} == {"ref", "use_id", "text", "at"}


def test_comments_are_taken_while_a_use_is_open_and_no_longer(world):
    from beholden.uses.actions import comment
    from beholden.uses.standing import hearing

    ref = opened(world)
    said = {"text": "Why?", "press": "one", "by": FAMILY}
    with refused("uses.comment_over"):
        comment(ref, at=hearing(ref).until + timedelta(seconds=1), **said)
    with refused("uses.state"):
        comment(world.use, at=world.at, **said)
    with refused("uses.unknown"):
        comment("U-2026-9999", at=world.at, **said)
    for text in (" ", "x" * 2_001):
        with refused("uses.text"):
            comment(ref, at=world.at, **(said | {"text": text}))


def test_the_panel_is_not_called_while_people_can_still_comment(world):
    """D7: consulted on, for the catalogue's days."""
    from beholden.uses.actions import call_panel
    from beholden.uses.standing import hearing

    ref = opened(world)
    assert hearing(ref).until == world.at + timedelta(days=DAYS)
    with refused("uses.comment_open"):
        call_panel(ref, by=REGISTRAR, at=hearing(ref).until)


def test_only_a_school_that_sent_the_records_objects_and_it_does_so_by_name(world):
    """D29."""
    from beholden.uses.actions import school_objects
    from beholden.uses.standing import hearing

    ref = opened(world)
    school = world.town.schools[0]
    stranger = Actor("school-9", Role.SCHOOL, "9999999")
    said = {"reason": "Small.", "catalogue": CATALOGUE, "at": world.at}
    with refused("uses.school_not_in_scope"):
        school_objects(ref, by=stranger, **said)
    with refused("uses.role"):
        school_objects(ref, by=FAMILY, **said)
    for _ in range(2):
        assert objects(world, ref, school) is State.COMMENT
    with refused("uses.said_already"):
        objects(world, ref, school, reason="And for another reason.")
    heard = hearing(ref)
    assert heard.schools == len(world.town.schools)
    assert heard.objections == ((school.laestab, "Our year groups are small.", ""),)


def test_the_panel_answers_each_school_and_the_children(world):
    """D10, D29: without an answer to each there is no decision."""
    from beholden.uses.standing import hearing

    ref = world.before_the_panel()
    school = world.town.schools[0]
    objects(world, ref, school)
    with refused("uses.objection_unanswered"):
        world.heard(ref)
    with refused("uses.objection_unanswered"):
        world.heard(ref, replies={school.laestab: "Yes.", "9999999": "And you."})
    assert world.heard(ref, replies={school.laestab: "No number under ten."}) is State.APPROVED
    assert hearing(ref).objections[0][2] == "No number under ten."


def test_without_the_childrens_view_nothing_is_decided(world):
    """D10: children are asked about each use, after it was opened, and answered."""
    from beholden.uses import actions as uses
    from beholden.uses.standing import hearing

    ref = opened(world)
    world.at = hearing(ref).until + timedelta(seconds=1)
    uses.call_panel(ref, by=REGISTRAR, at=world.at)
    with refused("uses.children_first"):
        world.heard(ref)


@pytest.mark.parametrize("far", ["published", "window", "cleared"])
def test_enough_schools_bring_an_agreed_use_back_to_the_panel(world, keeper_home, far):
    """D29: from wherever it stands, until it is released; and then nothing is laxer than before."""
    from beholden.uses import actions as uses

    if far != "published":
        world.told()
    if far == "cleared":
        world.decided()
    school = world.town.schools[0]
    assert objects(world, world.use, school) is State.PANEL
    with refused("uses.reviews_missing"):
        uses.close_panel(
            world.use,
            replies={school.laestab: "We look again."},
            to_children="We look again.",
            catalogue=CATALOGUE,
            by=REGISTRAR,
            at=world.at,
        )
    world.agreed(world.use, says=Says.YES_IF, replies={school.laestab: "Nothing under ten."})
    if far == "published":
        with refused("uses.not_told"):
            uses.take_up_window(world.use, by=REGISTRAR, at=world.at)
        world.told()
    else:
        uses.take_up_window(world.use, by=REGISTRAR, at=world.at)
    assert world.parcel(keeper_home, world.released()).rows.num_rows == world.reachable()


def test_while_the_panel_looks_again_a_family_can_still_say_no(world, keeper_home):
    """D11, D29: that schools objected takes no day from the families' time to answer."""
    from beholden.uses import actions as uses

    world.told()
    school = world.town.schools[0]
    letter = world.letters()[0]
    objects(world, world.use, school)
    for stage in ("panel", "agreement"):
        assert world.open(letter).notices[0].window_open, stage
        if stage == "panel":
            world.heard(world.use, replies={school.laestab: "Nothing under ten."})
            uses.draw_up(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    kept_out = world.keep_out(letter)
    sign_all(world, world.use)
    uses.take_up_window(world.use, by=REGISTRAR, at=world.at)
    assert world.parcel(keeper_home, world.released()).rows.num_rows == world.reachable() - len(kept_out)


def test_a_second_look_loosens_nothing(world):
    """What was asked stays asked, and what was struck out stays out."""
    from beholden.uses.queries import asked

    ref = world.before_the_panel()
    struck = {**YES, "facts": Mark(Says.YES, "Not that one.", "", ("nc_year",))}
    struck["place"] = Mark(Says.YES_IF, "Far away.", "The disks stay in one room.")
    speak(world, ref, marks=struck, recommends=Says.YES_IF)
    world.heard_already(ref)
    sign_all(world, ref)
    school = world.town.schools[0]
    objects(world, ref, school)
    assert state(ref) == "panel"
    world.heard(ref, replies={school.laestab: "We look again."})
    decision = papers(ref, "decision")[-1]
    assert decision.body["conditions"] == ["The disks stay in one room."]
    assert asked(ref).items == ("session_details", "sessions_possible")


def test_fewer_schools_do_not_bring_it_back_and_are_still_answered_before_it_is_decided(world):
    """Each objection needs an answer of the panel, also a late and lonely one."""
    from beholden.uses import actions as uses
    from beholden.uses.standing import unanswered

    many = limits(school_objection_percent=50)
    world.told()
    school = world.town.schools[0]
    assert objects(world, world.use, school, catalogue=many) is State.WINDOW
    assert unanswered() == ((world.use, school.laestab),)
    with refused("uses.objection_unanswered"):
        world.decided()
    text = "No number under ten is published."
    with refused("uses.role"):
        uses.reply(world.use, school=school.laestab, text=text, by=REGISTRAR, at=world.at)
    for _ in range(2):
        uses.reply(world.use, school=school.laestab, text=text, by=MEMBER, at=world.at)
    assert unanswered() == ()
    with refused("uses.said_already"):
        uses.reply(world.use, school=school.laestab, text="Another answer.", by=MEMBER, at=world.at)
    with refused("uses.no_objection"):
        uses.reply(world.use, school="9999999", text=text, by=MEMBER, at=world.at)
    world.released()


def test_a_member_with_an_interest_answers_no_school_and_nobody_of_the_applicants_does(world):
    """D29, D26: what waits for an answer is not shown to them either; a stake does not end with the decision."""
    from beholden.people.actions import appoint
    from beholden.uses import actions as uses
    from beholden.uses.voices import to_answer

    own = appoint("own-member", Role.PANEL, "northford", by=REGISTRAR, at=world.at)
    other = appoint("member-4", Role.PANEL, "panel-b", by=REGISTRAR, at=world.at)
    ref = world.before_the_panel()
    uses.declare(ref, interest=True, what="A cousin works there.", by=other, at=world.at)
    world.agreed(ref)
    school = world.town.schools[0]
    objects(world, ref, school, catalogue=limits(school_objection_percent=100))
    assert [one[0] for one in to_answer(MEMBER)] == [ref]
    for by, code in ((own, "uses.own_request"), (other, "uses.interested")):
        assert to_answer(by) == ()
        with refused(code):
            uses.reply(ref, school=school.laestab, text="No class is named.", by=by, at=world.at)
