# SPDX-License-Identifier: Apache-2.0
"""Checks searches for the children of an order: each opens as it was sealed, and its key goes when it is over.

Sees whether something opens, never what is in it. A finding names a search by the first signs of its random name.
"""

from beholden.fsck.files import SEARCH, names
from beholden.fsck.rules import ROWS, TIDY, Findings, found, note
from beholden.gate.held_searches import HeldSearch, held_searches
from beholden.home import Home

_HERE = "table gate_search"


def check_searches(home: Home) -> Findings:
    """Each search fits its seal while it is not over; afterwards its key is gone, and no key is of none."""
    known = set()
    for one in held_searches():
        known.add(one.key)
        yield from _check(one)
    for name in names(home.keys):
        if name.startswith(SEARCH) and name not in known:
            yield note("orphan", f"keys/{name}", "This is the key of no search.", TIDY)


def _check(one: HeldSearch) -> Findings:
    name = f"search {one.name[:8]}"
    if one.is_over and one.has_key:
        sentence = f"The {name} is over, and its key is still there."
        yield note(
            "search_kept", f"keys/{one.key}", sentence, "Let the keeper's process run: it destroys it."
        )
    if one.is_sealed and not one.is_over and not one.has_key:
        yield found("search", _HERE, f"The key of the {name} is not there.", ROWS)
    if one.is_broken:
        yield found("search", _HERE, f"What the {name} has come to is not as it was sealed.", ROWS)
