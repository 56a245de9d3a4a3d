# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for putting right: values, messages to recipients, and where a value went.

Number, birth date, value and statement are asked for, never given as words of the command: those can be read by every
user of the machine while it runs, and stay in the shell's history.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.family import asked
from beholden.cli.options import Registrar, home_of
from beholden.cli.typed import one_of, whom
from beholden.refusals import Refusal

value = typer.Typer(no_args_is_help=True, help="For the registrar: a value that is wrong, or said to be.")
message = typer.Typer(no_args_is_help=True, help="For the registrar: messages to those who hold records.")

ORDER = "order"
"""What stands in the place of a use, where an order compelled a handover."""

Item = Annotated[str, typer.Argument(help="The fact, by its name in the catalogue.")]
Census = Annotated[str, typer.Option(help="The census that says it, like SC/SPR/2026.")]
School = Annotated[str, typer.Option(help="The number of the school whose return says it: 7 digits.")]


@value.command("correct")
def correct(  # noqa: PLR0917  the shape of the command
    ctx: typer.Context,
    item: Item,
    census: Census,
    school: School,
    evidence: Annotated[str, typer.Option(help="What you saw: document, school, family or own_record.")],
    by: Registrar = "registrar",
) -> None:
    """Put one value of one child right. Whoever received it is told with the next day's messages.

    Asks for the pupil number, the birth date and the right value; nothing takes an answer back. Piped in, the three
    stand on a line each.
    """
    number, born = whom()
    typed = asked("The right value")
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.people.queries import actor
        from beholden.redress.desk import Child, put_right
        from beholden.register.rules import Evidence, Place

        line = put_right(
            Child(number, born),
            Place(*_census(census), school),
            item,
            typed,
            evidence=Evidence(one_of(evidence, tuple(Evidence), authority="D30")),
            catalogue=in_force(home),
            by=actor(by),
            at=datetime.now(UTC),
        )
    print(f"Written down as correction {line}. Whoever received this value is told after midnight, UTC.")


@value.command("dispute")
def dispute(
    ctx: typer.Context, item: Item, census: Census, school: School, by: Registrar = "registrar"
) -> None:
    """Leave a value as it is, and keep the family's own words with it. Recipients are told that it is disputed.

    Asks for the pupil number, the birth date and the words. Piped in, the three stand on a line each.
    """
    number, born = whom()
    words = asked("What the family says")
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.people.queries import actor
        from beholden.redress import desk
        from beholden.register.rules import Place

        line = desk.dispute(
            desk.Child(number, born),
            Place(*_census(census), school),
            item,
            words,
            catalogue=in_force(home),
            by=actor(by),
            at=datetime.now(UTC),
        )
    print(f"Written down as statement {line}. It stays with the value from now on.")


def trace(ctx: typer.Context, item: Item, by: Registrar = "registrar") -> None:
    """Show every place to which one fact of one child went, and what was done since. It is a look, and written down.

    Asks for the pupil number and the birth date. Piped in, the two stand on a line each.
    """
    number, born = whom()
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.people.queries import actor
        from beholden.redress import desk

        got = desk.trace(
            desk.Child(number, born), item, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC)
        )
    for one in got.places.handovers:
        went = "with this fact" if one.with_item else "without it" if one.in_list else "not in the list"
        if one.invited is not None:
            went = "invited" if one.invited else "not invited"
        print(f"{one.logged_at:%Y-%m-%d}  {one.use or ORDER}  {one.recipient}  {went}")
    for said in got.told:
        state = f"done on {said.done_at:%Y-%m-%d}" if said.done_at else f"to be done by {said.do_by}"
        print(f"{said.day}  {said.use}  told to {said.do.value}  {state}")
    for line in got.corrections:
        words = got.statements.get(line.number)
        print(f"{line.at:%Y-%m-%d}  {'correction' if words is None else 'statement'} {line.number}")
        for said_so in () if words is None else words.splitlines():
            print(f"            {''.join(sign for sign in said_so if sign.isprintable())}")
    for look in got.places.singles:
        print(f"{look.at:%Y-%m-%d}  alone: {look.exit} {look.what}")


@message.command("give")
def give(
    ctx: typer.Context,
    recipient: Annotated[str, typer.Argument(help="The recipient's reference.")],
    to: Annotated[Path, typer.Option(help="The folder to copy its messages to.")],
) -> None:
    """Copy every message that a recipient has not signed for into a folder. They are locked; anybody may carry them."""
    from beholden.cli.keeper import opened

    to.mkdir(parents=True, exist_ok=True)
    with opened(home_of(ctx)) as home:
        from beholden.redress.queries import waiting_for

        for one in waiting_for(recipient):
            shutil.copyfile(home.messages / one.file, to / one.file)
            print(f"{to / one.file}  to be done by {one.do_by}")


@message.command("key")
def key(ctx: typer.Context) -> None:
    """Print the key under which messages are signed. It stands in the public log each day, too."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate import message_key

        print(message_key.public().hex())


@message.command("done")
def done(
    ctx: typer.Context,
    word: Annotated[Path, typer.Argument(help="The signed word that the recipient sent back.")],
    by: Annotated[str, typer.Option(help="The recipient's officer, by reference.")],
) -> None:
    """Take a recipient's signed word that everything one message asks is done."""
    from beholden.cli.keeper import opened
    from beholden.cli.recipients import read_word

    said = read_word(word)
    with opened(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress.actions.messages import done as take

        take(said, by=actor(by), at=datetime.now(UTC))
    print(f"The message of {said.day} is signed for.")


@message.command("late")
def late(ctx: typer.Context) -> None:
    """List every use with messages that are late, as the public register shows them. Ends 1 if there is one."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.redress.queries import overdue

        found = overdue(on=datetime.now(UTC).date())
    for recipient, use, count in found:
        print(f"{use}  {recipient}  {count:,} late")
    print(f"{len(found):,} uses with late messages.")
    raise typer.Exit(bool(found))


def _census(text: str) -> tuple[str, str, int]:
    parts = text.split("/")
    if len(parts) != 3 or not parts[2].isdecimal():  # noqa: PLR2004  collection, term, year
        raise Refusal(
            "cli.census",
            "This is no census.",
            next_step="Write it like SC/SPR/2026: collection, term, year.",
            authority="D1",
        )
    return parts[0], parts[1], int(parts[2])
