# SPDX-License-Identifier: Apache-2.0
"""What whoever watches a keeper says: one thing that may not be. Decides nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that may not be: its code, where it stands (a log and an entry, or a log), and a sentence."""

    code: str
    where: str
    sentence: str
