# SPDX-License-Identifier: Apache-2.0
"""A use is decided, agreed and released, with the real database: never by one alone. D7, D10, D18, D20, D25."""

import threading
from datetime import timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.uses.rules import Mark, Says, State
from integration.use_steps import (
    MEMBER,
    YES,
    again,
    entries,
    papers,
    refused,
    sign_all,
    speak,
    state,
)
from integration.world import (
    APPLICANT,
    CATALOGUE,
    MEMBERS,
    REGISTRAR,
    REVIEWERS,
    SECOND,
    World,
)


@pytest.fixture
def world(keeper_home, tmp_path):
    """A town whose use is published, and nothing more has happened to it."""
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


# --- deciding ---


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
    """Neither the applicant's own people, nor whoever wrote it: they neither declare, nor read, nor answer."""
    from beholden.people.actions import appoint
    from beholden.uses import actions as uses
    from beholden.uses.voices import asked_to_the_panel

    ref = world.before_the_panel()
    own = appoint(f"own-{role.value}", role, "northford", by=REGISTRAR, at=world.at)
    with refused("uses.own_request"):
        uses.declare(ref, interest=False, by=own, at=world.at)
    with refused("uses.own_request"):
        asked_to_the_panel(ref, own)
    with refused("uses.own_request"):
        if role is Role.REVIEWER:
            uses.review(ref, marks=YES, recommends=Says.YES, by=own, at=world.at)
        else:
            uses.vote(ref, says=Says.YES, reason="Fair.", by=own, at=world.at)


def test_no_registrar_of_another_body_decides_signs_or_countersigns(world):
    """D15, D18: registrars are the keeper's own; one that a home of before still holds does nothing any more."""
    from beholden.people.actions import appoint
    from beholden.people.models import Officer
    from beholden.uses import actions as uses

    ref = world.before_the_panel()
    with refused("people.registrar_elsewhere"):
        appoint("own-registrar", Role.REGISTRAR, "northford", by=REGISTRAR, at=world.at)
    others = {}
    for body in ("northford", "panel-b"):
        others[body] = Actor(f"registrar-{body}", Role.REGISTRAR, body)
        Officer.objects.create(
            ref=others[body].ref,
            role=Role.REGISTRAR.value,
            organisation_id=body,
            appointed_at=world.at,
            appointed_by=REGISTRAR.ref,
        )
    said = {"replies": {}, "to_children": "Thank you.", "catalogue": CATALOGUE, "at": world.at}
    with refused("uses.own_request"):
        uses.close_panel(ref, by=others["northford"], **said)
    world.heard(ref)
    for own in others.values():
        with refused("people.not_enrolled"):
            uses.suspend(ref, why="So.", by=own, at=world.at)
        with refused("people.not_enrolled"):
            uses.draw_up(ref, catalogue=CATALOGUE, by=own, at=world.at)
    digest = uses.draw_up(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    world.told()
    world.decided()
    for own in others.values():
        with refused("people.not_enrolled"):
            uses.sign(ref, digest=digest, by=own, at=world.at)
        with refused("people.not_enrolled"):
            uses.countersign(world.use, by=own, at=world.at)


def test_the_others_text_is_closed_until_both_are_in(world):
    """Each reviewer says what they think alone."""
    from beholden.uses import actions as uses
    from beholden.uses.papers import public_papers
    from beholden.uses.voices import voices_for

    def read(reviewer):
        return {one.who for one in voices_for(ref, catalogue=CATALOGUE, by=reviewer)}

    ref = world.before_the_panel()
    for reviewer in REVIEWERS:
        uses.declare(ref, interest=False, by=reviewer, at=world.at)
    uses.review(ref, marks=YES, recommends=Says.YES, by=REVIEWERS[0], at=world.at)
    assert read(REVIEWERS[0]) == {"Reviewer A"}
    assert read(REVIEWERS[1]) == set()
    uses.review(ref, marks=YES, recommends=Says.YES, by=REVIEWERS[1], at=world.at)
    for reviewer in REVIEWERS:
        assert read(reviewer) == {"Reviewer A", "Reviewer B"}
    kinds = {paper.kind for paper in public_papers(ref)}
    assert not kinds & {"interest", "review", "vote"}


def test_two_reviewers_at_once_are_two_reviews_and_one_reviewer_twice_is_one(world):
    """They race, four buttons for two people: the use is locked, and each finds what the other has done."""
    from django.db import connections

    from beholden.uses import actions as uses
    from beholden.uses.models import Use
    from beholden.uses.papers import reviews_of, round_of

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
    use = Use.objects.get(pk=ref)
    said = reviews_of(use, round_=round_of(use))
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
    assert (shown.digest, shown.published_on) == (digest, world.at.date())
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
