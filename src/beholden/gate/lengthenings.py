# SPDX-License-Identifier: Apache-2.0
"""What is asked about a seal that is to stand longer: its state in the public log, and what is signed for it.

Writes nothing. No page may ask here, as with `seals`.
"""

from beholden.gate.check import origin, public_log, unlogged
from beholden.gate.models import Lengthening
from beholden.gate.seals import longer_entry, name_of
from beholden.ledger.sealing import Seal, extended_message
from beholden.refusals import Refusal

ALIVE = ("asked", "agreed", "signed", "logged")
"""States of a longer seal that was not called off."""


def seal_of(seq: int) -> Seal:
    """Return a seal as a stranger reads it in the published log, or refuse."""
    found = public_log().read.seals.get(seq)
    if found is None:
        raise unlogged()
    return found


def message(held: Lengthening, seq: int) -> bytes:
    """Return the very bytes that somebody outside signs: the entry as it will stand in the log, and its seal."""
    return extended_message({**longer_entry(held), "seq": seq}, seal_of(seq).body, origin("handovers"))


def to_sign(seq: int) -> bytes:
    """Return these bytes, from the second officer's word on, which fixes them, and while the log does not say it."""
    held = Lengthening.objects.filter(compulsion=name_of(seq), state__in=["agreed", "signed"]).first()
    if held is None:
        raise no_such()
    return message(held, seq)


def no_such() -> Refusal:
    """What was not asked, or has not come so far, cannot go on."""
    return Refusal(
        "gate.longer_state",
        "Nothing is asked for this handover in a state from which this can be done.",
        next_step="Ask for it, let a second officer agree, have it signed outside, and then extend it.",
        authority="D22",
    )
