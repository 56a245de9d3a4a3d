# SPDX-License-Identifier: Apache-2.0
"""Tiny frozen values that every room shares, and how a day is written and read. Imports nothing of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", UUID)
"""A random 128-bit name for one person in the register, never derived from a pupil number."""

UseRef = NewType("UseRef", str)
"""A public, lasting name of one use, like `U-2026-0001`."""

ItemId = NewType("ItemId", str)
"""The stable name of one catalogue item, like `sen_provision`. Its type never changes."""


class Role(StrEnum):
    """In what capacity somebody acts. One person with two roles acts in one of them at a time."""

    FAMILY = "family"
    SCHOOL = "school"
    APPLICANT = "applicant"
    REVIEWER = "reviewer"
    PANEL = "panel"  # a member of the panel: lay, parent, young or expert
    REGISTRAR = "registrar"
    RECIPIENT = "recipient"
    SAFEGUARDING = "safeguarding"  # one named officer, for a child in danger (D46)
    INDEPENDENT = (
        "independent"  # signs for a sealed handover from outside the keeper's and the recipient's lines
    )
    AUDITOR = "auditor"  # makes a handover again from the records, from outside the keeper and the recipient
    KEEPER = "keeper"  # the register's own machinery, when no person presses the button


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an opaque reference (never a person's name), a role, and the body they act for."""

    ref: str
    role: Role
    organisation: str = ""


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
"""Ours and not the machine's: no locale changes a word that somebody signed."""


def day(on: date) -> str:
    """Return a day as it is read: 19 March 2027."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year:04}"


def typed_day(said: Mapping[str, str], name: str = "") -> date | None:
    """Return a day that was typed as three numbers, or None where it is in no calendar.

    The fields are day, month and year, each after a name and a hyphen where there is a name.
    """
    before = f"{name}-" if name else ""
    try:
        return date(*(int(said.get(f"{before}{part}", "")) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        return None
