# SPDX-License-Identifier: Apache-2.0
"""Decides what a family's standing answers mean for one use. No clock, no database.

An answer stands at one scope: this use, this purpose, or everything that may be refused, now and later. Each
adult's newest answer at a scope replaces that adult's older one there, and nothing else: *leave in* for one use
never undoes *keep out of everything*. Among adults, and among scopes, the more protective answer wins (D11, D14).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beholden.kinds import PersonId, UseRef
from beholden.refusals import Refusal


class Scope(StrEnum):
    """How far an answer reaches."""

    USE = "use"
    PURPOSE = "purpose"
    ALL = "all"


class Answer(StrEnum):
    """The two words of an objection. *Leave in* is never recorded or called consent."""

    KEEP_OUT = "keep_out"
    LEAVE_IN = "leave_in"


@dataclass(frozen=True, slots=True)
class Choice:
    """One adult's answer for one child at one scope. `target` is a use, a purpose, or empty for *all*."""

    person: PersonId
    adult: str
    scope: Scope
    target: str
    answer: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What a choice is weighed against: one use, its purpose, and whether the law lets a family say no at all."""

    use: UseRef
    purpose: str
    refusable: bool


def reaches(choice: Choice, question: Question) -> bool:
    """Say whether a choice speaks about a use."""
    match choice.scope:
        case Scope.USE:
            return choice.target == question.use
        case Scope.PURPOSE:
            return choice.target == question.purpose
        case Scope.ALL:
            return True


def standing(said: Iterable[Choice], *, at: datetime) -> tuple[Choice, ...]:
    """Return the answers in force at a moment: per child, adult and scope the newest; between equals, *keep out*."""
    newest: dict[tuple[PersonId, str, Scope, str], Choice] = {}
    for choice in said:
        if choice.at > at:
            continue
        place = (choice.person, choice.adult, choice.scope, choice.target)
        held = newest.get(place)
        if held is None or _outranks(choice, held):
            newest[place] = choice
    return tuple(newest.values())


def _outranks(new: Choice, held: Choice) -> bool:
    if new.at != held.at:
        return new.at > held.at
    return new.answer is Answer.KEEP_OUT


def objectors(said: Iterable[Choice], question: Question, *, at: datetime) -> frozenset[PersonId]:
    """Return every child who is kept out of a use: anybody for whom one standing answer that reaches it says so."""
    if not question.refusable:
        return frozenset()
    return frozenset(
        choice.person
        for choice in standing(said, at=at)
        if choice.answer is Answer.KEEP_OUT and reaches(choice, question)
    )


def scope_of(use: UseRef | None, purpose: str | None, *, everything: bool) -> tuple[Scope, str]:
    """Return the one scope that was named, and its target; refuse none and refuse two."""
    named = [
        found
        for found in (
            (Scope.USE, use or "") if use is not None else None,
            (Scope.PURPOSE, purpose or "") if purpose is not None else None,
            (Scope.ALL, "") if everything else None,
        )
        if found is not None
    ]
    if len(named) != 1 or (named[0][0] is not Scope.ALL and not named[0][1]):
        raise Refusal(
            "choices.scope",
            "An answer is about this use, about this kind of use, or about everything you may refuse.",
            next_step="Choose one of the three.",
            authority="UK GDPR Art 21(1)",
        )
    return named[0]
