# SPDX-License-Identifier: Apache-2.0
"""The law behind an entry: instrument and paragraph, read or recalled, and when to look again. No country's own law."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Checked(StrEnum):
    """How a paragraph got here: read in the instrument's text, or recalled and still to be read."""

    SOURCE = "source"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Authority:
    """The law behind an entry: an instrument of `law`, a paragraph of it, and whether that was read."""

    instrument: str
    paragraph: str
    checked: Checked


@dataclass(frozen=True, slots=True)
class Instrument:
    """One Act, Order or Regulation, and the day somebody has to look at it again (D39)."""

    name: str
    title: str
    citation: str
    review_on: date


@dataclass(frozen=True, slots=True)
class Basis:
    """One condition in data protection law on which a purpose may rest."""

    name: str
    label: str
    authority: Authority
