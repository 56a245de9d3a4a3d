# SPDX-License-Identifier: Apache-2.0
"""Writes down what leaves about one person at a time, before it leaves, and binds it in the public log each hour.

Order: the line is on the disk -> its row in the index -> what it speaks of is read and shown. Killed between any two,
the journal says that something left which did not: the safe side. A row that is missing is added by the next writer.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from beholden.gate import journal
from beholden.gate.journal import Leaving, Line, Writer, hold
from beholden.gate.looks import known_lines, since
from beholden.gate.models import SingleBatch, SingleExit
from beholden.home import here
from beholden.kinds import Actor, PersonId
from beholden.ledger import tree
from beholden.ledger.actions import propose
from beholden.ledger.vocabulary.terms import band
from beholden.refusals import Refusal
from beholden.register import actions as register


def write_down(
    exit_: str,
    what: str,
    person: PersonId,
    *,
    reader: str,
    by: Actor,
    at: datetime,
    cap: Callable[[int], None] | None = None,
) -> Line:
    """Return the line once it stands in the journal, on the disk, that this leaves for a reader (`write_down_all`)."""
    (line,) = write_down_all(exit_, what, (person,), reader=reader, by=by, at=at, cap=cap)
    return line


def write_down_all(
    exit_: str,
    what: str,
    people: Sequence[PersonId],
    *,
    reader: str,
    by: Actor,
    at: datetime,
    cap: Callable[[int], None] | None = None,
) -> tuple[Line, ...]:
    """Return a line for each person, once all stand in the journal, on the disk; refuse if that is damaged.

    `reader` is an opaque adult or an officer's reference; `by` is who asks at the gate. `cap` refuses, or not, a number
    of such lines that this reader has of the last 24 hours: of several, all or none are written.

    The plan: 1 alone; 2 the index knows every line, or is brought up to the file; a file that knows less than the index
    was put back from an older copy, and refuses; 3 the cap, counted while nobody else can write, for the last of them;
    4 each line; 5 its row.
    """
    with hold(here().journal) as held:  # 1
        _bring_up(held)  # 2
        if cap is not None:  # 3
            cap(since(exit_, reader, at - timedelta(days=1)) + len(people) - 1)
        return tuple(_lined(held, Leaving(exit_, what, person, reader, at)) for person in people)


def _lined(held: Writer, left: Leaving) -> Line:
    line = held.append(left, salt=secrets.token_bytes(32))  # 4
    _index(line)  # 5
    return line


def one_child(number: str, born: date, *, by: Actor, at: datetime) -> PersonId:
    """Return whom a pupil number and a birth date name together, or refuse: nobody, or of a damaged table two."""
    found = register.with_number_and_birth(number, born, by=by, at=at)
    if len(found) != 1:
        raise Refusal(
            "gate.no_such_child",
            "Number and birth date together do not name one child in this register.",
            next_step="Look at both again, or ask a school that knows the child. Where two records may be one child, "
            "decide about that first.",
            authority="D27, D35, D46; UK GDPR Art 5(1)(c, d)",
        )
    return found[0]


def _bring_up(held: Writer) -> None:
    last = held.last()
    written, known = 0 if last is None else last.seq, known_lines()
    if known > written:
        raise journal.damaged()
    if known < written:
        for line in journal.lines(here().journal, after=known):
            _index(line)


def _index(line: Line) -> None:
    SingleExit.objects.create(
        seq=line.seq,
        exit=line.left.exit,
        what=line.left.what,
        person=line.left.person,
        by=line.left.by,
        at=line.left.at,
        digest=line.digest.hex(),
    )


def bind(*, by: Actor, at: datetime) -> int | None:
    """Commit in the events log every line since the last time, once in each hour. Returns the outbox row, or None.

    An hour in which nothing left is committed like any other, so that silence tells nothing.
    """
    with hold(here().journal) as held:
        _bring_up(held)
        with transaction.atomic():
            before = SingleBatch.objects.order_by("-until").first()
            if before is not None and _hour(before.until) >= _hour(at):
                return None
            rows = SingleExit.objects.filter(seq__gt=0 if before is None else before.last).order_by("seq")
            digests = [bytes.fromhex(digest) for digest in rows.values_list("digest", flat=True)]
            padded_to = band(len(digests))
            leaves = digests + [secrets.token_bytes(tree.HASH_BYTES) for _ in range(padded_to - len(digests))]
            leaves.sort()
            until = at.replace(microsecond=0)
            body = {
                "band": padded_to,
                "root": tree.root(leaves).hex(),
                "until": until.isoformat().replace("+00:00", "Z"),
            }
            outbox = propose(log="events", kind="singles", body=body, by=by, at=at)
            SingleBatch.objects.create(
                last=(0 if before is None else before.last) + len(digests),
                count=len(digests),
                until=until,
                band=padded_to,
                root=tree.root(leaves).hex(),
                leaves=b"".join(leaves),
                outbox=outbox,
            )
            return outbox


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
