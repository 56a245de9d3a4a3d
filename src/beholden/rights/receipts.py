# SPDX-License-Identifier: Apache-2.0
"""Puts a family's receipt of consent together from the answers whose numbers it shows. Reads no answer without one.

Only what asks for a yes has such a receipt: a *keep out* where no yes is asked for is an objection and no consent, and
the standard has no record for it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from beholden.catalogue import Catalogue
from beholden.choices import queries as choices
from beholden.choices.consent.asking import Asked
from beholden.choices.consent.receipt import Controller, Notice, Receipt, Word, events
from beholden.choices.consent.receipt_file import written
from beholden.choices.consent.standing import Giver
from beholden.choices.queries import Given
from beholden.choices.rules import Answer, Permission, Scope
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId
from beholden.people.adults import own_digest
from beholden.people.mandate import Mandate, check
from beholden.refusals import Refusal
from beholden.rights.actions import OpenLetter
from beholden.uses import queries as uses
from beholden.uses.rules.life import State
from beholden.uses.words import STEP_LABELS

_ID = b"beholden/receipt/v1\n"
_PUBLISHED = STEP_LABELS[State.PUBLISHED]


def receipt(
    letter: OpenLetter,
    *,
    child: PersonId,
    numbers: tuple[str, ...],
    controller: Controller,
    catalogue: Catalogue,
    of_age: Mapping[PersonId, datetime] | None = None,
    by: Actor,
    at: datetime,
) -> bytes:
    """Return the receipt about one child of an open letter, of what its reader said under some numbers.

    The first number says which use; answers under the others about anything else are left out. `of_age`: who is of age
    and since when, where whoever asks may know. Refuses `choices.number_unknown`, `rights.no_receipt`.
    """
    key = load(here(), "letters")
    held = check(letter.mandate, key=key, at=at)
    if child not in held.children or not numbers:
        raise no_receipt()
    given = [choices.given_under(one, adult=held.adult, children=(child,)) for one in dict.fromkeys(numbers)]
    asked = choices.asked_by(given[0].target) if given[0].scope is Scope.USE else None
    if asked is None:
        raise no_receipt()
    giver = Giver.SELF if held.adult == own_digest(key, child) else Giver.GUARDIAN
    wait = timedelta(days=catalogue.limits.undo_days)
    said = [
        _word(one, child, giver, wait) for one in given if (one.scope, one.target) == (Scope.USE, asked.use)
    ]
    words = [one for one in said if one is not None]
    if not words:
        raise no_receipt()
    happened = events(
        words,
        asked.consent,
        most=timedelta(days=catalogue.limits.consent_days),
        of_age_since=(of_age or {}).get(child),
        at=at,
    )
    use = uses.public_use(asked.use, catalogue)
    made = Receipt(
        receipt=_opaque(key, held, child, "receipt", asked.use, *sorted(numbers), at.isoformat()),
        record=_opaque(key, held, child, "record", asked.use),
        principal=_opaque(key, held, child, "child"),
        created=at,
        asked=asked,
        where=use.where,
        controller=controller,
        notice=_notice(asked, catalogue),
        events=happened,
    )
    return written(made, catalogue)


def _word(given: Given, child: PersonId, giver: Giver, wait: timedelta) -> Word | None:
    """Return what was said; None for a *leave in*, which is no word about a consent."""
    said, undone = dict(given.answers).get(child), dict(given.undone_at).get(child)
    if said is Permission.AGREE:
        return Word(is_yes=True, giver=giver, at=given.at)
    if said is Answer.KEEP_OUT:
        return Word(
            is_yes=False, giver=giver, at=given.at, back_from=None if undone is None else undone + wait
        )
    return None


def _notice(asked: Asked, catalogue: Catalogue) -> Notice | None:
    """Return what binds the use's published texts in the log: what every family was told is made from them."""
    steps = uses.public_use(asked.use, catalogue).steps
    entries = [one.entry for one in steps if one.name == _PUBLISHED and one.entry is not None]
    return Notice(entries[-1], uses.published_text(asked.use).commitment.hex()) if entries else None


def _opaque(key: bytes, held: Mandate, child: PersonId, *about: str) -> str:
    """Return a name that stands for something to this adult alone: nobody without the key can tell what (D13)."""
    said = "\n".join((held.adult, str(child), *about)).encode()
    return str(UUID(bytes=hmac.digest(key, _ID + said, hashlib.sha256)[:16], version=4))


def no_receipt() -> Refusal:
    """Say that an answer has no such receipt."""
    return Refusal(
        "rights.no_receipt",
        "This answer is to no question that needs a yes, so there is no receipt of consent.",
        next_step="Print the page of your answer: it is your receipt.",
        authority="ISO/IEC TS 27560:2023; UK GDPR Art 4(11)",
    )
