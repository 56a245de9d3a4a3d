# SPDX-License-Identifier: Apache-2.0
"""What a pack says of tables that anybody may have: which data sets there are, and how their columns follow from facts.

Counts nothing. What may be asked of a data set stands in its *policy*, a text that `beholden.tables` reads; here it is
carried and hashed with the pack, so that nobody changes it without the ratchet (D24, D41).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from beholden.kinds import ItemId


@dataclass(frozen=True, slots=True)
class Column:
    """One column that children are counted by: groups of the codes of one item, or of a school's number.

    `signs`: the first signs of the number of the school, where the column is an area; 0, where it is of an item. What
    no group names has no value.
    """

    name: str
    label: str
    item: ItemId | None
    signs: int
    groups: Mapping[str, str]  # code -> group


@dataclass(frozen=True, slots=True)
class Share:
    """One measure of which means are made: how many of a hundred of what `whole` counts are of these codes of an item.

    Whoever has no whole, or more of the codes than the whole, has no value.
    """

    name: str
    label: str
    item: ItemId
    codes: tuple[str, ...]
    whole: ItemId

    @property
    def items(self) -> tuple[ItemId, ...]:
        """The items that it is made of."""
        return (self.item, self.whole)


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set of tables: everybody on roll in one census of a collection, by these columns, for one purpose.

    `shares`: what means can be asked of.
    """

    name: str
    label: str
    child_label: str
    collection: str
    purpose: str
    columns: tuple[Column, ...]
    shares: tuple[Share, ...]
    policy: str = field(repr=False)  # TOML, as `beholden.tables.policy` reads it

    @property
    def items(self) -> tuple[ItemId, ...]:
        """Every item that its columns are made of, each once."""
        return tuple(dict.fromkeys(one.item for one in self.columns if one.item is not None))
