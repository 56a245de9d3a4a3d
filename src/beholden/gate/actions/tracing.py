# SPDX-License-Identifier: Apache-2.0
"""Traces what left: of one child, every place its row went; of a file that turned up, which handover it came from.

Both are looks of the registrar. A tag names the release it was made for; it does not say who let the file out: the
keeper has the same tags, and whoever reads a file can copy them.
"""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from beholden.gate import sets
from beholden.gate.actions.following import Listed, tags_in, tags_of
from beholden.gate.actions.singles import write_down
from beholden.gate.ids import listed, people_of, unpacked
from beholden.gate.looks import Look, handovers_of, looks_at
from beholden.gate.models import Disclosure
from beholden.gate.pseudonyms import pseudonyms
from beholden.gate.rules import LEFT, check_role
from beholden.gate.seals import OpenedOrder, opened_compulsions
from beholden.gate.ways import CONTACT
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.tags import TAG_BYTES
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules.repeating import named_apart

EXIT = "trace"
MOST_BYTES = 2**31
_HEX = 2 * TAG_BYTES
_PARQUET, _AGE = b"PAR1", b"age-encryption.org/v1\n"


@dataclass(frozen=True, slots=True)
class Went:
    """One handover whose scope held the child: of which use, to whom, when, if the row went, and the item with it.

    Of a letter that was passed on (`invited` is not None) no row went: it says whether the child was written to.

    What an order compelled belongs to no use. It is here once it is open, and only where the child is in it.
    """

    use: UseRef | None
    recipient: str
    disclosure: str
    logged_at: datetime
    in_list: bool
    with_item: bool
    invited: bool | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Every place to which something about one child went: in lists, and alone. What may not be told is in neither."""

    handovers: tuple[Went, ...]
    singles: tuple[Look, ...]


def places(person: PersonId, item: str, *, by: Actor, at: datetime) -> Places:
    """Return every place to which one item of one child went (D31).

    The plan: 1 an enrolled registrar; 2 it stands in the journal, on the disk, and the family reads of it like of any
    other look; 3 handovers from their frozen lists, duty returns and opened orders among them, single exits from the
    journal's index. What is still sealed is shown to nobody.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    write_down(EXIT, EXIT, person, reader=by.ref, by=by, at=at)  # 2
    found = []
    for one in handovers_of(person):  # 3
        use = asked(one.use, then=one.logged_at)
        carried = one.in_list and item in use.items
        invited = one.in_list if use.exit == CONTACT else None
        found.append(
            Went(one.use, use.recipient.ref, one.disclosure, one.logged_at, one.in_list, carried, invited)
        )
    for order in opened_compulsions():
        if sets.holds(order.people, person.bytes):
            carried = item in order.items
            found.append(
                Went(None, order.recipient, order.id, order.logged_at, in_list=True, with_item=carried)
            )
    return Places(tuple(sorted(found, key=lambda one: one.logged_at, reverse=True)), looks_at(person))


@dataclass(frozen=True, slots=True)
class Match:
    """One handover that a file fits: by what (parcel, tags, pseudonyms), how many of its rows, of how many there were.

    `filling` are tags of the list that are no row's by today's keys: whoever has many of them has the parcel. `people`
    are internal ids of those whose rows were found, for the registrar alone. What an order compelled has no use.
    """

    use: UseRef | None
    recipient: str
    disclosure: str
    how: str
    rows: int
    filling: int
    of: int
    people: frozenset[PersonId]


