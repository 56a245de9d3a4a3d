# SPDX-License-Identifier: Apache-2.0
"""Checks lists of names: pairs and opinions fit their seals under the list's key; the log says what came of each list.

Sees whether something opens, never what is in it.
"""

from beholden.fsck.files import PAIRS, names
from beholden.fsck.rules import ROWS, TIDY, Findings, found, note
from beholden.gate.held_pairs import HeldLinking, held_linkings
from beholden.home import Home
from beholden.ledger import queries as ledger
from beholden.ledger.vocabulary.events import ListLinked

_LINKING = "table gate_linking"


def check_linked(home: Home) -> Findings:
    """Each list of names fits its key and its entry; no key is left over, and none is missing while a use runs."""
    settled, known = 0, set()
    for one in held_linkings():
        known.add(one.key)
        yield from _check(one)
        settled += one.outbox is not None
    if ledger.counted().get(ListLinked.kind, 0) != settled:
        yield found(
            "linked", _LINKING, "The log speaks of other matched lists of names than the table has.", ROWS
        )
    for name in names(home.keys):
        if name.startswith(PAIRS) and name not in known:
            yield note("orphan", f"keys/{name}", "This is the key of no list of names.", TIDY)


def _check(one: HeldLinking) -> Findings:
    if one.broken:
        what = ", ".join(one.broken)
        yield found(
            "linked", _LINKING, f"Of the list of names {one.roster} this is not as it was kept: {what}.", ROWS
        )
    if not one.has_key and not one.is_over:
        yield found("linked", _LINKING, f"The key of the list of names {one.roster} is not there.", ROWS)
    if one.outbox is None:
        return
    row = ledger.said((one.outbox,)).get(one.outbox)
    if row is None or not isinstance(row.says, ListLinked) or row.says.to_json() != one.entry:
        sentence = f"What the list of names {one.roster} came to is not what its entry in the log says."
        yield found("linked", _LINKING, sentence, ROWS)
