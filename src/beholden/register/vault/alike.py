# SPDX-License-Identifier: Apache-2.0
"""Keeps which two records look alike. All here runs inside `keeper()`.

Nobody in clear is written down: what is kept of a pair is how it agrees, in levels and bits.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from beholden.kinds import PersonId
from beholden.linkage.comparing import COMPARISONS, MISSING
from beholden.linkage.deciding import SAYS, Decision, Reason
from beholden.linkage.explaining import Explanation, Line
from beholden.linkage.waterfall import draw
from beholden.register.lent import LooksAlike
from beholden.register.rules import Match
from beholden.register.vault import questions
from beholden.register.vault.models import Question, Suggestion


def known_pairs() -> frozenset[frozenset[PersonId]]:
    """Return every pair that was suggested, or of which it was asked: none of them is suggested again."""
    rows = Suggestion.objects.values_list("person_id", "candidate_id")
    suggested = frozenset(frozenset((PersonId(one), PersonId(other))) for one, other in rows)
    return suggested | questions.ever_asked()


def keep(pairs: dict[frozenset[PersonId], Explanation], *, by: str, at: datetime) -> int:
    """Keep pairs that look alike, each with its sum; return how many."""
    rows = []
    for pair, why in pairs.items():
        one, other = sorted(pair)
        rows.append(Suggestion(person_id=one, candidate_id=other, why=asdict(why), at=at, by=by))
    Suggestion.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def waiting(first: int = 0, most: int | None = None) -> Iterator[LooksAlike]:
    """Yield the suggestions of which nobody has asked yet, the surest first: from a place on, so many at most."""
    rows = _unasked().order_by(F("why__posterior").desc(), "pk")
    for row in rows[first : None if most is None else first + most].iterator(chunk_size=1_000):
        yield _shown(row)


def how_many_wait() -> int:
    """Return of how many suggestions nobody has asked."""
    return _unasked().count()


def _unasked() -> QuerySet[Suggestion]:
    same = Question.objects.filter(person=OuterRef("person"), candidate=OuterRef("candidate"))
    turned = Question.objects.filter(person=OuterRef("candidate"), candidate=OuterRef("person"))
    return Suggestion.objects.exclude(Exists(same) | Exists(turned))


def one_waiting(number: int) -> tuple[LooksAlike, PersonId, PersonId] | None:
    """Return one of them, and its two records; None where there is none, or it was asked."""
    row = _unasked().filter(pk=number).first()
    return None if row is None else (_shown(row), PersonId(row.person_id), PersonId(row.candidate_id))


def _shown(row: Suggestion) -> LooksAlike:
    why = _explanation(row.why)
    return LooksAlike(row.pk, row.at, why.posterior, SAYS[why.reason], why.steps(), draw(why))


def unsound() -> int:
    """Return how many suggestions are not as they were kept, and how many questions of two that look alike have none.

    A sound one has somebody who looked, a sum whose steps come to its probability, and no value; and nobody had asked
    of its two before it was there.
    """
    wrong, since = 0, dict[frozenset[PersonId], datetime]()
    for row in Suggestion.objects.order_by("pk").iterator(chunk_size=1_000):
        since[_pair(row)] = row.at
        wrong += not row.by or not _adds_up(row.why)
    asked = Question.objects.filter(rule=Match.ALIKE.value)
    for question in asked.iterator(chunk_size=1_000):
        suggested_at = since.get(_pair(question))
        wrong += suggested_at is None or suggested_at > question.asked_at
    return wrong


def _pair(row: Suggestion | Question) -> frozenset[PersonId]:
    return frozenset((PersonId(row.person_id), PersonId(row.candidate_id)))


def _adds_up(kept: dict[str, Any]) -> bool:
    try:
        why = _explanation(kept)
        chance = 1 / (1 + 2**-why.odds)
    except (TypeError, ValueError, KeyError, OverflowError):
        return False
    is_plain = why.decision is Decision.REVIEW and not why.left and not why.right
    fields = [line.field for line in why.lines]
    known = all(line.level in _LEVELS.get(line.field, ()) for line in why.lines)
    return (
        is_plain and fields == list(_LEVELS) and known and math.isclose(chance, why.posterior, abs_tol=1e-9)
    )


_LEVELS = {one.field: {MISSING, *(level.name for level in one.levels)} for one in COMPARISONS}


def _explanation(kept: dict[str, Any]) -> Explanation:
    return Explanation(
        **{
            **kept,
            "lines": tuple(Line(**line) for line in kept["lines"]),
            "capped": tuple(kept["capped"]),
            "decision": Decision(kept["decision"]),
            "reason": Reason(kept["reason"]),
        }
    )
