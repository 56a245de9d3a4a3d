# SPDX-License-Identifier: Apache-2.0
"""The shape of `beholden table` and `table-fixed`. What they do is in `tabled`, which alone loads what it needs."""

from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import AsJson

Asked = Annotated[Path, typer.Argument(help="JSON: which figure, by what.")]
Data = Annotated[Path, typer.Option("--data", help="Parquet: one row for each pupil and period.")]
Rules = Annotated[Path, typer.Option("--policy", help="TOML: what may be asked of it, and how strictly.")]


def table(
    question: Asked,
    data: Data,
    policy: Rules,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The secret behind every error: 32 random bytes, yours alone."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question with a table that gives nobody away. No register is needed or touched."""
    from beholden.cli.tabled import answer_file

    answer_file(question, data, policy, key, as_json=as_json)


def table_fixed(question: Asked, data: Data, policy: Rules, as_json: AsJson = False) -> None:
    """Make one table to be published once: exact counts with their sums, and no sum tells of a small group."""
    from beholden.cli.tabled import fix_file

    fix_file(question, data, policy, as_json=as_json)
