# SPDX-License-Identifier: Apache-2.0
"""What a sealed handover says in the log, made from its row, and what is signed; how a paper is known again.

Writes nothing. No page may ask here: what is sealed is the keeper's, the regulator's and nobody else's.
"""

import hmac
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from beholden.gate import sets
from beholden.gate.check import origin, unlogged
from beholden.gate.models import Compulsion, Lengthening
from beholden.gate.rules import LEFT, check_role
from beholden.home import here
from beholden.home.keys import derived
from beholden.kinds import Actor, Role
from beholden.ledger import queries as ledger
from beholden.ledger.canonical import Json
from beholden.ledger.sealing import commitment, report_commitment, second_message
from beholden.ledger.vocabulary.sealed import Details, Sealed
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.people.queries import actor, check_enrolled, organisation, sharing_keys
from beholden.refusals import Refusal

_PAPERS = b"beholden/order/v1\n"


def sealed_entry(held: Compulsion) -> dict[str, Json]:
    """Return the entry of a seal, but for its number; with `second`, once somebody has signed."""
    details = Details.from_json(held.details)
    entry: dict[str, Json] = {
        "band": details.set.n,
        "commitment": commitment(details, bytes(held.salt)).hex(),
        "opens_by": held.opens_by.isoformat(),
        "power": details.power,
        "regulator": recipient_key_hash(bytes.fromhex(organisation(held.regulator).check_key)).hex(),
        "regulator_commitment": report_commitment(held.report, bytes(held.report_salt)).hex(),
    }
    return entry if held.second is None else {**entry, "second": held.second}


def longer_entry(held: Lengthening) -> dict[str, Json]:
    """Return the entry by which a seal stands longer, but for its number; with `second`, once somebody has signed."""
    entry: dict[str, Json] = {
        "opens_by": held.opens_by.isoformat(),
        "regulator_commitment": report_commitment(held.report, bytes(held.report_salt)).hex(),
    }
    return entry if held.second is None else {**entry, "second": held.second}


def paper_digest(issuer: str, reference: str) -> str:
    """Return the keyed digest under which a paper is known again, so that one paper compels one handover.

    Of its number as people read it: how it is spaced, broken into lines, in capital or small letters, or in which form
    of Unicode (NFKC) makes no other paper of it. Every other sign does.
    """
    number = " ".join(unicodedata.normalize("NFKC", reference).casefold().upper().split())
    return hmac.digest(derived(here(), "lookup", _PAPERS), f"{issuer}\n{number}".encode(), "sha256").hex()


def check_new_paper(digest: str) -> None:
    """Refuse a paper that was carried out before, or is about to be, whatever it compels."""
    if any(
        kind.objects.filter(order=digest).exclude(state="withdrawn").exists()
        for kind in (Compulsion, Lengthening)
    ):
        raise paper_twice()


def paper_twice() -> Refusal:
    """One paper compels one handover."""
    return Refusal(
        "gate.order_twice",
        "This paper was carried out before, or is about to be. One paper compels one handover.",
        next_step="Ask for a new order where more is needed.",
        authority="D22: never again and again",
    )


def to_sign(compulsion: str) -> bytes:
    """Return the very bytes that somebody outside signs: the entry as it will stand in the log, but for its number.

    From the second officer's word on, which fixes them, and while it waits to be carried out.
    """
    held = Compulsion.objects.filter(pk=compulsion, state__in=["agreed", "signed"]).first()
    if held is None:
        raise not_yet()
    return second_message(sealed_entry(held), origin("handovers"))


@dataclass(frozen=True, slots=True)
class SealStanding:
    """How far one compelled handover is, for the registrar. `number` is the public one, once the log has it.

    `file` is what both its parcel and what the regulator is told of it are called. Nothing of a child is in it.
    """

    name: str
    number: int | None
    state: str
    seen: bool
    opens_by: date
    file: str


