# SPDX-License-Identifier: Apache-2.0
"""Answers what reviewers and members may read, and when: after they declared, and of the others after their own.

Frozen values only. What each said stands in the decision for everybody, once there is one.
"""

from dataclasses import dataclass
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.people.queries import organisation
from beholden.refusals import Refusal
from beholden.uses.models import Paper, Use
from beholden.uses.papers import (
    answered,
    filed,
    has_declared,
    interested,
    is_outside,
    newest,
    open_objections,
    reviews_of,
    round_of,
    schools_in_scope,
    votes_of,
)
from beholden.uses.queries import drafted, unknown_use
from beholden.uses.rules.application import Draft
from beholden.uses.rules.life import AGREED, AUTHORITY, HEARD, HELD, State, own_request
from beholden.uses.rules.panel import QUESTIONS
from beholden.uses.standing import hearing


@dataclass(frozen=True, slots=True)
class Seen:
    """Where one officer stands to one use before the panel.

    `outside`: the officer neither acts for who asked nor wrote it. `interest`: yes, no, or empty while it is not said.
    """

    ref: UseRef
    title: str
    applicant: str
    since: datetime
    outside: bool
    interest: str
    said: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """What one of them said: whose voice it is in public, the answer, to what, the reason, the condition if any."""

    who: str
    says: str
    about: str
    reason: str
    condition: str


@dataclass(frozen=True, slots=True)
class Children:
    """What children and young people say, who was asked, and what they were told, once they were."""

    who: str
    view: str
    answer: str


def before_the_panel(by: Actor) -> tuple[Seen, ...]:
    """Return every use before the panel, the oldest first, as one officer stands to it."""
    rows = Use.objects.filter(state=State.PANEL.value).order_by("ref")
    return tuple(sorted((_seen(row, by) for row in rows), key=lambda one: one.since))


def stands_to(ref: str, by: Actor) -> Seen:
    """Return how one officer stands to one use before the panel, or refuse where it is not there."""
    return _seen(_row(ref), by)


def has_no_part(ref: UseRef, by: Actor) -> bool:
    """Say whether somebody neither acts for the body that asks, nor wrote the request, nor declared an interest."""
    row = Use.objects.get(ref=ref)
    return is_outside(row, by) and by.ref not in interested(row, round_=round_of(row))


def asked_to_the_panel(ref: str, by: Actor) -> Draft:
    """Return the request for an officer to read, or refuse: an interest is declared before anything is read.

    An own request is nobody's to judge, and not before them as the panel's: not even after a declaration.
    """
    row = _row(ref)
    if not is_outside(row, by):
        raise own_request()
    if not has_declared(row, by.ref, round_=round_of(row)):
        raise Refusal(
            "uses.interest_first",
            "Say first whether you have an interest in it; whoever has one does not read or answer it.",
            next_step="Declare that you have none, or leave it to somebody else.",
            authority=AUTHORITY,
        )
    return drafted(row)


def voices_for(ref: str, *, catalogue: Catalogue, by: Actor) -> tuple[Voice, ...]:
    """Return what an officer may read of the others in this round: nothing before the own answer.

    Reviews are read once as many as are needed are in; votes by whoever has voted; one's own at once.
    """
    row = _row(ref)
    round_ = round_of(row)
    reviews, votes = reviews_of(row, round_=round_), votes_of(row, round_=round_)
    all_in = len({one.organisation for one in reviews}) >= catalogue.limits.reviewers
    own = {one.reviewer for one in reviews} | {one.member for one in votes}
    found: list[Voice] = []
    for place, review in enumerate(reviews):
        if review.reviewer == by.ref or (all_in and (by.ref in own or by.role is Role.PANEL)):
            who = f"Reviewer {chr(ord('A') + place)}"
            found += [
                Voice(who, mark.says.value, QUESTIONS[question], mark.reason, mark.condition)
                for question, mark in review.marks.items()
            ]
    if by.ref in {one.member for one in votes}:
        found += [
            Voice(f"The {one.seat.value} member", one.says.value, "", one.reason, one.condition)
            for one in votes
        ]
    return tuple(found)


