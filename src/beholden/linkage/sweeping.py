# SPDX-License-Identifier: Apache-2.0
"""Sees that a request tries names or birth dates out instead of asking about people somebody knows. Pure; no register.

A list of people whom somebody knows has each of them once or a few times. A list that tries holds all but one field
still and lets that one run: every birth date for one name at one place, every given name for one household. What is
held may also be frequent in an honest list: a hundred are called Mohammed Khan, and many were born on *a 1 January*.
Then each part of it stands with many others in the same list too, and a share of these is let pass.

Judged by the list alone, so that no refusal can tell who is in a register. It cannot be seen where a sweep is spread
over many requests, or over so many names in one that each guess looks like one of a frequent name; against those stand
the log of every request, and the review.

Memory: four 64-bit figures a record, and some more while they are counted.
"""

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from beholden.linkage.people import COLUMNS, NEW_YEAR, Person
from beholden.refusals import Refusal

TRIED, SHARE = 60, 0.002
"""So many values of one field beside the same others are tried, not known; in a long list, so large a share."""

OF_OTHERS, OF_ALL = 0.2, 0.01
"""Beside what is frequent in the list: so large a share of the others who bear each part of it, and of the list."""

ONE_DAY = 0.2
"""The share of a request that may have one and the same birth date, other than a 1 January."""

_BITS = (1 << 64) - 1
_FIELDS = ("birth_date", "given_name", "surname", "postcode")
_BIRTH = 0
_ODD = np.array(
    [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], dtype=np.uint64
)

Table = npt.NDArray[np.uint64]


class Sweep(Refusal):
    """Says that a request is made to try out who is in a register, and by which field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            "linkage.sweep",
            sentence,
            next_step="Ask about people whom you know, each with what you know of them.",
            authority="D21: a yes or a no is a disclosure, decided and logged child by child",
        )
        self.field = field


def check(request: Iterable[Person]) -> int:
    """Return how many records a request has, or raise `Sweep`."""
    figures, days = array("Q"), array("l")
    for one in request:
        figures.extend(
            hash(value) & _BITS if value else 0 for value in (COLUMNS[name](one) for name in _FIELDS)
        )
        if one.birth_date and not one.birth_date.endswith(NEW_YEAR):
            days.append(int(one.birth_date))
    table = np.frombuffer(figures, np.uint64).reshape(-1, len(_FIELDS))
    borne = np.column_stack([_times(column) for column in table.T])
    for place in range(len(_FIELDS)):
        _check_tried(table, borne, place)
    _check_days(days, len(table))
    return len(table)


def _times(column: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return for each record how many of the list have its value of one field."""
    _, of, counts = np.unique(column, return_inverse=True, return_counts=True)
    return counts[of]


def _check_tried(table: Table, borne: npt.NDArray[np.int64], place: int) -> None:
    """Refuse a list in which one field runs through too many values beside the same others."""
    records = len(table)
    rest = [other for other in range(len(_FIELDS)) if other != place]
    known = table != 0
    enough = known[:, place] & (known[:, rest].sum(axis=1) > 1)
    if place != _BIRTH:
        enough &= known[:, _BIRTH]
    table, borne, known = table[enough], borne[enough][:, rest], known[enough][:, rest]
    if not len(table):
        return
    held = (table[:, rest] * _ODD[rest]).sum(axis=1, dtype=np.uint64)
    _, first, of, size = np.unique(held, return_index=True, return_inverse=True, return_counts=True)
    pairs = np.empty(len(table), dtype=[("of", np.intp), ("tried", np.uint64)])
    pairs["of"], pairs["tried"] = of, table[:, place]
    tried = np.bincount(np.unique(pairs)["of"])
    others = np.where(known[first], borne[first] - size[:, None], records).min(axis=1)
    frequent = np.minimum(OF_OTHERS * others, OF_ALL * records)
    over = tried[tried > np.maximum(max(TRIED, int(records * SHARE)), frequent)]
    if len(over):
        name = _FIELDS[place].replace("_", " ")
        raise Sweep(
            _FIELDS[place],
            f"This request tries {name}s: {int(over.max()):,} of its {records:,} records differ in nothing else.",
        )


def _check_days(days: "array[int]", records: int) -> None:
    if not days:
        return
    _, counts = np.unique(np.frombuffer(days, dtype=np.dtype("l")), return_counts=True)
    most = int(counts.max())
    if most > max(TRIED, int(records * ONE_DAY)):
        raise Sweep("birth_date", "This request tries one birth date with many names.")
