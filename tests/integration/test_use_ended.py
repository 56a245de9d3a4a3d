# SPDX-License-Identifier: Apache-2.0
"""A use is changed, ends, or is stopped, with the real database; and who sees what. D7, D11, D19, D25, D34, D36, D45."""

from datetime import timedelta

import psycopg
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.catalogue import Compartment
from beholden.kinds import Actor, Role
from beholden.uses.rules import Says, State
from house.planting import REPOSITORY
from integration.use_steps import (
    DAYS,
    KEEPER,
    YES,
    amended,
    approved,
    certify,
    decide_now,
    entries,
    held,
    in_use,
    limits,
    objects,
    opened,
    papers,
    refused,
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


# --- changing ---


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
    assert shown.same_keys == ("Department for Welfare",)
    assert shown.compartments == ("learning",), "only what left counts"
    assert shown.routes[1].released_on == (world.at.date(),)


# --- who may, and who sees ---


def test_each_step_belongs_to_its_role(world):
    """The role table, from outside: every verb refuses every role that is not its own."""
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    ref, waits, unpublished = world.use, approved(world), world.before_the_panel()
    world.heard(unpublished)
    at = world.at
    digest = uses.draw_up(unpublished, catalogue=CATALOGUE, by=REGISTRAR, at=at)
    for side in (REGISTRAR, APPLICANT):
        uses.sign(unpublished, digest=digest, by=side, at=at)
    mine = {
        "publish": (Role.REGISTRAR, lambda by: uses.publish(unpublished, by=by, at=at)),
        "withdraw": (Role.APPLICANT, lambda by: uses.withdraw(ref, by=by, at=at)),
        "suspend": (Role.REGISTRAR, lambda by: uses.suspend(ref, why="So.", by=by, at=at)),
        "draw up": (
            Role.REGISTRAR,
            lambda by: uses.draw_up(waits, catalogue=CATALOGUE, by=by, at=at),
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
    others = {("open", role): "gate.role" for role in Role}
    others["withdraw", Role.REGISTRAR] = "uses.not_applicant"  # another body's officer, which is said first
    for verb, (own, call) in mine.items():
        for role in set(Role) - {own}:
            with refused(others.get((verb, role), "uses.role")):
                call(REGISTRAR if role is Role.REGISTRAR else Actor("somebody", role, "northford"))


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


def test_the_public_answers_are_the_same_for_the_pages_own_role(world, keeper_home):
    """What everybody may know needs no more than the doors have: nothing is missing there, and nothing fails."""
    from beholden.ledger.actions import sequence
    from beholden.settings import found
    from beholden.uses import standing
    from beholden.uses.papers import public_papers
    from beholden.uses.queries import public_use, register_of_uses

    school = world.town.schools[0]
    many = limits(school_objection_percent=50)
    objects(world, world.use, school, catalogue=many)
    sequence(at=world.at)

    def answers():
        late = world.at + timedelta(days=2_000)
        return (
            standing.hearing(world.use),
            standing.agreement(world.use, base="https://register.example/"),
            standing.routes("northford", catalogue=CATALOGUE, at=late),
            standing.overdue(catalogue=CATALOGUE, at=late),
            standing.unanswered(),
            standing.in_force(world.use),
            public_papers(world.use),
            public_use(world.use, CATALOGUE),
            register_of_uses(CATALOGUE),
        )

    ours = answers()
    with found.acting_as(keeper_home, "web"):
        assert answers() == ours
    assert ours[0].comments == 1
    assert ours[4] == ((world.use, school.laestab),)


def test_a_body_that_took_over_does_not_take_a_use_into_another_compartment(world):
    """D19, D45: with keys of its own, and the old use stopped, it still may not change what it is for."""
    from beholden.people.actions import appoint, enrol
    from beholden.people.queries import Body
    from beholden.uses import actions as uses
    from beholden.uses.queries import public_use

    lock = str(pyrage.x25519.Identity.generate().to_public())
    word = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    enrol(Body("bought", "Bought Ltd", "company", "England", lock, word), by=REGISTRAR, at=world.at)
    owner = appoint("owner", Role.APPLICANT, "bought", by=REGISTRAR, at=world.at)
    uses.recipient_changed("northford", how="sold", successor="bought", by=REGISTRAR, at=world.at)
    mixed = with_compartment("school-improvement", Compartment.ENFORCEMENT)
    asked = world.draft(amends=world.use, purpose="school-improvement")
    ref = uses.draft(asked, by=owner, at=world.at)
    assert uses.submit(ref, catalogue=mixed, by=owner, at=world.at) is State.REFUSED
    assert public_use(ref, mixed).refused_rule == "compartments"


def test_an_upgrade_throws_no_review_away(as_login):
    """Reviews of the time before panels are rows of a table that goes: with rows in it, the home stays as it is."""
    migration = REPOSITORY / "src/beholden/uses/migrations/0002_the_whole_life.py"
    sql = migration.read_text().split('NOTHING_IS_LOST = """')[1].split('"""')[0]
    with as_login("owner") as connection:
        connection.execute("create temporary table uses_review (id int)")
        connection.execute(sql)
        connection.execute("insert into uses_review values (1)")
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(sql)


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
