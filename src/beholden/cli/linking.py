# SPDX-License-Identifier: Apache-2.0
"""The shape of `beholden link`. What it does stands in `linked`, which alone loads what linkage needs."""

from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import AsJson


def link(  # noqa: PLR0917  the shape of the command
    left: Annotated[Path, typer.Argument(help="CSV: the people that are asked about.")],
    right: Annotated[
        Path, typer.Argument(help="CSV: the people that are held; lines of one id are one person.")
    ],
    columns: Annotated[Path, typer.Option("--columns", help="TOML: which column of each list holds what.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="Weights of your own, as Splink 5 writes them.")
    ] = None,
    adverse: Annotated[
        bool,
        typer.Option("--adverse", help="It can harm the person: accept nothing without a person's look."),
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="With each pair every figure of its sum: in the line with --json, below it without."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say which people of one list are in another, how sure that is, and why. No register is needed or touched."""
    from beholden.cli.linked import link_files

    link_files(left, right, columns, model, adverse=adverse, why=why, as_json=as_json)
