# SPDX-License-Identifier: Apache-2.0
"""Answers what recipients were told, what they have done, and what is late. Frozen values; no row, no name."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from beholden.gate.message import Do, Told
from beholden.gate.queries import WentOut, went_out
from beholden.gate.ways import KEPT_HERE
from beholden.kinds import PersonId, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger import tree
from beholden.redress.models import Asked, Day, Done, Message
from beholden.redress.rules import Asking, Bound, is_late, leaf
from beholden.uses.queries import asked
from beholden.uses.runs import may_hold


def followed() -> tuple[WentOut, ...]:
    """Return every handover whose rows may still lie with its recipient: nobody has certified that they are wiped."""
    return tuple(one for one in went_out() if holds_copy(one.use))


def holds_copy(use: UseRef) -> bool:
    """Say whether what left under a use may still lie with its recipient.

    What lies in the reading room, or was passed on as a letter, does not.
    """
    return asked(use).exit not in KEPT_HERE and may_hold(use)


def told(disclosure: str) -> Told:
    """Return the last word on each row of one handover, and up to which correction its recipient was told."""
    rows = Asked.objects.filter(message__disclosure=disclosure, item="").order_by("pk")
    upto = Message.objects.filter(disclosure=disclosure).aggregate(last=Max("upto"))["last"]
    return Told({PersonId(person): Do(do) for person, do in rows.values_list("person", "do")}, upto)


def newest_of(disclosure: str) -> str:
    """Return the digest of the newest message about one handover, in hex; nothing before the first."""
    found = Message.objects.filter(disclosure=disclosure).order_by("-day").values_list("digest", flat=True)
    return found.first() or ""


def last_closed() -> date | None:
    """Return the last day whose messages stand in the public log, or None before the first."""
    return Day.objects.order_by("-day").values_list("day", flat=True).first()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that its recipient has not signed for: its file in the home's folder of messages, and the last day."""

    use: UseRef
    disclosure: str
    day: date
    do_by: date
    file: str


def waiting_for(recipient: str) -> tuple[Waiting, ...]:
    """Return what one recipient has not signed for, oldest first; only what the public log holds by now (D31)."""
    return waiting((recipient,)).get(recipient, ())


def waiting(recipients: Collection[str]) -> Mapping[str, tuple[Waiting, ...]]:
    """Return the same of some recipients in one reading; whoever waits for nothing is not in it."""
    rows = Message.objects.filter(recipient__in=recipients, done__isnull=True).order_by("day", "pk")
    closed = Day.objects.filter(day__in={row.day for row in rows}).values_list("day", "outbox")
    days = {day for day, outbox in closed if ledger.entry(outbox) is not None}
    held = {use for use in {row.use for row in rows} if holds_copy(UseRef(use))}
    found: defaultdict[str, list[Waiting]] = defaultdict(list)
    for row in rows:
        if row.day in days and row.use in held:
            one = Waiting(UseRef(row.use), row.disclosure, row.day, row.do_by, row.file)
            found[row.recipient].append(one)
    return {recipient: tuple(its) for recipient, its in found.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a recipient stands with its messages: how many went, are signed for, are late. No child moves any of them."""

    sent: int
    done: int
    late: int


def standing(use: UseRef, *, on: date) -> Standing:
    """Count the messages about one use. What was certified to be wiped is late no longer: that closes them."""
    rows = Message.objects.filter(use=use)
    sent = rows.count()
    done = Done.objects.filter(message__use=use).count()
    open_ones = rows.filter(done__isnull=True).values_list("do_by", flat=True)
    late = sum(is_late(last, on=on) for last in open_ones) if sent != done and holds_copy(use) else 0
    return Standing(sent, done, late)


def overdue(*, on: date) -> tuple[tuple[str, UseRef, int], ...]:
    """Return recipient, use and how many of its messages are late, for every use that has such (D25, D31)."""
    rows = Message.objects.filter(done__isnull=True, do_by__lt=on).values_list("recipient", "use")
    late = Counter(rows)
    return tuple(
        (recipient, UseRef(use), count)
        for (recipient, use), count in sorted(late.items())
        if holds_copy(UseRef(use))
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What one recipient was told about one person: in which handover, when, what to do, and if it is signed for."""

    use: UseRef
    disclosure: str
    day: date
    do: Do
    item: str
    do_by: date
    done_at: datetime | None


def said_of(person: PersonId) -> tuple[Said, ...]:
    """Return everything that recipients were told about one person, oldest first. For the registrar's trace."""
    rows = Asked.objects.filter(person=person).select_related("message__done").order_by("pk")
    found = []
    for row in rows:
        held = row.message
        done_at = held.done.at if hasattr(held, "done") else None
        found.append(
            Said(UseRef(held.use), held.disclosure, held.day, Do(row.do), row.item, held.do_by, done_at)
        )
    return tuple(found)


# --- for fsck ---


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """One message as the database has it: its file, what its day's root binds of it, and the recipient's word."""

    file: str
    bound: Bound
    leaf: bytes
    asks: tuple[Asking, ...]
    signature: bytes | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldDay:
    """One closed day as the database has it; `root` is made anew from its leaves."""

    day: date
    band: int
    count: int
    upto: int
    leaves: tuple[bytes, ...]
    corrections: str
    sent: int
    messages: str
    due: int
    kept: int
    outbox: int


def held_messages() -> Iterator[HeldMessage]:
    """Yield every message, oldest first."""
    rows = Message.objects.select_related("done").prefetch_related("asks").order_by("day", "pk")
    for row in rows.iterator(chunk_size=500):
        yield _held(row)


def _held(row: Message) -> HeldMessage:
    asks = tuple(Asking(PersonId(one.person), one.do, one.item, one.line) for one in row.asks.all())
    bound = Bound(
        row.disclosure,
        row.use,
        row.recipient,
        row.day,
        row.do_by,
        row.digest,
        row.before,
        row.upto,
        row.made_at,
    )
    done = row.done if hasattr(row, "done") else None
    return HeldMessage(
        row.file,
        bound,
        leaf(bound, asks),
        asks,
        None if done is None else bytes(done.signature),
        None if done is None else done.at,
    )


def leaves_of(day: date) -> tuple[bytes, ...]:
    """Return the leaves of one day's messages, sorted: what the root of messages is made of."""
    rows = Message.objects.filter(day=day).prefetch_related("asks")
    return tuple(sorted(_held(row).leaf for row in rows))


def held_days() -> Iterator[HeldDay]:
    """Yield every closed day, oldest first."""
    size = tree.HASH_BYTES
    for row in Day.objects.order_by("day").iterator():
        raw = bytes(row.leaves)
        yield HeldDay(
            row.day,
            row.band,
            row.count,
            row.upto,
            tuple(raw[at : at + size] for at in range(0, len(raw), size)),
            row.corrections,
            row.sent,
            row.messages,
            row.due,
            row.kept,
            row.outbox,
        )


def counted() -> tuple[int, int]:
    """Return how many messages there are, and how many of them are signed for."""
    found = Message.objects.aggregate(all=Count("pk"), done=Count("done"))
    return int(found["all"]), int(found["done"])
