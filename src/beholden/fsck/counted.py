# SPDX-License-Identifier: Apache-2.0
"""Follows the answers of families from hop to hop, so that none is lost on the way without anybody seeing it.

Shown at the door (the file of numbers), standing in the table, bound in the root of a day, read by the gate when it
decided. Compares counts and digests; who said what is nobody's business here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from beholden.choices import counting
from beholden.choices.counting import reading
from beholden.fsck.rules import ROWS, Findings, found
from beholden.gate import held as gate
from beholden.gate.asking import questions
from beholden.home import Home, shown
from beholden.kinds import UseRef
from beholden.notices import queries as notices
from beholden.refusals import Refusal
from beholden.uses.queries import asked

_WEIGHED = "table choices_weighed"
NUMBERS = f"journal/{shown.NAME}"
SILENT = timedelta(days=3)
"""How long nobody at all may have answered while many can, before it is taken for a broken door."""

_MANY = 1_000  # letters that reached somebody: of so many families, one at least answers within days
_BATCH = 1_000
_LOST = (
    "Families were shown these numbers. Restore the database from a newer backup; what it does not bring back has to "
    "be asked for again. Release nothing until then."
)


def check_numbers(home: Home) -> Findings:
    """Under each number that a family was shown, its answer stands."""
    lost, damaged = _numbers(home)[1:]
    if lost:
        sentence = f"Under {lost:,} numbers that were shown at the door, no answer stands."
        yield found("answers_lost", NUMBERS, sentence, _LOST)
    if damaged:
        yield found("numbers", NUMBERS, "Some lines are no digest of a number.")


def _numbers(home: Home) -> tuple[int, int, int]:
    """Return how many numbers were shown, under how many no answer stands, and how many lines are damaged.

    One cut off at the end is none: it stood for nothing shown.
    """
    seen = lost = damaged = 0
    lines = shown.lines(home)
    while batch := tuple(islice(lines, _BATCH)):
        digests = {one for one in batch if one is not None}
        seen += len(digests)
        damaged += sum(one is None for one in batch)
        lost += counting.missing_numbers(digests)
    return seen, lost, damaged


def check_weighings() -> Findings:
    """Each decision has what it read of the answers; nothing that it read is gone, and nothing came in between."""
    decided = {(one.use, one.at) for one in gate.held_decisions()}
    read = set()
    for one, agrees in _weighings():
        read.add((one.use, one.at))
        if (one.use, one.at) not in decided:
            yield found("weighed", _WEIGHED, f"What was read for {one.use} belongs to no decision.", ROWS)
        elif not agrees:
            sentence = f"The answers that the gate read for {one.use} are not those that stand here today."
            yield found("weighed_otherwise", "table choices_answered", sentence, ROWS)
    for use, _ in sorted(decided - read):
        sentence = f"It is not known what the gate read of the answers for {use}."
        yield found("weighed_missing", _WEIGHED, sentence, ROWS)


def _weighings() -> Iterator[tuple[counting.HeldWeighing, bool]]:
    for one in counting.held_weighings():
        try:
            now = reading(questions(asked(UseRef(one.use))), last=one.last)
        except Refusal:  # of a use that there is not
            yield one, False
        else:
            yield one, one.agrees(now)


@dataclass(frozen=True, slots=True)
class Hops:
    """How many answers at each hop, and what is wrong between two of them, in words; nothing wrong: empty."""

    shown: int
    held: int
    bound: int
    decisions: int
    gaps: tuple[str, ...]


def hops(home: Home, *, at: datetime) -> Hops:
    """Compare the answers at every hop at a moment.

    The plan: 1 under each number shown an answer stands; 2 each answer whose day is long over is bound; 3 what the gate
    read for each decision is what stands here; 4 while many families can answer, somebody does: a feed that went
    silent is an alarm, not a quiet week.
    """
    seen, lost, damaged = _numbers(home)
    counted = counting.counts(at=at)
    weighed = tuple(_weighings())
    gaps = []
    if lost or damaged:  # 1
        gaps.append("Numbers were shown at the door under which no answer stands.")
    if counted.late:  # 2
        gaps.append("Answers of days that are over stand in no root: days are not closed.")
    gaps += [
        f"What the gate read for {one.use} is not what stands here." for one, agrees in weighed if not agrees
    ]  # 3
    if _is_silent(at):  # 4
        gaps.append(f"Families can answer, and for {SILENT.days} days nobody did: look at the doors.")
    return Hops(seen, counted.held, counted.bound, len(weighed), tuple(gaps))


def _is_silent(at: datetime) -> bool:
    since = at - SILENT
    open_long = [run.use for run in notices.runs() if run.open(at) and run.made_at <= since]
    many = any(notices.reached(use, by=since) >= _MANY for use in open_long)
    return many and not counting.said_since(since)
