# SPDX-License-Identifier: Apache-2.0
"""What the gate refuses, at each state, moment and way out. D6, D7, D11, D14, D18, D33, D35, D41."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError

from beholden.catalogue import Keeper
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.world import APPLICANT, CATALOGUE, FAMILY, REGISTRAR, World


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def fixed(world):
    """Decide, and fix the header of the handover."""
    from beholden.gate.actions.releasing import fix_header

    return fix_header(world.use, world.decided(), catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def built(world):
    from beholden.gate.actions.releasing import build

    disclosure = fixed(world)
    build(disclosure, by=REGISTRAR, at=world.at)
    return disclosure


def logged(world):
    from beholden.gate.actions.releasing import log_intent

    disclosure = built(world)
    log_intent(disclosure, by=REGISTRAR, at=world.at)
    return disclosure


def let_go(world, disclosure, catalogue=CATALOGUE, later=timedelta(0)):
    from beholden.gate.actions.releasing import release

    release(disclosure, catalogue=catalogue, by=REGISTRAR, at=world.at + later)


@pytest.mark.parametrize("state", [fixed, built])
def test_what_is_not_logged_does_not_leave(world, keeper_home, state):
    """Nothing is released before it is logged, and no other use's parcel is moved in its place."""
    world.told()
    disclosure = state(world)
    before = sorted(path.name for path in keeper_home.quarantine.iterdir())
    with refused("gate.unlogged"):
        let_go(world, disclosure)
    assert not list(keeper_home.released.iterdir())
    assert sorted(path.name for path in keeper_home.quarantine.iterdir()) == before


@pytest.mark.parametrize("scope", ["use", "purpose", "all"])
def test_a_no_at_each_scope_keeps_the_child_out(world, keeper_home, scope):
    """No to one use, to one purpose, and to everything that may be refused, now and later (D11)."""
    from beholden.choices.actions import answer

    world.told()
    opened = world.open(world.letters()[0])
    people = tuple(child.person for child in opened.children)
    notice = opened.notices[0]
    answer(
        mandate=opened.mandate,
        use=notice.use if scope == "use" else None,
        purpose=notice.purpose if scope == "purpose" else None,
        everything=scope == "all",
        keep_out=people,
        by=FAMILY,
        at=world.at,
    )
    parcel = world.parcel(keeper_home, world.released())
    assert parcel.rows.num_rows == world.reachable() - len(people)


def test_a_no_that_comes_after_the_decision_stops_the_handover(world, keeper_home):
    """A decision does not outlive an answer: it is called off and taken again, and then the child is out (D11)."""
    from beholden.gate.actions.releasing import call_off, release_use

    world.told()
    disclosure = logged(world)
    kept_out = world.keep_out(world.letters()[0])
    with refused("gate.overtaken"):
        let_go(world, disclosure)
    assert not list(keeper_home.released.iterdir())
    call_off(disclosure, by=REGISTRAR, at=world.at)
    assert not list(keeper_home.quarantine.iterdir())
    again = release_use(world.use, world.decided_now(), catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert world.parcel(keeper_home, again).rows.num_rows == world.reachable() - len(kept_out)


@pytest.mark.parametrize("kind", ["hidden", "restricted", "severed"])
def test_a_flag_raised_after_the_decision_stops_the_handover(world, kind):
    """Safety does not wait for the next decision (D35)."""
    from beholden.people.actions import flag

    world.told()
    disclosure = logged(world)
    flag(world.open(world.letters()[0]).children[0].person, kind, by=REGISTRAR, at=world.at)
    with refused("gate.overtaken"):
        let_go(world, disclosure)


def test_a_called_off_handover_is_withdrawn_in_the_log_and_cannot_leave(world, keeper_home):
    from beholden.gate.actions.releasing import call_off
    from beholden.gate.check import public_log

    world.told()
    disclosure = logged(world)
    call_off(disclosure, by=REGISTRAR, at=world.at)
    assert [said.body.outcome for said in public_log().read.outcomes.values()] == ["withdrawn"]
    with refused("gate.unlogged"):
        let_go(world, disclosure)


def test_what_may_have_left_cannot_be_called_off(world):
    from beholden.gate.actions.releasing import call_off

    world.told()
    disclosure = logged(world)
    let_go(world, disclosure)
    with refused("gate.may_have_left"):
        call_off(disclosure, by=REGISTRAR, at=world.at)


def test_an_old_decision_is_taken_again(world):
    from beholden.gate.actions.releasing import build, fix_header, log_intent

    world.told()
    decision = world.decided()
    world.at += timedelta(hours=CATALOGUE.limits.intent_max_age_hours)
    disclosure = fix_header(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    build(disclosure, by=REGISTRAR, at=world.at)
    log_intent(disclosure, by=REGISTRAR, at=world.at)
    with refused("gate.decision_old"):
        let_go(world, disclosure)


def with_purpose(**changes):
    purposes = dict(CATALOGUE.purposes)
    purposes["public-interest-study"] = replace(purposes["public-interest-study"], **changes)
    return replace(CATALOGUE, purposes=purposes)


def test_a_purpose_that_the_keeper_has_since_refused_is_not_decided(world):
    """The catalogue in force at the decision counts, not the one at the approval (D41)."""
    from beholden.gate.actions.deciding import decide, snapshot_registry

    world.told()
    world.at = world.answer_by + timedelta(days=1)
    snapshot_registry(by=REGISTRAR, at=world.at)
    refusing = with_purpose(keeper=Keeper.REFUSES, rule="P99")
    with refused("uses.P99"):
        decide(world.use, catalogue=refusing, by=REGISTRAR, at=world.at)


def test_a_changed_catalogue_stops_what_was_decided_under_the_old_one(world):
    world.told()
    disclosure = logged(world)
    with refused("gate.catalogue_changed"):
        let_go(world, disclosure, catalogue=replace(CATALOGUE, hash="00" * 32))


def test_a_use_is_decided_and_released_only_within_its_dates(world):
    from beholden.gate.actions.deciding import decide, snapshot_registry

    world.told()
    late = world.at + timedelta(days=366)
    snapshot_registry(by=REGISTRAR, at=late)
    with refused("gate.out_of_period"):
        decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=late)


@pytest.mark.parametrize(
    "change",
    ["items = '[\"ethnicity\"]'", "applicant = 'welfare'", "purpose = 'press'", "ends_on = '2099-01-01'"],
)
def test_nobody_can_alter_a_use_not_even_in_the_database(world, change):
    """What was approved is what is released: a changed use is a new one (D7)."""
    from django.db import connection

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"update uses_use set {change}")


