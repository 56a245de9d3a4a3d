# SPDX-License-Identifier: Apache-2.0
"""Checks lists of names: pairs and opinions fit their seals under the list's key; the log says what came of each list.

Sees whether something opens, never what is in it.
"""

from collections.abc import Mapping
from datetime import datetime

from beholden.fsck.files import PAIRS, names
from beholden.fsck.handed import is_at
from beholden.fsck.rules import ROWS, TIDY, Findings, found, note
from beholden.gate.held_pairs import HeldLinking, held_linkings, held_years
from beholden.home import Home
from beholden.ledger import queries as ledger
from beholden.ledger.entries import Body
from beholden.ledger.vocabulary.events import ListAudited, ListLinked, ListsAudited

_LINKING, _YEAR = "table gate_linking", "table gate_linkedyear"


def check_linked(home: Home) -> Findings:
    """Each list of names fits its key and its entry; no key is left over, and none is missing while a use runs."""
    settled, drawn, known = 0, 0, set()
    for one in held_linkings():
        known.add(one.key)
        yield from _check(one)
        settled += one.outbox is not None
        drawn += one.audit_outbox is not None
    yield from _check_years()
    if ledger.counted().get(ListAudited.kind, 0) != drawn:
        yield found("linked", _LINKING, "The log speaks of other drawn pairs than the table has.", ROWS)
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
    if one.outbox is not None and not _is_said(one.outbox, ListLinked, one.entry):
        sentence = f"What the list of names {one.roster} came to is not what its entry in the log says."
        yield found("linked", _LINKING, sentence, ROWS)
    if one.outbox is not None and not _is_said_at(one.outbox, one.settled_at):
        sentence = f"When the list of names {one.roster} was settled is not the time of its entry in the log."
        yield found("linked", _LINKING, sentence, ROWS)
    if one.audit_outbox is not None and not _is_said(one.audit_outbox, ListAudited, one.audit):
        sentence = (
            f"What people said of the list of names {one.roster} is not what its entry in the log says."
        )
        yield found("linked", _LINKING, sentence, ROWS)


def _check_years() -> Findings:
    years = tuple(held_years())
    for one in years:
        if not _is_said(one.outbox, ListsAudited, one.entry):
            sentence = f"The figures of the year before {one.until} are not what their entry in the log says."
            yield found("linked", _YEAR, sentence, ROWS)
    if ledger.counted().get(ListsAudited.kind, 0) != len(years):
        yield found("linked", _YEAR, "The log speaks of other years of lists than the table has.", ROWS)


def _is_said(outbox: int, kind: type[Body], entry: Mapping[str, object]) -> bool:
    row = ledger.said((outbox,)).get(outbox)
    return row is not None and isinstance(row.says, kind) and row.says.to_json() == entry


def _is_said_at(outbox: int, at: datetime | None) -> bool:
    row = ledger.said((outbox,)).get(outbox)
    return row is not None and at is not None and is_at(at, row.at)
