# SPDX-License-Identifier: Apache-2.0
"""Counts what is kept secret by order: opened by its day, and seen by the regulator in time (D22). Knows no order.

Only what the log of handovers shows is counted: the day a seal opens by, a longer one included, when it was opened, and
when the regulator signed that it has seen what is in it.
"""

from collections.abc import Iterator
from datetime import timedelta

from beholden.catalogue import Catalogue
from beholden.ledger.sealing import Seal
from beholden.ledger.vocabulary.terms import HANDOVERS
from beholden.reportcard.card import Counted
from beholden.reportcard.facts import Facts
from beholden.reportcard.standing import in_order
from beholden.reportcard.tally import Case, case, not_measured, tally


def opened(facts: Facts, _: Catalogue) -> Counted:
    """Count the seals that were opened by their day. One whose day is still to come counts for nothing yet."""

    def cases() -> Iterator[Case]:
        for seal in in_order(facts):
            if seal.opened is not None or seal.is_overdue(facts.on):
                places = (seal.index,) if seal.opened_index is None else (seal.index, seal.opened_index)
                sources = ((HANDOVERS, place) for place in places)
                yield case(_name(seal), *sources, good=not seal.is_overdue(facts.on))

    return tally(cases(), empty="No seal's day has come yet.")


def seen(facts: Facts, catalogue: Catalogue) -> Counted:
    """Count the seals of which the regulator signed within the catalogue's days that it has seen what is in them."""
    within = timedelta(days=catalogue.limits.sealed_seen_days)

    def cases() -> Iterator[Case]:
        for seal in in_order(facts):
            late = seal.is_unseen(facts.on, within=within)
            if late or seal.seen_at is not None:
                yield case(_name(seal), (HANDOVERS, seal.index), good=not late)

    return tally(cases(), empty="No seal has stood long enough yet.")


def complaints(_: Facts, __: Catalogue) -> Counted:
    """Say that the log has no kind of entry for a complaint yet (D42)."""
    return not_measured("The log has no kind of entry for a complaint and its answer.")


def _name(seal: Seal) -> str:
    return f"handover {seal.body.seq}"
