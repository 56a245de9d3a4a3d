# SPDX-License-Identifier: Apache-2.0
"""Answers what stands in the logs. The bytes come from the tile files; the database says only at which index.

Needs no key. Whoever must *believe* an answer opens the note with the keeper's printed key, or verifies.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import Count, F

from beholden.home import here
from beholden.ledger.canonical import parse_json
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import MAX_ENTRY_BYTES, NUMBERED, Body, Entry, body, parse
from beholden.ledger.models import Outbox
from beholden.ledger.note import Key, Note
from beholden.ledger.sealing import Seal, Seals
from beholden.ledger.signer import LOGS, Signer, log_of
from beholden.ledger.vocabulary.terms import HANDOVERS
from beholden.refusals import Refusal


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


@dataclass(frozen=True, slots=True)
class Refused:
    """One outbox row that may not stand in its log, and is never said."""

    outbox: int
    log: str
    kind: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Boxed:
    """One outbox row as it stands; `entry` and `says` are None where it no longer says anything that a log can hold.

    `carried_at` is the same for rows that were carried together. The number of a handover is its own only in `boxed`.
    """

    outbox: int
    log: str
    kind: str
    index: int | None
    at: datetime
    by: str
    carried_at: datetime | None
    refused_at: datetime | None
    refused_because: str
    entry: bytes | None
    says: Body | None


def entry(outbox: int) -> Sequenced | None:
    """Return where an outbox row stands in its log, or None while it still waits, or was refused."""
    # The doors read these columns and no other (settings.grants).
    rows = Outbox.objects.only("log", "entry_index")
    row = rows.filter(pk=outbox, entry_index__isnull=False).first()
    if row is None or row.entry_index is None:
        return None
    held = log_of(here(), row.log)
    (found,) = held.entries(held.size, row.entry_index, row.entry_index + 1)
    return Sequenced(outbox, row.log, row.entry_index, found)


def read(placed: Sequenced) -> Body:
    """Return what an entry says, as it stands in its log."""
    return parse(placed.entry, log=placed.log).body


def entries(log: str, start: int = 0, stop: int | None = None) -> tuple[bytes, ...]:
    """Return the published entries of a log, in order, from `start` to before `stop` or the end.

    Only their own files are read. Where the log is shorter, there are fewer, as in a slice.
    """
    held = log_of(here(), log)
    size = held.size
    last = size if stop is None else min(stop, size)
    return held.entries(size, min(start, last), last)


def checkpoint(log: str) -> Published | None:
    """Return the published checkpoint of a log, or None before the sequencer has run for the first time."""
    raw = log_of(here(), log).published()
    return None if raw is None else Published(Checkpoint.parse(Note.parse(raw).text), raw)


def seals() -> tuple[Seal, ...]:
    """Return every handover that was ever sealed, opened or not, as the published log has it by now."""
    published = checkpoint(HANDOVERS)
    return () if published is None or not published.checkpoint.size else _seals(published.checkpoint)


@lru_cache(maxsize=1)  # pages ask again and again between two checkpoints
def _seals(head: Checkpoint) -> tuple[Seal, ...]:
    found = Seals(head.origin)
    for index, raw in enumerate(entries(HANDOVERS, 0, head.size)):
        found.add(index, parse(raw, log=HANDOVERS))
    return tuple(found.by_seq.values())


def newest() -> datetime | None:
    """Return the latest time among the last entries of both logs, as published; None before there is one."""
    found = []
    for log in LOGS:
        size = log_of(here(), log).size
        found += [parse(raw, log=log).at for raw in entries(log, max(size - 1, 0), size)]
    return max(found, default=None)


def waiting(log: str) -> int:
    """Return how many entries of a log are committed and not published: those that wait, and those refused."""
    return Outbox.objects.filter(log=log, entry_index__isnull=True).count()


def refused(log: str) -> tuple[Refused, ...]:
    """Return the rows that may not stand in their log, in the order in which they were proposed."""
    rows = Outbox.objects.filter(log=log, refused_at__isnull=False).order_by("pk")
    return tuple(Refused(row.pk, row.log, row.kind, row.at, row.refused_because) for row in rows)


def key(log: str) -> str:
    """Return the verifier key of a log, to sign and to check with. Reads the secret key, so it is for the keeper."""
    return Signer.of(here(), log).key.print()


def published_key(log: str) -> str | None:
    """Return the verifier key as it is published beside the log, or None before the sequencer has run."""
    raw = log_of(here(), log).published_key()
    return None if raw is None else Key.parse(raw.decode().removesuffix("\n")).print()


def boxed(log: str) -> Iterator[Boxed]:
    """Yield every outbox row of a log: the carried ones by their index, then the waiting ones in their order."""
    seq = 0
    rows = Outbox.objects.filter(log=log).order_by(F("entry_index").asc(nulls_last=True), "pk")
    for row in rows.iterator(chunk_size=1_000):
        seq += row.kind in NUMBERED and row.refused_at is None
        yield _boxed(row, seq)


def said(outboxes: Iterable[int]) -> Mapping[int, Boxed]:
    """Return the named rows by their numbers; rows that are not there are absent."""
    return {row.pk: _boxed(row, 1) for row in Outbox.objects.filter(pk__in=tuple(outboxes))}


def spoken(log: str, kind: str) -> Iterator[Boxed]:
    """Yield every row of one kind, carried or waiting, in the order in which it was said."""
    for row in Outbox.objects.filter(log=log, kind=kind).order_by("pk").iterator(chunk_size=1_000):
        yield _boxed(row, 1)


def counted() -> Mapping[str, int]:
    """Return how many rows there are of each kind, in both logs together: no kind stands in two."""
    rows = Outbox.objects.values_list("kind").annotate(rows=Count("pk"))
    return dict(rows)


def _boxed(row: Outbox, seq: int) -> Boxed:
    """Return a row with what it says; a handover is given its number, or 1 where nobody asks."""
    says, entry = None, None
    try:
        fields = parse_json(row.body.encode(), limit=MAX_ENTRY_BYTES)
        if isinstance(fields, dict):
            numbered = {**fields, "seq": seq} if row.kind in NUMBERED else fields
            says = body(row.log, row.kind, numbered)
            entry = Entry(row.at.astimezone(UTC), says).print()
    except Refusal:  # damaged: it says nothing that a log can hold
        pass
    return Boxed(
        outbox=row.pk,
        log=row.log,
        kind=row.kind,
        index=row.entry_index,
        at=row.at,
        by=row.by,
        carried_at=row.sequenced_at,
        refused_at=row.refused_at,
        refused_because=row.refused_because,
        entry=entry,
        says=says,
    )
