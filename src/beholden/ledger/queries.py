# SPDX-License-Identifier: Apache-2.0
"""Answers what stands in the logs. The bytes come from the tile files; the database says only at which index.

Needs no key. Whoever must *believe* an answer opens the note with the keeper's printed key, or verifies.
"""

from dataclasses import dataclass

from beholden.home import here
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.models import Outbox
from beholden.ledger.note import Note
from beholden.ledger.signer import Signer, log_of


@dataclass(frozen=True, slots=True)
class Sequenced:
    """One outbox row that has reached its log: where it stands, and its bytes there."""

    outbox: int
    log: str
    index: int
    entry: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """The published state of a log, and the signed note that says so, as it is served."""

    checkpoint: Checkpoint
    note: bytes


def entry(outbox: int) -> Sequenced | None:
    """Return where an outbox row stands in its log, or None while it still waits."""
    row = Outbox.objects.filter(pk=outbox, entry_index__isnull=False).first()
    if row is None or row.entry_index is None:
        return None
    held = log_of(here(), row.log)
    (found,) = held.entries(held.size, row.entry_index, row.entry_index + 1)
    return Sequenced(outbox, row.log, row.entry_index, found)


def entries(log: str) -> tuple[bytes, ...]:
    """Return every published entry of a log, in order."""
    held = log_of(here(), log)
    return held.entries(held.size)


def checkpoint(log: str) -> Published | None:
    """Return the published checkpoint of a log, or None before the sequencer has run for the first time."""
    raw = log_of(here(), log).published()
    return None if raw is None else Published(Checkpoint.parse(Note.parse(raw).text), raw)


def waiting(log: str) -> int:
    """Return how many entries of a log are committed and not yet published."""
    return Outbox.objects.filter(log=log, entry_index__isnull=True).count()


def key(log: str) -> str:
    """Return the verifier key of a log, to print and to pin. Reads the key file, so it is for the keeper."""
    return Signer.of(here(), log).key.print()
