# SPDX-License-Identifier: Apache-2.0
"""Follows what has left: weighs anew who may be held by a recipient, and writes to it about the rows that changed.

Nobody's trigger is waited for. Each time, the same lists that decide a release are asked again about everybody who was
released: whoever would be left out today is asked back, for whatever reason (D11, D12, D33, D35). So a choice, a flag
or a correction that is committed is followed, whatever was killed since; what was told before is not told again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pyarrow as pa

from beholden.catalogue import Catalogue, Flag
from beholden.gate import message_key, registries, sets
from beholden.gate.actions.weighing import lists
from beholden.gate.expression import weigh
from beholden.gate.ids import listed, unpacked
from beholden.gate.message import MOST_ASKS, VERSION, Ask, Do, Message, Told, lock
from beholden.gate.models import Disclosure
from beholden.gate.pseudonyms import pseudonyms
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger.tags import TAG_BYTES, tag, tag_key
from beholden.register import actions as register
from beholden.register.rows import read
from beholden.register.rules import Scalar, Verdict
from beholden.uses.queries import AskedUse, asked

OF_THE_RELEASE = frozenset({Flag.NOT_TOLD, Flag.NO_KEY})
"""Reasons that were settled on the day of the release: being told, and having a key, is not undone afterwards."""

CLOCK_SLACK = timedelta(days=1)
"""A clock may have gone back so far (`ledger.clock`): so much earlier is looked, and a value may be told twice."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that a recipient must be told: about whom, what to do, and for a value which item and what holds.

    `number` is the line of the register that it follows from, or None for a whole row.
    """

    person: PersonId
    do: Do
    item: str = ""
    value: Scalar = None
    number: int | None = None


def due(
    disclosure: str, told: Told, *, catalogue: Catalogue, by: Actor, at: datetime
) -> tuple[tuple[Due, ...], int]:
    """Return what a recipient must be told about one handover, and up to which correction this knows.

    The plan: 1 everybody who was released, as it was frozen; 2 the lists of today, from the rooms that answer for them;
    3 who bears a reason that takes a row out at this exit is to go, or to rest where the reason is a restriction alone,
    which ends; 4 every value of an item that left which was put right or disputed since; 5 of all that, what was not
    told, nothing more about a row that was to go, and no more than one message holds: the rest comes with the next.
    """
    held = _held(disclosure)
    use = asked(UseRef(held.decision.use), then=held.decision.at)
    released = unpacked(sets.read(held.decision.released))  # 1
    now = lists(use, released, held.decision.registry, catalogue, by=by, at=at)  # 2
    removes = [flag for flag in catalogue.exit(use.exit).removes if flag not in OF_THE_RELEASE]
    kept = weigh(released, now, [flag for flag in removes if flag is not Flag.RESTRICTED]).released  # 3
    goes = _people(_without(released, kept))
    rests = _people(_without(kept, weigh(kept, now, removes).released))
    rows = tuple(_rows(goes, rests, told.rows))
    gone = goes | {person for person, do in told.rows.items() if do is Do.DELETE}
    values, upto = _values(held, use, told.corrections, _without(released, _column(gone)))  # 4
    return (*values, *rows[: MOST_ASKS - len(values)]), upto  # 5


def _rows(
    goes: frozenset[PersonId], rests: frozenset[PersonId], told: Mapping[PersonId, Do]
) -> Iterable[Due]:
    """Say of each row what it was not told before. A row that was to go never comes back; one that rests may."""
    for person in sorted(goes):
        if told.get(person) is not Do.DELETE:
            yield Due(person, Do.DELETE)
    for person in sorted(rests):
        if told.get(person) not in {Do.DELETE, Do.RESTRICT}:
            yield Due(person, Do.RESTRICT)
    for person, do in sorted(told.items()):
        if do is Do.RESTRICT and person not in goes | rests:
            yield Due(person, Do.LIFT)


def _values(
    held: Disclosure, use: AskedUse, after: int | None, within: pa.Array
) -> tuple[tuple[Due, ...], int]:
    """Return what holds now of every value that was put right or disputed, of items and rows that left.

    The value is the one that would leave today: the child's row of the main registration, with everything put over it.
    """
    wanted = use.population
    since = held.decision.at - CLOCK_SLACK
    lines, upto = read.changed(wanted.collection, wanted.term, wanted.year, after=after or 0, since=since)
    inside = _people(_among(_column({PersonId(one.person) for one in lines}), within))
    mine = [one for one in lines if one.item in use.items and one.person in inside]
    if len(mine) > MOST_ASKS:
        mine, upto = mine[:MOST_ASKS], mine[MOST_ASKS - 1].number
    if not mine:
        return (), upto
    ids = _column({PersonId(one.person) for one in mine})
    table = read.rows(wanted.collection, wanted.term, wanted.year, use.items, ids)
    holds = {UUID(bytes=row["person"]): row for row in table.to_pylist()}
    found = []
    for one in mine:
        row = holds.get(one.person)
        right = one.verdict is Verdict.PUT_RIGHT
        value = None if not right else one.value if row is None else _plain(row[one.item])
        if isinstance(value, str) and one.item in use.months:
            value = f"{value[:8]}01"  # of this day the month alone was granted, and the month alone left
        do = Do.CORRECT if right else Do.DOUBT
        found.append(Due(PersonId(one.person), do, one.item, value, one.number))
    return tuple(found), upto


def _plain(value: object) -> Scalar:
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError("only single values are put right")


def letter(
    disclosure: str, asks: Sequence[Due], *, before: bytes, day: date, do_by: date, by: Actor, at: datetime
) -> bytes:
    """Return one message about one handover, signed and locked to its recipient. It may ask nothing, too.

    A row is named by the tag that its key gives and that stands in the list of this handover; a tag that is in no list
    is left out, as after a change of power has drawn a new key, and the pseudonym finds the row.
    """
    held = _held(disclosure)
    use = asked(UseRef(held.decision.use), then=held.decision.at)
    people = sorted({one.person for one in asks})
    names = dict(
        zip(people, pseudonyms(use.recipient.ref, use.named_in, (one.bytes for one in people)), strict=True)
    )
    tags = tags_of(held, people, by=by, at=at)
    said = tuple(
        Ask(one.do.value, one.item or None, bytes.fromhex(names[one.person]), tags.get(one.person), one.value)
        for one in asks
    )
    message = Message(said, before, day, do_by, bytes.fromhex(disclosure), use.ref, VERSION)
    return lock(message, seed=message_key.seed(), recipient=use.recipient.encryption_key)


def tags_of(
    held: Disclosure, people: Sequence[PersonId], *, by: Actor, at: datetime
) -> Mapping[PersonId, bytes]:
    """Return the tag of each of these people in one handover; none where the list has none of their key."""
    if not people or held.tags is None:
        return {}
    key = load(here(), registries.key_name(bytes.fromhex(held.decision.registry_id)))
    seeds = register.proof_seeds(among=_column(people), by=by, at=at)
    list_id = bytes.fromhex(held.id)
    made = [tag(tag_key(key, proof_id), list_id) for _, proof_id in seeds]
    known = listed(pa.array(made, type=pa.binary(TAG_BYTES)), unpacked(sets.read(held.tags)))
    of = (PersonId(UUID(bytes=seeds.people[16 * at : 16 * at + 16])) for at in range(len(seeds)))
    return {person: one for person, one, there in zip(of, made, known, strict=True) if there}


def _held(disclosure: str) -> Disclosure:
    return Disclosure.objects.select_related("decision__registry", "decision__released", "tags").get(
        pk=disclosure
    )


def _column(people: Iterable[PersonId]) -> pa.Array:
    return pa.array(sorted(one.bytes for one in people), type=pa.binary(16))


def _among(people: pa.Array, others: pa.Array) -> pa.Array:
    return people.filter(pa.array(listed(people, others)))


def _without(people: pa.Array, others: pa.Array) -> pa.Array:
    return people.filter(pa.array(~listed(people, others)))


def _people(column: pa.Array) -> frozenset[PersonId]:
    return frozenset(PersonId(UUID(bytes=one)) for one in column.to_pylist())