def children_heard(ref: str) -> Children | None:
    """Return what children said when they were last asked, with the panel's answer to them once there is one (D10)."""
    use = Use.objects.exclude(state=State.DRAFT.value).filter(pk=ref).first()
    heard = None if use is None else newest(use, "children")
    if use is None or heard is None:
        return None
    decision = newest(use, "decision")
    answer = "" if decision is None or decision.pk < heard.pk else str(decision.body["to_children"])
    return Children(str(heard.body["who"]), str(heard.body["view"]), answer)


@dataclass(frozen=True, slots=True)
class Heard:
    """What everybody may read of what was said about a use (D10, D26, D29).

    How many comments there are, and not what they say: whoever comments may name a child, and nobody reads them first.
    What schools and children say stands with the answers they got, which are empty until there are any.
    """

    until: datetime
    comments: int
    objections: tuple[tuple[str, str, str], ...]  # who, what it says, the answer
    children: Children | None


def heard(ref: str) -> Heard | None:
    """Return what was heard about a use in public; None of one that was never opened for comment."""
    try:
        found = hearing(ref)
    except Refusal:
        return None
    objections = tuple((named(school), reason, answer) for school, reason, answer in found.objections)
    return Heard(found.until, found.comments, objections, children_heard(ref))


def to_answer(by: Actor) -> tuple[tuple[UseRef, str, str, str], ...]:
    """Return each objection that a member may answer apart from a decision: use, school, its name, what it says (D29).

    Left out are the uses of the member's own body, and those in which the member declared an interest.
    """
    states = [state.value for state in (*AGREED, *HELD)]
    rows = Use.objects.filter(state__in=states, papers__kind="objection").distinct().order_by("ref")
    return tuple(
        (UseRef(row.ref), school, named(school), reason)
        for row in rows
        if is_outside(row, by) and by.ref not in interested(row, round_=round_of(row))
        for school, reason in open_objections(row).items()
    )


@dataclass(frozen=True, slots=True)
class OwnObjection:
    """What one school objected last and what it was answered, each empty if nothing; and if it may object now."""

    reason: str
    answer: str
    is_open: bool


def objection_of(ref: UseRef, school: str) -> OwnObjection:
    """Return how one school stands to a use. In scope, it may object once in a round, and not while it waits."""
    use = Use.objects.exclude(state=State.DRAFT.value).filter(pk=ref).first()
    if use is None:
        raise unknown_use()
    said = [paper for paper in filed(use, "objection") if paper.body["school"] == school]
    waits = school in open_objections(use)
    new = not waits and not any(paper.round == round_of(use) for paper in said)
    is_open = new and State(use.state) in HEARD and school in schools_in_scope(use)
    reason = str(said[-1].body["reason"]) if said else ""
    return OwnObjection(reason, "" if waits else answered(use, school) or "", is_open)


def objected_to(school: str) -> frozenset[UseRef]:
    """Return every use to which one school objected, answered or not."""
    found = Paper.objects.filter(kind="objection", body__school=school).values_list("use", flat=True)
    return frozenset(map(UseRef, found))


def named(school: str) -> str:
    """Return what a body is called, or its number where it is not enrolled here."""
    try:
        return organisation(school).name
    except Refusal:
        return school


def _row(ref: str) -> Use:
    row = Use.objects.filter(pk=ref, state=State.PANEL.value).first()
    if row is None:
        raise unknown_use()
    return row


def _seen(row: Use, by: Actor) -> Seen:
    round_ = round_of(row)
    step = row.steps.filter(state=State.PANEL.value).order_by("-pk").first()
    if step is None:
        raise unknown_use()
    stake = "yes" if by.ref in interested(row, round_=round_) else ""
    if has_declared(row, by.ref, round_=round_):
        stake = "no"
    kinds = ("review", "vote")
    said = any(paper.round == round_ and paper.by == by.ref for paper in filed(row, *kinds))
    return Seen(
        UseRef(row.ref),
        row.title,
        organisation(row.applicant).name,
        step.at,
        is_outside(row, by),
        stake,
        said,
    )
