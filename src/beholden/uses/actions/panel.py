# SPDX-License-Identifier: Apache-2.0
"""The panel looks at a use: seats, interests, two reviews, votes, the decision; and what may bring a refusal back.

An interest is declared before anything is read. What one reviewer says is closed to the other until both have spoken.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from django.db import IntegrityError, transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.people import queries as people
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.uses.models import Seat as Held
from beholden.uses.models import Use
from beholden.uses.papers import (
    filed,
    has_declared,
    interested,
    newest,
    open_objections,
    released_at,
    reviews_of,
    round_of,
    votes_of,
)
from beholden.uses.queries import asked, drafted
from beholden.uses.rules.application import wrong
from beholden.uses.rules.least import less_exact
from beholden.uses.rules.life import AUTHORITY, State, wrong_role
from beholden.uses.rules.panel import (
    OVER_TIME,
    Mark,
    Outcome,
    Says,
    Seat,
    check_replies,
    check_review,
    check_vote,
    outcome,
)
from beholden.uses.rules.triage import triage
from beholden.uses.steps import check_officer, check_outside, check_state, file, is_repeated, locked, take

PANEL_SAYS_NO = "panel"
"""The rule that a refusal by the panel names; every other rule is the catalogue's."""


@transaction.atomic
def seat(officer: str, seat_: Seat, *, by: Actor, at: datetime) -> None:
    """Seat an officer on the panel, for the lay public, for parents, for the young, or for what they know."""
    check_officer(by, Role.REGISTRAR, "seat a member of the panel")
    if people.actor(officer).role is not Role.PANEL:
        raise wrong_role(Role.PANEL, "sit on the panel")
    try:
        with transaction.atomic():
            Held.objects.create(officer=officer, seat=seat_.value, at=at, by=by.ref)
    except IntegrityError as trouble:
        if not Held.objects.filter(officer=officer, seat=seat_.value).exists():
            raise wrong(
                "seat_taken", "This member has another seat already.", "Appoint somebody else.", AUTHORITY
            ) from trouble


@transaction.atomic
def declare(ref: UseRef, *, interest: bool, what: str = "", by: Actor, at: datetime) -> None:
    """Say, before anything is read, whether there is an interest. The answer is public, and cannot be taken back.

    Whoever acts for the applicant is not asked: the answer would be theirs to give about themselves.
    """
    if by.role not in {Role.REVIEWER, Role.PANEL}:
        raise wrong_role(Role.PANEL, "declare an interest")
    check_enrolled(by)
    use = locked(ref)
    check_state(use, State.PANEL, what="declare an interest in it")
    check_outside(use, by)
    if interest != bool(what.strip()):
        raise wrong(
            "interest", "An interest is named, and only an interest is.", "Say what it is.", AUTHORITY
        )
    body = {"interest": interest, "officer": by.ref, "organisation": by.organisation, "what": what}
    file(use, "interest", body, key=by.ref, by=by, at=at)


@transaction.atomic
def review(ref: UseRef, *, marks: Mapping[str, Mark], recommends: Says, by: Actor, at: datetime) -> None:
    """Write down one reviewer's five answers. Nobody reviews twice, and nobody decides on an own request."""
    check_officer(by, Role.REVIEWER, "review a use")
    use = locked(ref)
    _check_may_speak(use, by)
    asks_over_time = bool(drafted(use).application.over_time)
    check_review(marks, recommends, items=use.items, over_time=asks_over_time)
    body = {
        "marks": {question: _plain(mark) for question, mark in marks.items()},
        "organisation": by.organisation,
        "recommends": recommends.value,
        "reviewer": by.ref,
    }
    file(use, "review", body, key=by.ref, by=by, at=at)


@transaction.atomic
def vote(ref: UseRef, *, says: Says, reason: str, condition: str = "", by: Actor, at: datetime) -> None:
    """Write down one member's answer, for the seat they hold."""
    check_officer(by, Role.PANEL, "vote on a use")
    use = locked(ref)
    _check_may_speak(use, by)
    check_vote(says, reason, condition)
    held = Held.objects.filter(officer=by.ref).first()
    if held is None:
        raise wrong("no_seat", "This member has no seat.", "Ask the registrar for one.", AUTHORITY)
    body = {
        "condition": condition,
        "member": by.ref,
        "organisation": by.organisation,
        "reason": reason,
        "says": says.value,
        "seat": held.seat,
    }
    file(use, "vote", body, key=by.ref, by=by, at=at)


