# SPDX-License-Identifier: Apache-2.0
"""Staff look-up of one record, at the keeper's machine: the reason first, then the child (D27).

Key, number and birth date are asked for, never given as words of the command: those can be read by every user of the
machine while it runs, and stay in the shell's history.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from beholden.cli.family import asked
from beholden.cli.options import Yourself, home_of
from beholden.cli.typed import whom, yes_or_no
from beholden.refusals import Refusal

look = typer.Typer(
    no_args_is_help=True,
    help="For officers of the register: one record, for a reason; its family reads of it.",
)


@look.command("at")
def look_at(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="Your reference: an officer of the register.")],
    reason: Annotated[str, typer.Option(help="The reason, as the catalogue's page names it.")],
    groups: Annotated[
        list[str], typer.Option("--open", help="A group of facts to open; give it once for each.")
    ],
) -> None:
    """Say first what the family will read, then show one record. It is written down before it is shown.

    Asks for your access key, if you know the child or the family, the pupil number and the birth date. Piped in, the
    four stand on a line each.
    """
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.looking import Sought
        from beholden.gate.actions.looking import look as look_up
        from beholden.gate.lookups import check_reason, lookup
        from beholden.kinds import Actor, Role
        from beholden.people.actions import let_in
        from beholden.rights.plain import as_lines

        catalogue, at = in_force(home), datetime.now(UTC)
        wanted = lookup(reason, groups)
        check_reason(wanted, catalogue, on=at.date())
        reads = catalogue.looks.reasons[reason].family_reads
        days = catalogue.limits.look_shown_days
        print(
            f"After {days} days the family reads: somebody who works here looked at the record {reads}.",
            file=sys.stderr,
        )
        key = asked("Your access key")
        known = asked("Do you know this child or the family? yes or no")
        number, born = whom()
        officer = let_in(ref, key, catalogue=catalogue, by=Actor("look", Role.REGISTRAR), at=at)
        sought = Sought(number, born, yes_or_no(known))
        got = look_up(sought, wanted, catalogue=catalogue, by=officer, at=at)
        print("\n".join(as_lines(got.known, got.told, catalogue)))
    for line in remarks(got.not_shown, is_flagged=got.flagged):
        print(line)
    print(f"Written down as number {got.line}. The family reads of it from {got.shown_on} on.")


def remarks(not_shown: tuple[str, ...], *, is_flagged: bool) -> Iterator[str]:
    """Yield what somebody who sees a record must know besides: what was kept shut, and whether it is under a flag."""
    if not_shown:
        yield f"Not opened in any look at this record: {', '.join(not_shown)}."
    if is_flagged:
        yield "This record is under a flag, or may be of two children."


@look.command("waiting")
def waiting(ctx: typer.Context) -> None:
    """List the looks that their families do not read of yet, oldest first. Names no child."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.looks import waiting_looks
        from beholden.gate.lookups import is_held, shown_at

        limits, at = in_force(home).limits, datetime.now(UTC)
        found = waiting_looks(limits=limits, at=at)
    for one in found:
        held = is_held(one.holds, limits=limits, at=at)
        until = max((hold.until for hold in one.holds), default=at.date())
        said = (
            f"held back until {until}"
            if held
            else f"shown on {shown_at(one.at, days=limits.look_shown_days).date()}"
        )
        print(f"{one.line}  {one.at:%Y-%m-%d %H:%M}  {one.by}  {one.looked.print()}  {said}")
    print(f"{len(found)} are not shown yet.")


@look.command("hold")
def hold(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The number under which the look is written down.")],
    harm: Annotated[str, typer.Option(help="The harm you found, as the catalogue's page names it.")],
    until: Annotated[str, typer.Option(help="The day on which the family reads of it, like 2027-01-31.")],
    by: Yourself,
) -> None:
    """Let a family read of one look later, because you found a harm. It lapses on its day; you cannot be who looked."""
    from beholden.cli.keeper import opened

    ends = _day(until)
    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.looking import hold_back
        from beholden.people.queries import actor

        hold_back(number, harm, until=ends, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print(
        f"Number {number} is held back until {ends}. Then the family reads of it, unless you test again before."
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "cli.day",
            "This is no day.",
            next_step="Write it like 2027-01-31.",
            authority="ISO 8601-1 section 5.2",
        ) from None
