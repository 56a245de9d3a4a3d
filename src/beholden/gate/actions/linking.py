# SPDX-License-Identifier: Apache-2.0
"""Takes in a list of names for a match (D21, D32): compared with everybody, decided by printed rules, explained pair by
pair. It is answered when people have looked at what waits, and the use is decided and released like any other.

Of records that come to nobody nothing is kept but how many there were, and of a few that are drawn, sealed, how they
agree with who came nearest. Decoys are mixed into every list: where too many of them are taken for somebody, the list
is stopped and nothing of it is kept. The recipient learns nothing here.
"""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import names, pairs, rosters, sampled, sets
from beholden.gate.actions.grouping import told_apart
from beholden.gate.actions.matching import file, log_refused, matching_use
from beholden.gate.actions.safety import kept_safe
from beholden.gate.actions.settling import settle
from beholden.gate.actions.weighing import scope
from beholden.gate.ids import listed
from beholden.gate.models import LinkedPair, Linking, Roster
from beholden.gate.names import NamesList
from beholden.gate.pair_rules import check_decoys, is_adverse, is_looked_at
from beholden.gate.pairs import Sides, Why
from beholden.gate.roster import REFERENCE, Sweep
from beholden.gate.sampled import Drawn
from beholden.home import here, keys
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger.canonical import Json
from beholden.linkage.deciding import Decision, Reason
from beholden.linkage.files import Columns
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.linked import Linked, Met
from beholden.uses.queries import AskedUse

DECOYS = "decoys"
"""The rule by which a list is stopped that takes too many made-up people for somebody."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair to be kept: the record's own reference; what is known of a made-up one: same, different, or nothing; from
    which stratum it was drawn, if it was, and of which groups its person is then.
    """

    met: Met
    reference: str = ""
    known: str = field(default="", repr=False)
    sampled: str = ""
    groups: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def accepted(self) -> bool:
        return not self.known and self.met.why.decision is Decision.ACCEPT


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
    somebody: stopped, said in the log, nothing kept; 6 of what the rules decided pairs are drawn for people to look at,
    among the others; 7 one transaction names who is met in scope, sealed, with the entry for the log; where nothing
    waits for people, it is settled. Killed before that, nothing was handed in.
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
        _take(use, handed, salt, key, name, catalogue=catalogue, by=by, at=at)  # 4 to 7
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
    """Compare a list with everybody, and keep what it came to; or stop it (4 to 7 of the plan)."""
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
    out = safe | {
        one.person for one in linked.met
    }  # whoever is met by another record is not missed by this one
    passed = _in_scope([one for one in linked.passed if one.person not in out], among)
    drawn = sampled.draw([one for one in kept if _is_accepted(one)], passed, key)  # 6
    rows = _pairs(handed, kept, drawn, told_apart(use, _people(drawn), catalogue, by=by, at=at))
    if any(map(is_looked_at, rows)):
        rows += [one for one in _made_up(linked) if one.met.person not in safe]
    with transaction.atomic():  # 7
        found = b"".join(sorted(one.person.bytes + _padded(handed, one) for one in kept))
        held = log(rule="", kept=sets.keep("roster", found, width=rosters.WIDTH, at=at))
        _keep(held, _figures(handed, linked, kept, drawn, len(rows)), rows, key=key, name=name)
        settle(held, by=by, at=at)


def _people(drawn: Sequence[Drawn]) -> pa.Array:
    return pa.array(sorted(one.person.bytes for some in drawn for one in some.met), type=pa.binary(16))


def _pairs(
    handed: NamesList, kept: Sequence[Met], drawn: Sequence[Drawn], groups: Mapping[bytes, Mapping[str, str]]
) -> list[_Pair]:
    """Return every pair of somebody who is met, and those that were drawn of records that came to nobody."""
    strata = {one.person: some.stratum for some in drawn for one in some.met}
    passed = [one for some in drawn if some.stratum in sampled.PASSED for one in some.met]
    return [
        *(
            _Pair(
                one, _reference(handed, one), "", strata.get(one.person, ""), groups.get(one.person.bytes, {})
            )
            for one in kept
        ),
        *(_Pair(one, "", "", strata[one.person], groups.get(one.person.bytes, {})) for one in passed),
    ]


