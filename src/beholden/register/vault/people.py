# SPDX-License-Identifier: Apache-2.0
"""Enters people into the vault and finds them again. Every function here runs inside `keeper()`.

Nothing in clear leaves but what a caller inside the register asks for by name: first names and birth dates for a
letter, proof seeds for a registry, one person's own facts for that person's copy.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID, uuid4

import pyarrow as pa

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.register.lent import PROOF_ID_BYTES, Named, ProofSeed
from beholden.register.rules import Identified, Match, birthday, identify
from beholden.register.vault import bulk, questions
from beholden.register.vault.models import Person, Question
from beholden.register.vault.seal import digest_of_number, digest_of_number_and_birth, seal, unseal
from beholden.register.vault.slots import Slots

NUMBER = "number"
STATEMENT = "statement"
NUMBER_AND_BIRTH = "number+birth"
BATCH = 5_000

_Any = TypeVar("_Any")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "names": ("forename", "middle_names", "preferred_surname", "surname"),
    "birth": ("birth_date",),
    "address": ("address_lines", "postcode"),
    "numbers": ("former_upn", "uln", "upn"),
}
"""Which columns of a return each sealed blob holds: one reader group, one blob."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Who the rows of a return are, in their order; how many are new, and how many a person must decide on."""

    people: tuple[PersonId, ...]
    fresh: int
    asked: int


def enter(pupils: pa.Table, *, receipt: str, at: datetime) -> Entered:
    """Find or make the person behind every row of one return, and seal what the return says of who they are.

    Everybody is identified before anybody is written; then a few thousand rows at a time are in clear.
    """
    met = _identify_all(pupils)
    for start in range(0, len(met), BATCH):
        said = pupils.slice(start, BATCH).select([name for group in COLUMNS.values() for name in group])
        rows = list(zip(met[start : start + BATCH], said.to_pylist(), strict=True))
        _insert([row for row in rows if row[0].match is not Match.SAME])
        _reseal([row for row in rows if row[0].match is Match.SAME])
    asked = [
        Question(
            person_id=one.person, candidate_id=one.candidate, rule=one.match, receipt=receipt, asked_at=at
        )
        for one in met
        if one.match is Match.ASK and one.candidate is not None
    ]
    Question.objects.bulk_create(asked, batch_size=BATCH)
    fresh = sum(one.match is not Match.SAME for one in met)
    return Entered(tuple(one.person for one in met), fresh, len(asked))


@dataclass(frozen=True, slots=True)
class _Met:
    """One row of a return: which rule spoke, who it is, who else it may be, and how it is found again."""

    match: Match
    person: PersonId
    candidate: PersonId | None
    number: bytes = field(repr=False)
    with_birth: bytes


_Row = tuple[_Met, Mapping[str, object]]


def _identify_all(pupils: pa.Table) -> list[_Met]:
    key = load(here(), "lookup")
    numbers, days = pupils["upn"].to_pylist(), pupils["birth_date"].to_pylist()
    alone = [digest_of_number(key, number) for number in numbers]
    both = [
        digest_of_number_and_birth(key, number, _day(born))
        for number, born in zip(numbers, days, strict=True)
    ]
    # A number that follows another may be somebody we know, whose choices must not be lost: a person decides (D14).
    former = [
        b"" if number is None else digest_of_number(key, number)
        for number in pupils["former_upn"].to_pylist()
    ]
    with_birth = bulk.found(NUMBER_AND_BIRTH, both)
    by_number = bulk.found(NUMBER, (*alone, *filter(None, former)))
    return [
        _met(
            identify(with_birth.get(first, ()), by_number.get(second, ()) or by_number.get(third, ())),
            second,
            first,
        )
        for first, second, third in zip(both, alone, former, strict=True)
    ]


def _met(found: Identified, number: bytes, with_birth: bytes) -> _Met:
    if found.match is Match.SAME and found.person is not None:
        return _Met(found.match, found.person, None, number, with_birth)
    return _Met(found.match, PersonId(uuid4()), found.person, number, with_birth)


def _insert(rows: Sequence[_Row]) -> None:
    """Make new people. Their keys are on disk before a row names them."""
    if not rows:
        return
    minted = _slots().mint(len(rows))
    bulk.add(
        [
            bulk.Sealed(one.person, slot, _sealed(own, one.person, said) | {"proof": _proof(own, one.person)})
            for (one, said), (slot, own) in zip(rows, minted, strict=True)
        ],
        (*COLUMNS, "proof"),
    )
    bulk.point(
        [(NUMBER, one.number, one.person) for one, _ in rows]
        + [(NUMBER_AND_BIRTH, one.with_birth, one.person) for one, _ in rows]
    )


