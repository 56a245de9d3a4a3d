# SPDX-License-Identifier: Apache-2.0
"""What a registrar may do at the door: each step as one question, never alone, and what waits by its day (D18, D22, D26).

Each verb is called as the keeper's process calls it, with a question and nothing else. One use is walked from handed in
to handed over by what stands on the pages.
"""

import re
from datetime import timedelta

import pytest

from beholden.kinds import Role
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import Do, WhichStep
from beholden.rights.shown import WhichUse
from beholden.rights.typed import Field
from beholden.uses.rules import Says
from beholden.uses.rules.life import TRANSITIONS
from integration.officers import shown
from integration.use_steps import objects
from integration.world import APPLICANT, CATALOGUE, REGISTRAR, SECOND, World

BY_THE_GATE = {"open window", "fall back"}
"""Steps of the table that the gate takes by itself, inside another."""


def refused(code):
    return pytest.raises(Refusal, match=f"^{re.escape(code)}:")


def test_every_step_of_a_registrar_has_its_question(stage):
    """The table of a use's life against the pages: a step that nobody can take at the door would be found here."""
    from beholden.rights.registrar.steps import STEPS

    asked = {
        "open for comment": "open",
        "call the panel": "call",
        "refuse": "close-panel",
        "approve": "close-panel",
        "reopen": "reopen",
        "draw up": "draw-up",
        "publish": "publish",
        "notify": "told",
        "take up window": "take-up",
        "clear": "decide",
        "release": "release",
        "run again": "run-again",
        "leave off": "leave-off",
        "close": "close",
        "suspend": "suspend",
        "find a breach": "breach",
    }
    for one in TRANSITIONS:
        if one.role is Role.REGISTRAR and one.verb not in BY_THE_GATE:
            assert one.source in STEPS[asked[one.verb]].states, one


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    import homes
    from beholden.settings import found
    from beholden.uses import actions as uses

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        ref = uses.draft(world.draft(), by=APPLICANT, at=world.at)
        uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at)
        yield world, ref, {one.ref: shown(one, at=world.at) for one in (REGISTRAR, SECOND, APPLICANT)}


class Desk:
    """The registrars' pages as one test uses them."""

    def __init__(self, stage):
        self.world, self.ref, self.keys = stage

    def page(self, step, officer="registrar"):
        from beholden.rights.registrar.desk import step as verb

        return verb(WhichStep(self.keys[officer], self.ref, step), catalogue=CATALOGUE, at=self.world.at)

    def do(self, step, officer="registrar", **said):
        from beholden.rights.registrar.desk import do as verb

        page = self.page(step, officer)
        kept = {blank.name: blank.value for blank in page.blanks if blank.form == "kept"}
        fields = tuple(Field(name.replace("__", "-"), (text,)) for name, text in {**kept, **said}.items())
        return verb(
            Do(self.keys[officer], self.ref, step, fields), catalogue=CATALOGUE, at=self.world.at
        ).work

    def today(self, officer="registrar"):
        from beholden.rights.registrar.desk import today as verb

        return verb(self.keys[officer], catalogue=CATALOGUE, at=self.world.at)


def test_one_use_goes_from_handed_in_to_handed_over_question_by_question_and_by_two(stage):
    """D18: what waits is said with its day; no step before its time; nobody hands over alone."""
    from beholden.ledger.queries import entries

    desk, world = Desk(stage), stage[0]
    assert desk.do("open").day is not None
    objects(world, desk.ref, world.town.schools[0])
    with refused("uses.comment_open"):
        desk.do("call")
    (work,) = [one for one in desk.today().work if one.ref == desk.ref]
    assert [offer.waits for offer in work.next_steps if offer.step == "call"] == ["People can still comment."]
    with refused("uses.text"):
        desk.do("children", who="A youth council.", view=" ")
    desk.do("children", who="A youth council.", view="It is fair.")
    world.pass_to(world.at + timedelta(days=CATALOGUE.limits.comment_days + 1))
    desk.do("call")
    _panel_speaks(world, desk.ref)
    reply = f"reply-{world.town.schools[0].laestab}"
    assert reply in {blank.name for blank in desk.page("close-panel").blanks}
    with refused("uses.objection_unanswered"):
        desk.do("close-panel", to_children="Thank you.")
    assert (
        desk.do("close-panel", to_children="Thank you.", **{reply: "No class is named."}).state_label
        == "Agreed"
    )
    _agreed_and_told(desk, world)
    before = len(list(entries("handovers")))
    with refused("uses.window_open"):
        desk.do("decide")
    assert len(list(entries("handovers"))) == before, (
        "nobody's key is committed for a decision that is refused"
    )
    world.pass_to(world.answer_by + timedelta(days=1))
    desk.do("decide")
    figures = desk.page("release").figures
    assert figures.scope == figures.families_said_no + figures.other_reasons + figures.released
    desk.do("countersign")
    with refused("uses.second_officer"):
        desk.do("release")
    desk.do("countersign", officer="registrar-2")
    assert desk.do("release").state_label == "Running"


