# SPDX-License-Identifier: Apache-2.0
"""Writes down what a family says, and commits each day's answers in the public log. The only writer of this room.

The public sees one entry a day with a root over salted commitments, padded to a band with random ones: it binds
the keeper to what was said without telling how many said it, so a refusal is invisible (D13).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import rfc8785
from django.db import transaction

from beholden.choices.models import Answered, Day
from beholden.choices.rules import Answer, Scope, scope_of
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger import tree
from beholden.ledger.actions import propose
from beholden.ledger.entries import band
from beholden.people.mandate import Mandate, check
from beholden.refusals import Refusal

_SIGNS = "CDFGHJKMNPQRTVWX3479"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a family keeps: a number, and when the answer was written down (aware UTC)."""

    number: str
    at: datetime


@transaction.atomic
def answer(
    *,
    mandate: str,
    use: UseRef | None = None,
    purpose: str | None = None,
    everything: bool = False,
    keep_out: tuple[PersonId, ...] = (),
    leave_in: tuple[PersonId, ...] = (),
    by: Actor,
    at: datetime,
) -> Receipt:
    """Write down one adult's answer for the children of an open letter, at exactly one scope.

    The plan: 1 the mandate is ours and still open; 2 every child named stands in it, and none in both lists;
    3 exactly one scope; 4 the same answer sent twice is one answer, with the same receipt; 5 it counts at once.
    Refuses with `people.mandate`, `choices.children`, `choices.scope`.
    """
    held = check(mandate, key=load(here(), "letters"), at=at)
    _check_children(held, keep_out, leave_in)
    scope, target = scope_of(use, purpose, everything=everything)
    wanted = [(child, Answer.KEEP_OUT) for child in keep_out] + [
        (child, Answer.LEAVE_IN) for child in leave_in
    ]
    twice = _same_again(held, scope, target, wanted)
    if twice is not None:
        return twice
    receipt = Receipt(_receipt_number(), at)
    Answered.objects.bulk_create(
        Answered(
            person=child,
            adult=held.adult,
            scope=scope.value,
            target=target,
            answer=said.value,
            at=at,
            receipt=receipt.number,
            letter=held.letter,
            salt=secrets.token_bytes(32),
        )
        for child, said in wanted
    )
    return receipt


def _check_children(held: Mandate, keep_out: tuple[PersonId, ...], leave_in: tuple[PersonId, ...]) -> None:
    named = keep_out + leave_in
    if not named or len(set(named)) != len(named) or not set(named) <= set(held.children):
        raise Refusal(
            "choices.children",
            "This answer is not about the children in your letter.",
            next_step="Open your letter again and answer for each child in it.",
            authority="UK GDPR Art 12(6)",
        )


def _same_again(
    held: Mandate, scope: Scope, target: str, wanted: list[tuple[PersonId, Answer]]
) -> Receipt | None:
    """Return the earlier receipt if this adult's newest answers here already say exactly this."""
    last: dict[PersonId, Answered] = {}
    rows = Answered.objects.filter(
        adult=held.adult, scope=scope.value, target=target, person__in=[child for child, _ in wanted]
    )
    for row in rows.order_by("at", "id"):
        last[PersonId(row.person)] = row
    if all(child in last and last[child].answer == said.value for child, said in wanted):
        newest = max(last.values(), key=lambda row: row.at)
        return Receipt(newest.receipt, newest.at)
    return None


def _receipt_number() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(6))
    return f"{signs[:3]} {signs[3:]}"


@transaction.atomic
def close_day(day: date, *, by: Actor, at: datetime) -> int | None:
    """Commit one past day's answers in the events log, once. Returns the outbox row, or None if it was done before.

    A day without answers is committed too, so that silence tells nothing.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if at < start + timedelta(days=1):
        raise Refusal(
            "choices.day_open",
            "This day is not over yet.",
            next_step="Close it after midnight, UTC.",
            authority="ARCHITECTURE section 5",
        )
    if Day.objects.filter(day=day).exists():
        return None
    rows = Answered.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by("id")
    leaves = [_commitment(row) for row in rows]
    padded_to = band(len(leaves))
    leaves += [secrets.token_bytes(32) for _ in range(padded_to - len(leaves))]
    root = tree.root(sorted(leaves)).hex()
    body = {"band": padded_to, "day": day.isoformat(), "root": root}
    outbox = propose(log="events", kind="choices", body=body, by=by, at=at)
    Day.objects.create(day=day, band=padded_to, root=root, outbox=outbox)
    return outbox


def _commitment(row: Answered) -> bytes:
    """SHA-256(salt32 || what was said): destroying the salt erases it (EDPB Guidelines 02/2025)."""
    said = rfc8785.dumps(
        {
            "adult": row.adult,
            "answer": row.answer,
            "at": int(row.at.timestamp()),
            "person": str(row.person),
            "scope": row.scope,
            "target": row.target,
        }
    )
    return hashlib.sha256(bytes(row.salt) + said).digest()
