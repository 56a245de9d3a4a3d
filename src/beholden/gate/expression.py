# SPDX-License-Identifier: Apache-2.0
"""Decides for a whole population at once: every flag for every child in one pass. No clock, no database.

`eligible = scope - objected - not agreed - not told - hidden - restricted - no key - past retention`: one Boolean
column for each flag, counted by all flags together. What is not known of anybody refuses everybody.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beholden.catalogue import Exit, Flag
from beholden.gate import ids
from beholden.gate.rules import IN_LIST, missing_list
from beholden.refusals import Refusal

OF_THE_RELEASE = frozenset({Flag.NOT_TOLD, Flag.NO_KEY})
"""Reasons that were settled on the day of the release: being told, and having a key, is not undone afterwards."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The answer: released ids (16 bytes, sorted), and how many children bear each combination of flags."""

    released: pa.Array
    combinations: Mapping[frozenset[Flag], int]


def weigh(scope: pa.Array, lists: Mapping[Flag, pa.Array], removes: Iterable[Flag]) -> Weighed:
    """Weigh a scope (16-byte ids, each once) against one list for each flag.

    `lists` holds for each flag of `rules.IN_LIST` those who bear it, for each of `rules.NOT_IN_LIST` those who do not.
    """
    for flag in Flag:
        if flag not in lists:
            raise missing_list(flag)
    if any(column.null_count for column in (scope, *lists.values())):
        raise _unknown()
    out = frozenset(removes)
    people = ids.ordered(scope)
    removed = np.zeros(len(people), np.bool_)
    combination = np.zeros(len(people), np.uint16)  # one binary digit for each flag, in their order
    for flag in Flag:
        bears = ids.listed(people, lists[flag]) == (flag in IN_LIST)
        combination = combination * 2 + bears
        if flag in out:
            removed |= bears
    counts = np.bincount(combination)
    return Weighed(
        people.filter(pa.array(~removed)),
        {_borne(digits): int(counts[digits]) for digits in np.flatnonzero(counts).tolist()},
    )


def overtaken(released: pa.Array, now: Mapping[Flag, pa.Array], removes: Iterable[Flag]) -> int:
    """Return how many of those who are about to go bear, by now, a reason that takes them out."""
    clear = pa.array(np.ones(len(released), dtype=bool))
    for flag in removes:
        listed = pc.is_in(released, value_set=now[flag])
        clear = pc.and_(clear, pc.invert(listed) if flag in IN_LIST else listed)
    return len(released) - int(pc.sum(clear).as_py() or 0)


def lasting(way: Exit) -> tuple[Flag, ...]:
    """Return the flags that take a child out here, and may do so after a release too."""
    return tuple(flag for flag in way.removes if flag not in OF_THE_RELEASE)


def marks(released: pa.Array, now: Mapping[Flag, pa.Array], way: Exit) -> Mapping[Flag, pa.Array]:
    """Return, for each flag that changes a row that goes out in this way, who of the released bears it, in order."""
    found = {}
    for flag in way.marks:
        bears = ids.listed(released, now[flag]) == (flag in IN_LIST)
        found[flag] = released.filter(pa.array(bears))
    return found


def marks_digest(found: Mapping[Flag, pa.Array]) -> str:
    """Return SHA-256 over who bears which mark, in hex; nothing where this way out knows no marks."""
    if not found:
        return ""
    said = hashlib.sha256()
    for flag, people in sorted(found.items()):
        said.update(f"{flag.value} {len(people)}\n".encode() + ids.packed(people))
    return said.hexdigest()


def _borne(combination: int) -> frozenset[Flag]:
    digits = f"{combination:0{len(Flag)}b}"
    return frozenset(flag for flag, digit in zip(Flag, digits, strict=True) if digit == "1")


def _unknown() -> Refusal:
    return Refusal(
        "gate.flag_unknown",
        "For some children it is not known whether they may be released, so nobody is.",
        next_step="Look for an empty identifier in the lists of this decision.",
        authority="ARCHITECTURE section 4: a missing answer refuses",
    )
