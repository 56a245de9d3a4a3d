# SPDX-License-Identifier: Apache-2.0
"""Enters people into the vault and finds them again. Every function here runs inside `keeper()`.

Nothing in clear leaves but what a caller inside the register asks for by name: first names and birth dates for a
letter, proof seeds for a registry.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import pyarrow as pa

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.register.lent import Named, ProofSeed
from beholden.register.rules import Identified, Match, identify
from beholden.register.vault.models import Lookup, Person, Question
from beholden.register.vault.seal import digest_of_number, digest_of_number_and_birth, seal, unseal
from beholden.register.vault.slots import Slots

NUMBER = "number"
NUMBER_AND_BIRTH = "number+birth"
BATCH = 5_000

_GROUPS: Mapping[str, tuple[str, ...]] = {
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
    """Find or make the person behind every row of one return, and seal what the return says of who they are."""
    rows = pupils.select([name for group in _GROUPS.values() for name in group]).to_pylist()
    known = _identify_all(rows)
    people = [
        found.person if found.match is Match.SAME and found.person else PersonId(uuid4()) for found in known
    ]
    fresh = [place for place, found in enumerate(known) if found.match is not Match.SAME]
    _insert(rows, people, fresh)
    _reseal(rows, people, [place for place, found in enumerate(known) if found.match is Match.SAME])
    asked = [
        Question(
            person_id=people[place], candidate_id=found.person, rule=found.match, receipt=receipt, asked_at=at
        )
        for place, found in enumerate(known)
        if found.match is Match.ASK and found.person is not None
    ]
    Question.objects.bulk_create(asked, batch_size=BATCH)
    return Entered(tuple(people), len(fresh), len(asked))


def _identify_all(rows: Sequence[Mapping[str, object]]) -> list[Identified]:
    key = load(here(), "lookup")
    both = [digest_of_number_and_birth(key, str(row["upn"]), _day(row["birth_date"])) for row in rows]
    alone = [digest_of_number(key, str(row["upn"])) for row in rows]
    with_birth, by_number = _found(NUMBER_AND_BIRTH, both), _found(NUMBER, alone)
    return [
        identify(with_birth.get(first, ()), by_number.get(second, ()))
        for first, second in zip(both, alone, strict=True)
    ]


def _found(scheme: str, digests: Iterable[bytes]) -> dict[bytes, list[PersonId]]:
    wanted = list(dict.fromkeys(digests))
    found: dict[bytes, list[PersonId]] = {}
    for start in range(0, len(wanted), BATCH):
        rows = Lookup.objects.filter(scheme=scheme, digest__in=wanted[start : start + BATCH])
        for digest, person in rows.order_by("id").values_list("digest", "person_id"):
            found.setdefault(bytes(digest), []).append(PersonId(person))
    return found


def _insert(rows: Sequence[Mapping[str, object]], people: Sequence[PersonId], fresh: Sequence[int]) -> None:
    key = load(here(), "lookup")
    minted = _slots().mint(len(fresh)) if fresh else ()
    persons, lookups = [], []
    for place, (slot, own) in zip(fresh, minted, strict=True):
        row, person = rows[place], people[place]
        number, born = str(row["upn"]), _day(row["birth_date"])
        proof = {"label_seed": secrets.token_hex(32), "proof_id": secrets.token_hex(16)}
        persons.append(
            Person(id=person, slot=slot, proof=seal(own, person, "proof", proof), **_sealed(own, person, row))
        )
        lookups += [
            Lookup(scheme=NUMBER, digest=digest_of_number(key, number), person_id=person),
            Lookup(
                scheme=NUMBER_AND_BIRTH,
                digest=digest_of_number_and_birth(key, number, born),
                person_id=person,
            ),
        ]
    Person.objects.bulk_create(persons, batch_size=BATCH)
    Lookup.objects.bulk_create(lookups, batch_size=BATCH)


def _reseal(rows: Sequence[Mapping[str, object]], people: Sequence[PersonId], places: Sequence[int]) -> None:
    """Bring what is known of people we have met up to this return."""
    held = {PersonId(person.pk): person for person in _persons([people[place] for place in places])}
    keys = _slots().keys([person.slot for person in held.values()])
    for place in places:
        person = held[people[place]]
        for group, blob in _sealed(keys[person.slot], people[place], rows[place]).items():
            setattr(person, group, blob)
    Person.objects.bulk_update(held.values(), list(_GROUPS), batch_size=1_000)


def _sealed(own: bytes, person: PersonId, row: Mapping[str, object]) -> dict[str, bytes]:
    return {
        group: seal(own, person, group, {name: _text(row[name]) for name in names})
        for group, names in _GROUPS.items()
    }


def named(numbers: Sequence[str]) -> dict[str, Named]:
    """Return first name and birth date by pupil number, for letters. Numbers that find nobody, or two, are absent."""
    key = load(here(), "lookup")
    by_digest = {digest_of_number(key, number): number for number in numbers}
    found = {digest: people[0] for digest, people in _found(NUMBER, by_digest).items() if len(people) == 1}
    held = {PersonId(person.pk): person for person in _persons(list(found.values()))}
    keys = _slots().keys([person.slot for person in held.values()])
    answers = {}
    for digest, person in found.items():
        row = held[person]
        names = unseal(keys[row.slot], person, "names", bytes(row.names))
        birth = unseal(keys[row.slot], person, "birth", bytes(row.birth))
        answers[by_digest[digest]] = Named(
            person, str(names["forename"]), date.fromisoformat(str(birth["birth_date"]))
        )
    return answers


def proof_seeds() -> Iterable[ProofSeed]:
    """Yield the proof seed of everybody in the vault."""
    slots = _slots()
    batch: list[Person] = []
    for person in Person.objects.only("id", "slot", "proof").order_by("id").iterator(chunk_size=BATCH):
        batch.append(person)
        if len(batch) == BATCH:
            yield from _seeds(slots, batch)
            batch = []
    yield from _seeds(slots, batch)


def proof_seed(person: PersonId) -> ProofSeed:
    """Return the proof seed of one person who is known to be in the vault."""
    return _seeds(_slots(), [Person.objects.only("id", "slot", "proof").get(pk=person)])[0]


def _seeds(slots: Slots, batch: Sequence[Person]) -> list[ProofSeed]:
    keys = slots.keys([person.slot for person in batch])
    made = []
    for row in batch:
        person = PersonId(row.pk)
        values = unseal(keys[row.slot], person, "proof", bytes(row.proof))
        made.append(
            ProofSeed(
                person, bytes.fromhex(str(values["label_seed"])), bytes.fromhex(str(values["proof_id"]))
            )
        )
    return made


def older_than(candidates: Sequence[PersonId], *, age: int, on: date) -> frozenset[PersonId]:
    """Return who among the candidates has had the birthday of that age, by a day."""
    latest = (on.year - age, on.month, on.day)
    held = _persons(candidates)
    keys = _slots().keys([person.slot for person in held])
    old = set()
    for row in held:
        person = PersonId(row.pk)
        born = date.fromisoformat(
            str(unseal(keys[row.slot], person, "birth", bytes(row.birth))["birth_date"])
        )
        if (born.year, born.month, born.day) <= latest:
            old.add(person)
    return frozenset(old)


def in_question() -> frozenset[PersonId]:
    """Return everybody about whom a person has yet to decide whether two records are one."""
    rows = Question.objects.filter(decided_at__isnull=True).values_list("person_id", "candidate_id")
    return frozenset(PersonId(one) for pair in rows for one in pair)


def _persons(ids: Sequence[PersonId]) -> list[Person]:
    found: list[Person] = []
    for start in range(0, len(ids), BATCH):
        found += Person.objects.filter(pk__in=ids[start : start + BATCH])
    return found


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
