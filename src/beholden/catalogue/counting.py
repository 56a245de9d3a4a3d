# SPDX-License-Identifier: Apache-2.0
"""Reads `tables.toml`, and the policies beside it, into data sets, or refuses them with file and line. Counts nothing.

A policy is a text of its own (`tables/NAME.toml`), carried as it is: what it means is `beholden.tables`' to say.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from beholden.catalogue.counted import Column, DataSet, Share
from beholden.catalogue.plain import Found, PackRefused
from beholden.catalogue.table import Table
from beholden.kinds import ItemId

FILE = "tables.toml"
FOLDER = "tables"
POLICY = "policy"
KINDS = ("data_set", "column", "share", POLICY)

_MOST_SIGNS = 10
_TEXT = "text"

Tables = Mapping[tuple[str, str], Table]


def policies(folder: Path) -> Iterator[Found]:
    """Yield the policy of each data set as a table of one key: its text."""
    for path in sorted((folder / FOLDER).glob("*.toml")):
        file = f"{FOLDER}/{path.name}"
        try:
            text = path.read_bytes().decode().replace("\r\n", "\n")
        except UnicodeDecodeError as cause:
            raise PackRefused("malformed", file, 1, "this is not UTF-8.") from cause
        yield Found(POLICY, path.stem, file, 1, MappingProxyType({_TEXT: text}), MappingProxyType({_TEXT: 1}))


def data_sets(tables: Tables) -> Mapping[str, DataSet]:
    """Return a pack's data sets, by their names.

    What must hold: 1 a data set's columns, shares and policy are there, and no policy is left over; 2 a column is of an
    item or of a school's number, and no code stands in two of its groups.
    """
    columns = {name: _column(table) for (kind, name), table in tables.items() if kind == "column"}
    shares = {name: _share(table) for (kind, name), table in tables.items() if kind == "share"}
    texts = {name: _policy(table) for (kind, name), table in tables.items() if kind == POLICY}
    made = {
        name: _data_set(table, columns, shares, texts)
        for (kind, name), table in tables.items()
        if kind == "data_set"
    }
    for name in sorted(texts.keys() - made.keys()):  # 1
        raise tables[POLICY, name].refused("dangling", "no data set is under this policy.")
    return MappingProxyType(made)


def _data_set(
    table: Table, columns: Mapping[str, Column], shares: Mapping[str, Share], texts: Mapping[str, str]
) -> DataSet:
    name, named, measured = table.found.name, table.texts("columns"), table.texts_or_none("shares")
    for one in named:
        if one not in columns:  # 1
            raise table.refused("dangling", f"columns names {one}, which is no column here.", key="columns")
    for one in measured:
        if one not in shares:
            raise table.refused("dangling", f"shares names {one}, which is no share here.", key="shares")
    if name not in texts:
        raise table.refused("dangling", f"there is no policy {FOLDER}/{name}.toml.")
    made = DataSet(
        name,
        label=table.text("label"),
        child_label=table.text("child_label"),
        collection=table.text("collection"),
        purpose=table.text("purpose"),
        columns=tuple(columns[one] for one in named),
        shares=tuple(shares[one] for one in measured),
        policy=texts[name],
    )
    table.done()
    return made


def _column(table: Table) -> Column:
    if table.has("item") == table.has("school_signs"):  # 2
        raise table.refused("contradiction", "a column is of an item, or of the signs of a school's number.")
    made = Column(
        table.found.name,
        label=table.text("label"),
        item=ItemId(table.text("item")) if table.has("item") else None,
        signs=table.whole("school_signs", most=_MOST_SIGNS) if table.has("school_signs") else 0,
        groups=MappingProxyType(_groups(table)),
    )
    table.done()
    return made


def _share(table: Table) -> Share:
    made = Share(
        table.found.name,
        label=table.text("label"),
        item=ItemId(table.text("item")),
        codes=table.texts("codes"),
        whole=ItemId(table.text("of")),
    )
    table.done()
    return made


def _groups(table: Table) -> dict[str, str]:
    """Return the group of each code: each line is `Group: CODE CODE`, and no code stands in two."""
    found: dict[str, str] = {}
    for line in table.texts("groups"):
        group, colon, codes = line.partition(": ")
        if not (group and colon and codes.split()) or found.keys() & set(codes.split()):
            raise table.refused("malformed", 'a group is written like "Group: CODE CODE".', key="groups")
        found |= dict.fromkeys(codes.split(), group)
    return found


def _policy(table: Table) -> str:
    text = table.found.values.get(_TEXT)
    if type(text) is not str or set(table.found.values) != {_TEXT}:
        raise table.refused("wrong_type", "a policy is one text.")
    return text
