# SPDX-License-Identifier: Apache-2.0
"""Decides when an officer may look at one record, when its family reads of that, and when later. No clock, no database.

A look is *shown* one fixed time after it happened, for everybody the same, so that nothing can be read from when it
comes. It is *held back* for a while where a second officer has found a harm; held back for ever is impossible, because
each test lapses on a day and has to be made again (D27, D35).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from beholden.catalogue import Catalogue, Flag, Limits, Store
from beholden.refusals import Refusal

EXIT = "look_up"
PURPOSE = "record-care"
TWO_RECORDS = "two-records"
"""The one reason for which two records are looked at side by side."""

CONTESTED = "contested-match"
"""The one reason for which the record behind a contested match is looked at."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What is to be looked at and why: a reason of the catalogue, and which groups of facts."""

    reason: str
    groups: frozenset[Store]

    def print(self) -> str:
        """Return it as it stands in a line of the journal, like `correction:birth+names`."""
        return f"{self.reason}:{'+'.join(sorted(store.value for store in self.groups))}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `print` wrote; refuse every other spelling with `gate.look_line`."""
        reason, _, groups = text.partition(":")
        try:
            found = cls(reason, frozenset(Store(name) for name in groups.split("+")))
        except ValueError as trouble:
            raise _not_a_line() from trouble
        if found.print() != text or not reason:
            raise _not_a_line()
        return found


def lookup(reason: str, groups: Iterable[str]) -> LookUp:
    """Return what an officer typed as a look; refuse a group of facts that there is not."""
    known = {store.value: store for store in Store}
    typed = tuple(groups)
    if not set(typed) <= set(known):
        raise Refusal(
            "gate.look_groups",
            "There is no such group of facts.",
            next_step=f"Name some of: {', '.join(known)}.",
            authority="UK GDPR Art 5(1)(c)",
        )
    return LookUp(reason, frozenset(known[name] for name in typed))


@dataclass(frozen=True, slots=True)
class Hold:
    """One finding of a harm: for which reason, made when, and the first day on which it keeps nothing back."""

    harm: str
    at: datetime
    until: date


def check_reason(asked: LookUp, catalogue: Catalogue, *, on: date) -> None:
    """Refuse a reason not in the list, a group it does not open, or a purpose that is closed or overdue (D39)."""
    purpose = catalogue.purposes.get(PURPOSE)
    reason = catalogue.looks.reasons.get(asked.reason)
    closed = purpose is None or not purpose.allowed or EXIT not in purpose.exits or purpose.review_on <= on
    if closed or reason is None:
        raise Refusal(
            "gate.look_reason",
            "This is no reason for which a record may be looked at.",
            next_step="Choose a reason of the catalogue's page. Without one of them, do not look.",
            authority="D27; UK GDPR Art 5(1)(b)",
        )
    if not asked.groups or not {store.value for store in asked.groups} <= set(reason.groups):
        raise Refusal(
            "gate.look_groups",
            f"For this reason may be opened: {', '.join(reason.groups)}; and at least one of them is named.",
            next_step="Name only what you need of these.",
            authority="UK GDPR Art 5(1)(c)",
        )


def check_exit(catalogue: Catalogue) -> None:
    """Refuse a catalogue under which a look would show more than one child, or take a family's word for a bar."""
    exit_ = catalogue.exit(EXIT)
    if exit_.most_children != 1 or set(exit_.removes) - {Flag.PAST_RETENTION}:
        raise Refusal(
            "gate.look_exit",
            "This catalogue would show more than one child's record in a look, or would show by one who said no.",
            next_step="Put the row of look_up in the catalogue's exits right.",
            authority="D13, D18",
        )


def check_cap(done: int, *, most: int) -> None:
    """Refuse one more look of one officer within a day."""
    if done >= most:
        raise Refusal(
            "gate.look_cap",
            f"You have looked at {done} records within a day, which is the most.",
            next_step="Go on tomorrow, or ask another officer.",
            authority="D36; catalogue limit looks_per_day",
        )


def shown_at(looked_at: datetime, *, days: int) -> datetime:
    """Return the moment from which a family reads of a look that nothing holds back."""
    return looked_at + timedelta(days=days)


def is_held(holds: Iterable[Hold], *, limits: Limits, at: datetime) -> bool:
    """Say whether some finding keeps a look back at a moment: until its day, and no longer than the limit in force."""
    most = timedelta(days=limits.look_held_days)
    return any(one.at <= at and at.date() < min(one.until, one.at.date() + most) for one in holds)


def is_shown(looked_at: datetime, holds: Iterable[Hold], *, limits: Limits, at: datetime) -> bool:
    """Say whether a family reads of a look at a moment: its time has come, and nothing keeps it back."""
    due = shown_at(looked_at, days=limits.look_shown_days)
    return at >= due and not is_held(holds, limits=limits, at=at)


def check_hold(new: Hold, *, by: str, looked_by: str, was_shown: bool, catalogue: Catalogue) -> None:
    """Refuse a holding back that is not a second officer's, of a known harm, in time, and for a limited while.

    What must hold: 1 the harm is in the catalogue; 2 who looked does not decide that it is hidden; 3 the family could
    not have read it already: what was read is not taken back; 4 it begins today and ends within the catalogue's days.
    """
    if new.harm not in catalogue.looks.harms:  # 1
        raise Refusal(
            "gate.hold_harm",
            "This is no harm for which a family is told later.",
            next_step="Choose a harm of the catalogue's page, or let the family read of it like all others.",
            authority="D35; UK GDPR Art 15",
        )
    if by == looked_by:  # 2
        raise Refusal(
            "gate.hold_own",
            "Who looked cannot decide that the family is told later.",
            next_step="Ask another officer to make the test.",
            authority="D27: a second officer",
        )
    if was_shown:  # 3
        raise Refusal(
            "gate.hold_late",
            "The family can read of this look already.",
            next_step="Ring the family's own contact if that is a danger. What was shown is not taken back.",
            authority="D27",
        )
    most = catalogue.limits.look_held_days
    if not new.at.date() < new.until <= new.at.date() + timedelta(days=most):  # 4
        raise Refusal(
            "gate.hold_until",
            f"A test for harm holds until a later day, at most {most} days from now.",
            next_step="Name an earlier day, and make the test again before it.",
            authority="D27; catalogue limit look_held_days",
        )


def _not_a_line() -> Refusal:
    return Refusal(
        "gate.look_line",
        "A line of the journal does not say for what a record was looked at.",
        next_step="Run `beholden fsck`, and put the journal back from a copy.",
        authority="D27",
    )
