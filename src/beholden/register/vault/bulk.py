# SPDX-License-Identifier: Apache-2.0
"""Moves people into and out of the vault's tables thousands at a time. Knows no key, and runs inside `keeper()`.

SQL of its own, because the ORM writes every value into the text of its statement: for a census of 26,000 pupils that
was two thirds of all the time. Here values travel apart from the statement, one array a column, in binary.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.pq import Format

from beholden.kinds import PersonId

Lookup = tuple[str, bytes, PersonId]
"""Scheme, digest, person."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One person as the table holds them: the slot of the key, and sealed blobs by reader group."""

    person: PersonId
    slot: int
    blobs: Mapping[str, bytes]


def found(scheme: str, digests: Iterable[bytes]) -> dict[bytes, list[PersonId]]:
    """Return the people under each digest that has any, oldest first."""
    people: dict[bytes, list[PersonId]] = {}
    with _cursor() as cursor:
        cursor.execute(
            "select digest, person_id from unnest(%b::bytea[]) as given (digest) join vault.lookup using (digest)"
            " where scheme = %s order by id",
            [list(dict.fromkeys(digests)), scheme],
        )
        for digest, person in cursor.fetchall():
            people.setdefault(digest, []).append(PersonId(person))
    return people


def read(people: Iterable[UUID], groups: Sequence[str], *, lock: bool = False) -> tuple[Sealed, ...]:
    """Return those of the people who are in the vault, in the order of their ids, with the blobs asked for.

    With `lock` nobody else changes their rows until this transaction ends.
    """
    with _cursor() as cursor:
        cursor.execute(
            f"select id, slot, {', '.join(groups)}"  # noqa: S608  names of our columns
            " from unnest(%b::uuid[]) as given (id) join vault.person using (id) order by id"
            + (" for update of person" if lock else ""),
            [list(people)],
        )
        return tuple(
            Sealed(PersonId(person), slot, dict(zip(groups, blobs, strict=True)))
            for person, slot, *blobs in cursor.fetchall()
        )


def after(person: UUID | None, size: int, groups: Sequence[str]) -> tuple[Sealed, ...]:
    """Return the next people after one, in the order of their ids, with the blobs asked for; of None, the first."""
    with _cursor() as cursor:
        cursor.execute(
            f"select id, slot, {', '.join(groups)} from vault.person"  # noqa: S608  names of our columns
            " where %b::uuid is null or id > %b::uuid order by id limit %b",
            [person, person, size],
        )
        return tuple(
            Sealed(PersonId(held), slot, dict(zip(groups, blobs, strict=True)))
            for held, slot, *blobs in cursor.fetchall()
        )


def proofs(size: int) -> Generator[list[tuple[bytes, int, bytes]]]:
    """Yield 16-byte id, slot and sealed proof seed of everybody, so many at a time, as they lie: in no order.

    In the order of their ids the server would fetch each from somewhere else, and need twice to four times as long.
    """
    connection.ensure_connection()
    with psycopg.ServerCursor(connection.connection, "proofs") as cursor:
        cursor.execute("select uuid_send(id), slot, proof from vault.person", binary=True)
        while rows := cursor.fetchmany(size):
            yield rows


def proofs_of(people: Sequence[UUID]) -> list[tuple[bytes, int, bytes]]:
    """Return the same of those of the people who are in the vault, in the order of their ids: no object for each."""
    with _cursor() as cursor:
        cursor.execute(
            "select uuid_send(id), slot, proof"
            " from unnest(%b::uuid[]) as given (id) join vault.person using (id) order by id",
            [people],
        )
        return cursor.fetchall()  # type: ignore[no-any-return]  # the columns are those of the statement


def unplaced(after: UUID | None, size: int) -> list[PersonId]:
    """Return the next people after one whose number nobody has looked at yet; of None, the first."""
    with _cursor() as cursor:
        cursor.execute(
            "select id from vault.person where not placed and (%b::uuid is null or id > %b::uuid)"
            " order by id limit %b",
            [after, after, size],
        )
        return [PersonId(person) for (person,) in cursor.fetchall()]


def mark_placed(people: Sequence[UUID]) -> None:
    """Say of people that their number was looked at, so that nobody unseals it to see that."""
    with _cursor() as cursor:
        cursor.execute(
            "update vault.person set placed = true from unnest(%b::uuid[]) as given (id)"
            " where person.id = given.id",
            [people],
        )


def add(people: Sequence[Sealed], groups: Sequence[str]) -> None:
    """Put new people into the vault."""
    arrays = ", ".join("%b::bytea[]" for _ in groups)
    with _cursor() as cursor:
        cursor.execute(
            f"insert into vault.person (id, slot, {', '.join(groups)})"  # noqa: S608  names of our columns
            f" select * from unnest(%b::uuid[], %b::bigint[], {arrays})",
            [[one.person for one in people], [one.slot for one in people], *_blobs(people, groups)],
        )


def renew(people: Sequence[Sealed], groups: Sequence[str]) -> None:
    """Put new blobs in the place of old ones."""
    arrays = ", ".join("%b::bytea[]" for _ in groups)
    fresh = ", ".join(f"{group} = given.{group}" for group in groups)
    with _cursor() as cursor:
        cursor.execute(
            f"update vault.person set {fresh} from unnest(%b::uuid[], {arrays})"  # noqa: S608  names of our columns
            f" as given (id, {', '.join(groups)}) where person.id = given.id",
            [[one.person for one in people], *_blobs(people, groups)],
        )


def point(lookups: Sequence[Lookup]) -> None:
    """Make people findable under digests."""
    with _cursor() as cursor:
        cursor.execute(
            "insert into vault.lookup (scheme, digest, person_id)"
            " select * from unnest(%b::text[], %b::bytea[], %b::uuid[])",
            [list(column) for column in zip(*lookups, strict=True)],
        )


def _blobs(people: Sequence[Sealed], groups: Sequence[str]) -> Iterator[list[bytes]]:
    return ([one.blobs[group] for one in people] for group in groups)


@contextmanager
def _cursor() -> Iterator[Any]:
    """Lend a cursor whose values travel in binary, there and back, apart from the statement."""
    connection.ensure_connection()
    plain = psycopg.Cursor(connection.connection)
    plain.format = Format.BINARY
    with CursorWrapper(plain, connection) as cursor:
        yield cursor
