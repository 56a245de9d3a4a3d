# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for two records that may be one child. Each makes one call, and prints."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from beholden.cli.family import asked
from beholden.cli.looking import remarks
from beholden.cli.options import Registrar, Yourself, home_of
from beholden.cli.typed import one_of, yes_or_no
from beholden.register.lent import InQuestion, LooksAlike, Settled

record = typer.Typer(no_args_is_help=True, help="For the registrar: two records that may be one child.")

ONE_CHILD = "one-child"

Number = Annotated[int, typer.Argument(help="The number of the question.")]


@record.command("questions")
def questions(
    ctx: typer.Context,
    by: Registrar = "registrar",
    *,
    decided: Annotated[bool, typer.Option("--decided", help="List those decided lately instead.")] = False,
) -> None:
    """List every question that waits, the oldest first, with what agrees between its records. Names no child."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress import desk

        who, at = actor(by), datetime.now(UTC)
        lines = _settled(desk.settled(by=who, at=at)) if decided else _waiting(desk.questions(by=who, at=at))
    print("\n".join(lines))


def _waiting(found: tuple[InQuestion, ...]) -> Iterator[str]:
    for one in found:
        raised = f"return {one.receipt}" if one.receipt else "no return"
        yield f"{one.number}  {one.asked_at:%Y-%m-%d}  {one.rule}  {raised}"
        for words, said in (("same", True), ("differs", False), ("not known", None)):
            names = [name for name, agrees in one.agrees.items() if agrees is said]
            if names:
                yield f"    {words}: {', '.join(names)}"
    yield f"{len(found)} wait. Until one is decided, both its records are restricted."


def _settled(found: tuple[Settled, ...]) -> Iterator[str]:
    for one in found:
        yield f"{one.number}  {one.decided_at:%Y-%m-%d}  {'one child' if one.same else 'two children'}"
    yield "If one of these was wrong, ask again: beholden record doubt, and its number."


@record.command("compare")
def compare(
    ctx: typer.Context,
    number: Number,
    by: Yourself,
    groups: Annotated[
        list[str], typer.Option("--open", help="A group of facts to open; give it once for each.")
    ],
) -> None:
    """Show both records of a question side by side. Both looks are written down first, and both families read of them.

    Asks for your access key, and if you know one of the children or families. Piped in, the two stand on a line each.
    """
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.looking import look_at_both
        from beholden.gate.lookups import TWO_RECORDS, lookup
        from beholden.kinds import Actor, Role
        from beholden.people.actions import let_in
        from beholden.rights.plain import as_lines

        catalogue, at = in_force(home), datetime.now(UTC)
        wanted = lookup(TWO_RECORDS, groups)
        reads = catalogue.looks.reasons[TWO_RECORDS].family_reads
        print(
            f"After {catalogue.limits.look_shown_days} days both families read: somebody who works here looked at the "
            f"record {reads}.",
            file=sys.stderr,
        )
        key = asked("Your access key")
        is_known = yes_or_no(asked("Do you know one of these children or families? yes or no"))
        officer = let_in(by, key, catalogue=catalogue, by=Actor("look", Role.REGISTRAR), at=at)
        both = look_at_both(number, wanted.groups, is_known=is_known, catalogue=catalogue, by=officer, at=at)
        shown = [(seen, as_lines(seen.known, seen.told, catalogue)) for seen in both]
    for seen, lines in shown:
        print("\n".join((*lines, *remarks(seen.not_shown, is_flagged=seen.flagged))))
        print(f"Written down as number {seen.line}. The family reads of it from {seen.shown_on} on.\n")


@record.command("decide")
def decide(
    ctx: typer.Context,
    number: Number,
    said: Annotated[str, typer.Argument(help="What they are: one-child or two-children.")],
    evidence: Annotated[str, typer.Option(help="What you saw: document, school, family or own_record.")],
    by: Registrar = "registrar",
) -> None:
    """Decide one question. Of one child, every no and every flag about one record counts for the other too."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress import desk
        from beholden.register.rules import Evidence

        same = one_of(said, (ONE_CHILD, "two-children"), authority="D14, D32") == ONE_CHILD
        seen = Evidence(one_of(evidence, tuple(Evidence), authority="D14, D32"))
        desk.decide(number, same=same, evidence=seen, by=actor(by), at=datetime.now(UTC))
    print(
        "Written down: one child. A no, a flag or an end of power about one record counts for both."
        if same
        else "Written down: two children. Each stands for itself."
    )


@record.command("doubt")
def doubt(ctx: typer.Context, number: Number, by: Registrar = "registrar") -> None:
    """Ask anew what was decided. Both records are restricted again; what was decided counts till it is decided anew."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress import desk

        again = desk.ask_again(number, by=actor(by), at=datetime.now(UTC))
    print(f"It waits again, as question {again}.")


@record.command("suggest")
def suggest(ctx: typer.Context, by: Registrar = "registrar") -> None:
    """Look the whole register through for two records that look alike. Decides nothing, and restricts nobody.

    What was suggested or asked before is not suggested again, whatever was decided: twins stay two.
    """
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress import desk

        who, at = actor(by), datetime.now(UTC)
        fresh = desk.suggest(by=who, at=at)
        lines = _alike(desk.suggested(by=who, at=at))
    print(f"{fresh} new.")
    print("\n".join(lines))


@record.command("suggested")
def suggested(ctx: typer.Context, by: Registrar = "registrar") -> None:
    """List every pair that looks alike and of which nobody has asked, the surest first. Names no child."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress import desk

        lines = _alike(desk.suggested(by=actor(by), at=datetime.now(UTC)))
    print("\n".join(lines))


def _alike(found: tuple[LooksAlike, ...]) -> Iterator[str]:
    for one in found:
        yield f"{one.number}  {one.at:%Y-%m-%d}  {one.probability:.4f}"
        for words, bits in one.steps:
            yield f"    {bits:+7.1f}  {words}"
    yield f"{len(found)} look alike. Ask of one: beholden record ask, and its number."


@record.command("ask")
def ask_of(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The number of the suggestion.")],
    by: Registrar = "registrar",
) -> None:
    """Ask if a pair that looks alike is one child. Both records are restricted until the question is decided."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.people.queries import actor
        from beholden.redress import desk

        question = desk.ask_suggested(number, by=actor(by), at=datetime.now(UTC))
    print(f"It waits as question {question}: beholden record decide {question}")
