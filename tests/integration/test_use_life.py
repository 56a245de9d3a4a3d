# SPDX-License-Identifier: Apache-2.0
"""The life of a use, played with the real database: heard, decided, agreed, released, ended. D7, D10, D19, D25, D29, D45."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from beholden.catalogue import Compartment
from beholden.kinds import Actor, Role
from beholden.ledger.entries import PaperFiled, UseMoved, parse
from beholden.refusals import Refusal
from beholden.uses.rules import QUESTIONS, Certificate, Mark, Says, State
from beholden.uses.rules.ending import sign as sign_certificate
from integration.world import (
    APPLICANT,
    CATALOGUE,
    FAMILY,
    MEMBERS,
    RECIPIENT,
    REGISTRAR,
    REVIEWERS,
    SECOND,
    SEED,
    World,
)

KEEPER = Actor("clock", Role.KEEPER)
MEMBER = next(iter(MEMBERS.values()))
YES = dict.fromkeys(QUESTIONS, Mark(Says.YES, "Needed, fair and safe."))
DAYS = CATALOGUE.limits.comment_days


@pytest.fixture
def world(keeper_home, tmp_path):
    """A town whose use is published, and nothing more has happened to it."""
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def limits(**changes):
    return replace(CATALOGUE, limits=replace(CATALOGUE.limits, **changes))


def system(school):
    return Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)


def opened(world, **changes):
    """Take one more use to the time in which everybody can comment."""
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    ref = uses.draft(world.draft(**changes), by=APPLICANT, at=world.at)
    uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at)
    open_for_comment(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    return ref


def objects(world, ref, school, *, reason="Our year groups are small.", catalogue=CATALOGUE):
    from beholden.uses.actions import school_objects

    return school_objects(ref, reason=reason, catalogue=catalogue, by=system(school), at=world.at)


def state(ref):
    from beholden.uses.queries import asked

    return asked(ref).state.value


def papers(ref, kind):
    from beholden.uses.papers import public_papers

    return [paper for paper in public_papers(ref) if paper.kind == kind]


def entries(ref):
    """What the log's outbox has about one use, in order: states, and kinds of papers."""
    from beholden.ledger.actions import sequence
    from beholden.ledger.queries import entries as logged

    sequence(at=datetime(2028, 1, 1, tzinfo=UTC))  # after all that is played here
    said = [parse(raw, log="events").body for raw in logged("events")]
    return [
        one.state if isinstance(one, UseMoved) else f"[{one.paper}]"
        for one in said
        if isinstance(one, UseMoved | PaperFiled) and one.use == ref
    ]


def test_the_whole_way_stands_in_the_log_step_by_step(world, keeper_home):
    """Every step and every paper is an entry, in order, from the request to the certificate (D26)."""
    from beholden.uses import actions as uses

    world.told()
    in_use(world, keeper_home)
    world.at += timedelta(days=400)
    assert uses.expire_due(catalogue=CATALOGUE, by=KEEPER, at=world.at) == (world.use,)
    certify(world, world.use)
    uses.close(world.use, by=REGISTRAR, at=world.at)
    assert entries(world.use) == [
        *("submitted", "triage", "[triage]", "[opening]", "comment", "[children]", "[hearing]", "panel"),
        *("[interest]", "[review]") * 2,
        *("[interest]", "[vote]") * 3,
        *("[decision]", "approved", "agreement", "[agreement]", "[signature]", "[signature]", "published"),
        *("notified", "window", "cleared", "[second]", "released", "in_use", "expiring"),
        *("destroyed", "[certificate]", "closed"),
    ]


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
        ({"exit": "enclave"}, "exit_not_built"),
    ],
)
def test_what_the_catalogue_refuses_is_refused_at_once_in_public(world, changes, rule):
    from beholden.uses import actions as uses
    from beholden.uses.queries import public_use

    ref = uses.draft(world.draft(**changes), by=APPLICANT, at=world.at)
    assert uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at) is State.REFUSED
    assert public_use(ref, CATALOGUE).refused_rule == rule


def with_compartment(purpose, compartment):
    changed = replace(CATALOGUE.purpose(purpose), compartment=compartment, exits=("extract",))
    return replace(CATALOGUE, purposes={**CATALOGUE.purposes, purpose: changed})


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
    world.released()


