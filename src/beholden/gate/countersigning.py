# SPDX-License-Identifier: Apache-2.0
"""What a seal and its lengthening have in common: a second officer agrees, and somebody outside signs (D22).

Decides who may, and writes nothing: which row it is about, and what the signature is over, is for whoever asks.
"""

from datetime import datetime

from beholden.gate.models import Compulsion, Lengthening
from beholden.kinds import Actor
from beholden.ledger.canonical import Json
from beholden.ledger.sealing import holds
from beholden.ledger.vocabulary.sealed import Countersigned
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.people.queries import organisation
from beholden.refusals import Refusal


def agreed(held: Compulsion | Lengthening, *, by: Actor, at: datetime) -> dict[str, Json]:
    """Return what the regulator is told, fixed by a second officer's word; refuse whoever prepared it."""
    if by.ref == held.by:
        raise Refusal(
            "gate.same_officer",
            "The officer who prepared this cannot agree to it too.",
            next_step="Ask another registrar.",
            authority="D22: two officers",
        )
    return {**held.report, "agreed_at": at.isoformat(), "officers": [held.by, by.ref]}


def signed(said: Countersigned, over: bytes, *, by: Actor) -> dict[str, Json]:
    """Return a signature as the entry bears it: by the own key of the body that somebody acts for, over these bytes."""
    enrolled = bytes.fromhex(organisation(by.organisation).check_key)
    if recipient_key_hash(said.key) != recipient_key_hash(enrolled) or not holds(said, over):
        raise Refusal(
            "gate.second_signature",
            "This is not the signature of that body under what is to stand in the log.",
            next_step="Sign the bytes that are shown, with the key that the body is enrolled with.",
            authority="D22: a second signature from outside both lines",
        )
    return said.to_json()