def _made_up(linked: Linked) -> Iterator[_Pair]:
    yield from (_Pair(one, known=Opinion.DIFFERENT.value) for one in _once(linked.fooled))
    yield from (_Pair(one, known=Opinion.SAME.value) for one in linked.seeded)


def _new_key() -> tuple[bytes, str]:
    """Make the key of one list's pairs; when this returns, it is on the disk."""
    name = secrets.token_hex(16)
    return keys.made(here(), pairs.key_name(name)), name


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


def _keep(roster: Roster, figures: dict[str, Json], rows: list[_Pair], *, key: bytes, name: str) -> None:
    """Keep every pair sealed, in an order that tells nothing: made-up and drawn ones are among the others."""

    def place(row: _Pair) -> bytes:
        said = row.met.person.bytes + row.reference.encode()
        return hmac.digest(key, said, hashlib.sha256)

    LinkedPair.objects.bulk_create([_row(roster, row, key) for row in sorted(rows, key=place)])
    Linking.objects.create(
        roster=roster, key=name, figures=figures, seal=pairs.of_figures(key, roster.pk, figures)
    )


def _once(fooled: Sequence[Met]) -> tuple[Met, ...]:
    """Return one pair for each decoy that a person must look at, like those beside it: the likeliest."""
    waits = [one for one in fooled if one.why.decision is Decision.REVIEW]
    return tuple({one.place: one for one in reversed(waits)}.values())


def _row(roster: Roster, row: _Pair, key: bytes) -> LinkedPair:
    person = None if row.sampled in sampled.PASSED else row.met.person
    sides = Sides(roster.pk, person, row.reference, row.accepted, row.known, row.sampled)
    why = Why(row.met.why, row.met.alike, dict(row.groups))
    return LinkedPair(
        roster=roster,
        person=person,
        reference=row.reference,
        accepted=row.accepted,
        known=row.known,
        sampled=row.sampled,
        why=pairs.seal(key, sides, why),
    )


def _figures(
    handed: NamesList, linked: Linked, kept: Sequence[Met], drawn: Sequence[Drawn], rows: int
) -> dict[str, Json]:
    """Return the exact figures of a list: for the keeper's eyes; in public they stand in bands, once all is settled."""
    accepted = Counter(one.why.reason for one in kept if one.why.decision is Decision.ACCEPT)
    people = {one.person for one in kept}  # as in every answer: nobody who is kept safe or out of scope (D35)
    near = Counter(one.place for one in linked.met if one.person in people)
    return {
        "accepted_by_number": accepted[Reason.NUMBER],
        "accepted_by_values": accepted[Reason.SURE],
        "cut_short": linked.cut_short,
        "decoys": linked.decoys,
        "decoys_accepted": sum(map(_is_accepted, linked.fooled)),
        "strata": {one.stratum.value: one.pairs for one in drawn},
        "model": linked.model,
        "pairs": rows,
        "people": linked.people,
        "records": linked.records,
        "several": sum(many > 1 for many in near.values()),
        "unread": handed.unread,
        "with_birth_date": sum(bool(one.birth_date) for one in handed.people),
        "with_number": sum(bool(one.pupil_number) for one in handed.people),
        "with_postcode": sum(bool(one.postcode) for one in handed.people),
    }


def _stopped() -> Refusal:
    return Refusal(
        "gate.decoys_taken",
        "Too many invented people were taken for somebody in the register, so this list is not answered.",
        next_step="Ask about fewer people, with more of what you know of each. Nothing of the list was kept.",
        authority="D21, D32: nobody is taken for somebody else",
    )
