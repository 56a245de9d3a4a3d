# SPDX-License-Identifier: Apache-2.0
"""Answers what families have said. Only the gate and a family's own letter may ask; returns frozen values."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from beholden.choices.models import Answered
from beholden.choices.rules import Answer, Choice, Question, Scope, objectors, standing
from beholden.kinds import PersonId


def objecting(question: Question, *, at: datetime) -> frozenset[PersonId]:
    """Return every child whom a standing answer keeps out of one use at a moment (D11)."""
    rows = Answered.objects.filter(at__lte=at).filter(
        Q(scope=Scope.USE.value, target=question.use)
        | Q(scope=Scope.PURPOSE.value, target=question.purpose)
        | Q(scope=Scope.ALL.value)
    )
    return objectors(map(_frozen, rows.iterator(chunk_size=10_000)), question, at=at)


def said_by(adult: str, children: tuple[PersonId, ...], *, at: datetime) -> tuple[Choice, ...]:
    """Return one adult's own standing answers for the named children. Another adult's are never shown (D13, U5)."""
    rows = Answered.objects.filter(adult=adult, person__in=children, at__lte=at)
    return standing(map(_frozen, rows), at=at)


def answers_for_use(
    adult: str, children: tuple[PersonId, ...], use: str, *, at: datetime
) -> Mapping[PersonId, Answer]:
    """Return what one adult has answered about one use, child by child; silent children are absent."""
    return {
        choice.person: choice.answer
        for choice in said_by(adult, children, at=at)
        if choice.scope is Scope.USE and choice.target == use
    }


def receipts(letter: UUID) -> tuple[str, ...]:
    """Return the receipt numbers given under one letter, oldest first."""
    rows = Answered.objects.filter(letter=letter).order_by("id").values_list("receipt", flat=True)
    return tuple(dict.fromkeys(rows))


def _frozen(row: Answered) -> Choice:
    return Choice(PersonId(row.person), row.adult, Scope(row.scope), row.target, Answer(row.answer), row.at)
