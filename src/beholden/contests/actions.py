# SPDX-License-Identifier: Apache-2.0
"""Writes down what is said against a match, what is decided, and each month for the log. The only writer of this room.

Whether there is such a match, who had a hand in it, and whose turn it is, the gate knows (`gate.actions.contesting`).
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from beholden.contests import queries
from beholden.contests.models import Contest, Decided, Month
from beholden.contests.rules import Reason, Verdict, Why, check_reviewer, check_verdict, decide_by
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger import tree
from beholden.ledger.actions import propose
from beholden.ledger.vocabulary.terms import band
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says what against a match: an adult of a letter, or a paper that came by post; one of the two."""

    why: Why
    adult: str = ""
    paper: str = ""


def contest(use: UseRef, person: PersonId, saying: Saying, *, days: int, by: Actor, at: datetime) -> int:
    """Write a contest down, and return its number. From the commit on nothing is answered about this match.

    Said again by the same adult or paper, it is the first; once that is decided, it is refused.
    """
    with transaction.atomic():
        made, is_new = Contest.objects.get_or_create(
            use=use,
            person=person,
            adult=saying.adult,
            paper=saying.paper,
            defaults={
                "why": saying.why.value,
                "decide_by": decide_by(at.date(), days=days),
                "salt": secrets.token_bytes(32),
                "at": at,
                "by": by.ref,
            },
        )
    if not is_new and Decided.objects.filter(contest=made).exists():
        raise Refusal(
            "contests.decided",
            "A person has looked at this match already, and it is decided.",
            next_step="If you have something new, write to us, or go to the regulator.",
            authority="UK GDPR Art 77",
        )
    return made.pk


def decide(
    number: int,
    verdict: Verdict,
    reason: Reason,
    *,
    pair: str,
    made_by: Collection[str],
    by: Actor,
    at: datetime,
) -> None:
    """Decide a match that is contested, for everybody who waits for it.

    The plan: 1 a registrar who had no hand in the match; 2 a reason that can carry the verdict; 3 the contest waits; 4
    one line for each contest of that match that waits, so that two who contested are answered alike.
    """
    check_reviewer(by, made_by)  # 1
    check_verdict(verdict, reason)  # 2
    with transaction.atomic():
        held = queries.one_waiting(number)  # 3
        rows = Contest.objects.filter(use=held.use, person=held.person, decided__isnull=True)
        for row in rows.order_by("pk"):  # 4
            Decided.objects.create(
                contest=row,
                verdict=verdict.value,
                reason=reason.value,
                pair=pair,
                salt=secrets.token_bytes(32),
                at=at,
                by=by.ref,
            )


def close_month(
    use: UseRef, month: date, *, since: datetime, before: datetime, by: Actor, at: datetime
) -> None:
    """Say in the log how many matches of one use were contested by the end of a month, in tens, and bind the month.

    Every use that has matched has such an entry each month, whether anything was contested or not.
    """
    lines = queries.lines_of(use, since=since, before=before)
    padded_to = band(len(lines))
    leaves = [*lines, *(secrets.token_bytes(tree.HASH_BYTES) for _ in range(padded_to - len(lines)))]
    leaves.sort()
    figures = queries.counted(use, before=before).in_tens()
    root = tree.root(leaves).hex()
    body = {**figures, "band": padded_to, "month": month.isoformat(), "root": root, "use": use}
    with transaction.atomic():
        outbox = propose(log="events", kind="contests", body=body, by=by, at=at)
        Month.objects.create(
            use=use,
            month=month,
            band=padded_to,
            count=len(lines),
            root=root,
            leaves=b"".join(leaves),
            outbox=outbox,
            **figures,
        )
