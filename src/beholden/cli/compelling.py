# SPDX-License-Identifier: Apache-2.0
"""`beholden sealed prepare … carry`: the steps by which what an order compels goes out. Commands, deciding nothing.

The paper, and with it the children's numbers, is read from a file (TOML), never from the words of a command: those can
be read by every user of the machine. No command prints anything of a child.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli import papers
from beholden.cli.options import AsJson, home_of
from beholden.gate.orders import Issuer, NamedChild, Order, Shown, SoughtChild
from beholden.ledger.vocabulary.sealed import Countersigned
from beholden.refusals import Refusal

Name = Annotated[str, typer.Argument(help="The handover, by the name that `sealed prepare` printed.")]
By = Annotated[str, typer.Option("--by", help="You: your reference.")]
_LONGEST_WORD = 2_000
_BORN = {"born": papers.day}
_ORDER = papers.Form(
    {
        **dict.fromkeys(("instrument", "paragraph", "purpose", "reason"), papers.text),
        **dict.fromkeys(("recipient", "reference", "serves"), papers.text),
        **dict.fromkeys(("made_on", "opens_by"), papers.day),
        **dict.fromkeys(("knows_of_safety", "recurring", "whole_school"), papers.truth),
        "collection": papers.census,
        "issuer": papers.one_of(Issuer),
        "items": papers.texts,
        "shown": papers.one_of(Shown),
    },
    {
        "child": _BORN | {"number": papers.text},
        "child_by_name": _BORN | dict.fromkeys(("given_name", "postcode", "surname"), papers.text_or_nothing),
    },
)


def prepare(
    ctx: typer.Context, paper: Annotated[Path, typer.Argument(help="The paper (TOML).")], by: By
) -> None:
    """Build what a paper compels, locked to its recipient. Nothing leaves and nothing is said; a letter is refused.

    The file has in it which children the paper names. Nothing that this prints does. Whom it names by name, two
    registrars have found and looked at before.
    """
    order = read_order(paper)
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import compelling
        from beholden.people.queries import actor

        name = compelling.prepare(order, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print(name)
    print(f"Prepared. A second officer agrees: beholden sealed agree {name} --by …")


def agree(ctx: typer.Context, name: Name, by: By) -> None:
    """Agree to it as the second officer."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import carrying
        from beholden.people.queries import actor

        carrying.agree(name, by=actor(by), at=datetime.now(UTC))
    print("Agreed. What the regulator is told is fixed.")
    print(f"Next, for somebody outside: beholden sealed to-sign {name} --out entry.bytes")


def to_sign(
    ctx: typer.Context, name: Name, out: Annotated[Path, typer.Option(help="Where to write the bytes.")]
) -> None:
    """Write the very bytes that somebody outside both lines signs with their Ed25519 key."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.seals import to_sign as bytes_to_sign
        from beholden.home.files import write_durably

        write_durably(out, bytes_to_sign(name))
    print(f"{out}: to be signed as it is.")


def sign(
    ctx: typer.Context,
    name: Name,
    signature: Annotated[Path, typer.Argument(help='{"key":…,"signature":…}, both in hex.')],
    by: By,
) -> None:
    """Take the signature from outside both lines."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import carrying
        from beholden.people.queries import actor

        carrying.sign(name, read_signature(signature), by=actor(by), at=datetime.now(UTC))
    print(f"Signed. It can be carried out now: beholden sealed carry {name} --by …")


def carry(ctx: typer.Context, name: Name, by: By) -> None:
    """Tell the regulator, put the seal into the public log, and release the parcel. Safe to repeat."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import carrying
        from beholden.gate.seals import standing
        from beholden.people.queries import actor

        officer = actor(by)
        carrying.carry_out(name, catalogue=in_force(home), by=officer, at=datetime.now(UTC))
        (held,) = (one for one in standing(by=officer) if one.name == name)
        print(f"The log counts it as sealed handover {held.number}, until {held.opens_by}.")
        print(f"For the regulator  {home.regulator / held.file}")
        print(f"For the recipient  {home.released / held.file}")
    print("Bring each file to whom it is for. The regulator's answer goes into: beholden sealed take")


def call_off(ctx: typer.Context, name: Name, by: By) -> None:
    """Call it off before it may have left. What the log says by then still opens on its day."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import carrying
        from beholden.people.queries import actor

        carrying.call_off(name, by=actor(by), at=datetime.now(UTC))
    print("Called off. The parcel is destroyed.")


def list_sealed(ctx: typer.Context, by: By, as_json: AsJson = False) -> None:
    """List every handover that an order compelled: its number, how far it is, its day. Nothing of a child."""
    from beholden.cli.keeper import opened

    with opened(home_of(ctx)):
        from beholden.gate.seals import standing
        from beholden.people.queries import actor

        found = standing(by=actor(by))
    if as_json:
        lines = [
            {
                "name": one.name,
                "number": one.number,
                "opens_by": one.opens_by.isoformat(),
                "seen": one.seen,
                "state": one.state,
            }
            for one in found
        ]
        print(json.dumps(lines))
        return
    for one in found:
        seen = "seen by the regulator" if one.seen else "not seen by the regulator"
        number = "-" if one.number is None else one.number
        print(f"{one.name}  {number}  {one.state}  {seen}  opens by {one.opens_by}")
    print(f"{len(found):,} handovers that an order compelled.")


def read_order(path: Path) -> Order:
    """Read what a paper says that is to compel, as it was typed; what it amounts to, the gate decides."""
    read = papers.read(path, _ORDER)
    numbered = tuple(NamedChild(**one) for one in read.lists["child"])  # type: ignore[arg-type]
    by_name = tuple(SoughtChild(**one) for one in read.lists["child_by_name"])  # type: ignore[arg-type]
    return Order(**read.said, children=(*numbered, *by_name))  # type: ignore[arg-type]


def read_signature(path: Path) -> Countersigned:
    """Read a signature from outside, or refuse."""
    try:
        with path.open("rb") as file:
            return Countersigned.from_json(json.loads(file.read(_LONGEST_WORD)))
    except (OSError, ValueError, TypeError, Refusal):
        raise Refusal(
            "cli.signature",
            "This file is no signature.",
            next_step='Write {"key":…,"signature":…}: the public key and the signature, both in hex.',
            authority="D22: a second signature from outside both lines",
        ) from None
