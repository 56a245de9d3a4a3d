# SPDX-License-Identifier: Apache-2.0
"""Writes to recipients about rows they hold, binds each day in the public log, and takes their signed words.

Order, so that a kill at any point leaves the safe side: the locked file is on the disk -> one transaction with its row
and what it asks -> one transaction with the day's entry -> the entry is published -> the file may be fetched. What was
not written today is found again tomorrow: `gate.actions.following` asks what holds, not what happened.
"""

import hashlib
import logging
import secrets
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import message, message_key
from beholden.gate.actions import following
from beholden.gate.queries import WentOut
from beholden.home import here
from beholden.home.files import write_durably
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import tree
from beholden.ledger.actions import propose
from beholden.ledger.queries import entry
from beholden.ledger.vocabulary.terms import band
from beholden.people.queries import organisation
from beholden.redress import queries
from beholden.redress.models import Asked, Day, Done, Message
from beholden.redress.rules import check_role, do_by
from beholden.redress.turns import one_at_a_time
from beholden.refusals import Refusal
from beholden.register.queries import corrections_behind
from beholden.uses.queries import asked

_log = logging.getLogger(__name__)


def close_day(day: date, *, catalogue: Catalogue, by: Actor, at: datetime) -> int | None:
    """Write one past day's messages, and bind the day in the log, once. Returns the outbox row, or None if it was done.

    The plan: 1 the day is over; 2 of the day that has just ended, one message about every handover whose rows may still
    lie with a recipient, full or empty, so that none tells by coming (docs/adr/0020); 3 one that is refused stops no
    other: what it would have said is found again the next day, and `fsck` says that it is missing; 4 the entry.
    """
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    if at < end:  # 1
        raise Refusal(
            "redress.day_open",
            "This day is not over yet.",
            next_step="Close it after midnight, UTC.",
            authority="ARCHITECTURE section 5",
        )
    if at < end + timedelta(days=1):  # 2
        for handover in queries.followed():
            try:
                _write(handover, day, catalogue=catalogue, by=by, at=at)
            except Refusal as no:  # 3
                _log.error("a message about a handover was not written: %s", no.code)
    return _bind(day, end, by=by, at=at)  # 4


@transaction.atomic
def _write(handover: WentOut, day: date, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Write one message, unless it stands or its day is bound. A file that no row names is nobody's."""
    one_at_a_time()
    if Day.objects.filter(day=day).exists():
        return
    if Message.objects.filter(disclosure=handover.id, day=day).exists():
        return
    told, before = queries.told(handover.id), queries.newest_of(handover.id)
    asks, upto = following.due(handover.id, told, catalogue=catalogue, by=by, at=at)
    last = do_by(day, days=catalogue.limits.message_days)
    chained = bytes.fromhex(before) or message.FIRST
    locked = following.letter(handover.id, asks, before=chained, day=day, do_by=last, by=by, at=at)
    name = f"{handover.use}-{handover.id[:8]}-{day.isoformat()}-{secrets.token_hex(4)}.age"
    write_durably(here().messages / name, locked)
    made = Message.objects.create(
        disclosure=handover.id,
        use=handover.use,
        recipient=asked(handover.use).recipient.ref,
        day=day,
        do_by=last,
        file=name,
        digest=hashlib.sha256((here().messages / name).read_bytes()).hexdigest(),
        before=before,
        upto=upto,
        made_at=at,
    )
    Asked.objects.bulk_create(
        (
            Asked(message=made, person=one.person, do=one.do.value, item=one.item, line=one.number)
            for one in asks
        ),
        batch_size=5_000,
    )


@transaction.atomic
def _bind(day: date, end: datetime, *, by: Actor, at: datetime) -> int | None:
    """Commit a day: corrections under a padded root, messages under a root, and how many of those due were kept."""
    one_at_a_time()
    if Day.objects.filter(day=day).exists():
        return None
    last = Day.objects.order_by("-upto").values_list("upto", flat=True).first() or 0
    lines = []
    for line in corrections_behind(last):
        if line.at >= end:  # it and all that follow are of a later day
            break
        lines.append(line)
    padded_to = band(len(lines))
    leaves = [line.commitment for line in lines]
    leaves += [secrets.token_bytes(tree.HASH_BYTES) for _ in range(padded_to - len(leaves))]
    leaves.sort()
    messages = queries.leaves_of(day)
    due, kept = _kept(day, end)
    roots = tree.root(leaves).hex(), tree.root(messages).hex()
    said = {
        "band": padded_to,
        "corrections": roots[0],
        "day": day.isoformat(),
        "due": due,
        "kept": kept,
        "key": message_key.public().hex(),
        "messages": roots[1],
        "sent": len(messages),
    }
    outbox = propose(log="events", kind="redress", body=said, by=by, at=at)
    Day.objects.create(
        day=day,
        band=padded_to,
        count=len(lines),
        upto=lines[-1].number if lines else last,
        leaves=b"".join(leaves),
        corrections=roots[0],
        sent=len(messages),
        messages=roots[1],
        due=due,
        kept=kept,
        outbox=outbox,
    )
    return outbox


def _kept(day: date, end: datetime) -> tuple[int, int]:
    """Return how many messages had this day as their last, and how many of them were kept: signed for, or wiped."""
    due = kept = 0
    for row in Message.objects.filter(do_by=day).select_related("done"):
        due += 1
        signed = hasattr(row, "done") and row.done.at < end
        kept += signed or not queries.holds_copy(UseRef(row.use))
    return due, kept


def done(said: message.Done, *, by: Actor, at: datetime) -> None:
    """Take a recipient's signed word that everything a message asks is done. Said again, it is kept once.

    The plan: 1 the recipient itself; 2 the message is one of its own, and the public log holds its day, so that it can
    have been read; 3 the word is about the very file, and signed with the enrolled key; 4 it is kept.
    """
    check_role(by, Role.RECIPIENT)  # 1
    with transaction.atomic():
        found = Message.objects.filter(
            disclosure=said.handover.hex(), day=said.day, recipient=by.organisation
        ).first()
        day = None if found is None else Day.objects.filter(day=found.day).first()
        if (
            found is None or day is None or entry(day.outbox) is None or found.digest != said.digest.hex()
        ):  # 2
            raise Refusal(
                "redress.no_such_message",
                "There is no such message to you.",
                next_step="Fetch your messages again, and sign for the very file that you opened.",
                authority="D31; UK GDPR Art 19",
            )
        message.check_done(said, check_key=bytes.fromhex(organisation(found.recipient).check_key))  # 3
        word = {"signature": said.signature, "at": at, "by": by.ref}
        Done.objects.get_or_create(message=found, defaults=word)  # 4