def _reseal(rows: Sequence[_Row]) -> None:
    """Bring what is known of people we have met up to this return. What says the same is not written again."""
    if not rows:
        return
    held = {one.person: one for one in bulk.read((one.person for one, _ in rows), tuple(COLUMNS))}
    keys = _slots().keys([one.slot for one in held.values()])
    changed = []
    for one, said in rows:
        was = held[one.person]
        fresh = _sealed(keys[was.slot], one.person, said, before=was.blobs)
        if fresh != was.blobs:
            changed.append(bulk.Sealed(one.person, was.slot, fresh))
    if changed:
        bulk.renew(changed, tuple(COLUMNS))


def _sealed(
    own: bytes,
    person: PersonId,
    row: Mapping[str, object],
    before: Mapping[str, bytes] = MappingProxyType({}),
) -> dict[str, bytes]:
    """Return each group's blob; a blob from before stands if it holds the very same."""
    made = {}
    for group, names in COLUMNS.items():
        values = {name: _text(row[name]) for name in names}
        held = before.get(group)
        made[group] = (
            held
            if held is not None and unseal(own, person, group, held) == values
            else seal(own, person, group, values)
        )
    return made


def _proof(own: bytes, person: PersonId) -> bytes:
    """Draw what fixes a person's place and key in every registry to come."""
    seed = {"label_seed": secrets.token_hex(32), "proof_id": secrets.token_hex(PROOF_ID_BYTES)}
    return seal(own, person, "proof", seed)


def named(numbers: Sequence[str], *, among: frozenset[bytes]) -> dict[str, Named]:
    """Return first name and birth date by pupil number, for letters, of those among 16-byte ids (a school's roll).

    Numbers that find nobody there, or two, are absent; of records that are one child by a decision, the oldest counts.
    Who stands under the same number elsewhere is not looked at, so that a slip at one school takes nothing from another
    and tells it nothing.
    """
    key, joined = load(here(), "lookup"), questions.joined()
    by_digest = {digest_of_number(key, number): number for number in numbers}
    ours = {
        digest: joined.apart([person for person in people if person.bytes in among])
        for digest, people in bulk.found(NUMBER, by_digest).items()
    }
    found = {digest: people[0] for digest, people in ours.items() if len(people) == 1}
    held = {one.person: one for one in bulk.read(found.values(), ("names", "birth"))}
    keys = _slots().keys([one.slot for one in held.values()])
    answers = {}
    for digest, person in found.items():
        row = held[person]
        names = unseal(keys[row.slot], person, "names", row.blobs["names"])
        birth = unseal(keys[row.slot], person, "birth", row.blobs["birth"])
        answers[by_digest[digest]] = Named(
            person, str(names["forename"]), date.fromisoformat(str(birth["birth_date"]))
        )
    return answers


def numbers_of(people: frozenset[bytes]) -> Iterator[str]:
    """Yield the pupil number of each of some people (16-byte ids), in the order of their ids."""
    slots = _slots()
    for some in _batches(sorted(people)):
        held = bulk.read([UUID(bytes=one) for one in some], ("numbers",))
        keys = slots.keys([one.slot for one in held])
        for one in held:
            number = unseal(keys[one.slot], one.person, "numbers", one.blobs["numbers"])["upn"]
            if number:
                yield str(number)


def with_number_and_birth(number: str, born: date) -> tuple[PersonId, ...]:
    """Return who stands under a pupil number and a birth date together, oldest first.

    One, or nobody: no file has a number twice, and files come in one at a time. Two stand in a damaged table alone.
    """
    digest = digest_of_number_and_birth(load(here(), "lookup"), number, born)
    return tuple(bulk.found(NUMBER_AND_BIRTH, [digest]).get(digest, ()))


def matching(asked: Iterable[tuple[str, date]]) -> Iterator[PersonId | None]:
    """Yield, for each pupil number and birth date together, who stands under it: None for nobody, and for two."""
    key = load(here(), "lookup")
    for some in _batches(asked):
        digests = [digest_of_number_and_birth(key, number, born) for number, born in some]
        found = bulk.found(NUMBER_AND_BIRTH, digests)
        for digest in digests:
            people = found.get(digest, ())
            yield people[0] if len(people) == 1 else None


