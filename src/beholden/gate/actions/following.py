# SPDX-License-Identifier: Apache-2.0
"""Follows what has left: weighs anew who may be held by a recipient, and writes to it about the rows that changed.

Nobody's trigger is waited for. Each time, the same lists that decide a release are asked again about everybody who was
released: whoever would be left out today is asked back, for whatever reason (D11, D12, D33, D35). So a choice, a flag
or a correction that is committed is followed, whatever was killed since; what was told before is not told again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import pyarrow as pa

from beholden.catalogue import Catalogue, Flag
from beholden.choices.queries import asked_by
from beholden.gate import message_key, registries, sets
from beholden.gate.actions.safety import contested
from beholden.gate.actions.weighing import lists
from beholden.gate.asking import is_known
from beholden.gate.expression import lasting, weigh
from beholden.gate.ids import column, listed, people_of, unpacked
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
    value: Scalar = field(default=None, repr=False)
    number: int | None = None


def due(
    disclosure: str, told: Told, *, catalogue: Catalogue, by: Actor, at: datetime
) -> tuple[tuple[Due, ...], int]:
    """Return what a recipient must be told about one handover, and up to which correction this knows.

    The plan: 1 everybody who was released, as it was frozen; 2 the lists of today, from the rooms that answer for them;
    3 who bears a reason that takes a row out at this exit is to go, or to rest where the reason is a restriction alone,
    which ends; a match that is contested pauses, one that was wrong is undone; 4 every value of an item that left which
    was put right since, or is disputed; 5 of all that, what was not told, nothing more about a row that was to go, and
    no more than one message holds: the rest comes with the next.
    Where the rules in force do not know the use any more, nothing can be weighed, and everybody is to go: to ask
    nothing back would leave it there for ever.
    """
    held = _held(disclosure)
    use = asked(UseRef(held.decision.use), then=held.decision.at)
    released = unpacked(sets.read(held.decision.released))  # 1
    if not is_known(use, asked_by(use.ref), catalogue):
        every = tuple(_rows(_Weighed(goes=people_of(released)), told.rows))
        return every[:MOST_ASKS], told.corrections or 0
    now = lists(use, released, held.decision.registry, catalogue, by=by, at=at)  # 2
    removes = lasting(catalogue.exit(use.exit))
    kept = weigh(released, now, [flag for flag in removes if flag is not Flag.RESTRICTED]).released  # 3
    goes = people_of(_without(released, kept))
    rests = people_of(_without(kept, weigh(kept, now, removes).released))
    frozen = contested(use.ref, by=by, at=at)
    wrong = people_of(_among(column(frozen.reversed), released))
    rows = tuple(_rows(_Weighed(goes, rests - wrong, frozen.waiting, wrong), told.rows))
    gone = goes | wrong | {person for person, do in told.rows.items() if do in _FINAL}
    values, upto = _values(held, use, told.corrections, _without(released, column(gone)))  # 4
    return (*values, *rows[: MOST_ASKS - len(values)]), upto  # 5


_FINAL = frozenset({Do.DELETE, Do.UNDO})
"""After these a row never comes back."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Whose row is to go by now, whose to rest, whose match is contested (by itself it only rests), whose was wrong."""

    goes: frozenset[PersonId]
    rests: frozenset[PersonId] = frozenset()
    contested: frozenset[PersonId] = frozenset()
    wrong: frozenset[PersonId] = frozenset()


def _rows(now: _Weighed, told: Mapping[PersonId, Do]) -> Iterable[Due]:
    """Say of each row what it was not told before. A row that was to go never comes back; one that rests may.

    A match that was wrong is said to be so even after its row was to go: what came of it is to be undone all the same.
    """
    for person in sorted(now.wrong):
        if told.get(person) is not Do.UNDO:
            yield Due(person, Do.UNDO)
    for person in sorted(now.goes - now.wrong):
        if told.get(person) not in _FINAL:
            yield Due(person, Do.DELETE)
    for person in sorted(now.rests):
        do = Do.PAUSE if person in now.contested else Do.RESTRICT
        if told.get(person) not in {*_FINAL, do}:
            yield Due(person, do)
    still = now.goes | now.rests | now.wrong
    for person, do in sorted(told.items()):
        if do in {Do.PAUSE, Do.RESTRICT} and person not in still:
            yield Due(person, Do.LIFT)


def _values(
    held: Disclosure, use: AskedUse, after: int | None, within: pa.Array
) -> tuple[tuple[Due, ...], int]:
    """Return what holds now of every value that was put right since, or is disputed, of items and rows that left.

    A dispute may be older than the release: the value left with it, and the file does not say so.

    The value is the one that would leave today: the child's row of the main registration, with everything put over it.
    """
    wanted = use.population
    since = held.decision.at - CLOCK_SLACK
    lines, upto = read.changed(wanted.collection, wanted.term, wanted.year, after=after or 0, since=since)
    inside = people_of(_among(column({PersonId(one.person) for one in lines}), within))
    mine = [one for one in lines if one.item in use.items and one.person in inside]
    if len(mine) > MOST_ASKS:
        mine, upto = mine[:MOST_ASKS], mine[MOST_ASKS - 1].number
    if not mine:
        return (), upto
    ids = column({PersonId(one.person) for one in mine})
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

    A row is named by the tag that stands in the list of this handover, whatever key the child has by now; a duty return
    has no list, and there the pseudonym alone finds the row.
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
    """Return the tag of each of these people in one handover; none where the list has none of any key they ever had."""
    if held.tags is None:
        return {}
    listed_under = Listed(held.id, held.decision.registry_id, sets.read(held.tags))
    return tags_in(listed_under, people, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of tags: its name, the registry that its keys stand in (both in hex), and the tags end to end."""

    id: str
    registry: str
    tags: bytes


def tags_in(one: Listed, people: Sequence[PersonId], *, by: Actor, at: datetime) -> Mapping[PersonId, bytes]:
    """Return the tag of each of these people in one list, by the key of now or by one from before a change of power.

    First by the keys of now, end to end; only those who are not found so are looked for by each key that they had.
    """
    if not people:
        return {}
    list_id, registry_id = bytes.fromhex(one.id), bytes.fromhex(one.registry)
    key = load(here(), registries.key_name(registry_id))
    seeds = register.proof_seeds(among=column(people), by=by, at=at)
    made = [tag(tag_key(key, proof_id), list_id) for _, proof_id in seeds]
    known = listed(pa.array(made, type=pa.binary(TAG_BYTES)), unpacked(one.tags))
    of = (PersonId(UUID(bytes=seeds.people[16 * at : 16 * at + 16])) for at in range(len(seeds)))
    found = {person: mine for person, mine, there in zip(of, made, known, strict=True) if there}
    for seed in register.seeds_of(sorted(set(people) - set(found)), by=by, at=at):
        for former in registries.keys_of(seed, registry_id)[1:]:
            mine = tag(former, list_id)
            if sets.holds(one.tags, mine):
                found[seed.person] = mine
    return found


def _held(disclosure: str) -> Disclosure:
    return Disclosure.objects.select_related("decision__registry", "decision__released", "tags").get(
        pk=disclosure
    )


def _among(people: pa.Array, others: pa.Array) -> pa.Array:
    return people.filter(pa.array(listed(people, others)))


def _without(people: pa.Array, others: pa.Array) -> pa.Array:
    return people.filter(pa.array(~listed(people, others)))
