# SPDX-License-Identifier: Apache-2.0
"""The registrar's commands for who may come in: schools, officers, access keys. Each makes one call, and prints.

A key is printed once, here, and kept nowhere in clear: whoever is at this screen carries it to its officer.
"""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import Registrar, home_of
from beholden.kinds import Role
from beholden.refusals import Refusal

school = typer.Typer(
    no_args_is_help=True, help="For the registrar: schools, as organisations that send returns."
)
body = typer.Typer(
    no_args_is_help=True,
    help="For the registrar: other bodies, like recipients, courts, the regulator, somebody outside.",
)
officer = typer.Typer(
    no_args_is_help=True, help="For the registrar: who acts for whom, and their access keys."
)

Ref = Annotated[str, typer.Argument(help="The officer's reference.")]
_DRAWN = 8
_NO_OFFICERS = frozenset({Role.FAMILY, Role.KEEPER})


@school.command("enrol")
def enrol_school(  # noqa: PLR0917  the shape of the command
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help="The school's number, as its returns write it: 7 digits.")],
    name: Annotated[str, typer.Argument(help="The school's name.")],
    country: Annotated[str, typer.Option(help="The country it is in.")] = "",
    key: Annotated[
        str,
        typer.Option(
            help="What age-keygen prints as the school's public key: records that move are locked to it."
        ),
    ] = "",
    by: Registrar = "registrar",
) -> None:
    """Enrol a school, so that officers can be appointed for it."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.intake.census_header import is_school_number
        from beholden.people.actions import enrol
        from beholden.people.queries import Body, actor

        if not is_school_number(number):
            raise Refusal(
                "cli.school_number",
                "This is no number of a school.",
                next_step="Write the local authority's 3 digits and the school's 4, without a space.",
                authority="D1: as returns name it (LEA, Estab)",
            )
        enrol(Body(number, name, "school", country, key, ""), by=actor(by), at=datetime.now(UTC))
    print(f"{name} is enrolled under {number}. Next: beholden officer appoint school {number}")


@body.command("enrol")
def enrol_body(  # noqa: PLR0917  the shape of the command
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="Its reference: small letters, digits, dots and dashes.")],
    name: Annotated[str, typer.Argument(help="Its name.")],
    kind: Annotated[str, typer.Option(help="What it is, like court, regulator, independent or university.")],
    country: Annotated[str, typer.Option(help="The country it is in.")],
    key: Annotated[
        str, typer.Option(help="What age-keygen prints as its public key: what it gets is locked to it.")
    ] = "",
    check_key: Annotated[
        str, typer.Option(help="Its Ed25519 public key, in hex: what it signs holds by it.")
    ] = "",
    by: Registrar = "registrar",
) -> None:
    """Enrol a body that is no school. It stays as it is: a new name or key makes a new one (D45)."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.people.actions import enrol
        from beholden.people.queries import Body, actor

        enrol(Body(ref, name, kind, country, key, check_key), by=actor(by), at=datetime.now(UTC))
    print(f"{name} is enrolled under {ref}. Next: beholden officer appoint ROLE {ref}")


@school.command("post")
def school_post(
    ctx: typer.Context,
    use: Annotated[str, typer.Argument(help="The use, like U-2027-0001.")],
    number: Annotated[str, typer.Argument(help="The school's number.")],
    to: Annotated[Path, typer.Option(help="The file to write: a line for each pupil of the school's roll.")],
    by: Annotated[str, typer.Option(help="The school's officer, by reference.")],
) -> None:
    """Write what a school passes on for one use: its own pupil numbers, all with the same words."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate.actions.inviting import take
        from beholden.kinds import UseRef
        from beholden.people.queries import actor

        got = take(UseRef(use), number, by=actor(by), at=datetime.now(UTC))
    with to.open("x", encoding="utf-8", newline="") as file:
        file.write(got.as_csv())
    print(f"{to}  {len(got.numbers):,} pupils, all with the same line")


@officer.command("appoint")
def appoint_officer(
    ctx: typer.Context,
    role: Annotated[str, typer.Argument(help="Like school, reviewer, applicant or recipient.")],
    organisation: Annotated[
        str, typer.Argument(help="The reference of the enrolled body; a school's number.")
    ],
    ref: Annotated[
        str | None, typer.Option(help="The officer's reference. Else one is drawn that nobody can guess.")
    ] = None,
    by: Registrar = "registrar",
) -> None:
    """Appoint somebody to act for an enrolled body, under an opaque reference: never a name."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.people.actions import appoint
        from beholden.people.queries import actor

        made = appoint(ref or _drawn(role), _role(role), organisation, by=actor(by), at=datetime.now(UTC))
    print(f"{made.ref} acts as {made.role.value} for {organisation}. Next: beholden officer key {made.ref}")


@officer.command("key")
def give_key(ctx: typer.Context, ref: Ref, by: Registrar = "registrar") -> None:
    """Draw an access key for an officer and print it, once. A key that the officer had ends with it."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.people import actions as people
        from beholden.people.queries import actor

        key = people.give_key(ref, by=actor(by), at=datetime.now(UTC))
    print(f"Reference   {ref}")
    print(f"Access key  {key}")
    print("This is shown once. Hand it over in person or by sealed post, never by e-mail.")


@officer.command("end-key")
def end_key(ctx: typer.Context, ref: Ref, by: Registrar = "registrar") -> None:
    """End an officer's key at once: who is signed in with it is out at the next press."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.people import actions as people
        from beholden.people.queries import actor

        people.end_key(ref, by=actor(by), at=datetime.now(UTC))
    print(f"The key of {ref} has ended.")


def _drawn(role: str) -> str:
    """Return a reference that nobody can guess: who knows none can shut nobody out by trying keys."""
    from beholden.people.signs import SIGNS

    return f"{role.lower()}-{''.join(secrets.choice(SIGNS.lower()) for _ in range(_DRAWN))}"


def _role(word: str) -> Role:
    offices = {role.value: role for role in Role if role not in _NO_OFFICERS}
    if word not in offices:
        raise Refusal(
            "cli.role",
            "There is no such role to appoint anybody to.",
            next_step=f"Name one of: {', '.join(offices)}.",
            authority="UK GDPR Art 32(4)",
        )
    return offices[word]
