# SPDX-License-Identifier: Apache-2.0
"""Decides what reviewers and panel have said together. No clock, no database.

Two reviewers answer five questions each, in their own words, and do not see each other's; the members of the panel then
say yes, yes if, or no. The panel may be stricter than the reviewers, and never laxer.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from beholden.refusals import Refusal

AUTHORITY = "ARCHITECTURE section 4, panel"


class Says(StrEnum):
    """One answer, from the laxest to the strictest."""

    YES = "yes"
    YES_IF = "yes_if"
    NO = "no"


_LAX_TO_STRICT = tuple(Says)

QUESTIONS: Mapping[str, str] = {
    "purpose": "Is the purpose allowed, and is it good for children?",
    "facts": "Is each fact needed?",
    "people": "Are these the right people?",
    "place": "Is the place safe?",
    "results": "Are the results safe to publish?",
}


OVER_TIME = "over_time"
"""Under this name a reviewer strikes out, among the facts, that children are followed over time."""


class Seat(StrEnum):
    """For whom a member sits on the panel."""

    LAY = "lay"
    PARENT = "parent"
    YOUNG = "young"
    EXPERT = "expert"


MUST_SIT = frozenset({Seat.LAY, Seat.PARENT, Seat.YOUNG})
"""Without one of each the panel decides nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One reviewer's answer to one question. `reason` is public; `without` names facts that are not needed.

    `coarser` names facts that are needed less exactly than they were asked for.
    """

    says: Says
    reason: str
    condition: str = ""
    without: tuple[str, ...] = ()
    coarser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's five answers and what they recommend. `reviewer` and `organisation` are opaque references."""

    reviewer: str
    organisation: str
    marks: Mapping[str, Mark]
    recommends: Says


