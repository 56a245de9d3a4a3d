# SPDX-License-Identifier: Apache-2.0
"""Decides in which form a fact leaves that the panel grants less exactly than it was asked for. No clock, no database.

Least data (UK GDPR Art 5(1)(c), D18): another item that says the same less exactly takes its place, where the catalogue
names one that is held as rows and taken in the same return; a day becomes its month; what has no coarser form is out.
"""

from collections.abc import Collection, Mapping

from beholden.catalogue import Catalogue, Item, Kind, Store
from beholden.uses.rules.application import Population


def less_exact(
    items: Mapping[str, str], coarser: Collection[str], asked: Population, catalogue: Catalogue
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the facts that leave, with their reasons, and those among them of which the month alone leaves."""
    taken = catalogue.collection(asked.collection, asked.term, asked.year).items
    left, months = {item: why for item, why in items.items() if item not in coarser}, []
    for item in sorted(set(coarser) & set(items)):
        held = catalogue.item(item)
        other = next((one for one in held.coarser if one in taken and _is_row(catalogue.item(one))), None)
        if other is not None:
            left.setdefault(other, items[item])
        elif held.type is Kind.DATE and _is_row(held):
            left[item] = items[item]
            months.append(item)
    return left, tuple(months)


def _is_row(item: Item) -> bool:
    return item.store is Store.ROWS
