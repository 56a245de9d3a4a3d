# SPDX-License-Identifier: Apache-2.0
"""The commands about what is published, as plain files. What they do stands in `logs` and `entry_proofs`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.entry_proofs import check_proof, prove
from beholden.cli.options import home_of

log = typer.Typer(no_args_is_help=True, help="What is published, as plain files.")
log.command("prove")(prove)
log.command("check-proof")(check_proof)


@log.command("export")
def export_log(
    ctx: typer.Context,
    to: Annotated[Path, typer.Argument(help="The folder for the copy; run again, it is brought up to date.")],
) -> None:
    """Copy this home's published logs and texts, and the page that checks proofs, for any web server to serve."""
    from beholden.cli.logs import export

    print(export(home_of(ctx), to))


@log.command("copy")
def copy_log(
    address: Annotated[str, typer.Argument(help="Where the logs lie, like https://records.example/log.")],
    to: Annotated[Path, typer.Argument(help="The folder for the copy; run again, it is brought up to date.")],
) -> None:
    """Copy anybody's published logs and texts (they only grow), with our page that checks proofs. No home needed."""
    from beholden.cli.logs import copy

    print(copy(address, to))


@log.command("witnessed")
def ask_witnesses(ctx: typer.Context) -> None:
    """Ask every witness of this home's policy that has not cosigned the logs yet, and say who has.

    Ends 0 if a quorum has seen both logs, 1 if not. Without a policy (the file witnesses in the home) nobody is asked.
    """
    from beholden.cli.logs import witnessed

    sys.exit(witnessed(home_of(ctx)))
