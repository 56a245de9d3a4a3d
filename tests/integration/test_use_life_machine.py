# SPDX-License-Identifier: Apache-2.0
"""Anybody presses any button in any order: no way leads to a release that passes anything by. D6, D7, D25, D29.

A machine plays the real actions with the real database, right steps and wrong ones, by right people and wrong ones.
Beside it stands a witness who knows none of the product's rules: it writes down what was let through, and at each
release looks whether everything had happened that must have.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.uses.rules import QUESTIONS, Mark, Population, Recurrence, Says, State
from integration.world import (
    APPLICANT,
    BEGAN,
    CATALOGUE,
    FAMILY,
    MEMBERS,
    RECIPIENT,
    REGISTRAR,
    REVIEWERS,
    SECOND,
    World,
)

CLOCK = Actor("clock", Role.KEEPER)
OTHER = Actor("applicant-2", Role.APPLICANT, "welfare")
OWN = Actor("own-reviewer", Role.REVIEWER, "northford")
NOBODY = Actor("nobody", Role.REGISTRAR, "keeper")
SCHOOLS = ("0012001", "0012002", "0012003")
PEOPLE = (
    *(APPLICANT, OTHER, REGISTRAR, SECOND, NOBODY, OWN, RECIPIENT, FAMILY, CLOCK),
    *(*REVIEWERS, *MEMBERS.values(), *(Actor(f"school-{one}", Role.SCHOOL, one) for one in SCHOOLS)),
)
YES = dict.fromkeys(QUESTIONS, Mark(Says.YES, "Needed, fair and safe."))
MOST = replace(CATALOGUE, limits=replace(CATALOGUE.limits, school_objection_percent=70))
WINDOW = timedelta(days=CATALOGUE.limits.objection_window_days)
COMMENT = timedelta(days=CATALOGUE.limits.comment_days)


LEFT_OUT = ("countersign", "sign", "hear children", "declare", "waiting", "clear")
NEXT = {
    State.DRAFT: [("submit", APPLICANT)],
    State.TRIAGE: [("open comment", REGISTRAR)],
    State.COMMENT: [("hear children", REGISTRAR), ("call panel", REGISTRAR)],
    State.PANEL: [
        *((verb, one) for one in REVIEWERS for verb in ("declare", "review")),
        *((verb, one) for one in MEMBERS.values() for verb in ("declare", "vote")),
        ("close panel", REGISTRAR),
    ],
    State.APPROVED: [("draw up", REGISTRAR)],
    State.AGREEMENT: [("sign", REGISTRAR), ("sign", APPLICANT), ("publish", REGISTRAR)],
    State.PUBLISHED: [("notify", REGISTRAR)],
    State.WINDOW: [("clear", REGISTRAR)],
    State.CLEARED: [("countersign", SECOND), ("release", REGISTRAR)],
    State.RELEASED: [("receive", RECIPIENT)],
    State.IN_USE: [("run again", REGISTRAR)],
}
TERM = timedelta(days=3 * 365)
A_TERM = timedelta(days=124)
"""No four months are longer."""
PAPERS = frozenset({"hear children", "declare", "review", "vote", "sign", "countersign"})


@dataclass(frozen=True)
class Passed:
    """One press of a button that was let through."""

    verb: str
    by: Actor
    at: datetime


class Witness:
    """Knows no rule of the product. Remembers what was let through, and says what a release must have had before it."""

    def __init__(self):
        self.passed = []
        self.answer_by = None
        self.ends_on = None
        self.waiting = set()  # schools that object and have no answer

    def last(self, verb, *, before=None):
        found = [
            at for at, one in enumerate(self.passed) if one.verb == verb and (before is None or at < before)
        ]
        return found[-1] if found else -1

    def since(self, start, verb):
        return [one for one in self.passed[max(start, 0) :] if one.verb == verb]

    def check_release(self, by):
        called = max(self.last("call panel"), self.last("returned"))
        opened = self.last("open comment")
        assert called > opened >= 0, "it was open for comment, and came before the panel"
        first = self.last("call panel")
        assert self.passed[first].at - self.passed[opened].at > COMMENT, (
            "people had the whole time to comment"
        )
        assert self.since(opened, "hear children"), "children were asked"
        said = {one.by for one in self.since(called, "review")}
        assert {one.organisation for one in said} >= {"panel-a", "panel-b"}, "two reviewers of two bodies"
        assert APPLICANT.organisation not in {one.organisation for one in said}
        for speaker in said | {one.by for one in self.since(called, "vote")}:
            assert speaker in {one.by for one in self.since(called, "declare")}, "interest first"
        assert {one.by for one in self.since(called, "vote")} >= set(MEMBERS.values()), "a full panel"
        closed, drawn, public = (self.last(verb) for verb in ("close panel", "draw up", "publish"))
        assert called < closed < drawn < public, "decided, agreed and published, in this order, since then"
        sides = {one.by.role for one in self.since(drawn, "sign")}
        assert sides == {Role.APPLICANT, Role.REGISTRAR}, "both sides have signed"
        assert self.answer_by is not None, "families were told"
        cleared = self.last("clear")
        assert public < cleared, "cleared after it was public"
        assert self.passed[cleared].at > self.answer_by, "the window was over"
        seconds = {one.by for one in self.since(cleared, "countersign")}
        assert seconds - {by}, "a second officer agreed to this clearing"
        assert not self.waiting, "each school has its answer"
        assert self.passed[-1].at.date() <= self.ends_on, "within its term"
        again = self.last("run again")
        if again >= 0:
            assert again < self.last("notify") < cleared, "told anew in this run, before it was cleared"
            left = self.last("release", before=again)
            assert 0 <= left < again, "what runs again has left before"
            assert self.passed[again].at - self.passed[left].at >= timedelta(days=120), "and was due"


class Life(RuleBasedStateMachine):
    """One use, many hands."""

    released_in_all = 0
    again_in_all = 0

    @initialize()
    def begin(self):
        """Begin where the town's log ends; what is played is taken back, so that each play has the same beginning."""
        from django.db import transaction

        self.play = transaction.atomic()
        self.play.__enter__()
        self.start()

    def teardown(self):
        from django.db import transaction

        if hasattr(self, "play"):
            transaction.set_rollback(True)
            self.play.__exit__(None, None, None)

    def start(self):
        from django.db.models import Max

        from beholden.ledger.models import Outbox
        from beholden.uses import actions as uses

        newest = Outbox.objects.aggregate(newest=Max("at"))["newest"]
        self.at, self.witness = newest + timedelta(seconds=1), Witness()
        WORLD[0].at = self.at
        items = ("nc_year",)
        answers = WORLD[0].application(items, recurrence=Recurrence.EACH_TERM)
        wanted = {"items": items, "application": answers, "ends_on": (self.at + TERM).date()}
        self.ref = uses.draft(WORLD[0].draft(**wanted), by=APPLICANT, at=self.at)
        self.witness.ends_on = wanted["ends_on"]
        self.digest = "00" * 32

    # --- buttons

    def verbs(self):
        from beholden.uses import actions as uses

        ref, at = self.ref, self.at
        given = {"catalogue": MOST, "at": at}
        return {
            "submit": lambda by: uses.submit(ref, by=by, **given),
            "open comment": lambda by: uses.open_comment(ref, schools=SCHOOLS, by=by, **given),
            "hear children": lambda by: uses.hear_children(ref, who="Us.", view="Fair.", by=by, at=at),
            "call panel": lambda by: uses.call_panel(ref, by=by, at=at),
            "declare": lambda by: uses.declare(ref, interest=False, by=by, at=at),
            "review": lambda by: uses.review(ref, marks=YES, recommends=Says.YES, by=by, at=at),
            "vote": lambda by: uses.vote(ref, says=Says.YES, reason="Fair.", by=by, at=at),
            "close panel": lambda by: self.close_panel(by, given),
            "reopen": lambda by: uses.reopen(ref, facts={"New.": "Here."}, by=by, at=at),
            "draw up": lambda by: self.drawn(uses.draw_up(ref, by=by, **given)),
            "sign": lambda by: uses.sign(ref, digest=self.digest, by=by, at=at),
            "publish": lambda by: uses.publish(ref, by=by, at=at),
            "notify": self.notify,
            "take up": lambda by: uses.take_up_window(ref, by=by, at=at),
            "clear": lambda by: uses.clear(ref, by=by, at=at),
            "countersign": lambda by: uses.countersign(ref, by=by, at=at),
            "release": lambda by: uses.released(ref, by=by, at=at),
            "fall back": lambda by: uses.fall_back(ref, by=by, at=at),
            "object": lambda by: self.object(by, given),
            "reply": self.reply,
            "receive": lambda by: uses.receive(ref, by=by, at=at),
            "run again": lambda by: self.run_again(by, given),
            "leave off": lambda by: uses.leave_off(ref, why="So.", by=by, at=at),
            "expire": lambda by: uses.expire_due(by=by, **given),
            "suspend": lambda by: uses.suspend(ref, why="So.", by=by, at=at),
            "withdraw": lambda by: uses.withdraw(ref, by=by, at=at),
        }

    def drawn(self, digest):
        self.digest = digest

    def notify(self, by):
        from beholden.uses import actions as uses

        uses.notified(self.ref, answer_by=self.at + WINDOW, by=by, at=self.at)
        self.witness.answer_by = self.at + WINDOW

    def run_again(self, by, given):
        from beholden.uses import actions as uses
        from beholden.uses.again import has_begun

        uses.run_again(self.ref, population=Population("SC", "SPR", 2027), schools=SCHOOLS, by=by, **given)
        if self.state() is State.PUBLISHED and not has_begun(self.ref, by):
            raise AssertionError("a run that was begun is begun")

    def object(self, by, given):
        from beholden.uses import actions as uses

        before, said = self.state(), self.said()
        after = uses.school_objects(self.ref, reason="Small.", by=by, **given)
        if self.said() > said:
            self.witness.waiting.add(by.organisation)
        if after is State.PANEL and before is not State.PANEL:
            self.witness.passed.append(Passed("returned", by, self.at))

    def said(self):
        from beholden.uses.models import Paper

        return Paper.objects.filter(use=self.ref, kind="objection").count()

    def reply(self, by):
        from beholden.uses import actions as uses

        for school in sorted(self.witness.waiting):
            uses.reply(self.ref, school=school, text="Nothing under ten.", by=by, at=self.at)
        self.witness.waiting.clear()

    def close_panel(self, by, given):
        from beholden.uses import actions as uses

        replies = dict.fromkeys(self.witness.waiting, "Nothing under ten.")
        uses.close_panel(self.ref, replies=replies, to_children="Thank you.", by=by, **given)
        self.witness.waiting.clear()

    def state(self):
        from beholden.uses.models import Use

        return State(Use.objects.values_list("state", flat=True).get(pk=self.ref))

    def steps(self):
        from beholden.uses.models import Step

        return Step.objects.filter(use=self.ref).count()

    def press(self, verb, by):
        """Press a button; whoever is refused has changed nothing, and what was let through is written down."""
        from django.db import transaction

        before, steps = self.state(), self.steps()
        place, waiting = len(self.witness.passed), set(self.witness.waiting)
        try:
            with transaction.atomic():
                self.verbs()[verb](by)
        except Refusal:
            assert (self.state(), self.steps()) == (before, steps)
            del self.witness.passed[place:]
            self.witness.waiting = waiting
            return
        if verb in {"object", "reopen"} or (self.state(), self.steps()) != (before, steps) or verb in PAPERS:
            self.witness.passed.append(Passed(verb, by, self.at))
        if self.state() is State.RELEASED and before is not State.RELEASED:
            Life.released_in_all += 1
            Life.again_in_all += self.witness.last("run again") >= 0
            self.witness.check_release(by)

    # --- what happens

    @rule(by=st.sampled_from(PEOPLE), data=st.data())
    def anybody_presses_anything(self, by, data):
        self.press(data.draw(st.sampled_from(sorted(self.verbs()))), by)

    @rule(days=st.integers(0, 40))
    def time_passes(self, days):
        self.at += timedelta(days=days, seconds=1)

    @rule(times=st.sampled_from((4, 9, 2, 1)), without=st.sampled_from(("", "", *LEFT_OUT)))
    def the_right_people_go_on_and_may_leave_one_thing_out(self, times, without):
        self.go_on(times, without)

    def go_on(self, times, without):
        for _ in range(times):
            for verb, by in self.right(patient=without not in {"waiting", "window"}):
                if verb != without:
                    self.press(verb, by)

    def right(self, *, patient):
        """What would come next, by whom; nothing where it is over."""
        state = self.state()
        if patient:
            waits = {State.COMMENT: COMMENT, State.WINDOW: WINDOW, State.IN_USE: A_TERM}
            self.at += waits.get(state, timedelta(0))
        if state is State.PUBLISHED and self.witness.last("notify") > self.witness.last("run again"):
            return [("take up", REGISTRAR)]
        return NEXT.get(state, [])

    @rule(school=st.sampled_from(SCHOOLS))
    def a_school_objects(self, school):
        self.press("object", Actor(f"school-{school}", Role.SCHOOL, school))

    @invariant()
    def the_state_is_the_last_step(self):
        from beholden.uses.models import Step

        if hasattr(self, "ref"):
            last = Step.objects.filter(use=self.ref).order_by("-pk").first()
            assert last is None or last.state == self.state().value
            assert all(step.outbox for step in Step.objects.filter(use=self.ref)), "every step has its entry"


