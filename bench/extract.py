# SPDX-License-Identifier: Apache-2.0
"""How fast a decided extract is built, from rows and keys to the file, beside PostgreSQL's own COPY of its table."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyrage
from pyarrow import csv
from registry import fill

from beholden.catalogue import Store
from beholden.home import Home, postgres
from measuring import Claim, Limit, Said, Way, Work, main
from measuring.register import AT, CATALOGUE, REGISTRAR, register

ITEMS = 60
SCOPE = 1.03
"""How many were asked for, for each who is released: the list in the log is filled up to them."""
A_FILE = 400
"""Rows of one school's return."""
USE, LIST, REGISTRY = "U-2026-0001", "1" * 32, "2" * 32
IDENTITY = pyrage.x25519.Identity.generate()

UNLOCKED, LOCKED = "build, before it is locked", "build, locked with age"
COPY, AGE = "COPY of the same table to a file (PostgreSQL)", "age alone, of the same parcel"

NOTE = """Everything between a decision and a file in quarantine: the use and the frozen list read, all row files
checked and read, each person's key unwrapped and proof seed opened, tags, the list's tree, random tags for who is left
out, pseudonyms, rows sorted by tag, Parquet, zip, the file flushed, hashed as read back. COPY does none of it: it
prints a table. England's catalogue has 17 items that a row can hold; the other 43 are the same columns again, under
other names and with other values. Returns of 400 pupils, at random values, no corrections."""


def row_items() -> list[str]:
    return [item for item, one in CATALOGUE.items.items() if one.store is Store.ROWS]