def standing(*, by: Actor) -> tuple[SealStanding, ...]:
    """Return every compelled handover as it stands, the oldest first. `opened` is said once the log has the opening."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    longer = dict(Lengthening.objects.filter(state="logged").values_list("compulsion", "opens_by"))
    return tuple(
        SealStanding(
            held.id,
            number(held),
            "opened" if held.state == "released" and _logged(held.unsealed) else held.state,
            _logged(held.seen),
            longer.get(held.id, held.opens_by),
            held.file,
        )
        for held in Compulsion.objects.order_by("at", "pk")
    )


def _logged(outbox: int | None) -> bool:
    return outbox is not None and ledger.entry(outbox) is not None


def number(held: Compulsion) -> int | None:
    """Return the public number of a seal, or None while its entry is not in the log."""
    return number_under(held.sealed)


def number_under(outbox: int | None) -> int | None:
    """Return the public number that the entry of one row of the letter box gave a seal, or None where there is none."""
    found = None if outbox is None else ledger.entry(outbox)
    body = None if found is None else ledger.read(found)
    return body.seq if isinstance(body, Sealed) else None


def name_of(seq: int) -> str:
    """Return the handover under seal of a public number, or refuse."""
    for held in Compulsion.objects.filter(sealed__isnull=False).order_by("pk"):
        if number(held) == seq:
            return held.id
    raise unlogged()


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """What an order compelled and everybody may know by now: its name, to whom, which facts; who is in it, its tags."""

    id: str
    registry: str
    recipient: str
    payload: str
    items: tuple[str, ...]
    logged_at: datetime
    people: bytes = field(repr=False)
    tags: bytes = field(repr=False)


def opened_compulsions() -> tuple[OpenedOrder, ...]:
    """Return every compelled handover that left or may have left, and of which the public log holds the opening."""
    left = Compulsion.objects.filter(state__in=LEFT, unsealed__isnull=False)
    return tuple(
        OpenedOrder(
            held.id,
            held.registry_id,
            held.details["header"]["recipient"]["id"],
            held.details["payload"],
            tuple(held.report["items"]),
            held.logged_at,
            sets.read(held.people),
            sets.read(held.tags),
        )
        for held in left.select_related("people", "tags").order_by("logged_at", "pk")
        if held.logged_at is not None and held.unsealed is not None and ledger.entry(held.unsealed)
    )


def check_outside(held: Compulsion, by: Actor) -> None:
    """Refuse somebody of the keeper's, recipient's or regulator's line, or who shares a key with another body."""
    lines = {actor(ref).organisation for ref in held.report.get("officers", [held.by])}
    lines |= {held.details["header"]["recipient"]["id"], held.regulator}
    check_outside_of(
        lines,
        "Whoever signs belongs to the keeper, the recipient or the regulator",
        by=by,
        authority="D22: a second signature from outside both lines",
    )


def check_outside_of(lines: Collection[str], who: str, *, by: Actor, authority: str) -> None:
    """Refuse somebody of one of these bodies, or whose body shares a key with another: nobody can tell those apart."""
    if by.organisation in lines or set(sharing_keys(by.organisation)) != {by.organisation}:
        raise Refusal(
            "gate.not_outside",
            f"{who}, or shares a key with another body.",
            next_step="Ask somebody who depends on none of them.",
            authority=authority,
        )


def locked(compulsion: str) -> Compulsion:
    """Return one, and let nobody else change it until the transaction ends."""
    rows = Compulsion.objects.select_for_update(of=("self",)).select_related("tags", "people", "registry")
    found = rows.filter(pk=compulsion).first()
    if found is None:
        raise not_yet()
    return found


def not_yet() -> Refusal:
    """What has not come so far cannot go on."""
    return Refusal(
        "gate.compulsion_state",
        "There is no such handover in a state from which this can be done.",
        next_step="Prepare it, let a second officer agree, have it signed outside, and then carry it out.",
        authority="D22",
    )
