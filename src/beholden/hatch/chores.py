# SPDX-License-Identifier: Apache-2.0
"""What the register does by itself, in the keeper's process. Each chore can be done twice, and killed at any point."""

from datetime import datetime, timedelta

from beholden.catalogue import in_force
from beholden.choices.actions import close_day
from beholden.choices.queries import last_closed
from beholden.gate.actions.contesting import close_months
from beholden.gate.actions.counting import count_urgent
from beholden.gate.actions.inviting import destroy_keys
from beholden.gate.actions.searching import end_due
from beholden.gate.actions.settling import destroy_pair_keys, say_year
from beholden.gate.actions.singles import bind
from beholden.gate.actions.unsealing import open_due
from beholden.hatch.keeping import Chore
from beholden.home import here, inbox
from beholden.kinds import Actor, Role
from beholden.ledger.actions import sequence
from beholden.ledger.witnessing import gather
from beholden.redress.actions.mailing import tell_waiting
from beholden.redress.actions.messages import close_day as close_day_put_right
from beholden.redress.queries import last_closed as last_day_put_right
from beholden.uses.actions import expire_due

CLOCK = Actor("clock", Role.KEEPER)


def close_days(at: datetime) -> None:
    """Commit every day of answers that is over and not yet committed, oldest first (D13)."""
    yesterday = at.date() - timedelta(days=1)
    last = last_closed()
    day = yesterday if last is None else last + timedelta(days=1)
    while day <= yesterday:
        close_day(day, by=CLOCK, at=at)
        day += timedelta(days=1)


def put_right(at: datetime) -> None:
    """Write what recipients must be told of the rows they hold, and bind the day, for every day that is over (D31)."""
    yesterday = at.date() - timedelta(days=1)
    last = last_day_put_right()
    day = yesterday if last is None else last + timedelta(days=1)
    while day <= yesterday:
        close_day_put_right(day, catalogue=in_force(here()), by=CLOCK, at=at)
        day += timedelta(days=1)


def carry(at: datetime) -> None:
    """Carry what waits in the letter box into the logs."""
    sequence(at=at)


def ask_witnesses(_: datetime) -> None:
    """Let the home's witnesses see what the logs have become; without a policy there are none (D27)."""
    gather(here())


def bind_singles(at: datetime) -> None:
    """Commit what left about single people, once an hour."""
    bind(by=CLOCK, at=at)


def count_months(at: datetime) -> None:
    """Say in public how often records were opened for children in danger, for each month that is over (D46)."""
    count_urgent(by=CLOCK, at=at)


def count_contests(at: datetime) -> None:
    """Say in public how many matches were contested, for each use that matches and each month that is over (D21)."""
    close_months(by=CLOCK, at=at)


def say_matching(at: datetime) -> None:
    """Say in public, once a quarter, how often lists of names were matched wrongly in the year before (D32)."""
    say_year(by=CLOCK, at=at)


def mark_expiring(at: datetime) -> None:
    """Mark every use that nears its end, so that its recipient stops, wipes, or asks for more time (D25)."""
    expire_due(catalogue=in_force(here()), by=CLOCK, at=at)


def open_seals(at: datetime) -> None:
    """Open every sealed handover whose day has come (D22)."""
    open_due(by=CLOCK, at=at)


def end_letters(at: datetime) -> None:
    """Destroy the key of each letter that nobody passes on any more, each match and search that is over (D16, D36)."""
    destroy_keys(by=CLOCK, at=at)
    destroy_pair_keys(by=CLOCK, at=at)
    end_due(by=CLOCK, at=at)


def mail_recipients(at: datetime) -> None:
    """Mail each recipient that a message waits, where the home has a mail server (D31)."""
    tell_waiting(by=CLOCK, at=at)


def sweep(_: datetime) -> None:
    """Take away what a crash left in the inbox: a school's file that nobody sends or reads any more (D36)."""
    inbox.sweep(here())


CHORES: tuple[Chore, ...] = (
    close_days,
    bind_singles,
    count_months,
    count_contests,
    say_matching,
    mark_expiring,
    put_right,
    open_seals,
    end_letters,
    carry,
    ask_witnesses,
    mail_recipients,
    sweep,
)
