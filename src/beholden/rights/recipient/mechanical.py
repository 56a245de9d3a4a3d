# SPDX-License-Identifier: Apache-2.0
"""What a recipient's machine is answered: frozen values that hold nothing but plain ones. Does nothing."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    """One message that waits: its handover, its day, the last day to sign for it, and its use."""

    handover: str
    day: date
    do_by: date
    use: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Every message that waits, oldest first. `more`: there are others behind these."""

    messages: tuple[Line, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Locked:
    """One message as it lies in the home: locked to the recipient's key."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The signed word was taken. Said again, it is taken again."""

    handover: str
    day: date
