# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for a match that somebody says is wrong. Each makes one call, and prints.

Number, birth date and the recipient's reference are asked for, never given as words of the command.
"""

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from beholden.cli.family import asked
from beholden.cli.looking import remarks
from beholden.cli.options import Registrar, Yourself, home_of
from beholden.cli.typed import one_of, whom, yes_or_no
from beholden.contests.rules import Reason, Verdict, Why
from beholden.kinds import UseRef, day

contest = typer.Typer(no_args_is_help=True, help="For the registrar: matches that somebody says are wrong.")

Number = Annotated[int, typer.Argument(help="The number of the contest.")]

_FOUND = {
    Verdict.RIGHT: "We looked, and they mean the person whom we answered about. They may use our answer again.",
    Verdict.WRONG: "They meant somebody else. They have to take back what came of our answer, and wipe it.",
    Verdict.CANNOT_TELL: (
        "Nobody can tell whom they mean. That counts as our mistake: they have to take back what came of our answer, "
        "and wipe it."
    ),
}
_SHOWS = {
    Reason.DOCUMENT: "A paper shows it.",
    Reason.SCHOOL: "A school told us.",
    Reason.RECIPIENT: "Those who asked told us more.",
    Reason.OWN_RECORD: "What we hold shows it.",
    Reason.NOTHING: "We looked, and nothing shows who they mean.",
}


@contest.command("begin")
def begin(
    ctx: typer.Context,
    use: Annotated[str, typer.Argument(help="The use under which the list was answered.")],
    paper: Annotated[str, typer.Argument(help="Your own number of the letter that came by post.")],
    by: Registrar = "registrar",
    *,
    stranger: Annotated[
        bool,
        typer.Option(
            "--stranger", help="Whoever writes is in no register: ask for the recipient's reference."
        ),
    ] = False,
) -> None:
    """Write down what came by post. From now on nothing is answered about this match, and its recipient is told.

    Asks for the pupil number and the birth date of the child; or, for whoever is in no register and was taken for
    somebody who is, for the reference in the letter that they got. Piped in, each stands on a line.
    """
    reference = asked("The reference in the recipient's letter") if stranger else ""
    number, born = ("", None) if stranger else whom()
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.contesting import Paper, contest_by_post
        from beholden.people.queries import actor

        said = Paper(paper, Why.NOT_US if stranger else Why.STRANGER, number, born, reference)
        catalogue, at = in_force(home), datetime.now(UTC)
        line = contest_by_post(UseRef(use), said, catalogue=catalogue, by=actor(by), at=at)
    print(f"Written down as contest {line}. The recipient is told after midnight, UTC.")
    print(f"A registrar who had no hand in the match decides within {catalogue.limits.contest_days} days.")


@contest.command("list")
def waiting(ctx: typer.Context) -> None:
    """List every contested match that waits, what is due first before the others. Names nobody."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.contests import queries

        found, today = queries.waiting(), datetime.now(UTC).date()
    for one in found:
        late = "  LATE" if one.decide_by < today else ""
        how = f"paper {one.paper}" if one.paper else "by letter"
        print(f"{one.number}  {one.use}  since {one.on}  {how}  decide by {one.decide_by}{late}")
    print(f"{len(found)} wait. Until one is decided, nobody may act on that answer.")


@contest.command("look")
def look(
    ctx: typer.Context,
    number: Number,
    by: Yourself,
    groups: Annotated[
        list[str], typer.Option("--open", help="A group of facts to open; give it once for each.")
    ],
) -> None:
    """Show the record behind a contested match. The look is written down first, and the family reads of it.

    Asks for your access key, and if you know the child or the family. Piped in, the two stand on a line each.
    """
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions.looking import look_at_match
        from beholden.gate.lookups import CONTESTED, lookup
        from beholden.kinds import Actor, Role
        from beholden.people.actions import let_in
        from beholden.rights.plain import as_lines

        catalogue, at = in_force(home), datetime.now(UTC)
        wanted = lookup(CONTESTED, groups)
        print(
            f"After {catalogue.limits.look_shown_days} days the family reads: somebody who works here looked at the "
            f"record {catalogue.looks.reasons[CONTESTED].family_reads}.",
            file=sys.stderr,
        )
        key = asked("Your access key")
        is_known = yes_or_no(asked("Do you know this child or the family? yes or no"))
        officer = let_in(by, key, catalogue=catalogue, by=Actor("look", Role.REGISTRAR), at=at)
        seen = look_at_match(number, wanted.groups, is_known=is_known, catalogue=catalogue, by=officer, at=at)
        shown = as_lines(seen.known, seen.told, catalogue)
    print("\n".join((*shown, *remarks(seen.not_shown, is_flagged=seen.flagged))))
    print(f"Written down as number {seen.line}. The family reads of it from {seen.shown_on} on.")


@contest.command("decide")
def decide(
    ctx: typer.Context,
    number: Number,
    found: Annotated[str, typer.Argument(help="What you found: right, wrong or cannot_tell.")],
    shows: Annotated[
        str, typer.Option(help="What shows it: document, school, recipient, own_record or nothing.")
    ],
    by: Registrar = "registrar",
) -> None:
    """Decide one contested match. Whoever decided the use or agreed to its release cannot."""
    from beholden.cli.keeper import at_work

    verdict = Verdict(one_of(found, tuple(Verdict), authority="D21"))
    reason = Reason(one_of(shows, tuple(Reason), authority="D21"))
    with at_work(home_of(ctx)):
        from beholden.gate.actions.contesting import decide as write_down
        from beholden.people.queries import actor

        held = write_down(number, verdict, reason, by=actor(by), at=datetime.now(UTC))
    print(f"Written down. {_FOUND[verdict]}")
    if held.paper:
        print(f"Answer paper {held.paper}: beholden contest answer {number}")


@contest.command("answer")
def answer(ctx: typer.Context, number: Number) -> None:
    """Print the letter to whoever contested by post: what was found, what shows it, and where to go next."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from django.conf import settings

        from beholden.contests.queries import one_by_post

        mine, us = one_by_post(number), settings.SERVICE
    print(
        f"On {day(mine.at.date())} you wrote that an answer of ours is about somebody else (use {mine.use})."
    )
    if mine.verdict is None or mine.reason is None:
        print(f"A person who did not make the match looks at it, by {day(mine.decide_by)}.")
        print("Until then nobody may act on our answer, and those who have it are told so.")
        return
    print(f"{_FOUND[mine.verdict]} {_SHOWS[mine.reason]}")
    print(f"If you think that we are wrong, you can complain to {us['REGULATOR']}. It is free.")
    print(f"You can write to us again, if you have something new: {us['POST']}.")


@contest.command("labels")
def labels(ctx: typer.Context) -> None:
    """Print what people found about pairs, one line of JSON each: same, different or cannot_say. Names nobody.

    The name of a pair is drawn with a key of the home, and says nothing of it. Of one pair the last line counts.
    """
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.contests import queries

        found = queries.labels()
    for one in found:
        print(json.dumps({"answer": one.answer, "on": one.on.isoformat(), "pair": one.pair}))
