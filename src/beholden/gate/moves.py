# SPDX-License-Identifier: Apache-2.0
"""Decides whether a child has moved to a school, so that the record goes there, once. No clock, no database.

Both sides must have said so in returns of their own: the new school that the child is on its roll, and no other that it
still is. A school that writes somebody's pupil into its return gets nothing, while the other school has the child.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from beholden.catalogue import Catalogue, Flag
from beholden.refusals import Refusal

EXIT = "transfer"
PURPOSE = "school-transfer"


@dataclass(frozen=True, slots=True)
class Standing:
    """What one return in force says: which school, the census's day, and if the child is on its roll."""

    school: str
    census_day: date
    on_roll: bool


def check_open(catalogue: Catalogue, *, on: date) -> None:
    """Refuse where the catalogue lets no record move, lets a family's word or more than one child in, or is overdue."""
    purpose, exit_ = catalogue.purposes.get(PURPOSE), catalogue.exits.get(EXIT)
    if purpose is None or exit_ is None or not purpose.allowed or EXIT not in purpose.exits:
        raise _closed()
    if purpose.review_on <= on or exit_.most_children != 1 or set(exit_.removes) - {Flag.PAST_RETENTION}:
        raise _closed()


def has_moved(standings: Sequence[Standing], school: str, *, heard: Collection[str]) -> bool:
    """Say whether a child has moved to a school from another one.

    `heard` are the schools of which a return is in force for the census in which the school has the child.

    What must hold: 1 a return of the school has the child on its roll; 2 another school's return knows the child; 3 no
    other school has it on its roll on the day of that census, or on a later one: there it has not left; 4 the school
    that had the child last has said that it left, or has sent that census without it: whoever sends first gets nothing.
    """
    mine = [one.census_day for one in standings if one.school == school and one.on_roll]
    others = [one for one in standings if one.school != school]
    if not mine or not others:  # 1, 2
        return False
    if any(one.on_roll and one.census_day >= max(mine) for one in others):  # 3
        return False
    last = max(one.census_day for one in others)
    return all(one.school in heard for one in others if one.census_day == last and one.on_roll)  # 4


def check_fetch(
    standings: Iterable[Standing], school: str, fetched: Sequence[datetime], *, days: int, at: datetime
) -> None:
    """Refuse a second fetching of one move, once its time is over; until then a file that was lost is fetched again.

    A move is new where another school has had the child on its roll on the day of a census since the last fetching.
    When its return came does not count: an old census that is sent again moves nobody.
    """
    elsewhere = max(
        (one.census_day for one in standings if one.school != school and one.on_roll), default=None
    )
    of_this_move = [moment for moment in fetched if elsewhere is None or moment.date() > elsewhere]
    if of_this_move and at >= min(of_this_move) + timedelta(days=days):
        raise Refusal(
            "gate.transfer_over",
            f"This record went to your school more than {days} days ago, and goes once for each move.",
            next_step="Open the file that was fetched then. If it is lost, ask the old school.",
            authority="the catalogue's purpose school-transfer: once for a move; its limit transfer_days",
        )


def no_move() -> Refusal:
    """One sentence for every child whose record does not go: a school learns nothing of other schools' pupils."""
    return Refusal(
        "gate.no_transfer",
        "There is no record to send to your school under this number and birth date.",
        next_step="Look at both again. First your return has the child on roll, and the old school's does not.",
        authority="D35; UK GDPR Art 5(1)(f)",
    )


def _closed() -> Refusal:
    return Refusal(
        "gate.transfer_closed",
        "The rules in force let no record move from school to school in this way.",
        next_step="Ask the old school for the record.",
        authority="D18, D39",
    )
