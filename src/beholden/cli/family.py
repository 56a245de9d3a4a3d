# SPDX-License-Identifier: Apache-2.0
"""The registrar's desk: writes a proof file, or a receipt, for a family that brings its letter.

The code and the birth date are asked for, never given as words of the command: those can be read by every user of the
machine while it runs, and stay in the shell's history.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from beholden.refusals import Refusal

_SAID = {True: "in", False: "not in", None: "not said if in"}


def write_bundle(root: Path, officer: str, child: int, out: Path, *, at: datetime) -> str:
    """Ask for what the letter says and whether its bearer was looked at; write the proof of one child named in it."""
    with _at_the_desk(root, officer, child, at) as bearer:
        from beholden.home.files import write_durably
        from beholden.rights.desk import prove

        write_durably(out, prove(**bearer))
    return f"{out}: keep this file. It is a secret: whoever holds it can look for the child in any list it covers."


def print_history(root: Path, officer: str, child: int, *, as_json: bool, at: datetime) -> None:
    """Ask for the same, and print which handovers list the child, newest first."""
    with _at_the_desk(root, officer, child, at) as bearer:
        from beholden.rights.desk import recall

        found = recall(**bearer)
    if as_json:
        rows = [
            {
                "handover": one.disclosure,
                "in_list": in_list,
                "logged_at": f"{one.logged_at:%Y-%m-%dT%H:%M:%SZ}",
                "use": one.use,
            }
            for one, in_list in found
        ]
        print(json.dumps({"handovers": rows}, indent=2))
        return
    for one, in_list in found:
        what = "an order, sealed once and open now" if one.use is None else one.use
        print(f"{one.logged_at:%Y-%m-%d}  {_SAID[in_list]} the list of {one.disclosure[:8]}, {what}")
    said = [in_list for _, in_list in found if in_list is not None]
    print(f"In {sum(said):,} of {len(said):,} lists, as the keeper has them.")
    print(
        "This proves nothing; `beholden bundle` does. What is sealed, and what a law sends without a list, is not here."
    )


@contextmanager
def _at_the_desk(root: Path, officer: str, child: int, at: datetime) -> Iterator[dict[str, Any]]:
    """Ask what the letter says and whether its bearer was looked at, open the home, and lend what the desk asks for."""
    code = asked("The code in the letter")
    born = day(asked("The birth date of a child named in it, like 2015-03-27"))
    seen = asked("Have you seen who is asking, and that they may decide for this child? yes or no")
    from beholden.cli.keeper import at_work

    with at_work(root) as home:
        from beholden.catalogue import in_force
        from beholden.people.queries import actor

        yield {
            "code": code,
            "born_on": born,
            "child": child,
            "identity_seen": seen.lower() == "yes",
            "catalogue": in_force(home),
            "by": actor(officer),
            "at": at,
        }


def write_receipt(root: Path, officer: str, child: int, out: Path, *, at: datetime) -> str:
    """Ask for what the letter says and for the numbers of the answers; write the receipt of one child named in it."""
    code = asked("The code in the letter")
    born = day(asked("The birth date of a child named in it, like 2015-03-27"))
    numbers = asked("The number of the answer, or several with commas between")
    from beholden.cli.keeper import at_work

    with at_work(root) as home:
        from django.conf import settings

        from beholden.catalogue import in_force
        from beholden.choices.consent.receipt import Controller
        from beholden.home.files import write_durably
        from beholden.people.queries import actor
        from beholden.rights import desk

        said = settings.SERVICE
        made = desk.write_receipt(
            code=code,
            born_on=born,
            child=child,
            numbers=tuple(one.strip() for one in numbers.split(",")),
            controller=Controller(said["OWNER"], said["POST"], said["PHONE"], ""),
            catalogue=in_force(home),
            by=actor(officer),
            at=at,
        )
        write_durably(out, made)
    return f"{out}: a receipt that a program can read. It names nobody, and changes nothing."


def asked(question: str) -> str:
    """Ask somebody at the keyboard, unseen by who stands behind; or read one line of what is piped in."""
    if sys.stdin.isatty():
        return str(typer.prompt(question, err=True, hide_input=not question.endswith("no"))).strip()
    return sys.stdin.readline().strip()


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "cli.birth_date",
            "This is no day.",
            next_step="Write the birth date like 2015-03-27.",
            authority="ISO 8601-1 section 5.2",
        ) from None  # the error's own words repeat what was typed