def widened() -> tuple[str, ...]:
    """Name sixty items: those that a row can hold, and then again, numbered."""
    known = row_items()
    return tuple(
        name if (nth := place // len(known)) == 0 else f"{name}_{nth + 1}"
        for place, name in ((place, known[place % len(known)]) for place in range(ITEMS))
    )


def values(item: str, rows: int, chance: np.random.Generator) -> pa.Array:
    """Return a column of an item, each value drawn from what the catalogue lets it have."""
    from beholden.catalogue import Kind

    one = CATALOGUE.item(item)
    match one.type:
        case Kind.STRING:
            kinds = pa.array(one.codes or ("Example", "Examplewood", "Northford"))
            return kinds.take(pa.array(chance.integers(0, len(kinds), rows)))
        case Kind.DATE:
            return pa.array(chance.integers(14_000, 20_000, rows).astype(np.int32)).cast(pa.date32())
        case Kind.BOOL:
            return pa.array(chance.random(rows) < 0.2)
        case Kind.WHOLE:
            return pa.array(chance.integers(0, 200, rows).astype(np.int32))
    ends = np.arange(0, 4 * rows + 1, 4, dtype=np.int32)
    codes = pa.array(one.codes).take(pa.array(chance.integers(0, len(one.codes), 4 * rows)))
    counts = pa.array(chance.integers(1, 60, 4 * rows).astype(np.int32))
    return pa.ListArray.from_arrays(
        pa.array(ends), pa.StructArray.from_arrays([codes, counts], names=["code", "sessions"])
    )


def invented(rows: int) -> pa.Table:
    """Return the items of so many rows, from a fixed seed; each numbered item has values of its own."""
    chance, known = np.random.default_rng(20261128), row_items()
    names = widened()
    columns = [values(known[place % len(known)], rows, chance) for place in range(len(names))]
    return pa.table(dict(zip(names, columns, strict=True)))


@dataclass(frozen=True)
class Decided:
    """A home in which one extract is decided and its header fixed; who is released, as sorted ids."""

    home: Home
    released: bytes


@contextmanager
def decided(rows: int) -> Iterator[Decided]:
    """Put so many people into a home with their rows, and all that a decision leaves behind."""
    with register() as home:
        from beholden.register.vault.models import Person
        from beholden.register.vault.wall import keeper

        fill(rows)
        place_anywhere()
        with keeper():
            people = [one.bytes for one in Person.objects.order_by("pk").values_list("pk", flat=True)]
        land(home, people)
        write_use()
        released = b"".join(people)
        write_decision(home, released)
        yield Decided(home, released)


def place_anywhere() -> None:
    """Give everybody a place by a hash: what the real one costs, once for life, is measured in bench/places.py."""
    from beholden.ledger import places
    from beholden.register import actions

    def hashed(_: bytes, numbers: Sequence[str]) -> list[bytes]:
        return [hashlib.sha256(number.encode()).digest() for number in numbers]

    with patch.object(places, "of_numbers", hashed):
        actions.place_numbers(by=REGISTRAR, at=AT)


def land(home: Home, people: list[bytes]) -> None:
    """Write the rows as returns land, school by school, in no order of persons."""
    from beholden.register.rows import write
    from beholden.register.rows.models import Return, Stored
    from beholden.register.vault.wall import keeper

    order = np.random.default_rng(1).permutation(len(people))
    ids = pa.array(people, pa.binary(16)).take(pa.array(order))
    table = invented(len(people)).add_column(0, "person", ids)
    table = table.append_column("on_roll", pa.array(np.ones(len(people), np.bool_)))
    for place in range(0, len(people), A_FILE):
        part, school = table.slice(place, A_FILE), f"{place // A_FILE:07}"
        landed = write.land(home.rows, f"bench-{school}", part)
        with keeper():
            source = Return.objects.create(
                receipt=f"bench-{school}",
                collection="SC",
                term="SPR",
                year=2026,
                school=school,
                digest=landed.digest,
                status="accepted",
                pupils=landed.rows,
                findings={},
                at=AT,
                by="bench",
                salt=bytes(32),
                outbox=0,
            )
            Stored.objects.create(
                path=landed.path,
                digest=landed.digest,
                rows=landed.rows,
                schema=write.SCHEMA,
                source=source,
                made_at=AT,
            )


def write_use() -> None:
    """Write down one use of sixty items, and who asks. No action would take items that no catalogue has."""
    from beholden.people.models import Organisation
    from beholden.uses.models import Use

    Organisation.objects.create(
        ref="northford",
        name="University of Northford",
        kind="university",
        country="England",
        encryption_key=str(IDENTITY.to_public()),
        check_key="3" * 64,
        enrolled_at=AT,
        enrolled_by="bench",
    )
    population = {"collection": "SC", "term": "SPR", "year": 2026, "school_years": []}
    Use.objects.create(
        ref=USE,
        applicant="northford",
        title="",
        why="",
        what="",
        where="",
        purpose="public-interest-study",
        exit="extract",
        items=list(widened()),
        population=population,
        starts_on=AT.date(),
        ends_on=AT.date() + timedelta(days=365),
        state="cleared",
        salt=bytes(32),
        drafted_at=AT,
    )


def write_decision(home: Home, released: bytes) -> None:
    """Write down what a registry snapshot, a decision and a fixed header leave behind."""
    from beholden.gate import catalogues, registries, sets
    from beholden.gate.models import Decision, Disclosure, Registry
    from beholden.home import keys

    catalogues.keep(CATALOGUE)
    keys.create(home, registries.key_name(bytes.fromhex(REGISTRY)))
    people = sets.keep("released", released, width=16, at=AT)
    asked = round(SCOPE * people.count)
    scope = sets.keep("scope", released + os.urandom(16 * (asked - people.count)), width=16, at=AT)
    registry = Registry.objects.create(
        id=REGISTRY, header={}, elements=people, keyed=people, outbox=0, made_at=AT
    )
    decision = Decision.objects.create(
        use=USE,
        catalogue=CATALOGUE.hash,
        registry=registry,
        scope=scope,
        released=people,
        combinations=[],
        missing=[],
        salt=bytes(32),
        outbox=0,
        at=AT,
        by="bench",
    )
    header = {"registry": {"id": REGISTRY}, "use": USE}
    Disclosure.objects.create(id=LIST, decision=decision, header=header, state="fixed")


def as_it_is(content: bytes, *, to: str) -> bytes:  # noqa: ARG001  as the lock is called
    """Stand in for the lock where the time before it is measured."""
    return content


def built(*, locked: bool) -> Way:
    """Build as a release does; not locked, the last step before the file hands its bytes on as they are."""

    @contextmanager
    def way(rows: int) -> Iterator[Work]:
        with decided(rows) as held:
            from beholden.gate import parcel
            from beholden.gate.actions.building import build

            def work() -> Said:
                build(LIST, by=REGISTRAR, at=AT)
                (file,) = held.home.quarantine.iterdir()
                return Said(f"a file of {file.stat().st_size / 2**20:,.0f} MB")

            with patch.object(parcel, "lock", parcel.lock if locked else as_it_is):
                yield work

    return way


def table_of(rows: int) -> pa.Table:
    """Return what an extract has: tag, pseudonym, items. Nested values as the text that COPY would print."""
    chance = np.random.default_rng(2)
    tags = pa.array([f"\\x{chance.bytes(16).hex()}" for _ in range(rows)])
    table = pa.table({"tag": tags, "pseudonym": [chance.bytes(16).hex() for _ in range(rows)]})
    for name, column in zip(widened(), invented(rows).columns, strict=True):
        nested = pa.types.is_list(column.type)
        table = table.append_column(name, pa.array(map(str, column.to_pylist())) if nested else column)
    return table


@contextmanager
def copied(rows: int) -> Iterator[Work]:
    """Have the embedded server print the table to a file of its own, as its superuser may."""
    with register() as home:
        table, place = table_of(rows), Path(home.root) / "copied"
        kinds = {pa.date32(): "date", pa.bool_(): "boolean", pa.int32(): "integer"}
        columns = ", ".join(
            f"{name} {'bytea' if name == 'tag' else kinds.get(table[name].type, 'text')}"
            for name in table.column_names
        )
        with postgres.connected(home, "cluster") as connection:
            connection.execute(f"create table public.extract ({columns})")
            with connection.cursor().copy("copy public.extract from stdin (format csv)") as copy:
                for start in range(0, rows, 10_000):
                    sink = pa.BufferOutputStream()
                    csv.write_csv(table.slice(start, 10_000), sink, csv.WriteOptions(include_header=False))
                    copy.write(sink.getvalue().to_pybytes())
            connection.execute("vacuum analyze public.extract")

            def work() -> Said:
                connection.execute(f"copy public.extract to '{place}'")
                return Said(f"a file of {place.stat().st_size / 2**20:,.0f} MB")

            yield work


@contextmanager
def age_alone(rows: int) -> Iterator[Work]:
    """Lock as many random bytes as the parcel has: they are compressed already, so all bytes are alike."""
    from beholden.gate.locks import lock

    sink = pa.BufferOutputStream()
    pq.write_table(table_of(rows), sink, compression="zstd", write_statistics=False)
    content = os.urandom(sink.getvalue().size + round((SCOPE - 1) * rows) * 16)
    yield lambda: lock(content, to=str(IDENTITY.to_public()))


if __name__ == "__main__":
    main(
        Claim(
            "extract",
            "An extract of sixty items built from a decision, before it is locked",
            "rows",
            {UNLOCKED: built(locked=False), LOCKED: built(locked=True), COPY: copied, AGE: age_alone},
            (30_000, 100_000, 300_000),
            Limit("ratio", 1.5, COPY),
            NOTE,
            large=(1_000_000,),
            rounds=1,
        )
    )
