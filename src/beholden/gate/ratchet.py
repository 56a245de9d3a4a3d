# SPDX-License-Identifier: Apache-2.0
"""Decides whether a catalogue may come into force: tighter at once, looser only after its own notice (D41).

Knows catalogues as values and what was announced; no clock, no file, no database. What is looser than what,
`beholden.catalogue.rules` says.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beholden.catalogue import Catalogue
from beholden.catalogue.rules import Loosening, tighter_or_equal
from beholden.ledger.canonical import print_json
from beholden.refusals import Refusal

AUTHORITY = "D41"
_SHOWN = 5  # how many changes a refusal names; the command prints all


@dataclass(frozen=True, slots=True)
class Announced:
    """One published difference: what is to replace what, and not before which moment (aware UTC)."""

    base: str
    hash: str
    not_before: datetime


class Loosens(Refusal):
    """Says that a catalogue loosens rules and that its notice is not over; `changes` has every one of them."""

    def __init__(self, changes: tuple[Loosening, ...], *, until: datetime | None) -> None:
        named = " ".join(one.sentence for one in changes[:_SHOWN])
        more = f" And {len(changes) - _SHOWN} more." if len(changes) > _SHOWN else ""
        step = "Publish the difference first: beholden rules announce. Until its notice is over, the others stay."
        if until is not None:
            step = f"Wait. The difference is published, and may come into force from {until:%-d %B %Y, %H:%M} UTC on."
        super().__init__(
            "gate.loosens",
            f"These rules are looser than those in force. {named}{more}",
            next_step=step,
            authority=AUTHORITY,
        )
        self.changes = changes


def loosenings(in_force: Catalogue | None, new: Catalogue) -> tuple[Loosening, ...]:
    """Return every change that loosens. `None` is a catalogue that this version cannot read: all may be looser."""
    if in_force is None:
        return (Loosening("catalogue", "everything", "what this version cannot read", new.hash[:16]),)
    return tighter_or_equal(in_force, new)


def check_may_come(
    base: str,
    in_force: Catalogue | None,
    new: Catalogue,
    announced: Iterable[Announced],
    *,
    at: datetime,
) -> None:
    """Refuse a catalogue that loosens anything, unless just this difference was published and its notice is over.

    The difference is that between the catalogue in force (`base` is its hash) and this one: what was announced against
    another base was announced as a smaller step, and is announced again.
    """
    changes = loosenings(in_force, new)
    if not changes:
        return
    ends = [one.not_before for one in announced if (one.base, one.hash) == (base, new.hash)]
    if not ends or at < min(ends):
        raise Loosens(changes, until=min(ends, default=None))


def notice_ends(days: int, *, at: datetime) -> datetime:
    """Return the first moment at which a looser catalogue may come into force: whole days on, to the second after."""
    return at.astimezone(UTC).replace(microsecond=0) + timedelta(days=days, seconds=1)


def digest(changes: Iterable[Loosening]) -> str:
    """Return the hash under which the log names a difference: SHA-256 of the canonical JSON of its sentences."""
    return hashlib.sha256(print_json([one.sentence for one in changes])).hexdigest()


def nothing_looser() -> Refusal:
    """What only tightens needs no notice, and should not wait for one."""
    return Refusal(
        "gate.nothing_looser",
        "These rules loosen nothing, so they need no notice.",
        next_step="Bring them into force at once: beholden init.",
        authority=AUTHORITY,
    )
