# SPDX-License-Identifier: Apache-2.0
"""How fast letters are written: a code for each adult, what it opens sealed under it, kept in PostgreSQL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from beholden.kinds import PersonId, UseRef
from beholden.notices.rules import CODE_SIGNS, code_from
from beholden.people.signs import SIGNS
from measuring import Claim, Limit, Work, main
from measuring.register import AT, CATALOGUE, REGISTRAR, register

USE = UseRef("U-2026-0001")


@contextmanager
def letters(adults: int) -> Iterator[Work]:
    with register():
        from beholden.notices import actions as notices

        notices.open_run(USE, answer_by=AT + timedelta(days=30), catalogue=CATALOGUE, by=REGISTRAR, at=AT)
        born = date(2014, 5, 10)
        asked = tuple(
            notices.Adult(f"A{n:06}", (notices.NamedChild(PersonId(UUID(int=n)), "Ada", born),))
            for n in range(adults)
        )
        yield lambda: notices.write_letters(USE, "0012001", asked, by=REGISTRAR, at=AT)


@contextmanager
def codes_alone(adults: int) -> Iterator[Work]:
    yield lambda: [
        code_from(secrets.randbelow(len(SIGNS)) for _ in range(CODE_SIGNS - 1)) for _ in range(adults)
    ]


@contextmanager
def random_alone(adults: int) -> Iterator[Work]:
    yield lambda: [secrets.token_hex(6) for _ in range(adults)]


if __name__ == "__main__":
    main(
        Claim(
            "letters",
            "Letters minted, sealed and kept, one child each",
            "letters",
            {"write_letters": letters, "codes alone": codes_alone, "secrets.token_hex": random_alone},
            (500, 2_000, 8_000),
            Limit("rate", 2_000),
            "The codes are a fourteenth of it; keyed digests, sealing and most of all the ORM's insertion the rest.",
        )
    )