def _check_may_speak(use: Use, by: Actor) -> None:
    """Refuse whoever belongs to the applicant, wrote the request, or has not said that there is no interest."""
    check_state(use, State.PANEL, what="answer for the panel")
    check_outside(use, by)
    if not has_declared(use, by.ref, round_=round_of(use)):
        raise wrong(
            "interest_first",
            "Say first whether you have an interest in it; whoever has one does not answer.",
            "Declare that you have none, or leave it to somebody else.",
            AUTHORITY,
        )


@transaction.atomic
def close_panel(
    ref: UseRef,
    *,
    replies: Mapping[str, str],
    to_children: str,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> State:
    """Write down what the panel decided, and return where the use stands then: approved or refused.

    The plan: 1 nobody decides on an own request, and the catalogue in force still allows it; 2 children were heard in
    this round, and are answered (D10); 3 each school that objects is answered by name (D29); 4 the answer follows from
    reviews and votes, by `outcome`; 5 what an earlier approval asked stays asked, and what it struck out stays out: to
    look again loosens nothing; 6 where facts were asked for and none is left, the answer is no.
    """
    use = locked(ref)
    if any(is_repeated(use, verb, by=by) for verb in ("approve", "refuse")) or _has_stopped(use, by):
        return State(use.state)
    check_state(use, State.PANEL, what="decide about it")
    check_outside(use, by)
    triage(asked(ref).proposal, catalogue)  # 1
    _check_children(use, to_children)  # 2
    check_replies(open_objections(use), replies)  # 3
    decided = _outcome(use, catalogue)  # 4
    items, months, conditions = _carried_over(use, decided, catalogue)  # 5
    over_time = _over_time(use, decided)
    says = decided.says if items or not use.items else Says.NO  # 6
    body = {
        "catalogue": catalogue.hash,
        "conditions": conditions,
        "items": items,
        "months": months,
        "over_time": over_time,
        "replies": dict(replies),
        "says": says.value,
        "to_children": to_children,
        **_voices(use),
    }
    file(use, "decision", body, by=by, at=at)
    if says is Says.NO:
        _say_no(use, by=by, at=at)
    else:
        take(use, "approve", by=by, at=at)
    return State(use.state)


def _say_no(use: Use, *, by: Actor, at: datetime) -> None:
    """Refuse a use; where records have left under it before, stop it, so that what has left is wiped (D25)."""
    if released_at(use) is not None:
        take(use, "suspend", by=by, at=at)
        file(use, "stop", {"why": _SAID_NO}, key=str(use.steps.count()), by=by, at=at)
        return
    use.rule = PANEL_SAYS_NO
    use.refused_sentence = _SAID_NO
    use.instead = "New facts can bring it back; other wishes are a new request."
    take(use, "refuse", by=by, at=at)


def _has_stopped(use: Use, by: Actor) -> bool:
    """Say whether this officer's newest step was to stop a use by the panel's no, and by nothing that came later."""
    decision, last = newest(use, "decision"), use.steps.order_by("-pk").first()
    if decision is None or last is None or not is_repeated(use, "suspend", by=by):
        return False
    return (decision.at, decision.by) == (last.at, last.by)


_SAID_NO = "The panel said no. Its reasons stand with its decision."


def _check_children(use: Use, to_children: str) -> None:
    opening, heard = newest(use, "opening"), newest(use, "children")
    if opening is None or heard is None or heard.pk < opening.pk or not to_children.strip():
        raise wrong(
            "children_first",
            "Children and young people are asked about each use, and the panel answers them.",
            "Write down what they say and what they are told.",
            "D10",
        )


def _outcome(use: Use, catalogue: Catalogue) -> Outcome:
    round_ = round_of(use)
    return outcome(
        reviews_of(use, round_=round_),
        votes_of(use, round_=round_),
        applicant=use.applicant,
        author=use.drafted_by,
        interested=interested(use, round_=round_),
        reviewers=catalogue.limits.reviewers,
        quorum=catalogue.limits.panel_quorum,
    )


def _carried_over(
    use: Use, decided: Outcome, catalogue: Catalogue
) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the facts that are granted, with their reasons, those by the month alone, and the conditions.

    Never looser than before: what was struck out or made less exact stays so.
    """
    proposed = drafted(use)
    wanted, months, conditions = proposed.reasons, set[str](), list(decided.conditions)
    earlier = newest(use, "decision")
    if earlier is not None and earlier.body["says"] != Says.NO.value:
        wanted, months = earlier.body["items"], set(earlier.body.get("months", ()))
        conditions = list(dict.fromkeys((*earlier.body["conditions"], *conditions)))
    kept = {item: why for item, why in wanted.items() if item not in decided.without and why.strip()}
    items, rough = less_exact(kept, decided.coarser, proposed.population, catalogue)
    return items, sorted((months | {*rough}) & set(items)), conditions


def _over_time(use: Use, decided: Outcome) -> str:
    """Return why children may be followed over time, or nothing: struck out like a fact, and never brought back."""
    earlier = newest(use, "decision")
    if OVER_TIME in decided.without:
        return ""
    if earlier is not None and earlier.body["says"] != Says.NO.value:
        return str(earlier.body.get("over_time", ""))
    return drafted(use).application.over_time


def _voices(use: Use) -> dict[str, object]:
    """Return what reviewers and members said, as the public reads it: by letter and by seat, never by reference."""
    round_ = round_of(use)
    reviews = reviews_of(use, round_=round_)
    return {
        "interests": len(interested(use, round_=round_)),
        "reviews": [
            {
                "marks": {question: _plain(mark) for question, mark in one.marks.items()},
                "organisation": one.organisation,
                "recommends": one.recommends.value,
                "reviewer": f"Reviewer {chr(ord('A') + place)}",
            }
            for place, one in enumerate(reviews)
        ],
        "votes": [
            {
                "condition": one.condition,
                "reason": one.reason,
                "says": one.says.value,
                "seat": one.seat.value,
            }
            for one in votes_of(use, round_=round_)
        ],
    }


def _plain(mark: Mark) -> dict[str, object]:
    return {
        **asdict(mark),
        "says": mark.says.value,
        "without": sorted(mark.without),
        "coarser": sorted(mark.coarser),
    }


@transaction.atomic
def reopen(ref: UseRef, *, facts: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Bring a refusal of the panel back, on facts that were not there: each is named, with where it comes from.

    What the catalogue refuses, no fact brings back. It is heard and decided anew, from the beginning.
    """
    use = locked(ref)
    if is_repeated(use, "reopen", by=by):
        return
    check_state(use, State.REFUSED, what="reopen it")
    known = {fact for paper in filed(use, "facts") for fact in paper.body["facts"]}
    named = all(fact.strip() and source.strip() for fact, source in facts.items())
    if use.rule != PANEL_SAYS_NO or not facts or not named or known & set(facts):
        raise Refusal(
            "uses.no_new_facts",
            "A refusal of the panel comes back on new facts, each with its source; the catalogue's does not come back.",
            next_step="Name what was not known when the panel decided, and where it can be read.",
            authority=AUTHORITY,
        )
    file(use, "facts", {"facts": dict(facts)}, by=by, at=at)
    use.rule = use.refused_sentence = use.instead = ""
    take(use, "reopen", by=by, at=at)


@transaction.atomic
def direct(
    ref: UseRef, *, minister: str, power: str, says: str, made_on: date, by: Actor, at: datetime
) -> None:
    """Write a minister's direction about a use into the public log, the day it is received, by the minister's office.

    It changes nothing else: panel, agreement, telling and window stay what they are. There is no way to seal it, and
    what it is late by stands beside it.
    """
    check_officer(by, Role.REGISTRAR, "write down a minister's direction")
    use = locked(ref)
    if use.state == State.DRAFT.value or not all(one.strip() for one in (minister, power, says)):
        raise wrong(
            "direction",
            "A direction is about a request that stands in public; it names minister, power, and what is directed.",
            "Ask for the direction in writing.",
            "D22: a letter asks, only an order compels",
        )
    if made_on > at.date():
        raise wrong("direction_day", "This day has not come.", "Write it down on its day.", "D22")
    body = {
        "days_late": (at.date() - made_on).days,
        "made_on": made_on.isoformat(),
        "minister": minister,
        "power": power,
        "says": says,
    }
    named = hashlib.sha256(f"{minister}\n{power}\n{says}\n{made_on.isoformat()}".encode()).hexdigest()
    file(use, "direction", body, key=named[:16], by=by, at=at)
