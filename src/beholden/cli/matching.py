# SPDX-License-Identifier: Apache-2.0
"""`beholden match`: a recipient reads its own list as the gate would, and hands it in. Commands, deciding nothing.

No command prints anything of a list but line numbers, nor whether anybody in it was found.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from beholden.cli.options import home_of
from beholden.refusals import Refusal

_Read = TypeVar("_Read")

match = typer.Typer(no_args_is_help=True, help="For recipients: lists of people who are to be matched.")

List = Annotated[Path, typer.Argument(help="Your list (CSV, UTF-8, with a header).")]
Columns = Annotated[
    Path | None,
    typer.Option(help="Which column holds what (TOML, table left). Without it: reference,number,birth_date."),
]


@match.command("check")
def check(people: List, columns: Columns = None) -> None:
    """Read a list of names as it would be read when handed in. No register is asked, and no home is needed."""
    from beholden.catalogue import load
    from beholden.gate.names import read
    from beholden.linkage.files import asking_columns

    if columns is None:
        raise Refusal(
            "cli.no_columns",
            "A list of names needs a map of its columns.",
            next_step="Write the map, and give it with --columns.",
            authority="docs/how-to/match-a-list-of-names.md",
        )
    handed = _with_lines(lambda: read(people, asking_columns(columns), limits=load().limits))
    print(f"{len(handed.people):,} records can be asked about.")
    print(f"{handed.unread:,} values cannot be read, and count as missing.")


@match.command("hand-in")
def hand_in(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="The use, like U-2027-0041.")],
    people: List,
    by: Annotated[str, typer.Option("--by", help="You: your reference.")],
    columns: Columns = None,
) -> None:
    """Hand a list in for an agreed match. What comes back says how many records were taken, and no more."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import linking, matching
        from beholden.kinds import UseRef
        from beholden.linkage.files import asking_columns
        from beholden.people.queries import actor

        catalogue, who, now, use = in_force(home), actor(by), datetime.now(UTC), UseRef(ref)
        if columns is None:
            numbers = _with_lines(lambda: matching.hand_in(use, people, catalogue=catalogue, by=who, at=now))
            rows, salt = numbers.rows, numbers.salt
        else:
            where = asking_columns(columns)
            named = _with_lines(
                lambda: linking.hand_in_names(use, people, where, catalogue=catalogue, by=who, at=now)
            )
            rows, salt = named.rows, named.salt
            print(f"{named.unread:,} values could not be read, and count as missing.")
    print(f"{rows:,} records were taken for {ref}.")
    print(f"Keep this. It opens what the log says of your file: {salt.hex()}")


def _with_lines(read: Callable[[], _Read]) -> _Read:
    """Return what was read; where the list is refused, print which lines are wrong, and let the refusal through."""
    from beholden.gate.roster import RosterRefused

    try:
        return read()
    except RosterRefused as no:
        for fault in no.faults:
            print(f"line {fault.line}: {fault.sentence}", file=sys.stderr)
        raise
