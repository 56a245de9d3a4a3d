# SPDX-License-Identifier: Apache-2.0
"""Answers what families have said. Only the gate and a family's own letter may ask; returns frozen values.

The gate reads everything. A family's letter reads one answer at a time, by the number that was given with it: the
letters are carried by the schools, so an open letter alone proves nothing about who said what before.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import rfc8785
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from beholden.choices.consent import asking
from beholden.choices.consent.asking import Asked
from beholden.choices.consent.standing import Giver, No, Terms, Yes, agreed
from beholden.choices.models import Answered, Committed, Day
from beholden.choices.models import Asked as Fixed
from beholden.choices.numbers import Agreed, LeaveIn
from beholden.choices.numbers import receipt as digest
from beholden.choices.rules import (
    Answer,
    Choice,
    Permission,
    Question,
    Scope,
    lets_in,
    objectors,
    typed_number,
    unknown_number,
)
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId, UseRef
from beholden.ledger import tree
from beholden.people.queries import Pair
from beholden.people.shown import NUMBER, show
from beholden.refusals import Refusal

_COLUMNS = (
    *("person", "adult", "scope", "target", "answer", "at", "receipt", "undoes", "letter", "seal"),
    *("giver", "asked"),
)
_Row = tuple[UUID, str, str, str, str, datetime, str, str, UUID, bytes, str, str]


def objecting(
    question: Question,
    *,
    among: Collection[PersonId] | None = None,
    without: Collection[Pair] = (),
    wait: timedelta,
    at: datetime,
) -> frozenset[PersonId]:
    """Return every child whom a standing answer keeps out of one use at a moment (D11).

    Read are all *keep outs* that reach the use, and of the *leave ins* those that could undo one and bear our seal;
    not the *leave ins* of `without`: adults who may no longer decide for that child. Their *keep outs* still protect.
    With `among` nobody else is looked at.
    """
    rows = _of(among).filter(reaching(question)).filter(Q(answer=Answer.KEEP_OUT.value) | Q(undoes__gt=""))
    said = _ours(rows.values_list(*_COLUMNS).iterator(chunk_size=10_000))
    counted = (one for one in said if one.answer is Answer.KEEP_OUT or (one.person, one.adult) not in without)
    return objectors(counted, question, wait=wait, at=at)


def _of(among: Collection[PersonId] | None) -> QuerySet[Answered]:
    return Answered.objects.all() if among is None else Answered.objects.filter(person__in=list(among))


def undoing(question: Question, *, among: Collection[PersonId] | None = None) -> frozenset[Pair]:
    """Return who took a *keep out* back, and for which child, as far as it reaches one use."""
    rows = (
        _of(among).filter(reaching(question)).filter(undoes__gt="").values_list("person", "adult").distinct()
    )
    return frozenset((PersonId(person), adult) for person, adult in rows.iterator(chunk_size=10_000))


def let_in(
    question: Question, themselves: Collection[Pair], *, wait: timedelta, at: datetime
) -> frozenset[PersonId]:
    """Return those who decide about a use themselves and alone, and whose own standing answer leaves them in.

    `themselves`: each with the digest of her own letters. An own *keep out*, at any scope, keeps her out; an own
    *leave in* counts some days after it was said, like whatever undoes a *no* (`rules.lets_in`).
    """
    people, adults = {person for person, _ in themselves}, {adult for _, adult in themselves}
    rows = (
        Answered.objects.filter(reaching(question))
        .filter(person__in=people, adult__in=adults)
        .values_list(*_COLUMNS)
    )
    hers = frozenset(themselves)
    said = [
        one
        for one in _ours(rows.values_list(*_COLUMNS).iterator(chunk_size=1_000))
        if (one.person, one.adult) in hers
    ]
    return lets_in(said, question, wait=wait, at=at)


def reaching(*questions: Question) -> Q:
    """Which rows speak about a use, as `rules.reaches` says of one; or about any of several."""
    found = Q(scope=Scope.ALL.value)
    for question in questions:
        found |= Q(scope=Scope.USE.value, target=question.use)
        found |= Q(scope=Scope.PURPOSE.value, target=question.purpose)
        if question.invites:
            found |= Q(scope=Scope.CONTACT.value)
    return found


# --- a yes ---


def asked_by(use: str) -> Asked | None:
    """Return what a use asks a yes for, as every family reads it; None where it asks none, or was not told yet."""
    row = Fixed.objects.filter(pk=use).first()
    return None if row is None else _asked(row)


def _asked(row: Fixed) -> Asked:
    return Asked(UseRef(row.use), asking.from_json(row.consent), row.words, row.catalogue, row.at)


def agreeing(
    asked: Asked,
    questions: Sequence[Question],
    *,
    most: timedelta,
    among: Collection[PersonId] | None = None,
    without: Collection[Pair] = (),
    deciding: Mapping[PersonId, datetime],
    at: datetime,
) -> frozenset[PersonId]:
    """Return every child for whom a yes stands to exactly what one use asks (`standing.stands`), in two reads.

    Read are the yes of this use that bear our seal, and every *no* that reaches it or one that it amends. Those of
    `without`, who may not decide for that child, count for nothing. `deciding` says since when somebody decides alone;
    whom to look up for both, `who_agreed` says.
    """
    no = _of(among).filter(reaching(*questions), answer=Answer.KEEP_OUT.value)
    noes = no.values_list("person", "adult", "at", "id").iterator(chunk_size=10_000)
    kept = (No(PersonId(person), adult, when, place) for person, adult, when, place in noes)
    terms = Terms(asked.digest, asked.consent.first_on, asked.consent.last_on, most)
    said = (one for one in _yes(asked.use, among) if (one.person, one.adult) not in without)
    return agreed(said, kept, terms, deciding=deciding, at=at)


def who_agreed(use: str, *, among: Collection[PersonId] | None = None) -> frozenset[Pair]:
    """Return who ever said yes to a use, and for which child."""
    rows = _of(among).filter(scope=Scope.USE.value, target=use, answer=Permission.AGREE.value)
    said = rows.values_list("person", "adult").distinct().iterator(chunk_size=10_000)
    return frozenset((PersonId(person), adult) for person, adult in said)


def _yes(use: str, among: Collection[PersonId] | None = None) -> Iterator[Yes]:
    """Yield every yes to a use that bears our seal."""
    key = load(here(), "letters")
    rows = _of(among).filter(scope=Scope.USE.value, target=use, answer=Permission.AGREE.value)
    for place, *held in rows.values_list("id", *_COLUMNS).iterator(chunk_size=10_000):
        row: _Row = tuple(held)
        if _bears_our_seal(row, key):
            person, adult, _, _, _, at, _, _, _, _, giver, under = row
            yield Yes(PersonId(person), adult, Giver(giver), under, at, place)


# --- one reader's own word ---


class Own(StrEnum):
    """What one adult has said about one use, as far as it stands. Says nothing of anybody else."""

    NO = "no"
    YES = "yes"
    NOTHING = "nothing"


def own_word(
    asking_about: Sequence[Question], person: PersonId, adult: str, *, wait: int, at: datetime
) -> Own:
    """Return what this adult's own standing answers say of one child and one use: a no at any scope, a yes, nothing.

    `wait` are the days after which a no is undone. For the reader behind an own code alone, never for an open letter.
    """
    rows = Answered.objects.filter(reaching(*asking_about), person=person, adult=adult)
    mine = tuple(_ours(rows.values_list(*_COLUMNS).iterator()))
    days = timedelta(days=wait)
    if any(objectors(mine, one, wait=days, at=at) for one in asking_about):
        return Own.NO
    return Own.YES if any(one.answer is Permission.AGREE for one in mine) else Own.NOTHING


# --- one number ---


@dataclass(frozen=True, slots=True)
class Given:
    """What one adult said under one number, for those children of an open letter whom it was about.

    `undone_at` is when the same adult took a child's *keep out* back under this very number, or None. Whether another
    answer still keeps the child out is not said: not to this adult, and not to whoever else holds the letter.
    """

    scope: Scope
    target: str
    at: datetime
    answers: tuple[tuple[PersonId, Answer | Permission], ...]
    undone_at: tuple[tuple[PersonId, datetime], ...]


def given_under(shown: str, *, adult: str, children: tuple[PersonId, ...]) -> Given:
    """Return what one adult said under a number, or refuse with `choices.number_unknown`."""
    key = load(here(), "letters")
    mark = digest(key, adult, typed_number(shown))
    with transaction.atomic():
        show(NUMBER, mark)
        rows = Answered.objects.filter(Q(receipt=mark) | Q(undoes=mark), adult=adult, person__in=children)
        both = tuple(_ours(iter(rows.order_by("id").values_list(*_COLUMNS))))
    said = [one for one in both if one.receipt == mark]
    if not said:
        raise unknown_number()
    undone = {one.person: one.at for one in reversed(both) if one.undoes == mark}
    return Given(
        said[0].scope,
        said[0].target,
        said[0].at,
        tuple((one.person, one.answer) for one in said),
        tuple(undone.items()),
    )


def _ours(rows: Iterator[_Row]) -> Iterator[Choice]:
    """Yield answers, without any *leave in* or yes that does not bear our seal: nobody of ours wrote it."""
    key = load(here(), "letters")
    for row in rows:
        if not _bears_our_seal(row, key):
            continue
        person, adult, scope, target, said, at, mark, undoes, *_ = row
        word = Permission.AGREE if said == Permission.AGREE.value else Answer(said)
        yield Choice(PersonId(person), adult, Scope(scope), target, word, at, mark, undoes)


def _bears_our_seal(row: _Row, key: bytes) -> bool:
    """Say whether a row is ours, or a *keep out*: that protects whoever wrote it, and needs no seal."""
    person, adult, scope, target, said, at, mark, undoes, letter, seal, giver, asked = row
    if said == Answer.LEAVE_IN.value:
        bound = LeaveIn(person, adult, scope, target, at, mark, undoes, letter)
        return bound.is_ours(key, bytes(seal))
    if said == Permission.AGREE.value:
        return Agreed(person, adult, giver, target, asked, at, mark, letter).is_ours(key, bytes(seal))
    return True


def last_closed() -> date | None:
    """Return the last day whose answers stand in the public log, or None before the first."""
    return Day.objects.order_by("-day").values_list("day", flat=True).first()


# --- what binds an answer ---


def commitment(row: Answered) -> bytes:
    """SHA-256(salt32 || what was said): destroying the salt erases it (EDPB Guidelines 02/2025)."""
    return hashlib.sha256(bytes(row.salt) + _plain(row)).digest()


def _plain(row: Answered) -> bytes:
    said: dict[str, str | int] = {
        "adult": row.adult,
        "answer": row.answer,
        "at": int(row.at.timestamp()),
        "person": str(row.person),
        "scope": row.scope,
        "target": row.target,
        "undoes": row.undoes,
    }
    if row.answer == Permission.AGREE.value:
        said |= {"asked": row.asked, "giver": row.giver}
    return rfc8785.dumps(said)


@dataclass(frozen=True, slots=True)
class Bound:
    """From what a family can see that its answer stands in a day's root: SHA-256(salt || said) is leaf `index`.

    Kept so that it can be shown; no page shows it yet.
    """

    day: date
    root: str
    size: int
    index: int
    path: tuple[bytes, ...]
    salt: bytes
    said: bytes


def bound(shown: str, *, adult: str) -> tuple[Bound, ...]:
    """Return what binds the answers under one number; empty until their day is closed. For the keeper's desk."""
    mark = digest(load(here(), "letters"), adult, typed_number(shown))
    found = []
    rows = Committed.objects.filter(answered__receipt=mark).select_related("answered", "day")
    for row in rows.order_by("pk"):
        leaves = _leaves(row.day)
        index = leaves.index(commitment(row.answered))
        path = tree.inclusion_proof(leaves, index)
        held = row.answered
        found.append(
            Bound(row.day_id, row.day.root, len(leaves), index, path, bytes(held.salt), _plain(held))
        )
    return tuple(found)


