# SPDX-License-Identifier: Apache-2.0
"""Makes the one sentence in which a use asks for a yes, and its digest. Pure: no clock, no database.

What is asked is fixed when the telling begins, in the same words for every family, with *your child* where a name would
stand. Each yes is bound to the digest of those words: a use that changes is another use, and asks afresh (D7, D12).
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import rfc8785

from beholden.catalogue import Catalogue
from beholden.choices.consent.rules import CHILD
from beholden.choices.consent.sentence import Body, Consent, Recipient, Who, refused, sentence
from beholden.kinds import ItemId, UseRef

_DIGEST = b"beholden/consent/v1\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one use asks for: the consent as a value, its words, and under which catalogue it was put into them."""

    use: UseRef
    consent: Consent
    words: str
    catalogue: str
    at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 in hex over everything that is asked, and when it was fixed: what each yes is bound to."""
        said: dict[str, Any] = {
            "asks": to_json(self.consent),
            "at": int(self.at.timestamp()),
            "catalogue": self.catalogue,
            "use": self.use,
            "words": self.words,
        }
        return hashlib.sha256(_DIGEST + rfc8785.dumps(said)).hexdigest()

    def about(self, name: str) -> str:
        """Return the words about one child by its first name."""
        return self.words.replace(CHILD, name)


def consent_of(
    purpose: str,
    *,
    recipient: tuple[str, str],
    processors: tuple[tuple[str, str], ...],
    items: tuple[str, ...],
    first_on: date,
    last_on: date,
    catalogue: Catalogue,
    letter: bool = False,
) -> Consent:
    """Return the consent that a use asks for; refuse what no family may be asked (`consent.…`).

    `recipient` and `processors` are names with the names of their countries. What must hold: 1 the facts may go to each
    country; 2 it lasts no longer than one yes may; 3 it can be said as one sentence (`Consent` sees to that); 4 a fact
    is named, or it is a `letter` that is passed on: then whoever works for its writer gets nothing, and is not named.
    An adult answers until the child can decide (D14).
    """
    for _, country in (recipient, *processors):
        if country not in catalogue.consents.countries:  # 1
            raise refused("country", "These facts may not go to one of the countries that are named.")
    if bool(items) == letter:  # 4
        raise refused("items", "A fact is named, or it is asked whether a letter may be passed on.")
    helpers = () if letter else tuple(Body(*one) for one in processors)
    consent = Consent(
        purpose=purpose,
        recipients=(Recipient(Body(*recipient), helpers),),
        items=tuple(ItemId(item) for item in items),
        first_on=first_on,
        last_on=last_on,
        who=Who.GUARDIAN,
    )
    if consent.days > (most := catalogue.limits.consent_days):  # 2
        raise refused("too_long", f"One yes may last {most:,} days at most.")
    return consent


def asked(use: UseRef, consent: Consent, catalogue: Catalogue, *, at: datetime) -> Asked:
    """Put a consent into the words in which every family is asked. `at` is kept to the second."""
    made = Asked(
        use, consent, sentence(consent, catalogue, child=CHILD), catalogue.hash, at.replace(microsecond=0)
    )
    if made.about("Ann") != sentence(consent, catalogue, child="Ann"):
        raise refused("words", "A fact or a name in this question would be read as the child.")
    return made


# --- as JSON has it ---


def to_json(consent: Consent) -> dict[str, Any]:
    """Return a consent as JSON has it, under lasting names."""
    return {
        "first_on": consent.first_on.isoformat(),
        "items": list(consent.items),
        "last_on": consent.last_on.isoformat(),
        "purpose": consent.purpose,
        "recipients": [
            {**_body(one.body), "sub_processors": [_body(body) for body in one.sub_processors]}
            for one in consent.recipients
        ],
        "who": consent.who.value,
    }


def from_json(held: dict[str, Any]) -> Consent:
    """Read what `to_json` wrote."""
    return Consent(
        purpose=held["purpose"],
        recipients=tuple(
            Recipient(_read(one), tuple(_read(body) for body in one["sub_processors"]))
            for one in held["recipients"]
        ),
        items=tuple(ItemId(item) for item in held["items"]),
        first_on=date.fromisoformat(held["first_on"]),
        last_on=date.fromisoformat(held["last_on"]),
        who=Who(held["who"]),
    )


def _body(body: Body) -> dict[str, str]:
    return {"country": body.country, "name": body.name}


def _read(held: dict[str, Any]) -> Body:
    return Body(held["name"], held["country"])
