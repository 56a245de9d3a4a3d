# SPDX-License-Identifier: Apache-2.0
"""Puts together which handovers are still secret on the day of the card, and which were opened or seen too late (D22).

Beside the grades, because a seal that stands in its time is no miss: everybody reads how long it stands.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from beholden.catalogue import Catalogue
from beholden.ledger.canonical import Json
from beholden.ledger.sealing import Seal
from beholden.reportcard.facts import Facts


@dataclass(frozen=True, slots=True)
class Standing:
    """One seal that stands, or that was opened too late: where, in which band, until when, and what is overdue."""

    seq: int
    entry: int
    band: int
    opens_by: date
    longer: bool
    opened_on: date | None
    overdue: bool
    unseen: bool

    def to_json(self) -> dict[str, Json]:
        return {
            "band": self.band,
            "entry": self.entry,
            "longer": self.longer,
            "opened_on": self.opened_on.isoformat() if self.opened_on else None,
            "opens_by": self.opens_by.isoformat(),
            "overdue": self.overdue,
            "seq": self.seq,
            "unseen": self.unseen,
        }


def standing(facts: Facts, catalogue: Catalogue) -> tuple[Standing, ...]:
    """Return every seal that stands on the day of the card, and every one that was opened too late or seen too late."""
    within = timedelta(days=catalogue.limits.sealed_seen_days)
    found = []
    for seal in in_order(facts):
        overdue, unseen = seal.is_overdue(facts.on), seal.is_unseen(facts.on, within=within)
        if seal.opened is None or overdue or unseen:
            opened_on = None if seal.opened_at is None else seal.opened_at.date()
            found.append(
                Standing(
                    seq=seal.body.seq,
                    entry=seal.index,
                    band=seal.body.band,
                    opens_by=seal.opens_by,
                    longer=seal.extended,
                    opened_on=opened_on,
                    overdue=overdue,
                    unseen=unseen,
                )
            )
    return tuple(found)


def in_order(facts: Facts) -> tuple[Seal, ...]:
    """Return every seal that the log ever held, by its public number."""
    return tuple(seal for _, seal in sorted(facts.handed.seals.items()))