WORLD = []
QUICK = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def town(keeper_home, tmp_path):
    """Everybody is enrolled and seated; there is no use yet that anybody presses buttons on."""
    from beholden.people.actions import appoint

    world = World(tmp_path / "town")
    world.returns()
    world.published()
    appoint(OWN.ref, OWN.role, OWN.organisation, by=REGISTRAR, at=world.at)
    WORLD[:] = [world]
    Life.released_in_all = Life.again_in_all = 0
    return world


def test_no_way_leads_to_a_release_that_passes_anything_by(town):
    """Two independent reviews, a full panel, the agreement published, notice, window, a second officer: always."""
    run_state_machine_as_test(Life, settings=QUICK)
    assert Life.released_in_all >= 5, "it was really tried"
    assert Life.again_in_all >= 1, "and again"


HOLES = {
    "nobody asks for a second officer": (
        *("countersign", "running.check_countersigned"),
        lambda ref, *, by: None,
    ),
    "signatures are taken for given": (
        *("sign", "agreeing.signed_by"),
        lambda use: frozenset({"keeper", "recipient"}),
    ),
    "the time to comment is over at once": ("waiting", "hearing.comment_until", lambda use: BEGAN),
    "interests are not asked": ("declare", "panel.has_declared", lambda use, officer, *, round_: True),
    "children are not asked": ("hear children", "panel._check_children", lambda use, to_children: None),
    "schools need no answer": ("answering", "running.open_objections", lambda use: {}),
}


