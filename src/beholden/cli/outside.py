# SPDX-License-Identifier: Apache-2.0
"""`beholden outside sign`: somebody outside both lines reads what is to stand in the log, and signs it. No home."""

import json
from pathlib import Path
from typing import Annotated

import typer

outside = typer.Typer(
    no_args_is_help=True, help="For somebody outside: the second signature of a sealed handover."
)


@outside.command("sign")
def sign(
    entry: Annotated[Path, typer.Argument(help="What `to-sign` wrote at the keeper's.")],
    signing_key: Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")],
    out: Annotated[Path, typer.Option(help="Where to write the signature.")],
) -> None:
    """Print what these bytes say, sign them on your own machine, and write the signature for the keeper.

    What is printed is all that the public log will say. What is behind it, ask to be shown: the order itself.
    """
    from beholden.cli.regulators import secret
    from beholden.home.files import write_durably
    from beholden.ledger.sealing import countersign, read_message

    raw = entry.read_bytes()
    said = read_message(raw)
    made = countersign(raw, seed=bytes.fromhex(secret(signing_key)))
    write_durably(out, json.dumps(made.to_json()).encode())
    print(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True))
