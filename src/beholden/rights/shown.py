# SPDX-License-Identifier: Apache-2.0
"""What an officer shows at a door, whichever it is, and which use is meant. Does nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """An officer's reference and access key, as they were typed."""

    ref: str
    key: str

    def __repr__(self) -> str:
        """Keep the key out of whatever prints a question."""
        return "Shown(…)"


@dataclass(frozen=True, slots=True)
class WhichUse:
    """One use, by its public reference."""

    shown: Shown
    ref: str


@dataclass(frozen=True, slots=True)
class Officer:
    """Who was let in: the reference, the role, the body they act for, and its name."""

    ref: str
    role: str
    organisation: str
    name: str