def walk(without):
    """Let the right people go on to the release, without one thing; a school objects on the way. Return where it ends."""
    life = Life()
    life.start()
    return go(life, without)


def go(life, without):
    for _ in range(12):
        if life.state() is State.RELEASED:
            break
        if life.state() is State.WINDOW and without == "answering":
            life.press("object", Actor(f"school-{SCHOOLS[0]}", Role.SCHOOL, SCHOOLS[0]))
        life.go_on(1, without)
        if life.state() is State.WINDOW and without == "waiting":
            life.at += WINDOW + timedelta(days=1)
    return life.state()


def test_with_nothing_left_out_it_is_released(town):
    assert walk("") is State.RELEASED


@pytest.mark.parametrize("hole", HOLES)
def test_the_witness_sees_each_hole(town, monkeypatch, hole):
    """A check that cannot fail is none: without the step nothing is released; with its rule switched off, the witness
    speaks."""
    without, place, instead = HOLES[hole]
    assert walk(without) is not State.RELEASED
    monkeypatch.setattr(f"beholden.uses.actions.{place}", instead)
    with pytest.raises(AssertionError):
        walk(without)


AGAIN = {
    "nobody asks for a second officer in the next run": HOLES["nobody asks for a second officer"],
    "the next run is due at once": (
        "waiting",
        "repeating.check_use",
        lambda use, *, catalogue, at: None,
    ),
    "the next run has no window": ("window", "running.check_window_over", lambda answer_by, *, at: None),
}


def run_again(without):
    """Release once, with nothing left out, and then go on to the next release without one thing."""
    life = Life()
    life.start()
    assert go(life, "") is State.RELEASED
    life.press("receive", RECIPIENT)
    if without != "waiting":
        life.at += A_TERM
    life.press("run again", REGISTRAR)
    return go(life, without)


def test_a_use_that_recurs_is_released_again(town):
    assert run_again("") is State.RELEASED
    assert Life.again_in_all == 1


@pytest.mark.parametrize("hole", AGAIN)
def test_the_witness_sees_each_hole_of_a_later_run(town, monkeypatch, hole):
    """D6, D25: a later run is no short cut; each of its checks is switched off once, and the witness speaks."""
    without, place, instead = AGAIN[hole]
    assert run_again(without) is not State.RELEASED
    monkeypatch.setattr(f"beholden.uses.actions.{place}", instead)
    with pytest.raises(AssertionError):
        run_again(without)
