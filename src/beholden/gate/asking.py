# SPDX-License-Identifier: Apache-2.0
"""Says of one use what families are asked, what their answers are weighed against, and if the rules still know it.

No database, no clock.
"""

from beholden.catalogue import Catalogue, FamilySays
from beholden.choices.consent.asking import Asked, consent_of
from beholden.choices.consent.sentence import Consent
from beholden.choices.rules import INVITING, Question
from beholden.refusals import Refusal
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


def is_known(use: AskedUse, said: Asked | None, catalogue: Catalogue) -> bool:
    """Say whether the rules in force still know what was agreed on: purpose, way out, census, facts, and the yes to it.

    `said`: what families were asked a yes for, where they were. What the rules do not know, nobody may hold under them,
    and nobody is written to (D7).
    """
    wanted = use.population
    try:
        catalogue.exit(use.exit)
        catalogue.collection(wanted.collection, wanted.term, wanted.year)
        for item in use.items:
            catalogue.item(item)
        if catalogue.purpose(use.purpose).family_says is not FamilySays.MUST_AGREE:
            return True
        return said is not None and said.consent == consent_asked(use, catalogue)
    except Refusal:
        return False
