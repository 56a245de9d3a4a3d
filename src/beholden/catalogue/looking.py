# SPDX-License-Identifier: Apache-2.0
"""Reads `looks.toml` into Looks, or refuses it with file and line. Opens no record."""

from collections.abc import Mapping
from types import MappingProxyType

from beholden.catalogue.looks import LONGEST_NAME, Harm, LookReason, Looks
from beholden.catalogue.plain import PackRefused
from beholden.catalogue.table import Table
from beholden.catalogue.words import Store

FILE = "looks.toml"
KINDS = ("look", "harm")

Tables = Mapping[tuple[str, str], Table]


def looks(tables: Tables) -> Looks:
    """Return a pack's reasons for a look and harms.

    What must hold: 1 at least one of each; 2 a reason's name is short enough for the journal; 3 a reason opens at least
    one group of facts, each once, and none that there is not.
    """
    made = Looks(
        reasons=MappingProxyType({name: _reason(table) for name, table in _of(tables, "look").items()}),
        harms=MappingProxyType({name: _harm(table) for name, table in _of(tables, "harm").items()}),
    )
    for kind, held in (("look", made.reasons), ("harm", made.harms)):
        if not held:  # 1
            raise PackRefused("missing_key", FILE, 1, f"there is no [{kind}.…].")
    return made


def _of(tables: Tables, kind: str) -> dict[str, Table]:
    return {name: table for (its_kind, name), table in tables.items() if its_kind == kind}


def _reason(table: Table) -> LookReason:
    name, groups = table.found.name, table.texts("groups")
    if len(name) > LONGEST_NAME:  # 2
        raise table.refused("out_of_range", f"a reason's name has at most {LONGEST_NAME} signs.")
    if not groups or not set(groups) <= {store.value for store in Store}:  # 3
        allowed = ", ".join(store.value for store in Store)
        raise table.refused("unknown_value", f"groups may name: {allowed}; at least one.", key="groups")
    made = LookReason(
        name,
        label=table.text("label"),
        family_reads=table.text("family_reads"),
        groups=groups,
        authority=table.authority(),
    )
    table.done()
    return made


def _harm(table: Table) -> Harm:
    made = Harm(table.found.name, label=table.text("label"), authority=table.authority())
    table.done()
    return made
