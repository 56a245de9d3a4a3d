# SPDX-License-Identifier: Apache-2.0
"""Tiny frozen values that every room shares. Imports nothing of ours."""

from dataclasses import dataclass
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
    KEEPER = "keeper"  # the register's own machinery, when no person presses the button


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an opaque reference (never a person's name), a role, and the body they act for."""

    ref: str
    role: Role
    organisation: str = ""
