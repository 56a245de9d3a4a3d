# SPDX-License-Identifier: Apache-2.0
"""`beholden sealed longer`: the steps by which a secret is kept longer, once. Commands, and nothing that they decide.

The paper is read from a file (TOML), never from the words of a command: those can be read by every user of the machine.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli import papers
from beholden.cli.compelling import read_signature
from beholden.cli.options import home_of
from beholden.gate.longer import Further
from beholden.gate.orders import Issuer, Shown
from beholden.refusals import Refusal

longer = typer.Typer(no_args_is_help=True, help="Keep a secret longer, once, on a further order.")

Seq = Annotated[int, typer.Argument(help="The public number of the handover.")]
By = Annotated[str, typer.Option("--by", help="You: your reference.")]
_FURTHER = papers.Form(
    {
        **dict.fromkeys(("ground", "instrument", "paragraph", "reference"), papers.text),
        **dict.fromkeys(("made_on", "opens_by"), papers.day),
        "issuer": papers.one_of(Issuer),
        "shown": papers.one_of(Shown),
    }
)


@longer.command("ask")
def ask(
    ctx: typer.Context, seq: Seq, paper: Annotated[Path, typer.Argument(help="The paper (TOML).")], by: By
) -> None:
    """Write down what a further paper asks for. It must compel, say why, and come before the day."""
    further = Further(**papers.read(paper, _FURTHER).said)  # type: ignore[arg-type]
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import lengthening
        from beholden.people.queries import actor

        lengthening.ask(seq, further, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print("Written down. A second officer agrees, and then somebody outside signs.")


@longer.command("agree")
def agree(ctx: typer.Context, seq: Seq, by: By) -> None:
    """Agree to it as the second officer."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import lengthening
        from beholden.people.queries import actor

        lengthening.agree(seq, by=actor(by), at=datetime.now(UTC))
    print("Agreed. What the regulator is told is fixed.")


@longer.command("to-sign")
def to_sign(
    ctx: typer.Context, seq: Seq, out: Annotated[Path, typer.Option(help="Where to write the bytes.")]
) -> None:
    """Write the very bytes that somebody outside signs with their Ed25519 key."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.lengthenings import to_sign as bytes_to_sign
        from beholden.home.files import write_durably

        write_durably(out, bytes_to_sign(seq))
    print(f"{out}: to be signed as it is.")


@longer.command("sign")
def sign(
    ctx: typer.Context,
    seq: Seq,
    signature: Annotated[Path, typer.Argument(help='{"key":…,"signature":…}, both in hex.')],
    by: By,
) -> None:
    """Take the signature from outside both lines."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import lengthening
        from beholden.people.queries import actor

        lengthening.sign(seq, read_signature(signature), by=actor(by), at=datetime.now(UTC))
    print("Signed. It can be carried out now.")


@longer.command("extend")
def extend(ctx: typer.Context, seq: Seq, by: By) -> None:
    """Tell the regulator, and put the longer day into the public log. Safe to repeat."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)) as home:
        from beholden.catalogue import in_force
        from beholden.gate.actions import lengthening
        from beholden.people.queries import actor

        lengthening.extend(seq, catalogue=in_force(home), by=actor(by), at=datetime.now(UTC))
    print("The log says the longer day. Send the regulator its new file from the folder regulator.")


@longer.command("call-off")
def call_off(ctx: typer.Context, seq: Seq, by: By) -> None:
    """Call it off, before the log says it."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions import lengthening
        from beholden.people.queries import actor

        lengthening.call_off(seq, by=actor(by), at=datetime.now(UTC))
    print("Called off. It opens on its first day.")


def read_longer(file: Path, *, identity: Path, log: Path, key: str) -> str:
    """Open what the keeper sent about a longer secret, compare it with one's own copy of the log, and say it."""
    from beholden.cli.regulators import secret
    from beholden.gate.regulator_longer import examine_longer, unlock_longer
    from beholden.ledger import handovers
    from beholden.ledger.tiles import TileLog

    told = unlock_longer(file.read_bytes(), identity=secret(identity))
    held = TileLog(log)
    published = held.published()
    if published is None:
        raise Refusal(
            "regulator.no_log",
            "There is no checkpoint in the log's folder.",
            next_step="Copy the keeper's log first: beholden log copy.",
            authority="docs/explanation/proofs.md",
        )
    verified = handovers.read(published, held.entries(held.size), vkey=key, pinned=key)
    seal, stands = examine_longer(told, verified)
    return json.dumps(
        {
            "handover": told.entry.seq,
            "in_the_log": stands,
            "opens_by": told.entry.opens_by.isoformat(),
            "report": told.report,
            "sealed_by": seal.body.opens_by.isoformat(),
        },
        ensure_ascii=False,
        sort_keys=True,
    )
