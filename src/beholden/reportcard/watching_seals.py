# SPDX-License-Identifier: Apache-2.0
"""Watches from outside what is kept secret: for how long, how much longer, and past which day (D22). Believes nothing.

The log's own rules have seen already that each was signed outside, stands longer once, and opens with what was
committed. What they cannot know are the days that the catalogue allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from beholden.catalogue import Catalogue
from beholden.ledger.vocabulary.sealed import Extended
from beholden.ledger.vocabulary.terms import HANDOVERS
from beholden.reportcard.facts import Facts, of_kind
from beholden.reportcard.standing import in_order


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that may not be: its code, the entry, and a sentence."""

    code: str
    where: str
    sentence: str


def troubles(found: Facts, catalogue: Catalogue | None) -> Iterator[Trouble]:
    """Yield every seal that is overdue, and every one that was given more days than the rules in force allow.

    Without rules that can be read, days are not judged: that they cannot be read is an alarm of its own.
    """
    longer = {one.body.seq: one for one in of_kind(found.handovers, Extended)}
    for seal in in_order(found):
        name, place = f"Handover {seal.body.seq}", f"{HANDOVERS} {seal.index}"
        if seal.is_overdue(found.on):
            yield Trouble(
                "seal_overdue", place, f"{name} was not opened by its day, {seal.opens_by.isoformat()}."
            )
        if catalogue is None:
            continue
        limits = catalogue.limits
        if (seal.body.opens_by - seal.at.date()).days > limits.sealed_days:
            yield Trouble("seal_long", place, f"{name} is secret for more than {limits.sealed_days} days.")
        more = longer.get(seal.body.seq)
        if more is not None and (more.body.opens_by - seal.body.opens_by).days > limits.sealed_longer_days:
            yield Trouble(
                "seal_longer",
                f"{HANDOVERS} {more.index}",
                f"{name} is secret for more than {limits.sealed_longer_days} days longer than it was to be.",
            )
