# SPDX-License-Identifier: Apache-2.0
"""Which codes a School Census answer may be. The lists are the catalogue's; a refusal to answer is one of them.

REFU and NOBT (ethnicity), REF and NOT (language), R and U (service child), SNR and UNS (youth support) are lawful
answers: they stand in the lists like any other, and no rule sees them.
"""

from collections.abc import Mapping
from functools import cache

from beholden import catalogue
from beholden.kinds import ItemId

Codes = Mapping[ItemId, frozenset[str]]
"""The codes that each coded item may hold."""

SECTOR_SUPPORT = frozenset({"Yes", "No", "UNS", "SNR"})
"""Youth support services agreement (YSSA): judged, and not kept, so the catalogue has no item for it."""

CODED = (
    ItemId("sex"),
    ItemId("ethnicity"),
    ItemId("language"),
    ItemId("enrol_status"),
    ItemId("boarder"),
    ItemId("nc_year"),
    ItemId("service_child"),
    ItemId("previously_looked_after"),
    ItemId("young_carer"),
    ItemId("sen_provision"),
    ItemId("sen_primary_need"),
    ItemId("session_details"),
)
"""The items whose answers are codes."""


@cache
def from_catalogue() -> Codes:
    """Return the lists of the pack whose return this is."""
    items = catalogue.load("england").items
    return {item: frozenset(items[item].codes) for item in CODED}


def complete(codes: Codes | None) -> Codes:
    """Return a list for every coded item, the catalogue's own where none is given."""
    return {**from_catalogue(), **(codes or {})}
