# SPDX-License-Identifier: Apache-2.0
"""Opens what is sealed when its day has come, and takes the regulator's word. Nothing is decided here (D22)."""

from datetime import datetime

from django.db import transaction

from beholden.gate.check import public_log
from beholden.gate.models import Compulsion, Lengthening
from beholden.gate.regulator import parse_word
from beholden.gate.seals import locked, name_of, number
from beholden.kinds import Actor
from beholden.ledger.actions import propose, sequence
from beholden.ledger.entries import Entry
from beholden.ledger.vocabulary.sealed import Seen


def open_due(*, by: Actor, at: datetime) -> int:
    """Open every seal whose day has come; return how many. The keeper's process does it, and nobody has to ask.

    From the beginning of the day on (UTC), and where the log lets it stand longer, of the longer day. What was called
    off says so at once, for then it may be told.
    """
    due = Compulsion.objects.filter(sealed__isnull=False, unsealed__isnull=True, opens_by__lte=at.date())
    opened = 0
    for name in due.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            held = locked(name)
            # Asked once nobody else can change it: until then a longer day may still be committed.
            longer = Lengthening.objects.filter(compulsion=name, state="logged", opens_by__gt=at.date())
            seq = number(held)  # None: not in the log; it is carried first, and opened the next time
            if longer.exists() or held.unsealed is not None or seq is None:
                continue
            body: dict[str, object] = {
                "details": held.details,
                "regulator": None,
                "salt": bytes(held.salt).hex(),
                "seq": seq,
            }
            held.unsealed = propose(log="handovers", kind="unsealed", body=body, by=by, at=at)
            say_withdrawn(held, seq, by=by, at=at)
            held.save(update_fields=["unsealed", "outcome"])
            opened += 1
    return opened


def take(raw: bytes, *, by: Actor, at: datetime) -> None:
    """Log what a regulator answered: that it has seen what is sealed, or its own opening. Taken twice, it is said once.

    Whoever brings it, its signature is what counts: the log's own rules are asked before anything is proposed.
    """
    word = parse_word(raw)
    sequence(at=at)
    with transaction.atomic():
        held = locked(name_of(word.seq))
        if (held.seen if isinstance(word, Seen) else held.unsealed) is None:
            log = public_log()
            log.read.rules.add(Entry(at.replace(microsecond=0), word))  # this copy of the rules is ours alone
            outbox = propose(log="handovers", kind=word.kind, body=word.to_json(), by=by, at=at)
            if isinstance(word, Seen):
                held.seen = outbox
            else:
                held.unsealed = outbox
                say_withdrawn(held, word.seq, by=by, at=at)
            held.save(update_fields=["seen", "unsealed", "outcome"])
    sequence(at=at)


def say_withdrawn(held: Compulsion, seq: int, *, by: Actor, at: datetime) -> None:
    """Say in the log that an opened handover was called off, if it was: without it, it counts as delivered."""
    if held.state == "withdrawn":
        body = {"id": held.id, "outcome": "withdrawn", "recomputed": None, "seq": seq}
        held.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