def whose(path: Path, *, by: Actor, at: datetime) -> tuple[Match, ...]:
    """Return every handover that a leaked file fits, the best first (D34). Nothing of the file is kept or said.

    The plan: 1 an enrolled registrar; 2 the locked parcel itself names its handover by the hash in the log; 3 else its
    rows' tags are looked for in every list that left; 4 where tags are gone, the pseudonyms, which are made for one
    recipient and one run of a use, and are all that a duty return has. Those of a study over time fit every run: where
    a tag has said which, they say no more. A file with neither fits nothing, and that proves nothing. Nor does anything
    fit that is still sealed.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    if path.stat().st_size > MOST_BYTES:
        raise _unreadable()
    raw = path.read_bytes()
    left = Disclosure.objects.filter(state__in=LEFT).select_related("decision__released", "tags")
    held, orders = tuple(left.order_by("decision_id")), opened_compulsions()
    if raw.startswith(_AGE):  # 2
        digest = hashlib.sha256(raw).hexdigest()
        wholes = [_whole(one) for one in held if one.payload == digest]
        return (*wholes, *(_whole_order(one) for one in orders if one.payload == digest))
    names = frozenset(_names(raw))
    fits = [_fits(one, names, by=by, at=at) for one in held]  # 3, 4
    fits += [_fits_order(one, names, by=by, at=at) for one in orders]
    found = _without_placed([match for match in fits if match is not None])
    return tuple(sorted(found, key=lambda one: (-(one.rows + one.filling), one.disclosure)))


def _without_placed(fits: Sequence[Match]) -> Iterator[Match]:
    """Yield what a file fits, but for runs that it fits by pseudonyms alone, of nobody whom a tag has not placed."""
    placed: defaultdict[UseRef | None, set[PersonId]] = defaultdict(set)
    for one in fits:
        if one.how == "tags":
            placed[one.use] |= one.people
    for one in fits:
        if one.how != "pseudonyms" or not one.people <= placed[one.use]:
            yield one


def _whole(one: Disclosure) -> Match:
    use = asked(UseRef(one.decision.use), then=one.decision.at)
    count = one.decision.released.count
    return Match(use.ref, use.recipient.ref, one.id, "parcel", count, 0, count, _released(one))


def _released(one: Disclosure) -> frozenset[PersonId]:
    return people_of(unpacked(sets.read(one.decision.released)))


def _fits(one: Disclosure, names: frozenset[bytes], *, by: Actor, at: datetime) -> Match | None:
    """Look for a file's 16-byte names among the tags of a handover, and among the pseudonyms of its rows."""
    if not names:
        return None
    use = asked(UseRef(one.decision.use), then=one.decision.at)
    tags = 0 if one.tags is None else _among(names, sets.read(one.tags))
    people = _by_pseudonym(one, use, names)
    filling = 0
    if tags:
        mine = {
            person
            for person, tag in tags_of(one, sorted(_released(one)), by=by, at=at).items()
            if tag in names
        }
        people, filling = people | mine, tags - len(mine)
    if not tags and not people:
        return None
    how, count = "tags" if tags else "pseudonyms", one.decision.released.count
    return Match(use.ref, use.recipient.ref, one.id, how, len(people), filling, count, people)


def _among(names: frozenset[bytes], tags: bytes) -> int:
    """Return how many of a file's names are tags of one list."""
    return int(listed(pa.array(sorted(names), type=pa.binary(TAG_BYTES)), unpacked(tags)).sum())


def _whole_order(one: OpenedOrder) -> Match:
    people = people_of(unpacked(one.people))
    return Match(None, one.recipient, one.id, "parcel", len(people), 0, len(people), people)


def _fits_order(one: OpenedOrder, names: frozenset[bytes], *, by: Actor, at: datetime) -> Match | None:
    """Look for a file's names among the tags of what an order compelled; it has no pseudonyms."""
    tags = _among(names, one.tags)
    if not tags:
        return None
    named = people_of(unpacked(one.people))
    made = tags_in(Listed(one.id, one.registry, one.tags), sorted(named), by=by, at=at)
    mine = frozenset(person for person, tag in made.items() if tag in names)
    return Match(None, one.recipient, one.id, "tags", len(mine), tags - len(mine), len(named), mine)


def _by_pseudonym(one: Disclosure, use: AskedUse, names: frozenset[bytes]) -> frozenset[PersonId]:
    """Return whose numbers a file has: of a study over time, also of those whom it follows no further (D35)."""
    people, found = sorted(_released(one)), set[PersonId]()
    for made_for in {use.named_in, named_apart(use.ref, use.run)} if use.over_time else {use.named_in}:
        made = pseudonyms(use.recipient.ref, made_for, (person.bytes for person in people))
        found |= {person for person, name in zip(people, made, strict=True) if bytes.fromhex(name) in names}
    return frozenset(found)


def _names(raw: bytes) -> Iterator[bytes]:
    """Yield everything in a file that has the shape of a tag or a pseudonym: 16 bytes, or their hex in any column."""
    if raw.startswith(_PARQUET):
        try:
            table = pq.read_table(pa.BufferReader(raw))
        except (pa.ArrowInvalid, OSError) as trouble:
            raise _unreadable() from trouble
        for column in table.columns:
            if pa.types.is_binary(column.type) or pa.types.is_fixed_size_binary(column.type):
                yield from (one for one in column.to_pylist() if one is not None and len(one) == TAG_BYTES)
            elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                yield from filter(None, map(_from_hex, column.to_pylist()))
        return
    try:
        text = raw.decode("utf-8-sig")
        for line in csv.reader(io.StringIO(text, newline="")):
            yield from filter(None, map(_from_hex, line))
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise _unreadable() from trouble


def _from_hex(cell: str | None) -> bytes | None:
    text = "" if cell is None else cell.strip().lower().removeprefix("\\x").removeprefix("0x")
    try:
        return bytes.fromhex(text) if len(text) == _HEX else None
    except ValueError:
        return None


def _unreadable() -> Refusal:
    return Refusal(
        "gate.leak_unreadable",
        "This file cannot be read as a parcel, Parquet or text with commas.",
        next_step="Keep it as it is. Bring what is in it into one of the three, and look again.",
        authority="D34; UK GDPR Art 33(3)(a)",
    )
