# SPDX-License-Identifier: Apache-2.0
"""How long one child's own copy takes, by the number of row files it has to look into: each file is read whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from measuring import Claim, Limit, Work, main
from measuring.register import register, returns, take_in

PUPILS = 40
"""A small school's file; most of the cost is in opening one, not in its rows."""


@contextmanager
def one_record(files: int) -> Iterator[Work]:
    """Look for one person in so many files, as a family's page does."""
    with register():
        from beholden.register.rows import read
        from beholden.register.vault.models import Person
        from beholden.register.vault.wall import keeper

        take_in(returns(files * PUPILS, files))
        with keeper():
            person = Person.objects.values_list("pk", flat=True).first()
        yield lambda: read.of_person(person)


@contextmanager
def bare_reading(files: int) -> Iterator[Work]:
    """Read the same files whole with pyarrow, unchecked, and look for nobody."""
    with register() as home:
        take_in(returns(files * PUPILS, files))
        contents = [path.read_bytes() for path in sorted(home.rows.glob("*.parquet"))]
        yield lambda: [pq.read_table(pa.BufferReader(content), columns=["person"]) for content in contents]


if __name__ == "__main__":
    main(
        Claim(
            "subject_copy",
            "One child's copy, over all row files",
            "files",
            {"of_person": one_record, "pyarrow, one column": bare_reading},
            (10, 40, 160),
            Limit("rate", 200),
            "It grows with the number of files until rows are sorted by person: 24,000 schools would be too slow.",
        )
    )
