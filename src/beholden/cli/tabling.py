# SPDX-License-Identifier: Apache-2.0
"""The shape of `beholden table`. What it does stands in `tabled`, which alone loads what tables need."""

from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import AsJson


def table(
    question: Annotated[Path, typer.Argument(help="JSON: which figure, by what.")],
    data: Annotated[Path, typer.Option("--data", help="Parquet: one row for each pupil and period.")],
    policy: Annotated[
        Path, typer.Option("--policy", help="TOML: what may be asked of it, and how strictly.")
    ],
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The secret behind every error: 32 random bytes, yours alone."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question with a table that gives nobody away. No register is needed or touched."""
    from beholden.cli.tabled import answer_file

    answer_file(question, data, policy, key, as_json=as_json)
