# SPDX-License-Identifier: Apache-2.0
"""Takes in the list that a recipient hands in for a match (D21). It is answered when the use is decided and released.

Pupil number and birth date agree, or nobody was found: nothing is matched here that is only alike (a list of names is
taken in by `linking`). Who was found and is in scope is kept, by person and own reference; of all other lines nothing
is kept but how many there were. The recipient learns nothing here: what comes back says how many rows were handed in,
and no more.
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import roster, rosters, sets
from beholden.gate.actions.weighing import scope
from beholden.gate.check import check_allowed
from beholden.gate.ids import listed
from beholden.gate.models import Roster, SetFile
from beholden.gate.roster import Rows, Sweep
from beholden.gate.rules import check_role
from beholden.gate.ways import MATCH
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules import State

_AT_ONCE = 50_000
_OPEN = frozenset({State.PUBLISHED, State.NOTIFIED, State.WINDOW, State.RELEASED, State.IN_USE})
"""Where a list can come in: agreed on and public, and not between a decision and its release."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What the recipient keeps: how many rows were taken, and the salt that opens the log's commitment to the file.

    SHA-256(salt || SHA-256 of the file's bytes) stands in the events log. Not how many were found: that is an answer.
    """

    use: UseRef
    rows: int
    salt: bytes


def hand_in(ref: UseRef, path: Path, *, catalogue: Catalogue, by: Actor, at: datetime) -> HandedIn:
    """Take a list in, whole or not at all.

    The plan: 1 it is the recipient's own officer, and the use is agreed, public, and a match that the catalogue still
    allows; 2 the list is read, or refused whole; 3 one that tries numbers is refused, and the log says so; 4 who is
    found under number and birth date together, and in scope, is written on the disk; 5 one transaction names it, with
    its entry for the log. Killed before that, nothing was handed in.
    """
    use = matching_use(ref, catalogue, by=by, at=at)  # 1
    salt = secrets.token_bytes(32)
    try:
        rows = roster.read(path, limits=catalogue.limits, on=at.date())  # 2
    except Sweep as sweep:
        log_refused(ref, path, sweep, salt, by=by, at=at)  # 3
        raise
    found = _found(rows, scope(use, by=by, at=at), by=by, at=at)
    with transaction.atomic():
        kept = sets.keep("roster", found, width=rosters.WIDTH, at=at)  # 4
        file(ref, len(rows), digest=rows.digest, salt=salt, rule="", kept=kept, by=by, at=at)  # 5
    return HandedIn(ref, len(rows), salt)


def matching_use(ref: UseRef, catalogue: Catalogue, *, by: Actor, at: datetime) -> AskedUse:
    """Return the use that a list is handed in for, or refuse whoever may not, or may not now."""
    check_role(by, Role.RECIPIENT)
    check_enrolled(by)
    use = asked(ref)
    if use.exit != MATCH or use.state not in _OPEN or by.organisation != use.recipient.ref:
        raise Refusal(
            "gate.not_matched",
            "No list of this body can be matched under this use now.",
            next_step="Hand it in under an agreed match of your own, before its time to answer is over.",
            authority="D18, D21",
        )
    check_allowed(use, catalogue, on=at.date())
    return use


def _found(rows: Rows, among: pa.Array, *, by: Actor, at: datetime) -> bytes:
    """Return person and own reference of every line that was found in scope, sorted by person, each person once.

    Where two lines find one person, the first is answered: a list has each tag once.
    """
    references: dict[bytes, bytes] = {}
    for person, reference in _met(rows, by=by, at=at):
        references.setdefault(person, reference)
    people = pa.array(sorted(references), type=pa.binary(16))
    within = people.filter(pa.array(listed(people, among)))
    return b"".join(person + references[person] for person in within.to_pylist())


def _met(rows: Rows, *, by: Actor, at: datetime) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(rows), _AT_ONCE):
        met = register.matching(rows.asked(start, start + _AT_ONCE), by=by, at=at)
        for place, person in enumerate(met, start):
            if person is not None:
                yield person.bytes, rows.reference(place)


def log_refused(ref: UseRef, path: Path, sweep: Sweep, salt: bytes, *, by: Actor, at: datetime) -> None:
    """Say in the log that a list was refused because it tries numbers. What was in it is kept nowhere."""
    with path.open("rb") as list_handed_in:
        digest = hashlib.file_digest(list_handed_in, "sha256").hexdigest()
    with transaction.atomic():
        file(ref, sweep.rows, digest=digest, salt=salt, rule=sweep.rule, kept=None, by=by, at=at)


def file(
    ref: UseRef,
    rows: int,
    *,
    digest: str,
    salt: bytes,
    rule: str,
    kept: SetFile | None,
    by: Actor,
    at: datetime,
) -> Roster:
    """Write down that a list was handed in, with its entry for the log."""
    body = {
        "commitment": rosters.commitment(salt, digest),
        "rows": rosters.padded(rows),
        "rule": rule or None,
        "use": ref,
    }
    return Roster.objects.create(
        use=ref,
        rows=rows,
        digest=digest,
        salt=salt,
        rule=rule,
        matched=kept,
        outbox=propose(log="events", kind="roster", body=body, by=by, at=at),
        at=at,
        by=by.ref,
    )