def _panel_speaks(world, ref):
    """Let reviewers and members speak; only the registrar's last word is left."""
    from beholden.uses import actions as uses
    from beholden.uses.rules import QUESTIONS, Mark
    from integration.world import MEMBERS, REVIEWERS

    for reviewer in REVIEWERS:
        uses.declare(ref, interest=False, by=reviewer, at=world.at)
        marks = dict.fromkeys(QUESTIONS, Mark(Says.YES, "Needed, fair and safe."))
        uses.review(ref, marks=marks, recommends=Says.YES, by=reviewer, at=world.at)
    for member in MEMBERS.values():
        uses.declare(ref, interest=False, by=member, at=world.at)
        uses.vote(ref, says=Says.YES, reason="Fair.", by=member, at=world.at)


def _agreed_and_told(desk, world):
    from beholden.gate.actions import telling
    from beholden.kinds import Actor
    from beholden.notices.rules import Delivered
    from beholden.uses import actions as uses

    desk.do("draw-up")
    page = desk.page("sign")
    assert "Agreement about" in page.text
    desk.do("sign")
    with refused("uses.not_signed"):
        desk.do("publish")
    uses.sign(desk.ref, digest=page.blanks[0].value, by=APPLICANT, at=world.at)
    desk.do("publish")
    with refused("uses.day"):
        desk.do("tell", answer_by="")
    with refused("gate.window_short"):
        desk.do("tell", answer_by=(world.at + timedelta(days=3)).isoformat())
    world.answer_by = world.at + timedelta(days=CATALOGUE.limits.objection_window_days)
    desk.do("tell", answer_by=world.answer_by.isoformat())
    for school in world.town.schools:
        system = Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)
        pack = telling.relay(desk.ref, school.laestab, world.handles(school), by=system, at=world.at)
        facts = tuple((one, Delivered.HANDED_OVER) for one, _ in pack.codes)
        telling.carried(desk.ref, school.laestab, facts, by=system, at=world.at)
    desk.do("told")


def test_a_ministers_direction_is_public_the_day_it_comes_by_its_office(stage):
    """D22: it has a name and a power, stands in public at once, and changes nothing."""
    from beholden.uses.papers import public_papers

    desk, world = Desk(stage), stage[0]
    before = desk.today()
    said = {"minister": "The Secretary of State", "power": "s.1", "says": "Hand it over."}
    with refused("uses.day"):
        desk.do("direction", **said, made_on="31 February")
    desk.do("direction", **said, made_on=world.at.date().isoformat())
    assert "direction" in {paper.kind for paper in public_papers(desk.ref)}
    assert [one.state_label for one in desk.today().work] == [one.state_label for one in before.work]


def test_the_desk_is_the_registrars_alone_and_asks_for_nothing_that_cannot_be_done(stage):
    from beholden.rights.registrar.desk import desk as verb

    desk = Desk(stage)
    with refused("people.not_let_in"):
        desk.today("applicant-1")
    with refused("people.not_let_in"):
        desk.do("suspend", "applicant-1", why="x")
    for step, code in (("close", "rights.step_over"), ("no-such-step", "rights.no_such_page")):
        with refused(code):
            desk.page(step)
    with refused("uses.unknown"):
        verb(WhichUse(desk.keys["registrar"], "U-1999-0001"), catalogue=CATALOGUE, at=stage[0].at)
