# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for what recurs: which runs are due, begin one, leave one off."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from beholden.cli.options import Registrar, home_of

use = typer.Typer(no_args_is_help=True, help="For the registrar: uses that leave again and again.")

Ref = Annotated[str, typer.Argument(help="The use, like U-2027-0041.")]


@use.command("due")
def due(ctx: typer.Context) -> None:
    """List every use whose next run is due. Nothing leaves by being due. Ends 1 if there is one."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.catalogue import in_force
        from beholden.home import here
        from beholden.uses.runs import due as waiting

        found = waiting(catalogue=in_force(here()), on=datetime.now(UTC).date())
    for one in found:
        print(f"{one.use}  {one.recipient}  due since {one.due_on}, until {one.until}  {one.title}")
    print(f"{len(found):,} runs are due.")
    raise typer.Exit(bool(found))


@use.command("again")
def again(ctx: typer.Context, ref: Ref, by: Registrar = "registrar") -> None:
    """Begin the next run of a use: families are told first, and everybody is decided about anew."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.catalogue import in_force
        from beholden.home import here
        from beholden.kinds import UseRef
        from beholden.people.queries import actor
        from beholden.redress.actions.repeating import run_again

        number = run_again(UseRef(ref), catalogue=in_force(here()), by=actor(by), at=datetime.now(UTC))
    print(f"Run {number} of {ref} has begun. Tell families next.")


@use.command("leave-off")
def leave_off(
    ctx: typer.Context,
    ref: Ref,
    why: Annotated[str, typer.Option(help="The reason, which the public reads.")],
    by: Registrar = "registrar",
) -> None:
    """Leave a run off before it is decided. What left before stays as it was agreed."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.kinds import UseRef
        from beholden.people.queries import actor
        from beholden.uses import actions as uses

        uses.leave_off(UseRef(ref), why=why, by=actor(by), at=datetime.now(UTC))
    print(f"The run of {ref} is left off.")
