# SPDX-License-Identifier: Apache-2.0
"""What a pack says of staff look-ups: for which reasons one record may be opened, and when that may be kept back.

Opens no record: `beholden.gate` does, with these reasons and under this law (D27, D35).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from beholden.catalogue.law import Authority

LONGEST_NAME = 20
"""Characters of a reason's name: it stands in each line of the journal."""


@dataclass(frozen=True, slots=True)
class LookReason:
    """One reason for which an officer may look at one record, and the most that may be opened for it.

    `family_reads` ends the sentence that the family reads. It never says who asked: one adult must not learn of another
    from it (D35). `groups` are names of `Store`.
    """

    name: str
    label: str
    family_reads: str
    groups: tuple[str, ...]
    authority: Authority


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm that a second officer may find, so that the family reads of a look only later."""

    name: str
    label: str
    authority: Authority


@dataclass(frozen=True, slots=True)
class Looks:
    """All reasons for a look, and all harms for which one is told later; nothing else is one."""

    reasons: Mapping[str, LookReason]
    harms: Mapping[str, Harm]
