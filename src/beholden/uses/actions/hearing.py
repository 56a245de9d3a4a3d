# SPDX-License-Identifier: Apache-2.0
"""A use is opened for comment, and everybody is heard: the public, the schools that sent the records, the children.

A school's objection is public, by name, and must be answered. Where a share of the schools in scope objects, an agreed
use goes back to the panel by itself.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.refusals import Refusal
from beholden.uses.models import Comment, Use
from beholden.uses.papers import (
    answered,
    comment_until,
    comments_digest,
    open_objections,
    schools_in_scope,
)
from beholden.uses.queries import asked, unknown_use
from beholden.uses.rules.application import wrong
from beholden.uses.rules.life import AGREED, HEARD, HELD, State, wrong_role
from beholden.uses.rules.panel import share_reached
from beholden.uses.rules.triage import triage
from beholden.uses.steps import (
    REGISTER,
    check_no_interest,
    check_officer,
    check_outside,
    check_state,
    file,
    is_repeated,
    locked,
    take,
)

LONGEST = 2_000
"""Characters of one comment or objection."""


@transaction.atomic
def open_comment(
    ref: UseRef, *, schools: Collection[str], catalogue: Catalogue, by: Actor, at: datetime
) -> datetime:
    """Open a use for comment, for the catalogue's days, and return the last moment. Called by the gate.

    `schools` are those that sent what is asked for: only they can object, and their number is what a share is of.
    """
    use = locked(ref)
    if not is_repeated(use, "open for comment", by=by):
        triage(asked(ref).proposal, catalogue)
        if not schools:
            raise wrong(
                "no_schools",
                "No school has sent what is asked for, so nobody could be heard.",
                "Wait for the return, or ask for another one.",
                "D29",
            )
        until = at + timedelta(days=catalogue.limits.comment_days)
        body = {"catalogue": catalogue.hash, "schools": sorted(schools), "until": until.isoformat()}
        file(use, "opening", body, by=by, at=at)
        take(use, "open for comment", by=by, at=at)
    return comment_until(use)


def comment(ref: UseRef, *, text: str, press: str, by: Actor, at: datetime) -> str:
    """Keep what somebody says about a use, and return the reference it is kept under. Who it was is kept nowhere.

    `press` is a random value of the page, so that a button pressed twice is one comment.
    """
    use = Use.objects.exclude(state=State.DRAFT.value).filter(ref=ref).first()
    if use is None:
        raise unknown_use()
    check_state(use, State.COMMENT, what="comment on it")
    _check_text(text)
    if at > comment_until(use):
        raise wrong("comment_over", "The time to comment is over.", "Read what came of it.", "D10")
    named = hashlib.sha256(f"{ref}\n{press}".encode()).hexdigest()[:16]
    try:
        with transaction.atomic():
            Comment.objects.create(ref=named, use=use, text=text, at=at)
    except IntegrityError:
        return named
    return named


@transaction.atomic
def school_objects(ref: UseRef, *, reason: str, catalogue: Catalogue, by: Actor, at: datetime) -> State:
    """Write down that a school objects, in public and by name; return where the use stands after it (D29).

    The plan: 1 the school sent what is asked for; 2 one objection a round, and it stays; the same words again, while
    they wait for their answer, are the button pressed twice, though they have begun a new round; 3 where the share of
    the catalogue is reached by objections that nobody has answered, an agreed use goes back to the panel, whenever.
    """
    if by.role is not Role.SCHOOL:
        raise wrong_role(Role.SCHOOL, "object for a school")
    use = locked(ref)
    check_state(use, *HEARD, what="object to it")
    _check_text(reason)
    in_scope = schools_in_scope(use)
    if by.organisation not in in_scope:  # 1
        raise wrong(
            "school_not_in_scope",
            "This school did not send what is asked for.",
            "Comment on it while it is open for comment.",
            "D29: schools see every use of what they sent, and can object",
        )
    if open_objections(use).get(by.organisation) == reason:  # 2
        return State(use.state)
    file(use, "objection", {"reason": reason, "school": by.organisation}, key=by.organisation, by=by, at=at)
    percent = catalogue.limits.school_objection_percent
    if State(use.state) in AGREED and share_reached(
        len(open_objections(use)), len(in_scope), percent=percent
    ):  # 3
        take(use, "return to the panel", by=REGISTER, at=at)
    return State(use.state)


@transaction.atomic
def reply(ref: UseRef, *, school: str, text: str, by: Actor, at: datetime) -> None:
    """Answer one school's objection for the panel, where the panel does not sit over the use at the moment.

    The plan: 1 nobody answers for the panel about an own request, or one they have an interest in; 2 the school still
    waits; 3 where it has its answer, the same words again are the button pressed twice, and others are refused by name.
    """
    check_officer(by, Role.PANEL, "answer a school's objection")
    use = locked(ref)
    check_state(use, *AGREED, *HELD, what="answer an objection apart from the panel's decision")
    check_outside(use, by)  # 1
    check_no_interest(use, by)
    _check_text(text)
    if school in open_objections(use):  # 2
        file(use, "reply", {"replies": {school: text}}, key=school, by=by, at=at)
        return
    _check_same(answered(use, school), text)  # 3


def _check_same(stands: str | None, text: str) -> None:
    """Let the same words pass that stand already; refuse others, and an answer to nobody."""
    if stands is None:
        raise wrong(
            "no_objection",
            "This school does not object to this use.",
            "Look at the schools that wait for an answer.",
            "D29",
        )
    if stands != text:
        raise wrong(
            "said_already",
            "This school has its answer already, in other words.",
            "Nothing is left to do: the first answer stands.",
            "D29",
        )


@transaction.atomic
def hear_children(ref: UseRef, *, who: str, view: str, by: Actor, at: datetime) -> None:
    """Write down what children and young people say about a use, and who was asked (D10)."""
    check_officer(by, Role.REGISTRAR, "write down what children say")
    use = locked(ref)
    check_state(use, State.COMMENT, State.PANEL, what="write down what children say")
    _check_text(who)
    _check_text(view)
    file(use, "children", {"view": view, "who": who}, by=by, at=at)


@transaction.atomic
def call_panel(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Close the time to comment and put the use before the panel. How many commented is filed, and what, as a hash."""
    use = locked(ref)
    if is_repeated(use, "call the panel", by=by):
        return
    check_state(use, State.COMMENT, what="call the panel")
    if at <= comment_until(use):
        raise Refusal(
            "uses.comment_open",
            "People can still comment.",
            next_step="Wait until the last day to comment is over.",
            authority="D7: consulted on, notified, and only then in force",
        )
    count, digest = comments_digest(use, until=at)
    body = {"comments": count, "digest": digest, "objections": sorted(open_objections(use))}
    file(use, "hearing", body, by=by, at=at)
    take(use, "call the panel", by=by, at=at)


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise wrong(
            "text",
            f"This says nothing, or has more than {LONGEST:,} characters.",
            "Say it in your own words, and in fewer.",
            "D12: nothing behind a wall of words",
        )
