# SPDX-License-Identifier: Apache-2.0
"""Puts entries into the letter box, and carries them into the logs. The only writer of both.

`propose` belongs to the caller's transaction: what it says is said exactly if that transaction commits.
`sequence` runs outside any transaction and can be killed at any point and run again:

  1 alone (a PostgreSQL advisory lock, then the log's own file lock)     nothing has happened
  2 the signer settles: finishes what was committed, refuses a fork      see `signer`
  3 rows whose entries are in the log already are marked                 (a crash came between 5 and 6)
  4 waiting rows, in order of their ids, become entries                  nothing has happened
  5 tiles, memory, signature, publication                                see `signer.Turn.append`
  6 the rows are marked, in one transaction                              3 does it next time

No note of *which* rows are under way is kept beside the tiles: an entry's bytes follow from its row alone
(and, for an intent, from the number of intents before it), so step 3 finds the rows again by the bytes that
stand in the log. Two rows with the same bytes are interchangeable.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Max, QuerySet
from django.db.utils import ProgrammingError

from beholden.home import here, roles
from beholden.kinds import Actor
from beholden.ledger import entries
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.entries import Entry, Intent
from beholden.ledger.models import Outbox
from beholden.ledger.signer import LOGS, Fork, Signer, Turn
from beholden.ledger.tiles import MAX_ENTRY_BYTES
from beholden.refusals import Refusal

BATCH = 1_000  # entries under one signature, so that a long queue does not fill the memory
_LOCK = 0x6265_686F_6C64_656E  # "beholden": the advisory lock of the one sequencer
_AUTHORITY = "ARCHITECTURE section 5: order of writes"


def propose(*, log: str, kind: str, body: Mapping[str, object], by: Actor, at: datetime) -> int:
    """Say something in a log, if the caller's transaction commits. Returns the outbox row's number.

    The body is checked now, against the closed vocabulary, so that nothing waits in the box that cannot be
    said. An intent comes without its `seq`: the sequencer knows it.
    """
    if not connection.in_atomic_block:
        raise Refusal(
            "ledger.no_transaction",
            "An entry can only be proposed in the transaction that makes it true.",
            next_step="Call this inside transaction.atomic(), beside the rows that it speaks of.",
            authority=_AUTHORITY,
        )
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone is no instant")
    moment = at.astimezone(UTC).replace(microsecond=0)
    said = _entry(log, kind, body, moment, seq=1).body.to_json()
    if kind == Intent.kind:
        del said["seq"]
    row = Outbox.objects.create(log=log, kind=kind, body=print_json(said).decode(), at=moment, by=by.ref)
    return row.pk


def sequence(*, at: datetime) -> None:
    """Carry everything that is committed into the logs, sign and publish. Run again, it changes nothing.

    Events first: an intent names an events checkpoint that holds its decision, so that one is never behind.
    """
    if connection.in_atomic_block:
        raise Refusal(
            "ledger.in_transaction",
            "The sequencer does not run inside a transaction: what it signs must already be committed.",
            next_step="Commit first, then call sequence.",
            authority=_AUTHORITY,
        )
    with _alone():  # 1
        for log in reversed(LOGS):
            with Signer.of(here(), log).turn() as turn:  # 1, 2
                _adopt(turn, log, at)  # 3
                while _carry(turn, log, at):  # 4, 5, 6
                    pass
                turn.open_log()


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the sequencer's lock on this database, which PostgreSQL drops when the connection ends.

    Taken in the office's role, so that a door, which may not number rows, does not sign first and learn it later.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _as_office(cursor)
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # the session's: it outlives this transaction
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _as_office(cursor: CursorWrapper) -> None:
    """Act in the office's role for the rest of this transaction: it numbers rows, and no vault is open (D36)."""
    try:
        cursor.execute(f"SET LOCAL ROLE {roles.OFFICE}")
    except ProgrammingError as denied:
        raise Refusal(
            "ledger.keeper_only",
            "Only the keeper's process carries entries into the logs.",
            next_step="Run it as the keeper: BEHOLDEN_LOGIN=keeper.",
            authority="D36: least access",
        ) from denied


