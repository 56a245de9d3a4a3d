# SPDX-License-Identifier: Apache-2.0
"""Puts entries into the letter box, and carries them into the logs. The only writer of both.

`propose` belongs to the caller's transaction: what it says is said exactly if that transaction commits.
`sequence` runs outside any transaction and can be killed at any point and run again:

  1 alone (a PostgreSQL advisory lock, then the log's own file lock)     nothing has happened
  2 the signer settles: finishes what was committed, refuses a fork      see `signer`
  3 rows whose entries are in the log already are marked                 (a crash came between 6 and 7)
  4 waiting rows, in order of their ids, are judged as the next entries  nothing has happened
  5 those that may not stand there are marked as refused, for good       4 judges the others again
  6 tiles, memory, signature, publication of the others                  see `signer.Turn.append`
  7 their rows are marked, in one transaction                            3 does it next time

No note of *which* rows are under way is kept beside the tiles: an entry's bytes follow from its row alone
(and, for a handover, from the number of handovers before it), so step 3 finds the rows again by the bytes that
stand in the log. Two rows with the same bytes are interchangeable.

One entry that breaks a rule of its log would make every family's file fail, for ever. So none is signed: a row
that may not stand is refused, by the rules of the public verifier itself, and everything behind it goes on, each
row judged by the log as it then is. Nothing waits for a refused row, and it is never said later: what it was to
say is proposed anew, or not at all. `sequence` raises `NotSaid` once, after all else was carried;
`queries.refused` and `beholden fsck` show the row from then on, and `queries.waiting` counts it.
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
from beholden.ledger import clock, entries
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.entries import NUMBERED, Entry
from beholden.ledger.handovers import Rules
from beholden.ledger.models import Outbox
from beholden.ledger.shapes import ShapeRefused
from beholden.ledger.signer import LOGS, Fork, Signer, Turn
from beholden.ledger.tiles import MAX_ENTRY_BYTES
from beholden.ledger.vocabulary.terms import HANDOVERS
from beholden.refusals import Refusal

RECENT = 100  # rows of the outbox whose times a new one is held against
BATCH = 1_000  # entries under one signature, so that a long queue does not fill the memory
_LOCK = 0x6265_686F_6C64_656E  # "beholden": the advisory lock of the one sequencer
_AUTHORITY = "ARCHITECTURE section 5: order of writes"


class NotSaid(Refusal):
    """Says which rows of the outbox were refused, because they may not stand in their log. `rows` has them all."""

    def __init__(self, refused: Sequence[Outbox]) -> None:
        first, more = refused[0], len(refused) - 1
        others = f" {more} more rows were refused with it." if more else ""
        super().__init__(
            "ledger.not_said",
            f"Row {first.pk} of the outbox may not stand in the log of {first.log}, and was refused for good. "
            f"{first.refused_because}{others}",
            next_step=(
                "Everything else was said. Take what the row was to say as not logged: nothing that needs it may "
                "leave. Find out what proposed it, and do that anew. `beholden fsck` names every refused row."
            ),
            authority="docs/explanation/proofs.md, what the verifier checks",
        )
        self.rows = tuple(row.pk for row in refused)


def propose(*, log: str, kind: str, body: Mapping[str, object], by: Actor, at: datetime) -> int:
    """Say something in a log, if the caller's transaction commits. Returns the outbox row's number.

    The body is checked now, against the closed vocabulary, so that nothing waits in the box that cannot be
    said. A new handover, sealed or not, comes without its `seq`: the sequencer knows it. Refused with
    `ledger.clock_back` if what was said before was said later: see `clock.check`.
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
    _check_clock(moment)
    said = _entry(log, kind, body, moment, seq=1).body.to_json()
    if kind in NUMBERED:
        del said["seq"]
    row = Outbox.objects.create(log=log, kind=kind, body=print_json(said).decode(), at=moment, by=by.ref)
    return row.pk


def sequence(*, at: datetime) -> None:
    """Carry everything that is committed into the logs, sign and publish. Run again, it changes nothing.

    Events first: an intent names an events checkpoint that holds its decision, so that one is never behind, and
    nothing that is wrong with the handovers can keep an event waiting. Raises `NotSaid` if rows were refused now.
    """
    if connection.in_atomic_block:
        raise Refusal(
            "ledger.in_transaction",
            "The sequencer does not run inside a transaction: what it signs must already be committed.",
            next_step="Commit first, then call sequence.",
            authority=_AUTHORITY,
        )
    refused: list[Outbox] = []
    with _alone():  # 1
        _check_clock(at)
        for log in reversed(LOGS):
            with Signer.of(here(), log).turn() as turn:  # 1, 2
                _adopt(turn, log, at)  # 3
                refused += _carry(turn, log, at)  # 4 to 7
                turn.open_log()
    if refused:
        raise NotSaid(refused)


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


def _check_clock(at: datetime) -> None:
    """Hold a time against those of the last rows, carried or waiting, of both logs."""
    newest = Outbox.objects.order_by("-pk")[:RECENT].aggregate(last=Max("at"))["last"]
    clock.check(at, newest)


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


def _carry(turn: Turn, log: str, at: datetime) -> list[Outbox]:
    """Carry the waiting rows, batch by batch; return those that were refused instead."""
    refused: list[Outbox] = []
    rows = list(_waiting(log)[:BATCH])
    rules = _rules(turn, log) if rows else None  # nobody else says anything here before we are done
    while rows:
        said, not_said = _judge(rows, log, rules)  # 4
        _refuse(not_said, at)  # 5
        first = turn.last.size
        turn.append([entry for _, entry in said])  # 6
        _mark([row for row, _ in said], first, at)  # 7
        refused += not_said
        rows = list(_waiting(log)[:BATCH])
    return refused