def test_an_altered_use_is_found_out_by_its_commitment_in_the_log(world, as_login):
    """Even the owner of the tables, past the trigger, does not get an altered use through the gate."""
    world.told()
    with as_login("owner") as connection:
        connection.execute("alter table uses_use disable trigger user")
        connection.execute("update uses_use set items = '[\"ethnicity\"]'")
        connection.execute("alter table uses_use enable trigger user")
    with refused("uses.not_as_approved"):
        world.decided()


def test_two_builders_leave_one_parcel_and_one_intent(world, keeper_home):
    """A second run of a step that is done changes nothing, so the log never holds one name twice."""
    from beholden.gate.actions.releasing import build, log_intent
    from beholden.gate.check import public_log
    from beholden.gate.models import Disclosure

    world.told()
    disclosure = logged(world)
    Disclosure.objects.filter(pk=disclosure)
    build(disclosure, by=REGISTRAR, at=world.at)
    log_intent(disclosure, by=REGISTRAR, at=world.at)
    assert len(public_log().read.intents) == 1
    assert len(list(keeper_home.quarantine.iterdir())) == 1
    let_go(world, disclosure)


def test_in_question_is_restricted(world, keeper_home, tmp_path):
    """Two records that may be one person leave by no exit that restriction closes, until a person decides (D32)."""
    from beholden.register.actions import accept, in_question

    child = next(child for child in world.children() if child.roll.laestab == world.town.schools[0].laestab)
    slipped = tmp_path / "slipped.xml"
    text = world.files[0].read_text()
    place = text.index(child.upn)
    born = f"<DOB>{child.born.isoformat()}</DOB>"
    slipped.write_text(
        text[:place] + text[place:].replace(born, f"<DOB>{child.born - timedelta(days=1)}</DOB>", 1)
    )
    school = Actor("school-1", Role.SCHOOL, world.town.schools[0].laestab)
    assert accept(slipped, catalogue=CATALOGUE, by=school, at=world.at).asked == 1
    world.told()
    parcel = world.parcel(keeper_home, world.released())
    assert len(in_question(by=REGISTRAR, at=world.at)) == 2
    assert parcel.rows.num_rows <= world.reachable() - 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REGISTRAR])
def test_only_the_registrar_works_the_gate(world, role):
    """Each verb of the gate asks for the role it belongs to."""
    from beholden.gate.actions import deciding, governing, proving, releasing

    by = Actor("somebody", role, "northford")
    common = {"by": by, "at": world.at}
    for call in (
        lambda: deciding.snapshot_registry(**common),
        lambda: deciding.decide(world.use, catalogue=CATALOGUE, **common),
        lambda: releasing.release_use(world.use, 1, catalogue=CATALOGUE, **common),
        lambda: releasing.fix_header(world.use, 1, catalogue=CATALOGUE, **common),
        lambda: releasing.build("00", **common),
        lambda: releasing.log_intent("00", **common),
        lambda: releasing.release("00", catalogue=CATALOGUE, **common),
        lambda: releasing.call_off("00", **common),
        lambda: proving.bundle(None, **common),
        lambda: governing.set_catalogue(CATALOGUE, **common),
    ):
        with refused("gate.role"):
            call()


def test_only_its_own_applicant_takes_a_use_back(world):
    from beholden.uses.actions import withdraw

    with refused("uses.not_applicant"):
        withdraw(world.use, by=Actor("applicant-2", Role.APPLICANT, "welfare"), at=world.at)
    withdraw(world.use, by=APPLICANT, at=world.at)


def test_a_request_for_what_nobody_knows_does_not_close_the_public_register(world):
    """A refused request may name anything; it stands in the register all the same (D26)."""
    from beholden.uses import actions as uses
    from beholden.uses.queries import register_of_uses

    ref = uses.draft(world.draft(purpose="something-new", items=("shoe_size",)), by=APPLICANT, at=world.at)
    assert uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at).value == "refused"
    shown = next(use for use in register_of_uses(CATALOGUE) if use.ref == ref)
    assert shown.refused_rule == "unknown_purpose"


def test_the_role_of_the_doors_cannot_write_a_decision(world, as_login):
    with as_login("web") as connection:
        connection.execute("set role doors")
        for statement in (
            "insert into gate_decision default values",
            "update gate_disclosure set state = 'released'",
            "update uses_use set state = 'cleared'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
