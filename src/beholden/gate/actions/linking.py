# SPDX-License-Identifier: Apache-2.0
"""Takes in a list of names for a match (D21, D32): compared with everybody, decided by printed rules, explained pair by
pair. It is answered when people have looked at what waits, and the use is decided and released like any other.

Of records that come to nobody nothing is kept but how many there were. Decoys are mixed into every list: where too many
of them are taken for somebody, the list is stopped and nothing of it is kept. The recipient learns nothing here.
"""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import names, pairs, rosters, sets
from beholden.gate.actions.matching import file, log_refused, matching_use
from beholden.gate.actions.safety import kept_safe
from beholden.gate.actions.settling import settle
from beholden.gate.actions.weighing import scope
from beholden.gate.ids import listed
from beholden.gate.models import LinkedPair, Linking, Roster
from beholden.gate.names import NamesList
from beholden.gate.pair_rules import check_decoys, is_adverse
from beholden.gate.pairs import Sides, Why
from beholden.gate.roster import REFERENCE, Sweep
from beholden.home import here, keys
from beholden.home.files import fsync_folder
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger.canonical import Json
from beholden.linkage.deciding import Decision, Reason
from beholden.linkage.files import Columns
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.linked import Linked, Met
from beholden.uses.queries import AskedUse

DECOYS = "decoys"
"""The rule by which a list is stopped that takes too many made-up people for somebody."""

_Row = tuple[Met, str, str]
"""A pair, the record's own reference, and what is known of a made-up one: same, different, or nothing."""


@dataclass(frozen=True, slots=True)
class NamesHandedIn:
    """What the recipient keeps: how many records were taken, how many values of them could not be read, and the salt.

    The salt opens the log's commitment to the file, as of a list of numbers. Not how many were found: that is an
    answer.
    """

    use: UseRef
    rows: int
    unread: int
    salt: bytes


def hand_in_names(
    ref: UseRef, path: Path, where: Columns, *, catalogue: Catalogue, by: Actor, at: datetime
) -> NamesHandedIn:
    """Take a list of names in, whole or not at all.

    The plan: 1 as for a list of numbers, by whom and for what; 2 the list is read, or refused whole; one that tries
    people out stands in the log; 3 a key of its own is on the disk; 4 request and decoys are compared with everybody,
    by the keeper, under rules that accept nothing unseen for a purpose that can harm; 5 too many decoys taken for
    somebody: stopped, said in the log, nothing kept; 6 one transaction names who is met in scope, sealed, with the
    entry for the log; where nothing waits for people, it is settled. Killed before that, nothing was handed in.
    """
    use = matching_use(ref, catalogue, by=by, at=at)  # 1
    salt = secrets.token_bytes(32)
    try:
        handed = names.read(path, where, limits=catalogue.limits)  # 2
    except Sweep as sweep:
        log_refused(ref, path, sweep, salt, by=by, at=at)
        raise
    key, name = _new_key()  # 3
    try:
        _take(use, handed, salt, key, name, catalogue=catalogue, by=by, at=at)  # 4, 5, 6
    except BaseException:
        if not Linking.objects.filter(key=name).exists():
            keys.destroy(here(), pairs.key_name(name))
        raise
    return NamesHandedIn(ref, len(handed.people), handed.unread, salt)


def _take(
    use: AskedUse,
    handed: NamesList,
    salt: bytes,
    key: bytes,
    name: str,
    *,
    catalogue: Catalogue,
    by: Actor,
    at: datetime,
) -> None:
    """Compare a list with everybody, and keep what it came to; or stop it (4 to 6 of the plan)."""
    adverse = is_adverse(use.purpose, catalogue)
    linked = register.link(handed.people, secret=key, adverse=adverse, by=by, at=at)  # 4
    log = partial(file, use.ref, linked.records, digest=handed.digest, salt=salt, by=by, at=at)
    if not check_decoys(sum(map(_is_accepted, linked.fooled)), linked.decoys):  # 5
        with transaction.atomic():
            log(rule=DECOYS, kept=None)
        raise _stopped()
    safe = kept_safe(by=by, at=at)  # they are in no answer, so nobody looks at a pair of theirs (D35)
    among = scope(use, by=by, at=at)
    kept = _in_scope([one for one in linked.met if one.person not in safe], among)
    made_up = [
        *((one, "different") for one in _once(linked.fooled)),
        *((one, "same") for one in linked.seeded),
    ]
    with transaction.atomic():  # 6
        found = b"".join(sorted(one.person.bytes + _padded(handed, one) for one in kept))
        held = log(rule="", kept=sets.keep("roster", found, width=rosters.WIDTH, at=at))
        rows = [(one, _reference(handed, one), "") for one in kept]
        if any(one.why.decision is not Decision.ACCEPT for one in kept):
            rows += [(one, "", known) for one, known in made_up if one.person not in safe]
        _keep(held, linked, rows, key=key, name=name)
        settle(held, by=by, at=at)


