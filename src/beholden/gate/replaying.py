# SPDX-License-Identifier: Apache-2.0
"""Compares what a recipient holds with what the register would have released, row for row. No clock, no database.

It finds the one lie that no family's file and no recipient's check can: a row under a wrong tag. Knows no child by name
or number: a row is known by its tag, and what comes out is how many rows are wrong in which way.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Row = tuple[object, ...]
"""What one row says beside its tag, column by column, in the order of the handover's own columns."""


class Fault(StrEnum):
    """What can be wrong with one row, or with one tag of the list. Closed: a finding has one of these names."""

    UNLISTED = "unlisted"  # a row's tag is not in the list that the log fixed
    DOUBLE = "double"  # a tag stands on a second row
    NOBODYS = "nobodys"  # a row's tag is in the list, and no child of the register has it
    LEFT_OUT = "left_out"  # a row's tag, or one without a row, is by a key under which nothing was released
    ANOTHERS = "anothers"  # a row says what the register says of another child than the tag's
    CHANGED = "changed"  # a row says what the register says of nobody
    NO_ROW = "no_row"  # a child who was released has no row
    NOT_IN_LIST = "not_in_list"  # a child who was released is not in the list under the registered key
    COLUMNS = "columns"  # the copy has a column that was not granted
    NO_KEY = "no_key"  # a child who was released has no key in the registry that the handover names


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was fixed and what the register says of it: everything that the copy is held against.

    `columns` are those that were granted, behind the tag; `listed` all tags of the list; `rows` what would be released
    of each child, by its tag under the registered key; `left_out` each tag of the list by any other key: of a child who
    was left out, of now or before, or of one who was released, under a key that is not the registered one; `keyless`
    how many of those released have no key in the registry.
    """

    columns: tuple[str, ...]
    listed: frozenset[bytes]
    rows: Mapping[bytes, Row]
    left_out: frozenset[bytes]
    keyless: int = 0


@dataclass(frozen=True, slots=True)
class Replay:
    """What an audit found: how many rows the copy has, and how many faults of each kind. Nothing else leaves it."""

    rows: int
    faults: Mapping[Fault, int]

    @property
    def agrees(self) -> bool:
        """Say whether the copy is, to the row, what the register would have released."""
        return not self.faults


def compare(copy: Iterable[tuple[bytes, Row]], frozen: Frozen, *, strange: int = 0) -> Replay:
    """Hold a recipient's rows against what was frozen.

    What must hold: 1 each row's tag is in the list, once; 2 it is that of a child who was released, and the row says
    what the register says of that child; 3 each child who was released has a key in the registry, a tag in the list
    under it, and a row; 4 every other tag of the list is nobody's: no child has it under any key. `strange` is how many
    columns the copy has beside the tag and those granted.
    """
    counted = dict.fromkeys(Fault, 0)
    known, seen = set(frozen.rows.values()), set[bytes]()
    rows = 0
    for tag, row in copy:
        rows += 1
        fault = _fault(tag, row, frozen, known, seen)
        if fault is not None:
            counted[fault] += 1
        seen.add(tag)
    counted[Fault.COLUMNS] = strange
    counted[Fault.NO_KEY] = frozen.keyless  # 3
    counted[Fault.NOT_IN_LIST] = sum(tag not in frozen.listed for tag in frozen.rows)
    counted[Fault.NO_ROW] = sum(tag not in seen for tag in frozen.rows)
    counted[Fault.LEFT_OUT] += sum(tag in frozen.listed and tag not in seen for tag in frozen.left_out)  # 4
    return Replay(rows, MappingProxyType({fault: many for fault, many in counted.items() if many}))


def _fault(
    tag: bytes, row: Row, frozen: Frozen, known: AbstractSet[Row], seen: AbstractSet[bytes]
) -> Fault | None:
    """Return what is wrong with one row, or None."""
    if tag not in frozen.listed:  # 1
        return Fault.UNLISTED
    if tag in seen:
        return Fault.DOUBLE
    if tag in frozen.left_out:
        return Fault.LEFT_OUT
    expected = frozen.rows.get(tag)  # 2
    if expected is None:
        return Fault.NOBODYS
    if row == expected:
        return None
    return Fault.ANOTHERS if row in known else Fault.CHANGED
