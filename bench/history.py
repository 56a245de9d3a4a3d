# SPDX-License-Identifier: Apache-2.0
"""How long the desk waits to hear which of thousands of handovers list one child, out of the lists as they lie."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prove import READ, handed, hashed

from measuring import Claim, Limit, Said, Work, main, spread
from measuring.register import AT, DESK, REGISTRAR

TIMES = 40

NOTE = """One entry of the journal, flushed to the disk, the child's key opened in the vault, one question to the
database, and of each list a page or two: where a tag would lie follows from its value. The size of a list hardly
matters. The peer is what reading the lists whole costs."""


@contextmanager
def recalled(handovers: int) -> Iterator[Work]:
    with handed(handovers) as held:
        from beholden.gate.actions import recalling
        from beholden.people.actions import appoint_first
        from beholden.people.queries import Body

        keeper = Body("keeper", "The keeper of this register", "keeper", "", "", "")
        appoint_first(REGISTRAR.ref, keeper, by=DESK, at=AT)

        def work() -> Said:
            found = recalling.history(held.person, by=REGISTRAR, at=AT)
            return Said(
                f"in {sum(one.in_list for one in found):,} of {len(found):,} lists; asked again: {again}"
            )

        seconds = []
        for _ in range(TIMES):
            began = perf_counter()
            recalling.history(held.person, by=REGISTRAR, at=AT)
            seconds.append(perf_counter() - began)
        again = spread(seconds)
        yield work


if __name__ == "__main__":
    main(
        Claim(
            "history",
            "Which of 3,000 handovers of mixed sizes list one child, said at the desk",
            "handovers",
            {"history": recalled, READ: hashed},
            (300, 1_000, 3_000),
            Limit("whole", 0.05),
            NOTE,
        )
    )
