# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for records that got out: whose file it is, the incident, what families are told of it."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from beholden.cli.options import Registrar, home_of
from beholden.cli.redressing import ORDER
from beholden.cli.typed import words
from beholden.kinds import Actor, PersonId
from beholden.refusals import Refusal

FITS_NONE = "It fits no handover of this register. That does not show that it came from elsewhere."

incident = typer.Typer(no_args_is_help=True, help="For the registrar: records that got out.")


@incident.command("trace")
def trace_file(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="The file that turned up: .age, Parquet, or text with commas.")
    ],
    people: Annotated[
        Path | None, typer.Option(help="Where to write who is in it: internal ids, one a line.")
    ] = None,
    by: Registrar = "registrar",
) -> None:
    """Say from which handover a file came, by what, and how many children are in it. Ends 1 if it fits none.

    A tag names the release that it was made for. It does not say who let the file out.
    """
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate.actions.tracing import whose
        from beholden.home.files import write_durably
        from beholden.people.queries import actor

        found = whose(file, by=actor(by), at=datetime.now(UTC))
        if people is not None:
            ids = sorted({str(person) for one in found for person in one.people})
            write_durably(people, "".join(f"{one}\n" for one in ids).encode())
    for one in found:
        print(
            f"{one.use or ORDER}  {one.recipient}  handover {one.disclosure[:8]}  by its {one.how}: "
            f"{one.rows:,} of {one.of:,} rows, {one.filling:,} tags that fill the list up"
        )
    if not found:
        print(FITS_NONE)
    raise typer.Exit(not found)


@incident.command("open")
def open_incident(  # noqa: PLR0917  the shape of the command
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(help="What happened, in words that the public reads. Name no child.")
    ],
    known: Annotated[
        str, typer.Option(help="When you knew, like 2026-11-27T09:30:00Z: the hours run from it.")
    ],
    use: Annotated[str, typer.Option(help="The use whose records got out.")] = "",
    people: Annotated[
        Path | None, typer.Option(help="Who is in it: what `incident trace --people` wrote.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="The file that turned up: it is traced once more, and who is in it comes from there."
        ),
    ] = None,
    handover: Annotated[
        str, typer.Option(help="Which handover, by the signs that the trace printed, where it fits several.")
    ] = "",
    breach: Annotated[
        bool, typer.Option("--breach", help="The recipient broke its agreement: the use is breached.")
    ] = False,
    by: Registrar = "registrar",
) -> None:
    """Write an incident down. It is public from now on, and the hours run in which the regulator is told.

    Pressed twice, it is one: the same file from the same handover leads to the first.
    """
    try:
        moment = datetime.fromisoformat(known)
    except ValueError as cause:
        raise typer.BadParameter("Write it like 2026-11-27T09:30:00Z.", param_hint="--known") from cause
    if moment.tzinfo is None:
        raise typer.BadParameter("Say the zone, like Z for UTC.", param_hint="--known")
    from beholden.cli.keeper import at_work

    ids = () if people is None else people.read_text().split()
    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.people.queries import actor
        from beholden.redress.actions.incidents import open_incident as opened
        from beholden.redress.incidents import Exposed

        found = _traced(file, use, handover, by=actor(by))
        named = frozenset(PersonId(UUID(one)) for one in ids)
        exposed = Exposed(
            what, moment, use or found.use, found.disclosure, named | found.people, found.digest
        )
        ref = opened(exposed, breach=breach, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    if found.digest and not found.disclosure:
        print(FITS_NONE)
    print(f"{ref} is open. Next: tell the regulator, then beholden incident step {ref} regulator_told")


@dataclass(frozen=True, slots=True)
class _Traced:
    """What is known of a file that turned up: its digest, the one handover that it fits if any, who is in it."""

    digest: str
    use: str = ""
    disclosure: str = ""
    people: frozenset[PersonId] = field(default=frozenset(), repr=False)


def _traced(file: Path | None, use: str, handover: str, *, by: Actor) -> _Traced:
    """Return what a file that turned up tells; refuse where it fits several handovers, or not the one that is named."""
    from beholden.gate.actions.tracing import whose

    found = () if file is None else whose(file, by=by, at=datetime.now(UTC))
    fits = [one for one in found if use in {"", one.use or ""} and one.disclosure.startswith(handover)]
    if len(fits) > 1:
        raise Refusal(
            "cli.several_handovers",
            "This file fits several handovers.",
            next_step="Look with `beholden incident trace`, and name one: --handover and the signs that it prints.",
            authority="D34",
        )
    if not fits and (handover or (use and file is not None)):
        raise Refusal(
            "cli.no_handover",
            "There is no file that fits the use or handover that you name. Nothing was written down.",
            next_step="Look with `beholden incident trace`. Is it from this use all the same? Then leave out --file.",
            authority="D34",
        )
    if file is None:
        return _Traced("")
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    for one in fits:
        return _Traced(digest, one.use or "", one.disclosure, one.people)
    return _Traced(digest)


@incident.command("high-risk")
def high_risk(  # noqa: PLR0917  the shape of the command
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="The incident, like I-2026-0001.")],
    facts: Annotated[
        str, typer.Option(help="Which facts got out, by their names in the catalogue, with commas.")
    ],
    means: Annotated[str, typer.Option(help="What may come of it, as families read it. Name no child.")],
    doing: Annotated[str, typer.Option(help="What you do about it, as families read it.")],
    by: Registrar = "registrar",
) -> None:
    """Say that the risk is high. The families who are in it read of it at once, on their own pages."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.people.queries import actor
        from beholden.redress.actions.incidents import say_high_risk

        people = say_high_risk(
            ref,
            items=words(facts),
            means=means,
            doing=doing,
            catalogue=in_force(home),
            by=actor(by),
            at=datetime.now(UTC),
        )
    if people:
        print("It stands on the pages of the families who are in it. Write to them, too: not all look there.")
    else:
        print(
            "This incident names nobody, so no family's own page tells of it. Tell the public (Art 34(3)(c))."
        )
    print(f"Next, when they were told: beholden incident step {ref} people_told")


@incident.command("step")
def step(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="The incident, like I-2026-0001.")],
    state: Annotated[str, typer.Argument(help="What is done: regulator_told, people_told or closed.")],
    by: Registrar = "registrar",
) -> None:
    """Write down the next step of an incident. The regulator is told first; at a high risk the people, too."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress.actions.incidents import move_on

        move_on(ref, state, by=actor(by), at=datetime.now(UTC))
    print(f"{ref}: {state}.")


@incident.command("list")
def list_incidents(ctx: typer.Context) -> None:
    """List every incident as the public may know it. Ends 1 if the regulator was not told in time of one."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.redress.incidents import incidents

        found = incidents(at=datetime.now(UTC))
    for one in found:
        late = "  LATE" if one.late else ""
        print(
            f"{one.ref}  {one.state}  at most {one.at_most:,}  tell by {one.tell_by:%Y-%m-%d %H:%M}{late}  {one.what}"
        )
    raise typer.Exit(any(one.late for one in found))
