# SPDX-License-Identifier: Apache-2.0
"""Decides by when a message is done, what binds it in the log, and who may do what here. No clock, no database."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.redress import INCIDENT_STATES
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Asking:
    """One thing asked, as it is bound: about whom, what to do, of a value the item and the register's line."""

    person: PersonId
    do: str
    item: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Bound:
    """Everything about one message that its day's root binds."""

    handover: str
    use: str
    recipient: str
    day: date
    do_by: date
    digest: str
    before: str
    upto: int
    made_at: datetime


def leaf(message: Bound, asks: Iterable[Asking]) -> bytes:
    """Return the leaf of a message: SHA-256(JCS of it and what it asks). Its digest is random, and salts the rest."""
    said = {
        "asks": sorted(
            [str(one.person), one.do, one.item, -1 if one.line is None else one.line] for one in asks
        ),
        "before": message.before,
        "day": message.day.isoformat(),
        "digest": message.digest,
        "do_by": message.do_by.isoformat(),
        "handover": message.handover,
        "made_at": int(message.made_at.timestamp()),
        "recipient": message.recipient,
        "upto": message.upto,
        "use": message.use,
    }
    return hashlib.sha256(print_json(said)).digest()


def do_by(day: date, *, days: int) -> date:
    """Return the last day to do what a message of one day asks, and to sign for it."""
    return day + timedelta(days=days)


def is_late(last: date, *, on: date) -> bool:
    """Say whether a day is past the last one."""
    return on > last


OPENED, REGULATOR_TOLD, HIGH_RISK, PEOPLE_TOLD, CLOSED = INCIDENT_STATES


def may_follow(steps: Sequence[str]) -> frozenset[str]:
    """Return which steps an incident may take, after those that it took, in their order.

    Each is taken once, but for telling the people: they may be told without a high risk, and are told of it all the
    same. A high risk can be found at any time, closed or not, and nothing is closed before they are told of it. The
    regulator is told before anything is closed (UK GDPR Art 33, 34).
    """
    if OPENED not in steps:
        return frozenset()
    high, told, regulator = HIGH_RISK in steps, are_people_told(steps), REGULATOR_TOLD in steps
    found = {HIGH_RISK}
    if CLOSED not in steps:
        found.add(REGULATOR_TOLD)
    if regulator and (told or not high):
        found.add(CLOSED)
    found -= {*steps}
    if not told and (high or (regulator and CLOSED not in steps)):
        found.add(PEOPLE_TOLD)
    return frozenset(found)


def are_people_told(steps: Sequence[str]) -> bool:
    """Say whether the people were told; where the risk is high, whether they were since that was said."""
    return PEOPLE_TOLD in (steps[steps.index(HIGH_RISK) :] if HIGH_RISK in steps else steps)


def check_role(by: Actor, role: Role) -> None:
    """Refuse whoever does not act in the role that a step belongs to."""
    if by.role is not role:
        raise Refusal(
            "redress.role",
            f"Only the {role.value} may do this.",
            next_step=f"Ask the {role.value}.",
            authority="UK GDPR Art 32(4)",
        )