@dataclass(frozen=True, slots=True)
class Vote:
    """One member's answer."""

    member: str
    organisation: str
    seat: Seat
    says: Says
    reason: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the panel decided: the answer, its conditions, the facts that are struck out, those to be less exact."""

    says: Says
    conditions: tuple[str, ...]
    without: tuple[str, ...]
    coarser: tuple[str, ...] = ()


def strictest(said: Iterable[Says]) -> Says:
    """Return the strictest of some answers; of none, *no*: silence is no yes."""
    return max(said, key=_LAX_TO_STRICT.index, default=Says.NO)


def recommended(marks: Mapping[str, Mark]) -> Says:
    """Return what five answers amount to: any no is no, any condition makes it conditional."""
    return strictest(mark.says for mark in marks.values())


def check_review(
    marks: Mapping[str, Mark], recommends: Says, *, items: Collection[str], over_time: bool = False
) -> None:
    """Refuse a review that leaves a question, a reason or a condition out, or that is laxer than its own answers.

    What must hold: 1 the five questions are answered, and no other; 2 each answer has a reason, and *yes if* alone says
    the condition; 3 facts are struck out, or made less exact, under their own question, and only such as were asked
    for, and so is following children over time, which is there or is not; 4 what is recommended is not laxer than the
    strictest of the five.
    """
    asked = {*items, OVER_TIME} if over_time else {*items}
    if set(marks) != set(QUESTIONS):  # 1
        raise _refused("review_unfinished", "A review answers the five questions, and no other.")
    for question, mark in marks.items():
        _check_said(mark.says, mark.reason, mark.condition)  # 2
        fits = set(mark.without) <= asked and set(mark.coarser) <= set(items)
        if (mark.without or mark.coarser) and (question != "facts" or not fits):  # 3
            raise _refused(
                "review_strikes",
                "Only facts that were asked for can be struck out or made less exact, each where they are weighed.",
            )
    if strictest((recommended(marks), recommends)) is not recommends:  # 4
        raise _refused(
            "review_laxer",
            "A recommendation may be stricter than its five answers, and never laxer.",
            "Recommend what the strictest answer says, or less.",
        )


def check_vote(says: Says, reason: str, condition: str) -> None:
    """Refuse a vote without a reason, or *yes if* without its condition."""
    _check_said(says, reason, condition)


def _check_said(says: Says, reason: str, condition: str) -> None:
    if not reason.strip():
        raise _refused("no_reason", "Every answer has a reason, because the reason is public.")
    if (says is Says.YES_IF) != bool(condition.strip()):
        raise _refused("condition", "'Yes if' says what must be done first, and no other answer does.")


def outcome(
    reviews: Iterable[Review],
    votes: Iterable[Vote],
    *,
    applicant: str,
    author: str,
    interested: Collection[str],
    reviewers: int,
    quorum: int,
) -> Outcome:
    """Return what the panel decided, or refuse while it cannot decide.

    What must hold: 1 whoever belongs to the applicant, wrote the request or has an interest does not count; 2 as many
    different people as `reviewers` says, of as many different bodies, have reviewed; 3 `quorum` members who did not
    review have voted, a lay one, a parent and a young one among them; 4 the answer is the strictest of what the
    reviewers recommend and what more than half of the members are content with; 5 what a counted reviewer strikes out
    is out, what one wants less exact is less exact, and what one asks is asked.
    """

    def counts(who: str, organisation: str) -> bool:  # 1
        return organisation != applicant and who != author and who not in interested

    looked = [one for one in reviews if counts(one.reviewer, one.organisation)]
    people, bodies = {one.reviewer for one in looked}, {one.organisation for one in looked}
    if min(len(people), len(bodies)) < reviewers:  # 2
        raise _refused(
            "reviews_missing",
            f"A use needs {reviewers} independent reviewers.",
            "Ask a reviewer of another body, outside the applicant and without an interest.",
        )
    sat = {
        one.member: one for one in votes if counts(one.member, one.organisation) and one.member not in people
    }
    if len(sat) < quorum or not {one.seat for one in sat.values()} >= MUST_SIT:  # 3
        raise _refused(
            "no_quorum",
            f"The panel decides with {quorum} members without an interest: a lay one, a parent and a young one too.",
            "Ask the members who are missing.",
        )
    majority = _majority([one.says for one in sat.values()])
    says = strictest((majority, *(one.recommends for one in looked)))  # 4
    asked = [mark.condition for one in looked for mark in one.marks.values()]
    if majority is not Says.YES:
        asked += [one.condition for one in sat.values()]
    struck = {item for one in looked for item in one.marks["facts"].without}  # 5
    rough = {item for one in looked for item in one.marks["facts"].coarser} - struck
    conditions = tuple(dict.fromkeys(filter(None, asked)))
    return Outcome(says, conditions, tuple(sorted(struck)), tuple(sorted(rough)))


def _majority(said: list[Says]) -> Says:
    """Return the laxest answer that more than half are content with: who says *yes* is content with *yes if* too."""
    for level in _LAX_TO_STRICT:
        content = sum(_LAX_TO_STRICT.index(one) <= _LAX_TO_STRICT.index(level) for one in said)
        if 2 * content > len(said):
            return level
    return Says.NO


def check_replies(open_objections: Collection[str], replies: Mapping[str, str]) -> None:
    """Refuse a decision that leaves a school's objection without an answer, or answers one that is not there (D29)."""
    answered = {school for school, text in replies.items() if text.strip()}
    if answered != set(open_objections):
        raise _refused(
            "objection_unanswered",
            "Each school that objects gets an answer of its own, and nobody else does.",
            "Answer each school by its name.",
            "D29: schools, as joint controllers, can object",
        )


def share_reached(objecting: int, in_scope: int, *, percent: int) -> bool:
    """Say whether so many of the schools in scope object that the panel has to look again."""
    return objecting > 0 and objecting * 100 >= percent * in_scope


def _refused(
    reason: str, sentence: str, next_step: str = "Complete the answer.", authority: str = AUTHORITY
) -> Refusal:
    return Refusal(f"uses.{reason}", sentence, next_step=next_step, authority=authority)