def _adopt(turn: Turn, log: str, at: datetime) -> None:
    """Mark rows whose entries stand in the log already, after a crash or a failed-over database.

    Refuses a database that is newer than the log, and a log with entries that no row has proposed: one of
    the two was restored from an older copy, and going on would say something twice or not at all.
    """
    marked = Outbox.objects.filter(log=log, entry_index__isnull=False).aggregate(
        rows=Count("pk"), last=Max("entry_index")
    )
    known = 0 if marked["last"] is None else marked["last"] + 1
    if marked["rows"] != known or known > turn.last.size:
        raise Fork(
            f"The database knows of {known} entries of {log}, with {marked['rows']} rows; "
            f"the signer has signed {turn.last.size}."
        )
    if known == turn.last.size:
        return
    boxed: defaultdict[tuple[str, datetime, str], deque[Outbox]] = defaultdict(deque)
    for row in _waiting(log):
        boxed[row.kind, row.at, row.body].append(row)
    found: list[Outbox] = []
    for raw in turn.entries(known, turn.last.size):
        rows = boxed[_box_of(raw, log)]
        if not rows:
            raise Fork(f"Entry {known + len(found)} of {log} is in the log, but no row of the database.")
        found.append(rows.popleft())
    if _print(found, log) != turn.entries(known, turn.last.size):
        raise Fork(f"The entries of {log} from {known} on are not what the database's rows say.")
    _mark(found, known, at)


def _carry(turn: Turn, log: str, at: datetime) -> bool:
    """Carry one batch of waiting rows; say whether there was one."""
    rows = list(_waiting(log)[:BATCH])
    if rows:
        first = turn.last.size
        turn.append(_print(rows, log))
        _mark(rows, first, at)
    return bool(rows)


def _waiting(log: str) -> QuerySet[Outbox]:
    return Outbox.objects.filter(log=log, entry_index__isnull=True).order_by("pk")


def _print(rows: Sequence[Outbox], log: str) -> tuple[bytes, ...]:
    """Return the entries that these rows are, as the next ones of the log."""
    seq = Outbox.objects.filter(log=log, kind=Intent.kind, entry_index__isnull=False).count()
    found = []
    for row in rows:
        seq += row.kind == Intent.kind
        said = parse_json(row.body.encode(), limit=MAX_ENTRY_BYTES)
        if not isinstance(said, dict):
            raise TypeError("the body of an outbox row is an object")
        found.append(_entry(log, row.kind, said, row.at.astimezone(UTC), seq=seq).print())
    return tuple(found)


def _entry(log: str, kind: str, body: Mapping[str, object], at: datetime, *, seq: int) -> Entry:
    """Return the typed entry; only an intent is given its number among the intents of its log, from 1."""
    fields = {**body, "seq": seq} if kind == Intent.kind else dict(body)
    if kind == Intent.kind and "seq" in body:
        raise ValueError("the sequencer numbers the intents; nobody else can")
    return Entry(at=at, body=entries.body(log, kind, fields))


def _box_of(raw: bytes, log: str) -> tuple[str, datetime, str]:
    """Return what an outbox row that became this entry says: kind, time, body."""
    entry = entries.parse(raw, log=log)
    said: dict[str, Json] = entry.body.to_json()
    if entry.kind == Intent.kind:
        del said["seq"]
    return entry.kind, entry.at, print_json(said).decode()


def _mark(rows: Sequence[Outbox], first: int, at: datetime) -> None:
    """Write down, in one transaction, where the rows stand in their log."""
    with transaction.atomic(), connection.cursor() as cursor:
        _as_office(cursor)
        for index, row in enumerate(rows, first):
            changed = Outbox.objects.filter(pk=row.pk, entry_index__isnull=True).update(
                entry_index=index, sequenced_at=at
            )
            if changed != 1:
                raise Fork("A row of the outbox was numbered by somebody else; two sequencers were at work.")
