# SPDX-License-Identifier: Apache-2.0
"""Counts transparency: logged before it left, confirmed, requests, days, texts, rules (D13, D26, D27, D41)."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from beholden.catalogue import Catalogue, MeasureName
from beholden.ledger.confirmation import Word
from beholden.ledger.texts import opens
from beholden.ledger.vocabulary.events import CatalogueSet, ChoicesOfDay, Decision
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS
from beholden.reportcard.card import Counted
from beholden.reportcard.facts import RELEASED, Facts, Source, UseFacts, is_announced, of_kind
from beholden.reportcard.fairness import NOTHING_LEFT
from beholden.reportcard.tally import Case, case, not_measured, tally


def announced(facts: Facts, _: Catalogue) -> Counted:
    """Count the runs of uses whose list stood in the log before they were said to be released (ARCHITECTURE section 5).

    That no outcome comes before its intent, the log's own check has seen already. What it cannot see is a release that
    the events log tells of, and the handover log does not. A duty return stands there without a list, and counts alike.
    """
    left = facts.left
    uses = {use: facts.uses.get(use, UseFacts(use)) for use in (*facts.uses, *(use for use, _ in left))}

    def cases() -> Iterator[Case]:
        for run in (run for use in sorted(uses) for run in uses[use].runs):
            said, its = run.reached(RELEASED), left.get(run.key, ())
            if said is None and not its:
                continue
            sources: list[Source] = [(HANDOVERS, one.index) for one in its]
            if said is None:  # announced, and not said to have left: nothing was hidden
                yield case(run.name, *sources, good=True)
                continue
            yield case(run.name, *sources, (EVENTS, said.index), good=is_announced(said, its))

    return tally(cases(), empty="No records have left yet, so there is nothing to count.")


def confirmed(facts: Facts, _: Catalogue) -> Counted:
    """Count the lists that the recipient recomputed, signed, and found to be the one in the log."""

    def cases() -> Iterator[Case]:
        for one in facts.releases:
            outcome = [(HANDOVERS, one.outcome.index)] if one.outcome else []
            yield case(one.name, one.source, *outcome, good=one.word is Word.AGREES)

    return tally(cases(), empty=NOTHING_LEFT)


def requests(facts: Facts, _: Catalogue) -> Counted:
    """Count the answered requests that stood in the log before their answer, refused ones with their rule (D26)."""

    def cases() -> Iterator[Case]:
        for use in facts.uses.values():
            yes, no = use.reached("approved"), use.reached("refused")
            answer = min((one for one in (yes, no) if one), key=lambda one: one.index, default=None)
            if answer is None:
                continue
            asked = use.reached("submitted", before=answer.index)
            ruled = no is None or no.body.rule is not None
            sources = [(EVENTS, step.index) for step in (asked, yes, no) if step]
            yield case(use.use, *sources, good=asked is not None and ruled)

    return tally(cases(), empty="No request was answered yet.")


def days(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count the days, from the log's first, whose answers were sealed in time: after their end, and not long after.

    A day is due once it is more than `within_days` over. A day that has not ended cannot have been sealed.
    """
    if not facts.events:
        return tally((), empty="The log has no entry yet.")
    within = timedelta(days=catalogue.grades.measures[MeasureName.DAYS].within_days or 0)
    sealed: dict[object, list[tuple[datetime, int]]] = {}
    for one in of_kind(facts.events, ChoicesOfDay):
        sealed.setdefault(one.body.day, []).append((one.at, one.index))
    first = facts.events[0].at.date()
    due = (facts.on - within - first).days

    def cases() -> Iterator[Case]:
        for number in range(max(due, 0)):
            day = first + timedelta(days=number)
            ended = datetime.combine(day + timedelta(days=1), time(), UTC)
            in_time = [index for at, index in sealed.get(day, ()) if ended <= at <= ended + within]
            yield case(day.isoformat(), *((EVENTS, index) for index in in_time), good=bool(in_time))

    return tally(cases(), empty="No day is long enough over yet.")


def texts(facts: Facts, _: Catalogue) -> Counted:
    """Count the uses whose published text opens what each of their entries committed to: SHA-256(salt32 || JCS)."""
    if facts.texts is None:
        return not_measured("The texts are not published beside the log with what opens them.")
    known = facts.uses

    def cases() -> Iterator[Case]:
        for use in known.values():
            yield case(use.use, *((EVENTS, step.index) for step in use.moves), good=_opens(facts, use))

    return tally(cases(), empty="The log holds no use yet.")


def _opens(facts: Facts, use: UseFacts) -> bool:
    held = facts.texts.get(use.use) if facts.texts is not None else None
    return held is not None and opens(held, (step.body for step in use.moves))


def rules(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count the decisions that cite the catalogue which the log had in force; this card is one more case (D41)."""
    in_force = of_kind(facts.events, CatalogueSet)

    def cases() -> Iterator[Case]:
        for decision in of_kind(facts.events, Decision):
            then = [one for one in in_force if one.index < decision.index][-1:]
            good = bool(then) and then[0].body.hash == decision.body.catalogue
            sources = ((EVENTS, one.index) for one in (*then, decision))
            yield case(f"decision on {decision.body.use}", *sources, good=good)
        now = in_force[-1:]
        good = bool(now) and now[0].body.hash.hex() == catalogue.hash
        yield case("this card", *((EVENTS, one.index) for one in now), good=good)

    return tally(cases(), empty="")
