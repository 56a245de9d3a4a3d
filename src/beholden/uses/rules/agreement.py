# SPDX-License-Identifier: Apache-2.0
"""Writes an agreement from its approval, and nothing that was not approved. No clock, no database.

The same terms always give the same text, so both sides sign one digest, and whoever has the terms can write the text
again. It holds public facts only: organisations, countries, items, days; no person's name, no pupil's value.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beholden.kinds import day
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

PREFIX = "beholden/agreement/v1\n"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an agreement."""

    ref: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that was agreed. `items` are (id, label, why); `processors` are (name, what for, country)."""

    use: str
    title: str
    keeper: Party
    recipient: Party
    purpose: str
    purpose_label: str
    gateway: str
    exit_label: str
    items: tuple[tuple[str, str, str], ...]
    population: str
    conditions: tuple[str, ...]
    starts_on: date
    ends_on: date
    territory: tuple[str, ...]
    processors: tuple[tuple[str, str, str], ...]
    people: int
    destruction_days: int
    catalogue: str
    amends: str = ""
    untold_under: str = (
        ""  # the law under which those who could not be told are in, in full; empty: they are out
    )
    recurrence: str = ""  # how often they leave again, in words; empty: once
    invitation: str = ""  # the letter that is passed on, whole; empty where records leave
    over_time: str = (
        ""  # why each child has the same made-up number in every run; empty: another one each time
    )

    def to_json(self) -> dict[str, Any]:
        """Return the terms as JSON has them."""
        return {
            **asdict(self),
            "items": [list(one) for one in self.items],
            "conditions": list(self.conditions),
            "territory": list(self.territory),
            "processors": [list(one) for one in self.processors],
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
        }

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> "Terms":
        """Read what `to_json` wrote."""
        typed = {
            "keeper": Party(**held["keeper"]),
            "recipient": Party(**held["recipient"]),
            "items": tuple((item, label, why) for item, label, why in held["items"]),
            "conditions": tuple(held["conditions"]),
            "territory": tuple(held["territory"]),
            "processors": tuple((name, task, country) for name, task, country in held["processors"]),
            "starts_on": date.fromisoformat(held["starts_on"]),
            "ends_on": date.fromisoformat(held["ends_on"]),
        }
        return cls(**{**held, **typed})


def text(terms: Terms) -> str:
    """Return the agreement in words, numbered, one line for each term."""
    clauses = (
        _parties(terms),
        (
            f"The records may be used for this and for nothing else: {terms.title}. "
            f"The purpose is '{terms.purpose_label}' ({terms.purpose}). The law is {terms.gateway}."
        ),
        _facts(terms),
        f"They are about: {terms.population}. They leave in this way: {terms.exit_label}.",
        _conditions(terms),
        f"It begins on {day(terms.starts_on)} and ends on {day(terms.ends_on)}.",
        f"The records stay in: {_list(terms.territory)} How many named people may see them: {terms.people}.",
        _processors(terms),
        (
            "Nothing is passed on to anybody else, sold, published row by row, joined with other records, used to "
            "find, contact, score or decide about one child, or used to train a product."
        ),
        "A correction, a child's later no and a question of the keeper are answered, and done, when they come.",
        (
            f"Within {terms.destruction_days} days after the end, or after it is stopped or replaced, every copy is "
            "wiped, and the recipient signs for it. An overdue signature is public."
        ),
        (
            "Whoever takes the recipient over, merges with it or renames it is somebody else: the use stops, and is "
            "asked for again."
        ),
        f"This was decided under the catalogue {terms.catalogue}.",
        *_untold(terms),
        *_again(terms),
    )
    # One line each, whatever was typed: nobody writes a clause of their own into an answer.
    lines = "\n".join(f"{number}. {' '.join(clause.split())}" for number, clause in enumerate(clauses, 1))
    amended = (
        f"\nIt takes the place of {terms.amends} when its own time to answer is over and records leave under it.\n"
        if terms.amends
        else ""
    )
    return f"Agreement about {terms.use}\n{amended}\n{lines}\n"


def digest(written: str) -> str:
    """Return what both sides sign: SHA-256 of the text, UTF-8, in hex."""
    return hashlib.sha256(written.encode()).hexdigest()


def message(written: str) -> str:
    r"""Return what a recipient's key signs: "beholden/agreement/v1\n" || the text, so that nobody signs a bare hash."""
    return PREFIX + written