# --- deciding ---


def speak(world, ref, *, marks=YES, recommends=Says.YES):
    """Let both reviewers say the same, having declared that they have no interest."""
    from beholden.uses import actions as uses

    for reviewer in REVIEWERS:
        uses.declare(ref, interest=False, by=reviewer, at=world.at)
        uses.review(ref, marks=marks, recommends=recommends, by=reviewer, at=world.at)


def sign_all(world, ref):
    from beholden.uses import actions as uses

    digest = uses.draw_up(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    for side in (REGISTRAR, APPLICANT):
        uses.sign(ref, digest=digest, by=side, at=world.at)
    uses.publish(ref, by=REGISTRAR, at=world.at)


def test_nobody_answers_who_has_not_first_said_that_there_is_no_interest(world):
    from beholden.uses import actions as uses

    ref = world.before_the_panel()
    said = {"marks": YES, "recommends": Says.YES, "at": world.at}
    with refused("uses.interest_first"):
        uses.review(ref, by=REVIEWERS[0], **said)
    with refused("uses.interest"):
        uses.declare(ref, interest=True, by=REVIEWERS[0], at=world.at)
    uses.declare(ref, interest=True, what="A friend works there.", by=REVIEWERS[0], at=world.at)
    with refused("uses.interest_first"):
        uses.review(ref, by=REVIEWERS[0], **said)
    with refused("uses.said_already"):
        uses.declare(ref, interest=False, by=REVIEWERS[0], at=world.at)
    uses.declare(ref, interest=False, by=REVIEWERS[1], at=world.at)
    uses.review(ref, by=REVIEWERS[1], **said)
    with refused("uses.interest_first"):
        uses.vote(ref, says=Says.YES, reason="Fair.", by=MEMBER, at=world.at)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.PANEL])
def test_nobody_decides_on_an_own_request(world, role):
    """Neither the applicant's own people, nor whoever wrote it."""
    from beholden.people.actions import appoint
    from beholden.uses import actions as uses

    ref = world.before_the_panel()
    own = appoint(f"own-{role.value}", role, "northford", by=REGISTRAR, at=world.at)
    uses.declare(ref, interest=False, by=own, at=world.at)
    with refused("uses.review_not_yours"):
        if role is Role.REVIEWER:
            uses.review(ref, marks=YES, recommends=Says.YES, by=own, at=world.at)
        else:
            uses.vote(ref, says=Says.YES, reason="Fair.", by=own, at=world.at)


def test_the_others_text_is_closed_until_both_are_in(world):
    """Each reviewer says what they think alone."""
    from beholden.uses import actions as uses
    from beholden.uses.papers import public_papers
    from beholden.uses.standing import reviews_for

    ref = world.before_the_panel()
    for reviewer in REVIEWERS:
        uses.declare(ref, interest=False, by=reviewer, at=world.at)
    uses.review(ref, marks=YES, recommends=Says.YES, by=REVIEWERS[0], at=world.at)
    assert len(reviews_for(ref, catalogue=CATALOGUE, by=REVIEWERS[0])) == 1
    assert reviews_for(ref, catalogue=CATALOGUE, by=REVIEWERS[1]) == ()
    uses.review(ref, marks=YES, recommends=Says.YES, by=REVIEWERS[1], at=world.at)
    for reviewer in REVIEWERS:
        assert len(reviews_for(ref, catalogue=CATALOGUE, by=reviewer)) == 2
    kinds = {paper.kind for paper in public_papers(ref)}
    assert not kinds & {"interest", "review", "vote"}


def test_two_reviewers_at_once_are_two_reviews_and_one_reviewer_twice_is_one(world):
    """They race, four buttons for two people: the use is locked, and each finds what the other has done."""
    from django.db import connections

    from beholden.uses import actions as uses
    from beholden.uses.standing import reviews_for

    ref = world.before_the_panel()
    for reviewer in REVIEWERS:
        uses.declare(ref, interest=False, by=reviewer, at=world.at)
    ready, came = threading.Barrier(4), []

    def press(reviewer):
        try:
            ready.wait()
            uses.review(ref, marks=YES, recommends=Says.YES, by=reviewer, at=world.at)
            came.append("in")
        except Refusal as no:
            came.append(no.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=press, args=(reviewer,)) for reviewer in REVIEWERS * 2]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert came == ["in"] * 4
    said = reviews_for(ref, catalogue=CATALOGUE, by=REVIEWERS[0])
    assert sorted(one.reviewer for one in said) == ["reviewer-a", "reviewer-b"]


