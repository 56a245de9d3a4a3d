# SPDX-License-Identifier: Apache-2.0
"""A child in danger, at the keeper's machine: one officer finds one child; the registrar reviews it next working day.

Key, number and birth date are asked for, never given as words of the command: those can be read by every user of the
machine while it runs, and stay in the shell's history.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from beholden.cli.family import asked
from beholden.cli.options import Registrar, home_of
from beholden.cli.typed import whom

urgent = typer.Typer(
    no_args_is_help=True, help="For a child in danger: one officer, one child, reviewed next working day."
)


class Verdict(StrEnum):
    """What a review says of one look."""

    SOUND = "sound"
    UNSOUND = "unsound"


class Family(StrEnum):
    """Whether the family reads of it."""

    TELL = "tell"
    KEEP = "keep"


_TOLD = {Family.TELL: "told", Family.KEEP: "not told"}


@urgent.command("find")
def find(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="Your reference: an officer appointed as safeguarding.")],
    duty: Annotated[
        str, typer.Option(help="The duty, as the catalogue's purposes name it.")
    ] = "child-in-danger",
) -> None:
    """Say who one child is and where it lives. It is written down before it is shown, and always reviewed.

    Asks for your access key, the pupil number and the birth date. Piped in, the three stand on a line each.
    """
    key = asked("Your access key")
    number, born = whom()
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.urgent import find as find_child
        from beholden.kinds import Actor, Role
        from beholden.people.actions import let_in

        catalogue, at = in_force(home), datetime.now(UTC)
        officer = let_in(ref, key, catalogue=catalogue, by=Actor("urgent", Role.SAFEGUARDING), at=at)
        got = find_child(number, born, duty=duty, catalogue=catalogue, by=officer, at=at)
    for item, value in got.known.items():
        if value is not None:
            print(f"{item:20} {value}")
    for where in got.schools:
        print(f"{'school':20} {where.school}, {'on' if where.on_roll else 'off'} roll on {where.said_on}")
    if got.flagged:
        print("This record is under a safety flag, or may be of two children: ring the registrar.")
    print(f"Written down as number {got.line}. It is reviewed by {got.review_by}.")


@urgent.command("waiting")
def waiting(ctx: typer.Context) -> None:
    """List what waits for a review, the latest day first. Ends 1 if one is late. Names no child."""
    from beholden.cli.keeper import opened

    today: date = datetime.now(UTC).date()
    with opened(home_of(ctx)):
        from beholden.gate.looks import urgent_lines

        open_ones = [one for one in urgent_lines() if one.sound is None]
    for one in sorted(open_ones, key=lambda one: one.review_by):
        late = "  LATE" if one.overdue(today) else ""
        print(
            f"{one.line}  {one.left.at:%Y-%m-%d %H:%M}  {one.left.by}  {one.left.what}  by {one.review_by}{late}"
        )
    print(f"{len(open_ones)} wait for a review.")
    raise typer.Exit(any(one.overdue(today) for one in open_ones))


@urgent.command("review")
def review(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The number that was given when it was written down.")],
    verdict: Annotated[Verdict, typer.Option(help="Was it right to look?")],
    family: Annotated[Family, typer.Option(help="May the family be told? Who reads it may be the danger.")],
    by: Registrar = "registrar",
) -> None:
    """Write down what the review found. Once, and for good."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate.actions.urgent import review as write_review
        from beholden.people.queries import actor

        write_review(
            number,
            sound=verdict is Verdict.SOUND,
            may_tell=family is Family.TELL,
            by=actor(by),
            at=datetime.now(UTC),
        )
    print(f"Number {number} is reviewed: {verdict.value}; the family is {_TOLD[family]}.")
