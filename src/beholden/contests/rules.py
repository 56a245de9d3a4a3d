# SPDX-License-Identifier: Apache-2.0
"""Decides what a contest may say, what decides it, how a match stands, and what binds it. No clock, no database.

A match is one use's answers about one person. Who contests it says that the recipient means somebody else. Until a
person has decided, nothing is answered about it; and what cannot be told counts as wrong: the doubt is the family's.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.canonical import print_json
from beholden.refusals import Refusal


class Why(StrEnum):
    """What whoever contests has seen: one of a short list, so that no words about anybody are kept."""

    STRANGER = "stranger"  # they wrote about somebody whom we do not know
    MIXED = "mixed"  # some of what they say is about somebody else
    NOT_US = "not_us"  # they wrote to somebody who is not in the register at all
    UNSURE = "unsure"  # it looks wrong


class Verdict(StrEnum):
    """What a reviewer found."""

    RIGHT = "right"
    WRONG = "wrong"
    CANNOT_TELL = "cannot_tell"  # counts as wrong


class Reason(StrEnum):
    """What a verdict rests on: one of a closed list, which the family reads in words."""

    DOCUMENT = "document"
    SCHOOL = "school"
    RECIPIENT = "recipient"
    OWN_RECORD = "own_record"
    NOTHING = "nothing"


REASONS: Mapping[Verdict, frozenset[Reason]] = MappingProxyType(
    {
        Verdict.RIGHT: frozenset(Reason) - {Reason.NOTHING},
        Verdict.WRONG: frozenset(Reason) - {Reason.NOTHING},
        Verdict.CANNOT_TELL: frozenset({Reason.NOTHING}),
    }
)
"""What each verdict may rest on."""

ANSWERS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.RIGHT: "same", Verdict.WRONG: "different", Verdict.CANNOT_TELL: "cannot_say"}
)
"""What a verdict says of the pair, in the words in which people's answers about pairs are measured."""


class Stands(StrEnum):
    """How a match stands that was contested."""

    OPEN = "open"
    UPHELD = "upheld"
    REVERSED = "reversed"


def stands(verdicts: Iterable[Verdict | None]) -> Stands:
    """Say how a match stands after what was said against it; None is what nobody has decided. Wrong once is wrong."""
    found = set(verdicts)
    if found & {Verdict.WRONG, Verdict.CANNOT_TELL}:
        return Stands.REVERSED
    return Stands.OPEN if None in found else Stands.UPHELD


@dataclass(frozen=True, slots=True)
class Said:
    """One contest, as it is bound: about which use and person, from which adult or paper, and what was seen."""

    use: str
    person: PersonId
    adult: str
    paper: str
    why: str
    decide_by: date
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """One decision, as it is bound: about which contest, what was found, and by which name the pair is kept."""

    verdict: str
    reason: str
    pair: str
    at: datetime
    by: str


def bound(said: Said, salt: bytes) -> bytes:
    """Return what binds a contest in the log: SHA-256(salt32 || JCS of all of it)."""
    return hashlib.sha256(
        salt
        + print_json(
            {
                "adult": said.adult,
                "at": _moment(said.at),
                "by": said.by,
                "decide_by": said.decide_by.isoformat(),
                "paper": said.paper,
                "person": str(said.person),
                "use": said.use,
                "why": said.why,
            }
        )
    ).digest()


def bound_found(found: Found, contest: bytes, salt: bytes) -> bytes:
    """Return what binds a decision: SHA-256(salt32 || JCS of it and of what binds its contest)."""
    return hashlib.sha256(
        salt
        + print_json(
            {
                "at": _moment(found.at),
                "by": found.by,
                "contest": contest.hex(),
                "pair": found.pair,
                "reason": found.reason,
                "verdict": found.verdict,
            }
        )
    ).digest()


def decide_by(on: date, *, days: int) -> date:
    """Return the last day to decide what is contested on a day."""
    return on + timedelta(days=days)


def check_verdict(verdict: Verdict, reason: Reason) -> None:
    """Refuse a decision whose reason cannot carry it: who can tell, says by what; who cannot, has nothing."""
    if reason not in REASONS[verdict]:
        raise Refusal(
            "contests.reason",
            "What was found and what shows it do not go together.",
            next_step="If nothing shows who is meant, say that nobody can tell.",
            authority="UK GDPR Art 18(1)(a), 5(2)",
        )


def check_reviewer(by: Actor, made_by: Iterable[str]) -> None:
    """Refuse whoever had a hand in the match: nobody judges their own."""
    if by.role is not Role.REGISTRAR:
        raise Refusal(
            "contests.role",
            "Only a registrar decides what a family has said against a match.",
            next_step="Ask a registrar.",
            authority="UK GDPR Art 32(4)",
        )
    if by.ref in set(made_by):
        raise Refusal(
            "contests.own_match",
            "You had a hand in this match, so somebody else decides.",
            next_step="Ask a registrar who neither decided this use nor agreed to it.",
            authority="D21, D39",
        )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
