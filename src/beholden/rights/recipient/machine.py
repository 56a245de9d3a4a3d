# SPDX-License-Identifier: Apache-2.0
"""What a recipient's own machine may ask at its door: which messages wait, one of them, and that one is done (D31).

Each request is signed with the enrolled key and counts once. What was asked is kept in memory for as long as it could
be asked again; what a process before this one could have taken is refused, so that a restart forgets nothing that
matters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock

from beholden.catalogue import Catalogue
from beholden.gate.message import Done
from beholden.home import here
from beholden.kinds import Actor, Role
from beholden.ledger.canonical import parse_json
from beholden.ledger.signer import keeper_origin
from beholden.people.queries import organisation
from beholden.redress import request as signing
from beholden.redress.actions import messages
from beholden.redress.queries import Waiting, waiting_for
from beholden.redress.request import Request
from beholden.refusals import Refusal
from beholden.rights.recipient.mechanical import Line, Lines, Locked, Taken

API = "/recipient/api/v1/messages"
MOST_WORD = 10_000
MOST_MESSAGES = 1_000
"""How many of the oldest are listed at once; what is signed for makes room for the next."""


@dataclass(slots=True)
class Machine:
    """Answers machines for as long as the keeper's process lives. `since`: when that began (aware UTC)."""

    since: datetime
    _seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def waiting(self, question: Request, *, catalogue: Catalogue, at: datetime) -> Lines:  # noqa: ARG002  every verb is told both
        """List what one recipient has not signed for; only what the public log holds by now."""
        with self._asked(question, "GET", API, at):
            found = waiting_for(question.recipient)
            lines = (Line(one.disclosure, one.day, one.do_by, one.use) for one in found[:MOST_MESSAGES])
            return Lines(tuple(lines), more=len(found) > MOST_MESSAGES)

    def fetch(self, question: Request, *, catalogue: Catalogue, at: datetime) -> Locked:  # noqa: ARG002
        """Return the locked bytes of one message that waits."""
        handover, day = _named(question.path)
        with self._asked(question, "GET", f"{API}/{handover}/{day.isoformat()}", at):
            one = _one(waiting_for(question.recipient), handover, day)
            return Locked((here().messages / one.file).read_bytes())

    def done(self, question: Request, *, catalogue: Catalogue, at: datetime) -> Taken:  # noqa: ARG002
        """Take the recipient's signed word that everything a message asks is done (`beholden recipient done`)."""
        handover, day = _named(question.path.removesuffix("/done"))
        with self._asked(question, "POST", f"{API}/{handover}/{day.isoformat()}/done", at):
            try:
                said = Done.from_json(parse_json(question.body.encode(), limit=MOST_WORD))
            except (Refusal, ValueError, TypeError) as trouble:
                raise _no_word() from trouble
            if (said.handover.hex(), said.day) != (handover, day):
                raise _no_word()
            by = Actor(question.recipient, Role.RECIPIENT, question.recipient)
            messages.done(said, by=by, at=at)
            return Taken(handover, day)

    @contextmanager
    def _asked(self, question: Request, method: str, path: str, at: datetime) -> Iterator[None]:
        """Let one request in, once.

        What must hold: 1 it is for this very place; 2 it is shaped, and of now; 3 a recipient's key signed it; 4 it was
        never seen before, and no earlier process can have seen it, which took nothing further ahead than this one does.
        """
        if (question.method, question.path) != (method, path) or (method == "GET" and question.body):  # 1
            raise signing.refused()
        signing.check_made(question, at=at)  # 2
        try:
            key = organisation(question.recipient).check_key
        except Refusal:
            raise signing.refused() from None
        signing.check_signed(question, keeper=keeper_origin(here()), check_key=key)  # 3
        mark = (question.recipient, question.nonce)
        with self._lock:  # 4
            self._seen = {one: made for one, made in self._seen.items() if at - made <= 2 * signing.APART}
            if mark in self._seen or question.at <= self.since + signing.AHEAD:
                raise signing.refused()
            self._seen[mark] = question.at
        yield


def _named(path: str) -> tuple[str, date]:
    parts = path.removeprefix(f"{API}/").split("/")
    try:
        handover, day = parts
        return bytes.fromhex(handover).hex(), date.fromisoformat(day)
    except ValueError:
        raise _no_message() from None


def _one(found: tuple[Waiting, ...], handover: str, day: date) -> Waiting:
    for one in found:
        if (one.disclosure, one.day) == (handover, day):
            return one
    raise _no_message()


def _no_message() -> Refusal:
    return Refusal(
        "redress.no_such_message",
        "There is no such message to you, or it is signed for.",
        next_step="List your messages again.",
        authority="D31; UK GDPR Art 19",
    )


def _no_word() -> Refusal:
    return Refusal(
        "redress.no_word",
        "This is no signed word about this message.",
        next_step="Send what `beholden recipient done` wrote, as it is.",
        authority="D31; UK GDPR Art 19",
    )