def sign(written: str, *, seed: bytes) -> bytes:
    """Sign an agreement with the recipient's Ed25519 key, as the recipient does on its own machine."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message(written).encode())


def check_own_signature(written: str, signature: bytes, *, check_key: str) -> None:
    """Refuse a signature that is not made over this text with the key that the recipient is enrolled with."""
    public = bytes.fromhex(check_key)
    try:
        if is_weak(public):
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message(written).encode())
    except (InvalidSignature, ValueError) as trouble:
        raise Refusal(
            "uses.agreement_signature",
            "This is not the signature of your enrolled key under this text.",
            next_step="Take the text away from this page anew, and sign that file with the enrolled key.",
            authority="D25; UK GDPR Art 28(3)",
        ) from trouble


def check_signing(wanted: str, given: str) -> None:
    """Refuse a signature under any other text."""
    if wanted != given:
        raise Refusal(
            "uses.other_text",
            "This is not the text of the agreement.",
            next_step="Read the agreement again, and sign the digest that stands beside it.",
            authority="D25; UK GDPR Art 28(3)",
        )


def _parties(terms: Terms) -> str:
    receives = "receives none of them" if terms.invitation else "receives them"
    return f"{_named(terms.keeper)} keeps the records. {_named(terms.recipient)} {receives}."


def _named(party: Party) -> str:
    return f"{party.name} ({party.country})" if party.country else party.name


def _facts(terms: Terms) -> str:
    if terms.invitation:
        return (
            "No fact about anybody leaves, and no address. The keeper passes on this letter, and nothing else: "
            f"{terms.invitation}"
        )
    if not terms.items:
        return (
            "No fact leaves but a yes: that a child of the list that is handed in is among those it is about."
        )
    return f"The facts are these and no others: {_list(f'{label} ({item}): {why}' for item, label, why in terms.items)}"


def _conditions(terms: Terms) -> str:
    if not terms.conditions:
        return "The panel set no condition."
    return f"The panel agreed on condition that: {_list(terms.conditions)}"


def _untold(terms: Terms) -> Iterator[str]:
    if terms.untold_under:
        yield (
            f"Children whose families could not be told are in it too, under {terms.untold_under}. "
            "They are counted apart, in public."
        )


def _again(terms: Terms) -> Iterator[str]:
    if terms.recurrence:
        numbers = "" if terms.over_time else " The made-up numbers are other ones each time."
        yield (
            f"The records leave again {terms.recurrence}, until the end and no later. Each time it is about "
            "the newest return, families are told first, everybody is weighed anew, and two officers release. Whoever "
            f"said no by then is not in it.{numbers}"
        )
        yield (
            "Nothing leaves again before the recipient has confirmed what it got, has done what it was asked to do by "
            "then, and has wiped whatever it should have wiped."
        )
    if terms.over_time:
        yield (
            "Each child has the same made-up number every time, in this use and in no other, so that what leaves at "
            f"different times may be joined by it, and by nothing else. The reason is: {terms.over_time}"
        )


def _processors(terms: Terms) -> str:
    if not terms.processors:
        return "No other organisation touches them."
    named = _list(f"{name} ({country}): {task}" for name, task, country in terms.processors)
    return f"These organisations touch them too: {named}"


def _list(parts: Iterable[str]) -> str:
    return "; ".join(part.rstrip(". ") for part in parts) + "."
