# SPDX-License-Identifier: Apache-2.0
"""A table as JSON-stat 2.0 (json-stat.org/full): the values in one row, and symbols at the places that have none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beholden.tables.document import Table


@dataclass(frozen=True, slots=True)
class Roles:
    """Which field of a table is an area, and which says when. Empty: none."""

    area: str = ""
    period: str = ""


def dataset(table: Table, says: Mapping[str, str], roles: Roles, address: str = "") -> dict[str, Any]:
    """Return a table as a JSON-stat dataset. `says` has the words for fields; `address` is where it can be had again.

    What a symbol means stands in `extension`, because JSON-stat leaves that to whoever gives.
    """
    held: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": table.title(says),
        "source": table.cite,
        "id": list(table.by),
        "size": [len(listed) for listed in table.categories],
        "dimension": {
            name: {"label": says.get(name, name), "category": {"index": list(listed)}}
            for name, listed in zip(table.by, table.categories, strict=True)
        },
        "value": [cell.value for cell in table.cells],
        "status": {str(place): cell.symbol for place, cell in enumerate(table.cells) if cell.symbol},
        "note": [table.error, *(f"{one.symbol}: {one.sentence}" for one in table.hidden)],
        "extension": {
            "release": table.release,
            "policy": table.policy,
            "question": dict(table.question),
            "why": {str(place): cell.why for place, cell in enumerate(table.cells) if cell.why},
        },
    }
    role = {
        name: [field] for name, field in (("geo", roles.area), ("time", roles.period)) if field in table.by
    }
    return held | ({"role": role} if role else {}) | ({"href": address} if address else {})
