# SPDX-License-Identifier: Apache-2.0
"""Decides whether a seal may stand longer: once, on a further paper that compels, before its day, within limits (D22).

Pure: the paper, the seal's own days and the catalogue in; the paper's power out, or a refusal. Who signs it is decided
where it is carried out.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from beholden.catalogue import Catalogue
from beholden.gate.orders import Issuer, Shown, check_paper
from beholden.refusals import Refusal

COURT_ORDER = "court_order"
MOST_GROUND = 2_000


@dataclass(frozen=True, slots=True)
class Further:
    """A paper that asks for a secret to be kept longer, as two officers have read it. `ground`: why, in its words."""

    shown: Shown
    issuer: Issuer
    instrument: str
    paragraph: str
    reference: str = field(repr=False)
    made_on: date
    ground: str = field(repr=False)
    opens_by: date


@dataclass(frozen=True, slots=True)
class Standing:
    """A seal as it stands: under which power and purpose, since when, and by which day it opens."""

    power: str
    purpose: str
    sealed_on: date
    opens_by: date
    longer: bool
    opened: bool
    called_off: bool

    def is_closed(self, on: date) -> bool:
        """Say whether it can stand no longer: open, called off, made longer before, or its day has come."""
        return self.opened or self.called_off or self.longer or not on < self.opens_by


def check_longer(further: Further, seal: Standing, catalogue: Catalogue, *, on: date) -> str:
    """Return the power of a further paper, or refuse.

    The plan: 1 the seal stands, was never called off or made longer, and its day has not come; 2 the paper compels, by
    the same table as the first one, and says why; 3 it was made after the first seal, and not after today: a further
    ground, not the old one; 4 what a court ordered, a court alone keeps secret longer; 5 the new day is later, and no
    later than the catalogue allows: from the day before, and in all.
    """
    if seal.is_closed(on):  # 1
        raise _no_longer(
            "longer_closed", "This secret is open or called off, was kept longer before, or its day has come."
        )
    power = check_paper(further, catalogue.purpose(seal.purpose), catalogue)  # 2
    if not further.ground.strip() or len(further.ground) > MOST_GROUND:
        raise _no_longer("longer_ground", "The paper does not say why, in words that can be kept.")
    if not seal.sealed_on <= further.made_on <= on:  # 3
        raise _no_longer("longer_made", "The paper was made before the secret was, or is dated after today.")
    if seal.power == COURT_ORDER != power:  # 4
        raise _no_longer(
            "longer_court", "What a court ordered to be secret, only a court keeps secret longer."
        )
    limits = catalogue.limits
    most = min(
        seal.opens_by + timedelta(days=limits.sealed_longer_days),
        seal.sealed_on + timedelta(days=limits.sealed_days + limits.sealed_longer_days),
    )
    if not seal.opens_by < further.opens_by <= most:  # 5
        raise _no_longer(
            "longer_days",
            f"The new day is later than the old one, and at most {limits.sealed_longer_days} days later.",
        )
    return power


def _no_longer(reason: str, sentence: str) -> Refusal:
    return Refusal(
        f"gate.{reason}",
        sentence,
        next_step="Tell who sent it that the secret opens on its day, and that nothing here can put that off.",
        authority="D22; catalogue limits sealed_days, sealed_longer_days",
    )
