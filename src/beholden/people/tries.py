# SPDX-License-Identifier: Apache-2.0
"""Decides when something that is guessed at is shut, and for how long. No clock, no database; knows no code and no key.

How many wrong tries shut it and how long the first wait is are the catalogue's numbers (`letter_tries`,
`letter_wait_minutes`); each wait is twice the one before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LOCKS = 4
"""How often a code or key is shut, each time for twice as long; the last time for good. Then only a person can help."""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often it was guessed wrong, ever, and until when it is shut.

    Getting it right takes nothing back: whoever guesses would else go on each time that its holder comes in.
    """

    count: int
    locked_until: datetime | None

    def shut_for_good(self, *, most: int) -> bool:
        """Say whether there were so many wrong tries that waiting does not help any more."""
        return self.count >= most * LOCKS

    def shut(self, *, most: int, at: datetime) -> bool:
        """Say whether it is shut at a moment, whatever is typed."""
        return self.shut_for_good(most=most) or (self.locked_until is not None and at < self.locked_until)


def after_a_miss(tries: Tries, *, most: int, wait: timedelta, at: datetime) -> Tries:
    """Return the tries after one more wrong one: at each `most`th it is shut, for twice as long as before."""
    count = tries.count + 1
    if count % most:
        return Tries(count, None)
    return Tries(count, at + wait * 2 ** (count // most - 1))