def test_two_registrars_who_close_the_panel_at_once_decide_once(world):
    from django.db import connections

    from beholden.uses import actions as uses

    ref = world.before_the_panel()
    speak(world, ref)
    for member in MEMBERS.values():
        uses.declare(ref, interest=False, by=member, at=world.at)
        uses.vote(ref, says=Says.YES, reason="Fair.", by=member, at=world.at)
    ready, came = threading.Barrier(2), []

    def press(registrar):
        try:
            ready.wait()
            said = {"replies": {}, "to_children": "Thank you.", "catalogue": CATALOGUE, "at": world.at}
            came.append(uses.close_panel(ref, by=registrar, **said).value)
        except Refusal as no:
            came.append(no.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=press, args=(registrar,)) for registrar in (REGISTRAR, SECOND)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(came) == ["approved", "uses.state"]
    assert len(papers(ref, "decision")) == 1


def test_a_fact_that_a_reviewer_strikes_out_does_not_leave(world, keeper_home):
    """Least data, to the parcel: what is not granted is no column of it (D18)."""
    from beholden.uses.queries import public_use
    from beholden.uses.standing import agreement

    ref = world.before_the_panel(items=("nc_year", "sex", "session_details"))
    speak(world, ref, marks={**YES, "facts": Mark(Says.YES, "Not whether boy or girl.", "", ("sex",))})
    world.heard_already(ref)
    sign_all(world, ref)
    world.use = ref
    world.told()
    parcel = world.parcel(keeper_home, world.released())
    assert set(parcel.rows.column_names) == {"tag", "pseudonym", "nc_year", "session_details"}
    assert CATALOGUE.item("sex").label not in public_use(ref, CATALOGUE).items
    assert "(sex)" not in agreement(ref, base="https://register.example/").text


def test_a_refusal_of_the_panel_comes_back_on_new_facts_and_on_nothing_else(world):
    from beholden.uses import actions as uses
    from beholden.uses.queries import public_use

    ref = world.before_the_panel()
    assert world.heard(ref, says=Says.NO) is State.REFUSED
    assert public_use(ref, CATALOGUE).refused_rule == "panel"
    facts = {"The university has a reading room now.": "Its letter of 3 May"}
    for wrong in ({}, {"": "x"}, {"It would be nice.": " "}):
        with refused("uses.no_new_facts"):
            uses.reopen(ref, facts=wrong, by=REGISTRAR, at=world.at)
    with refused("uses.role"):
        uses.reopen(ref, facts=facts, by=APPLICANT, at=world.at)
    uses.reopen(ref, facts=facts, by=REGISTRAR, at=world.at)
    assert (state(ref), public_use(ref, CATALOGUE).refused_rule) == ("triage", "")
    again(world, ref)
    assert world.heard(ref, says=Says.NO) is State.REFUSED
    with refused("uses.no_new_facts"):
        uses.reopen(ref, facts=facts, by=REGISTRAR, at=world.at)


def again(world, ref):
    """Open a reopened use for comment, and put it before the panel, as if it were new."""
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    world.at = open_for_comment(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at) + timedelta(seconds=1)
    uses.hear_children(ref, who="A council.", view="Better now.", by=REGISTRAR, at=world.at)
    uses.call_panel(ref, by=REGISTRAR, at=world.at)


def test_what_the_catalogue_refused_no_fact_brings_back(world):
    """D20: the rule is the keeper's, in public, and is changed in public or not at all."""
    from beholden.uses import actions as uses

    by = Actor("applicant-2", Role.APPLICANT, "welfare")
    ref = uses.draft(world.draft(purpose="welfare-fraud", exit="match"), by=by, at=world.at)
    uses.submit(ref, catalogue=CATALOGUE, by=by, at=world.at)
    with refused("uses.no_new_facts"):
        uses.reopen(ref, facts={"It is urgent.": "A letter"}, by=REGISTRAR, at=world.at)


