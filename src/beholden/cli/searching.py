# SPDX-License-Identifier: Apache-2.0
"""`beholden sealed find … look`: the children whom a court names by name are found, before its order is prepared.

The paper is read from a file, never from the words of a command. Only `look` prints anything of a child, to the one who
looks: how what the paper says agrees with what is held, and two forms of a name that is nearly the same.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.compelling import By, read_order
from beholden.cli.family import asked
from beholden.cli.options import AsJson, home_of
from beholden.cli.typed import one_of

Search = Annotated[str, typer.Argument(help="The search, by the name that `sealed find` printed.")]


def find(
    ctx: typer.Context, paper: Annotated[Path, typer.Argument(help="The paper (TOML).")], by: By
) -> None:
    """Look for the children whom a court names by name. Says the search's name, and not if anybody was found.

    Two registrars bring the same paper, one after the other. That they did is written down; then everybody is compared.
    """
    order = read_order(paper)
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import searching
        from beholden.people.queries import actor

        begun = searching.find(order, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print(begun.name)
    if begun.is_compared:
        print(f"Compared. Two registrars look, each alone: beholden sealed look {begun.name} --by …")
    else:
        print("Written down. A second registrar brings the same paper: beholden sealed find … --by …")


def look(ctx: typer.Context, name: Search, by: By) -> None:
    """Look at whom each child of a paper may be, and say of each: same, different, or cannot say.

    Neither what another officer said is shown, nor what the rules made of it. What you say is kept, and the first word
    holds. Break off as you like.
    """
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import searching
        from beholden.gate.searches import waiting
        from beholden.linkage.sampling import Opinion
        from beholden.people.queries import actor
        from beholden.rights.panel.pairs import agrees

        officer, words = actor(by), tuple(one.value for one in Opinion)
        for number, pair in waiting(name, by=officer):
            print(f"Child {pair.place} of the paper")
            for one in agrees(pair.why):
                forms = f"  the paper: {one.sent}  the register: {one.held}" if one.sent else ""
                print(f"  {one.field:14} {one.says}{forms}")
            said = one_of(asked("Same person? same, different, or cannot say"), words, authority="D22, D32")
            searching.say(name, number, Opinion(said), by=officer, at=datetime.now(UTC))
    print("Nothing more waits for you.")


def list_searches(ctx: typer.Context, by: By, as_json: AsJson = False) -> None:
    """List every search there ever was: which two brought it, when, how far it is. Of children only places."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate.searches import searches
        from beholden.people.queries import actor

        found = searches(by=actor(by))
    if as_json:
        lines = [
            {
                "begun_by": one.by,
                "differing": list(one.differing),
                "name": one.name,
                "named": one.named,
                "not_found": list(one.not_found),
                "on": one.on.isoformat(),
                "second": one.second,
                "state": one.state,
            }
            for one in found
        ]
        print(json.dumps(lines))
        return
    for one in found:
        who = f"{one.by}, {one.second or 'nobody yet'}"
        print(f"{one.name}  {one.on}  {who}  {one.named} named  {one.state}")
        if one.not_found:
            print(f"  not found: {_places(one.not_found)}")
        if one.differing:
            print(f"  two differ, so it is nobody unless a third says: {_places(one.differing)}")
    print(f"{len(found):,} searches.")


def _places(places: tuple[int, ...]) -> str:
    return ", ".join(map(str, places))


def end_search(ctx: typer.Context, name: Search, by: By) -> None:
    """End a search: what it found can be read by nobody any more. That there was one, stays."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import searching
        from beholden.people.queries import actor

        searching.end(name, by=actor(by), at=datetime.now(UTC))
    print("Ended. The key of what it found is destroyed.")
