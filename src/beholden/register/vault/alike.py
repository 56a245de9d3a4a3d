# SPDX-License-Identifier: Apache-2.0
"""Keeps which two records look alike. All here runs inside `keeper()`.

Nobody in clear is written down: what is kept of a pair is how it agrees, in levels and bits.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from beholden.kinds import PersonId
from beholden.linkage.deciding import SAYS, Decision, Reason
from beholden.linkage.explaining import Explanation, Line
from beholden.linkage.waterfall import draw
from beholden.register.lent import LooksAlike
from beholden.register.vault import questions
from beholden.register.vault.models import Suggestion


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


def waiting() -> Iterator[LooksAlike]:
    """Yield every suggestion of which nobody has asked yet, the surest first."""
    asked = questions.ever_asked()
    rows = Suggestion.objects.order_by("pk").iterator(chunk_size=1_000)
    found = [row for row in rows if frozenset((row.person_id, row.candidate_id)) not in asked]
    for row in sorted(found, key=lambda row: (-float(row.why["posterior"]), row.pk)):
        yield _shown(row)


def one_waiting(number: int) -> tuple[LooksAlike, PersonId, PersonId] | None:
    """Return one of them, and its two records; None where there is none, or it was asked."""
    row = Suggestion.objects.filter(pk=number).first()
    if row is None or frozenset((row.person_id, row.candidate_id)) in questions.ever_asked():
        return None
    return _shown(row), PersonId(row.person_id), PersonId(row.candidate_id)


def _shown(row: Suggestion) -> LooksAlike:
    why = _explanation(row.why)
    return LooksAlike(row.pk, row.at, why.posterior, SAYS[why.reason], why.steps(), draw(why))


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