def test_a_ministers_direction_is_named_public_and_changes_nothing(world):
    """It stands in the log the day it comes, by the minister's office, and no argument of the verb can seal it."""
    from inspect import signature

    from beholden.uses import actions as uses

    ref = world.before_the_panel()
    said = {
        "minister": "Minister for Schools",
        "power": "s.1",
        "says": "Say yes.",
        "by": REGISTRAR,
        "at": world.at,
    }
    for _ in range(2):
        uses.direct(ref, made_on=world.at.date(), **said)
    (paper,) = papers(ref, "direction")
    assert (paper.body["minister"], paper.body["days_late"]) == ("Minister for Schools", 0)
    assert entries(ref)[-1] == "[direction]"
    assert state(ref) == "panel"
    assert set(signature(uses.direct).parameters) == {
        "ref",
        "minister",
        "power",
        "says",
        "made_on",
        "by",
        "at",
    }
    late = world.at.date() - timedelta(days=3)
    uses.direct(ref, made_on=late, **said)
    assert papers(ref, "direction")[-1].body["days_late"] == 3
    with refused("uses.direction_day"):
        uses.direct(ref, made_on=world.at.date() + timedelta(days=1), **said)
    with refused("uses.direction"):
        uses.direct(ref, made_on=late, **(said | {"minister": " "}))


# --- agreeing ---


def test_nothing_is_published_before_both_sides_have_signed_its_text(world):
    from beholden.uses import actions as uses
    from beholden.uses.standing import agreement

    ref = world.before_the_panel()
    world.heard(ref, says=Says.YES_IF)
    with refused("uses.state"):
        uses.publish(ref, by=REGISTRAR, at=world.at)
    digest = uses.draw_up(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    stranger = Actor("applicant-2", Role.APPLICANT, "welfare")
    for by, given, code in (
        (APPLICANT, "00" * 32, "uses.other_text"),
        (stranger, digest, "uses.not_applicant"),
        (MEMBER, digest, "uses.role"),
        (Actor("nobody", Role.APPLICANT, "northford"), digest, "people.not_enrolled"),
    ):
        with refused(code):
            uses.sign(ref, digest=given, by=by, at=world.at)
    for side in (REGISTRAR, SECOND):
        uses.sign(ref, digest=digest, by=side, at=world.at)
        with refused("uses.not_signed"):
            uses.publish(ref, by=REGISTRAR, at=world.at)
    assert agreement(ref, base="https://register.example/") is None, "not public before it is published"
    uses.sign(ref, digest=digest, by=APPLICANT, at=world.at)
    uses.publish(ref, by=REGISTRAR, at=world.at)
    shown = agreement(ref, base="https://register.example/")
    assert (shown.digest, shown.signed) == (digest, ("keeper", "recipient"))
    assert "Nothing is published about fewer than ten" in shown.text
    assert shown.odrl["assignee"] == "https://register.example/organisations/northford"


@pytest.mark.parametrize("kind", ["decision", "agreement"])
def test_an_altered_decision_or_agreement_is_found_out_by_the_log(world, as_login, kind):
    """Even the owner of the tables does not get more out than the panel granted and both sides signed (D7, D18)."""
    world.told()
    with as_login("owner") as connection:
        connection.execute("alter table uses_paper disable trigger user")
        changed = connection.execute(
            "update uses_paper set body = jsonb_set(body, %s, %s) where kind = %s",
            (
                ["items"] if kind == "decision" else ["text"],
                '{"ethnicity": "I say so."}' if kind == "decision" else '"Do as you like."',
                kind,
            ),
        )
        assert changed.rowcount == 1
        connection.execute("alter table uses_paper enable trigger user")
    with refused("uses.not_as_approved"):
        world.decided()


def test_a_paper_is_never_altered_or_taken_away(world):
    from django.db import DatabaseError, connection

    for statement in ("update uses_paper set body = '{}'", "delete from uses_paper", "delete from uses_seat"):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)


# --- releasing ---


