# SPDX-License-Identifier: Apache-2.0
"""Adds cases up into one measure's numerator and denominator. Knows no measure and no log."""

from collections.abc import Iterable
from dataclasses import dataclass

from beholden.reportcard.card import Counted, State
from beholden.reportcard.facts import Source


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was looked at: so many of so many, under a public name, from these entries."""

    name: str
    got: int
    of: int
    sources: tuple[Source, ...]


def case(name: str, *sources: Source, good: bool) -> Case:
    """Return a case that either holds or does not."""
    return Case(name, int(good), 1, sources)


def tally(cases: Iterable[Case], *, empty: str) -> Counted:
    """Add cases up. Without any, say so in `empty`: nought of nought is neither good nor bad."""
    found = tuple(cases)
    of = sum(one.of for one in found)
    if not of:
        return Counted(State.NOTHING_TO_COUNT, 0, 0, (), (), empty)
    return Counted(
        State.MEASURED,
        sum(one.got for one in found),
        of,
        tuple(one.name for one in found if one.got < one.of),
        tuple(dict.fromkeys(source for one in found for source in one.sources)),
        "",
    )


def not_measured(why: str) -> Counted:
    """Say that a fact is not in what is published, so that it earns nothing (D38: not measured is F)."""
    return Counted(State.NOT_MEASURED, 0, 0, (), (), why)
