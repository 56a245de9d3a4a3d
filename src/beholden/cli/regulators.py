# SPDX-License-Identifier: Apache-2.0
"""The regulator's own commands, on its own machine: no database, no home, no word of the keeper's is believed.

And the keeper's commands for what is handed over in secret: the steps themselves stand in `searching` and `compelling`.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli import compelling, searching
from beholden.cli.lengthening import longer, read_longer
from beholden.cli.options import home_of
from beholden.refusals import Refusal

regulator = typer.Typer(no_args_is_help=True, help="For the regulator: what is handed over in secret.")
sealed = typer.Typer(no_args_is_help=True, help="For the keeper: what is handed over in secret.")

sealed.command("find")(searching.find)
sealed.command("look")(searching.look)
sealed.command("searches")(searching.list_searches)
sealed.command("end-search")(searching.end_search)
sealed.command("prepare")(compelling.prepare)
sealed.command("agree")(compelling.agree)
sealed.command("to-sign")(compelling.to_sign)
sealed.command("sign")(compelling.sign)
sealed.command("carry")(compelling.carry)
sealed.command("call-off")(compelling.call_off)
sealed.command("list")(compelling.list_sealed)
sealed.add_typer(longer, name="longer")

File = Annotated[Path, typer.Argument(help="The locked file (.age) that the keeper sent.")]
IdentityOption = Annotated[Path, typer.Option(help="Your age identity file.")]
LogOption = Annotated[Path, typer.Option(help="Your own copy of the keeper's handovers log (its folder).")]
KeyOption = Annotated[str, typer.Option(help="The log's key, from a place you trust.")]
SigningOption = Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")]
OutOption = Annotated[Path, typer.Option(help="Where to write the signed answer.")]

_LONGEST_WORD = 2_000


@regulator.command("seen")
def see(  # noqa: PLR0917  the shape of the command
    file: File,
    identity: IdentityOption,
    log: LogOption,
    key: KeyOption,
    signing_key: SigningOption,
    out: OutOption,
) -> None:
    """Check what is handed over in secret against your copy of the log, and sign that you have seen it."""
    print(_answer("seen", file, identity=identity, log=log, key=key, signing_key=signing_key, out=out))


@regulator.command("open")
def open_(  # noqa: PLR0917  the shape of the command
    file: File,
    identity: IdentityOption,
    log: LogOption,
    key: KeyOption,
    signing_key: SigningOption,
    out: OutOption,
) -> None:
    """Open it yourself, because the keeper does not. The answer can be published: it proves itself by the log."""
    print(_answer("open", file, identity=identity, log=log, key=key, signing_key=signing_key, out=out))


@regulator.command("longer")
def read_of_longer(file: File, identity: IdentityOption, log: LogOption, key: KeyOption) -> None:
    """Read why a secret is to be kept longer, and compare it with your copy of the log. Signs nothing."""
    print(read_longer(file, identity=identity, log=log, key=key))


@sealed.command("take")
def take(
    ctx: typer.Context, answer: Annotated[Path, typer.Argument(help="The regulator's signed answer.")]
) -> None:
    """Put a regulator's signed answer into the public log: that it has seen it, or that it opens it."""
    from beholden.cli.keeper import at_work

    with at_work(home_of(ctx)):
        from beholden.gate.actions.unsealing import take as log_it
        from beholden.kinds import Actor, Role

        log_it(answer.read_bytes(), by=Actor("desk", Role.KEEPER), at=datetime.now(UTC))
    print("It stands in the public log.")


@sealed.command("confirm")
def confirm(
    ctx: typer.Context,
    word: Annotated[Path, typer.Argument(help="What `beholden recipient check` wrote at the recipient's.")],
) -> None:
    """Put into the public log what the recipient of a handover that is open by now found in it, and signed."""
    import json

    from beholden.cli.keeper import at_work
    from beholden.ledger.canonical import parse_json
    from beholden.ledger.vocabulary.handovers import Recomputed

    home = home_of(ctx)
    match parse_json(word.read_bytes(), limit=_LONGEST_WORD):
        case {"id": str(handover), "recomputed": dict(said), **rest} if not rest:
            recomputed = Recomputed.from_json(said)
        case _:
            raise Refusal(
                "sealed.confirmation",
                "This is not what the check writes.",
                next_step="Ask the recipient for the very file that `beholden recipient check` wrote.",
                authority="ARCHITECTURE section 5: the recipient recomputes before any use",
            )
    with at_work(home):
        from beholden.gate.actions.proving import confirm as log_it
        from beholden.kinds import Actor, Role

        worth = log_it(handover, recomputed, by=Actor("desk", Role.KEEPER), at=datetime.now(UTC))
    print(json.dumps({"handover": handover, "word": worth.value}))


def _answer(
    command: str,
    file: Path,
    *,
    identity: Path,
    log: Path,
    key: str,
    signing_key: Path,
    out: Path,
) -> str:
    """Read what the keeper sent and one's own copy of the log, sign, and write the answer; return one line of JSON."""
    import json

    from beholden.gate.regulator import opening, print_word, seen, unlock
    from beholden.home.files import write_durably
    from beholden.ledger import handovers
    from beholden.ledger.tiles import TileLog

    told = unlock(file.read_bytes(), identity=secret(identity))
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
    seed = bytes.fromhex(secret(signing_key))
    word = seen(told, verified, seed) if command == "seen" else opening(told, verified, seed)
    write_durably(out, print_word(word))
    return json.dumps({"handover": word.seq, "says": word.kind, "children": told.report.get("children")})


def secret(path: Path) -> str:
    """Return the one secret of a key file: its first line that is no comment."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")
