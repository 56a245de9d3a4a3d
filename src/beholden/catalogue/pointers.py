# SPDX-License-Identifier: Apache-2.0
"""Decides whether a pack agrees with itself: every name it points at exists, and no entry contradicts another."""

from collections.abc import Iterable, Mapping

from beholden.catalogue.counted import Column, DataSet, Share
from beholden.catalogue.entries import Catalogue, Collection, Exit, Item, Purpose
from beholden.catalogue.law import Checked
from beholden.catalogue.table import Table
from beholden.catalogue.words import Answer, FamilySays, Keeper, Kind, Law, Store, Told
from beholden.kinds import ItemId

Tables = Mapping[tuple[str, str], Table]

_ORDERED = frozenset({Store.NAMES, Store.ADDRESS})
"""The groups of the vault that an order may name: by number and birth date it names the child itself."""

_DECIDERS = ("able", "evidence", "biometrics", "bar", "ground")
CITING = ("basis", "collection", "item", "purpose", "fault", "guardians", "look", "harm", *_DECIDERS)
"""The kinds of table that stand under a law."""


def check(catalogue: Catalogue, tables: Tables) -> None:
    """Refuse a pack that points at nothing or says two things at once, at the line where it does."""
    for kind in CITING:
        for (its_kind, _), table in tables.items():
            if its_kind == kind:
                _point(table, "authority", [str(table.found.values["authority"])], catalogue.law)
    for item in catalogue.items.values():
        _point(tables["item", item.id], "collections", item.collections, catalogue.collections)
    for collection in catalogue.collections.values():
        _collection(collection, catalogue, tables)
    for item in catalogue.items.values():
        _item(item, catalogue, tables["item", item.id])
    for purpose in catalogue.purposes.values():
        _purpose(purpose, catalogue, tables["purpose", purpose.code])
    for way_out in catalogue.exits.values():
        _exit(way_out, tables["exit", way_out.name])
    for data_set in catalogue.data_sets.values():
        _data_set(data_set, catalogue, tables)
    _rules_stand_once(catalogue, tables)
    _asks(catalogue, tables)
    _labels_read_back(catalogue, tables)


def _point(table: Table, key: str, names: Iterable[str], held: Iterable[str]) -> None:
    for name in names:
        if name not in held:
            raise table.refused("dangling", f"{key} names {name}, which the pack does not hold.", key=key)


def _collection(collection: Collection, catalogue: Catalogue, tables: Tables) -> None:
    table = tables["collection", collection.code.replace("/", "-")]
    _point(table, "items", collection.items, catalogue.items)
    for item in collection.items:
        if collection.code not in catalogue.items[item].collections:
            raise table.refused(
                "contradiction", f"items names {item}, which is not taken with it.", key="items"
            )


def _item(item: Item, catalogue: Catalogue, table: Table) -> None:
    for code in item.collections:
        if item.id not in catalogue.collections[code].items:
            raise table.refused("contradiction", f"{code} does not list this item.", key="collections")
    for key, codes in (("refused", item.refused), ("unanswered", item.unanswered)):
        if not set(codes) <= set(item.codes):
            raise table.refused("unknown_code", f"{key} names a code that is not in its code set.", key=key)
    if bool(item.refused) != (item.answer is Answer.REFUSABLE):
        raise table.refused(
            "contradiction", "an answer may be refused if, and only if, a code says so.", key="answer"
        )
    _point(table, "coarser", item.coarser, catalogue.items)
    if item.id in item.coarser:
        raise table.refused("contradiction", "nothing is less exact than itself.", key="coarser")
    if item.shows_missing and (item.store is not Store.ROWS or item.type not in (Kind.STRING, Kind.BOOL)):
        raise table.refused(
            "contradiction", "who is missing is counted by short answers in the rows.", key="shows_missing"
        )
    if item.codes and item.type not in (Kind.STRING, Kind.SESSIONS):
        raise table.refused("contradiction", "only texts are coded.", key="codes")


def _data_set(data_set: DataSet, catalogue: Catalogue, tables: Tables) -> None:
    """Its purpose is one of tables and may need its items; what each column is of can be counted."""
    table = tables["data_set", data_set.name]
    collected = {one.collection for one in catalogue.collections.values()}
    _point(table, "collection", [data_set.collection], collected)
    _point(table, "purpose", [data_set.purpose], catalogue.purposes)
    purpose = catalogue.purpose(data_set.purpose)
    items = {*data_set.items, *(item for share in data_set.shares for item in share.items)}
    if "table" not in purpose.exits or not items <= set(purpose.items):
        raise table.refused(
            "contradiction", "its purpose is one by which tables go, and names its items.", key="purpose"
        )
    for column in data_set.columns:
        if column.item is not None:
            _column(column, catalogue, tables["column", column.name])
    for share in data_set.shares:
        _share(share, catalogue, tables["share", share.name])


def _column(column: Column, catalogue: Catalogue, table: Table) -> None:
    """An item of a column is in the rows, and every code that is an answer stands in a group."""
    item = catalogue.item(str(column.item))
    if item.store is not Store.ROWS or item.type not in (Kind.STRING, Kind.BOOL):
        raise table.refused("contradiction", "what is counted are short answers in the rows.", key="item")
    known = {"true", "false"} if item.type is Kind.BOOL else set(item.codes) - set(item.no_answer)
    if set(column.groups) != known:
        raise table.refused(
            "contradiction",
            "each code that is an answer stands in one group, and nothing else does.",
            key="groups",
        )


def _share(share: Share, catalogue: Catalogue, table: Table) -> None:
    """A share is of some codes of what is counted by code, and of a whole that is a number."""
    counted, whole = (catalogue.item(str(one)) for one in share.items)
    if counted.type is not Kind.SESSIONS or whole.type is not Kind.WHOLE:
        raise table.refused(
            "contradiction", "a share is of what is counted by code, of a number.", key="item"
        )
    _point(table, "codes", share.codes, counted.codes)


