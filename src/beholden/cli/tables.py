# SPDX-License-Identifier: Apache-2.0
"""`beholden tables`: the keeper's tables that anybody may have. Freezes, withdraws, lists and asks; decides nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import AsJson, Registrar, home_of

tables = typer.Typer(no_args_is_help=True, help="Tables that anybody may have, of the register's own rows.")


@tables.command("freeze")
def freeze(
    ctx: typer.Context,
    data: Annotated[str, typer.Argument(help="The data set, as the catalogue names it.")],
    census: Annotated[str, typer.Option(help="Which census is counted, like SC/SPR/2026.")],
    by: Registrar = "registrar",
) -> None:
    """Count one census, freeze it under a name, and say so in the public log. From then on questions are answered."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import freezing
        from beholden.people.queries import actor

        name = freezing.freeze(data, census, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print(f"{name} stands. Questions about {data} are answered from it.")


@tables.command("withdraw")
def withdraw(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The release, as tables cite it.")],
    why: Annotated[str, typer.Option(help="Why, in a sentence that everybody may read.")],
    by: Registrar = "registrar",
) -> None:
    """Withdraw a release: it answers nothing more, and keeps its name and the reason."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import freezing
        from beholden.people.queries import actor

        freezing.withdraw(name, why, by=actor(by), at=datetime.now(UTC))
    print(f"{name} is withdrawn.")


@tables.command("list")
def list_releases(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the data sets, what may be asked of each, and every release, the newest first."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.shelves import on_offer

        shelf = on_offer(in_force(home))
    if as_json:
        import msgspec

        print(msgspec.json.encode(shelf).decode())
        return
    for data_set in shelf.sets:
        print(f"{data_set.name}: {data_set.says}")
        for field in data_set.fields:
            print(f"   by {field.name}: {field.says}")
        for one in data_set.releases:
            stands = f"withdrawn: {one.withdrawn}" if one.withdrawn else "stands"
            where = "not in the log yet" if one.entry is None else f"entry {one.entry} of events"
            print(f"   {one.name}  frozen on {one.frozen_at:%Y-%m-%d} ({where}), {stands}")


@tables.command("ask")
def ask(
    ctx: typer.Context,
    question: Annotated[Path, typer.Argument(help="JSON: about what, which figure, by what.")],
    as_json: AsJson = False,
    by: Registrar = "registrar",
) -> None:
    """Answer one question from the release that stands. It is counted in the public log of questions."""
    from beholden.cli.keeper import opened
    from beholden.cli.tabled import print_answer, question_in

    raw = question_in(question)
    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.answering import answer
        from beholden.gate.counter import Counter
        from beholden.people.queries import actor

        made = answer(raw, by, Counter(), catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print_answer(made, as_json=as_json)


@tables.command("answer")
def answer_request(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="The request that was refused, like U-2027-0041.")],
    question: Annotated[Path, typer.Argument(help="JSON: the question whose table answers it.")],
    by: Registrar = "registrar",
) -> None:
    """Answer a refused request by a table: the question stands on its public page, and the log has its commitment."""
    from beholden.cli.keeper import at_work
    from beholden.cli.tabled import question_in

    raw = question_in(question)
    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.kinds import UseRef
        from beholden.people.queries import actor
        from beholden.uses import actions as uses

        uses.answer_by_table(UseRef(ref), raw, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print(f"{ref} is answered by a table: its page links to it.")
