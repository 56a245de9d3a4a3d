# SPDX-License-Identifier: Apache-2.0
"""Decides whether a use that recurs may run again on a day, and when its next run is due. No clock, no database.

A run is a handover of its own: told, decided, logged and countersigned like the first. What stands here is only what
must hold before anybody begins with it.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from beholden.kinds import UseRef
from beholden.refusals import Refusal
from beholden.uses.rules.application import Population, Recurrence
from beholden.uses.rules.ending import is_expiring
from beholden.uses.rules.life import State

_MONTHS: Mapping[Recurrence, int] = MappingProxyType({Recurrence.EACH_TERM: 4, Recurrence.EACH_YEAR: 12})
"""How many months lie between two runs at the least: a school year has three terms."""

REPEATABLE = frozenset({"duty_return", "enclave", "extract"})
"""The ways out by which records may leave again and again. A list that is matched is handed in each time anew."""

_YEAR = 12
_AUTHORITY = "D11, D25; docs/adr/0025"


def next_due(last: date, recurrence: Recurrence) -> date | None:
    """Return the first day of the next run, so many months after the last; None for what is done once.

    Where a month has no such day, it is the first day after it: never a day too early.
    """
    months = _MONTHS.get(recurrence)
    if months is None:
        return None
    year, month = divmod(last.year * _YEAR + last.month - 1 + months, _YEAR)
    if last.day > monthrange(year, month + 1)[1]:
        following = year * _YEAR + month + 1
        return date(following // _YEAR, following % _YEAR + 1, 1)
    return date(year, month + 1, last.day)


def is_newer(asked: Population, other: Population, recurrence: Recurrence) -> bool:
    """Say whether one return may be the next run's after another's; of a yearly use it is of the same term."""
    same = asked.collection == other.collection
    return same and (recurrence is not Recurrence.EACH_YEAR or asked.term == other.term)


def named_for(use: UseRef, run: int, *, over_time: bool) -> str:
    """Return what made-up numbers are made for: a use, and after the first its run, so that no two runs are joined.

    But for a study over time: that has one number for each child in every run, and no other use has it (D15, D19).
    """
    return use if over_time or run == 1 else named_apart(use, run)


def named_apart(use: UseRef, run: int) -> str:
    """Return what the number is made for of a child who is followed no further: one run alone (D35)."""
    return f"{use}/{run}"


@dataclass(frozen=True, slots=True)
class Before:
    """What a use that is to run again has behind it. `left_on` is the day on which its records last left."""

    recurrence: Recurrence
    state: State
    left_on: date | None
    ends_on: date
    amended: bool
    overdue: bool  # something that the recipient should have wiped by now is not certified to be


def check_run(before: Before, *, expiring_days: int, on: date) -> None:
    """Refuse a run that may not begin today, each time by its own code.

    What must hold: 1 the agreement says that it recurs; 2 it was not stopped, also not because the recipient is
    somebody else now (D45); 3 no amendment has taken its place (D7); 4 its records have left before, and it is not
    being decided at this moment; 5 its term is not nearly over (D25); 6 the next run is due; 7 the recipient has wiped
    what it should have (D25).
    """
    due = None if before.left_on is None else next_due(before.left_on, before.recurrence)
    if before.recurrence is Recurrence.ONCE:  # 1
        raise _refused("once", "This is done once, and does not run again.", "Ask for a new use.")
    if before.state in {State.SUSPENDED, State.BREACHED, State.WITHDRAWN}:  # 2
        raise _refused(
            "stopped",
            "This use was stopped, so it never runs again.",
            "Whoever needs the records now asks for a new use, under its own name and keys.",
        )
    if before.amended:  # 3
        raise _refused(
            "amended",
            "Another use has taken the place of this one.",
            "Run the one that is in force; it stands on the page of this one.",
        )
    if before.state is State.EXPIRING or is_expiring(before.ends_on, days=expiring_days, on=on):  # 5
        raise _refused(
            "past_term",
            "The term of this use is over, or nearly so.",
            "Have every copy wiped. Who needs more time asks for an amendment before the end.",
        )
    if due is None or before.state not in {State.RELEASED, State.IN_USE}:  # 4
        raise _refused(
            "not_released",
            "A use runs again when its records have left, and it is not being decided.",
            "Look at where the use stands, and at what comes next.",
        )
    if on < due:  # 6
        raise _refused("early", "The next run is not due yet.", f"Begin on {due.isoformat()}, or later.")
    if before.overdue:  # 7
        raise _refused(
            "overdue",
            "The recipient has not certified that it wiped what it should have wiped by now.",
            "Ask it for the certificates that are overdue; then begin.",
        )


def _refused(reason: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(f"uses.run_{reason}", sentence, next_step=next_step, authority=_AUTHORITY)
