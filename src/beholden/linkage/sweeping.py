# SPDX-License-Identifier: Apache-2.0
"""Sees that a request tries names or birth dates out instead of asking about people somebody knows. Pure; no register.

A list of people whom somebody knows has each of them once or a few times. A list that tries holds all but one field
still and lets that one run: every birth date for one name at one place, every given name for one household. Judged by
the list alone, so that no refusal can tell who is in a register. It cannot be seen where a sweep is spread over many
requests, or hides each guess in another's name; against those stand the log of every request, and the review.

Memory: eight 64-bit figures a record.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from beholden.linkage.people import NEW_YEAR, Person
from beholden.refusals import Refusal

TRIED, SHARE = 60, 0.002
"""So many values of one field beside the same others are tried, not known; in a long list, so large a share."""

ONE_DAY = 0.2
"""The share of a request that may have one and the same birth date, other than a 1 January."""

_BITS = (1 << 64) - 1


class Sweep(Refusal):
    """Says that a request is made to try out who is in a register: by which field, in how many of how many records."""

    def __init__(self, field: str, tried: int, records: int) -> None:
        what = {
            "birth_date": "birth dates",
            "given_name": "given names",
            "surname": "surnames",
            "postcode": "postcodes",
        }
        super().__init__(
            "linkage.sweep",
            f"This request tries {what[field]}: {tried:,} of its {records:,} records differ in nothing else."
            if field != "birth_date" or tried < records
            else "This request tries one birth date with many names.",
            next_step="Ask about people whom you know, each with what you know of them.",
            authority="D21: a yes or a no is a disclosure, decided and logged child by child",
        )
        self.field, self.tried, self.records = field, tried, records


@dataclass(frozen=True, slots=True)
class _Kind:
    """A field that may be tried, while the others are held."""

    tried: str


_KINDS = tuple(_Kind(name) for name in ("birth_date", "given_name", "surname", "postcode"))


def check(request: Iterable[Person]) -> int:
    """Return how many records a request has, or raise `Sweep`."""
    held = [array("Q") for _ in _KINDS]
    tried = [array("Q") for _ in _KINDS]
    days = array("l")
    records = 0
    for one in request:
        records += 1
        if one.birth_date and not one.birth_date.endswith(NEW_YEAR):
            days.append(int(one.birth_date))
        values = _values(one)
        for place, kind in enumerate(_KINDS):
            rest = tuple(value for name, value in values.items() if name != kind.tried)
            enough = sum(map(bool, rest)) > 1 and (kind.tried == "birth_date" or values["birth_date"])
            if enough and values[kind.tried]:
                held[place].append(hash(rest) & _BITS)
                tried[place].append(hash(values[kind.tried]) & _BITS)
    limit = max(TRIED, int(records * SHARE))
    for place, kind in enumerate(_KINDS):
        most = _most(held[place], tried[place])
        if most > limit:
            raise Sweep(kind.tried, most, records)
    _check_days(days, records)
    return records


def _values(one: Person) -> dict[str, str]:
    return {
        "given_name": one.given.full,
        "surname": one.surname.full,
        "birth_date": one.birth_date,
        "postcode": one.postcode,
    }


def _most(held: "array[int]", tried: "array[int]") -> int:
    """Return how many different values were tried, at most, beside the same others."""
    if not held:
        return 0
    pairs = np.empty(len(held), dtype=[("held", np.uint64), ("tried", np.uint64)])
    pairs["held"], pairs["tried"] = np.frombuffer(held, np.uint64), np.frombuffer(tried, np.uint64)
    _, counts = np.unique(np.unique(pairs)["held"], return_counts=True)
    return int(counts.max())


def _check_days(days: "array[int]", records: int) -> None:
    if not days:
        return
    _, counts = np.unique(np.frombuffer(days, dtype=np.dtype("l")), return_counts=True)
    most = int(counts.max())
    if most > max(TRIED, int(records * ONE_DAY)):
        raise Sweep("birth_date", records, records)
