# SPDX-License-Identifier: Apache-2.0
"""Which handover a public number is, its seal as the public log has it, and what is signed to let it stand longer.

Writes nothing. No page may ask here, as with `seals`.
"""

from beholden.gate.check import origin, public_log, unlogged
from beholden.gate.models import Compulsion, Lengthening
from beholden.gate.seals import longer_entry, number
from beholden.ledger.sealing import Seal, extended_message

ALIVE = ("asked", "agreed", "signed", "logged")
"""States of a longer seal that was not called off."""


def name_of(seq: int) -> str:
    """Return the handover under seal of a public number, or refuse."""
    for held in Compulsion.objects.filter(sealed__isnull=False).order_by("pk"):
        if number(held) == seq:
            return held.id
    raise unlogged()


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
    """Return these bytes for a seal that is asked to stand longer."""
    return message(Lengthening.objects.get(compulsion=name_of(seq), state__in=ALIVE), seq)
