# SPDX-License-Identifier: Apache-2.0
"""Checks what was said against matches and decided: each line against its match, each month against its entry.

Sees opaque ids, hashes and counts. What was said in a month that is not over is bound by no entry yet.
"""

from beholden.contests import queries as contests
from beholden.contests.queries import HeldContest, HeldMonth
from beholden.fsck.rules import ROWS, Findings, found
from beholden.gate.answered import matches_of, pair_of
from beholden.gate.months import after, start
from beholden.ledger import queries as ledger
from beholden.ledger import tree
from beholden.ledger.vocabulary.redress import ContestsOfMonth
from beholden.ledger.vocabulary.terms import band
from beholden.refusals import Refusal

_CONTEST, _MONTH = "table contests_contest", "table contests_month"


def check_contests() -> Findings:
    """Each contest is of somebody with whom a list of that use was answered; each decision goes with its contest."""
    for one in contests.held_contests():
        if not one.is_sound or not _is_matched(one):
            yield found("contest", _CONTEST, f"Contest {one.number} is of no match, or was changed.", ROWS)


def _is_matched(one: HeldContest) -> bool:
    try:
        is_there = one.use in {match.use for match in matches_of(one.person)}
        return is_there and one.pair in {"", pair_of(one.use, one.person)}
    except Refusal:  # of a use that there is not, or a list that was changed
        return False


def check_months() -> Findings:
    """Each month is what its entry says, its root is made of its own lines, and no entry lacks its month."""
    count = 0
    for one in contests.held_months():
        count += 1
        row = ledger.said((one.outbox,)).get(one.outbox)
        body = row.says if row else None
        if not isinstance(body, ContestsOfMonth) or body.to_json() != one.says or not _binds(one):
            sentence = f"What was contested under {one.use} in {one.month:%Y-%m} is not what the log says."
            yield found("contests", _MONTH, sentence, ROWS)
    said = ledger.counted().get(ContestsOfMonth.kind, 0)
    if said != count:
        sentence = f"The log speaks of {said:,} months of contested matches; the table has {count:,}."
        yield found("contests_missing", _MONTH, sentence, ROWS)


def _binds(one: HeldMonth) -> bool:
    since, before = start(one.month), start(after(one.month))
    lines = contests.lines_of(one.use, since=since, before=before)
    figures = contests.counted(one.use, before=before).in_tens()
    return (
        len(lines) == one.count
        and set(lines) <= set(one.leaves)
        and list(one.leaves) == sorted(one.leaves)
        and len(one.leaves) == one.says["band"] == band(len(lines))
        and tree.root(one.leaves).hex() == one.says["root"]
        and figures.items() <= one.says.items()
    )
