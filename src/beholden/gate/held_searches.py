# SPDX-License-Identifier: Apache-2.0
"""What is held of searches for the children of orders: for fsck, which only asks if it opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from beholden.gate import sought
from beholden.gate.models import Search
from beholden.gate.searches import opened
from beholden.home import here, keys
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class HeldSearch:
    """One search as it stands here. `is_broken`: its key is there, and what it is the key of does not open."""

    name: str
    key: str
    has_key: bool
    is_sealed: bool
    is_over: bool
    is_broken: bool


def held_searches() -> Iterator[HeldSearch]:
    """Yield every search that was ever begun, oldest first."""
    for row in Search.objects.order_by("at", "pk"):
        name = sought.key_name(row.id)
        has_key = keys.exists(here(), name)
        is_sealed = row.sought is not None
        yield HeldSearch(
            row.id,
            name,
            has_key,
            is_sealed,
            row.ended_at is not None,
            has_key and is_sealed and not _opens(row),
        )


def _opens(row: Search) -> bool:
    try:
        held = opened(row)
    except Refusal:
        return False
    return all(0 < one.place <= row.named for one in held.pairs)