def _waiting(log: str) -> QuerySet[Outbox]:
    return Outbox.objects.filter(log=log, entry_index__isnull=True, refused_at__isnull=True).order_by("pk")


def _rules(turn: Turn, log: str) -> Rules | None:
    """Return the rules of the handovers log with every signed entry let in; the events log has none of its own.

    Where what was signed does not hold by itself, nothing is added: no reader would ever accept it.
    """
    if log != HANDOVERS:
        return None
    rules = Rules(turn.last.origin)
    try:
        for raw in turn.entries(0, turn.last.size):
            rules.add(entries.parse(raw, log=log))
    except Refusal as cause:
        raise Refusal(
            "ledger.log_unsound",
            f"Entry {rules.size} of the log of {log}, as it was signed, breaks the log's own rules. "
            f"{cause.sentence}",
            next_step=(
                "Nothing more is said in this log. Check that this software is not older than the log. If the "
                "entry is wrong, close the log and open one under a new origin; files made before it stay good."
            ),
            authority=_AUTHORITY,
        ) from cause
    return rules


def _judge(
    rows: Sequence[Outbox], log: str, rules: Rules | None
) -> tuple[list[tuple[Outbox, bytes]], list[Outbox]]:
    """Part rows into those that may stand as the next entries, with their bytes, and those that may not."""
    said: list[tuple[Outbox, bytes]] = []
    refused: list[Outbox] = []
    for row in rows:
        try:
            said.append((row, _next(row, log, rules)))
        except Refusal as cause:
            row.refused_because = cause.sentence
            refused.append(row)
    return said, refused


def _next(row: Outbox, log: str, rules: Rules | None) -> bytes:
    """Return the bytes of a row as the next entry of its log, after a stranger's reading of them; or refuse."""
    seq = rules.numbered + 1 if rules else 0
    raw = _entry(log, row.kind, _fields(row), row.at.astimezone(UTC), seq=seq).print()
    read = entries.parse(raw, log=log)
    if rules:
        rules.add(read)
    return raw


def _print(rows: Sequence[Outbox], log: str) -> tuple[bytes, ...]:
    """Return the entries that these rows are, as the next ones after those that are marked."""
    seq = Outbox.objects.filter(log=log, kind__in=NUMBERED, entry_index__isnull=False).count()
    found = []
    for row in rows:
        seq += row.kind in NUMBERED
        found.append(_entry(log, row.kind, _fields(row), row.at.astimezone(UTC), seq=seq).print())
    return tuple(found)


def _fields(row: Outbox) -> dict[str, Json]:
    said = parse_json(row.body.encode(), limit=MAX_ENTRY_BYTES)
    if not isinstance(said, dict) or (row.kind in NUMBERED and "seq" in said):
        raise ShapeRefused(
            "body", "an object is expected, and no number in a new handover: the sequencer gives it."
        )
    return said


def _entry(log: str, kind: str, body: Mapping[str, object], at: datetime, *, seq: int) -> Entry:
    """Return the typed entry; only a new handover, sealed or not, is given its number, from 1."""
    fields = {**body, "seq": seq} if kind in NUMBERED else dict(body)
    if kind in NUMBERED and "seq" in body:
        raise ValueError("the sequencer numbers the handovers; nobody else can")
    return Entry(at=at, body=entries.body(log, kind, fields))


def _box_of(raw: bytes, log: str) -> tuple[str, datetime, str]:
    """Return what an outbox row that became this entry says: kind, time, body."""
    entry = entries.parse(raw, log=log)
    said: dict[str, Json] = entry.body.to_json()
    if entry.kind in NUMBERED:
        del said["seq"]
    return entry.kind, entry.at, print_json(said).decode()


def _refuse(rows: Sequence[Outbox], at: datetime) -> None:
    """Write down, in one transaction, that these rows are never said, and why."""
    _write(
        """
        UPDATE ledger_outbox SET refused_at = %s, refused_because = refused.because
        FROM unnest(%s::bigint[], %s::text[]) AS refused (id, because)
        WHERE ledger_outbox.id = refused.id AND entry_index IS NULL AND refused_at IS NULL
        """,
        at,
        [row.pk for row in rows],
        [row.refused_because for row in rows],
        changing=len(rows),
    )


def _mark(rows: Sequence[Outbox], first: int, at: datetime) -> None:
    """Write down, in one transaction, where the rows stand in their log."""
    _write(
        """
        UPDATE ledger_outbox SET sequenced_at = %s, entry_index = %s::bigint + place.nth - 1
        FROM unnest(%s::bigint[]) WITH ORDINALITY AS place (id, nth)
        WHERE ledger_outbox.id = place.id AND entry_index IS NULL AND refused_at IS NULL
        """,
        at,
        first,
        [row.pk for row in rows],
        changing=len(rows),
    )


def _write(statement: str, *values: datetime | int | list[int] | list[str], changing: int) -> None:
    """Run one statement on the outbox that must change exactly so many rows."""
    if not changing:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        _as_office(cursor)
        cursor.execute(statement, values)
        if cursor.rowcount != changing:
            raise Fork("A row of the outbox was numbered by somebody else; two sequencers were at work.")