def _leaves(day: Day) -> tuple[bytes, ...]:
    raw, size = bytes(day.leaves), tree.HASH_BYTES
    return tuple(raw[start : start + size] for start in range(0, len(raw), size))


# --- for fsck ---

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """One answer as it stands in the database, without what was said. A whole one has salt, and seal where due."""

    row: int
    person: PersonId
    adult: str
    scope: str
    target: str
    letter: UUID
    asked: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class HeldDay:
    """One committed day: how many answers it binds now, and whether every one of them is in its root."""

    day: date
    band: int
    root: str
    outbox: int
    answers: int
    is_whole: bool


def held_answers() -> Iterator[HeldAnswer]:
    """Yield every answer ever given, in the order in which they came."""
    key = load(here(), "letters")
    for row in Answered.objects.order_by("pk").iterator(chunk_size=1_000):
        whole = len(row.salt) == SALT_BYTES
        said: _Row = tuple(getattr(row, column) for column in _COLUMNS)
        whole = whole and _bears_our_seal(said, key)
        person = PersonId(row.person)
        yield HeldAnswer(
            row.pk, person, row.adult, row.scope, row.target, row.letter, row.asked, is_whole=whole
        )


def held_days() -> Iterator[HeldDay]:
    """Yield every day that was committed."""
    for row in Day.objects.annotate(answers=Count("committed")).order_by("day").iterator():
        leaves = _leaves(row)
        mine = Committed.objects.filter(day=row).select_related("answered").iterator(chunk_size=1_000)
        whole = tree.root(leaves).hex() == row.root and {commitment(one.answered) for one in mine} <= set(
            leaves
        )
        yield HeldDay(row.day, row.band, row.root, row.outbox, row.answers, whole)


@dataclass(frozen=True, slots=True)
class HeldQuestion:
    """What one use asks a yes for, as it stands in the database. A whole one gives its digest."""

    use: str
    digest: str
    is_whole: bool


def held_questions() -> Iterator[HeldQuestion]:
    """Yield what every use asks a yes for."""
    for row in Fixed.objects.order_by("use").iterator():
        try:
            made = _asked(row)
        except (KeyError, TypeError, ValueError, Refusal):  # damaged, and no consent any more
            yield HeldQuestion(row.use, row.digest, is_whole=False)
        else:
            yield HeldQuestion(row.use, row.digest, is_whole=made.digest == row.digest)