def known_of(person: PersonId, groups: Sequence[str]) -> dict[str, str | None]:
    """Return what is known of one person in these groups, by item. Refuses nobody: who asks was checked before."""
    (held,) = bulk.read([person], groups)
    key = _slots().keys([held.slot])[held.slot]
    known: dict[str, str | None] = {}
    for group in groups:
        known |= unseal(key, person, group, held.blobs[group])
    return known


def sealed_words(person: PersonId, words: str) -> bytes:
    """Return a family's own words about one person's record, sealed under that person's key."""
    slot = Person.objects.values_list("slot", flat=True).get(pk=person)
    return seal(_slots().keys([slot])[slot], person, STATEMENT, {"words": words})


def opened_words(person: PersonId, blob: bytes) -> str:
    """Return words that were sealed for this person; others do not open."""
    slot = Person.objects.values_list("slot", flat=True).get(pk=person)
    return str(unseal(_slots().keys([slot])[slot], person, STATEMENT, blob)["words"])


def proof_seeds(among: Iterable[UUID]) -> Iterator[ProofSeed]:
    """Yield the proof seeds of those named who are in the vault, former proof ids included."""
    slots = _slots()
    for some in _batches(among):
        yield from _seeds(
            slots, [(one.person, one.slot, one.blobs["proof"]) for one in bulk.read(some, ("proof",))]
        )


def proof_seed(person: PersonId) -> ProofSeed:
    """Return the proof seed of one person who is known to be in the vault."""
    return _seeds(_slots(), [Person.objects.values_list("id", "slot", "proof").get(pk=person)])[0]


def renew_proof(person: PersonId) -> None:
    """Give one person a fresh proof id. The earlier ones are kept beside it: they open the registries of their time."""
    row = Person.objects.select_for_update().only("id", "slot", "proof").get(pk=person)
    own = _slots().keys([row.slot])[row.slot]
    held = unseal(own, person, "proof", bytes(row.proof))
    former = f"{held.get('former') or ''}{held['proof_id']}"
    fresh = {**held, "former": former, "proof_id": secrets.token_hex(PROOF_ID_BYTES)}
    bulk.renew([bulk.Sealed(person, row.slot, {"proof": seal(own, person, "proof", fresh)})], ("proof",))


def _seeds(slots: Slots, batch: Sequence[tuple[UUID, int, bytes | memoryview]]) -> list[ProofSeed]:
    keys = slots.keys([slot for _, slot, _ in batch])
    made = []
    for held, slot, proof in batch:
        person = PersonId(held)
        made.append(ProofSeed.opened(person, unseal(keys[slot], person, "proof", bytes(proof))))
    return made


def older_than(candidates: Iterable[UUID], *, age: int, on: date) -> Iterator[PersonId]:
    """Yield who among the candidates has had the birthday of that age, by a day."""
    for person, _ in birthdays(candidates, age=age, on=on):
        yield person


def birthdays(candidates: Iterable[UUID], *, age: int, on: date) -> Iterator[tuple[PersonId, date]]:
    """Yield who among the candidates has had the birthday of that age, by a day, and when that was."""
    slots = _slots()
    for some in _batches(candidates):
        held = bulk.read(some, ("birth",))
        keys = slots.keys([one.slot for one in held])
        for one in held:
            said = unseal(keys[one.slot], one.person, "birth", one.blobs["birth"])["birth_date"]
            born = date.fromisoformat(str(said))
            day = birthday(born, age)
            if day <= on:
                yield one.person, day


def _batches(many: Iterable[_Any]) -> Iterator[tuple[_Any, ...]]:
    source = iter(many)
    while batch := tuple(islice(source, BATCH)):
        yield batch


def _slots() -> Slots:
    home = here()
    return Slots(home.slots, load(home, "vault"))


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("a birth date is a date once intake has accepted it")
    return value


def _text(value: object) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def as_bytes(people: Iterable[UUID]) -> pa.Array:
    """Return person ids as a column of 16-byte values."""
    return pa.array([person.bytes for person in people], type=pa.binary(16))


def from_bytes(column: pa.Array) -> Iterator[UUID]:
    """Yield the ids of a column of 16-byte values, a few thousand at a time in memory."""
    for start in range(0, len(column), BATCH):
        yield from (UUID(bytes=raw) for raw in column.slice(start, BATCH).to_pylist())