def _new_key() -> tuple[bytes, str]:
    """Make the key of one list's pairs; when this returns, it is on the disk."""
    name = secrets.token_hex(16)
    keys.create(here(), pairs.key_name(name))
    fsync_folder(here().keys)
    return keys.load(here(), pairs.key_name(name)), name


def _is_accepted(one: Met) -> bool:
    """Say whether the rules took a record for somebody, whatever the purpose then asks of people."""
    return one.why.decision is Decision.ACCEPT or one.why.reason is Reason.PURPOSE


def _in_scope(met: Sequence[Met], among: pa.Array) -> tuple[Met, ...]:
    """Return who is met in scope, each person once: as accepted before as waiting, and by the likelier record."""
    best: dict[PersonId, Met] = {}
    order = sorted(
        met, key=lambda one: (one.why.decision is not Decision.ACCEPT, -one.why.posterior, one.place)
    )
    for one in order:
        best.setdefault(one.person, one)
    people = pa.array(sorted(person.bytes for person in best), type=pa.binary(16))
    within = set(people.filter(pa.array(listed(people, among))).to_pylist())
    return tuple(one for person, one in best.items() if person.bytes in within)


def _reference(handed: NamesList, one: Met) -> str:
    return handed.people[one.place].ref


def _padded(handed: NamesList, one: Met) -> bytes:
    return _reference(handed, one).encode().ljust(REFERENCE, b"\0")


def _keep(roster: Roster, linked: Linked, rows: list[_Row], *, key: bytes, name: str) -> None:
    """Keep every pair sealed, in an order that tells nothing: made-up ones are among those that people look at."""
    rows.sort(key=lambda row: hmac.digest(key, row[0].person.bytes + row[1].encode(), hashlib.sha256))
    LinkedPair.objects.bulk_create(
        [_row(roster, one, reference, known, key) for one, reference, known in rows]
    )
    figures = _figures(linked, [one for one, _, known in rows if not known], len(rows))
    Linking.objects.create(
        roster=roster, key=name, figures=figures, seal=pairs.of_figures(key, roster.pk, figures)
    )


def _once(fooled: Sequence[Met]) -> tuple[Met, ...]:
    """Return one pair for each decoy that a person must look at, like those beside it: the likeliest."""
    waits = [one for one in fooled if one.why.decision is Decision.REVIEW]
    return tuple({one.place: one for one in reversed(waits)}.values())


def _row(roster: Roster, one: Met, reference: str, known: str, key: bytes) -> LinkedPair:
    accepted = not known and one.why.decision is Decision.ACCEPT
    sides = Sides(roster.pk, one.person, reference, accepted, known)
    return LinkedPair(
        roster=roster,
        person=one.person,
        reference=reference,
        accepted=accepted,
        known=known,
        why=pairs.seal(key, sides, Why(one.why, one.alike)),
    )


def _figures(linked: Linked, kept: Sequence[Met], rows: int) -> dict[str, Json]:
    """Return the exact figures of a list: for the keeper's eyes; in public they stand in bands, once all is settled."""
    accepted = Counter(one.why.reason for one in kept if one.why.decision is Decision.ACCEPT)
    return {
        "accepted_by_number": accepted[Reason.NUMBER],
        "accepted_by_values": accepted[Reason.SURE],
        "cut_short": linked.cut_short,
        "decoys": linked.decoys,
        "decoys_accepted": sum(map(_is_accepted, linked.fooled)),
        "model": linked.model,
        "pairs": rows,
        "people": linked.people,
        "records": linked.records,
    }


def _stopped() -> Refusal:
    return Refusal(
        "gate.decoys_taken",
        "Too many invented people were taken for somebody in the register, so this list is not answered.",
        next_step="Ask about fewer people, with more of what you know of each. Nothing of the list was kept.",
        authority="D21, D32: nobody is taken for somebody else",
    )
