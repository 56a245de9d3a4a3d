# SPDX-License-Identifier: Apache-2.0
"""Checks what was decided: figures, the untold who were let in, and the lists that were handed in to be matched.

Sees ids, never rows.
"""

from beholden.catalogue import Catalogue, PackRefused, restore
from beholden.fsck import lists
from beholden.fsck.handed import is_at, is_whole
from beholden.fsck.rules import ROWS, Findings, found
from beholden.gate import held as gate
from beholden.gate.catalogues import file_name
from beholden.gate.held import HeldDecision, HeldRoster, figures_again
from beholden.home import Home
from beholden.ledger import queries as ledger
from beholden.ledger.vocabulary.events import Decision, RosterHanded, UntoldIn

_DECISION, _ROSTER = "table gate_decision", "table gate_roster"


def check_rosters(home: Home) -> Findings:
    """Each list that was handed in is what the log says; who is decided on stands in the list that was matched."""
    held = {one.number: one for one in gate.held_rosters()}
    for one in held.values():
        row = ledger.said((one.outbox,)).get(one.outbox)
        body = row.says if row else None
        if (
            row is None
            or not isinstance(body, RosterHanded)
            or (body.use, body.rows, body.commitment.hex(), body.rule or "", row.by)
            != (one.use, one.rows, one.commitment, one.rule, one.by)
            or not is_at(one.at, row.at)
            or (one.matched is not None and one.matched.made_at != one.at)
        ):
            sentence = f"The list {one.number} that was handed in for {one.use} is not what its entry says."
            yield found("roster", _ROSTER, sentence, ROWS)
    if ledger.counted().get(RosterHanded.kind, 0) != len(held):
        yield found(
            "roster", _ROSTER, "The log speaks of other lists to be matched than the table has.", ROWS
        )
    for decision in gate.held_decisions():
        if decision.roster is not None:
            yield from _check_matched(home, decision, held.get(decision.roster))


def _check_matched(home: Home, decision: HeldDecision, one: HeldRoster | None) -> Findings:
    matched = None if one is None else one.matched
    if one is None or matched is None or one.use != decision.use:
        sentence = f"Decision {decision.number} is about a list that was not handed in for it."
        yield found("roster", _DECISION, sentence, ROWS)
    elif is_whole(home, matched) and is_whole(home, decision.scope):
        whole = lists.begins_within(home.sets / decision.scope.path, home.sets / matched.path, matched.width)
        if not whole:
            sentence = f"Decision {decision.number} is about somebody who was not found in the list."
            yield found("roster_scope", f"sets/{decision.scope.path}", sentence, ROWS)


def check_decisions(home: Home) -> Findings:
    """What was decided is what the log says, to the exact figures; who is released was in scope."""
    count = untold = 0
    for one in gate.held_decisions():
        count += 1
        untold += bool(one.untold_under)
        yield from _check_decision(home, one)
        yield from _check_untold(one)
    if ledger.counted().get(UntoldIn.kind, 0) != untold:
        sentence = "The log speaks of other decisions that let the untold in than the table has."
        yield found("untold", _DECISION, sentence, ROWS)
    said = ledger.counted().get(Decision.kind, 0)
    if said != count:
        yield found(
            "decision_missing",
            _DECISION,
            f"The log speaks of {said:,} decisions; the table has {count:,}.",
            ROWS,
        )


def _check_decision(home: Home, one: HeldDecision) -> Findings:
    row = ledger.said((one.outbox,)).get(one.outbox)
    body = row.says if row else None
    said = (
        row is not None
        and isinstance(body, Decision)
        and (body.use, body.catalogue.hex(), body.commitment.hex())
        == (one.use, one.catalogue, one.commitment)
        and (body.scope, body.left_out) == (one.size, one.left_out)
        and row.by == one.by
        and is_at(one.at, row.at)
        and {one.scope.made_at, one.released.made_at} == {one.at}
    )
    if not said:
        yield found(
            "decision", _DECISION, f"Decision {one.number} is not what its entry in the log says.", ROWS
        )
    rules = _rules_of(home, one.catalogue)
    if rules is not None and figures_again(one.number, rules) != (one.left_out, one.untold):
        sentence = (
            f"What decision {one.number} told the public is not what its own figures and its secret give."
        )
        yield found("decision_figure", _DECISION, sentence, ROWS)
    if is_whole(home, one.scope) and is_whole(home, one.released):
        released = home.sets / one.released.path
        if not lists.is_within(released, home.sets / one.scope.path, one.released.width):
            sentence = f"Decision {one.number} releases somebody who was not in its scope."
            yield found("decision_scope", f"sets/{one.released.path}", sentence, ROWS)


def _check_untold(one: HeldDecision) -> Findings:
    """Who is in although nobody could be told stands in the log, counted apart, under the law that was named (D6)."""
    if one.untold_outbox is None:
        return
    row = ledger.said((one.untold_outbox,)).get(one.untold_outbox)
    body = row.says if row else None
    if not isinstance(body, UntoldIn) or (body.use, body.under, body.count) != (
        one.use,
        one.untold_under,
        one.untold,
    ):
        sentence = f"What decision {one.number} says of those who were not told is not what the log says."
        yield found("untold", _DECISION, sentence, ROWS)


def _rules_of(home: Home, catalogue: str) -> Catalogue | None:
    """Return the catalogue of a decision's day; None where it is not kept or cannot be read: said elsewhere."""
    try:
        return restore((home.catalogues / file_name(catalogue)).read_bytes())
    except (FileNotFoundError, ValueError, PackRefused):
        return None
