# SPDX-License-Identifier: Apache-2.0
"""Says of which groups people are: of a decision, which are in the rows and which are missing; of pairs that are looked
at, whether one group bears the errors. No count leaves as it is.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from beholden.catalogue import Catalogue, Column, Item, Kind, Limits
from beholden.gate import missing
from beholden.gate.actions.weighing import past_retention
from beholden.gate.columns import group_of
from beholden.gate.group_names import slug
from beholden.gate.ids import listed
from beholden.gate.ways import STUDIED
from beholden.kinds import Actor, ItemId
from beholden.ledger.canonical import Json
from beholden.linkage.sampling import MOST_GROUPS
from beholden.register.rows import read
from beholden.uses.queries import AskedUse

_YES, _NO, _NOT_GIVEN = "true", "false", ""


@dataclass(frozen=True, slots=True)
class Groups:
    """Everybody in scope with the answers by which groups are told apart; one column a fact, in the order of ids."""

    among: pa.Array
    rows: pa.Table = field(repr=False)
    answers: Mapping[str, tuple[str, ...]]

    def table(self, released: pa.Array, *, secret: bytes, limits: Limits) -> list[dict[str, Json]]:
        """Return the table of who is missing, blurred: nothing for a scope that is too small."""
        within = pa.array(listed(self.among, released))
        found = missing.table(
            self.answers,
            self._counted(self.rows),
            self._counted(self.rows.filter(within)),
            size=len(self.among),
            secret=secret,
            limits=limits,
        )
        return [group.to_json() for group in found]

    def _counted(self, rows: pa.Table) -> missing.Counts:
        return {item: Counter(_word(value) for value in rows[item].to_pylist()) for item in self.answers}


def groups_of(
    use: AskedUse, among: pa.Array, catalogue: Catalogue, *, by: Actor, at: datetime
) -> Groups | None:
    """Read what tells the groups of a scope apart; None where nobody studies the rows, or the scope is too small.

    Read before any answer is held up: what a family says changes nothing here.
    """
    if use.exit not in STUDIED or len(among) < catalogue.limits.left_out_scope_floor:
        return None
    wanted = use.population
    held = catalogue.collection(wanted.collection, wanted.term, wanted.year).items
    shown = tuple(item for item in held if catalogue.item(item).shows_missing)
    rows = read.rows(wanted.collection, wanted.term, wanted.year, shown, among)
    return Groups(among, rows, {item: _answers(catalogue.item(ItemId(item))) for item in shown})


def told_apart(
    use: AskedUse, people: pa.Array, catalogue: Catalogue, *, by: Actor, at: datetime
) -> Mapping[bytes, Mapping[str, str]]:
    """Return of which groups some of a use's population are, by column: as the catalogue tells people apart in tables.

    Nobody's group is guessed, from a name or from anything else. A column of many groups tells people apart, and is
    not taken; nor is a fact that should have been wiped (D33), and the others are.
    """
    wanted = use.population
    census = catalogue.collection(wanted.collection, wanted.term, wanted.year)
    columns = _columns(wanted.collection, catalogue)
    items = tuple(dict.fromkeys(one.item for one in columns if one.item is not None))
    rows = read.everybody(wanted.collection, wanted.term, wanted.year, items, among=people)
    held = rows["person"].combine_chunks()
    found: dict[bytes, dict[str, str]] = {person: {} for person in held.to_pylist()}
    for one in columns:
        told_by = () if one.item is None else (one.item,)
        gone = listed(held, past_retention(told_by, held, census, catalogue, by=by, at=at))
        for groups, group, is_gone in zip(found.values(), group_of(one, rows).to_pylist(), gone, strict=True):
            if group is not None and not is_gone:
                groups[one.name] = slug(group)
    return found


def _columns(collection: str, catalogue: Catalogue) -> tuple[Column, ...]:
    columns = {
        column.name: column
        for data_set in catalogue.data_sets.values()
        if data_set.collection == collection
        for column in data_set.columns
        if len(set(column.groups.values())) <= MOST_GROUPS
    }
    return tuple(columns.values())


def _answers(item: Item) -> tuple[str, ...]:
    known = (_YES, _NO) if item.type is Kind.BOOL else item.codes
    return (*known, _NOT_GIVEN)


def _word(value: object) -> str:
    if value is None:
        return _NOT_GIVEN
    return (_YES if value else _NO) if isinstance(value, bool) else str(value)
