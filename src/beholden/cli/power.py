# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for who may decide about one child. Each makes one call, and prints.

Number, birth date and the school's handle are asked for, never given as words of the command: those can be read by
every user of the machine while it runs, and stay in the shell's history.
"""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from beholden.catalogue import PowerSays
from beholden.cli.family import asked, day
from beholden.cli.options import AsJson, Registrar, home_of
from beholden.cli.typed import whom, words

power = typer.Typer(no_args_is_help=True, help="For the registrar: who may see, decide and be contacted.")

Evidence = Annotated[str, typer.Argument(help="What you saw, as the catalogue page names it.")]
Since = Annotated[str, typer.Option(help="From which day, like 2026-03-27. Else from now.")]
Until = Annotated[str, typer.Option(help="Until which day, which does not count. Else without an end.")]
School = Annotated[str, typer.Option(help="The number of the school whose handle you give.")]
_SIGNS = 8


@power.command("record")
def record(
    ctx: typer.Context,
    evidence: Evidence,
    *,
    school: School = "",
    body: Annotated[str, typer.Option(help="The organisation that holds it, for a child in care.")] = "",
    takes: Annotated[
        str,
        typer.Option(
            help="For an order that takes something: decide, contact, address and so on, by commas."
        ),
    ] = "",
    since: Since = "",
    until: Until = "",
    by: Registrar = "registrar",
) -> None:
    """Write down that an adult or a body holds parental responsibility; with --takes, what an order takes from them.

    Asks for the pupil number, the birth date and, where a school is named, the school's own handle for the adult.
    """
    says = PowerSays.RESTRICTED if takes else PowerSays.HOLDS
    taken = words(takes)
    _write(ctx, says, evidence, school=school, body=body, takes=taken, since=since, until=until, by=by)


@power.command("lift")
def lift(
    ctx: typer.Context,
    evidence: Evidence,
    *,
    school: School = "",
    body: Annotated[str, typer.Option(help="The organisation, if it is one.")] = "",
    since: Since = "",
    by: Registrar = "registrar",
) -> None:
    """Write down that every order which took something from an adult has ended."""
    _write(ctx, PowerSays.LIFTED, evidence, school=school, body=body, since=since, by=by)


@power.command("end")
def end(
    ctx: typer.Context,
    evidence: Evidence,
    *,
    school: School = "",
    body: Annotated[str, typer.Option(help="The organisation, if it is one.")] = "",
    since: Since = "",
    by: Registrar = "registrar",
) -> None:
    """Write down that an adult or a body holds parental responsibility no longer."""
    _write(ctx, PowerSays.ENDED, evidence, school=school, body=body, since=since, by=by)


@power.command("able")
def able(
    ctx: typer.Context,
    evidence: Evidence,
    *,
    no_longer: Annotated[bool, typer.Option("--no-longer", help="The judgement is taken back.")] = False,
    about: Annotated[
        str, typer.Option(help="Only these items and purposes, by commas. Else everything.")
    ] = "",
    since: Since = "",
    by: Registrar = "registrar",
) -> None:
    """Write down that a child was judged able to decide for herself. Asks for pupil number and birth date."""
    only = words(about)
    says = PowerSays.NOT_ABLE if no_longer else PowerSays.ABLE
    _write(ctx, says, evidence, about=only, since=since, by=by)


@power.command("list")
def listed(ctx: typer.Context, as_json: AsJson = False, by: Registrar = "registrar") -> None:
    """List everything that is written about one child. Asks for pupil number and birth date; prints neither."""
    number, born = whom()
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate.actions import empowering
        from beholden.people.queries import actor, herself, written

        person = empowering.find(number, born, by=actor(by), at=datetime.now(UTC))
        own, lines = herself(person), written(person)
    rows = [
        {
            "number": one.number,
            "who": "the child" if one.line.adult == own else one.line.body or one.line.adult[:_SIGNS],
            "says": one.line.says.value,
            "evidence": one.line.evidence,
            "since": one.line.since.date().isoformat(),
            "until": None if one.line.until is None else one.line.until.date().isoformat(),
            "takes": list(one.line.takes),
            "about": list(one.line.about),
            "by": one.by,
        }
        for one in lines
    ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for one, row in zip(lines, rows, strict=True):
        rest = " ".join((*one.line.takes, *one.line.about))
        told = (
            f"{one.number}  {row['who']:12}  {row['says']:10}  {row['evidence']:20}  {row['since']}  {rest}"
        )
        print(told.rstrip())
    print(
        f"{len(rows)} lines. The newest about an adult counts; of whom nothing is written, the school's letter."
    )


def _write(
    ctx: typer.Context,
    says: PowerSays,
    evidence: str,
    *,
    school: str = "",
    body: str = "",
    takes: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
    since: str = "",
    until: str = "",
    by: str,
) -> None:
    number, born = whom()
    handle = asked("The school's handle for the adult") if school else ""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import empowering
        from beholden.people.power import Line, order_speaks
        from beholden.people.queries import actor, herself, holder, written

        officer, at = actor(by), datetime.now(UTC)
        person = empowering.find(number, born, by=officer, at=at)
        of_child = says in {PowerSays.ABLE, PowerSays.NOT_ABLE}
        who = herself(person) if of_child else holder(school, handle, body)
        line = Line(
            who, says, evidence, _moment(since) or at, _moment(until), body=body, takes=takes, about=about
        )
        made = empowering.change_power(person, line, catalogue=in_force(home), by=officer, at=at)
        speaks = order_speaks([one.line for one in written(person)], at)
    print(
        f"Line {made} is written: {says.value}. The child's tag key is new from the next registry snapshot on."
    )
    if speaks:
        print(
            "An order speaks: whoever is not written down here is refused. Write down who decides for this child."
        )


def _moment(text: str) -> datetime | None:
    found = day(text) if text else None
    return None if found is None else datetime(found.year, found.month, found.day, tzinfo=UTC)
