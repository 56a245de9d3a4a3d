# SPDX-License-Identifier: Apache-2.0
"""Counts fair processing: told before, time to answer, notice and decision, totals that add up (D6, D9, D11, D13).

How many families said no is in no public file, and must not be (D13): whether each no was honoured, each family proves
for itself with its bundle. Here only what is public is held against itself.
"""

from collections.abc import Iterator
from datetime import timedelta

from beholden.catalogue import Catalogue, Limits
from beholden.ledger.vocabulary.events import Decision
from beholden.ledger.vocabulary.terms import EVENTS, tens
from beholden.reportcard.card import Counted
from beholden.reportcard.facts import Facts, Release, Source
from beholden.reportcard.tally import Case, case, not_measured, tally

NOTHING_LEFT = "No list has left yet, so there is nothing to count."


def told(facts: Facts, _: Catalogue) -> Counted:
    """Count the children of each list by the share that was told before it was announced (D6, D9).

    A list of n children counts n × told ÷ the audience; if the audience was smaller than the list, ÷ n: whoever was
    not to be told was not told either. Both figures are published in tens, rounded down, so this is a lower bound.
    """
    return tally((_told(one) for one in facts.releases), empty=NOTHING_LEFT)


def _told(one: Release) -> Case:
    """Count one list by the telling that reached most of it: who was told once stays told."""
    asked_for = one.intent.body.set.n
    got = 0
    sources: tuple[Source, ...] = (one.source,)
    for notice in one.use.told(before=one.seen):
        audience = max(notice.body.audience, asked_for, 1)
        share = asked_for * min(notice.body.told, audience) // audience
        got, sources = max(got, share), (*sources, (EVENTS, notice.index))
    return Case(one.name, got, asked_for, sources)


def window(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count the runs of uses whose families had the catalogue's days between *window* and *cleared* in the log (D6).

    The log does not say when the telling began, only when it was over; so that is where the days are counted from.
    """
    days = timedelta(days=catalogue.limits.objection_window_days)
    left = {one.run.key: one for one in facts.releases}
    uses = {one.use: one for one in (*facts.uses.values(), *(one.use for one in facts.releases))}

    def cases() -> Iterator[Case]:
        for run in (run for use in sorted(uses) for run in uses[use].runs):
            its = left.get(run.key)
            cleared = run.reached("cleared", before=its.seen if its else None)
            if cleared is None and its is None:
                continue  # the window is still open, or never opened
            opened = run.reached("window", before=cleared.index) if cleared else None
            long_enough = bool(opened and cleared and cleared.at - opened.at >= days)
            sources = [(EVENTS, step.index) for step in (opened, cleared) if step]
            yield case(run.name, *sources, good=long_enough)

    return tally(cases(), empty="No use has come to the end of its window yet.")


def settled(facts: Facts, _: Catalogue) -> Counted:
    """Count the lists that stand behind a notice, the end of the window and a decision, in this order (D6, D18).

    All of the list's own run: what stands there of an earlier one is worth nothing here.
    """
    return tally((_settled(one) for one in facts.releases), empty=NOTHING_LEFT)


def _settled(one: Release) -> Case:
    run = one.run
    notice = next(iter(run.told(before=one.seen)), None)
    cleared = run.reached("cleared", before=one.seen)
    stands = [step.body.state for step in run.moves if step.index < one.seen][-1:] == ["cleared"]
    sources: list[Source] = [one.source]
    sources += [(EVENTS, step.index) for step in (notice, cleared, one.decision) if step]
    good = (
        stands
        and notice is not None
        and cleared is not None
        and one.decision is not None
        and notice.index < cleared.index < one.decision.index
        and one.decision.body.scope == one.intent.body.set.n
        and cleared.body.purpose == one.intent.body.header.purpose
    )
    return case(one.name, *sources, good=good)


def totals(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count the lists whose published totals agree with the list and with one another, told or untold as they must be.

    How many rows the recipient found is in no log, not even as a band: beside the exact scope it would tell (D13).
    """
    return tally((_totals(one, catalogue.limits) for one in facts.releases), empty=NOTHING_LEFT)


def _totals(one: Release, limits: Limits) -> Case:
    sources: list[Source] = [one.source]
    if one.decision is None:
        return case(one.name, *sources, good=False)
    sources.append((EVENTS, one.decision.index))
    good = one.decision.body.scope == one.intent.body.set.n and _adds_up(one.decision.body, limits)
    return case(one.name, *sources, good=good)


def _adds_up(said: Decision, limits: Limits) -> bool:
    """Whether the totals are told where they may be, untold where they may not, and fit the scope (D13)."""
    if said.scope < limits.left_out_scope_floor:
        return said.left_out is None and said.released is None
    if said.left_out is None or said.released is None:
        return False
    rounded = said.left_out % limits.left_out_rounding == 0
    return rounded and said.released == tens(said.scope - said.left_out)


def knew(_: Facts, __: Catalogue) -> Counted:
    """Say that nobody has been asked: the log has no kind of entry for the yearly sample (D9)."""
    return not_measured("The yearly sample that asks families is not in the log yet.")