def _purpose(purpose: Purpose, catalogue: Catalogue, table: Table) -> None:
    _point(table, "lawful_basis", purpose.lawful_basis, catalogue.bases)
    _point(table, "compatible_with", purpose.compatible_with, catalogue.purposes)
    _point(table, "exits", purpose.exits, catalogue.exits)
    _point(table, "only_items", purpose.only_items, catalogue.items)
    _point(table, "items", purpose.items, catalogue.items)
    _point(table, "untold_under", purpose.untold_under, catalogue.law)
    if any(catalogue.items[ItemId(item)].store is not Store.ROWS for item in purpose.items):
        raise table.refused(
            "contradiction", "what names a child at once is needed by no purpose (D18).", key="items"
        )
    for other in purpose.compatible_with:
        if catalogue.purposes[other].compartment is not purpose.compartment or other == purpose.code:
            raise table.refused(
                "contradiction",
                f"{other} is of another compartment: those do not mix (D19).",
                key="compatible_with",
            )
    if purpose.keeper is Keeper.REFUSES and purpose.exits:
        raise table.refused("contradiction", "what is refused has no way out.", key="exits")
    if purpose.keeper is Keeper.ALLOWS and not (purpose.exits and purpose.lawful_basis):
        raise table.refused(
            "contradiction", "what is allowed names a way out and a lawful basis.", key="keeper"
        )
    if purpose.law is Law.FORBIDS and purpose.keeper is not Keeper.REFUSES:
        raise table.refused("contradiction", "what the law forbids the keeper refuses.", key="keeper")
    if purpose.told is Told.SEALED and purpose.law is not Law.REQUIRES:
        raise table.refused("contradiction", "nothing merely permitted may be sealed (D22).", key="told")
    if not set(purpose.orders_reach) <= _ORDERED or (
        purpose.orders_reach and purpose.keeper is not Keeper.WAITS
    ):
        raise table.refused(
            "contradiction",
            "an order reaches names or address, and only where the keeper waits for one (D22).",
            key="orders_reach",
        )
    if purpose.over_time and purpose.family_says not in {FamilySays.STOPS, FamilySays.MUST_AGREE}:
        raise table.refused(
            "contradiction", "children are followed only where a family's no stops it (D15).", key="over_time"
        )


def _exit(way_out: Exit, table: Table) -> None:
    if way_out.carries_tags and not way_out.commits_tags:
        raise table.refused("contradiction", "tags that rows carry are committed first.", key="carries_tags")
    if way_out.needs_recipient_key and not way_out.personal_rows_leave:
        raise table.refused("contradiction", "a key locks rows that leave.", key="needs_recipient_key")


def _rules_stand_once(catalogue: Catalogue, tables: Tables) -> None:
    seen: set[str] = set()
    for purpose in catalogue.purposes.values():
        if purpose.rule in seen:
            raise tables["purpose", purpose.code].refused(
                "duplicate", "this rule is named already.", key="rule"
            )
        seen |= {purpose.rule} - {""}


def _asks(catalogue: Catalogue, tables: Tables) -> None:
    """Exactly what may be done with a yes, and not without, is asked for in a sentence."""
    wanted = {
        one.code
        for one in catalogue.purposes.values()
        if one.allowed and one.family_says is FamilySays.MUST_AGREE
    }
    for code in catalogue.consents.asks:
        if code not in wanted:
            raise tables["ask", code].refused("dangling", "no allowed purpose of this name needs a yes.")
    for code in sorted(wanted - set(catalogue.consents.asks)):
        raise tables["purpose", code].refused(
            "contradiction",
            "families must agree to it, and nothing says how they are asked.",
            key="family_says",
        )


def _labels_read_back(catalogue: Catalogue, tables: Tables) -> None:
    """Labels stand side by side in a sentence of consent, which must be read in one way only."""
    seen: set[str] = set()
    for item in catalogue.items.values():
        if set(item.label) & set(";?:") or item.label.lower() in seen:
            raise tables["item", item.id].refused(
                "contradiction", "its label is another's too, or has a mark that ends it.", key="label"
            )
        seen.add(item.label.lower())


def unread(catalogue: Catalogue) -> tuple[str, ...]:
    """Return what rests on law that was recalled and not yet read, for the page that admits it."""
    entries = [(f"item {name}", one.authority) for name, one in catalogue.items.items()]
    entries += [(f"purpose {name}", one.authority) for name, one in catalogue.purposes.items()]
    entries += [(f"basis {name}", one.authority) for name, one in catalogue.bases.items()]
    entries += [(f"collection {name}", one.authority) for name, one in catalogue.collections.items()]
    entries += [(f"fault {name}", one.authority) for name, one in catalogue.consents.faults.items()]
    entries += [(f"look {name}", one.authority) for name, one in catalogue.looks.reasons.items()]
    entries += [(f"harm {name}", one.authority) for name, one in catalogue.looks.harms.items()]
    entries.append(("guardians end", catalogue.guardians_end.authority))
    if catalogue.able is not None:
        entries.append(("able rule", catalogue.able.authority))
    entries += [(f"evidence {name}", one.authority) for name, one in catalogue.evidence.items()]
    if catalogue.biometrics is not None:
        entries.append(("biometrics rule", catalogue.biometrics.authority))
        entries += [(f"bar {name}", one.authority) for name, one in catalogue.biometrics.bars.items()]
        entries += [(f"ground {name}", one.authority) for name, one in catalogue.biometrics.grounds.items()]
    return tuple(sorted(name for name, authority in entries if authority.checked is Checked.RECALLED))
