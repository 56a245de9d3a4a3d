# SPDX-License-Identifier: Apache-2.0
"""Lends the gate what only the vault knows, one question at a time, and gives a person a fresh proof id."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time

import pyarrow as pa

from beholden.catalogue import Store
from beholden.kinds import Actor, PersonId
from beholden.register.lent import Named, ProofSeed, ProofSeeds
from beholden.register.rows.scan import on_roll_at
from beholden.register.vault import check, people, placing, questions, seeding
from beholden.register.vault.wall import keeper


def children_for_letters(
    school: str,
    numbers: tuple[str, ...],
    *,
    collection: str,
    term: str,
    year: int,
    school_years: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> Mapping[str, Named]:
    """Lend the gate first names and birth dates, by number, of pupils on this school's roll in one census.

    A number that is not on that roll is absent, whoever may stand under it elsewhere: a school learns nothing of other
    pupils, not even that they exist, and one slip leaves out one child and not the school.
    """
    with keeper():
        here_then = on_roll_at(school, collection=collection, term=term, year=year, school_years=school_years)
        return people.named(numbers, among=here_then)


def numbers_on_roll(
    school: str,
    *,
    collection: str,
    term: str,
    year: int,
    school_years: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """Lend the gate the pupil numbers on one school's own roll in one census, or in the years named, sorted."""
    with keeper():
        here_then = on_roll_at(school, collection=collection, term=term, year=year, school_years=school_years)
        return tuple(sorted(people.numbers_of(here_then)))


def place_numbers(*, by: Actor, at: datetime) -> int:
    """Give everybody the place of their pupil number in the lists of keys; return how many were placed now.

    Some thousands in a transaction, so whoever is stopped has kept what was done, and goes on from there.
    """
    last, placed = None, 0
    while True:
        with keeper():
            last, now = placing.place(last)
        placed += now
        if last is None:
            return placed


def proof_seeds(*, among: pa.Array | None = None, by: Actor, at: datetime) -> ProofSeeds:
    """Lend the gate what fixes each person's place and key in a registry snapshot; of everybody, or those named.

    Of those alone who were placed: who comes while a snapshot is taken has a key in the next.
    """
    with keeper():
        return seeding.everybody() if among is None else seeding.those(people.from_bytes(among))


def proof_seed(person: PersonId, *, by: Actor, at: datetime) -> ProofSeed:
    """Lend the gate one person's proof seed, for that person's own proof."""
    with keeper():
        return people.proof_seed(person)


def seeds_of(among: Iterable[PersonId], *, by: Actor, at: datetime) -> tuple[ProofSeed, ...]:
    """Lend the gate the proof seeds of some people, former proof ids included."""
    with keeper():
        return tuple(people.proof_seeds(among))


def every_seed(*, by: Actor, at: datetime) -> Iterator[ProofSeed]:
    """Lend the gate everybody's proof seed, some thousands in a transaction, former proof ids included.

    Each is sound, or all are refused: what is damaged here must not look like somebody who was never entered.
    """
    last: PersonId | None = None
    while True:
        with keeper():
            some = check.sound_seeds(last, people.BATCH)
        if not some:
            return
        last = some[-1].person
        yield from some


def renew_proof(person: PersonId, *, by: Actor, at: datetime) -> None:
    """Give one person a fresh proof id, so that whoever had its file looks into no handover to come (D35)."""
    with keeper():
        people.renew_proof(person)


def with_number_and_birth(number: str, born: date, *, by: Actor, at: datetime) -> tuple[PersonId, ...]:
    """Name who stands under a pupil number and a birth date together: nobody, one, or of a damaged table two."""
    with keeper():
        return people.with_number_and_birth(number, born)


def matching(asked: Iterable[tuple[str, date]], *, by: Actor, at: datetime) -> tuple[PersonId | None, ...]:
    """Lend the gate who stands under each pupil number and birth date together: None for nobody, and for two.

    Number and birth date agree, or it is nobody: nothing is compared that is only alike. Some thousands at a time.
    """
    with keeper():
        return tuple(people.matching(asked))


def known_of(
    person: PersonId, stores: frozenset[Store], *, by: Actor, at: datetime
) -> Mapping[str, str | None]:
    """Lend the gate what the vault knows of one person, of those groups that the reader may see, for their own copy."""
    groups = tuple(sorted(store.value for store in stores - {Store.ROWS}))
    with keeper():
        return people.known_of(person, groups) if groups else {}


def in_question(*, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Name everybody who is restricted because two records may be one person."""
    with keeper():
        return questions.in_question()


def past_retention(
    candidates: pa.Array, *, age: int, on: date, by: Actor, at: datetime
) -> frozenset[PersonId]:
    """Name those among the candidates (16-byte ids) who have passed the age until which an item may be kept (D33)."""
    with keeper():
        return frozenset(people.older_than(people.from_bytes(candidates), age=age, on=on))


def of_age(among: Iterable[PersonId], *, age: int, on: date, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Name those among some people who have had the birthday of an age by a day (D14)."""
    with keeper():
        return frozenset(people.older_than(among, age=age, on=on))


def came_of_age(
    among: Iterable[PersonId], *, age: int, on: date, by: Actor, at: datetime
) -> Mapping[PersonId, datetime]:
    """Return since when each of some people who has reached an age by a day is of it (aware UTC)."""
    with keeper():
        reached = people.birthdays(among, age=age, on=on)
        return {person: datetime.combine(day, time(), UTC) for person, day in reached}