def test_nobody_releases_alone(world, keeper_home):
    """A second officer of the register agrees to this very clearing, or nothing is built, said or moved."""
    from beholden.gate.actions import deciding, releasing
    from beholden.uses import actions as uses

    world.told()
    world.at = world.answer_by + timedelta(days=1)
    deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    decision = deciding.decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    at = {"catalogue": CATALOGUE, "at": world.at}
    with refused("uses.second_officer"):
        releasing.release_use(world.use, decision, by=REGISTRAR, **at)
    uses.countersign(world.use, by=REGISTRAR, at=world.at)
    with refused("uses.second_officer"):
        releasing.release_use(world.use, decision, by=REGISTRAR, **at)
    assert not list(keeper_home.quarantine.iterdir())
    with refused("people.not_enrolled"):
        uses.countersign(world.use, by=Actor("nobody", Role.REGISTRAR, "keeper"), at=world.at)
    uses.countersign(world.use, by=SECOND, at=world.at)
    releasing.release_use(world.use, decision, by=REGISTRAR, **at)
    assert state(world.use) == "released"


def test_the_last_step_alone_asks_for_the_second_officer_too(world, keeper_home):
    from beholden.gate.actions import deciding, releasing

    world.told()
    world.at = world.answer_by + timedelta(days=1)
    deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    decision = deciding.decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    given = {"by": REGISTRAR, "at": world.at}
    disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **given)
    releasing.build(disclosure, **given)
    releasing.log_intent(disclosure, **given)
    with refused("uses.second_officer"):
        releasing.release(disclosure, catalogue=CATALOGUE, **given)
    assert not list(keeper_home.released.iterdir())


def test_a_second_officers_yes_is_for_one_clearing(world):
    """What is decided again is looked at again."""
    from beholden.gate.actions import deciding, releasing

    world.told()
    decision = world.decided()
    given = {"by": REGISTRAR, "at": world.at}
    releasing.call_off(releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **given), **given)
    decision = deciding.decide(world.use, catalogue=CATALOGUE, **given)
    with refused("uses.second_officer"):
        releasing.release_use(world.use, decision, catalogue=CATALOGUE, **given)


def in_use(world, home):
    """Release, and let the recipient recompute and sign: from then on the use is in use."""
    from beholden.gate.actions.proving import confirm
    from beholden.gate.check import public_log
    from beholden.ledger.confirmation import sign
    from beholden.ledger.verify import subject

    disclosure = world.released()
    parcel = world.parcel(home, disclosure)
    about = subject(public_log().intent(disclosure).body)
    word = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
    for _ in range(2):
        confirm(disclosure, word, by=RECIPIENT, at=world.at)
    assert state(world.use) == "in_use"
    return parcel


# --- changing ---


def amended(world, **changes):
    """Ask for a change of the published use, and take it through hearing, panel and agreement."""
    return world.another(amends=world.use, **changes)


def test_a_change_is_a_published_difference_with_its_own_life(world, keeper_home):
    """D7: consulted on, notified, and only then in force; until then the old one holds, to the last column."""
    from beholden.uses.queries import asked
    from beholden.uses.standing import in_force, routes

    world.told()
    in_use(world, keeper_home)
    old = world.use
    items = ("nc_year", "sex", "sessions_possible", "session_details")
    new = amended(world, items=items, ends_on=world.at.date() + timedelta(days=700))
    (paper,) = papers(new, "difference")
    assert paper.body["amends"] == old
    assert {one["question"] for one in paper.body["changes"]} >= {"items: sex", "ends_on"}
    assert "sex" not in asked(old).items
    assert (in_force(old), state(old)) == (old, "in_use")
    with refused("gate.not_published"):
        decide_now(world, old)
    world.use = new
    world.told()
    assert in_force(old) == old, "told is not in force"
    parcel = world.parcel(keeper_home, world.released())
    assert "sex" in parcel.rows.column_names
    assert (in_force(old), state(old)) == (new, "expiring")
    route = next(
        one for one in routes("northford", catalogue=CATALOGUE, at=world.at).routes if one.ref == old
    )
    assert route.wiped_by == world.at.date() + timedelta(days=CATALOGUE.limits.destruction_days)


def decide_now(world, ref):
    from beholden.gate.actions import telling

    telling.begin(
        ref, answer_by=world.at + timedelta(days=40), catalogue=CATALOGUE, by=REGISTRAR, at=world.at
    )


