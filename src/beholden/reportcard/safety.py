# SPDX-License-Identifier: Apache-2.0
"""Counts what is open about security: log whole and signed, reviews, recipients' words, times (D27, D36, D39).

What happens inside the keeper's house (who looked, what was locked) is in no public file, so nothing is claimed of it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from beholden.catalogue import Catalogue, MeasureName
from beholden.gate.ways import KEPT_HERE
from beholden.ledger.confirmation import Word, weigh
from beholden.ledger.entries import Body
from beholden.ledger.handovers import Placed
from beholden.ledger.verify import subject
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS
from beholden.reportcard.card import Counted
from beholden.reportcard.facts import Facts
from beholden.reportcard.tally import Case, case, not_measured, tally

LOGS = (EVENTS, HANDOVERS)


def whole(facts: Facts, _: Catalogue) -> Counted:
    """Count the entries that give the signed roots. `published` has refused any log for which that is not all."""
    return tally(
        (Case(log, facts.sizes[log], facts.sizes[log], ()) for log in LOGS), empty="Both logs are empty."
    )


def signed(facts: Facts, _: Catalogue) -> Counted:
    """Count the logs whose checkpoint is signed by the key that was given. `published` has refused any other."""
    return tally((case(log, good=log in facts.keys) for log in LOGS), empty="")


def reviews(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count what in the catalogue carries a day of review that is still to come (D39)."""
    late = catalogue.overdue(on=facts.on)
    dated = len(catalogue.law) + len(catalogue.collections) + len(catalogue.purposes)
    found = tally((Case("", dated - len(late), dated, ()),), empty="The catalogue has no day of review.")
    return Counted(found.state, found.numerator, found.denominator, late, (), found.why_not)


def words(facts: Facts, _: Catalogue) -> Counted:
    """Count the recipients' words that are signed and agree. One that disagrees is the most important to show."""

    def cases() -> Iterator[Case]:
        lists = {one.seq: one.body for one in facts.handed.handed}
        for seq, outcome in sorted(facts.handed.outcomes.items()):
            if outcome.body.recomputed is not None:
                about = subject(lists[seq])
                word = weigh(about, outcome.body.recomputed)
                yield case(f"handover {seq}", (HANDOVERS, outcome.index), good=word is Word.AGREES)

    return tally(cases(), empty="No recipient has sent its word yet.")


def times(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count the entries that are not dated further back than the newest entry above them, less the days allowed."""
    slack = timedelta(days=catalogue.grades.measures[MeasureName.TIMES].within_days or 0)
    cases = (*_times(EVENTS, facts.events, slack), *_times(HANDOVERS, facts.handovers, slack))
    found = tally(cases, empty="No entry follows another yet.")
    broken = tuple(one.sources[0] for one in cases if not one.got)
    return Counted(found.state, found.numerator, found.denominator, found.missed, broken, found.why_not)


def _times(log: str, entries: tuple[Placed[Body], ...], slack: timedelta) -> Iterator[Case]:
    newest: datetime | None = None
    for one in entries:
        if newest is not None:
            yield case(f"{log} entry {one.index}", (log, one.index), good=one.at >= newest - slack)
        newest = one.at if newest is None else max(newest, one.at)


def witnesses(_: Facts, __: Catalogue) -> Counted:
    """Say that a card is of the logs alone: which witness is an outsider, the reader's policy says (docs/adr/0022)."""
    return not_measured("Whose signature counts, each reader's own policy says, and a card takes none yet.")


def replays(facts: Facts, _: Catalogue) -> Counted:
    """Count the lists that an auditor made again and found equal, and none found otherwise (D27, D28).

    What stays with the keeper, in the reading room or as a letter that is passed on, is in no recipient's hands.
    """

    def cases() -> Iterator[Case]:
        for one in facts.releases:
            if one.use.exit not in KEPT_HERE:
                audits = facts.handed.audits.get(one.intent.body.seq, ())
                places = ((HANDOVERS, audit.index) for audit in audits)
                good = bool(audits) and all(audit.agrees for audit in audits)
                yield case(one.name, one.source, *places, good=good)

    return tally(cases(), empty="No list has left yet.")
