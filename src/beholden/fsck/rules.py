# SPDX-License-Identifier: Apache-2.0
"""Decides what is wrong with facts that others have gathered, and says so in words. No clock, no database, no file.

A *finding* is something that must not be; a *note* is something that may be and that somebody should know, as what
a crash leaves behind. Neither ever carries a pupil's value: files, tables, positions and counts only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

RESTORE = "Put this file back from the newest backup or public copy, byte for byte; then check again."
ROWS = (
    "Find out who changed the table. Restore the database from a backup that is not older than the log; "
    "then check again."
)
TIDY = "Nothing names it. Look at it, then remove it."


class Weight(StrEnum):
    """Whether something is wrong, or only worth knowing."""

    FINDING = "finding"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a stable code, what is wrong, where (a file below the home, or a table), what to do."""

    code: str
    where: str
    sentence: str
    next_step: str
    weight: Weight = Weight.FINDING


Findings = Iterator[Finding]


def found(code: str, where: str, sentence: str, next_step: str = RESTORE) -> Finding:
    """Return something that is wrong."""
    return Finding(f"fsck.{code}", where, sentence, next_step)


def note(code: str, where: str, sentence: str, next_step: str) -> Finding:
    """Return something to know."""
    return Finding(f"fsck.{code}", where, sentence, next_step, Weight.NOTE)


# --- handovers ---


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover as everything but its lists tells it. `is_said`: its intent stands in the signed log.

    `folder` is where its file lies once it has gone: with what was handed over, or in the reading room.
    """

    id: str
    state: str
    file: str
    waits: bool
    gone: bool
    is_said: bool
    has_intent: bool
    is_withdrawn: bool
    folder: str = "released"
    table: str = "table gate_disclosure"


LEFT = (
    "Take it as a release that the public log does not know. Keep everything as it is, stop all releases, "
    "tell the registrar and the data protection officer today."
)


def judge(one: Handover) -> Findings:
    """Say whether a handover's state, its file and the log tell one story.

    The worst first: what has left, or may have left, and does not stand in the log.
    """
    name = f"handover {one.id[:8]}"
    left = one.state in {"releasing", "released"}
    if (left or one.gone) and not one.is_said:
        where = f"{one.folder}/{one.file}" if one.gone else one.table
        yield found(
            "released_unlogged", where, f"What {name} holds was released, and the log does not say so.", LEFT
        )
    if one.gone and not left:
        yield found(
            "released_early",
            f"{one.folder}/{one.file}",
            f"The file of {name} lies with what was released; the handover is {one.state}.",
            LEFT,
        )
    if left and one.is_withdrawn:
        yield found(
            "released_withdrawn",
            one.table,
            f"The log says that {name} was withdrawn, and it was released.",
            LEFT,
        )
    if one.has_intent != (one.state not in {"fixed", "built", "withdrawn"}) and not one.is_withdrawn:
        yield found(
            "state",
            one.table,
            f"{name.capitalize()} is {one.state}, and its entry in the log says otherwise.",
            ROWS,
        )
    yield from _files(one, name)


def _files(one: Handover, name: str) -> Findings:
    gone, waits = f"{one.folder}/{one.file}", f"quarantine/{one.file}"
    if one.state in {"built", "logged"} and not one.waits:
        yield found(
            "file_missing",
            waits,
            f"The file of {name} was built and is not there.",
            "Withdraw the handover, and decide again.",
        )
    if one.state == "released" and not one.gone:
        yield found("file_missing", gone, f"The file of {name} was released and is not there.", RESTORE)
    if one.state == "releasing" and not (one.waits or one.gone):
        yield found(
            "file_missing", waits, f"The file of {name} was on its way and is in neither folder.", RESTORE
        )
    if one.state == "withdrawn" and one.waits:
        yield note(
            "called_off",
            waits,
            f"{name.capitalize()} was called off, and its file is still there.",
            "Remove it.",
        )
    if one.waits and one.gone:
        yield found("file_twice", waits, f"The file of {name} lies in two folders.", TIDY)
    if one.state == "releasing":
        yield note(
            "cut_off",
            one.table,
            f"{name.capitalize()} was cut off while it left.",
            "Release it again: it goes on where it stood.",
        )
    if one.has_intent and not one.is_said and one.state == "logged":
        yield note(
            "unsaid",
            one.table,
            f"{name.capitalize()} waits to be said in the log.",
            "Release it again: it goes on where it stood.",
        )


# --- what both sides must know ---


def missing_and_extra(
    said: Iterable[tuple[object, ...]], held: Iterable[tuple[object, ...]]
) -> tuple[int, int]:
    """Return how many of the things said (in the log) are not held, and how many held were never said."""
    left, right = Counter(said), Counter(held)
    return (left - right).total(), (right - left).total()


def strictly_rising(items: bytes, width: int, before: bytes) -> bool:
    """Say whether elements of one width, after an earlier one, rise strictly in their first 16 bytes."""
    last = before
    for at in range(0, len(items), width):
        key = items[at : at + min(width, 16)]
        if key <= last:
            return False
        last = key
    return True