def test_a_no_to_a_use_is_a_no_to_its_amendment(world, keeper_home):
    """D11: nobody has to say no again because a word was changed."""
    world.told()
    kept_out = world.keep_out(world.letters()[0])
    in_use(world, keeper_home)
    world.use = amended(world, title="The same, under another title")
    world.told()
    parcel = world.parcel(keeper_home, world.released())
    assert parcel.rows.num_rows == world.reachable() - len(kept_out)


def test_nobody_amends_what_is_not_theirs_or_changes_nothing(world):
    from beholden.uses import actions as uses

    stranger = Actor("applicant-2", Role.APPLICANT, "welfare")
    with refused("uses.amends"):
        uses.draft(world.draft(amends=world.use, title="Mine now"), by=stranger, at=world.at)
    same = {"starts_on": None, "ends_on": None}
    first = held(world.use)
    same = {"starts_on": first.starts_on, "ends_on": first.ends_on}
    with refused("uses.no_difference"):
        uses.draft(world.draft(amends=world.use, **same), by=APPLICANT, at=world.at)
    with refused("uses.unknown"):
        uses.draft(world.draft(amends="U-2026-9999"), by=APPLICANT, at=world.at)


def held(ref):
    from beholden.uses.queries import asked

    return asked(ref)


@pytest.mark.parametrize("how", ["sold", "merged", "re-let", "renamed"])
def test_a_recipient_that_changed_hands_is_stopped_in_all_it_does(world, keeper_home, how):
    """D45: every use of it, asked, agreed or running; it asks for nothing more; who took it over asks anew."""
    from beholden.people.actions import appoint, enrol
    from beholden.people.queries import Body, organisation
    from beholden.uses import actions as uses

    waiting = opened(world)
    before = organisation("northford")
    bought = Body(
        "northford-ltd", "Northford Ltd", "company", "England", before.encryption_key, before.check_key
    )
    enrol(bought, by=REGISTRAR, at=world.at)
    owner = appoint("owner", Role.APPLICANT, "northford-ltd", by=REGISTRAR, at=world.at)
    changed = {"how": how, "successor": "northford-ltd", "by": REGISTRAR, "at": world.at}
    with refused("uses.amends"):
        uses.draft(world.draft(amends=world.use), by=owner, at=world.at)
    assert set(uses.recipient_changed("northford", **changed)) == {world.use, waiting}
    assert uses.recipient_changed("northford", **changed) == ()
    assert (state(world.use), state(waiting)) == ("suspended", "suspended")
    (paper,) = papers(world.use, "recipient")
    assert (paper.body["how"], paper.body["successor"]) == (how, "northford-ltd")
    with refused("uses.recipient_gone"):
        uses.draft(world.draft(), by=APPLICANT, at=world.at)
    ref = uses.draft(world.draft(amends=world.use), by=owner, at=world.at)
    assert uses.submit(ref, catalogue=CATALOGUE, by=owner, at=world.at) is State.TRIAGE
    assert papers(ref, "difference")[0].body["changes"][0]["question"] == "recipient"


def test_a_body_changes_hands_in_one_of_four_ways_to_another_body(world):
    from beholden.uses import actions as uses

    for how, successor in (("stolen", ""), ("sold", "northford")):
        with refused("uses.changed_hands"):
            uses.recipient_changed("northford", how=how, successor=successor, by=REGISTRAR, at=world.at)
    with refused("people.organisation_unknown"):
        uses.recipient_changed("northford", how="sold", successor="nobody", by=REGISTRAR, at=world.at)


