# SPDX-License-Identifier: Apache-2.0
"""What many commands take alike: the home, who is the registrar, and whether to print JSON. Does nothing else."""

from pathlib import Path
from typing import Annotated

import typer

Registrar = Annotated[str, typer.Option("--by", help="You: the registrar's reference.")]
Yourself = Annotated[str, typer.Option("--by", help="You: your reference, as an officer of the register.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def home_of(ctx: typer.Context) -> Path:
    """Return the keeper's folder that was named, or refuse a command that needs one and got none."""
    if ctx.obj is None:
        raise typer.BadParameter("Name the keeper's folder with --home or BEHOLDEN_HOME.")
    root: Path = ctx.obj
    return root
