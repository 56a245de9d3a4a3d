# SPDX-License-Identifier: Apache-2.0
"""Says of one use what families are asked, and what their answers are weighed against. No database, no clock."""

from beholden.catalogue import Catalogue, FamilySays
from beholden.choices.consent.asking import consent_of
from beholden.choices.consent.sentence import Consent
from beholden.choices.rules import INVITING, Question
from beholden.uses.queries import AskedUse


def refusable(use: AskedUse, catalogue: Catalogue) -> bool:
    """Say whether the law lets a family say no to a use at all."""
    return catalogue.purpose(use.purpose).family_says in (FamilySays.STOPS, FamilySays.MUST_AGREE)


def questions(use: AskedUse, *, can_refuse: bool = True) -> tuple[Question, ...]:
    """Return what families' answers are weighed against: the use, and each that it amends.

    A no to a use is a no to whatever amends it: a changed use is not asked about as if nobody had answered (D11).
    """
    return tuple(
        Question(ref, use.purpose, can_refuse, invites=use.exit == INVITING) for ref in (use.ref, *use.amends)
    )


def consent_asked(use: AskedUse, catalogue: Catalogue) -> Consent:
    """Return the consent that a use asks for as it stands now, or refuse what no family may be asked."""
    return consent_of(
        use.purpose,
        recipient=(use.recipient.name, use.recipient.country),
        processors=use.processors,
        items=use.items,
        first_on=use.starts_on,
        last_on=use.ends_on,
        catalogue=catalogue,
        letter=use.exit == INVITING,
    )