def test_a_stopped_use_does_not_leave(world, keeper_home):
    from beholden.gate.actions import releasing
    from beholden.uses import actions as uses

    world.told()
    decision = world.decided()
    with refused("uses.no_reason"):
        uses.suspend(world.use, why=" ", by=REGISTRAR, at=world.at)
    uses.suspend(world.use, why="A complaint stands.", by=REGISTRAR, at=world.at)
    with refused("gate.use_fell"):
        releasing.release_use(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert not list(keeper_home.released.iterdir())
    assert papers(world.use, "stop")[0].body["why"] == "A complaint stands."


# --- ending ---


def certificate(world, ref):
    from beholden.uses.standing import agreement

    digest = agreement(ref, base="https://register.example/").digest
    return Certificate(ref, digest, world.at.date(), "Keys destroyed.", "Every copy is gone.")


def certify(world, ref, *, seed=SEED, by=RECIPIENT):
    from beholden.uses.actions import certify as take

    made = certificate(world, ref)
    take(ref, certificate=made, signature=sign_certificate(made, seed=seed), by=by, at=world.at)


def test_a_use_nears_its_end_is_overdue_in_public_and_is_certified(world, keeper_home):
    """D25: expiring the catalogue's days before, wiped within the agreement's, overdue counted day by day."""
    from beholden.uses import actions as uses
    from beholden.uses.standing import overdue

    world.told()
    in_use(world, keeper_home)
    end = held(world.use).ends_on
    noon = {"hour": 12, "minute": 0}
    day = world.at.replace(year=end.year, month=end.month, day=end.day, **noon)
    run = {"catalogue": CATALOGUE, "by": KEEPER}
    assert uses.expire_due(at=day - timedelta(days=61), **run) == ()
    assert uses.expire_due(at=day - timedelta(days=60), **run) == (world.use,)
    assert uses.expire_due(at=day, **run) == ()
    due = day + timedelta(days=CATALOGUE.limits.destruction_days)
    assert overdue(catalogue=CATALOGUE, at=due) == ()
    (late,) = overdue(catalogue=CATALOGUE, at=due + timedelta(days=3))
    assert (late.ref, late.overdue_days) == (world.use, 3)
    world.at = due + timedelta(days=3)
    with refused("uses.certificate_signature"):
        certify(world, world.use, seed=bytes(32))
    with refused("uses.role"):
        certify(world, world.use, by=APPLICANT)
    for _ in range(2):
        certify(world, world.use)
    assert overdue(catalogue=CATALOGUE, at=world.at) == ()
    for _ in range(2):
        uses.close(world.use, by=REGISTRAR, at=world.at)
    assert state(world.use) == "closed"
    assert len(papers(world.use, "certificate")) == 1


def test_nothing_is_certified_or_breached_where_nothing_left(world):
    from beholden.uses import actions as uses

    uses.suspend(world.use, why="A complaint stands.", by=REGISTRAR, at=world.at)
    with refused("uses.nothing_left"):
        certify(world, world.use)
    with refused("uses.nothing_left"):
        uses.breach(world.use, what="They sold it.", by=REGISTRAR, at=world.at)


def test_a_broken_agreement_is_public_and_the_records_are_still_wiped(world, keeper_home):
    """D34, D25: after a breach the clock of the agreement runs from that day."""
    from beholden.uses import actions as uses
    from beholden.uses.standing import routes

    world.told()
    in_use(world, keeper_home)
    uses.breach(world.use, what="A copy was passed on.", by=REGISTRAR, at=world.at)
    (route,) = routes("northford", catalogue=CATALOGUE, at=world.at).routes
    assert route.state == "breached"
    assert route.wiped_by == world.at.date() + timedelta(days=CATALOGUE.limits.destruction_days)
    certify(world, world.use)
    assert state(world.use) == "destroyed"


def test_all_routes_of_one_recipient_stand_on_one_page(world, keeper_home):
    """D19: every use in any state, across compartments, with who could open the same files."""
    from beholden.uses import actions as uses
    from beholden.uses.standing import routes

    world.told()
    in_use(world, keeper_home)
    refused_ref = uses.draft(world.draft(purpose="press", exit="extract"), by=APPLICANT, at=world.at)
    uses.submit(refused_ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at)
    uses.draft(world.draft(), by=APPLICANT, at=world.at)
    shown = routes("northford", catalogue=CATALOGUE, at=world.at)
    assert [(one.ref, one.compartment, one.state) for one in shown.routes] == [
        (refused_ref, "gain", "refused"),
        (world.use, "learning", "in_use"),
    ]
    assert shown.same_keys == ("welfare",)
    assert shown.compartments == ("learning",), "only what left counts"
    assert shown.routes[1].released_on == (world.at.date(),)


# --- who may, and who sees ---


def test_each_step_belongs_to_its_role(world):
    """The role table, from outside: every verb refuses every role that is not its own."""
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    ref, at = world.use, world.at
    mine = {
        "publish": (Role.REGISTRAR, lambda by: uses.publish(ref, by=by, at=at)),
        "withdraw": (Role.APPLICANT, lambda by: uses.withdraw(ref, by=by, at=at)),
        "suspend": (Role.REGISTRAR, lambda by: uses.suspend(ref, why="So.", by=by, at=at)),
        "draw up": (
            Role.REGISTRAR,
            lambda by: uses.draw_up(approved(world), catalogue=CATALOGUE, by=by, at=at),
        ),
        "open": (Role.REGISTRAR, lambda by: open_for_comment(ref, catalogue=CATALOGUE, by=by, at=at)),
        "children": (Role.REGISTRAR, lambda by: uses.hear_children(ref, who="A.", view="B.", by=by, at=at)),
        "reply": (Role.PANEL, lambda by: uses.reply(ref, school="1", text="A.", by=by, at=at)),
        "second": (Role.REGISTRAR, lambda by: uses.countersign(ref, by=by, at=at)),
        "direct": (
            Role.REGISTRAR,
            lambda by: uses.direct(ref, minister="M", power="P", says="S", made_on=at.date(), by=by, at=at),
        ),
        "changed": (Role.REGISTRAR, lambda by: uses.recipient_changed("northford", how="sold", by=by, at=at)),
        "review": (Role.REVIEWER, lambda by: uses.review(ref, marks=YES, recommends=Says.YES, by=by, at=at)),
        "vote": (Role.PANEL, lambda by: uses.vote(ref, says=Says.YES, reason="A.", by=by, at=at)),
        "draft": (Role.APPLICANT, lambda by: uses.draft(world.draft(), by=by, at=at)),
    }
    codes = {"uses.role", "gate.role", "uses.state"}
    for own, call in mine.values():
        for role in set(Role) - {own}:
            with pytest.raises(Refusal) as no:
                call(Actor("somebody", role, "northford"))
            assert no.value.code in codes


def approved(world):
    if not hasattr(world, "waits"):
        world.waits = world.before_the_panel()
        world.heard(world.waits)
    return world.waits


def test_the_doors_see_public_papers_and_take_comments_and_no_more(world, as_login):
    """D36: what one reviewer says alone, who signed, and what people wrote are not for the pages' own role."""
    from beholden.uses.words import PUBLIC_PAPERS

    world.told()
    with as_login("web") as doors:
        doors.execute("set role doors")
        kinds = {kind for (kind,) in doors.execute("select distinct kind from uses_paper").fetchall()}
        assert kinds
        assert kinds <= set(PUBLIC_PAPERS)
        doors.execute(
            "insert into uses_comment (ref, use_id, text, at) values ('abc', %s, 'Why?', now())", (world.use,)
        )
        for statement in (
            "select * from uses_comment",
            "select * from uses_seat",
            "insert into uses_paper (kind) values ('agreement')",
            "update uses_paper set body = '{}'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                doors.execute(statement)


def test_fsck_finds_a_changed_paper_a_lost_one_and_another_comment(world, keeper_home, as_login):
    """D27: what was filed is what the log says, comment by comment."""
    from beholden.fsck.tables import check_tables
    from beholden.uses.actions import comment

    ref = opened(world)
    comment(ref, text="Why?", press="one", by=FAMILY, at=world.at)
    world.at += timedelta(days=DAYS + 1)
    from beholden.uses.actions import call_panel

    call_panel(ref, by=REGISTRAR, at=world.at)
    entries(ref)

    def found():
        return {one.code for one in check_tables(keeper_home, CATALOGUE) if one.weight.value == "finding"}

    assert found() == set()
    for table, statement, code in (
        ("uses_paper", "update uses_paper set round = round + 1 where kind = 'hearing'", "fsck.paper"),
        ("uses_comment", "update uses_comment set text = 'Because.'", "fsck.comments"),
        ("uses_paper", "delete from uses_paper where kind = 'children'", "fsck.paper_missing"),
        ("uses_seat", "update uses_seat set officer = 'nobody' where officer = 'lay-1'", "fsck.seat"),
    ):
        with as_login("owner") as connection:
            connection.execute(f"alter table {table} disable trigger user")
            connection.execute(statement)
        assert code in found()
