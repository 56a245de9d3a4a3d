# SPDX-License-Identifier: Apache-2.0
"""Decides what a family's standing answers mean for one use. No clock, no database.

An answer stands at one scope: this use, this purpose, all invitations (*ex-directory*), or everything that may be
refused, now and later. Among adults,
and among scopes, the more protective answer wins (D11, D14): *leave in* for one use never undoes *keep out of
everything*. And a *no* is quick to say and slow to undo, because whoever carries the letters can open one too:

* a *keep out* counts at once, whoever holds the letter, and whatever clock it was written by;
* a *leave in* undoes one *keep out*, the one whose number was given with it, and only some days after it was said;
* whoever may no longer decide for a child undoes nothing any more, and what they kept out stays out (D14);
* where a choice is the child's own alone, her own *leave in* stands against anybody's *no*, and until she has said
  something the *no* of the others passes on to her (D14, D15).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from beholden.kinds import PersonId, UseRef
from beholden.people.signs import SIGNS
from beholden.refusals import Refusal

_LAST_SECOND = time(23, 59, 59)
NUMBER_SIGNS = 8
"""Signs of a receipt's number: 34 bits, and only one adult's numbers can be tried with one letter."""


class Scope(StrEnum):
    """How far an answer reaches."""

    USE = "use"
    PURPOSE = "purpose"
    CONTACT = "contact"  # ex-directory: no invitations, whatever they are for
    ALL = "all"


class Answer(StrEnum):
    """The two words of an objection. *Leave in* is never recorded or called consent."""

    KEEP_OUT = "keep_out"
    LEAVE_IN = "leave_in"


class Permission(StrEnum):
    """The one word of a consent, beside the two of an objection: a yes, as the law means it (UK GDPR Art 4(11))."""

    AGREE = "agree"


INVITING = "contact"
"""The way out by which the register passes on invitations: the one that *ex-directory* closes (D11, D16)."""


def last_moment(day: date, zone: tzinfo) -> datetime:
    """Return the last second of a day by the clock on the families' wall: who reads a day may use all of it."""
    return datetime.combine(day, _LAST_SECOND, zone)


@dataclass(frozen=True, slots=True)
class Choice:
    """One adult's answer for one child at one scope. `target` is a use, a purpose, or empty for *all*.

    `receipt` stands for the number it was given under, `undoes` for the number of the *keep out* that a *leave in* was
    given with, or is empty. Both are keyed digests where they come from the database.
    """

    person: PersonId
    adult: str
    scope: Scope
    target: str
    answer: Answer | Permission
    at: datetime
    receipt: str = ""
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a choice is weighed against: one use, its purpose, and whether the law lets a family say no at all.

    `invites` says whether the use would send the family an invitation.
    """

    use: UseRef
    purpose: str
    refusable: bool
    invites: bool = False


EVERY_LETTER = Question(UseRef(""), "", refusable=True, invites=True)
"""What only a *no* to all invitations, or to everything, reaches: a letter of no use and no purpose in particular."""


_Place = tuple[PersonId, str, Scope, str]


def reaches(choice: Choice, question: Question) -> bool:
    """Say whether a choice speaks about a use."""
    match choice.scope:
        case Scope.USE:
            return choice.target == question.use
        case Scope.PURPOSE:
            return choice.target == question.purpose
        case Scope.CONTACT:
            return question.invites
        case Scope.ALL:
            return True


def standing(said: Iterable[Choice], *, wait: timedelta, at: datetime) -> tuple[Choice, ...]:
    """Return the answer in force at a moment, per child, adult and scope.

    It is the newest *keep out* that is not undone; where there is none, the newest *leave in*. Two *keep outs* of one
    adult are undone one by one, each by its own number: or whoever opens a letter could say no again, be given a
    number for it, and undo both.
    """
    kept: dict[_Place, list[Choice]] = {}
    left: dict[_Place, list[Choice]] = {}
    for choice in said:
        place = (choice.person, choice.adult, choice.scope, choice.target)
        if choice.answer is Answer.KEEP_OUT:
            kept.setdefault(place, []).append(choice)
        elif choice.answer is Answer.LEAVE_IN and choice.at <= at:
            left.setdefault(place, []).append(choice)
    found = []
    for place in kept | left:
        undone = {one.undoes for one in left.get(place, ()) if counts_from(one, wait=wait) <= at} - {""}
        still = [one for one in kept.get(place, ()) if one.receipt not in undone]
        among = still or left.get(place, [])
        if among:
            found.append(max(among, key=lambda one: (one.at, one.receipt)))
    return tuple(found)


def counts_from(choice: Choice, *, wait: timedelta) -> datetime:
    """Return from when an answer counts: a *keep out* at once, the undoing of one after some days (notes/ux.md 8.1)."""
    return choice.at + wait if choice.undoes else choice.at


def objectors(
    said: Iterable[Choice], question: Question, *, wait: timedelta, at: datetime
) -> frozenset[PersonId]:
    """Return every child who is kept out of a use: anybody for whom one standing answer that reaches it says so."""
    if not question.refusable:
        return frozenset()
    return frozenset(
        choice.person
        for choice in standing(said, wait=wait, at=at)
        if choice.answer is Answer.KEEP_OUT and reaches(choice, question)
    )


def lets_in(
    said: Iterable[Choice], question: Question, *, wait: timedelta, at: datetime
) -> frozenset[PersonId]:
    """Return every child who leaves herself in, of answers that are each the child's own and the only ones that count.

    What must hold: 1 none of her standing answers that reach the use keeps her out; 2 one of them leaves her in, and
    was said long enough ago: whoever opens her letter in her place must not undo others' *no* at once (ux.md 8.1).
    """
    mine = [one for one in standing(said, wait=wait, at=at) if reaches(one, question)]
    kept = {one.person for one in mine if one.answer is Answer.KEEP_OUT}  # 1
    left = {one.person for one in mine if one.answer is Answer.LEAVE_IN and one.at + wait <= at}  # 2
    return frozenset(left - kept)


def scope_of(
    use: UseRef | None, purpose: str | None, *, everything: bool, invitations: bool = False
) -> tuple[Scope, str]:
    """Return the one scope that was named, and its target; refuse none and refuse two."""
    named = [
        found
        for found in (
            (Scope.USE, use or "") if use is not None else None,
            (Scope.PURPOSE, purpose or "") if purpose is not None else None,
            (Scope.CONTACT, "") if invitations else None,
            (Scope.ALL, "") if everything else None,
        )
        if found is not None
    ]
    if len(named) != 1 or (named[0][0] in (Scope.USE, Scope.PURPOSE) and not named[0][1]):
        raise Refusal(
            "choices.scope",
            "An answer is about this use, this kind of use, all invitations, or everything you may refuse.",
            next_step="Choose one of the four.",
            authority="UK GDPR Art 21(1)",
        )
    return named[0]


def typed_number(text: str) -> str:
    """Return a receipt's number as it was typed, in fours; refuse what cannot be one as if it were unknown."""
    signs = "".join(sign for sign in text.upper() if sign not in " -\u2013\u00a0\t")
    if len(signs) != NUMBER_SIGNS or any(sign not in SIGNS for sign in signs):
        raise unknown_number()
    return f"{signs[:4]} {signs[4:]}"


def unknown_number() -> Refusal:
    """A slip, another adult's number and one that was never given out are answered alike."""
    return Refusal(
        "choices.number_unknown",
        "We do not know this number. Look at each letter and number again, or ring us.",
        next_step="Look at the page that you printed or the number that you wrote down.",
        authority="UK GDPR Art 12(6)",
    )
