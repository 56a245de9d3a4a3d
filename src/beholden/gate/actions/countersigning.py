# SPDX-License-Identifier: Apache-2.0
"""What a seal and its lengthening have in common: a second officer agrees, and somebody outside signs (D22).

The row is locked by who calls, and what the signature is over is theirs; here it is decided who may.
"""

from datetime import datetime

from beholden.gate.models import Compulsion, Lengthening
from beholden.kinds import Actor
from beholden.ledger.sealing import holds
from beholden.ledger.vocabulary.sealed import Countersigned
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.people.queries import organisation
from beholden.refusals import Refusal


def agree(held: Compulsion | Lengthening, *, by: Actor, at: datetime) -> None:
    """Write down that a second officer agrees. What the regulator is told is fixed from now on."""
    if by.ref == held.by:
        raise Refusal(
            "gate.same_officer",
            "The officer who prepared this cannot agree to it too.",
            next_step="Ask another registrar.",
            authority="D22: two officers",
        )
    held.report = {**held.report, "agreed_at": at.isoformat(), "officers": [held.by, by.ref]}
    held.state = "agreed"
    held.save(update_fields=["report", "state"])


def sign(held: Compulsion | Lengthening, said: Countersigned, over: bytes, *, by: Actor) -> None:
    """Take a signature by the own key of the body that somebody acts for, over the very bytes of the entry."""
    enrolled = bytes.fromhex(organisation(by.organisation).check_key)
    if recipient_key_hash(said.key) != recipient_key_hash(enrolled) or not holds(said, over):
        raise Refusal(
            "gate.second_signature",
            "This is not the signature of that body under what is to stand in the log.",
            next_step="Sign the bytes that are shown, with the key that the body is enrolled with.",
            authority="D22: a second signature from outside both lines",
        )
    held.second, held.state = said.to_json(), "signed"
    held.save(update_fields=["second", "state"])
