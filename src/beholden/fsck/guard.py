# SPDX-License-Identifier: Apache-2.0
"""Lets the rest go on where one part of a check meets damage. Never repeats what an error said: it may name a child."""

from cryptography.exceptions import InvalidTag

from beholden.fsck.rules import Finding, Findings, found
from beholden.refusals import Refusal

DAMAGE = (OSError, ValueError, TypeError, LookupError, AttributeError, InvalidTag)
"""What reading damaged things raises. A database's errors come as well, where there is a database."""


def refused(where: str, no: Refusal) -> Finding:
    """Return a refusal as a finding, in its own words."""
    return Finding(no.code, where, no.sentence, no.next_step)


def guarded(where: str, findings: Findings, *, also: tuple[type[Exception], ...] = ()) -> Findings:
    """Yield what a part finds, and, where it cannot go on, that it was cut short."""
    damage: tuple[type[Exception], ...] = (*DAMAGE, *also)
    try:
        yield from findings
    except Refusal as no:
        yield refused(where, no)
    except damage as trouble:
        sentence = f"This part could not be checked to its end: something in it is damaged ({type(trouble).__name__})."
        step = "Look at the other findings first; they may be the cause. Then check again."
        yield found("cut_short", where, sentence, step)
